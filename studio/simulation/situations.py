"""Situations: worlds that no test has tried yet, each a known test with one or two things changed.

- Values on both sides of every limit, the other answers of a choice, a system that fails once or always or
  refuses, a fact the customer does not know, a person asked for, no identity given, a queue that is closed.
- A situation expects nothing yet; what it should expect is what the sound agent does in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from studio.domain.agent import Agent
from studio.domain.condition import Scalar, spell
from studio.domain.frozen import Json
from studio.domain.scenario import Behaviour, Fault, Scenario, SystemReply
from studio.domain.workflow import CallBlock, Handoff, Slot, ToolCall, Verify, Workflow
from studio.domain.world import OwnRecord
from studio.simulation.same_clock import kept_together
from studio.simulation.world import actings

Situation = tuple[str, Scenario]
"""What is different, in words, and the test."""
_MANNERS: tuple[Behaviour, ...] = ("asks for a human", "refuses to identify")


def family(agent: Agent, workflow: str) -> list[Workflow]:
    """Return a workflow and the reusable blocks it calls, however deep."""
    by_id = {flow.id: flow for flow in agent.workflows}
    found = [by_id[workflow]] if workflow in by_id else []
    for flow in found:
        for step in flow.steps:
            block = by_id.get(step.block) if isinstance(step, CallBlock) else None
            if block is not None and block not in found:
                found.append(block)
    return found


def bare(base: Scenario) -> Scenario:
    """Return a test without what it expects."""
    return base.model_copy(update={"expectations": ()})


def troubles(agent: Agent, base: Scenario) -> Iterator[Situation]:
    """Yield a test as it is, and with each thing going wrong that could: systems, facts, manner, queues."""
    plain = bare(base)
    yield "", plain
    steps = [step for flow in family(agent, base.workflow) for step in flow.steps]
    for tool in dict.fromkeys(step.tool for step in steps if isinstance(step, ToolCall | Verify)):
        name = f"“{tool.replace('_', ' ')}”"
        for words, fault in (
            (f"{name} does not answer", Fault(id=tool, failure="timeout")),
            (f"{name} does not answer the first time", Fault(id=tool, failure="timeout", times=1)),
            (f"{name} refuses", Fault(id=tool, failure="refused")),
        ):
            yield words, plain.model_copy(update={"faults": (*base.faults, fault)})
    for fact in base.facts:
        rest = tuple(each for each in base.facts if each.id != fact.id)
        yield f"does not know the {_label(agent, fact.id)}", plain.model_copy(update={"facts": rest})
    for manner in _MANNERS:
        if manner not in base.behaviours:
            yield manner, plain.model_copy(update={"behaviours": (*base.behaviours, manner)})
    unverified = tuple(
        SystemReply(id=each.id, reply={**each.reply, "verified": False}) if "verified" in each.reply else each
        for each in base.systems
    )
    if unverified != base.systems:
        yield "identity does not match", plain.model_copy(update={"systems": unverified})
    for queue in dict.fromkeys(s.queue for s in steps if isinstance(s, Handoff) and s.on_failure):
        closed = Fault(id=queue, failure="queue closed")
        yield f"nobody in {queue}", plain.model_copy(update={"faults": (*base.faults, closed)})


def _label(agent: Agent, name: str) -> str:
    slots = (slot for flow in agent.workflows for slot in flow.slots)
    return next(
        (slot.label.lower() for slot in slots if slot.id == name and slot.label), name.replace("_", " ")
    )


def boundaries(agent: Agent, changes: Iterable[Json]) -> dict[str, list[Scalar]]:
    """Return for each fact that parts of an agent compare, the values around what it is compared with."""
    found: dict[str, dict[str, Scalar]] = {}
    for part in changes:
        for name, value in _compared(part):
            for each in _around(value):
                found.setdefault(name, {})[repr(each)] = each
    slots = {slot.id: slot for flow in agent.workflows for slot in flow.slots}
    for name in found:
        for choice in slots[name].choices if name in slots else ():
            found[name][repr(choice)] = choice
    return {name: list(values.values()) for name, values in found.items()}


def _compared(node: Json) -> Iterator[tuple[str, Scalar]]:
    if isinstance(node, list):
        for each in node:
            yield from _compared(each)
    elif isinstance(node, dict):
        name = str(node.get("field") or (node.get("id", "") if "op" in node else ""))
        for value in (node.get("value"), node.get("high")) if name else ():
            for one in value if isinstance(value, list) else (value,):
                if isinstance(one, bool | int | float | str):
                    yield name, one
        for each in node.values():
            if isinstance(each, dict | list):
                yield from _compared(each)


def _around(value: Scalar) -> tuple[Scalar, ...]:
    if isinstance(value, bool):
        return (True, False)
    return (value - 1, value, value + 1) if isinstance(value, int | float) else (value,)


def at_limits(agent: Agent, base: Scenario, values: Mapping[str, list[Scalar]]) -> Iterator[Situation]:
    """Yield a test with each value, then with each two values of different facts."""
    plain = bare(base)
    single = [(name, value) for name, each in values.items() for value in each]
    for name, value in single:
        if (made := with_value(agent, plain, name, value)) is not None:
            yield f"{_label(agent, name)} {spell(value)}", made
    for (one, first), (two, second) in combinations(single, 2):
        if one == two:
            continue
        made = with_value(agent, plain, one, first)
        both = with_value(agent, made, two, second) if made else None
        if both is not None:
            yield f"{_label(agent, one)} {spell(first)}, {_label(agent, two)} {spell(second)}", both


def with_value(agent: Agent, base: Scenario, name: str, value: Scalar) -> Scenario | None:
    """Return a test in which the customer or the systems tell this value of a fact; None if nobody does."""
    if any(fact.id == name for fact in base.facts):
        slots = {slot.id: slot for flow in agent.workflows for slot in flow.slots}
        if name in slots and not _sayable(slots[name], value):
            return None
        facts = tuple(f.model_copy(update={"value": value}) if f.id == name else f for f in base.facts)
        return base.model_copy(update={"facts": facts})
    return _with_reply(agent, base, name, value)


def _sayable(slot: Slot, value: Scalar) -> bool:
    if slot.choices:
        return value in slot.choices
    return isinstance(value, bool) == (slot.type == "yes or no")


def _with_reply(agent: Agent, base: Scenario, name: str, value: Scalar) -> Scenario | None:
    steps = [step for flow in family(agent, base.workflow) for step in flow.steps]
    told = [(s, b.result) for s in steps if isinstance(s, ToolCall) for b in s.results if b.fact == name]
    updates: dict[str, Any] = {}
    for step, result in told:
        systems = updates.get("systems", base.systems)
        if any(each.id == step.tool and result in each.reply for each in systems):
            updates["systems"] = tuple(
                SystemReply(id=e.id, reply=kept_together(e.reply, result, value)) if e.id == step.tool else e
                for e in systems
            )
        elif (own := _own_record(agent, base, step, result, value)) is not None:
            updates["records"] = (*(updates.get("records") or base.records or ()), own)
    return base.model_copy(update=updates) if updates else None


def _own_record(agent: Agent, base: Scenario, step: ToolCall, result: str, value: Scalar) -> OwnRecord | None:
    acting = actings(agent).get(step.tool)
    if acting is None or acting.table is None:
        return None
    fact = next((a.fact for a in step.arguments if a.name == acting.argument), None)
    key = next((str(each.value) for each in base.facts if each.id == fact), None)
    row = next((each for each in acting.table.rows if each.id == key), None)
    if row is None:
        return None
    mine = [own.values for own in base.records or () if (own.table, own.id) == (acting.table.id, row.id)]
    there = {name: value for values in (row.values, *mine) for name, value in values.items()}
    told = kept_together(there, result, value)
    values = {name: value for name, value in told.items() if name == result or value != there.get(name)}
    return OwnRecord(table=acting.table.id, id=row.id, values=values)
