"""Every fact of an agent cut into pieces that nothing in the agent tells apart, as sets of bits.

- Bit 0 stands for "not known"; bit n for the nth piece. A situation is a set of bits for each fact.
- A test is decided on each piece's sample by the very function that decides at run time.
- An argument that a guard or a limit looks at is the fact that fills it, so its thresholds cut that fact.
- A fact that cannot be cut (text and numbers mixed) is opaque: no test on it decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from studio.checks.domains import ORDERED, NotProvable, Piece, cut, known_choices
from studio.domain.agent import Agent
from studio.domain.condition import All, AnyOf, Compare, Condition, Not, Operator, Scalar, compare
from studio.domain.workflow import Cell, Slot, SlotType, ToolCall, Verify

MISSING = 1
"""The bit of a fact that is not known."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its pieces, and all bits; an opaque one has one piece that stands for everything."""

    name: str
    pieces: tuple[Piece, ...]
    kind: SlotType
    opaque: bool = False

    @property
    def present(self) -> int:
        """Return the bits of all values."""
        return ((1 << len(self.pieces)) - 1) << 1

    @property
    def full(self) -> int:
        """Return the bits of all values, and of not being known."""
        return (1 << (len(self.pieces) + 1)) - 1

    def samples(self, mask: int) -> list[Scalar]:
        """Return a value for each bit that is set."""
        return [piece.sample for at, piece in enumerate(self.pieces) if mask >> (at + 1) & 1]


@dataclass(slots=True)
class _Mentions:
    values: list[Scalar] = field(default_factory=list)
    ordered: bool = False
    kind: SlotType | None = None


def compares_in(condition: Condition) -> Iterator[Compare]:
    """Yield every comparison of a condition."""
    if isinstance(condition, Compare):
        yield condition
    elif isinstance(condition, Not):
        yield from compares_in(condition.of)
    else:
        for part in condition.of:
            yield from compares_in(part)


class FactBook:
    """The facts of an agent by name, and which pieces pass a test."""

    def __init__(self, agent: Agent, extra: Iterable[Condition] = ()) -> None:
        """Cut every fact at all values that the agent, or an extra condition, holds it against."""
        self._agent = agent
        self._filled = _filled_by(agent)
        mentions = self._mentions(agent, extra)
        self._facts = {name: self._fact(name, found) for name, found in mentions.items()}
        self._masks: dict[tuple[object, ...], int | None] = {}

    def fact(self, name: str) -> Fact:
        """Return a fact; one that nothing looks at has one piece."""
        known = self._facts.get(name)
        if known is None:
            known = self._facts[name] = self._fact(name, _Mentions())
        return known

    def mask(self, name: str, op: Operator, value: Scalar | tuple[Scalar, ...]) -> int | None:
        """Return the values that pass a comparison; None where that is not decided."""
        key = (name, op, type(value), value)
        if key not in self._masks:
            self._masks[key] = self._passing(name, lambda sample: compare(sample, op, value))
        return self._masks[key]

    def cell(self, cell: Cell) -> int | None:
        """Return the values that pass a cell of a table; None where that is not decided."""
        if cell.op == "any":
            return self.fact(cell.id).full
        key = (cell.id, "cell", cell.op, type(cell.value), cell.value, cell.high)
        if key not in self._masks:
            self._masks[key] = self._passing(cell.id, lambda sample: cell.admits({cell.id: sample}))
        return self._masks[key]

    def _passing(self, name: str, test: Callable[[Scalar], bool]) -> int | None:
        fact = self.fact(name)
        if fact.opaque:
            return None
        return sum(1 << (at + 1) for at, piece in enumerate(fact.pieces) if test(piece.sample))

    def _mentions(self, agent: Agent, extra: Iterable[Condition]) -> dict[str, _Mentions]:
        found: dict[str, _Mentions] = {}

        def note(name: str, values: Iterable[Scalar | None], ordered: bool) -> None:
            for each in {name, *self._filled.get(name, ())}:
                mention = found.setdefault(each, _Mentions())
                mention.values += [value for value in values if value is not None]
                mention.ordered = mention.ordered or ordered

        for condition in (*_conditions(agent), *extra):
            for each in compares_in(condition):
                values = each.value if isinstance(each.value, tuple) else (each.value,)
                note(each.field, values, each.op in ORDERED)
        for table in agent.tables:
            for column in table.inputs:
                found.setdefault(column.id, _Mentions()).kind = column.type
            for cell in (cell for row in table.rows for cell in row.cells if cell.op != "any"):
                held = (*cell.value, cell.high) if isinstance(cell.value, tuple) else (cell.value, cell.high)
                note(cell.id, held, cell.op in ORDERED)
        for tool in agent.tools:
            for limit in tool.limits:
                top = limit.maximum
                note(limit.argument, [int(top) if top.is_integer() else top], True)
        return found

    def _fact(self, name: str, mention: _Mentions) -> Fact:
        slots = [slot for flow in self._agent.workflows for slot in flow.slots if slot.id == name]
        kind = mention.kind if mention.kind not in (None, "text") else _kind_of(slots)
        assert kind is not None
        choices = known_choices(self._agent, name)
        if choices is None and kind == "yes or no":
            choices = (True, False)
        if choices is not None and not slots and not isinstance(choices[0], bool):
            choices = tuple(dict.fromkeys((*choices, *(v for v in mention.values if isinstance(v, str)))))
        try:
            finer, below = finer_than_whole(self._agent, name)
            found = cut(mention.values, kind, choices, mention.ordered, name, finer, below)
        except NotProvable:
            return Fact(name, (Piece("any", words="any value"),), kind, opaque=True)
        return Fact(name, tuple(found), kind)


