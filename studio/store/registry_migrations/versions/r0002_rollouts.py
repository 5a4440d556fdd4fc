"""The second schema: the state of rollouts, the latest time seen, and heads that nobody takes away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from studio.store import registry_guards

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add what staged rollouts need; a guard that someone took away before stays missing, to be noticed."""
    op.add_column("registry", sa.Column("seen", sa.String))
    op.create_table(
        "rollouts",
        sa.Column("environment", sa.String, sa.ForeignKey("pointers.environment"), primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_log_subject", "log", ["subject"])
    new = registry_guards.HEADS if op.get_bind().dialect.name == "sqlite" else registry_guards.ALL
    registry_guards.put_up(op.get_bind(), new)
