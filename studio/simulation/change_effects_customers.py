"""Customers for a change: those who meet what it touches, on both sides of every limit it names.

- Made from the tests of the workflows concerned: values around everything that is compared there, each row of
  a table, the phrases and choices that come or go, systems that fail as often as is counted, records.
- The order is the one in which they tell most; the same agents and tests give the same customers.
- They expect nothing: they are there to be treated, by both versions alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice, zip_longest

from studio.domain.agent import Agent
from studio.domain.condition import Scalar, spell
from studio.domain.frozen import Json
from studio.domain.scenario import Fact, Fault, Scenario
from studio.domain.workflow import ToolCall, Verify
from studio.simulation.change_effects_parts import EVERYBODY, Part, Parts, flows_touched
from studio.simulation.generating import at_decisions
from studio.simulation.situations import Situation, at_limits, bare, boundaries, family, troubles, with_value

MOST_BASES = 8
"""Tests from which customers are made for one change; more where it concerns more workflows."""
MOST_FLOWS = 24
"""Workflows of which one test each is taken."""


@dataclass(frozen=True)
class Touch:
    """What one change touches: both agents, their parts, and those in which they differ."""

    before: Agent
    after: Agent
    was: Parts
    now: Parts
    parts: frozenset[Part]

    @cached_property
    def flows(self) -> frozenset[str] | None:
        """Return the workflows concerned; None where all are."""
        old, new = (flows_touched(agent, self.parts) for agent in (self.before, self.after))
        return None if old is None or new is None else old | new

    @cached_property
    def inner(self) -> dict[str, set[str]]:
        """Return for each workflow itself and the blocks in it, in both agents."""
        found: dict[str, set[str]] = {}
        for agent in (self.before, self.after):
            for flow in agent.workflows:
                found.setdefault(flow.id, set()).update(each.id for each in family(agent, flow.id))
        return found

    @cached_property
    def values(self) -> dict[str, list[Scalar]]:
        """Return the values around everything that the change compares with, before or after."""
        found: dict[str, dict[str, Scalar]] = {}
        for agent in (self.after, self.before):
            for name, values in boundaries(agent, self._compared(agent)).items():
                found.setdefault(name, {}).update({repr(value): value for value in values})
        for name, values in self._choices():
            found.setdefault(name, {}).update({repr(value): value for value in values})
        return {name: list(values.values()) for name, values in found.items()}

    def _compared(self, agent: Agent) -> list[Json]:
        """Return the touched parts, and the limits of touched systems as comparisons of what fills them."""
        found: list[Json] = []
        for part in sorted(self.parts):
            found += [tree[part] for tree in (self.was, self.now) if part in tree and part not in EVERYBODY]
            if part[0] == "tool":
                found += _filled(agent, part[1], (self.was.get(part), self.now.get(part)))
        return found

    def _choices(self) -> Iterator[tuple[str, list[Scalar]]]:
        """Yield the choices and examples of facts that are asked for otherwise."""
        for part in sorted(self.parts):
            if part[0] != "flow":
                continue
            was, now = (
                {slot["id"]: slot for slot in (tree.get(part) or {}).get("slots", ())}
                for tree in (self.was, self.now)
            )
            for name in dict.fromkeys((*was, *now)):
                if was.get(name) != now.get(name):
                    both = [each for each in (was.get(name), now.get(name)) if each]
                    told = [value for each in both for value in (*each["choices"], each["example"]) if value]
                    yield name, list(dict.fromkeys(told))


def _filled(agent: Agent, tool: str, trees: Iterable[Json]) -> Iterator[Json]:
    """Yield the limits of a system's arguments as comparisons of the facts that fill them."""
    limits: list[tuple[str, Json]] = []
    for tree in trees:
        limits += [(each["argument"], each["maximum"]) for each in (tree or {}).get("limits", ())]
        for name, schema in ((tree or {}).get("parameters", {}).get("properties") or {}).items():
            known = [schema.get(key) for key in ("minimum", "maximum")] + list(schema.get("enum") or ())
            limits += [(name, value) for value in known if value is not None]
    for step in (step for flow in agent.workflows for step in flow.steps):
        for argument in step.arguments if isinstance(step, ToolCall | Verify) and step.tool == tool else ():
            for name, value in limits:
                if argument.name == name:
                    whole = int(value) if isinstance(value, float) and value.is_integer() else value
                    yield {"field": argument.fact or name, "op": "<=", "value": whole}


