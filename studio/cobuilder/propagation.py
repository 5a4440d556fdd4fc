"""One fact, one value: a value that changed is changed in every place that states it.

- A place is of the matter when it cites the sentence that changed. When it cites another sentence
  that states the same value, it is of another matter. Without either, its words decide.
- Table cells, guards and limits are numbers: they are of the matter by value, measure and words.
- Numbers of one matter stand or fall together; texts may be decided one by one.
- Where a length of time counts from another event than before, the step that looks the fact up is
  bound to the reply value that is named after the new event; without one, a question is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from studio.cobuilder.desk import Desk, sentence_of
from studio.cobuilder.drafting import Why, row_path, rule_path, step_path, text_places
from studio.cobuilder.known_facts import facts_of, is_amount, is_span
from studio.cobuilder.matching import Meeting, ValueChange, topic
from studio.cobuilder.renaming import rename_fact, swapped
from studio.cobuilder.values import Value, converted, patched, plain, states
from studio.domain.changeset import join_path
from studio.domain.condition import All, AnyOf, Compare, Condition, Not, Operator, Scalar
from studio.domain.source import Citation
from studio.domain.tool import Tool
from studio.domain.workflow import Cell, DecisionTable, Row, TableInput, ToolCall, Verify

_INCLUSIVE: dict[str, Operator] = {"<": "<=", ">=": ">"}
_EXCLUSIVE: dict[str, Operator] = {"<=": "<", ">": ">="}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of a decision table that moved: which table and fact, from where to where."""

    table: str
    fact: str
    old: float
    new: float
    change: ValueChange
    meeting: Meeting
    fact_now: str = ""

    @property
    def name(self) -> str:
        """Return what the fact is called after the change."""
        return self.fact_now or self.fact


@dataclass(slots=True)
class Spread:
    """Where one value change went."""

    paths: list[str] = field(default_factory=list)
    facts: set[str] = field(default_factory=set)
    thresholds: list[Threshold] = field(default_factory=list)


def spread(desk: Desk, meeting: Meeting, change: ValueChange, at_home: str | None) -> Spread:
    """Carry a value change into every place of its matter; `at_home` is the rule's own path."""
    done = Spread()
    _texts(desk, meeting, change, at_home, done)
    told = len(done.paths)
    _tables(desk, meeting, change, done)
    _guards(desk, meeting, change, at_home, done)
    _limits(desk, meeting, change, done)
    _arguments(desk, meeting, change, done)
    if change.moved_event:
        _rebind(desk, meeting, change, done)
    desk.sketch.together(done.paths[told:])
    for path in done.paths:
        if at_home:
            desk.sketch.needs(path, at_home)
    return done


def of_matter(
    desk: Desk, meeting: Meeting, change: ValueChange, citations: Iterable[Citation], words: str
) -> bool:
    """Return whether a place that states the old value speaks of the matter that changed."""
    old = meeting.target
    cited = tuple(citations)
    if old.citation and any(c.fingerprint == old.citation.fingerprint for c in cited):
        return True
    if any(states(c.quote, change.old) for c in cited):
        return False
    about = topic(old.text) | topic(meeting.statement.text)
    return desk.weights.covered(topic(words), about) >= 0.3 or len(topic(words) & about) >= 3


def _shift(change: ValueChange) -> str:
    return f"{change.old.shown} → {change.new.shown}{change.new.event_words if change.moved_event else ''}"


def _why(desk: Desk, meeting: Meeting, change: ValueChange, where: str, confidence: float) -> Why:
    old = f"{change.old.shown}{change.old.event_words if change.moved_event else ''}"
    return desk.why(
        f"{where}: {_shift(change)}",
        f"It states “{old}”, which {desk.source.name} changes.",
        meeting.statement,
        confidence=min(confidence, 0.6 + meeting.score * 0.4),
    )


