"""Conditions over named facts, built by choosing, never by typing code; and their evaluation.

- A fact that is missing makes a comparison false, whatever the operator.
- Numbers compare with numbers, dates (ISO text) with dates, text ignoring case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from studio.domain.frozen import Frozen

Scalar = bool | int | float | str
Facts = Mapping[str, Scalar]
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in"]

OPERATOR_WORDS: dict[Operator, str] = {
    "=": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
    "in": "is one of",
}


class Compare(Frozen):
    """One fact compared with one value (or, for `in`, with a list of values)."""

    kind: Literal["compare"] = "compare"
    field: str
    op: Operator
    value: Scalar | tuple[Scalar, ...]


class All(Frozen):
    """True when every part is true."""

    kind: Literal["all"] = "all"
    of: tuple[Condition, ...]


class AnyOf(Frozen):
    """True when at least one part is true."""

    kind: Literal["any"] = "any"
    of: tuple[Condition, ...]


class Not(Frozen):
    """True when its part is false."""

    kind: Literal["not"] = "not"
    of: Condition


Condition = Annotated[Compare | All | AnyOf | Not, Field(discriminator="kind")]

All.model_rebuild()
AnyOf.model_rebuild()
Not.model_rebuild()


def _fold(value: Scalar) -> Scalar:
    return value.casefold() if isinstance(value, str) else value


def _ordered(left: Scalar, op: Operator, right: Scalar) -> bool:
    if isinstance(left, str) != isinstance(right, str):
        return False
    a, b = _fold(left), _fold(right)
    results = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}  # type: ignore[operator]
    return results[op]


def compare(left: Scalar, op: Operator, right: Scalar | tuple[Scalar, ...]) -> bool:
    """Return whether `left op right` holds."""
    if isinstance(right, tuple):
        found = any(compare(left, "=", each) for each in right)
        return found if op in ("in", "=") else not found if op == "!=" else False
    if op in ("=", "in"):
        return isinstance(left, bool) == isinstance(right, bool) and _fold(left) == _fold(right)
    if op == "!=":
        return not compare(left, "=", right)
    return _ordered(left, op, right)


def holds(condition: Condition, facts: Facts) -> bool:
    """Return whether a condition holds for these facts."""
    if isinstance(condition, Compare):
        return condition.field in facts and compare(facts[condition.field], condition.op, condition.value)
    if isinstance(condition, All):
        return all(holds(part, facts) for part in condition.of)
    if isinstance(condition, AnyOf):
        return any(holds(part, facts) for part in condition.of)
    return not holds(condition.of, facts)


def fields_of(condition: Condition) -> frozenset[str]:
    """Return the names of all facts a condition reads."""
    if isinstance(condition, Compare):
        return frozenset({condition.field})
    if isinstance(condition, Not):
        return fields_of(condition.of)
    return frozenset[str]().union(*(fields_of(part) for part in condition.of))


def spell(value: Scalar | tuple[Scalar, ...]) -> str:
    """Return a value as a person would write it."""
    if isinstance(value, tuple):
        return ", ".join(spell(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a limit of 250.0 pounds is one of 250
    return f"{value:,}" if isinstance(value, int | float) else value


def in_words(condition: Condition) -> str:
    """Return a condition as a plain English clause."""
    if isinstance(condition, Compare):
        return f"{condition.field.replace('_', ' ')} {OPERATOR_WORDS[condition.op]} {spell(condition.value)}"
    if isinstance(condition, Not):
        return f"not ({in_words(condition.of)})"
    return (" and " if isinstance(condition, All) else " or ").join(in_words(part) for part in condition.of)
