"""The draft without and with one change: what a change is seen against, whether or not it is decided already.

- An open change is seen against the draft, and comes with what it cannot stand without.
- An accepted one is in the draft: without it is the draft with the change taken back; where that does not
  fit any more, the live version.
- A change that fits nowhere leaves both sides alike; what it says itself is shown all the same.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic import ValidationError

from studio.domain.agent import Agent
from studio.domain.changeset import Change
from studio.domain.errors import StudioError
from studio.domain.proposal import Proposal, ProposedChange
from studio.services.once import changed
from studio.services.standing import Standing

Sides = tuple[Agent, Agent]


def sides(stand: Standing, proposal: Proposal, change: ProposedChange) -> Sides:
    """Return the agent without and with a change."""
    if stand.verdict(proposal, change) == "accepted":
        return _applied(stand.draft, [change.change.inverse()]) or stand.live, stand.draft
    needed = {*proposal.requirements(change.id), change.id}
    waiting = [
        c.change for c in proposal.changes if c.id in needed and stand.verdict(proposal, c) != "accepted"
    ]
    own = [each for each in waiting if each is not change.change]
    without = (_applied(stand.draft, own) if own else None) or stand.draft
    return without, _applied(stand.draft, waiting) or without


@lru_cache(maxsize=2)
def _known(stand: Standing) -> dict[str, tuple[Proposal, Sides]]:
    """Return what was found already of the proposals of a standing, to be filled."""
    return {}


def whole(stand: Standing, proposal: Proposal) -> Sides:
    """Return the live version, and the draft with every change of a proposal that is still open."""
    known = _known(stand)
    if proposal.id not in known or known[proposal.id][0] is not proposal:
        known[proposal.id] = proposal, _whole(stand, proposal)
    return known[proposal.id][1]


def _whole(stand: Standing, proposal: Proposal) -> Sides:
    waiting = [c.change for c in proposal.changes if stand.verdict(proposal, c) is None]
    return stand.live, _applied(stand.draft, waiting) or stand.draft


def _applied(agent: Agent, changes: list[Change]) -> Agent | None:
    try:
        return changed(agent, changes)
    except (StudioError, ValidationError):
        return None
