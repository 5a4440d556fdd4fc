"""What can be asked for in plain words: the documented family, the same for help, dock and tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from studio.domain.request import Exchange, RequestFamily
from studio.ports import UnitOfWork
from studio.services.talk import exchanges


def request_families() -> tuple[RequestFamily, ...]:
    """Return every kind of request that is understood, in its groups; needs no workspace."""
    from studio.cobuilder.requests.registry import families

    return families()


@dataclass(frozen=True, slots=True)
class Said:
    """One exchange, and how its proposal stands now: it waits, it is decided, or it was taken back."""

    exchange: Exchange
    stands: Literal["", "waits", "decided", "taken back"]


@dataclass(frozen=True, slots=True)
class ListConversation:
    """Ask what was said with CoBuilder in this workspace."""

    most: int = 30

    def answer(self, unit: UnitOfWork) -> tuple[Said, ...]:
        """Return the exchanges, oldest first."""
        decided = Counter(decision.proposal_id for decision in unit.decisions.all())
        return tuple(_said(unit, each, decided) for each in exchanges(unit)[-self.most :])


def _said(unit: UnitOfWork, each: Exchange, decided: Counter[str]) -> Said:
    if each.proposal_id is None:
        return Said(each, "")
    found = unit.proposals.find(each.proposal_id)
    # Undone and asked anew, a number may name another proposal: its title and time tell them apart.
    if found is None or found.created_at > each.at:
        return Said(each, "taken back")
    return Said(each, "decided" if decided[found.id] >= len(found.changes) else "waits")


@dataclass(frozen=True, slots=True)
class ListRequestFamilies:
    """Ask what CoBuilder understands."""

    def answer(self, unit: UnitOfWork) -> tuple[RequestFamily, ...]:
        """Return one row a kind of request."""
        return request_families()
