"""Record words: what changes in the records that systems are rehearsed with, and what systems do to them.

- A record is called by its key, a column by its name; a value stands with what it was.
- What a system does in a rehearsal is told whole: where it looks, what it writes, what it compares.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.diff.naming import listed, quoted, spaced
from studio.diff.value_words import condition, now_was, scalar, values_now
from studio.domain.frozen import Json

MOST = 4
"""Values of a new record that are told."""


def record_clause(rest: Sequence[str], before: Json, after: Json) -> str:
    """Return what is said of one record or column of a table; `rest` is its place in the table."""
    kind, name, *inner = rest
    if kind == "columns":
        return _column(name, inner, before, after)
    if not inner:
        held = ((after or {}).get("values") or {}).items()
        if before is None:
            shown = [f"{spaced(key)} {_value(value)}" for key, value in list(held)[:MOST]]
            return f"now holds the record {name}" + (f" ({', '.join(shown)})" if shown else "")
        if after is None:
            return f"no longer holds the record {name}"
        return f"record {name} now has {values_now(before.get('values'), after.get('values'))}"
    if inner == ["values"]:
        return f"record {name} now has {values_now(before, after)}"
    if after is None:
        return f"record {name} no longer has {spaced(inner[-1])} (was {_value(before)})"
    return f"record {name} now has {spaced(inner[-1])} {now_was(_value(before), _value(after))}"


def _column(name: str, inner: Sequence[str], before: Json, after: Json) -> str:
    called = ((after or before or {}) if not inner else {}).get("label") or spaced(name)
    if not inner and before is None:
        return f"has a new column {quoted(called)}"
    if not inner and after is None:
        return f"no longer has the column {quoted(called)}"
    if inner[-1:] == ["label"]:
        return f"column {quoted(spaced(name))} is now called {now_was(_quoted(before), _quoted(after))}"
    if inner[-1:] == ["type"]:
        return f"column {quoted(called)} now holds {now_was(str(before or ''), str(after or 'anything'))}"
    return f"column {quoted(called)} now has {values_now(before, after)}"


def _quoted(value: Json) -> str:
    return quoted(str(value)) if value else ""


def _value(value: Json) -> str:
    return "" if value is None else str(scalar(value))


def mock_clause(before: Json, after: Json) -> str:
    """Return what a system does in a rehearsal now: "now, in a rehearsal, looks into “orders” and …"."""
    old, new = _mock(before), _mock(after)
    if not new:
        return f"no longer does anything to the records in a rehearsal (before: {old})"
    return f"in a rehearsal, now {new}" + (f" (before: {old})" if old else "")


def _mock(value: Json) -> str:
    if not value:
        return ""
    said = [f"looks into {quoted(spaced(value['table']))}"] if value.get("table") else []
    if value.get("argument"):
        said.append(f"finds the record by {quoted(spaced(value['argument']))}")
    if value.get("adds"):
        said.append(f"makes a new record in {quoted(spaced(value['adds']))}")
    said += [_effect(each) for each in value.get("effects") or ()]
    if value.get("only_when"):
        said.append(f"refuses unless {condition(value['only_when'])}")
    if value.get("checks"):
        said.append(f"compares {listed(spaced(each) for each in value['checks'])} with the record")
    return listed(said) or "does nothing to the records"


def _effect(value: Json) -> str:
    column = spaced(value["column"])
    if value.get("table"):
        column += f" in {quoted(spaced(value['table']))}"
    given = f"“{spaced(value['argument'])}”" if value.get("argument") else _value(value.get("value"))
    match value.get("does"):
        case "add":
            return f"adds {given} to {column}"
        case "subtract":
            return f"takes {given} off {column}"
        case _:
            return f"sets {column} to {given or 'nothing'}"
