"""Numbers of a matter: table cells, guards, limits of systems, fixed values that are sent.

- They are of the matter by value, measure and words; a column of a decision table moves as a whole,
  or its rows would leave a gap or overlap.
- All numbers of one matter stand or fall together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio.cobuilder.changes.matters import (
    Spread,
    Threshold,
    cites,
    of_matter,
    recited,
    why_value,
    words_about,
)
from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import Why, row_path, rule_path, step_path
from studio.cobuilder.words.known_facts import compares, is_amount, is_span
from studio.cobuilder.words.matching import Meeting, ValueChange, topic
from studio.cobuilder.words.values import Value, converted, patched, plain, states
from studio.domain.changeset import join_path
from studio.domain.condition import All, AnyOf, Compare, Condition, Not, Operator, Scalar
from studio.domain.shape import read_shape
from studio.domain.source import Citation
from studio.domain.tool import Tool
from studio.domain.workflow import Ask, Cell, Decide, DecisionTable, Row, TableInput, ToolCall, Verify

_INCLUSIVE: dict[str, Operator] = {"<": "<=", ">=": ">"}
_EXCLUSIVE: dict[str, Operator] = {"<=": "<", ">": ">="}


def move_numbers(
    desk: Desk, meeting: Meeting, change: ValueChange, at_home: str | None, done: Spread
) -> None:
    """Carry a value change into every number of its matter."""
    _tables(desk, meeting, change, done)
    _branches(desk, meeting, change, done)
    _tries(desk, meeting, change, done)
    _patterns(desk, meeting, change, done)
    _guards(desk, meeting, change, at_home, done)
    _limits(desk, meeting, change, done)
    _arguments(desk, meeting, change, done)


def fits(value: Value, name: str, label: str, kind: str = "", said: str = "") -> bool:
    """Return whether a number called so can hold this value.

    `said` is the sentence that states the value, where the number stands on it or is named in it: then the
    name need not tell the measure, it must only not tell another one.
    """
    if said and not _is_other_measure(value, f"{name} {label}", kind):
        return True
    if value.kind == "money":
        return kind == "money" or is_amount(name, label)
    if value.kind == "duration":
        return is_span(name, label)
    if value.kind == "percent":
        return any(word in f"{name} {label}".lower() for word in ("percent", "rate", "share", "%"))
    return topic(value.unit) <= topic(f"{name.replace('_', ' ')} {label}")


_COUNTS = re.compile(r"(?<![a-z])count|number_of|times|attempts?|tries|age\b", re.I)


def _is_other_measure(value: Value, name: str, kind: str) -> bool:
    """Return whether a name tells that its number measures something else than the value does."""
    percent = any(word in name.lower() for word in ("percent", "rate", "%"))
    span, amount = bool(is_span(name)), kind == "money" or is_amount(name)
    if value.kind == "money":
        return (span or percent or bool(_COUNTS.search(name))) and not amount
    if value.kind == "duration":
        return (amount or percent) and not span
    if value.kind == "percent":
        return (amount or span) and not percent
    return amount or percent or (span and not topic(value.unit) <= topic(name.replace("_", " ")))


def _is(value: Scalar | tuple[Scalar, ...] | None, amount: float) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(float(value) - amount) < 1e-9
    )


def _moved_op(op: str, change: ValueChange) -> str:
    if change.old.inclusive == change.new.inclusive or change.new.side is None or change.old.side is None:
        return op
    return (_INCLUSIVE if change.new.inclusive else _EXCLUSIVE).get(op, op)


def _tables(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread) -> None:
    for table in desk.sketch.agent.tables:
        for column in table.inputs:
            rows = [row for row in table.rows if _stands_in(row, column, change, meeting)]
            if not rows:
                continue
            words, named = f"{table.name} {column.label}", {column.id, column.label}
            if any(
                _is_meant(desk, meeting, change, row.citations, f"{words} {row.then}", named) for row in rows
            ):
                _move_column(desk, meeting, change, table, column, done)
            else:
                where = f"Decision “{table.name}”, column “{column.label}”"
                desk.unaffected.append(f"{where}, has {change.old.shown} of another matter.")


def _stands_in(row: Row, column: TableInput, change: ValueChange, meeting: Meeting) -> bool:
    """Return whether the old value stands in a row's cell of a column that can hold it."""
    cell, old = row.cell(column.id), converted(change.old, f"{column.id} {column.label}")
    held = _is(cell.value, old) or _is(cell.high, old)
    named = _is_named(meeting, column.id) or _is_named(meeting, column.label)
    linked = named or cites(meeting, (c.fingerprint for c in row.citations))
    said = meeting.target.text if linked else ""
    return held and fits(change.old, column.id, column.label, column.type, said)


