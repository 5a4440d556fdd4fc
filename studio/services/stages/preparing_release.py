"""Work out what the next release holds, in the background: nothing is recorded, what was found is remembered.

- It checks the draft first, as a release waits for both; it can be stopped anywhere within the proofs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command
from studio.services.gates import one_value_gate, sources_gate
from studio.services.jobs import Tools
from studio.services.release_notes import release_notes
from studio.services.release_state import content_of
from studio.services.stages.checking import CheckDraft
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class PrepareRelease:
    """Work out checks and content of the release as it is when this begins."""

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Working out the release"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], None]:
        """Read the workspace, and return the work on it."""
        stand = standing(unit)
        check = CheckDraft().prepare(unit, tools)

        def work(progress: Progress) -> None:
            release_notes(stand)
            check(progress)
            progress(0.9, "")
            one_value_gate(stand)
            sources_gate(stand)
            progress(0.95, "")
            content_of(stand)

        return work

    def record(self, result: None) -> Command | None:
        """Return nothing: what was found is remembered, not kept."""
        return None
