"""Changes in words: one plain English sentence for each change of a change set.

- Written by rules, so the same change always reads the same. Numbers and force come first.
- Parts are called by their titles; ids appear only where people say them ("R-07").
"""

from __future__ import annotations

from collections.abc import Callable

from studio.diff import charter_words
from studio.diff.agents import same
from studio.diff.naming import Names, clipped, listed, quoted, spaced, titled
from studio.diff.subjects import Subject, subject_of
from studio.diff.value_words import (
    arguments_change,
    cell,
    citation,
    condition,
    exchange,
    expectation,
    keyed_change,
    list_change,
    scalar,
    text_change,
    values_change,
)
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet
from studio.domain.frozen import Json

FORCE = {
    "allow": "may",
    "never": "must never",
    "must": "must",
    "disclose": "must say",
    "escalate": "must hand over",
}
_WORDS: dict[tuple[str, str], dict[str, str]] = {
    ("rule", "kind"): FORCE,
    ("table", "hit_policy"): {"first": "the top row wins", "unique": "only one row may fit"},
    ("rule", "enforced_by"): {
        "guard": "code",
        "step": "a step",
        "tool permission": "what the systems permit",
        "text only": "words only",
    },
    ("tool", "effect"): {"read": "only reads", "write": "changes things"},
}
_LABELS = {
    "ai_disclosure": "the words that say it is an AI",
    "autonomy": "autonomy level",
    "enforced_by": "kept by",
    "severity": "weight",
    "segments": "customer groups",
    "forbidden_when": "calls are stopped when",
    "needs_identity": "calls need a verified identity",
    "needs_disclosure": "before a call has to be said",
    "examples": "example phrases",
    "reusable": "usable in other workflows",
    "start": "first step",
    "next": "next step",
    "on_failure": "if it fails",
    "otherwise": "otherwise",
    "when": "taken when",
    "then": "answer",
    "hit_policy": "which row counts",
    "say": "words",
    "slots": "facts asked for",
    "context": "facts passed on",
    "tool": "system",
    "tools": "systems",
    "results": "facts taken from the reply",
    "block": "workflow run",
    "table": "decision table",
    "citations": "cited sentences",
    "expectations": "expectations",
    "effect": "effect",
    "reversible": "can be undone",
    "limits": "highest values",
    "data_class": "kind of data",
    "parameters": "what it is given",
    "returns": "what it gives back",
    "type": "kind of answer",
    "pattern": "accepted form",
}
_TEXTS = frozenset(
    {
        "text",
        "purpose",
        "audience",
        "channel",
        "capabilities",
        "ai_disclosure",
        "say",
        "prompt",
        "description",
    }
) | {"opening", "goal", "intent"}
_KEYED = {"limits": "argument", "results": "fact"}
"""Lists whose members are told apart by one of their values."""
_STEPS = frozenset({"next", "on_failure", "otherwise", "start"})


def in_words(changeset: ChangeSet, before: Agent, after: Agent) -> tuple[str, ...]:
    """Return one sentence for each change, in order; names are looked up in both versions."""
    names = Names(before, after)
    return tuple(_sentence(change, names) for change in changeset.changes)


def _sentence(change: Change, names: Names) -> str:
    """Return the sentence of one change."""
    subject = subject_of(change.segments, names)
    said = _item(subject, change, names) if not subject.rest else _field(subject, change, names)
    said = said.rstrip(" .")
    return said[0].upper() + said[1:] + "."


def _item(subject: Subject, change: Change, names: Names) -> str:
    """Return the sentence of a whole item that came, went, moved or was replaced."""
    if change.is_move and same(change.before, change.after):
        return f"{subject.name} moves {place(change, names)}"
    if change.before is None:
        said = detail(subject, change.after, names)
        return f"new: {subject.name}" + (f", {said}" if said else "")
    if change.after is None:
        return f"{subject.name} is removed"
    return f"{subject.name} changes{replaced(subject, change, names)}"


def replaced(subject: Subject, change: Change, names: Names) -> str:
    """Return how a thing differs that is replaced whole, after a colon; "" where that is not said."""
    if subject.kind == "reply":
        return f": {values_change(change.before.get('reply'), change.after.get('reply'))}"
    old, new = (detail(subject, value, names) for value in (change.before, change.after))
    return "" if old == new else f": {exchange(old, new)}"


