"""What each place of an unfolded workflow does to a situation: its ways out, and what it takes to go them.

- A call may always fail. It goes through only where no guard and no limit stops it and everything that its
  system demands is known; then what it gives back is known, and may be any value;
  what its system need not give, and what a call gave that failed for lack of the rest, may be known or not.
- A customer may tell a fact of the workflow at any time, so at first, and whenever they speak, it may be
  known or not; after the question for it, it is known.
- A guard for segments or regions may not count for this customer, so it keeps nothing from going through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from studio.checks.boxes import Box, Splitter, Store, box_of, meet, without
from studio.checks.facts import MISSING, FactBook, with_arguments
from studio.checks.graph import Graph, Place
from studio.checks.lint import PLACE
from studio.checks.names import ALWAYS_KNOWN
from studio.domain.agent import Agent
from studio.domain.charter import Rule
from studio.domain.condition import Condition, Scalar, fields_of
from studio.domain.tool import Tool
from studio.domain.workflow import (
    Argument,
    Ask,
    Decide,
    DecisionTable,
    Disclose,
    End,
    Handoff,
    Say,
    Slot,
    Step,
    ToolCall,
    Verify,
)

FAILED = "if it fails"
MOST_LEFT = 48
"""Boxes that may be left over while the rows of a table are taken one after the other."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What stops a call: a rule's guard or a system's limit (then `rule` is ""), and when."""

    rule: str
    condition: Condition | None
    box: Box = ()
    words: str = ""
    always: bool = False
    identity: bool = False
    disclosure: str | None = None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a system at a place: what it sends, what stops it, what must be known."""

    tool: Tool | None
    arguments: tuple[Argument, ...]
    stops: tuple[Stop, ...]
    needed: tuple[int, ...]
    bound: tuple[int, ...]
    optional: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Rows:
    """A decision table at a place: its rows' boxes and answers; `crossing` where one may fit, and two do."""

    table: DecisionTable
    boxes: tuple[tuple[Box, str], ...]
    exact: bool
    crossing: bool