def _move_column(
    desk: Desk, meeting: Meeting, change: ValueChange, table: DecisionTable, column: TableInput, done: Spread
) -> None:
    """Move a number in every cell of a column, or the rows would leave a gap or overlap."""
    name = f"{column.id} {column.label}"
    old, new = converted(change.old, name), converted(change.new, name)
    done.facts.add(column.id)
    done.thresholds.append(Threshold(table.id, column.id, old, new, change, meeting))
    for row in desk.sketch.agent.table(table.id).rows:
        if not _stands_in(row, column, change, meeting):
            continue
        cells = tuple(
            _moved_cell(cell, change, old, new) if cell.id == column.id else cell for cell in row.cells
        )
        why = why_value(desk, meeting, change, f"Decision “{table.name}”, row “{row.then}”", 0.9)
        path = row_path(table.id, row.id)
        then, citations = patched(row.then, change.old, change.new), recited(desk, meeting, row.citations)
        desk.sketch.edit(path, row, why, cells=cells, citations=citations, then=then)
        done.paths.append(path)
        if then != row.then:
            _relabel(desk, meeting, change, table.id, row.then, then, done)


def _relabel(
    desk: Desk, meeting: Meeting, change: ValueChange, table: str, old: str, new: str, done: Spread
) -> None:
    """Give the ways out of a decision the new name of its table's answer, or they would lead nowhere."""
    for flow in desk.sketch.agent.workflows:
        for step in flow.steps:
            if not isinstance(step, Decide) or step.table != table:
                continue
            branches = tuple(b.model_copy(update={"id": new}) if b.id == old else b for b in step.branches)
            if branches != step.branches:
                why = why_value(desk, meeting, change, f"Step “{step.title}” of “{flow.name}”", 0.9)
                done.paths.append(desk.sketch.edit(step_path(flow.id, step.id), step, why, branches=branches))


def _moved_cell(cell: Cell, change: ValueChange, old: float, new: float) -> Cell:
    moved: dict[str, object] = {"op": _moved_op(cell.op, change)}
    if _is(cell.value, old):
        moved["value"] = plain(new)
    if _is(cell.high, old):
        moved["high"] = plain(new)
    return cell.model_copy(update=moved)


def moved_condition(condition: Condition, change: ValueChange, found: set[str], said: str = "") -> Condition:
    """Return a condition with the old number replaced wherever a fitting fact is held against it.

    `said` is the sentence that the condition stands on, if it stands on it (see `fits`).
    """
    if isinstance(condition, Compare):
        old = converted(change.old, condition.field)
        if not _is(condition.value, old) or not fits(change.old, condition.field, "", said=said):
            return condition
        found.add(condition.field)
        new = plain(converted(change.new, condition.field))
        return condition.model_copy(update={"value": new, "op": _moved_op(condition.op, change)})
    if isinstance(condition, Not):
        return Not(of=moved_condition(condition.of, change, found, said))
    parts = tuple(moved_condition(part, change, found, said) for part in condition.of)
    return All(of=parts) if isinstance(condition, All) else AnyOf(of=parts)


