"""Expectation words: what a test expects, and what it expects otherwise now.

- An expectation that is about the same thing in both versions is told once, with what it was before.
- Where many differ, the first are told whole; of all others it is named what they are about.
"""

from __future__ import annotations

from studio.diff.naming import Names, listed, quoted, spaced
from studio.diff.value_words import scalar
from studio.domain.frozen import Json
from studio.domain.scenario import ExpectGuard, in_a_clause

MOST = 3
"""Expectations that are told whole of a test which expects otherwise; then what the others are about."""


def expectations_clause(before: Json, after: Json, names: Names) -> str:
    """Return what a test expects otherwise: "now expects that it ends “resolved” (was “refused”) …"."""
    come, left = _told(before or [], after or [], names)
    said, gone = [told for _, told in come], [expectation(each, names) for each in left]
    if len(said) + len(gone) > MOST + 1 and said:
        others = listed(_subject(each, names) for each, _ in come[MOST:])
        no_longer = listed(_subject(each, names) for each in left)
        clauses = [f"now expects: {'; '.join(said[:MOST])}"]
        clauses += [f"what it expects of {others} changes, too"] * bool(others)
        clauses += [f"it expects nothing of {no_longer} any more"] * bool(no_longer)
        return "; ".join(clauses)
    clauses = [f"now expects: {'; '.join(said)}"] * bool(said)
    clauses += [f"no longer expects that {listed(gone)}"] * bool(gone)
    return "; it ".join(clauses) or "now expects the same in another order"


def _told(before: list[Json], after: list[Json], names: Names) -> tuple[list[tuple[Json, str]], list[Json]]:
    """Return what is expected otherwise and what is new, in words; and what is not expected any more."""
    old = [each for each in before if each not in after]
    new = [each for each in after if each not in before]
    come: list[tuple[Json, str]] = []
    told: list[tuple[Json, str]] = []
    for each in new:
        was = next((one for one in old if _about(one) == _about(each)), None)
        if was is None:
            come.append((each, expectation(each, names)))
            continue
        old.remove(was)
        told.append((each, f"{expectation(each, names)} (was: {_was(was, each, names)})"))
    return [*told, *come], old


def _subject(value: Json, names: Names) -> str:
    """Return what an expectation is about, as a noun."""
    match value:
        case {"kind": "outcome"}:
            return "how it ends"
        case {"kind": "call", "tool": tool}:
            return names.tool(tool)
        case {"kind": "disclosure", "rule": rule}:
            return names.rule(rule)
        case {"kind": "step", "step": step}:
            return f"step {names.any_step(step)}"
        case {"kind": "handoff"}:
            return "the handover"
        case {"kind": "record", "table": table, "id": record}:
            return f"{record} in {quoted(spaced(table))}"
        case {"kind": "effort"}:
            return "how long it takes"
        case {"kind": "guard"}:
            return "what code refuses"
        case _:
            return "how the systems end"


def _about(value: Json) -> tuple[str, ...]:
    """Return what an expectation is about; two of one matter are never expected beside each other."""
    kind = str(value.get("kind"))
    keys = {
        "call": ("tool",),
        "disclosure": ("rule",),
        "step": ("step",),
        "handoff": (),
        "record": ("table", "id"),
    }
    return (kind, *(str(value.get(key)) for key in keys.get(kind, ())))


def _was(was: Json, now: Json, names: Names) -> str:
    """Return what was expected of the same matter, without what both say."""
    match was, now:
        case {"kind": "outcome"}, _:
            return quoted(was["outcome"])
        case {"kind": "call" | "step"}, _ if bool(was.get("never")) != bool(now.get("never")):
            passed = "called" if was["kind"] == "call" else "passed"
            return "never" if was.get("never") else passed
        case {"kind": "disclosure"}, _:
            before = was.get("before")
            return f"before {names.tool(before)}" if before else "at any time"
        case {"kind": "record"}, _:
            return listed(f"{spaced(name)} {scalar(each)}" for name, each in was["values"].items())
        case _:
            return expectation(was, names)


def expectation(value: Json, names: Names) -> str:
    """Return what a test expects, as a clause."""
    match value:
        case {"kind": "outcome", "outcome": outcome}:
            return f"it ends “{outcome}”"
        case {"kind": "call", "tool": tool}:
            return f"{names.tool(tool)} is {'never ' if value.get('never') else ''}called{_called(value)}"
        case {"kind": "disclosure", "rule": rule}:
            before = value.get("before")
            return f"{names.rule(rule)} is said" + (f" before {names.tool(before)}" if before else "")
        case {"kind": "step", "step": step}:
            behind = f" after {names.any_step(value['after'])}" if value.get("after") else ""
            return f"step {names.any_step(step)} is {'never ' if value.get('never') else ''}passed{behind}"
        case {"kind": "handoff", "queue": queue}:
            known = listed(names.fact(fact) for fact in value.get("context", ()))
            behind = f" after {names.any_step(value['after'])}" if value.get("after") else ""
            with_it = f" with {known}" if known else ""
            return f"the customer is handed to {quoted(spaced(queue))}{with_it}{behind}"
        case {"kind": "record", "table": table, "id": record, "values": values}:
            said = listed(f"{spaced(name)} {scalar(each)}" for name, each in values.items())
            return f"{record} in {quoted(spaced(table))} ends with {said}"
        case _:
            return _rarer(value, names)


def _called(value: Json) -> str:
    """Return with what, and how often, a call is expected."""
    given = listed(f"{spaced(name)} {scalar(each)}" for name, each in (value.get("arguments") or {}).items())
    times = value.get("times")
    often = "" if times is None else " once" if times == 1 else f" {times} times"
    return often + (f" with {given}" if given else "")


def _rarer(value: Json, names: Names) -> str:
    match value:
        case {"kind": "world"}:
            made = listed(names.tool(call["tool"]) for call in value.get("calls", ()))
            return f"the systems end as if {f'only {made} had' if made else 'nothing had'} been called"
        case {"kind": "effort"}:
            turns, seconds = value.get("turns"), value.get("seconds")
            most = [f"{scalar(turns)} turns"] * (turns is not None) + [f"{scalar(seconds)} seconds"] * (
                seconds is not None
            )
            return f"the customer needs at most {listed(most)}"
        case {"kind": "guard"}:
            said = in_a_clause(ExpectGuard.model_validate(value))
            return said[:1].lower() + said[1:]
        case {"kind": "unsaid", "words": words}:
            how = "promised" if value.get("promised", True) else "spoken of"
            return f"{quoted(str(words))} is never {how}"
        case _:
            return "a further expectation holds"
