"""How a condition reads and what can be chosen in it: comparisons by type, values in words, the sentence.

- Groups within groups are bracketed, so that "a and b or c" cannot be read in two ways.
- What a person types for a value is read by the type of the fact, or refused with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal

from studio.domain.cell_text import read_amount, read_day
from studio.domain.condition import AnyOf, Compare, Condition, Not, Operator, Scalar, spell
from studio.domain.errors import WrongUse
from studio.domain.known import Fact, in_words
from studio.domain.workflow import SlotType

Comparing = Operator | Literal["not in"]
"""A comparison as it is chosen; "not in" is `!=` with several values."""
_SAME: tuple[tuple[Comparing, str], ...] = (("=", "is"), ("!=", "is not"))
_NUMBERS: tuple[tuple[Comparing, str], ...] = (
    ("=", "is"), ("!=", "is not"), ("<=", "is at most"), ("<", "is below"), (">=", "is at least"),
    (">", "is above"), ("in", "is one of"), ("not in", "is none of"),
)  # fmt: skip
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DATES: tuple[tuple[Comparing, str], ...] = (
    ("=", "is"), ("!=", "is not"), ("<=", "is on or before"), ("<", "is before"), (">=", "is on or after"),
    (">", "is after"),
)  # fmt: skip


def comparisons(kind: SlotType) -> tuple[tuple[Comparing, str], ...]:
    """Return the comparisons that make sense for a type, with their words."""
    if kind in ("number", "money"):
        return _NUMBERS
    if kind == "date":
        return _DATES
    return (("=", "is"),) if kind == "yes or no" else (*_SAME, ("in", "is one of"), ("not in", "is none of"))


def read_value(kind: SlotType, words: str) -> Scalar:
    """Return the value that a person typed; raises ValueError with a sentence."""
    text = words.strip()
    if not text:
        raise ValueError("Give a value.")
    if kind in ("number", "money"):
        try:
            return read_amount(text)  # people write the sign of a currency where only a number is meant
        except WrongUse:
            raise ValueError(f"“{text}” is no number: write it as 1,250.50.") from None
    if kind == "date":
        try:
            return read_day(text)
        except WrongUse as error:
            raise ValueError(str(error)) from None
    if kind == "yes or no":
        return text.casefold() == "yes"
    return text


def read_values(kind: SlotType, words: str) -> tuple[Scalar, ...]:
    """Return several values, typed with semicolons or commas between them; raises ValueError."""
    thousands = kind in ("number", "money") and _THOUSANDS.fullmatch(words.strip())
    split = words.split(";") if ";" in words or thousands else words.split(",")
    parts = [part for part in split if part.strip()]
    if not parts:
        raise ValueError("Give at least one value.")
    return tuple(read_value(kind, part) for part in parts)


def write_value(kind: SlotType, value: Scalar | tuple[Scalar, ...] | None) -> str:
    """Return a value as a person types it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        written = [write_value(kind, each) for each in value]
        plain = not any("," in each for each in written)
        return ", ".join(written) if plain else "; ".join(written) + ";" * (len(written) == 1)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind == "date" and isinstance(value, str):
        return day(value)
    return f"{value:,}" if isinstance(value, int | float) else value


def kind_for(fact: Fact | None, value: Scalar | tuple[Scalar, ...]) -> SlotType:
    """Return the type by which a value is shown and read: the fact's own, unless the value is of another."""
    first = value[0] if isinstance(value, tuple) and value else value
    own: SlotType = fact.type if fact else "text"
    if isinstance(first, bool):
        return "yes or no"
    if isinstance(first, int | float):
        return own if own in ("number", "money") else "number"
    return "text" if own in ("number", "money", "yes or no") else own


def day(value: str) -> str:
    """Return an ISO date as "31 March 2026"; anything else as it is."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{found.day} {found:%B %Y}"


def sentence(condition: Condition, facts: Mapping[str, Fact]) -> str:
    """Return a condition as a clause that can be read in one way only."""
    if isinstance(condition, Compare):
        return _test(condition, facts)
    if isinstance(condition, Not):
        inner = condition.of
        if isinstance(inner, Compare):
            return f"it is not so that {_test(inner, facts)}"
        joined = sentence(inner, facts)
        return f"none of this is so: {joined}" if isinstance(inner, AnyOf) else f"not all is so: {joined}"
    parts = []
    for part in condition.of:
        words = sentence(part, facts)
        parts.append(words if isinstance(part, Compare) or len(condition.of) == 1 else f"({words})")
    return (" or " if isinstance(condition, AnyOf) else " and ").join(parts) or "nothing is chosen"


def _test(test: Compare, facts: Mapping[str, Fact]) -> str:
    fact = facts.get(test.field)
    kind = kind_for(fact, test.value)
    label = fact.label if fact else in_words(test.field)
    words = dict(_DATES if kind == "date" and test.op != "in" else _NUMBERS)[test.op]
    value = test.value
    if isinstance(value, tuple):
        shown = " or ".join(_said(kind, each) for each in value)
        return f"{label} {'is not' if test.op == '!=' else 'is'} {shown}"
    return f"{label} {words} {_said(kind, value)}"


def _said(kind: SlotType, value: Scalar) -> str:
    if isinstance(value, str):
        return day(value) if kind == "date" else f"“{value}”"
    return spell(value)