def _guards(desk: Desk, meeting: Meeting, change: ValueChange, at_home: str | None, done: Spread) -> None:
    for rule in desk.sketch.agent.charter.rules:
        path = rule_path(rule.id)
        if rule.guard is None or rule.guard.forbidden_when is None:
            continue
        found: set[str] = set()
        linked = path == at_home or cites(meeting, (c.fingerprint for c in rule.citations))
        said = _said(meeting, rule.guard.forbidden_when, linked=linked)
        condition = moved_condition(rule.guard.forbidden_when, change, found, said)
        if not found or (
            path != at_home and not _is_meant(desk, meeting, change, rule.citations, rule.text, found)
        ):
            continue
        guard = rule.guard.model_copy(update={"forbidden_when": condition})
        why = why_value(desk, meeting, change, f"Rule {rule.id} “{rule.title}”, guard", 0.85)
        told = path == at_home or desk.sketch.touched(path)
        desk.sketch.edit(path, rule, Why("", "") if told else why, guard=guard)
        done.facts |= found
        done.thresholds += _limits_of(rule.guard.forbidden_when, change, meeting, found)
        if path != at_home:
            done.paths.append(path)


def _branches(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread) -> None:
    """Move a number that a decision's own branches compare with."""
    for flow in desk.sketch.agent.workflows:
        for step in flow.steps:
            if not isinstance(step, Decide):
                continue
            found: set[str] = set()
            linked = cites(meeting, (c.fingerprint for c in step.citations))
            branches = tuple(
                b.model_copy(
                    update={
                        "when": moved_condition(b.when, change, found, _said(meeting, b.when, linked=linked)),
                        "id": patched(b.id, change.old, change.new),
                    }
                )
                if b.when
                else b
                for b in step.branches
            )
            words = f"{step.title} {' '.join(found).replace('_', ' ')}"
            if not found or not _is_meant(desk, meeting, change, step.citations, words, found):
                continue
            why = why_value(desk, meeting, change, f"Step “{step.title}” of “{flow.name}”", 0.85)
            citations = recited(desk, meeting, step.citations)
            path = step_path(flow.id, step.id)
            done.paths.append(desk.sketch.edit(path, step, why, branches=branches, citations=citations))
            done.facts |= found
            for branch in step.branches:
                done.thresholds += _limits_of(branch.when, change, meeting, found)


def _is_meant(
    desk: Desk,
    meeting: Meeting,
    change: ValueChange,
    citations: Iterable[Citation],
    words: str,
    names: set[str],
) -> bool:
    """Return whether a number is of the matter: by its words, or because the sentence names its fact."""
    cited = tuple(citations)
    if of_matter(desk, meeting, change, cited, words):
        return True
    if any(states(citation.core, change.old) for citation in cited):
        return False
    return any(_is_named(meeting, name) for name in names)


def _is_named(meeting: Meeting, name: str) -> bool:
    """Return whether the sentence names a fact: each word of its name that tells a matter."""
    said, own = words_about(meeting.target.text), words_about(name.replace("_", " "))
    return bool(own) and all(any(_one_word(word, each) for each in said) for word in own)


def _one_word(word: str, other: str) -> bool:
    """Return whether two stems are forms of one word ("owed" and "owe")."""
    short, long = sorted((word, other), key=len)
    return len(short) >= 3 and long.startswith(short) and len(long) - len(short) <= 2


def _said(meeting: Meeting, condition: Condition, *, linked: bool) -> str:
    """Return the sentence that changed, if a condition stands on it or names what it compares."""
    linked = linked or any(_is_named(meeting, each.field) for each in compares(condition))
    return meeting.target.text if linked else ""


def _limits_of(
    condition: Condition | None, change: ValueChange, meeting: Meeting, found: set[str]
) -> list[Threshold]:
    """Return the limits of a guard or branch that moved; no table holds them."""
    made = []
    for each in compares(condition):
        old, new = converted(change.old, each.field), converted(change.new, each.field)
        if each.field in found and _is(each.value, old) and each.op in ("<", "<=", ">", ">="):
            made.append(Threshold("", each.field, old, new, change, meeting))
    return made


_TRIES = frozenset({"attempt", "try", "tries", "chance", "time", "go"})