def bases_of(touch: Touch, tests: Sequence[Scenario]) -> list[Scenario]:
    """Return the tests of the workflows that a change concerns: one of each first, plain ones first."""
    flows, inner = touch.flows, touch.inner
    found = [test for test in tests if flows is None or inner.get(test.workflow, set()) & flows]
    found.sort(key=lambda test: bool(test.faults or test.behaviours))
    first = {test.workflow: test for test in reversed(found)}
    of_each = [test for test in found if first[test.workflow] is test]
    rest = [test for test in found if first[test.workflow] is not test]
    return [*of_each, *rest][: max(MOST_BASES, min(len(of_each), MOST_FLOWS))]


def near(touch: Touch, tests: Sequence[Scenario]) -> Iterator[Scenario]:
    """Yield customers for a change, those who tell most first, each way of making them in turn."""
    bases = bases_of(touch, tests)
    ways: list[Callable[[Scenario], Iterable[Situation]]] = [
        lambda base: _recorded(touch, base),
        lambda base: islice(_singles(touch, base), 60),
        lambda base: _failing(touch, base),
        lambda base: [(words, bare(made)) for words, made in at_decisions(_home(touch, base), base)],
        lambda base: troubles(_home(touch, base), base),
        lambda base: islice(_pairs(touch, base), 120),
    ]
    if not touch.values:
        ways = [ways[0], ways[2], ways[4], ways[3], ways[1], ways[5]]
    seen: set[str] = set()
    yield from _asking(touch, tests)
    for way in ways:
        made = [[_named(base, words, each) for words, each in way(base)] for base in bases]
        for row in zip_longest(*made):
            for each in row:
                if each is not None and (key := _like(each)) not in seen:
                    seen.add(key)
                    yield each


def _home(touch: Touch, base: Scenario) -> Agent:
    """Return the agent that has the workflow of a test: the newer one, where it has."""
    return touch.after if any(flow.id == base.workflow for flow in touch.after.workflows) else touch.before


def _named(base: Scenario, words: str, made: Scenario) -> Scenario:
    """Return a customer with a name of its own, by which its words vary."""
    update = {
        "id": f"{base.id} · {words}" if words else base.id,
        "title": f"{base.title}; {words}" if words else base.title,
        "expectations": (),
    }
    return made.model_copy(update=update)


def _like(scenario: Scenario) -> str:
    """Return what tells customers apart: not their name."""
    return scenario.model_copy(update={"id": "", "title": ""}).model_dump_json()


def _singles(touch: Touch, base: Scenario) -> Iterator[Situation]:
    for name, values in touch.values.items():
        for value in values:
            if (made := _valued(touch, base, name, value)) is not None:
                yield f"{name.replace('_', ' ')} {spell(value)}", made


def _valued(touch: Touch, base: Scenario, name: str, value: Scalar) -> Scenario | None:
    for agent in (touch.after, touch.before):
        if (made := with_value(agent, base, name, value)) is not None:
            return made
    return None


def _pairs(touch: Touch, base: Scenario) -> Iterator[Situation]:
    if len(touch.values) > 1:
        home = _home(touch, base)
        yield from islice(at_limits(home, base, touch.values), 60, 400)


def crossed(touches: Sequence[Touch], tests: Sequence[Scenario], most: int) -> list[Scenario]:
    """Return customers who stand at the limits of two changes at once."""
    found: dict[str, Scenario] = {}
    bases = {id(touch): {base.id: base for base in bases_of(touch, tests)} for touch in touches}
    for one, other in combinations(touches, 2):
        if not one.values or not other.values:
            continue
        shared = [base for name, base in bases[id(one)].items() if name in bases[id(other)]][:2]
        for base in shared:
            for first, second in _each_two(one.values, other.values):
                made = _valued(one, bare(base), *first)
                both = _valued(other, made, *second) if made is not None else None
                if both is not None:
                    words = ", ".join(f"{n.replace('_', ' ')} {spell(v)}" for n, v in (first, second))
                    named = _named(base, words, both)
                    found.setdefault(_like(named), named)
                if len(found) >= most:
                    return list(found.values())
    return list(found.values())