def place(change: Change, names: Names) -> str:
    """Return where an item moves to."""
    front = change.place_after
    if front is None:
        return "to the end"
    if not front:
        return "to the first place"
    return f"behind {subject_of((*change.segments[:-1], front), names).name}"


def detail(subject: Subject, value: Json, names: Names) -> str:
    """Return what is worth saying of a whole item, or ""."""
    tell: dict[str, Callable[[Json], str]] = {
        "rule": lambda item: (
            f"{FORCE.get(item.get('kind', ''), 'rule')}: {clipped(item.get('text', ''), 30)}"
        ),
        "owner": lambda item: quoted(item.get("name", "")),
        "workflow": lambda item: _counted(len(item.get("steps", ())), "step"),
        "step": lambda item: _step_does(item, names),
        "slot": lambda item: (
            f"a {item.get('type', 'text')}" if item.get("type") != "yes or no" else "yes or no"
        ),
        "branch": lambda item: f"taken when {condition(item.get('when'))}" if item.get("when") else "",
        "argument": lambda item: _given(item, names),
        "table": lambda item: _counted(len(item.get("rows", ())), "row"),
        "row": lambda item: _row(item, names),
        "cell": cell,
        "tool": lambda item: clipped(item["description"]) if item.get("description") else "",
        "scenario": lambda item: listed(expectation(each, names) for each in item.get("expectations", ())),
        "fact": _fact,
        "fault": _fault,
        "source": lambda item: f"version {item.get('version', '')}".strip(),
    }
    if subject.kind in tell and isinstance(value, dict):
        return tell[subject.kind](value)
    return charter_words.detail(subject.kind, value)


def _counted(number: int, noun: str) -> str:
    """Return "with 1 step", "with 7 steps"."""
    return f"with {number} {noun}{'' if number == 1 else 's'}"


def _step_does(step: Json, names: Names) -> str:
    """Return what a step does, as a clause."""
    match step:
        case {"kind": "ask", "slots": slots}:
            return f"asks for {listed(names.fact(slot) for slot in slots) or 'nothing'}"
        case {"kind": "verify"}:
            return "checks who the customer is"
        case {"kind": "tool", "tool": tool}:
            return f"calls {names.tool(tool)}"
        case {"kind": "decide"}:
            return (
                f"decides by {names.table(step['table'])}" if step.get("table") else "decides by conditions"
            )
        case {"kind": "say" | "disclose" as kind, "text": text}:
            return f"{'discloses' if kind == 'disclose' else 'says'} {clipped(text)}"
        case {"kind": "handoff", "queue": queue}:
            return f"hands over to {quoted(spaced(queue))}"
        case {"kind": "end"}:
            return f"ends “{step.get('outcome', 'resolved')}”"
        case {"kind": "call", "block": block}:
            return f"runs workflow {names.workflow(block)}"
        case _:
            return "does something else"


def _given(argument: Json, names: Names) -> str:
    """Return what fills an argument."""
    return (
        f"the customer's {names.fact(argument['fact'])}"
        if argument.get("fact")
        else scalar(argument.get("value"))
    )


def _row(row: Json, names: Names) -> str:
    """Return a table row as "a ≤ 30 and b new gives yes"."""
    tests = [f"{names.fact(each.get('id', ''))} {cell(each)}" for each in row.get("cells", ())]
    return f"{listed(tests) or 'anything'} gives {scalar(row.get('then'))}"


def _fact(fact: Json) -> str:
    """Return a fact's value in a test."""
    wrong = fact.get("wrong")
    return scalar(fact.get("value")) + (f", at first given as {scalar(wrong)}" if wrong is not None else "")


def _fault(fault: Json) -> str:
    """Return a failure in a test."""
    times = fault.get("times")
    often = "always" if times is None else "once" if times == 1 else f"{times} times"
    return f"{fault.get('failure', 'timeout')}, {often}"


def _field(subject: Subject, change: Change, names: Names) -> str:
    """Return the sentence of one changed field."""
    *inner, field = subject.rest
    inner = [each for each in inner if (subject.kind, each) != ("rule", "guard")]
    where = f"{subject.name}, {listed(spaced(each) for each in inner)}" if inner else subject.name
    if field == "place":
        return f"{subject.name} is drawn at another place, which changes nothing else"
    if field == "digest":
        return f"{where} is pinned to other content"
    said, label = said_of(subject, field, change, names), label_of(subject, field)
    return f"{where}, {label}: {said}" if label else f"{where}: {said}"