@dataclass(slots=True)
class Ground:
    """One workflow's graph, made ready: the tracked facts and what happens at each place."""

    agent: Agent
    graph: Graph
    book: FactBook
    names: list[str] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)
    start: Store = ()
    present: Store = ()
    tellable: tuple[int, ...] = ()
    calls: dict[int, Call] = field(default_factory=dict)
    rows: dict[int, Rows] = field(default_factory=dict)
    asked: dict[int, tuple[int, ...]] = field(default_factory=dict)
    live: list[tuple[int, ...]] = field(default_factory=list)
    disclosures: dict[str, int] = field(default_factory=dict)
    splitter: Splitter = field(init=False)

    def __post_init__(self) -> None:
        agent = self.agent
        tools = {tool.name: tool for tool in agent.tools}
        slots = _slots(agent, self.graph)
        reads = [list(_reads(step, tools, agent)) for step in self.graph.steps]
        for name in dict.fromkeys(name for found in reads for name in found):
            self.index[name] = len(self.names)
            self.names.append(name)
        facts = [self.book.fact(name) for name in self.names]
        self.present = tuple(fact.present for fact in facts)
        known = ALWAYS_KNOWN | set(slots)
        self.start = tuple(fact.full if fact.name in known else MISSING for fact in facts)
        self.tellable = tuple(at for at, name in enumerate(self.names) if name in slots)
        demanded = {r.guard.needs_disclosure for r in agent.charter.rules if r.guard}
        named = sorted(name for name in demanded if name is not None)
        self.disclosures = {name: 1 << at for at, name in enumerate(named)}
        self.splitter = Splitter(self.book, self.index)
        for at, (place, step) in enumerate(zip(self.graph.places, self.graph.steps, strict=True)):
            self._prepare(at, place, step, tools)
        self._liveness(reads)

    def _prepare(self, at: int, place: Place, step: Step, tools: dict[str, Tool]) -> None:
        if isinstance(step, ToolCall | Verify):
            self.calls[at] = self._call(place, step, tools)
        if isinstance(step, Ask | Verify):
            self.asked[at] = tuple(self.index[name] for name in step.slots)
        if isinstance(step, Decide) and step.table is not None:
            table = next((t for t in self.agent.tables if t.id == step.table), None)
            if table is not None:
                self.rows[at] = self._rows(table)

    def _rows(self, table: DecisionTable) -> Rows:
        boxes, exact = [], True
        for row in table.rows:
            cells = [(self.index[c.id], self.book.cell(c)) for c in row.cells if c.op != "any"]
            box, decided = box_of([each for each in cells if each[1] is None or each[1]])
            if any(mask == 0 for _, mask in cells):
                box = ((cells[0][0], 0),)
            exact = exact and decided
            boxes.append((box, row.then))
        crossing = table.hit_policy == "unique" and _overlapping([box for box, _ in boxes], self.present)
        return Rows(table, tuple(boxes), exact, crossing)

    # Calls

    def _call(self, place: Place, step: ToolCall | Verify, tools: dict[str, Tool]) -> Call:
        tool = tools.get(step.tool)
        arguments = step.arguments
        if isinstance(step, Verify) and not arguments and tool is not None:
            arguments = tuple(Argument(name=n, fact=n) for n in step.slots if n in tool.argument_names)
        if tool is None:
            return Call(None, arguments, (), (), ())
        filled = {a.name: a.fact for a in arguments if a.fact is not None}
        fixed = {a.name: a.value for a in arguments if a.fact is None and a.value is not None}
        needed = tuple(self.index[filled[n]] for n in tool.required_arguments if n in filled)
        flows = {place.workflow, *(flow for flow, _ in place.calls)}
        stops = [
            stop
            for rule in self.agent.charter.rules
            if rule.guard and step.tool in rule.guard.tools
            if not rule.workflows or flows & set(rule.workflows)
            for stop in self._guard(rule, filled, fixed)
        ]
        stops += self._limits(tool, filled, fixed)
        results = step.results if isinstance(step, ToolCall) else ()
        bound = tuple(self.index[b.fact] for b in results if b.fact in self.index)
        demanded = tool.returns.get("required", ())
        optional = {b.fact for b in results if b.result.split(".")[0] not in demanded}
        left_out = frozenset(self.index[name] for name in optional if name in self.index)
        return Call(tool, arguments, tuple(stops), needed, bound, left_out)

    def _guard(self, rule: Rule, filled: dict[str, str], fixed: dict[str, Scalar]) -> Iterator[Stop]:
        guard = rule.guard
        assert guard is not None
        sure = not rule.segments and not rule.regions
        condition = guard.forbidden_when
        if condition is not None:
            yield Stop(rule.id, condition, sure=sure)
            sent = with_arguments(condition, filled, fixed)
            if sent != condition:
                yield Stop(rule.id, sent, sure=sure)
        elif not guard.needs_identity and guard.needs_disclosure is None:
            yield Stop(rule.id, None, always=True, sure=sure)
        if guard.needs_identity:
            yield Stop(rule.id, None, identity=True, sure=sure)
        if guard.needs_disclosure is not None:
            yield Stop(rule.id, None, disclosure=guard.needs_disclosure, sure=sure)

    def _limits(self, tool: Tool, filled: dict[str, str], fixed: dict[str, Scalar]) -> Iterator[Stop]:
        for limit in tool.limits:
            name = limit.argument
            top = int(limit.maximum) if limit.maximum.is_integer() else limit.maximum
            words = f"{name.replace('_', ' ')} above {top:,}"
            if name in fixed:
                value = fixed[name]
                if isinstance(value, bool | str) or value > limit.maximum:
                    yield Stop("", None, words=words, always=True)
            elif name in filled:
                mask = self.book.mask(filled[name], ">", top)
                if mask:
                    yield Stop("", None, ((self.index[filled[name]], mask),), words)

    # What is still looked at

    def _liveness(self, reads: list[list[str]]) -> None:
        count = len(self.graph.places)
        gen = [sum(1 << self.index[name] for name in set(found)) for found in reads]
        kill = [0] * count
        for at, call in self.calls.items():
            kill[at] = sum(1 << each for each in set(call.bound))
        came: list[list[tuple[int, bool]]] = [[] for _ in range(count)]
        for at, ways in enumerate(self.graph.ways):
            for label, to in ways:
                came[to].append((at, label == "" and at in self.calls))
        live = list(gen)
        waiting = list(range(count))
        while waiting:
            to = waiting.pop()
            for at, succeeded in came[to]:
                wanted = live[at] | (live[to] & ~kill[at] if succeeded else live[to])
                if wanted != live[at]:
                    live[at] = wanted
                    waiting.append(at)
        self.live = [tuple(i for i in range(len(self.names)) if mask >> i & 1) for mask in live]