def finer_than_whole(agent: Agent, name: str) -> tuple[bool, bool]:
    """Return whether a number may be a fraction, and whether it may be negative, by who tells it."""
    tools = {tool.name: tool for tool in agent.tools}
    told = any(slot.id == name for flow in agent.workflows for slot in flow.slots)
    finer, below = told, False  # customers tell no negative numbers
    for step in (step for flow in agent.workflows for step in flow.steps if isinstance(step, ToolCall)):
        for binding in step.results if step.tool in tools else ():
            if binding.fact == name:
                schema = tools[step.tool].returns.get("properties", {}).get(binding.result, {})
                low = schema.get("minimum")
                finer = finer or schema.get("type") != "integer"
                below = below or not isinstance(low, int | float) or low < 0
    return finer, below


def _kind_of(slots: list[Slot]) -> SlotType:
    """Return the type of a fact that one or more slots tell: the finest where they differ."""
    kinds = {slot.type for slot in slots}
    if kinds == {"number", "money"}:
        return "money"
    return slots[0].type if len(kinds) == 1 else "text"


def _conditions(agent: Agent) -> Iterator[Condition]:
    for rule in agent.charter.rules:
        if rule.guard is not None and rule.guard.forbidden_when is not None:
            yield rule.guard.forbidden_when
        if rule.formal is not None and rule.formal.when is not None:
            yield rule.formal.when
    for flow in agent.workflows:
        for step in flow.steps:
            if step.kind == "decide":
                yield from (branch.when for branch in step.branches if branch.when is not None)


def _filled_by(agent: Agent) -> dict[str, set[str]]:
    """Return for each argument's name the facts that fill it somewhere."""
    found: dict[str, set[str]] = {}
    for flow in agent.workflows:
        for step in flow.steps:
            if isinstance(step, ToolCall | Verify):
                for argument in step.arguments:
                    if argument.fact is not None and argument.fact != argument.name:
                        found.setdefault(argument.name, set()).add(argument.fact)
    return found


ALWAYS = All(of=())
NEVER = AnyOf(of=())


def with_arguments(condition: Condition, facts: dict[str, str], values: dict[str, Scalar]) -> Condition:
    """Return a condition as a call sees it: arguments read as the facts or fixed values that fill them."""
    if isinstance(condition, Compare):
        if condition.field in values:
            return ALWAYS if compare(values[condition.field], condition.op, condition.value) else NEVER
        name = facts.get(condition.field, condition.field)
        return condition if name == condition.field else condition.model_copy(update={"field": name})
    if isinstance(condition, Not):
        return Not(of=with_arguments(condition.of, facts, values))
    parts = tuple(with_arguments(part, facts, values) for part in condition.of)
    return All(of=parts) if isinstance(condition, All) else AnyOf(of=parts)
