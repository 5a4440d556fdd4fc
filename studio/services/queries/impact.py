"""What depends on a fact of the draft, and which facts changed in some of their places only."""

from __future__ import annotations

from dataclasses import dataclass

from studio.cobuilder.changes.agreement import disagreements
from studio.cobuilder.changes.impact import Dependent, Fact, dependents
from studio.ports import UnitOfWork
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class ShowDependents:
    """Ask which places of the draft and of documents depend on a fact."""

    words: str
    where: str = ""

    def answer(self, unit: UnitOfWork) -> tuple[Dependent, ...]:
        """Return the places; raises WrongUse where nothing states the fact."""
        stand = standing(unit)
        return dependents(stand.draft, stand.current_sources, Fact(self.words, self.where))


@dataclass(frozen=True, slots=True)
class ListDisagreements:
    """Ask which facts the draft states in two ways."""

    def answer(self, unit: UnitOfWork) -> tuple[str, ...]:
        """Return one sentence for each."""
        stand = standing(unit)
        return tuple(f"{each.sentence}." for each in disagreements(stand.live, stand.draft))