def _overlapping(boxes: list[Box], present: Store) -> bool:
    if len(boxes) > MOST_LEFT:
        return True  # not worth finding out here
    for at, one in enumerate(boxes):
        inside = meet(present, one)
        if inside is not None and any(meet(inside, other) is not None for other in boxes[at + 1 :]):
            return True
    return False


def _slots(agent: Agent, graph: Graph) -> dict[str, Slot]:
    """Return the slots that a customer may tell in a workflow: its own and those of its blocks."""
    within = {place.workflow for place in graph.places}
    return {slot.id: slot for flow in agent.workflows if flow.id in within for slot in flow.slots}


def said_by(step: Step) -> str:
    """Return what a step says to the customer."""
    if isinstance(step, Say | Disclose):
        return step.text
    return step.say if isinstance(step, Ask | Handoff | End) else ""


def _reads(step: Step, tools: dict[str, Tool], agent: Agent) -> Iterator[str]:
    """Yield the facts whose values, or whose being known, matter at a step."""
    yield from PLACE.findall(said_by(step))
    if isinstance(step, Ask | Verify):
        yield from step.slots
    if isinstance(step, Decide):
        for branch in step.branches if step.table is None else ():
            yield from sorted(fields_of(branch.when)) if branch.when is not None else ()
        for table in agent.tables:
            if table.id == step.table:
                yield from (column.id for column in table.inputs)
                yield from (cell.id for row in table.rows for cell in row.cells)
    if isinstance(step, ToolCall | Verify):
        yield from (a.fact for a in step.arguments if a.fact is not None)
        filled = {a.name: a.fact for a in step.arguments if a.fact is not None}
        for rule in agent.charter.rules:
            if rule.guard and step.tool in rule.guard.tools and rule.guard.forbidden_when is not None:
                for name in sorted(fields_of(rule.guard.forbidden_when)):
                    yield filled.get(name, name)
                    yield name
            if (
                rule.formal is not None
                and rule.formal.when is not None
                and step.tool in rule.formal.event.names
            ):
                yield from (filled.get(name, name) for name in sorted(fields_of(rule.formal.when)))


def answers(rows: Rows, store: Store) -> tuple[list[tuple[int, Store]], list[Store], bool]:
    """Return for a situation which rows answer which part of it, the parts none answers, and exactness."""
    if rows.crossing:
        return _only_one(rows, store)
    left, found, exact = [store], list[tuple[int, Store]](), rows.exact
    for number, (box, _) in enumerate(rows.boxes):
        further: list[Store] = []
        for each in left:
            inside = meet(each, box)
            if inside is None:
                further.append(each)
                continue
            found.append((number, inside))
            further += without(each, box)
        if len(further) <= MOST_LEFT:
            left = further
        else:
            exact = False
        if not left:
            break
    return found, left, exact


def _only_one(rows: Rows, store: Store) -> tuple[list[tuple[int, Store]], list[Store], bool]:
    """Return the same for a table in which a situation that two rows fit has no answer."""
    found: list[tuple[int, Store]] = []
    left, exact = [store], rows.exact
    for number, (box, _) in enumerate(rows.boxes):
        own = meet(store, box)
        parts = [own] if own is not None else []
        for other, (against, _) in enumerate(rows.boxes):
            if other != number and len(parts) <= MOST_LEFT:
                parts = [each for part in parts for each in without(part, against)]
        exact = exact and len(parts) <= MOST_LEFT
        found += [(number, part) for part in parts]
        for part in parts:
            if len(left) <= MOST_LEFT:
                left = [each for rest in left for each in without(rest, tuple(enumerate(part)))]
    return found, left, exact and len(left) <= MOST_LEFT
