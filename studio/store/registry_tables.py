"""The tables of IT's registry, the same on SQLite and PostgreSQL.

- What is changed here needs a migration beside it (`registry_migrations`), and the next schema number; a test
  compares what the migrations make with what stands here.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

SCHEMA_VERSION = 2
metadata = sa.MetaData()

registry = Table(
    "registry",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
    Column("id", String, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("agent_id", String, nullable=False),
    Column("seen", String),
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
rollouts = Table(
    "rollouts",
    metadata,
    Column("environment", ForeignKey("pointers.environment"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
log = Table(
    "log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("time", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
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
