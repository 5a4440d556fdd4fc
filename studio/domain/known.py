"""What an agent can know: every fact with its label, type and an example, and which are known at a step.

- A fact is asked of the customer, comes out of a system's reply, or is given by the channel.
- `sure` facts are known on every way to a step, `possible` ones on some; a reusable block knows what its
  callers know before they run it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush

from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.frozen import Json
from studio.domain.tool import Tool
from studio.domain.workflow import (
    Ask,
    CallBlock,
    End,
    Slot,
    SlotType,
    Step,
    ToolCall,
    Verify,
    Workflow,
    ways_out,
)

FAILS = "if it fails"
_DEPTH = 8
"""Blocks within blocks are followed so far; deeper ones are taken to tell nothing."""
_SAMPLES: dict[SlotType, Scalar] = {
    "text": "some words", "code": "AB-1234", "number": 3, "money": 49.95, "date": "2026-03-31",
    "email": "ada@example.com", "phone": "+442079460018", "choice": "one of them", "yes or no": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be known; `origin` says in words where it comes from."""

    id: str
    label: str
    type: SlotType
    origin: str
    choices: tuple[str, ...] = ()
    example: Scalar = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The facts known on every way to a place, and those known on some way to it."""

    sure: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Result:
    """A value in the reply of a system that a step uses, whether or not it is kept as a fact."""

    workflow_id: str
    step_id: str
    name: str
    fact: Fact


def in_words(name: str) -> str:
    """Return a name made for machines as words: `order_id` as "Order id"."""
    words = name.replace("_", " ").replace("-", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]


def type_of(schema: Mapping[str, Json]) -> tuple[SlotType, tuple[str, ...]]:
    """Return the type and the choices that a JSON Schema stands for."""
    kind, choices = schema.get("type"), schema.get("enum")
    if isinstance(choices, list) and choices:
        return "choice", tuple(str(each) for each in choices)
    if kind == "boolean":
        return "yes or no", ("yes", "no")
    if kind in ("number", "integer"):
        return "number", ()
    forms: dict[Json, SlotType] = {"date": "date", "email": "email"}
    return forms.get(schema.get("format"), "text"), ()


def result_schemas(tool: Tool) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Yield the single values of a reply with their schemas; those inside others by dotted names."""
    yield from _single(tool.returns, "", 0)


def _single(schema: Mapping[str, Json], before: str, depth: int) -> Iterator[tuple[str, Mapping[str, Json]]]:
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, dict) else ():
        if not isinstance(inner, dict):
            continue
        if isinstance(inner.get("properties"), dict) and depth < _DEPTH:
            yield from _single(inner, f"{before}{name}.", depth + 1)
        elif inner.get("type") not in ("array", "object"):
            yield before + name, inner


