"""Which steps of the draft depart, by hand, from the sentences they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.ports import UnitOfWork
from studio.services.authoring.departing import departures
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class ShowDepartures:
    """Ask for a sentence on each cited step that was changed by hand, by its path."""

    def answer(self, unit: UnitOfWork) -> Mapping[str, str]:
        """Return the sentences."""
        stand = standing(unit)
        changes = {
            f"{proposal.id}/{each.id}": each.change
            for proposal in stand.proposals
            for each in proposal.changes
        }
        accepted = sorted(
            (d for d in stand.decisions.values() if d.verdict == "accepted" and d.id in changes),
            key=lambda decision: decision.at,
        )
        return departures(stand.live, stand.draft, [changes[decision.id] for decision in accepted])
