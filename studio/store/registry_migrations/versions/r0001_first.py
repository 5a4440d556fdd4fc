"""The first schema: releases, bundles, one pointer per environment, and a log that only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the tables; their triggers are put up with the newest schema."""
    op.create_table(
        "registry",
        sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.Column("agent_id", sa.String, nullable=False),
    )
    op.create_table(
        "policies",
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    _releases()
    op.create_table(
        "pointers",
        sa.Column("environment", sa.String, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("stable", sa.String, sa.ForeignKey("releases.id"), nullable=False),
        sa.Column("candidate", sa.String, sa.ForeignKey("releases.id")),
        sa.Column("weight", sa.Integer, sa.CheckConstraint("weight between 0 and 100"), nullable=False),
    )
    _log()


def _releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("environment", sa.String),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("base_digest", sa.String),
        sa.Column("result_digest", sa.String, nullable=False),
        sa.Column("not_after", sa.String),
        sa.Column("imported_at", sa.String, nullable=False),
        sa.Column("withdrawn_reason", sa.Text),
        sa.Column("rollout", sa.Text, nullable=False),
        sa.Column("agent", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("environment", "sequence"),
    )
    op.create_table(
        "bundles",
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("release_id", sa.String, sa.ForeignKey("releases.id"), nullable=False, index=True),
        sa.Column("imported_at", sa.String, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def _log() -> None:
    op.create_table(
        "log",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("time", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("prev", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False, unique=True),
    )
    op.create_table(
        "heads",
        sa.Column("seq", sa.Integer, sa.ForeignKey("log.seq"), primary_key=True),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
    )
