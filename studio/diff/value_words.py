"""Value words: single values, conditions, cells and expectations, said in plain English.

- The new value and the old one are one phrase: "350 (was 200)".
- Facts of conditions are said as their names, spaced; words that they are held against stand in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pydantic import TypeAdapter, ValidationError

from studio.diff.naming import clipped, listed, quoted, spaced
from studio.domain.condition import OPERATOR_WORDS, All, Compare, Condition, Not, Operator, spell
from studio.domain.frozen import Json
from studio.domain.workflow import Cell

_MACHINE_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")


def now_was(old: str, new: str) -> str:
    """Return "new (was old)"; where there was none, the new one alone."""
    return f"{new} (was {old})" if old else new


def scalar(value: Json) -> str:
    """Return a simple value as a person writes it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool | int | float):
        return spell(value)
    if isinstance(value, list):
        return listed(scalar(each) for each in value)
    if not isinstance(value, str) or not value:
        return "nothing"
    return quoted(spaced(value) if _MACHINE_NAME.fullmatch(value) else value)


def keyed_pairs(before: Json, after: Json, key: str) -> Iterator[tuple[str, Json, Json]]:
    """Yield the members of a list, told apart by one of their values, that came, went or are others."""
    old: dict[str, Json] = {each[key]: each for each in before or ()}
    new: dict[str, Json] = {each[key]: each for each in after or ()}
    for name in dict.fromkeys([*new, *old]):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def values_now(before: Json, after: Json) -> str:
    """Return which values are others now: "days since delivery 45 (was 30)"."""
    old, new = before or {}, after or {}
    said = []
    for name in dict.fromkeys([*new, *old]):
        was, now = (_held(tree[name]) if name in tree else "" for tree in (old, new))
        if was != now:
            said.append(f"{spaced(name)} {now_was(was, now)}" if now else f"no {spaced(name)} (was {was})")
    return listed(said) or "the same in another form"


def _held(value: Json) -> str:
    if isinstance(value, dict):
        return quoted(", ".join(f"{spaced(name)} {_held(each)}" for name, each in value.items()))
    return scalar(value)


@cache
def _conditions() -> TypeAdapter[Condition]:
    return TypeAdapter(Condition)


def condition(value: Json) -> str:
    """Return a condition as a clause."""
    if value is None:
        return "always"
    try:
        return _told(_conditions().validate_python(value))
    except ValidationError:
        return "a condition that cannot be read"


def _denied(op: Operator) -> str:
    return OPERATOR_WORDS[op].replace("is", "is not", 1)


def _told(met: Condition, within: bool = False) -> str:
    if isinstance(met, Compare):
        values = met.value if isinstance(met.value, tuple) else (met.value,)
        said = (
            listed([scalar(each) for each in values]) if met.op != "in" else " or ".join(map(scalar, values))
        )
        return f"{spaced(met.field)} {OPERATOR_WORDS[met.op]} {said}"
    if isinstance(met, Not):
        if isinstance(met.of, Compare) and met.of.op != "!=":
            return _told(met.of).replace(OPERATOR_WORDS[met.of.op], _denied(met.of.op), 1)
        return f"not ({_told(met.of)})"
    glue = " and " if isinstance(met, All) else " or "
    said = glue.join(_told(each, within=True) for each in met.of)
    return f"({said})" if within and len(met.of) > 1 else said


_CELL = {"=": "", "!=": "not ", "<": "below ", "<=": "at most ", ">": "above ", ">=": "at least "}


def cell(value: Json) -> str:
    """Return a table cell in words; an absent cell accepts anything."""
    if value is None:
        return "anything"
    try:
        made = Cell.model_validate(value)
    except ValidationError:
        return "a test that cannot be read"
    if made.op == "any" or made.value is None:
        return "anything"
    if made.op == "between":
        return f"{scalar(made.value)} to {scalar(made.high)}"
    values = made.value if isinstance(made.value, tuple) else (made.value,)
    return _CELL.get(made.op, "") + " or ".join(scalar(each) for each in values)


def arguments_change(before: Json, after: Json, verb: str) -> str:
    """Return what changed in what a system takes or gives back, as its schema describes it."""
    old: dict[str, Json] = (before or {}).get("properties", {})
    new: dict[str, Json] = (after or {}).get("properties", {})
    come = [quoted(spaced(name)) for name in new if name not in old]
    gone = [quoted(spaced(name)) for name in old if name not in new]
    other = [quoted(spaced(name)) for name in new if name in old and new[name] != old[name]]
    must = [set((tree or {}).get("required", ())) for tree in (before, after)]
    said = [f"now also {verb} {listed(come)}"] * bool(come) + [f"no longer {verb} {listed(gone)}"] * bool(
        gone
    )
    said += [f"now {verb} {listed(other)} in another form"] * bool(other)
    needed = sorted(name for name in must[1] - must[0] if name in old)
    spare = sorted(name for name in must[0] - must[1] if name in new)
    said += [f"now always {verb} {listed(quoted(spaced(name)) for name in needed)}"] * bool(needed)
    said += [f"no longer always {verb} {listed(quoted(spaced(name)) for name in spare)}"] * bool(spare)
    return ", ".join(said) or f"now {verb} its values in another form"


def citation(value: Json) -> str:
    """Return a cited sentence with its source."""
    return f"{clipped(value.get('quote', ''), 10)} of {quoted(value.get('source_name', 'a source'))}"
