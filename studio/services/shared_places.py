"""Places that more than one waiting proposal changes: once one is accepted, the other no longer fits.

- Told are only changes that nobody decided, of two proposals; two that make the very same of a place are no
  quarrel, whichever is accepted.
- Naming the document that the agent stands on is no shared place: both proposals of a document do it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from studio.domain.changeset import split_path
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Decision

Meeting = tuple[Proposal, ProposedChange]


def meeting_others(
    proposal: Proposal, proposals: Sequence[Proposal], decisions: Mapping[str, Decision]
) -> dict[str, tuple[Meeting, ...]]:
    """Return, by change of a proposal, the waiting changes of other proposals at the same place."""
    mine = {c.change.segments: c.id for c in _waiting(proposal, decisions)}
    if not mine:
        return {}
    found: dict[str, list[Meeting]] = {}
    for other in proposals:
        if other.id == proposal.id:
            continue
        for change in _waiting(other, decisions):
            for own in _touching(mine, change.change.segments):
                if not _is_same(proposal.change(own), change):
                    found.setdefault(own, []).append((other, change))
    return {own: tuple(met) for own, met in found.items()}


def warning_of(met: Iterable[Meeting], place: str) -> tuple[str, ...]:
    """Return what has to be read before deciding on a change that meets others at a place."""
    return tuple(
        f"{other.id} waits, too, and its change {change.id} “{change.title}” is for the same place, {place}: "
        "once one of the two is accepted, the other no longer fits."
        for other, change in met
    )


def taken_by(
    change: ProposedChange, own: Proposal, proposals: Sequence[Proposal], decisions: Mapping[str, Decision]
) -> str:
    """Return which accepted change of another proposal stands at the place of a change, or nothing."""
    for other in reversed(proposals):
        for each in other.changes:
            decision = decisions.get(f"{other.id}/{each.id}")
            accepted = decision is not None and decision.verdict == "accepted"
            if other.id != own.id and accepted and _touches(each.change.segments, change.change.segments):
                return f"{other.id} {each.id} “{each.title}”"
    return ""


def _waiting(proposal: Proposal, decisions: Mapping[str, Decision]) -> list[ProposedChange]:
    return [
        change
        for change in proposal.changes
        if f"{proposal.id}/{change.id}" not in decisions
        and split_path(change.change.path)[0] != "sources"
        and not change.change.is_move
    ]


def _touching(mine: Mapping[tuple[str, ...], str], place: tuple[str, ...]) -> list[str]:
    if place in mine:
        return [mine[place]]
    return [own for path, own in mine.items() if _touches(path, place)]


def _is_same(one: ProposedChange, other: ProposedChange) -> bool:
    """Return whether two changes make the same of one place, whatever sentences they stand on."""
    left, right = (
        {key: value for key, value in each.items() if key != "citations"} if isinstance(each, dict) else each
        for each in (one.change.after, other.change.after)
    )
    return bool(one.change.path == other.change.path and left == right)


def _touches(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two places are one, or one lies inside the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
