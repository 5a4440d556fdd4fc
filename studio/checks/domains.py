"""What values an input of a decision table can have, cut into pieces that no row tells apart.

- Every piece has a sample; a row's own test decides on the sample, so proof and run time agree.
- Numbers are whole and from 0 on, amounts are whole cents from 0 on, dates are whole days, unless the
  table itself names finer or negative values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from studio.domain.agent import Agent
from studio.domain.condition import Scalar, spell
from studio.domain.workflow import Cell, DecisionTable, Slot, SlotType, TableInput


@dataclass(frozen=True, slots=True)
class Piece:
    """Values that all rows treat alike: an interval (ends included where whole), or one named value."""

    sample: Scalar
    low: Scalar | None = None
    high: Scalar | None = None
    words: str = ""
    apart: bool = False
    """Whether the ends of the interval do not belong to it."""


class NotProvable(Exception):
    """The input is compared in a way that cannot be cut into pieces."""


def natural(value: Scalar) -> bool:
    """Return whether a value is one that people would name: no fraction of a number or a cent."""
    return not isinstance(value, float) or round(value * 100) == value * 100


ORDERED = ("<", "<=", ">", ">=", "between")


def cells_of(table: DecisionTable, input_id: str) -> Iterator[Cell]:
    """Yield the tests of one input that say something."""
    for row in table.rows:
        cell = row.cell(input_id)
        if cell.op != "any" and cell.value is not None:
            yield cell


def _mentioned(table: DecisionTable, input_id: str) -> list[Scalar]:
    found: list[Scalar] = []
    for cell in cells_of(table, input_id):
        values = cell.value if isinstance(cell.value, tuple) else (cell.value, cell.high)
        found += [value for value in values if value is not None]
    return found


def known_choices(agent: Agent, fact: str) -> tuple[Scalar, ...] | None:
    """Return the values a fact can have, wherever it is told or given; None if that may be anything."""
    sources = [_of_slot(slot) for flow in agent.workflows for slot in flow.slots if slot.id == fact]
    sources += [_of_schema(schema) for schema in _schemas(agent, fact)]
    found: dict[tuple[type, Scalar], Scalar] = {}
    for values in sources:
        if values is None:
            return None
        found.update({(type(value), value): value for value in values})
    return tuple(found.values()) or None


def _of_slot(slot: Slot) -> tuple[Scalar, ...] | None:
    if slot.type == "yes or no":
        return (True, False)
    return slot.choices if slot.type == "choice" and slot.choices else None


def _of_schema(schema: Mapping[str, object]) -> tuple[Scalar, ...] | None:
    enum = schema.get("enum")
    if isinstance(enum, list) and enum and all(isinstance(v, bool | int | float | str) for v in enum):
        return tuple(enum)
    return (True, False) if schema.get("type") == "boolean" else None


def _schemas(agent: Agent, fact: str) -> Iterator[dict[str, object]]:
    tools = {tool.name: tool for tool in agent.tools}
    for flow in agent.workflows:
        for step in flow.steps:
            if step.kind != "tool" or step.tool not in tools:
                continue
            properties = tools[step.tool].returns.get("properties", {})
            for binding in step.results:
                if binding.fact == fact and isinstance(properties.get(binding.result), dict):
                    yield properties[binding.result]


def pieces(table: DecisionTable, each: TableInput, agent: Agent) -> list[Piece]:
    """Return the pieces of an input, in order; raises NotProvable."""
    mentioned = _mentioned(table, each.id)
    ordered = any(cell.op in ORDERED for cell in cells_of(table, each.id))
    choices = known_choices(agent, each.id)
    if choices is None and each.type == "yes or no":
        choices = (True, False)
    return cut(mentioned, each.type, choices, ordered, each.label)


def cut(
    mentioned: list[Scalar],
    kind: SlotType,
    choices: tuple[Scalar, ...] | None,
    ordered: bool,
    label: str,
    finer: bool = False,
    below: bool = False,
) -> list[Piece]:
    """Return what a fact can be, cut at the values it is held against; raises NotProvable.

    `finer`: numbers need not be whole, nor amounts whole cents; `below`: they may be negative.
    """
    if choices is not None:
        return [Piece(value, words=spell(value)) for value in choices]
    numeric = bool(mentioned) and all(_is_number(value) for value in mentioned)
    if kind in ("number", "money") or (numeric and kind != "date"):
        return _intervals([Fraction(str(v)) for v in mentioned if _is_number(v)], kind, finer, below)
    if kind == "date":
        return _days([value for value in mentioned if isinstance(value, str)])
    if ordered:
        if all(isinstance(value, str) for value in mentioned):
            return _spellings([value for value in mentioned if isinstance(value, str)])
        raise NotProvable(f"“{label}” is compared as text")
    return _names(mentioned)


def _spellings(mentioned: list[str]) -> list[Piece]:
    """Return texts in the order of the alphabet: each that is named, and what lies between them."""
    cuts = sorted({value.casefold() for value in mentioned})
    found = [Piece("", words=f"before “{cuts[0]}”")] if cuts[0] else []
    for at, word in enumerate(cuts):
        found.append(Piece(word, words=f"“{word}”"))
        above = cuts[at + 1] if at + 1 < len(cuts) else None
        if above is None or word + "\0" < above:
            words = f"after “{word}”" if above is None else f"between “{word}” and “{above}”"
            found.append(Piece(_between(word, above), words=words))
    return found


def _between(word: str, above: str | None) -> str:
    """Return a text behind one and before another, as readable as there is."""
    tails = ("a", " ", "!")
    return next((word + tail for tail in tails if above is None or word + tail < above), word + "\0")


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _names(mentioned: list[Scalar]) -> list[Piece]:
    found = {value.casefold() if isinstance(value, str) else value: value for value in reversed(mentioned)}
    named = [Piece(value, words=spell(value)) for value in reversed(list(found.values()))]
    other = "anything else"
    while other in found:
        other += " at all"
    return [*named, Piece(other, words="anything else" if named else "any value")]


def _value(number: Fraction) -> Scalar:
    return int(number) if number.denominator == 1 else float(number)


def _intervals(thresholds: list[Fraction], kind: SlotType, finer: bool, below: bool) -> list[Piece]:
    cuts = sorted(set(thresholds))
    if not cuts:
        return [Piece(0, words="any value")]
    unit: Fraction | None = Fraction(1, 100) if kind == "money" else Fraction(1)
    if finer or any((cut / unit).denominator != 1 for cut in cuts if unit):
        unit = None
    lowest = Fraction(0) if cuts[0] >= 0 and not below else None
    found: list[Piece] = []
    previous: Fraction | None = None
    for cut in cuts:
        found += _below(previous, cut, unit, lowest)
        found.append(Piece(_value(cut), _value(cut), _value(cut)))
        previous = cut
    last = cuts[-1]
    beyond = Piece(_value(last + (unit or 1)), _value(last + (unit or 0)), None, apart=unit is None)
    return [*found, beyond]


def _below(
    previous: Fraction | None, cut: Fraction, unit: Fraction | None, lowest: Fraction | None
) -> list[Piece]:
    """Return the piece under a cut, down to the cut before it; empty where nothing lies between."""
    step = unit or Fraction(0)
    low = lowest if previous is None else previous + step
    high = cut - step
    if low is not None and (low > high or (low == high and not unit)):
        return []
    if low is None:
        middle = high - (0 if unit else 1)
    elif unit:
        middle = low + unit * ((high - low) // (2 * unit))
    else:
        middle = _plain(low, high)
    return [Piece(_value(middle), None if low is None else _value(low), _value(high), apart=not unit)]


def _plain(low: Fraction, high: Fraction) -> Fraction:
    """Return a value between two, whole if there is one, else in whole cents."""
    middle = (low + high) / 2
    for unit in (Fraction(1), Fraction(1, 100)):
        near = unit * (middle // unit)
        if low < near < high:
            return near
    return middle


def _days(mentioned: list[str]) -> list[Piece]:
    try:
        cuts = sorted({date.fromisoformat(value).toordinal() for value in mentioned})
    except ValueError as error:
        raise NotProvable("a date in it is not written as year-month-day") from error
    found: list[Piece] = []
    for at, cut in enumerate(cuts):
        low = cuts[at - 1] + 1 if at else None
        if low is None or low <= cut - 1:
            middle = cut - 1 if low is None else (low + cut - 1) // 2
            found.append(Piece(_iso(middle), None if low is None else _iso(low), _iso(cut - 1)))
        found.append(Piece(_iso(cut), _iso(cut), _iso(cut)))
    last = cuts[-1] + 1 if cuts else date(2026, 1, 1).toordinal()
    return [*found, Piece(_iso(last), _iso(last) if cuts else None, None)]


def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def in_words(every: list[Piece], chosen: list[int]) -> str:
    """Return some pieces, named by their places among all, as a person would say them."""
    if every[chosen[0]].words:
        return " or ".join(every[at].words for at in chosen)
    if any(each.apart for each in every):
        return " or ".join(_part(every[at], first=at == 0) for at in chosen)
    runs: list[tuple[int, int]] = []
    for at in chosen:
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return " or ".join(_run(every[first].low, every[last].high) for first, last in runs)


def _part(piece: Piece, first: bool) -> str:
    """Return a piece of numbers that may be fractions."""
    low, high = piece.low, piece.high
    if not piece.apart or (low is None and high is None):
        return _run(low, high)
    if high is None:
        return f"above {spell(low or 0)}"
    return f"below {spell(high)}" if first or low is None else f"between {spell(low)} and {spell(high)}"


def _run(low: Scalar | None, high: Scalar | None) -> str:
    if low is None and high is None:
        return "any value"
    if low is None:
        return f"up to {spell(high or 0)}"
    if high is None:
        return f"{spell(low)} or more"
    return spell(low) if low == high else f"{spell(low)} to {spell(high)}"
