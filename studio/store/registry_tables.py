"""The tables of IT's registry, and the triggers that keep its log append-only.

- The log's BEFORE INSERT trigger demands seq = max + 1 and prev = last hash, so that INSERT OR REPLACE cannot
  rewrite a row; updates and deletes of log and bundles are refused.
- Triggers are compared with these texts when the log is verified: one that was dropped is noticed.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from studio.domain.ledger import GENESIS

SCHEMA_VERSION = 1
metadata = sa.MetaData()

registry = Table(
    "registry",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
    Column("id", String, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("agent_id", String, nullable=False),
)
policies = Table(
    "policies",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("digest", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
releases = Table(
    "releases",
    metadata,
    Column("id", String, primary_key=True),
    Column("environment", String),
    Column("sequence", Integer, nullable=False),
    Column("label", String, nullable=False),
    Column("base_digest", String),
    Column("result_digest", String, nullable=False),
    Column("not_after", String),
    Column("imported_at", String, nullable=False),
    Column("withdrawn_reason", Text),
    Column("rollout", Text, nullable=False),
    Column("agent", LargeBinary, nullable=False),
    sa.UniqueConstraint("environment", "sequence"),
)
bundles = Table(
    "bundles",
    metadata,
    Column("digest", String, primary_key=True),
    Column("release_id", ForeignKey("releases.id"), nullable=False, index=True),
    Column("imported_at", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
pointers = Table(
    "pointers",
    metadata,
    Column("environment", String, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("stable", ForeignKey("releases.id"), nullable=False),
    Column("candidate", ForeignKey("releases.id")),
    Column("weight", Integer, CheckConstraint("weight between 0 and 100"), nullable=False),
)
log = Table(
    "log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("time", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("details", Text, nullable=False),
    Column("prev", String, nullable=False),
    Column("hash", String, nullable=False, unique=True),
)
heads = Table(
    "heads",
    metadata,
    Column("seq", ForeignKey("log.seq"), primary_key=True),
    Column("envelope", LargeBinary, nullable=False),
)

TRIGGERS = {
    "log_append": f"""CREATE TRIGGER log_append BEFORE INSERT ON log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM log)
  OR NEW.prev IS NOT coalesce((SELECT hash FROM log ORDER BY seq DESC LIMIT 1), '{GENESIS}')
BEGIN SELECT RAISE(ABORT, 'the log only grows at its end'); END""",
    "log_no_update": """CREATE TRIGGER log_no_update BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END""",
    "log_no_delete": """CREATE TRIGGER log_no_delete BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is never cut'); END""",
    "bundles_no_update": """CREATE TRIGGER bundles_no_update BEFORE UPDATE ON bundles
BEGIN SELECT RAISE(ABORT, 'a bundle is never changed'); END""",
    "bundles_no_delete": """CREATE TRIGGER bundles_no_delete BEFORE DELETE ON bundles
BEGIN SELECT RAISE(ABORT, 'a bundle is never thrown away'); END""",
}


def create_all(connection: sa.Connection) -> None:
    """Make all tables and triggers."""
    metadata.create_all(connection)
    for statement in TRIGGERS.values():
        connection.exec_driver_sql(statement)


def missing_triggers(connection: sa.Connection) -> list[str]:
    """Return the names of triggers that are gone or differ from what was made."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    found = {row.name: row.sql for row in rows}
    return [name for name, statement in TRIGGERS.items() if found.get(name) != statement]
