"""Parts of a proposed value that are more than a text: conditions, guards, ways out, what must happen.

- Each is a field with a text that reads back (`studio.domain.condition_text`, `.expectation_text`); the
  window lets people choose instead, and sends the same text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from studio.domain.agent import Agent
from studio.domain.changeset import Change, join_path
from studio.domain.charter import Guard, RuleKind
from studio.domain.condition import All, AnyOf, Compare, Condition, Not, spell
from studio.domain.condition_text import read_condition, write_condition
from studio.domain.errors import WrongUse
from studio.domain.expectation_text import read_expectations, write_expectations
from studio.domain.frozen import Json, to_json
from studio.domain.known import Fact, Knowledge, in_words, type_of
from studio.domain.scenario import Expectation
from studio.domain.workflow import Cell

FieldKind = Literal[
    "line",
    "text",
    "number",
    "yes or no",
    "choice",
    "lines",
    "cell",
    "condition",
    "expectations",
    "replies",
    "faults",
]
CONDITIONS = (Compare, All, AnyOf, Not)
_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
_EXPECTED: TypeAdapter[tuple[Expectation, ...]] = TypeAdapter(tuple[Expectation, ...])
_OTHER_FACTS = {
    "value": "",
    "wrong": ", says first by mistake",
    "another": ", of another person",
    "forbidden": ", demands though it is not allowed",
}
_WHEN = {"forbidden_when": "Refused when", "when": "Taken when"}


@dataclass(frozen=True, slots=True)
class ValueField:
    """One field: its key within the value ("" for the value itself), what it is called, and what it says.

    `choices` are (what is kept, what people call it).
    """

    key: str
    label: str
    kind: FieldKind
    text: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field with the type and the table column that its text is read by."""

    field: ValueField
    value: Json
    cell: Cell | None = None


def condition_leaf(key: str, name: str, value: Json, before: str = "") -> Leaf:
    """Return the field of a condition; `before` says of which part it is."""
    said = write_condition(_CONDITION.validate_python(value) if value is not None else None)
    label = _WHEN.get(name, "When")
    shown = f"{before}: {label[:1].lower()}{label[1:]}" if before else label
    return Leaf(ValueField(key, shown, "condition", said), value)


def expectations_leaf(key: str, value: Json) -> Leaf:
    """Return the field of what must happen in a test."""
    said = write_expectations(_EXPECTED.validate_python(value or []))
    return Leaf(ValueField(key, "What must happen", "expectations", said), value)


def guard_leaves(draft: Agent, guard: Json, key: str) -> Iterator[Leaf]:
    """Return the fields of a guard; `key` is where it stands within the value."""

    def at(name: str) -> str:
        return join_path(key, name) if key else name

    tools = [str(each) for each in guard.get("tools", ())]
    known = tuple((tool.name, in_words(tool.name)) for tool in draft.tools)
    yield Leaf(ValueField(at("tools"), "Code refuses these systems", "lines", "\n".join(tools), known), tools)
    yield condition_leaf(at("forbidden_when"), "forbidden_when", guard.get("forbidden_when"))
    identity = bool(guard.get("needs_identity"))
    label = "Only once identity is verified"
    yield Leaf(ValueField(at("needs_identity"), label, "yes or no", "yes" if identity else "no"), identity)
    rules = [rule for rule in draft.charter.rules if rule.kind == RuleKind.DISCLOSE]
    told = (("", "nothing"), *((rule.id, f"{rule.id} {rule.title}") for rule in rules))
    needs = guard.get("needs_disclosure")
    label = "Only once customers were told"
    yield Leaf(ValueField(at("needs_disclosure"), label, "choice", needs or "", told), needs)


def branch_leaves(branches: Json, steps: dict[str, str], *, by_table: bool) -> Iterator[Leaf]:
    """Return for each way out of a decision when it is taken, and where it leads."""
    nowhere = (("", "nowhere yet"), *steps.items())
    for branch in branches:
        name = f"Way “{branch['id']}”"
        if not by_table:
            yield condition_leaf(
                join_path("branches", branch["id"], "when"), "when", branch.get("when"), name
            )
        key = join_path("branches", branch["id"], "next")
        field = ValueField(key, f"{name}: then", "choice", branch.get("next") or "", nowhere)
        yield Leaf(field, branch.get("next"))


def fact_leaves(draft: Agent, facts: Json) -> Iterator[Leaf]:
    """Return what the customer of a test knows, a field for each fact."""
    known = Knowledge(draft).facts
    for fact in facts:
        own = known.get(fact["id"])
        label = f"Knows: {own.label if own else in_words(fact['id'])}"
        for name, words in _OTHER_FACTS.items():
            value, key = fact.get(name), join_path("facts", fact["id"], name)
            if value is None:
                continue
            if isinstance(value, bool):
                yield Leaf(ValueField(key, f"{label}{words}", "yes or no", spell(value)), value)
            elif isinstance(value, int | float):
                yield Leaf(ValueField(key, f"{label}{words}", "number", spell(value)), value)
            else:
                yield Leaf(ValueField(key, f"{label}{words}", "line", str(value)), value)


def facts_for(draft: Agent, change: Change) -> dict[str, Fact]:
    """Return what a condition in a proposed value can look at: facts, and what guarded systems are sent."""
    found = dict(Knowledge(draft).facts)
    if change.segments[0] == "tools":
        for table in draft.records or ():
            for column in table.columns:
                words = column.label or in_words(column.id)
                options = ("yes", "no") if column.type == "yes or no" else ()
                said = f"a column of “{table.name}”"
                found.setdefault(column.id, Fact(column.id, words, column.type, said, options))
    names = _guarded(draft, change)
    for tool in draft.tools:
        schemas: dict[str, Any] = tool.parameters.get("properties", {}) if tool.name in names else {}
        for name, schema in schemas.items():
            if name not in found and isinstance(schema, dict):
                kind, choices = type_of(schema)
                origin = f"sent to “{tool.name.replace('_', ' ')}”"
                shown = choices if kind == "choice" else ()
                found[name] = Fact(name, in_words(name), kind, origin, shown)
    return found


def _guarded(draft: Agent, change: Change) -> tuple[str, ...]:
    segments, after = change.segments, change.after
    if segments[:2] != ("charter", "rules"):
        return ()
    if isinstance(after, dict) and isinstance(guard := after.get("guard", after), dict) and "tools" in guard:
        return tuple(guard["tools"])
    rule = next((each for each in draft.charter.rules if each.id == segments[2]), None)
    guarded: Guard | None = rule.guard if rule is not None else None
    return guarded.tools if guarded is not None else ()


def read_part(draft: Agent, change: Change, field: ValueField, text: str) -> Json:
    """Return what the text of a condition or of expectations says; raises WrongUse."""
    if field.kind == "expectations":
        return [to_json(each) for each in read_expectations(text)]
    found = read_condition(text, facts_for(draft, change))
    return None if found is None else to_json(found)


def read_names(field: ValueField, text: str) -> list[str]:
    """Return the names in the lines of a text, by what is kept or what people call it; raises WrongUse."""
    known = {word.casefold(): kept for kept, shown in field.choices for word in (kept, shown)}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    missing = [line for line in lines if field.choices and line.casefold() not in known]
    if missing:
        shown = ", ".join(words for _, words in field.choices)
        raise WrongUse(f"“{missing[0]}” is none of the choices of “{field.label}”.", f"Choose of: {shown}.")
    return [known.get(line.casefold(), line) for line in lines]
