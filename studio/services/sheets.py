"""What a thing of the agent is, as labelled lines: tests, systems, steps, thresholds, figures, sources.

- One function a kind of thing; nobody is shown JSON, and nothing of a thing is left out but its citations
  and its place on the canvas, which are shown elsewhere.
- What has no sheet (a text of the charter, a condition) is written down by `wording.describe` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from studio.diff.charter_words import LABELS
from studio.diff.naming import Names, blanks
from studio.diff.sheets import SheetLine
from studio.diff.value_words import condition
from studio.domain.changeset import split_path
from studio.domain.charter import Guard, Rule
from studio.domain.charter_terms import ROLE_WORDS
from studio.domain.condition import spell
from studio.domain.economics import Economics
from studio.domain.frozen import Json
from studio.domain.money_words import money_sign
from studio.domain.portfolio import Intent
from studio.domain.readiness import MEASURES, Threshold, percent
from studio.domain.source import SourcePin
from studio.domain.tool import Tool
from studio.domain.workflow import Slot, Workflow
from studio.domain.world import RecordTable
from studio.services.sheets_steps import Called, plain, step_sheet
from studio.services.sheets_tests import test_sheet

Sheet = Iterator[SheetLine]
RULE_KINDS = {
    "allow": "May be done",
    "never": "Must never be done",
    "must": "Must be done",
    "disclose": "Must be said",
    "escalate": "Must go to a person",
}
KEPT = {
    "guard": "code",
    "step": "a step",
    "tool permission": "what the systems permit",
    "text only": "words only",
}
EFFECTS = {"write": "Changes something", "read": "Only reads"}


def rule_sheet(value: Json, called: Called) -> Sheet:
    """Write down what a rule is besides its text: its force, its weight, where it counts, what keeps it."""
    rule = Rule.model_validate(value)
    yield SheetLine("Kind", RULE_KINDS[rule.kind])
    yield SheetLine("Weight", rule.severity)
    yield SheetLine("Kept by", KEPT[rule.enforced_by])
    for label, scope in (
        ("Only in workflows", tuple(map(called.workflow, rule.workflows))),
        ("Only for customers", tuple(map(plain, rule.segments))),
        ("Only in regions", tuple(map(plain, rule.regions))),
        ("Only by", tuple(map(plain, rule.channels or ()))),
    ):
        if scope:
            yield SheetLine(label, ", ".join(scope))
    if rule.guard is not None:
        yield from _guard_lines(rule.guard, called)
    if rule.formal is not None:
        yield SheetLine("Proved as", rule.formal.kind.replace("_", " "), "Proof")


def _guard_lines(guard: Guard, called: Called) -> Sheet:
    """Write down what code refuses, whoever asks for it."""
    calls = " and ".join(f"“{plain(tool)}”" for tool in guard.tools) or "no call"
    section = "What code refuses"
    needs = guard.needs_identity or guard.needs_disclosure
    if guard.forbidden_when is not None:
        yield SheetLine(f"Refuses {calls} when", condition(guard.forbidden_when), section)
    elif not needs:
        yield SheetLine(f"Refuses {calls}", "always", section)
    if guard.needs_identity:
        yield SheetLine(f"Refuses {calls} until", "it is verified who the customer is", section)
    if guard.needs_disclosure:
        words = f"the customer has been told what rule {called.rule(guard.needs_disclosure)} demands"
        yield SheetLine(f"Refuses {calls} until", words, section)


def tool_sheet(value: Json, called: Called) -> Sheet:
    """Write down a system: what it does, what it may, what goes in, what comes out, its limits."""
    tool = Tool.model_validate(value)
    yield SheetLine("What it does", tool.description)
    yield SheetLine("Effect", EFFECTS[tool.effect], "What it may")
    if tool.effect == "write":
        yield SheetLine("Can be taken back", "yes" if tool.reversible else "no", "What it may")
    yield SheetLine("Kind of data", tool.data_class, "What it may")
    for limit in tool.limits:
        label = f"Highest “{plain(limit.argument)}”"
        sign = money_sign(called.names.agents, tool.name, limit.argument)
        yield SheetLine(label, f"{sign}{limit.maximum:,.10g}", "What it may", limit.maximum)
    if tool.answers_within is not None:
        yield SheetLine("Given up after", f"{tool.answers_within:g} seconds", "", tool.answers_within)
    yield from _schema_lines(tool.parameters, "What goes in", tool.required_arguments)
    yield from _schema_lines(tool.returns, "What comes out", None)
    if tool.mock is not None:
        yield SheetLine("In rehearsal", _inline(value["mock"]), "Rehearsal")


TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "array": "list",
    "object": "several values",
    "null": "nothing",
}


def _type(said: Json) -> str:
    """Return the type of a value as people say it; of several, all."""
    every = said if isinstance(said, list) else [said]
    return " or ".join(TYPES.get(str(each), str(each)) for each in every)


def _schema_lines(schema: Json, section: str, needed: Sequence[str] | None) -> Sheet:
    for name, each in (schema.get("properties") or {}).items():
        each = each if isinstance(each, dict) else {}
        parts = [_type(each.get("type", "anything")) if not each.get("enum") else ""]
        parts += [f"one of {', '.join(spell(v) for v in each['enum'])}"] if each.get("enum") else []
        parts += ["" if needed is None else "needed" if name in needed else "may be left out"]
        limits = {k: v for k, v in each.items() if k not in ("type", "enum", "description", "title")}
        parts += [f"{plain(k)} {_inline(v)}" for k, v in limits.items()] + [str(each.get("description", ""))]
        yield SheetLine(plain(name), ", ".join(part for part in parts if part), section)


def threshold_sheet(value: Json) -> Sheet:
    """Write down a threshold as figures."""
    threshold = Threshold.model_validate(value)
    terms = MEASURES[threshold.measure]
    yield SheetLine("Measure", terms.title)
    if threshold.about:
        yield SheetLine("About", threshold.about)
    least = "At least" if terms.at_least else "At most"
    yield SheetLine(least, percent(threshold.limit), "", round(threshold.limit * 100, 4), "points")
    if threshold.baseline is not None:
        share = round(threshold.baseline * 100, 4)
        yield SheetLine("People reach", percent(threshold.baseline), "", share, "points")
    yield SheetLine("In words", threshold.words)


def economics_sheet(value: Json) -> Sheet:
    """Write down the figures of the business case, and what comes out of them."""
    figures = Economics.model_validate(value)
    for (kind, field), label in LABELS.items():
        if kind != "economics":
            continue
        figure = getattr(figures, field)
        share = field in ("containment", "repeat_share")
        text = percent(figure) if share else f"{figure:,.10g}" + f" {figures.currency}" * ("cost" in field)
        yield SheetLine(
            label[:1].upper() + label[1:], text, "", figure * (100 if share else 1), "points" * share
        )
    effect = figures.net_effect()
    says = f"{'Saves' if effect >= 0 else 'Costs'} {abs(effect):,.0f} {figures.currency}"
    yield SheetLine("A month", says, "What comes out", round(effect))
    pays = figures.break_even()
    text = f"from {percent(round(pays, 3))} settled on" if pays is not None else "never"
    yield SheetLine("Pays", text, "What comes out")


def intent_sheet(value: Json, called: Called) -> Sheet:
    """Write down a kind of request."""
    intent = Intent.model_validate(value)
    yield SheetLine("Name", intent.title)
    yield SheetLine("How hard it is", intent.complexity)
    yield SheetLine("How charged it is", intent.emotion)
    yield SheetLine("Handling", intent.handling)
    if intent.volume is not None:
        yield SheetLine("Contacts a month", f"{intent.volume:,}", "", float(intent.volume))
    if intent.workflow is not None:
        yield SheetLine("Served by", called.workflow(intent.workflow))


def pin_sheet(value: Json) -> Sheet:
    """Write down a source the agent stands on."""
    pin = SourcePin.model_validate(value)
    yield SheetLine("Document", pin.name)
    yield SheetLine("Version", str(pin.version))
    yield SheetLine("Authority", "SOP" if pin.authority == "sop" else str(pin.authority).capitalize())
    yield SheetLine("Content", f"fingerprint {pin.digest[:12]}…")


def slot_sheet(value: Json) -> Sheet:
    """Write down a fact to collect."""
    slot = Slot.model_validate(value)
    yield SheetLine("Name", slot.label or plain(slot.id))
    yield SheetLine("Kind of answer", slot.type)
    for label, text in (
        ("Asks", blanks(slot.prompt)),
        ("For example", slot.example),
        ("Accepted form", slot.pattern or ""),
    ):
        if text:
            yield SheetLine(label, text)
    if slot.choices:
        yield SheetLine("One of", ", ".join(slot.choices))


def workflow_sheet(value: Json) -> Sheet:
    """Write down what a workflow is besides its steps, which are drawn."""
    flow = Workflow.model_validate(value)
    yield SheetLine("Name", flow.name)
    yield SheetLine("Starts when the customer wants", flow.intent or "nothing yet")
    for example in flow.examples:
        yield SheetLine("For example", f"“{example}”")
    if flow.reusable:
        yield SheetLine("Usable in other workflows", "yes")
    if flow.open_to is not None:
        yield SheetLine("Open to", flow.open_to)
    for slot in flow.slots:
        yield SheetLine(slot.label or plain(slot.id), slot.type, "Facts")
    for step in flow.steps:
        yield SheetLine(step.title, plain(step.kind), "Steps")


def parts_sheet(value: Json) -> Sheet:
    """Write down any other thing field by field, by the names people use."""
    for name, each in value.items():
        if name in ("id", "citations", "place") or each is None or each in ("", [], {}):
            continue
        label = next((said for (_, field), said in LABELS.items() if field == name), plain(name))
        yield SheetLine(label[:1].upper() + label[1:], _inline(each))


def records_sheet(value: Json) -> Sheet:
    """Write down a table of records: a line for each column, and one for each record."""
    table = RecordTable.model_validate(value)
    labels = {column.id: column.label or plain(column.id) for column in table.columns}
    yield SheetLine("Name", table.name)
    yield SheetLine("Told apart by", labels.get(table.key, plain(table.key)))
    for column in table.columns:
        yield SheetLine(labels[column.id], column.type, "Columns")
    for row in table.rows:
        held = (f"{labels.get(name, plain(name))}: {spell(each)}" for name, each in row.values.items())
        yield SheetLine(row.id, " · ".join(held) or "nothing yet", "Records")


def owner_sheet(value: Json) -> Sheet:
    """Write down who answers in a role."""
    yield SheetLine(ROLE_WORDS[value["id"]], value["name"])


def _inline(value: Json) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{plain(name)} {_inline(each)}" for name, each in value.items() if each is not None)
    if isinstance(value, list):
        return ", ".join(map(_inline, value)) or "none"
    return spell(value) if isinstance(value, bool | int | float | str) else ""


_ITEMS: dict[str, Callable[[Json], Sheet]] = {
    "owners": owner_sheet,
    "readiness": threshold_sheet,
    "workflows": workflow_sheet,
    "slots": slot_sheet,
    "sources": pin_sheet,
    "records": records_sheet,
    "groups": parts_sheet,
}
_REFERRING: dict[str, Callable[[Json, Called], Sheet]] = {
    "rules": rule_sheet,
    "portfolio": intent_sheet,
    "steps": step_sheet,
    "tools": tool_sheet,
    "scenarios": test_sheet,
}
"""Things that refer to others by name."""
_PARTS: dict[str, Callable[[Json], Sheet]] = {
    "economics": economics_sheet,
    "technology": parts_sheet,
    "company_policy": parts_sheet,
}


def thing_path(path: str) -> tuple[str, ...]:
    """Return the path of the thing with a sheet that a path is about, or () where there is none."""
    segments = split_path(path)
    if segments[0] == "charter" and len(segments) > 1 and segments[1] in _PARTS:
        return segments[:2]
    found = [
        at
        for at, each in enumerate(segments[:-1])
        if (each in _ITEMS or each in _REFERRING) and at % 2 == (segments[0] == "charter")
    ]
    return segments[: found[-1] + 2] if found else ()


def sheet_of(thing: Sequence[str], value: Json, names: Names | None = None) -> tuple[SheetLine, ...]:
    """Return a thing at its path as lines; nothing for one that is not there.

    What it refers to (steps, rules, facts, workflows) is called by `names`, else by its id in words.
    """
    if value is None or not thing:
        return ()
    if thing[0] == "charter" and len(thing) == 2:
        return tuple(_PARTS[thing[1]](value)) if thing[1] in _PARTS else ()
    if (refers := _REFERRING.get(thing[-2])) is not None:
        flow = thing[1] if thing[0] == "workflows" else ""
        return tuple(refers(value, Called(names or Names(), flow)))
    return tuple(_ITEMS[thing[-2]](value))
