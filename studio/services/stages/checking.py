"""Check the draft in the background: nothing is recorded, what was found is remembered by its content.

- It can be stopped anywhere within the proofs, and lets the window have its turn while it works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import sleep

from studio.domain.pulse import watched
from studio.ports import Progress, UnitOfWork
from studio.services.access import all_checks
from studio.services.commands import Command
from studio.services.jobs import Tools
from studio.services.standing import standing

BETWEEN = 0.01
"""Seconds of checking after which it listens whether it is to stop, and rests."""
REST = 0.001
"""Seconds of rest, in which the window has its turn."""


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
            def heard() -> None:
                progress(0.1, "")  # raises where a newer edit wants this stopped
                sleep(REST)

            with watched(heard, BETWEEN):
                _ = stand.checks
            progress(0.8, "")
            all_checks(stand)

        return work

    def record(self, result: None) -> Command | None:
        """Return nothing: what was found is remembered, not kept."""
        return None