def _each_two(
    one: Mapping[str, list[Scalar]], other: Mapping[str, list[Scalar]]
) -> Iterator[tuple[tuple[str, Scalar], tuple[str, Scalar]]]:
    firsts = [(name, value) for name, values in one.items() for value in values[:4]]
    seconds = [(name, value) for name, values in other.items() for value in values[:4]]
    yield from islice(((a, b) for a in firsts for b in seconds if a[0] != b[0]), 16)


# What is said, what fails


def _recorded(touch: Touch, base: Scenario) -> Iterator[Situation]:
    """Yield who is in the records that change."""
    if ("records",) in touch.parts:
        for key, row in islice(_rows(touch), 12):
            if any(fact.id == key for fact in base.facts):
                facts = tuple(Fact(id=key, value=row) if fact.id == key else fact for fact in base.facts)
                yield f"{key.replace('_', ' ')} {row}", bare(base).model_copy(update={"facts": facts})


def _asking(touch: Touch, tests: Sequence[Scenario]) -> Iterator[Scenario]:
    """Yield who asks in the phrases that come or go, as a test of that workflow where there is one."""
    known = {test.workflow: test for test in reversed(tests)}
    for name, phrase in _phrases(touch):
        base = known.get(name) or Scenario(id=name, title=name, workflow=name)
        yield _named(base, f"asks “{phrase}”", bare(base).model_copy(update={"opening": phrase}))


def _phrases(touch: Touch) -> Iterator[tuple[str, str]]:
    """Yield the workflow and the phrase, of all that come or go, or belong to workflows that do."""
    if ("wishes",) not in touch.parts:
        return
    was, now = (
        {flow.id: (*flow.examples, flow.name, flow.intent) for flow in agent.workflows if not flow.reusable}
        for agent in (touch.before, touch.after)
    )
    for name in dict.fromkeys((*now, *was)):
        for phrase in dict.fromkeys((*now.get(name, ()), *was.get(name, ()))):
            if phrase and (phrase in was.get(name, ())) != (phrase in now.get(name, ())):
                yield name, phrase


def _rows(touch: Touch) -> Iterator[tuple[str, str]]:
    """Yield the key column and the record, of all records that change."""
    was, now = ({table.id: table for table in agent.records or ()} for agent in (touch.before, touch.after))
    for name in dict.fromkeys((*now, *was)):
        old = {row.id: row for row in was[name].rows} if name in was else {}
        new = {row.id: row for row in now[name].rows} if name in now else {}
        yield from (
            ((now.get(name) or was[name]).key, row)
            for row in dict.fromkeys((*new, *old))
            if old.get(row) != new.get(row)
        )


def _failing(touch: Touch, base: Scenario) -> Iterator[Situation]:
    """Yield systems that fail just as often, are just as slow, or leave out what the change counts with."""
    for part in sorted(touch.parts):
        trees = [tree[part] for tree in (touch.was, touch.now) if tree.get(part)]
        if part[0] == "step":
            retries = {tree["retries"] for tree in trees if "retries" in tree}
            tools = {tree["tool"] for tree in trees if "retries" in tree}
            faults = [Fault(id=t, failure="timeout", times=n + 1) for t in sorted(tools) for n in retries]
        elif part[0] == "tool":
            waits = {tree.get("answers_within") or 0 for tree in trees}
            faults = [Fault(id=part[1], failure="slow", seconds=wait + 1) for wait in sorted(waits) if wait]
            faults += [
                Fault(id=part[1], failure="incomplete", field=name)
                for tree in trees
                for name in tree.get("returns", {}).get("properties", {})
            ]
        else:
            continue
        for fault in faults:
            many = f" {fault.times} times" if fault.times else f" {fault.field or ''}".rstrip()
            words = f"“{fault.id.replace('_', ' ')}” {fault.failure}{many}"
            yield words, bare(base).model_copy(update={"faults": (*base.faults, fault)})
