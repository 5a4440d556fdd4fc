"""Check the draft in the background: nothing is recorded, what was found is remembered by its content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.ports import Progress, UnitOfWork
from studio.services.access import all_checks
from studio.services.commands import Command
from studio.services.jobs import Tools
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """Work out what the checks find on the draft as it is when this begins."""

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Checking the draft"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], None]:
        """Read the draft, and return the work on it."""
        stand = standing(unit)

        def work(progress: Progress) -> None:
            progress(0.0, "")
            _ = stand.checks
            progress(0.8, "")
            all_checks(stand)

        return work

    def record(self, result: None) -> Command | None:
        """Return nothing: what was found is remembered, not kept."""
        return None
