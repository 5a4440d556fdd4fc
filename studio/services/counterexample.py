"""A violation shown as a conversation: a customer who takes the path, met by the real runtime; and as a test.

- The conversation counts only if it really passed every step of the path, in order; otherwise there is none,
  and the path alone is shown.
- The customer is made of what the agent's own tests know, so that names and numbers look like theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from studio.checks.witness import Failure, Witness, witness
from studio.domain.agent import Agent
from studio.domain.check import CheckResult, PathStep
from studio.domain.condition import Scalar
from studio.domain.frozen import Frozen, Json
from studio.domain.run import Conversation
from studio.domain.scenario import Expectation, Fact, Fault, Persona, Scenario, SystemReply
from studio.domain.tool import Tool
from studio.domain.workflow import Slot, SlotType, Workflow
from studio.runtime.program import Program
from studio.services.spelled import spelled
from studio.simulation.customers import Customer
from studio.simulation.runner import converse, world_of
from studio.simulation.situations import family
from studio.simulation.systems import connect

SEED = 7


class Mumbling(Customer):
    """A customer who says nothing of use when asked for what the path leaves untold."""

    def _answer(self, slot: Slot) -> str | None:
        if slot.id not in self.facts:
            return "Mmm."
        return super()._answer(slot)


class Counterexample(Frozen):
    """A violation as a conversation: the customer, what was said and done, and the path it passed."""

    check: str
    scenario: Scenario
    conversation: Conversation
    path: tuple[PathStep, ...]


def counterexample(agent: Agent, result: CheckResult) -> Counterexample | None:
    """Return a conversation that takes the path of a violation; None where no customer was found for it."""
    found = witness(agent, result.counterexample, result.case)
    if found is None:
        return None
    scenario = customer_of(agent, found, f"Shows: {result.subject}")
    conversation = meet(agent, scenario, Mumbling)
    if not passes(conversation, result.counterexample):
        return None
    return Counterexample(
        check=result.id, scenario=scenario, conversation=conversation, path=result.counterexample
    )


def meet(agent: Agent, scenario: Scenario, customers: type[Customer] = Customer) -> Conversation:
    """Return the conversation of a scenario's first customer."""
    program = Program.of(agent)
    return converse(program, world_of(program), scenario, 0, SEED, connect(scenario), customers)


def passes(conversation: Conversation, path: Sequence[PathStep]) -> bool:
    """Return whether a conversation passed the steps of a path, in order."""
    events = [event for turn in conversation.turns for event in turn.events if event.kind == "step"]
    wanted = [(step.workflow, step.step) for step in path]
    at = 0
    for event in events:
        if at < len(wanted) and (event.workflow, event.step) == wanted[at]:
            at += 1
    return at == len(wanted)


def customer_of(
    agent: Agent, found: Witness, title: str, expectations: tuple[Expectation, ...] = ()
) -> Scenario:
    """Return the scenario of a customer who takes a path."""
    flow = agent.workflow(found.workflow)
    return Scenario(
        id=_free_id(agent),
        title=title,
        workflow=flow.id,
        opening=flow.examples[0] if flow.examples else flow.intent or flow.name,
        persona=Persona(patience="high"),
        goal=flow.intent or flow.name,
        facts=tuple(_facts(agent, flow, found)),
        systems=tuple(_systems(agent, flow, found)),
        faults=tuple(_fault(agent, failure) for failure in found.failures),
        expectations=expectations,
    )


def typical_customer(agent: Agent, flow: Workflow, title: str) -> Scenario:
    """Return the scenario of a customer who tells all that a workflow asks for, and whose systems answer."""
    return customer_of(agent, Witness(flow.id, {}, frozenset(), (), verified=True), title)


def _free_id(agent: Agent) -> str:
    taken = {scenario.id for scenario in agent.scenarios}
    number = len(taken) + 1
    while f"T-{number:02}" in taken:
        number += 1
    return f"T-{number:02}"


def _fault(agent: Agent, failure: Failure) -> Fault:
    if not failure.step:
        return Fault(id=failure.name, failure="queue closed")
    return Fault(id=failure.name, failure="error", step=failure.step, times=failure.times)


# What the customer knows


_TYPICAL: dict[SlotType, Scalar] = {
    "text": "as written on the label",
    "number": 3,
    "money": 25,
    "date": date(1980, 4, 12).isoformat(),
    "email": "ada.morgan@mail.example",
    "phone": "+44 20 7946 0123",
    "yes or no": True,
}


def _facts(agent: Agent, flow: Workflow, found: Witness) -> Iterator[Fact]:
    known = {fact.id: fact.value for scenario in reversed(_like(agent, flow)) for fact in scenario.facts}
    seen: set[str] = set()
    for slot in (slot for each in family(agent, flow.id) for slot in each.slots):
        if slot.id in found.untold or slot.id in seen:
            continue
        seen.add(slot.id)
        value = found.values.get(("", slot.id), known.get(slot.id))
        yield Fact(id=slot.id, value=value if value is not None else _typical(slot))


def _like(agent: Agent, flow: Workflow) -> list[Scenario]:
    """Return the agent's tests, those of a workflow first."""
    return sorted(agent.scenarios, key=lambda each: each.workflow != flow.id)


def _typical(slot: Slot) -> Scalar:
    if slot.choices:
        return slot.choices[0]
    if slot.example:
        return slot.example
    if slot.pattern is not None:
        return spelled(slot.pattern)
    return _TYPICAL.get(slot.type, "A1234")


# What the systems answer


def _systems(agent: Agent, flow: Workflow, found: Witness) -> Iterator[SystemReply]:
    known = {reply.id: reply.reply for scenario in reversed(_like(agent, flow)) for reply in scenario.systems}
    used = {
        step.tool for each in family(agent, flow.id) for step in each.steps if step.kind in ("tool", "verify")
    }
    for tool in agent.tools:
        if tool.name not in used:
            continue
        reply = {**_by_schema(tool), **known.get(tool.name, {})}
        if "verified" in tool.result_names or "verified" in reply:
            reply["verified"] = found.verified
        for (name, result), value in found.values.items():
            if name == tool.name:
                reply[result] = value
        yield SystemReply(id=tool.name, reply=reply or {"done": True})


def _by_schema(tool: Tool) -> dict[str, Json]:
    properties = tool.returns.get("properties", {})
    return {name: _of_schema(schema) for name, schema in properties.items() if isinstance(schema, dict)}


def _of_schema(schema: dict[str, Json]) -> Json:
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return choices[0]
    kinds = {"boolean": True, "integer": 3, "number": 25, "array": [], "object": {}}
    return kinds.get(str(schema.get("type")), "A1")
