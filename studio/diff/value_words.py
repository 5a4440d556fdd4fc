"""Value words: one value's change, said in plain English.

- A text's change is told by its numbers, dates and force first ("30 → 45 days", "may → must not"),
  then by the words that were exchanged, then by the sentences that came or went.
- A list's change is told by what came and went, never by repeating the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from pydantic import TypeAdapter, ValidationError

from studio.diff.naming import Names, clipped, listed, plain, quoted, spaced
from studio.diff.shifts import Shift
from studio.diff.text import Row, TextDiff, diff_text
from studio.domain.condition import Condition, in_words, spell
from studio.domain.frozen import Json
from studio.domain.workflow import Cell

_MACHINE_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_FEW_WORDS = 6
_FEW_EDITS = 3


def exchange(before: str, after: str) -> str:
    """Return "a → b"; an empty side is "nothing"."""
    return f"{before or 'nothing'} → {after or 'nothing'}"


def scalar(value: Json) -> str:
    """Return a simple value as a person writes it."""
    if isinstance(value, bool | int | float):
        return spell(value)
    if isinstance(value, list):
        return listed(scalar(each) for each in value)
    if not isinstance(value, str) or not value:
        return "nothing"
    return quoted(spaced(value) if _MACHINE_NAME.fullmatch(value) else value)


def text_change(before: Json, after: Json) -> str:
    """Return what changed in a text."""
    old, new = str(before or ""), str(after or "")
    if not old.strip():
        return f"now says {clipped(new)}"
    if not new.strip():
        return f"no longer says {clipped(old)}"
    diff = diff_text(plain(old), plain(new))
    shifts = [shift for row in diff.rows if row.kind == "changed" or row.arrives for shift in row.shifts]
    told = {word for shift in shifts for side in (shift.before, shift.after) for word in _words(side)}
    said = [_shifted(shift) for shift in shifts] + list(_exchanged(diff, told)) + list(_sentences(diff.rows))
    return ", ".join(said) if said else "line breaks and spacing change"


def _shifted(shift: Shift) -> str:
    """Return a shift in a sentence, where a sign alone would say little."""
    if not shift.before:
        return f"adds {quoted(shift.after)}"
    return shift.label if shift.after else f"drops {quoted(shift.before)}"


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return re.findall(r"\w+", text.lower())


def _exchanged(diff: TextDiff, told: set[str]) -> Iterator[str]:
    """Yield the words exchanged inside sentences, but for those `told` already."""
    edits = [part for row in diff.rows if row.kind == "changed" or row.arrives for part in row.compared]
    rest = [
        (part.before.strip(), part.after.strip())
        for part in edits
        if part.changed and not set(_words(part.before + " " + part.after)) <= told
    ]
    if len(rest) > _FEW_EDITS or any(len(_words(side)) > _FEW_WORDS for edit in rest for side in edit):
        yield "the wording changes"
        return
    for old, new in rest:
        if old and new:
            yield f"{quoted(old)} → {quoted(new)}"
        else:
            yield f"adds {quoted(new)}" if new else f"drops {quoted(old)}"
    if not rest and any(part.changed and (part.before + part.after).strip() for part in edits) and not told:
        yield "the punctuation changes"


def _sentences(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the sentences that came, went or moved."""
    for row in rows:
        text = "".join(part.before + part.after for part in row.compared)
        if row.kind == "added":
            yield f"adds {clipped(text)}"
        elif row.kind == "removed":
            yield f"drops {clipped(text)}"
        elif row.arrives and not row.edited:
            yield f"moves {clipped(row.compared[0].after, 8)}"


def list_change(before: Json, after: Json, say: Callable[[Json], str]) -> str:
    """Return what came to and went from a list, or that its order changed."""
    old = [say(each) for each in before or ()]
    new = [say(each) for each in after or ()]
    come = [each for each in dict.fromkeys(new) if each not in old]
    gone = [each for each in dict.fromkeys(old) if each not in new]
    said = [f"adds {listed(come)}"] * bool(come) + [f"drops {listed(gone)}"] * bool(gone)
    if said:
        return " and ".join(said)
    return "changes its order" if len(old) == len(new) else "says the same a different number of times"


