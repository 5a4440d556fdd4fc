"""What would make a failed conversation right: tried on the agent itself, one change after the other.

- Tried are changes that wait for a decision, then taking back what differs from the live version, then what
  CoBuilder makes of the source sentence of the test. Nothing is made up, and no test is weakened.
- A change counts only if the very conversation was run again with it and was right; what other tests would
  turn wrong with it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.diff.agents import diff_agents, without_layout
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, join_path
from studio.domain.errors import BrokenInput, Stale
from studio.domain.frozen import to_json
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.run import Conversation
from studio.domain.scenario import Scenario
from studio.runtime import Program
from studio.services.standing import Standing
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

MOST_TRIES = 60
_NOT_TAKEN_BACK = frozenset({"scenarios", "sources", "id", "name", "records"})


@dataclass(frozen=True)
class Failure:
    """A conversation of the draft that was not right: its test, customer and the run's seed."""

    scenario: Scenario
    customer: int
    seed: int
    talk: Conversation

    @property
    def wrong(self) -> str:
        """Return what was wrong, in sentences."""
        return " ".join(mark.words for mark in self.talk.marks if not mark.ok)


def again(agent: Agent, scenario: Scenario, customer: int, seed: int) -> Conversation:
    """Return the conversation as it goes with this agent."""
    program = Program.of(agent)
    return converse(program, world_of(program), scenario, customer, seed, connect(scenario))


def mends(agent: Agent, draft: Agent, failure: Failure) -> bool:
    """Return whether the conversation is right with an agent; a test that it changes counts as changed."""
    own = next((each for each in agent.scenarios if each.id == failure.scenario.id), None)
    changed = own is not None and own not in draft.scenarios
    scenario = own if changed and own is not None else failure.scenario
    return again(agent, scenario, failure.customer, failure.seed).passed


def turned_wrong(agent: Agent, draft: Agent, seed: int) -> tuple[str, ...]:
    """Return the tests that are right with the draft and no longer with another agent, first customers."""
    was, now = {s.id: s for s in draft.scenarios}, agent.scenarios
    return tuple(
        each.id
        for each in now
        if each.id in was
        and not again(agent, each, 0, seed).passed
        and again(draft, was[each.id], 0, seed).passed
    )


def waiting_fix(stand: Standing, failure: Failure) -> tuple[Proposal, ProposedChange] | None:
    """Return a change nobody has decided yet with which (and what it needs) the conversation is right."""
    for proposal, change in stand.undecided[:MOST_TRIES]:
        needed = {change.id, *proposal.requirements(change.id)}
        open_ones = [
            c.change for c in proposal.changes if c.id in needed and stand.verdict(proposal, c) != "accepted"
        ]
        made = with_changes(stand.draft, open_ones)
        if made is not None and mends(made, stand.draft, failure):
            return proposal, change
    return None


def reverting_fix(stand: Standing, failure: Failure) -> Change | None:
    """Return the smallest step back to the live version with which the conversation is right."""
    for change in _steps_back(stand.live, stand.draft):
        made = with_changes(stand.draft, [change])
        if made is not None and mends(made, stand.draft, failure):
            return change
    return None


def _steps_back(live: Agent, draft: Agent) -> Iterator[Change]:
    """Yield each place that differs, put back; then each whole item in which something differs."""
    found = without_layout(diff_agents(live, draft, "back")).changes
    told = [change for change in found if change.segments[0] not in _NOT_TAKEN_BACK]
    yield from (change.inverse() for change in told[:MOST_TRIES])
    was, now = to_json(live), to_json(draft)
    for top, name in dict.fromkeys(_item(change) for change in told):
        before, after = (_find(tree.get(top), name) for tree in (now, was))
        if name and before is not None and after is not None:
            path = join_path("charter", "rules", name) if top == "charter" else join_path(top, name)
            yield Change(path=path, before=before, after=after)


def _item(change: Change) -> tuple[str, str]:
    parts = change.segments
    if parts[0] == "charter":
        return "charter", parts[2] if len(parts) > 2 and parts[1] == "rules" else ""
    return parts[0], parts[1] if len(parts) > 1 else ""


def _find(items: object, name: str) -> object:
    listed = items.get("rules") if isinstance(items, dict) else items
    for each in listed if isinstance(listed, list) else ():
        if each.get("id") == name or each.get("name") == name:
            return each
    return None


def taken_back(stand: Standing, change: Change) -> tuple[str, ...]:
    """Return for each accepted change at this place that it is taken back, and on what it stood."""
    told = []
    for proposal in stand.proposals:
        for each in proposal.changes:
            shorter = min(len(each.change.segments), len(change.segments))
            same = each.change.segments[:shorter] == change.segments[:shorter]
            if not same or stand.verdict(proposal, each) != "accepted":
                continue
            why = f", which stands on “{' '.join(each.citations[0].quote.split())}”" if each.citations else ""
            told.append(f"It takes back {each.id} of {proposal.id}{why}. Perhaps the test is out of date.")
    return tuple(told)


def with_changes(draft: Agent, changes: Sequence[Change]) -> Agent | None:
    """Return the draft with changes, or None where they do not fit."""
    try:
        return apply(draft, ChangeSet(title="tried", changes=tuple(changes)))
    except (Stale, BrokenInput):
        return None
