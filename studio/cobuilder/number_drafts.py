"""Numbers of a matter: table cells, guards, limits of systems, fixed values that are sent.

- They are of the matter by value, measure and words; a column of a decision table moves as a whole,
  or its rows would leave a gap or overlap.
- All numbers of one matter stand or fall together.
"""

from __future__ import annotations

import re

from studio.cobuilder.desk import Desk
from studio.cobuilder.drafting import Why, row_path, rule_path, step_path
from studio.cobuilder.known_facts import is_amount, is_span
from studio.cobuilder.matching import Meeting, ValueChange, topic
from studio.cobuilder.matters import Spread, Threshold, cites, of_matter, recited, why_value
from studio.cobuilder.values import Value, converted, plain
from studio.domain.changeset import join_path
from studio.domain.condition import All, AnyOf, Compare, Condition, Not, Operator, Scalar
from studio.domain.shape import read_shape
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


def fits(value: Value, name: str, label: str, kind: str = "") -> bool:
    """Return whether a number called so can hold this value."""
    if value.kind == "money":
        return kind == "money" or is_amount(name, label)
    if value.kind == "duration":
        return is_span(name, label)
    if value.kind == "percent":
        return any(word in f"{name} {label}".lower() for word in ("percent", "rate", "share", "%"))
    return topic(value.unit) <= topic(f"{name.replace('_', ' ')} {label}")


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
            rows = [row for row in table.rows if _stands_in(row, column, change)]
            if not rows:
                continue
            words = f"{table.name} {column.label}"
            if any(of_matter(desk, meeting, change, row.citations, f"{words} {row.then}") for row in rows):
                _move_column(desk, meeting, change, table, column, done)
            else:
                where = f"Decision “{table.name}”, column “{column.label}”"
                desk.unaffected.append(f"{where}, has {change.old.shown} of another matter.")


def _stands_in(row: Row, column: TableInput, change: ValueChange) -> bool:
    """Return whether the old value stands in a row's cell of a column that can hold it."""
    cell, old = row.cell(column.id), converted(change.old, f"{column.id} {column.label}")
    held = _is(cell.value, old) or _is(cell.high, old)
    return held and fits(change.old, column.id, column.label, column.type)


def _move_column(
    desk: Desk, meeting: Meeting, change: ValueChange, table: DecisionTable, column: TableInput, done: Spread
) -> None:
    """Move a number in every cell of a column, or the rows would leave a gap or overlap."""
    name = f"{column.id} {column.label}"
    old, new = converted(change.old, name), converted(change.new, name)
    done.facts.add(column.id)
    done.thresholds.append(Threshold(table.id, column.id, old, new, change, meeting))
    for row in desk.sketch.agent.table(table.id).rows:
        if not _stands_in(row, column, change):
            continue
        cells = tuple(
            _moved_cell(cell, change, old, new) if cell.id == column.id else cell for cell in row.cells
        )
        why = why_value(desk, meeting, change, f"Decision “{table.name}”, row “{row.then}”", 0.9)
        path = row_path(table.id, row.id)
        desk.sketch.edit(path, row, why, cells=cells, citations=recited(desk, meeting, row.citations))
        done.paths.append(path)


def _moved_cell(cell: Cell, change: ValueChange, old: float, new: float) -> Cell:
    moved: dict[str, object] = {"op": _moved_op(cell.op, change)}
    if _is(cell.value, old):
        moved["value"] = plain(new)
    if _is(cell.high, old):
        moved["high"] = plain(new)
    return cell.model_copy(update=moved)


def moved_condition(condition: Condition, change: ValueChange, found: set[str]) -> Condition:
    """Return a condition with the old number replaced wherever a fitting fact is held against it."""
    if isinstance(condition, Compare):
        old = converted(change.old, condition.field)
        if not _is(condition.value, old) or not fits(change.old, condition.field, ""):
            return condition
        found.add(condition.field)
        new = plain(converted(change.new, condition.field))
        return condition.model_copy(update={"value": new, "op": _moved_op(condition.op, change)})
    if isinstance(condition, Not):
        return Not(of=moved_condition(condition.of, change, found))
    parts = tuple(moved_condition(part, change, found) for part in condition.of)
    return All(of=parts) if isinstance(condition, All) else AnyOf(of=parts)


def _guards(desk: Desk, meeting: Meeting, change: ValueChange, at_home: str | None, done: Spread) -> None:
    for rule in desk.sketch.agent.charter.rules:
        path = rule_path(rule.id)
        if rule.guard is None or rule.guard.forbidden_when is None:
            continue
        found: set[str] = set()
        condition = moved_condition(rule.guard.forbidden_when, change, found)
        if not found or (path != at_home and not of_matter(desk, meeting, change, rule.citations, rule.text)):
            continue
        guard = rule.guard.model_copy(update={"forbidden_when": condition})
        why = why_value(desk, meeting, change, f"Rule {rule.id} “{rule.title}”, guard", 0.85)
        told = path == at_home or desk.sketch.touched(path)
        desk.sketch.edit(path, rule, Why("", "") if told else why, guard=guard)
        done.facts |= found
        if path != at_home:
            done.paths.append(path)


def _branches(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread) -> None:
    """Move a number that a decision's own branches compare with."""
    for flow in desk.sketch.agent.workflows:
        for step in flow.steps:
            if not isinstance(step, Decide):
                continue
            found: set[str] = set()
            branches = tuple(
                b.model_copy(update={"when": moved_condition(b.when, change, found)}) if b.when else b
                for b in step.branches
            )
            words = f"{step.title} {' '.join(found).replace('_', ' ')}"
            if not found or not of_matter(desk, meeting, change, step.citations, words):
                continue
            why = why_value(desk, meeting, change, f"Step “{step.title}” of “{flow.name}”", 0.85)
            citations = recited(desk, meeting, step.citations)
            path = step_path(flow.id, step.id)
            done.paths.append(desk.sketch.edit(path, step, why, branches=branches, citations=citations))
            done.facts |= found


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
            limit.model_copy(update={"maximum": change.new.amount})
            if _is(limit.maximum, change.old.amount) and _limit_fits(meeting, change, tool, limit.argument)
            else limit
            for limit in tool.limits
        )
        if limits == tool.limits:
            continue
        why = why_value(desk, meeting, change, f"System “{tool.name}”, limit", 0.8)
        done.paths.append(
            desk.sketch.put(
                join_path("tools", tool.name, "limits"),
                [each.model_dump(mode="json") for each in limits],
                why,
            )
        )


def _limit_fits(meeting: Meeting, change: ValueChange, tool: Tool, argument: str) -> bool:
    label = str(tool.parameters.get("properties", {}).get(argument, {}).get("description", ""))
    if not fits(change.old, argument, label):
        return False
    guarded = meeting.rule.guard.tools if meeting.rule and meeting.rule.guard else ()
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