def keyed_change(before: Json, after: Json, key: str, say: Callable[[Json], str]) -> str:
    """Return what changed in a list whose members are told apart by one of their values."""
    old: dict[str, Json] = {each[key]: each for each in before or ()}
    new: dict[str, Json] = {each[key]: each for each in after or ()}
    said = [
        exchange(say(old[name]), say(each)) for name, each in new.items() if name in old and old[name] != each
    ]
    come = [say(each) for name, each in new.items() if name not in old]
    gone = [say(each) for name, each in old.items() if name not in new]
    said += [f"adds {listed(come)}"] * bool(come) + [f"drops {listed(gone)}"] * bool(gone)
    return ", ".join(said) or list_change(before, after, say)


def values_change(before: Json, after: Json) -> str:
    """Return which values of a system's reply are others: "days since delivery 30 → 45"."""
    old, new = before or {}, after or {}
    said = []
    for name in dict.fromkeys([*new, *old]):
        was, now = (_held(tree[name]) if name in tree else "nothing" for tree in (old, new))
        if was != now:
            said.append(f"{quoted(spaced(name))} {was} → {now}")
    return ", ".join(said) or "changes its form"


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
        return in_words(_conditions().validate_python(value))
    except ValidationError:
        return "a condition that cannot be read"


def cell(value: Json) -> str:
    """Return a table cell as it stands in the grid; an absent cell accepts anything."""
    if value is None:
        return "any"
    try:
        return Cell.model_validate(value).words
    except ValidationError:
        return "a test that cannot be read"


def arguments_change(before: Json, after: Json) -> str:
    """Return what changed in the arguments or results that a tool's schema describes."""
    old: dict[str, Json] = (before or {}).get("properties", {})
    new: dict[str, Json] = (after or {}).get("properties", {})
    come = [quoted(spaced(name)) for name in new if name not in old]
    gone = [quoted(spaced(name)) for name in old if name not in new]
    other = [quoted(spaced(name)) for name in new if name in old and new[name] != old[name]]
    must = [set((tree or {}).get("required", ())) for tree in (before, after)]
    said = [f"adds {listed(come)}"] * bool(come) + [f"drops {listed(gone)}"] * bool(gone)
    said += [f"changes what is accepted for {listed(other)}"] * bool(other)
    needed = sorted(name for name in must[1] - must[0] if name in old)
    spare = sorted(name for name in must[0] - must[1] if name in new)
    said += [f"now needs {listed(quoted(spaced(name)) for name in needed)}"] * bool(needed)
    said += [f"no longer needs {listed(quoted(spaced(name)) for name in spare)}"] * bool(spare)
    return ", ".join(said) or "changes its form"


def expectation(value: Json, names: Names) -> str:
    """Return what a test expects, as a clause."""
    match value:
        case {"kind": "outcome", "outcome": outcome}:
            return f"the conversation ends “{outcome}”"
        case {"kind": "call", "tool": tool}:
            return f"{names.tool(tool)} is {'never ' if value.get('never') else ''}called"
        case {"kind": "disclosure", "rule": rule}:
            before = value.get("before")
            return f"{names.rule(rule)} is said" + (f" before {names.tool(before)}" if before else "")
        case {"kind": "step", "step": step}:
            return f"step {names.any_step(step)} is {'never ' if value.get('never') else ''}passed"
        case {"kind": "handoff", "queue": queue}:
            known = listed(names.fact(fact) for fact in value.get("context", ()))
            return f"the customer is handed to {quoted(spaced(queue))}" + (f" with {known}" if known else "")
        case {"kind": "record", "table": table, "id": record, "values": values}:
            said = listed(f"{spaced(name)} {scalar(each)}" for name, each in values.items())
            return f"{record} in {quoted(spaced(table))} ends with {said}"
        case _:
            return _rarer(value, names)


def _rarer(value: Json, names: Names) -> str:
    match value:
        case {"kind": "world"}:
            made = listed(names.tool(call["tool"]) for call in value.get("calls", ()))
            return f"the systems end as if {f'only {made} had' if made else 'nothing had'} been called"
        case {"kind": "effort"}:
            turns, seconds = value.get("turns"), value.get("seconds")
            most = [f"{turns} turns"] * (turns is not None) + [f"{seconds} seconds"] * (seconds is not None)
            return f"the customer needs at most {listed(most)}"
        case {"kind": "guard", "tool": tool}:
            by = f"{names.rule(value['rule'])}" if value.get("rule") else "a guard or limit"
            return f"{by} {'does not stop' if value.get('never') else 'stops'} {names.tool(tool)}"
        case _:
            return "a further expectation holds"


def citation(value: Json) -> str:
    """Return a cited sentence with its source."""
    return f"{clipped(value.get('quote', ''), 10)} of {quoted(value.get('source_name', 'a source'))}"
