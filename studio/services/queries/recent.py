"""What happened last in a workspace, straight from the ledger: quick enough to ask while a person types."""

from __future__ import annotations

from dataclasses import dataclass

from studio.ports import UnitOfWork
from studio.services.queries.home import Recent


@dataclass(frozen=True, slots=True)
class ListRecent:
    """Ask for the newest lines of the ledger."""

    most: int = 14

    def answer(self, unit: UnitOfWork) -> tuple[Recent, ...]:
        """Return the lines, newest first."""
        return tuple(Recent(*line) for line in unit.ledger.recent(self.most))