def label_of(subject: Subject, field: str) -> str:
    """Return what a field is called; "" where its change speaks for itself."""
    if field == "text" or (subject.kind, field) in (("rule", "kind"), ("rule", "guard")):
        return ""
    return charter_words.LABELS.get((subject.kind, field)) or _LABELS.get(field, spaced(field))


def said_of(subject: Subject, field: str, change: Change, names: Names) -> str:
    """Return one field's change in words."""
    before, after = change.before, change.after
    if field in _TEXTS or (subject.kind, field) in charter_words.TEXTS:
        return text_change(before, after)
    if field in ("parameters", "returns"):
        return arguments_change(before, after)
    if (subject.kind, field) == ("rule", "guard"):
        return _guard_change(before, after, names)
    if field == "pattern":
        return "is added" if before is None else "is removed" if after is None else "changes"
    if field == "reply":
        return values_change(before, after)
    if field in _KEYED:
        return keyed_change(before, after, _KEYED[field], lambda each: _member(field, each, names))
    if isinstance(before, list) or isinstance(after, list):
        return list_change(before, after, lambda each: _member(field, each, names))
    say = _speaker(subject, field, names)
    return exchange(*("" if value is None or value == "" else say(value) for value in (before, after)))


def _guard_change(before: Json, after: Json, names: Names) -> str:
    """Return what code stops from now on, or no longer does."""
    if before is None:
        return f"code now stops {_stopped(after, names)}"
    if after is None:
        return f"code no longer stops {_stopped(before, names)}"
    return f"what code stops: {_stopped(before, names)} → {_stopped(after, names)}"


def _stopped(guard: Json, names: Names) -> str:
    """Return what a guard stops, and when: "“issue refund” when amount is above 200"."""
    told = listed(names.tool(each) for each in guard.get("tools", ())) or "calls"
    when = [f"when {condition(guard['forbidden_when'])}"] if guard.get("forbidden_when") else []
    when += ["until identity is verified"] if guard.get("needs_identity") else []
    rule = guard.get("needs_disclosure")
    when += [f"until {names.rule(rule)} is said"] if rule else []
    return f"{told} {' or '.join(when)}".rstrip()


def _speaker(subject: Subject, field: str, names: Names) -> Callable[[Json], str]:
    """Return how the value of a single-valued field is said."""
    if field in _STEPS:
        return lambda value: names.step(subject.workflow, value)
    if field in ("when", "forbidden_when"):
        return condition
    if ours := charter_words.speaker(subject.kind, field):
        return ours
    if known := _WORDS.get((subject.kind, field)):
        return lambda value: known.get(str(value), spaced(str(value)))
    references: dict[str, Callable[[str], str]] = {
        "tool": names.tool,
        "table": names.table,
        "rule": names.rule,
        "needs_disclosure": names.rule,
        "block": names.workflow,
        "workflow": names.workflow,
        "queue": lambda value: quoted(spaced(value)),
    }
    return references.get(field, scalar)


def _member(field: str, value: Json, names: Names) -> str:
    """Return one member of a list field in words."""
    if isinstance(value, str):
        references: dict[str, Callable[[str], str]] = {
            "tools": names.tool,
            "workflows": names.workflow,
            "slots": names.fact,
            "context": names.fact,
        }
        return references.get(field, quoted)(value)
    match field, value:
        case "expectations", dict():
            return expectation(value, names)
        case "citations", dict():
            return citation(value)
        case "limits", {"argument": argument, "maximum": maximum}:
            return f"{quoted(spaced(argument))} at most {scalar(maximum)}"
        case "results", {"fact": fact, "result": result} if result != fact:
            return f"{names.fact(fact)} from {quoted(spaced(result))}"
        case "results", {"fact": fact}:
            return names.fact(fact)
        case _, {"id": str(item_id)}:
            return titled(
                "", item_id, value.get("title") or value.get("label") or value.get("name") or ""
            ).strip()
        case _, {"name": str(name)}:
            return quoted(spaced(name))
        case _:
            return scalar(value)
