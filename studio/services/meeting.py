"""A test is met again only where what it came to has changed, not at every edit of the agent.

- A conversation looks up workflows, their steps and decision tables by name; which ones is noted while it
  takes place. All else of the agent that it can depend on is the frame, and counts for every test.
- What is said of workflows as a whole (example phrases, questions, who takes over) belongs to the frame.
- What nobody says and no guard asks stays out of it: a purpose, owners, rules in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from studio.domain.agent import Agent
from studio.domain.frozen import Json, digest, to_json
from studio.domain.run import Conversation
from studio.domain.scenario import ExpectHandoff, ExpectStep, Scenario
from studio.domain.wishes import within
from studio.domain.workflow import Handoff, Verify
from studio.runtime import Program
from studio.services.memory import Memory
from studio.simulation.customers import World
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

SEED = 7
WAYS = 6
"""Versions of an agent of which a test's conversation is kept; undo comes back to one of them."""
Value = TypeVar("Value")
Part = tuple[str, str]
"""A workflow, a step of one, or a decision table: its kind and id."""


class Noting(dict[str, Value]):
    """What is looked up by name, noting which names are looked up; who goes through it looks up all."""

    def __init__(self, known: dict[str, Value], kind: str, into: set[Part]) -> None:
        """Hold what is known."""
        super().__init__(known)
        self._kind, self._into = kind, into

    def __getitem__(self, name: str) -> Value:
        """Return what has a name, and note it."""
        self._into.add((self._kind, name))
        return super().__getitem__(name)

    def get(self, name: str, default: Value | None = None) -> Value | None:  # type: ignore[override]
        """Return what has a name, if anything has, and note it."""
        self._into.add((self._kind, name))
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        """Return whether anything has a name, and note it."""
        self._into.add((self._kind, str(name)))
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        """Go through all names."""
        self._into.update((self._kind, name) for name in dict.keys(self))
        return super().__iter__()

    def keys(self) -> list[str]:  # type: ignore[override]
        """Return all names."""
        return list(self)

    def values(self) -> list[Value]:  # type: ignore[override]
        """Return all that is known."""
        return [self[name] for name in self]

    def items(self) -> list[tuple[str, Value]]:  # type: ignore[override]
        """Return all names with what has them."""
        return [(name, self[name]) for name in self]


@dataclass(frozen=True, slots=True)
class Met:
    """A conversation, with what it looked up as it was then."""

    parts: tuple[tuple[Part, str], ...]
    conversation: Conversation


_MET: Memory[tuple[str, ...], list[Met]] = Memory(3_000)


class Meeting:
    """One version of an agent, ready to meet tests."""

    def __init__(self, agent: Agent) -> None:
        """Work out what conversations with it can depend on."""
        self.program = Program.of(agent)
        self._world = world_of(self.program)
        self._frame = digest(_frame(self.program, self._world))
        by_id = {flow.id: flow for flow in agent.workflows}
        self._parts: dict[Part, str] = {("table", table.id): digest(table) for table in agent.tables}
        for flow in agent.workflows:
            blocks = " ".join(part.id for part in within(flow, by_id))
            self._parts["workflow", flow.id] = f"{flow.start}: {blocks}"
            self._parts.update(((f"step of {flow.id}", step.id), digest(step)) for step in flow.steps)
        steps = [step for flow in agent.workflows for step in flow.steps]
        self._names = {
            "step": frozenset(step.id for step in steps),
            "queue": frozenset(step.queue for step in steps if isinstance(step, Handoff)),
            "verify": frozenset(step.tool for step in steps if isinstance(step, Verify)),
        }

    def known(self, scenario: Scenario) -> Conversation | None:
        """Return the conversation of a test's first customer where nothing it came to has changed."""
        return self._among(_MET.get(self._key(scenario), list))

    def met(self, scenario: Scenario) -> Conversation:
        """Return the conversation of a test's first customer."""
        ways = _MET.get(self._key(scenario), list)
        found = self._among(ways)
        if found is None:
            noted: set[Part] = set()
            program = self._noting(noted)
            found = converse(program, self._world, scenario, 0, SEED, connect(scenario))
            parts = tuple((part, self._parts.get(part, "")) for part in sorted(noted))
            ways.append(Met(parts, found))
            del ways[:-WAYS]
        return found

    def _noting(self, into: set[Part]) -> Program:
        """Return the program, noting which parts of it are looked up."""
        flows = {
            name: replace(flow, steps=Noting(flow.steps, f"step of {name}", into))
            for name, flow in self.program.flows.items()
        }
        tables = Noting(self.program.tables, "table", into)
        return replace(self.program, flows=Noting(flows, "workflow", into), tables=tables)

    def _among(self, ways: list[Met]) -> Conversation | None:
        for way in reversed(tuple(ways)):
            if all(self._parts.get(part, "") == was for part, was in way.parts):
                return way.conversation
        return None

    def _key(self, scenario: Scenario) -> tuple[str, ...]:
        """Return what a test's conversation is kept under: with which of the names it gives are there."""
        wanted = {
            "step": {each.step for each in scenario.expectations if isinstance(each, ExpectStep)}
            | {fault.step for fault in scenario.faults if fault.step is not None},
            "queue": {each.queue for each in scenario.expectations if isinstance(each, ExpectHandoff)}
            | {fault.id for fault in scenario.faults},
            "verify": {fault.id for fault in scenario.faults},
        }
        there = (f"{kind} {name}" for kind in wanted for name in sorted(wanted[kind] & self._names[kind]))
        return (self._frame, digest(scenario), *there)


def _frame(program: Program, world: World) -> Json:
    """Return what any conversation can depend on, whatever workflows it comes to."""
    agent, charter = program.agent, program.agent.charter
    heads = [flow.model_copy(update={"steps": (), "groups": None, "start": ""}) for flow in agent.workflows]
    return {
        "greeting": charter.ai_disclosure,
        "rules": [rule.id for rule in charter.rules],
        "guards": [to_json(rule) for rule in charter.rules if rule.guard is not None],
        "workflows": [to_json(head) for head in heads],
        "tools": [to_json(tool) for tool in agent.tools],
        "records": [to_json(table) for table in agent.records or ()],
        "answers": sorted(program.answers),
        "identifying": sorted(program.identifying),
        "persons": {name: to_json(flow.person) for name, flow in program.flows.items() if flow.person},
        "identity": sorted(world.identity),
        "wishes": world.wishes,
    }
