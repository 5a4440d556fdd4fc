"""A fact gets another name everywhere: its name told what it counts from, and that is no longer true.

- Steps, guards, ways out, table columns and cells and texts in braces follow; all of it stands or
  falls together. A column is one item by its name, so the old one goes and the new one comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import Why, input_path, row_path, rule_path, step_path
from studio.cobuilder.words.known_facts import compares, renamed
from studio.cobuilder.words.matching import topic
from studio.domain.statement import Statement
from studio.domain.workflow import Decide, Handoff, Step, TableInput, ToolCall, Verify


def swapped(name: str, old: str, new: str) -> str:
    """Return a name or label in which the word of one event is replaced by that of another."""
    stem = topic(old)

    def one(match: re.Match[str]) -> str:
        word = match[0]
        if not topic(word) or topic(word) != stem:
            return word
        return new.capitalize() if word[:1].isupper() else new

    return re.sub(r"[A-Za-z]+", one, name)


def rename_fact(desk: Desk, old: str, new: str, events: tuple[str, str], by: Statement) -> list[str]:
    """Rename a fact wherever the sketch reads it; return the places."""
    reason = f"“{old.replace('_', ' ')}” no longer says what it counts."
    paths = [
        *_steps(desk, old, new, reason, by),
        *_guards(desk, old, new),
        *_tables(desk, old, new, events, reason, by),
    ]
    desk.sketch.together(paths)
    return paths


def _title(old: str, new: str) -> str:
    return f"“{old.replace('_', ' ')}” is “{new.replace('_', ' ')}” now"


def _steps(desk: Desk, old: str, new: str, reason: str, by: Statement) -> Iterator[str]:
    for flow in desk.sketch.agent.workflows:
        for step in flow.steps:
            fields = _fields(step, old, new)
            if fields:
                why = desk.why(
                    f"Step “{step.title}” of “{flow.name}”: {_title(old, new)}", reason, by, confidence=0.75
                )
                yield desk.sketch.edit(step_path(flow.id, step.id), step, why, **fields)


def _fields(step: Step, old: str, new: str) -> dict[str, object]:
    """Return the fields of a step that name the fact, renamed."""
    fields: dict[str, object] = {}
    for name in ("say", "text"):
        text = getattr(step, name, "")
        if f"{{{old}}}" in text:
            fields[name] = text.replace(f"{{{old}}}", f"{{{new}}}")
    if isinstance(step, ToolCall | Verify) and any(a.fact == old for a in step.arguments):
        fields["arguments"] = tuple(
            a.model_copy(update={"fact": new}) if a.fact == old else a for a in step.arguments
        )
    if isinstance(step, ToolCall) and any(b.fact == old for b in step.results):
        fields["results"] = tuple(
            b.model_copy(update={"fact": new}) if b.fact == old else b for b in step.results
        )
    if isinstance(step, Handoff) and old in step.context:
        fields["context"] = tuple(new if name == old else name for name in step.context)
    if isinstance(step, Decide) and any(old in {c.field for c in compares(b.when)} for b in step.branches):
        fields["branches"] = tuple(
            b.model_copy(update={"when": renamed(b.when, {old: new})}) if b.when else b for b in step.branches
        )
    return fields


def _guards(desk: Desk, old: str, new: str) -> Iterator[str]:
    for rule in desk.sketch.agent.charter.rules:
        condition = rule.guard.forbidden_when if rule.guard else None
        if rule.guard is None or condition is None or old not in {c.field for c in compares(condition)}:
            continue
        path = rule_path(rule.id)
        title = (
            "" if desk.sketch.touched(path) else f"Rule {rule.id} “{rule.title}”, guard: {_title(old, new)}"
        )
        guard = rule.guard.model_copy(update={"forbidden_when": renamed(condition, {old: new})})
        yield desk.sketch.edit(path, rule, Why(title, ""), guard=guard)


def _tables(
    desk: Desk, old: str, new: str, events: tuple[str, str], reason: str, by: Statement
) -> Iterator[str]:
    for table in desk.sketch.agent.tables:
        column = next((each for each in table.inputs if each.id == old), None)
        if column is None:
            continue
        label = swapped(column.label, *events)
        why = desk.why(
            f"Decision “{table.name}”: column “{label}” for “{column.label}”", reason, by, confidence=0.75
        )
        names = [each.id for each in table.inputs]
        front = names[names.index(old) - 1] if names.index(old) else ""
        yield desk.sketch.put(input_path(table.id, old), None, why)
        added = TableInput(id=new, label=label, type=column.type)
        yield desk.sketch.put(input_path(table.id, new), added, why, after=front)
        for row in table.rows:
            if any(cell.id == old for cell in row.cells):
                cells = tuple(c.model_copy(update={"id": new}) if c.id == old else c for c in row.cells)
                path = row_path(table.id, row.id)
                title = (
                    ""
                    if desk.sketch.touched(path)
                    else f"Decision “{table.name}”, row “{row.then}”: {_title(old, new)}"
                )
                yield desk.sketch.edit(path, row, desk.why(title, reason, by, confidence=0.75), cells=cells)
