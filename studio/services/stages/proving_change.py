"""Prove one change in the background: nothing is recorded, what was found is remembered by content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command
from studio.services.jobs import Tools
from studio.services.queries.review import ChangeProofs, change_of, change_proofs
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class ProveChangeApart:
    """Work out which checks one change of a proposal turns, as the draft is when this begins."""

    proposal_id: str
    change_id: str

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"Proving {self.change_id}"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], ChangeProofs]:
        """Read the draft and the proposal, and return the work on them; raises WrongUse."""
        stand = standing(unit)
        proposal, change = change_of(stand, self.proposal_id, self.change_id)

        def work(progress: Progress) -> ChangeProofs:
            progress(0.0, "")
            return change_proofs(stand, proposal, change)

        return work

    def record(self, result: ChangeProofs) -> Command | None:
        """Return nothing: what was found is remembered, not kept."""
        return None