@dataclass
class Knowledge:
    """Every fact of an agent, and what is known where; made once for a version of an agent."""

    agent: Agent
    _before: dict[str, dict[str, Known]] = field(default_factory=dict)

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Return every fact by its id, the asked ones first."""
        found: dict[str, Fact] = {}
        for flow in self.agent.workflows:
            for slot in flow.slots:
                found.setdefault(slot.id, fact_of(slot))
        for result in self.results:
            found.setdefault(result.fact.id, result.fact) if result.fact.id else None
        for name, values in (("segment", self._scopes("segments")), ("region", self._scopes("regions"))):
            label = f"Customer {name}" if name == "segment" else "Region"
            found.setdefault(
                name, Fact(name, label, "text", "given by the channel", values, values[0] if values else name)
            )
        return found

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """Return every value of every reply; one that is not kept has a fact without an id."""
        return tuple(
            each
            for flow in self.agent.workflows
            for step in flow.steps
            if isinstance(step, ToolCall)
            for each in self._of(flow, step)
        )

    def _of(self, flow: Workflow, step: ToolCall) -> Iterator[Result]:
        tool = next((tool for tool in self.agent.tools if tool.name == step.tool), None)
        kept = {binding.result: binding.fact for binding in step.results}
        schemas = dict(result_schemas(tool)) if tool else {}
        for name in dict.fromkeys((*schemas, *kept)):
            schema = schemas.get(name, {})
            kind, choices = type_of(schema)
            fact_id = kept.get(name, "")
            example = self._replied(step.tool, name, choices[0] if choices else _SAMPLES[kind])
            fact = Fact(
                fact_id, in_words(fact_id or name), kind, f"from “{step.title}”",
                choices if kind == "choice" else (), example,
            )  # fmt: skip
            yield Result(flow.id, step.id, name, fact)

    def _replied(self, tool: str, name: str, otherwise: Scalar) -> Scalar:
        """Return what a test lets the system answer, else a value of that type."""
        for scenario in self.agent.scenarios:
            for system in scenario.systems:
                value = system.reply.get(name) if system.id == tool else None
                if isinstance(value, bool | int | float | str):
                    return value
        return otherwise

    def _scopes(self, name: str) -> tuple[str, ...]:
        rules = self.agent.charter.rules
        return tuple(dict.fromkeys(value for rule in rules for value in getattr(rule, name)))

    # What is known where

    def before(self, workflow_id: str, step_id: str) -> Known:
        """Return what is known when a step begins; nothing where no way leads to it."""
        return self._flow(workflow_id, 0).get(step_id, Known())

    def _flow(self, workflow_id: str, depth: int) -> dict[str, Known]:
        if workflow_id not in self._before:
            flow = next((each for each in self.agent.workflows if each.id == workflow_id), None)
            if flow is None or depth > _DEPTH:
                return {}
            self._before[workflow_id] = {}  # a block that runs itself learns nothing of itself
            self._before[workflow_id] = self._walk(flow, self._entering(flow, depth), depth)
        return self._before[workflow_id]

    def _entering(self, flow: Workflow, depth: int) -> Known:
        """Return what is known when a workflow begins: what the channel gives, or what callers know."""
        channel = Known(frozenset(), frozenset(("segment", "region")))
        if not flow.reusable:
            return channel
        callers = [
            self._flow(each.id, depth + 1)[step.id]
            for each in self.agent.workflows
            for step in each.steps
            if isinstance(step, CallBlock) and step.block == flow.id
            if step.id in self._flow(each.id, depth + 1)
        ]
        return meet([*callers]) if callers else channel

    def _walk(self, flow: Workflow, entering: Known, depth: int) -> dict[str, Known]:
        steps = {step.id: step for step in flow.steps}
        if flow.start not in steps:
            return {}
        order = _in_order(flow.start, steps)
        before = {flow.start: entering}
        waiting = [(order[flow.start], flow.start)]  # the earliest first, so that few are gone over twice
        listed = {flow.start}
        while waiting:
            _, name = heappop(waiting)
            listed.discard(name)
            for label, to in ways_out(steps[name]):
                if to is None or to not in steps:
                    continue
                after = self._after(steps[name], label, before[name], depth)
                known = meet([before[to], after]) if to in before else after
                if known != before.get(to):
                    before[to] = known
                    if to not in listed:
                        listed.add(to)
                        heappush(waiting, (order[to], to))
        return before

    def _after(self, step: Step, label: str, known: Known, depth: int) -> Known:
        told, possible = frozenset[str](), frozenset[str]()
        if isinstance(step, Ask | Verify):
            possible = frozenset(step.slots)
            told = possible if label != FAILS else told
        elif isinstance(step, ToolCall):
            possible = frozenset(binding.fact for binding in step.results) if label != FAILS else possible
            told = possible
        elif isinstance(step, CallBlock):
            ended = self._block(step.block, label == FAILS, depth + 1)
            told, possible = ended.sure, ended.possible
        return Known(known.sure | told, known.possible | told | possible)

    def _block(self, block: str, failed: bool, depth: int) -> Known:
        """Return what a block adds where it ends well, or otherwise."""
        flow = next((each for each in self.agent.workflows if each.id == block), None)
        if flow is None or depth > _DEPTH:
            return Known()
        inside = self._walk(flow, Known(), depth)
        ends = [
            inside[step.id]
            for step in flow.steps
            if isinstance(step, End) and step.id in inside and (step.outcome != "resolved") == failed
        ]
        return meet(ends) if ends else Known()


def _in_order(start: str, steps: Mapping[str, Step]) -> dict[str, int]:
    """Return a number for every step that can be reached, before those it leads to where no loop is."""
    left: list[str] = []
    seen = {start}
    stack = [(start, iter([to for _, to in ways_out(steps[start])]))]
    while stack:
        name, ways = stack[-1]
        to = next(ways, "")
        if to == "":
            left.append(name)
            stack.pop()
        elif to is not None and to in steps and to not in seen:
            seen.add(to)
            stack.append((to, iter([each for _, each in ways_out(steps[to])])))
    return {name: number for number, name in enumerate(reversed(left))}


def meet(ways: list[Known]) -> Known:
    """Return what is known where several ways meet."""
    sure = frozenset.intersection(*(each.sure for each in ways))
    return Known(sure, frozenset[str]().union(*(each.possible | each.sure for each in ways)))


def fact_of(slot: Slot) -> Fact:
    """Return the fact that a customer is asked for."""
    choices = ("yes", "no") if slot.type == "yes or no" else slot.choices
    example: Scalar = slot.example or (choices[0] if slot.choices else _SAMPLES[slot.type])
    return Fact(
        slot.id, slot.label or in_words(slot.id), slot.type, "asked of the customer", choices, example
    )


def new_fact_id(agent: Agent, label: str) -> str:
    """Return a name for a new fact that no other fact has, made of its label."""
    taken = set(Knowledge(agent).facts)
    words = re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_") or "fact"
    wanted = words if words[0].isalpha() else f"fact_{words}"
    return next(
        name for name in (wanted, *(f"{wanted}_{n}" for n in range(2, len(taken) + 3))) if name not in taken
    )
