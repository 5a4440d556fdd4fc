"""The tables of a workspace, in SQLAlchemy Core; bodies are canonical JSON of domain values.

- `position` keeps the order in which records came; ids are unique within a table.
- `history` is undone and redone; `ledger` only grows.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, Text

SCHEMA_VERSION = 5

metadata = MetaData()


def _records(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("position", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("body", Text, nullable=False),
    )


meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))
source = _records("source")
proposal = _records("proposal")
decision = _records("decision")
comment = _records("comment")
answer = _records("answer")
approval = _records("approval")
waiver = _records("waiver")
confirmation = _records("confirmation")
marking = _records("marking")
collision = _records("collision")
identity = _records("identity")
folder = _records("folder")
model_policy = _records("model_policy")
role_approval = _records("role_approval")
merged_reply = _records("merged_reply")

source_version = Table(
    "source_version",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("analysis", Text),
    Column("alignment", Text),
)
agent_version = Table(
    "agent_version",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("digest", String, nullable=False),
    Column("body", Text, nullable=False),
)
run = Table(
    "run",
    metadata,
    Column("id", String, primary_key=True),
    Column("live_digest", String, nullable=False),
    Column("draft_digest", String, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)
history = Table(
    "history",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("state", String, nullable=False),
    Column("body", Text, nullable=False),
)
ledger = Table(
    "ledger",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("who", String, nullable=False),
    Column("event", String, nullable=False),
    Column("sentence", Text, nullable=False),
)

# Full-text search over blocks; SQLAlchemy has no word for virtual tables.
SEARCH = """
CREATE VIRTUAL TABLE IF NOT EXISTS block_search
USING fts5(source_id UNINDEXED, number UNINDEXED, block_id UNINDEXED, body, tokenize = 'porter unicode61')
"""
