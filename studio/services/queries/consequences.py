"""Whom a proposal treats differently, as it was worked out last, and whether that is still so.

- A result is current as long as what it was worked out of is the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.consequence import ChangeEffect, Consequences, Together
from studio.domain.errors import WrongUse
from studio.ports import UnitOfWork
from studio.services.consequences import kept_consequences
from studio.services.consequences_plan import plan_of
from studio.services.memory import Memory
from studio.services.standing import Standing, standing
from studio.simulation.change_effects import key_of

_KEYS: Memory[tuple[tuple[str, int], str, int, int], str] = Memory(32)


@dataclass(frozen=True, slots=True)
class ConsequencesPage:
    """What is known of whom a proposal treats differently.

    `found` is None while nobody has worked it out; `current` says whether it still is so.
    """

    proposal_id: str
    found: Consequences | None
    current: bool

    @property
    def whole(self) -> ChangeEffect | None:
        """Return what all changes do together."""
        return self.found.whole if self.found else None

    def change(self, change_id: str) -> ChangeEffect | None:
        """Return what one change does alone."""
        return self.found.change(change_id) if self.found else None

    def together(self, change_id: str = "") -> tuple[Together, ...]:
        """Return the changes that belong together: all of them, or those with this change."""
        found = self.found.together if self.found else ()
        return tuple(each for each in found if not change_id or change_id in each.changes)


@dataclass(frozen=True, slots=True)
class ShowConsequences:
    """Ask whom a proposal treats differently, as far as it was worked out."""

    proposal_id: str

    def answer(self, unit: UnitOfWork) -> ConsequencesPage:
        """Return what is known; raises WrongUse."""
        stand = standing(unit)
        if all(proposal.id != self.proposal_id for proposal in stand.proposals):
            raise WrongUse(
                f"There is no proposal “{self.proposal_id}”.", "`cobuilder review list` shows what there is."
            )
        found = kept_consequences(unit, self.proposal_id)
        current = found is not None and found.complete and _key(unit, stand, found) == found.key
        return ConsequencesPage(self.proposal_id, found, current)


def _key(unit: UnitOfWork, stand: Standing, found: Consequences) -> str:
    """Return the key that the consequences would have now."""
    proposal = next(each for each in stand.proposals if each.id == found.proposal_id)
    place = unit.stamp(), proposal.id, found.seed, found.asked
    return _KEYS.get(place, lambda: key_of(plan_of(stand, proposal), found.seed, found.asked))
