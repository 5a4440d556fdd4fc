"""What is compared for a proposal: the draft without it, with all of it, and with each change alone.

- What was accepted is taken out of the draft again, so that a decision never changes what a change does; what
  was rejected is no part of the whole, and is still tried alone.
- A change is tried with what it requires, said or not: what adds the place that it changes comes with it.
- What does not fit any more is named, with the reason, and is in no version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply
from studio.domain.errors import StudioError
from studio.domain.frozen import digest, to_json
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Verdict
from studio.domain.scenario import Scenario
from studio.services.standing import Standing
from studio.simulation.change_effects import OneChange, Plan


@dataclass(frozen=True, slots=True)
class _Sides:
    """The draft without the proposal and with all of it; why what fits in neither; what stays in both."""

    before: Agent
    whole: Agent
    trouble: Mapping[str, str]
    kept: frozenset[str]


def plan_of(stand: Standing, proposal: Proposal) -> Plan:
    """Return what is to be compared for a proposal, as things stand."""
    verdicts = {change.id: stand.verdict(proposal, change) for change in proposal.changes}
    needs = requirements(proposal)
    sides = _sides(stand.draft, proposal, verdicts, needs)
    return Plan(
        proposal_id=proposal.id,
        before=sides.before,
        whole=sides.whole,
        content=digest(
            [
                [c.id, c.title, to_json(c.change), list(needs[c.id]), verdicts[c.id] == "rejected"]
                for c in proposal.changes
            ]
        ),
        changes=partial(_changes, proposal, verdicts, needs, sides),
        notes=tuple(_notes(proposal, verdicts, sides)),
        tests=tuple(_rejected_tests(proposal, verdicts)),
    )


def _rejected_tests(proposal: Proposal, verdicts: Mapping[str, Verdict | None]) -> Iterable[Scenario]:
    """Yield the tests that were proposed and rejected: the same customers come, whatever is decided."""
    for change in proposal.changes:
        is_test = change.change.segments[0] == "scenarios" and len(change.change.segments) == 2
        if is_test and verdicts[change.id] == "rejected" and change.change.before is None:
            yield Scenario.model_validate(change.change.after)


def requirements(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    """Return for each change what it cannot stand without: as proposed, and what adds its place."""
    direct: dict[str, set[str]] = {}
    for at, change in enumerate(proposal.changes):
        earlier = proposal.changes[:at]
        inside = {c.id for c in earlier if change.change.path.startswith(f"{c.change.path}/")}
        same = {c.id for c in earlier if c.change.path == change.change.path}
        direct[change.id] = {*change.depends_on, *inside, *same}
    return {c.id: _all_of(c.id, direct, proposal) for c in proposal.changes}


def _all_of(change_id: str, direct: Mapping[str, set[str]], proposal: Proposal) -> tuple[str, ...]:
    found, waiting = set[str](), [change_id]
    while waiting:
        for need in direct.get(waiting.pop(), set()) - found:
            found.add(need)
            waiting.append(need)
    return tuple(c.id for c in proposal.changes if c.id in found and c.id != change_id)


def _sides(
    draft: Agent,
    proposal: Proposal,
    verdicts: Mapping[str, Verdict | None],
    needs: Mapping[str, tuple[str, ...]],
) -> _Sides:
    """Take out of the draft what was accepted, and put in all that was not rejected."""
    before, kept = draft, set[str]()
    for change in reversed(proposal.changes):
        if verdicts[change.id] == "accepted":
            try:
                before = _with(before, (change.change.inverse(),))
            except StudioError:
                kept.add(change.id)
    whole, trouble = before, dict[str, str]()
    wanted = [c for c in proposal.changes if verdicts[c.id] != "rejected" and c.id not in kept]
    try:
        whole = _with(before, (c.change for c in wanted))
    except StudioError:
        for change in wanted:
            try:
                whole = _with(whole, (change.change,))
            except StudioError as error:
                trouble[change.id] = str(error)
    return _Sides(before, whole, trouble, frozenset(kept))


def _with(agent: Agent, changes: Iterable[Change]) -> Agent:
    return apply(agent, ChangeSet(title="", changes=tuple(changes)))


def _changes(
    proposal: Proposal,
    verdicts: Mapping[str, Verdict | None],
    needs: Mapping[str, tuple[str, ...]],
    sides: _Sides,
) -> tuple[OneChange, ...]:
    return tuple(_one(change, proposal, verdicts, needs, sides) for change in proposal.changes)


def _one(
    change: ProposedChange,
    proposal: Proposal,
    verdicts: Mapping[str, Verdict | None],
    needs: Mapping[str, tuple[str, ...]],
    sides: _Sides,
) -> OneChange:
    """Return one change with the versions in which it is alone, and in which all but it are."""
    required = needs[change.id]
    if change.id in sides.kept:
        why = "The draft was edited since it was accepted, so it cannot be taken out to be compared."
        return OneChange(change.id, change.title, required, trouble=why)
    wanted = {change.id, *required} - sides.kept
    try:
        bare = _with(sides.before, (c.change for c in proposal.changes if c.id in wanted - {change.id}))
        alone = _with(bare, (change.change,))
    except StudioError as error:
        return OneChange(change.id, change.title, required, trouble=str(error))
    return OneChange(
        change.id, change.title, required, bare, alone, _without(change.id, proposal, verdicts, needs, sides)
    )


def _without(
    change_id: str,
    proposal: Proposal,
    verdicts: Mapping[str, Verdict | None],
    needs: Mapping[str, tuple[str, ...]],
    sides: _Sides,
) -> Agent | None:
    """Return the whole but for a change and what requires it; None where it is no part of the whole."""
    gone = {change_id, *(each for each, required in needs.items() if change_id in required)}
    if verdicts[change_id] == "rejected" or change_id in sides.trouble:
        return None
    rest = [
        c.change
        for c in proposal.changes
        if c.id not in {*gone, *sides.kept, *sides.trouble} and verdicts[c.id] != "rejected"
    ]
    try:
        return _with(sides.before, rest)
    except StudioError:
        return None


def _notes(proposal: Proposal, verdicts: Mapping[str, Verdict | None], sides: _Sides) -> Iterable[str]:
    rejected = [change_id for change_id, verdict in verdicts.items() if verdict == "rejected"]
    if rejected:
        yield f"{_listed(rejected)} {_was(rejected)} rejected and {_is(rejected)} no part of the whole."
    if sides.kept:
        kept = [c.id for c in proposal.changes if c.id in sides.kept]
        yield f"{_listed(kept)} cannot be taken out of the draft any more, and {_is(kept)} in both versions."
    for change_id, why in sides.trouble.items():
        yield f"{change_id} is not tried: {why}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _was(names: list[str]) -> str:
    return "was" if len(names) == 1 else "were"


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
