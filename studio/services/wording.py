"""Any value of an agent as a person would write it down, line by line; nobody is shown JSON.

- One function a kind of thing; what is not known is written as its words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import TypeAdapter

from studio.diff.expectation_words import expectation
from studio.diff.field_words import KEPT as KEPT_BY
from studio.diff.field_words import KINDS
from studio.diff.naming import Names
from studio.domain.changeset import split_path
from studio.domain.charter import Rule
from studio.domain.condition import Condition, in_words, spell
from studio.domain.frozen import Json
from studio.domain.scenario import Expectation, Scenario, fault_in_words, in_a_clause
from studio.domain.source import SourcePin
from studio.domain.tool import Tool
from studio.domain.workflow import Branch, DecisionTable, Row, Slot, Step, Workflow, ways_out
from studio.services.charter_wording import charter_lines

_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
_STEP: TypeAdapter[Step] = TypeAdapter(Step)
_EXPECTATION: TypeAdapter[Expectation] = TypeAdapter(Expectation)

KIND_WORDS = {
    "ask": "Ask the customer",
    "verify": "Verify identity",
    "tool": "Use a system",
    "decide": "Decide",
    "say": "Say",
    "disclose": "Disclose",
    "handoff": "Hand to a person",
    "end": "End",
    "call": "Run a reusable block",
}


_LEADS = ("next", "on_failure", "otherwise", "start")
"""The fields that name a step to go on to."""


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def rule_lines(value: Json) -> Iterator[str]:
    """Write down a rule."""
    rule = Rule.model_validate(value)
    yield rule.title
    yield rule.text
    kept = KEPT_BY[rule.enforced_by]
    yield f"{KINDS[rule.kind].capitalize()} · {rule.severity} weight · kept {kept}"
    if scope := [*rule.segments, *rule.regions, *(rule.channels or ())]:
        yield f"Only for: {', '.join(scope)}"
    if rule.guard:
        yield from guard_lines(value["guard"])


def guard_lines(value: Json) -> Iterator[str]:
    """Write down what a guard stops."""
    names = ", ".join(_plain(tool) for tool in value["tools"])
    if value.get("forbidden_when"):
        yield f"Code refuses “{names}” when {in_words(_CONDITION.validate_python(value['forbidden_when']))}"
    if value.get("needs_identity"):
        yield f"Code refuses “{names}” until it is verified who the customer is"
    if value.get("needs_disclosure"):
        yield f"Code refuses “{names}” until what rule {value['needs_disclosure']} demands has been told"


def expectation_line(value: Json) -> str:
    """Write down what a test expects."""
    it = _EXPECTATION.validate_python(value)
    if it.kind == "outcome":
        return f"Ends: {it.outcome}"
    if it.kind == "call":
        return f"{'Never uses' if it.never else 'Uses'} “{_plain(it.tool)}”"
    if it.kind == "world" or it.kind == "record" or it.kind == "effort" or it.kind == "guard":
        return in_a_clause(it)
    if it.kind == "unsaid":
        return in_a_clause(it)
    if it.kind == "disclosure":
        return f"{it.rule} is told" + (f" before “{_plain(it.before)}”" if it.before else "")
    if it.kind == "step":
        return f"{'Never passes' if it.never else 'Passes'} step “{_plain(it.step)}”"
    with_what = ", ".join(_plain(name) for name in it.context)
    return f"Hands over to {it.queue}" + (f" with {with_what}" if with_what else "")


def scenario_lines(value: Json, expected: Callable[[Json], str] = expectation_line) -> Iterator[str]:
    """Write down a test; `expected` tells one thing that must happen."""
    test = Scenario.model_validate(value)
    yield test.title
    if test.goal:
        yield f"Goal: {test.goal}"
    persona = test.persona
    manner = ", ".join([persona.words, *test.behaviours])
    yield f"Customer: {persona.name} ({manner})"
    for fact in test.facts:
        wrong = f" (first says {spell(fact.wrong)})" if fact.wrong is not None else ""
        yield f"Knows {_plain(fact.id)}: {spell(fact.value)}{wrong}"
    for reply in test.systems:
        pairs = ", ".join(
            f"{_plain(k)} {spell(v) if not isinstance(v, dict | list) else '…'}"
            for k, v in reply.reply.items()
        )
        yield f"“{_plain(reply.id)}” answers: {pairs}"
    for fault in test.faults:
        yield fault_in_words(fault)
    for each in value.get("expectations", ()):
        yield f"Expected: {expected(each)}"


def _branch_line(branch: Branch, called: Callable[[str], str] = _plain) -> str:
    when = f" when {in_words(branch.when)}" if branch.when else ""
    return f"If “{branch.id}”{when} → {called(branch.next) if branch.next else 'nowhere'}"


def step_lines(value: Json, called: Callable[[str], str] = _plain) -> Iterator[str]:
    """Write down a step; `called` names the steps that it leads to."""
    step = _STEP.validate_python(value)
    yield f"{KIND_WORDS[step.kind]}: {step.title}"
    for name in ("text", "say"):
        if said := getattr(step, name, ""):
            yield f"“{said}”"
    if facts := getattr(step, "slots", ()):
        yield "Facts: " + ", ".join(_plain(fact) for fact in facts)
    for noun, name in (("System", "tool"), ("Decision", "table"), ("Block", "block"), ("Queue", "queue")):
        if found := getattr(step, name, None):
            yield f"{noun}: {_plain(found)}"
    if kept := getattr(step, "results", ()):
        yield "Learns: " + ", ".join(
            _plain(each.fact) + (f" (from “{_plain(each.result)}”)" if each.result != each.fact else "")
            for each in kept
        )
    if step.kind == "decide":
        yield from (_branch_line(branch, called) for branch in step.branches)
        if step.otherwise:
            yield f"Otherwise → {called(step.otherwise)}"
    else:
        yield from (f"{label or 'Then'} → {called(to)}" for label, to in ways_out(step) if to)
    if step.kind == "end":
        yield f"Outcome: {step.outcome}"


def row_lines(value: Json) -> Iterator[str]:
    """Write down a row of a decision."""
    row = Row.model_validate(value)
    cells = ", ".join(f"{_plain(cell.id)} {cell.words}" for cell in row.cells if cell.op != "any")
    yield f"{cells or 'In every case'} → {row.then}"


def cell_words(value: Json) -> str:
    """Return what one cell of a row asks for; "" where it asks nothing."""
    cell = Row.model_validate({"id": "", "then": "", "cells": [value]}).cells[0]
    return "" if cell.op == "any" else cell.words


def cell_lines(value: Json) -> Iterator[str]:
    """Write down one cell of a row."""
    yield f"{_plain(value['id'])}: {cell_words(value) or 'any'}"


def table_lines(value: Json) -> Iterator[str]:
    """Write down a decision, row by row."""
    table = DecisionTable.model_validate(value)
    policy = "the first row that fits answers" if table.hit_policy == "first" else "exactly one row may fit"
    yield f"{table.name} ({policy})"
    for row in value.get("rows", ()):
        yield from row_lines(row)


def workflow_lines(value: Json) -> Iterator[str]:
    """Write down a workflow, step by step."""
    workflow = Workflow.model_validate(value)
    yield workflow.name
    if workflow.intent:
        yield f"Starts when the customer wants: {workflow.intent}"
    for step in workflow.steps:
        yield f"{KIND_WORDS[step.kind]}: {step.title}"


def slot_lines(value: Json) -> Iterator[str]:
    """Write down a fact to collect."""
    slot = Slot.model_validate(value)
    yield f"{slot.label} ({slot.type})"
    if slot.prompt:
        yield f"Asks: “{slot.prompt}”"
    if slot.choices:
        yield f"One of: {', '.join(slot.choices)}"


def tool_lines(value: Json) -> Iterator[str]:
    """Write down a system."""
    tool = Tool.model_validate(value)
    yield f"{_plain(tool.name)}: {tool.description}"
    yield "Changes something" if tool.effect == "write" else "Only reads"
    for verb, schema in (("Takes", tool.parameters), ("Answers", tool.returns)):
        properties = schema.get("properties", {})
        named = [str(each.get("description", "")) or _plain(name) for name, each in properties.items()]
        if named:
            yield f"{verb}: {'; '.join(named)}"
    for limit in tool.limits:
        yield f"{_plain(limit.argument)} at most {spell(limit.maximum)}"


def pin_lines(value: Json) -> Iterator[str]:
    """Write down a source the agent stands on."""
    pin = SourcePin.model_validate(value)
    yield f"{pin.name}, version {pin.version} ({pin.authority})"


def citation_lines(value: Json) -> Iterator[str]:
    """Write down the sentences something stands on."""
    for citation in value:
        yield f"{citation['source_name']}: “{' '.join(citation['quote'].split())}”"


_ITEMS: dict[str, Callable[[Json], Iterator[str]]] = {
    "rules": rule_lines,
    "scenarios": scenario_lines,
    "steps": step_lines,
    "rows": row_lines,
    "cells": cell_lines,
    "tables": table_lines,
    "workflows": workflow_lines,
    "slots": slot_lines,
    "tools": tool_lines,
    "sources": pin_lines,
}


def _list_lines(name: str, value: list[Json]) -> Iterator[str]:
    for item in value:
        if name == "expectations":
            yield expectation_line(item)
        elif name == "limits":
            yield f"{_plain(item['argument'])} at most {spell(item['maximum'])}"
        elif isinstance(item, dict):
            yield ", ".join(f"{_plain(k)} {_inline(v)}" for k, v in item.items())
        else:
            yield _inline(item)


def _inline(value: Json) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_plain(k)} {_inline(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(_inline(each) for each in value)
    return spell(value) if isinstance(value, bool | int | float | str) else ""


def describe(path: str, value: Json, names: Names | None = None) -> str:
    """Return what stands at a path, as lines of plain words; nothing for an absent value.

    With `names`, the steps, rules and columns that it refers to are called as people call them.
    """
    if value is None:
        return ""
    if names is not None and (said := _named(split_path(path), value, names)):
        return said
    ours = charter_lines(split_path(path), value)
    if ours is not None:
        return "\n".join(ours)
    *parents, last = split_path(path)
    collection = parents[-1] if parents else ""
    if collection in _ITEMS and isinstance(value, dict):
        return "\n".join(_ITEMS[collection](value))
    if last == "citations":
        return "\n".join(citation_lines(value))
    if last == "guard":
        return "\n".join(guard_lines(value))
    if last in ("when", "forbidden_when"):
        return in_words(_CONDITION.validate_python(value))
    if collection == "branches" and isinstance(value, dict):
        return _branch_line(Branch.model_validate(value))
    if last in _LEADS and isinstance(value, str):
        return f"→ {_plain(value)}"
    if isinstance(value, list):
        return "\n".join(_list_lines(last, value))
    return _inline(value)


def _named(segments: tuple[str, ...], value: Json, names: Names) -> str:
    """Return what refers to other things of the agent by their names; "" where nothing does."""
    match segments:
        case ("scenarios", _):
            return "\n".join(scenario_lines(value, lambda each: expectation(each, names)))
        case ("scenarios", _, "expectations"):
            said = [expectation(each, names) for each in value]
            return "\n".join(f"{each[:1].upper()}{each[1:]}" for each in said)
        case ("tables", _, "rows", _, "cells", fact):
            return f"{names.fact(fact)} {cell_words(value) or 'any'}"
        case ("tables", _, "rows", _):
            cells = [(cell["id"], cell_words(cell)) for cell in value.get("cells", ())]
            told = ", ".join(f"{names.fact(fact)} {words}" for fact, words in cells if words)
            return f"{told or 'In every case'} → {value['then']}"
        case ("workflows", flow, "steps", *_):
            if segments[-1] in _LEADS and isinstance(value, str):
                return f"→ {names.step(flow, value)}"
            if len(segments) == 4:
                return "\n".join(step_lines(value, lambda step: names.step(flow, step)))
            if segments[-2] == "branches":
                return _branch_line(Branch.model_validate(value), lambda step: names.step(flow, step))
    return ""
