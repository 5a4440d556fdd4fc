"""The parts of an agent that a conversation can meet, and which of them one did meet.

- Two agents with equal parts carry on the same conversations: titles, notes, layout, citations, owners, tests
  and documents are in no part.
- What a conversation met is read from its trace, and rather too much than too little: a change whose parts it
  did not meet cannot make it go otherwise. A conversation that broke off may have met anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from studio.domain.agent import Agent
from studio.domain.frozen import Json, digest, to_json
from studio.domain.trace import Turn
from studio.domain.workflow import CallBlock, Decide, Step, ToolCall, Verify
from studio.runtime.program import Program
from studio.simulation.situations import family
from studio.simulation.speaking import World
from studio.simulation.world import actings

Part = tuple[str, ...]
"""What kind of part it is, and its names: ("step", workflow, step), ("table", table), ("guards", tool) …"""
Parts = Mapping[Part, Json]
EVERYBODY: tuple[Part, ...] = (("opening",), ("wishes",), ("customers",))
"""Parts that every conversation meets: the first words, what is understood, how customers speak."""
_NO_EFFECT = ("title", "place", "citations")


def parts_of(program: Program, world: World) -> dict[Part, Json]:
    """Return everything of an agent that a conversation can meet; `world` is what its customers speak of."""
    agent = program.agent
    found: dict[Part, Json] = {
        ("opening",): agent.charter.ai_disclosure,
        ("wishes",): _wishes(program),
        ("customers",): _customers(world),
        ("records",): [_table_of_records(to_json(table)) for table in agent.records or ()],
    }
    for flow in agent.workflows:
        inner = [to_json(slot) for each in family(agent, flow.id) for slot in each.slots]
        person = program.flows[flow.id].person
        found["flow", flow.id] = {"start": flow.start, "slots": inner}
        found["person", flow.id] = _bare(to_json(person)) if person else None
        for step in flow.steps:
            found["step", flow.id, step.id] = _bare(to_json(step))
    for table in agent.tables:
        rows = [{"cells": _cells(to_json(row)), "then": row.then} for row in table.rows]
        found["table", table.id] = {"hit": table.hit_policy, "rows": rows}
    acting = actings(agent)
    for tool in agent.tools:
        found["tool", tool.name] = _tool(to_json(tool)) | {"acts": tool.name in acting}
        found["guards", tool.name] = [
            {
                "rule": rule.id,
                "where": [rule.workflows, rule.segments, rule.regions, rule.channels],
                "guard": to_json(guard),
            }
            for rule, guard in program.guards.get(tool.name, ())
        ]
    return found


def _customers(world: World) -> Json:
    """Return what of the agent shows in how customers speak; they never see how a question is put."""
    slots = [[name, {**to_json(slot), "prompt": ""}] for name, slot in sorted(world.slots.items())]
    return [slots, sorted(world.identity), sorted(world.wishes.items())]


def _bare(tree: Json) -> Json:
    return {name: value for name, value in tree.items() if name not in _NO_EFFECT}


def _cells(row: Json) -> list[Json]:
    """Return what a row demands: a cell that admits anything demands nothing; their order says nothing."""
    cells = [each for each in row.get("cells", ()) if each.get("op", "any") != "any"]
    return sorted(cells, key=lambda each: str(each["id"]))


def _tool(tree: Json) -> dict[str, Json]:
    return {name: value for name, value in tree.items() if name not in ("description", "data_class")}


def _table_of_records(tree: Json) -> Json:
    return {name: value for name, value in tree.items() if name != "name"}


def _wishes(program: Program) -> Json:
    flows = [
        [flow.id, flow.name, flow.intent, flow.examples, flow.reusable] for flow in program.agent.workflows
    ]
    return [flows, sorted(program.labels.items())]


def fingerprint(parts: Parts) -> str:
    """Return the SHA-256 of all parts: equal where conversations cannot differ."""
    return digest([[list(part), value] for part, value in sorted(parts.items())])


def touched(before: Parts, after: Parts) -> frozenset[Part]:
    """Return the parts in which two agents differ."""
    return frozenset(part for part in {*before, *after} if before.get(part) != after.get(part))


class Meeting:
    """Says what conversations with one agent met."""

    def __init__(self, program: Program) -> None:
        """Take the agent made ready to run."""
        self._program = program
        self._first = next(iter(program.flows), "")
        self._of_turn: dict[int, tuple[Turn, frozenset[Part]]] = {}
        self._of_step = lru_cache(maxsize=None)(self._in_step)

    def met(self, turns: Iterable[Turn]) -> frozenset[Part]:
        """Return all parts that a conversation met."""
        return self.within(turns) | {*EVERYBODY, ("person", self._first)}

    def within(self, turns: Iterable[Turn]) -> frozenset[Part]:
        """Return the parts that some turns met, but for those that everybody meets."""
        found: set[Part] = set()
        for turn in turns:
            if not turn.events:
                continue
            known = self._of_turn.get(id(turn))
            if known is None or known[0] is not turn:
                met = frozenset(p for e in turn.events for p in self._of_step(e.workflow, e.step))
                known = turn, met
                if turn.role != "customer":  # the agent's turns are shared by many conversations
                    self._of_turn[id(turn)] = known
            found |= known[1]
        return frozenset(found)

    def _in_step(self, workflow: str | None, step_id: str | None) -> tuple[Part, ...]:
        if workflow is None:
            return ()
        found: list[Part] = [("flow", workflow), ("person", workflow)]
        if step_id is not None:
            found.append(("step", workflow, step_id))
            flow = self._program.flows.get(workflow)
            step = flow.steps.get(step_id) if flow else None
            found += _used_by(step) if step is not None else []
        return tuple(found)


def _used_by(step: Step) -> list[Part]:
    """Return what a step relies on, whether it is there or not."""
    if isinstance(step, ToolCall | Verify):
        return [("tool", step.tool), ("guards", step.tool), ("records",)]
    if isinstance(step, Decide):
        return [("table", step.table)] if step.table else []
    return [("flow", step.block)] if isinstance(step, CallBlock) else []


def flows_touched(agent: Agent, parts: Iterable[Part]) -> frozenset[str] | None:
    """Return the workflows in which some parts can be met; None where any conversation can meet them."""
    found: set[str] = set()
    for part in parts:
        if part in EVERYBODY or part == ("records",):
            return None
        if part[0] in ("flow", "person", "step"):
            found.add(part[1])
        for flow in agent.workflows:
            if any(part in _used_by(step) for step in flow.steps):
                found.add(flow.id)
    return frozenset(found)
