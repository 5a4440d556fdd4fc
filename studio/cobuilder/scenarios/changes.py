"""Customers who take an answer back: which fact, from what to what, in a world where it matters in time.

- What is told first would end otherwise than what is told last; best is a write that must not happen then.
- The first answer is taken back at the next question, or in the same breath where no question follows:
  never after something was written. Facts that nobody asks for there are left off the card.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studio.cobuilder.scenarios.goals import steps_of, told_facts
from studio.cobuilder.scenarios.ways import Ways
from studio.cobuilder.scenarios.worlds import with_value
from studio.cobuilder.sketch.rehearsal import Walk
from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.scenario import Fact, Scenario
from studio.domain.workflow import Ask, Slot, ToolCall, Verify, Workflow

MOST = 300
"""So many worlds are looked at; the first one in which everything fits is taken."""
STEPS = 60_000
"""So many steps are walked in search of the best one."""
_WRITE = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A world with a customer who changes mind, how the last answer ends, and how good a test it is."""

    world: Scenario
    course: Walk
    worth: int


def changed_mind(agent: Agent, flow: Workflow, ways: Ways, worlds: Iterable[Scenario]) -> Change | None:
    """Return the best world with a customer who takes an answer back, or None where it never matters."""
    best: Change | None = None
    enough = ways.effort.left - STEPS
    for world in itertools.islice(worlds, MOST):
        for change in _changes(agent, flow, ways, world, enough):
            if best is None or change.worth > best.worth:
                best = change
        if (best is not None and best.worth == _BEST) or ways.effort.left < enough:
            return best
    return best


_BEST = 3


def _changes(agent: Agent, flow: Workflow, ways: Ways, world: Scenario, enough: int) -> Iterator[Change]:
    last = ways.walk(world)
    if last is None or not last.outcome:
        return
    parts = list(steps_of(agent, flow))
    told = told_facts(parts)
    slots = {slot.id: slot for owner, _ in parts for slot in owner.slots}
    for fact in world.facts:
        if fact.id not in told or not _can_be_taken_back(slots.get(fact.id)):
            continue
        for value in ways.domains.get(fact.id, ()):
            if ways.effort.left < enough:
                return
            other = with_value(agent, world, fact.id, value) if value != fact.value else None
            first = ways.walk(other) if other is not None else None
            if first is not None and first.outcome and first.course != last.course:
                yield from _in_time(agent, flow, world, fact, value, first, last)


def _can_be_taken_back(slot: Slot | None) -> bool:
    return slot is not None and slot.type != "text" and (slot.type != "code" or bool(slot.pattern))


def _in_time(
    agent: Agent, flow: Workflow, world: Scenario, fact: Fact, value: Scalar, first: Walk, last: Walk
) -> Iterator[Change]:
    """Yield the change if the answer can be taken back before anything is written because of it."""
    heard, card = _heard(agent, flow, first), {each.id for each in world.facts}
    known = card & {*heard, *_heard(agent, flow, last)}
    if fact.id not in heard:
        return
    at = heard.index(fact.id)
    before, after = heard[:at], list(itertools.takewhile(lambda name: name != _WRITE, heard[at + 1 :]))
    asked_more = bool(known & set(after))
    if _WRITE in before or not (asked_more or known <= {*before, fact.id}):
        return
    writes = {tool.name for tool in agent.tools if tool.effect == "write"}
    spared = bool(set(first.calls) & writes - set(last.calls))
    facts = tuple(
        each.model_copy(update={"wrong": value}) if each is fact else each
        for each in world.facts
        if each.id in known
    )
    changed = world.model_copy(update={"facts": facts, "behaviours": ("changes mind",)})
    yield Change(changed, last, 2 * spared + asked_more)


def _heard(agent: Agent, flow: Workflow, course: Walk) -> list[str]:
    """Return the facts asked for on a walk, in order, with a mark wherever something is written."""
    steps = {step.id: step for _, step in steps_of(agent, flow)}
    writes = {tool.name for tool in agent.tools if tool.effect == "write"}
    found: list[str] = []
    for name in course.steps:
        step = steps.get(name)
        if isinstance(step, Ask | Verify):
            found += [slot for slot in step.slots if slot not in found]
        elif isinstance(step, ToolCall) and step.tool in writes:
            found.append(_WRITE)
    return found
