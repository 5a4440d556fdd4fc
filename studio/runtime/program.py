"""An agent made ready to run: everything looked up once, so that a turn only follows references.

- Making a program never fails: references that lead nowhere show when they are followed (and in
  the checks), because a draft may be unfinished.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.domain.agent import Agent
from studio.domain.charter import Guard, Rule
from studio.domain.tool import Tool
from studio.domain.wishes import identifying, own_answers, person_for, within
from studio.domain.workflow import DecisionTable, Handoff, Slot, Step, Workflow
from studio.runtime.intent import Intents
from studio.runtime.listening import Ear, ears_for
from studio.runtime.state import Frame, State

DEFAULT_QUEUE = "Customer service"


@dataclass(frozen=True, slots=True)
class Flow:
    """One workflow with its steps and slots by id, and the ears for all facts it may need.

    `person` is the handoff for who asks for a person: that of a reusable block before a special one.
    """

    workflow: Workflow
    steps: dict[str, Step]
    slots: dict[str, Slot]
    ears: tuple[Ear, ...]
    person: Handoff | None


@dataclass(frozen=True, slots=True)
class Program:
    """A whole agent, indexed; make it once with `Program.of` and use it for many conversations."""

    agent: Agent
    flows: dict[str, Flow]
    tools: dict[str, Tool]
    tables: dict[str, DecisionTable]
    guards: dict[str, tuple[tuple[Rule, Guard], ...]]
    labels: dict[str, str]
    intents: Intents
    answers: frozenset[str]
    identifying: frozenset[str]

    @staticmethod
    def of(agent: Agent) -> Program:
        """Return the program of an agent."""
        by_id = {flow.id: flow for flow in agent.workflows}
        return Program(
            agent,
            {flow.id: _flow(flow, by_id, agent) for flow in agent.workflows},
            {tool.name: tool for tool in agent.tools},
            {table.id: table for table in agent.tables},
            _guards(agent),
            {slot.id: slot.label for flow in agent.workflows for slot in flow.slots if slot.label},
            Intents(
                (flow for flow in agent.workflows if not flow.reusable),
                {slot.label for flow in agent.workflows for slot in flow.slots if slot.label},
            ),
            own_answers(agent),
            identifying(agent),
        )

    def slot(self, frames: Iterable[Frame], name: str) -> Slot | None:
        """Return the slot of this name nearest to the present place: the block's own, then its callers'."""
        for frame in reversed(list(frames)):
            flow = self.flows.get(frame.workflow)
            if flow and name in flow.slots:
                return flow.slots[name]
        return None

    def asked(self, state: State) -> Slot | None:
        """Return the slot that the agent waits for, or None where it asked an open question."""
        return self.slot(state.frames, state.asking) if state.asking else None

    def label(self, fact: str) -> str:
        """Return what a fact is called."""
        return self.labels.get(fact, fact.replace("_", " "))


def _flow(flow: Workflow, by_id: dict[str, Workflow], agent: Agent) -> Flow:
    family = within(flow, by_id)
    person = person_for(agent, family)
    return Flow(
        flow,
        {step.id: step for step in flow.steps},
        {slot.id: slot for slot in flow.slots},
        ears_for(slot for each in reversed(family) for slot in each.slots),
        person[1] if person is not None else None,
    )


def _guards(agent: Agent) -> dict[str, tuple[tuple[Rule, Guard], ...]]:
    found: dict[str, tuple[tuple[Rule, Guard], ...]] = {}
    for rule in agent.charter.rules:
        for tool in rule.guard.tools if rule.guard else ():
            assert rule.guard is not None
            found[tool] = (*found.get(tool, ()), (rule, rule.guard))
    return found
