"""What earlier wishes of the same talk may leave behind, and the situations in which a further wish begins.

- Facts that were told carry over, but no yes or no; identity that holds, and disclosures that were said.
- Where identity holds, what it was verified by is known.
- An agent of one workflow has no further wishes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from studio.checks.boxes import Store
from studio.checks.moves import Ground
from studio.domain.agent import Agent
from studio.domain.wishes import own_answers
from studio.domain.workflow import Disclose, Slot, ToolCall, Verify, Workflow


@dataclass(frozen=True, slots=True)
class Earlier:
    """What may be left behind: facts, by what identity was verified (each way of it), disclosures."""

    facts: tuple[Slot, ...] = ()
    identified: tuple[tuple[str, ...], ...] = ()
    said: tuple[str, ...] = ()
    several: bool = False


def earlier_of(agent: Agent) -> Earlier:
    """Return what the wishes of a talk may leave to further ones."""
    if sum(not flow.reusable and bool(flow.steps) for flow in agent.workflows) < 2:
        return Earlier()
    steps = [step for flow in agent.workflows for step in flow.steps]
    given = {binding.fact for step in steps if isinstance(step, ToolCall) for binding in step.results}
    lost_answers = own_answers(agent)
    lost = given | lost_answers  # what a system says, too, is no longer what was told
    slots = {
        (slot.id, slot.type, slot.choices): Slot(id=slot.id, label="", type=slot.type, choices=slot.choices)
        for flow in agent.workflows
        for slot in flow.slots
        if slot.id not in lost_answers
    }
    proofs = {tuple(sorted(set(step.slots) - lost)) for step in steps if isinstance(step, Verify)}
    said = {step.rule for step in steps if isinstance(step, Disclose)}
    return Earlier(
        tuple(slots[key] for key in sorted(slots)), tuple(sorted(proofs)), tuple(sorted(said)), several=True
    )


def telling(agent: Agent, earlier: Earlier) -> Agent:
    """Return the agent with all that may have been told for earlier wishes, for what facts may be."""
    if not earlier.facts:
        return agent
    told = Workflow(id="earlier wishes", name="", reusable=True, start="", slots=earlier.facts)
    return agent.model_copy(update={"workflows": (*agent.workflows, told)})


Start = tuple[int, Store, bool, int]
"""A place, what is known there, whether identity holds, the disclosures that were said."""


def told_start(ground: Ground, earlier: Earlier) -> Store:
    """Return what may be known where a further wish begins."""
    store = list(ground.start)
    for slot in earlier.facts:
        at = ground.index.get(slot.id)
        if at is not None:
            store[at] = ground.book.fact(slot.id).full
    return tuple(store)


def further_starts(ground: Ground, earlier: Earlier) -> Iterator[Start]:
    """Yield where a talk can stand as a further wish begins, and where nobody took over before the first."""
    rescue = ground.graph.rescue
    if rescue is not None:
        yield rescue, told_start(ground, earlier), False, 0
    if not earlier.several:
        return
    store = told_start(ground, earlier)
    every = sum(ground.disclosures.get(name, 0) for name in earlier.said)
    told = [every, *(every & ~bit for bit in sorted(ground.disclosures.values()) if bit & every)]
    for said in dict.fromkeys(told):
        yield 0, store, False, said
        for names in earlier.identified:
            yield 0, _known(ground, store, names), True, said


def _known(ground: Ground, store: Store, names: tuple[str, ...]) -> Store:
    found = list(store)
    for name in names:
        at = ground.index.get(name)
        if at is not None:
            found[at] = ground.present[at]
    return tuple(found)