def _tries(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread) -> None:
    """Change how often is asked or checked, in steps that stand on the sentence."""
    if change.old.kind != "count" or not (_counts_tries(change.old) and _counts_tries(change.new)):
        return
    for flow in desk.sketch.agent.workflows:
        for step in flow.steps:
            linked = cites(meeting, (c.fingerprint for c in step.citations))
            if not isinstance(step, Ask | Verify) or not linked or step.tries != change.old.amount:
                continue
            if isinstance(step, Ask) and any(
                isinstance(s, Verify) and set(s.slots) == set(step.slots) for s in flow.steps
            ):
                continue  # it asks; how often is checked stands in the other step
            why = why_value(desk, meeting, change, f"Step “{step.title}” of “{flow.name}”, tries", 0.85)
            path, citations = step_path(flow.id, step.id), recited(desk, meeting, step.citations)
            done.paths.append(
                desk.sketch.edit(path, step, why, tries=int(change.new.amount), citations=citations)
            )


def _counts_tries(value: Value) -> bool:
    return value.unit in _TRIES or value.unit == "failed"


def _patterns(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread) -> None:
    """Change the form of a code where the sentence that tells its length holds an example of it."""
    if change.old.kind != "count" or change.old.unit not in ("digit", "character", "letter", "figure"):
        return
    examples = re.findall(r"[A-Za-z0-9][\w./-]*\w", meeting.target.text)
    counted, now = f"{{{plain(change.old.amount)}}}", f"{{{plain(change.new.amount)}}}"
    for flow in desk.sketch.agent.workflows:
        for slot in flow.slots:
            pattern = slot.pattern or ""
            shape = read_shape(pattern)
            if counted not in pattern or not shape or not any(shape.fullmatch(each) for each in examples):
                continue
            why = why_value(
                desk, meeting, change, f"Question for “{slot.label}” of “{flow.name}”, form", 0.85
            )
            path = join_path("workflows", flow.id, "slots", slot.id)
            done.paths.append(desk.sketch.edit(path, slot, why, pattern=pattern.replace(counted, now)))


def _limits(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread) -> None:
    for tool in desk.sketch.agent.tools:
        limits = tuple(
            limit.model_copy(update={"maximum": converted(change.new, limit.argument)})
            if _is(limit.maximum, converted(change.old, limit.argument))
            and _limit_fits(meeting, change, tool, limit.argument)
            else limit
            for limit in tool.limits
        )
        if limits == tool.limits:
            continue
        why = why_value(desk, meeting, change, f"System “{tool.name.replace('_', ' ')}”, limit", 0.8)
        done.paths.append(
            desk.sketch.put(
                join_path("tools", tool.name, "limits"),
                [each.model_dump(mode="json") for each in limits],
                why,
            )
        )


def _limit_fits(meeting: Meeting, change: ValueChange, tool: Tool, argument: str) -> bool:
    label = str(tool.parameters.get("properties", {}).get(argument, {}).get("description", ""))
    guarded = meeting.rule.guard.tools if meeting.rule and meeting.rule.guard else ()
    said = meeting.target.text if tool.name in guarded else ""
    if not fits(change.old, argument, label, said=said):
        return False
    words = topic(f"{tool.name.replace('_', ' ')} {tool.description}")
    return tool.name in guarded or len(words & topic(meeting.target.text)) >= 1


def _arguments(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread) -> None:
    """Change fixed values that are sent to systems."""
    for flow in desk.sketch.agent.workflows:
        for step in flow.steps:
            if not isinstance(step, ToolCall | Verify):
                continue
            arguments = tuple(
                a.model_copy(update={"value": plain(converted(change.new, a.name))})
                if _is(a.value, converted(change.old, a.name)) and fits(change.old, a.name, "")
                else a
                for a in step.arguments
            )
            words = f"{step.title} {flow.name}"
            if arguments == step.arguments or not of_matter(desk, meeting, change, step.citations, words):
                continue
            why = why_value(desk, meeting, change, f"Step “{step.title}” of “{flow.name}”", 0.85)
            citations = recited(desk, meeting, step.citations)
            path = step_path(flow.id, step.id)
            done.paths.append(desk.sketch.edit(path, step, why, arguments=arguments, citations=citations))