def recited(desk: Desk, meeting: Meeting, citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
    """Return citations in which the old sentence is replaced by the new one."""
    old = meeting.target.citation
    new = desk.cite(meeting.statement)
    if old is None:
        return citations if any(c.fingerprint == new.fingerprint for c in citations) else (*citations, new)
    swapped = (new if c.fingerprint == old.fingerprint else c for c in citations)
    return tuple({(c.source_id, c.fingerprint): c for c in swapped}.values())


def _texts(desk: Desk, meeting: Meeting, change: ValueChange, at_home: str | None, done: Spread) -> None:
    for place in text_places(desk.sketch.agent):
        if place.path == at_home or not states(place.text, change.old):
            continue
        if not of_matter(desk, meeting, change, place.citations, place.text):
            desk.unaffected.append(f"{place.label} also states “{change.old.shown}”, but of another matter.")
            continue
        text = patched(place.text, change.old, change.new)
        why = _why(desk, meeting, change, place.label, 0.85)
        done.paths.append(_set_text(desk, meeting, place.path, place.field, text, why))


def _set_text(desk: Desk, meeting: Meeting, path: str, name: str, text: str, why: Why) -> str:
    if path.split("/")[-1] == name:
        return desk.sketch.put(path, text, why)
    item = desk.sketch.item(path)
    fields: dict[str, object] = {name: text}
    if hasattr(item, "citations"):
        fields["citations"] = recited(desk, meeting, item.citations)
    return desk.sketch.edit(path, item, why, **fields)


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
        why = _why(desk, meeting, change, f"Decision “{table.name}”, row “{row.then}”", 0.9)
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
        why = _why(desk, meeting, change, f"Rule {rule.id} “{rule.title}”, guard", 0.85)
        desk.sketch.edit(path, rule, why if path != at_home else Why("", ""), guard=guard)
        done.facts |= found
        if path != at_home:
            done.paths.append(path)


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
        why = _why(desk, meeting, change, f"System “{tool.name}”, limit", 0.8)
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
            why = _why(desk, meeting, change, f"Step “{step.title}” of “{flow.name}”", 0.85)
            citations = recited(desk, meeting, step.citations)
            path = step_path(flow.id, step.id)
            done.paths.append(desk.sketch.edit(path, step, why, arguments=arguments, citations=citations))


def _rebind(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread) -> None:
    """Bind facts that count from an event to the reply value that counts from the new one."""
    assert change.old.event and change.new.event
    missing = set(done.facts)
    for flow in desk.sketch.agent.workflows:
        known = facts_of(desk.sketch.agent, flow)
        for step in flow.steps:
            if not isinstance(step, ToolCall):
                continue
            bindings = list(step.results)
            for at, binding in enumerate(bindings):
                if binding.fact not in done.facts or not topic(change.old.event) & _words(binding.result):
                    continue
                offered = [f for f in known if f.step == step.id and f.result]
                best = _counterpart(binding.result, change, [str(f.result) for f in offered])
                if best:
                    bindings[at] = binding.model_copy(update={"result": best})
                    missing.discard(binding.fact)
            if tuple(bindings) != step.results:
                where = f"Step “{step.title}” of “{flow.name}”"
                why = desk.why(
                    f"{where}: count from {change.new.event}, not {change.old.event}",
                    f"The days now count from the {change.new.event}; the system gives that number too.",
                    meeting.statement,
                    confidence=0.8,
                )
                path = step_path(flow.id, step.id)
                done.paths.append(desk.sketch.edit(path, step, why, results=tuple(bindings)))
    _rename(desk, meeting, change, done, done.facts - missing)
    for fact in sorted(name for name in missing if _reads(desk, name, change)):
        desk.ask(
            f"How does the agent learn when the {change.new.event} was? “{fact.replace('_', ' ')}” counts "
            f"from the {change.old.event}, and no system that it asks gives the other.",
            f"“{sentence_of(meeting.statement)}” counts from another event than before.",
            "missing fact",
            desk.cite(meeting.statement),
        )


def _rename(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread, facts: set[str]) -> None:
    """Give facts whose name speaks of the old event the name of the new one."""
    events = (change.old.event or "", change.new.event or "")
    for fact in sorted(facts):
        now = swapped(fact, *events)
        if now != fact:
            done.paths += rename_fact(desk, fact, now, events, meeting.statement)
            done.thresholds = [replace(t, fact_now=now) if t.fact == fact else t for t in done.thresholds]


def _words(name: str) -> frozenset[str]:
    return topic(name.replace("_", " "))


def _reads(desk: Desk, fact: str, change: ValueChange) -> bool:
    """Return whether a fact still counts from the old event: by its name, or by what it is bound to."""
    names = {fact} | {
        binding.result
        for flow in desk.sketch.agent.workflows
        for step in flow.steps
        if isinstance(step, ToolCall)
        for binding in step.results
        if binding.fact == fact
    }
    return any(topic(change.old.event or "") & _words(name) for name in names)


def _counterpart(result: str, change: ValueChange, offered: list[str]) -> str | None:
    """Return the reply value that is to the new event what `result` is to the old one."""
    rest = _words(result) - topic(change.old.event or "")
    for name in offered:
        words = _words(name)
        if name != result and topic(change.new.event or "") <= words and rest <= words:
            return name
    return None
