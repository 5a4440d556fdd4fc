"""A proposed value as a few fields that people fill in: texts, numbers, choices, cells; never JSON.

- Which fields there are is read from the agent's own types, so nothing that an agent holds is forgotten here.
- Conditions, guards, ways out and what must happen are fields, too (`value_parts`), as is who comes in a
  test, what systems answer and what fails (`value_test_parts`), and how systems are rehearsed
  (`value_system_parts`). Which version of a document is held on to, and the way values are typed, is left.
- `with_texts` reads what was typed back, strictly; what cannot be read is refused with a sentence.
"""

from __future__ import annotations

import copy
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from studio.domain.agent import Agent
from studio.domain.cell_text import NO, YES, cell_text, column_type, read_cell, read_number
from studio.domain.changeset import Change, identity, join_path, lookup, split_path
from studio.domain.charter import Guard
from studio.domain.condition import spell
from studio.domain.errors import WrongUse
from studio.domain.frozen import Json, to_json
from studio.domain.scenario import Scenario
from studio.domain.tool import Tool
from studio.domain.workflow import Branch, Cell, DecisionTable, Row, Workflow
from studio.domain.world import Record, RecordTable
from studio.services.value_parts import (
    CONDITIONS,
    Leaf,
    ValueField,
    branch_leaves,
    condition_leaf,
    expectations_leaf,
    fact_leaves,
    guard_leaves,
    read_names,
    read_part,
)
from studio.services.value_system_parts import (
    argument_leaves,
    limit_leaves,
    mock_leaves,
    record_leaves,
    records_leaves,
    result_leaves,
    schema_leaves,
    table_leaves,
    text_leaves,
)
from studio.services.value_test_parts import (
    behaviours_leaf,
    faults_leaf,
    person_leaves,
    read_rehearsal,
    replies_leaf,
    reply_leaves,
)

PROSE = frozenset(
    "text say prompt description purpose audience ai_disclosure capabilities cannot tone goal intent example "
    "opening".split()
)
LABELS = {
    "text": "What it says",
    "opening": "First words",
    "say": "What it says before",
    "next": "Then",
    "on_failure": "If it fails",
    "otherwise": "Otherwise",
    "start": "First step",
    "then": "Answer",
    "prompt": "How it is asked",
    "tries": "How often it tries",
    "ai_disclosure": "What it says about being automated",
    "hit_policy": "Which row answers",
    "enforced_by": "Enforced by",
    "tool": "System",
    "rule": "Rule",
    "table": "Decision",
    "block": "Block",
}
_STEPS = ("next", "on_failure", "otherwise", "start")
_OF_TESTS: dict[str, Callable[[Json, str], Leaf]] = {
    "behaviours": behaviours_leaf,
    "systems": replies_leaf,
    "faults": faults_leaf,
}
_LEFT = frozenset(("id", "kind", "place", "citations", "formal", "not_meant", "workflows"))


def fields_of(draft: Agent, change: Change) -> tuple[ValueField, ...]:
    """Return the fields of what a change proposes; none where it has an editor of its own only."""
    return tuple(leaf.field for leaf in _leaves(draft, change))


def with_texts(draft: Agent, change: Change, texts: Mapping[str, str]) -> Json:
    """Return the proposed value with these texts in its fields; raises WrongUse."""
    leaves = {leaf.field.key: leaf for leaf in _leaves(draft, change)}
    unknown = sorted(set(texts) - set(leaves))
    if unknown:
        known = ", ".join(key or "(the value itself)" for key in leaves) or "none"
        raise WrongUse(f"There is no field “{unknown[0]}” in what is proposed.", f"Its fields are: {known}.")
    value = copy.deepcopy(change.after)
    for key, text in texts.items():
        leaf = leaves[key]
        if text == leaf.field.text:
            continue
        read = _read(draft, change, leaf, text)
        value = read if not key else _with(value, split_path(key), read)
    return value


def _with(node: Json, segments: tuple[str, ...], value: Json) -> Json:
    first, *rest = segments
    if isinstance(node, list):
        at = next((n for n, item in enumerate(node) if identity(item) == first), None)
        at = int(first) if at is None and first.isdigit() else at
        if at is None:
            node.append(value)
        else:
            node[at] = _with(node[at], tuple(rest), value) if rest else value
    elif rest:
        node[first] = _with(node.get(first, []), tuple(rest), value)
    elif value is None:
        node.pop(first, None)
    else:
        node[first] = value
    return node


# Which fields there are


def _leaves(draft: Agent, change: Change) -> list[Leaf]:
    segments = change.segments
    if change.after is None or change.is_move or segments[0] == "sources":
        return []
    kind, name = _type_at(segments, to_json(draft), change), segments[-1]
    if (known := _whole_part(draft, change)) is not None:
        return known
    if kind is Row or kind is Cell:
        return list(_row_leaves(draft, change))
    if kind in CONDITIONS:
        return [condition_leaf("", name, change.after)]
    if name == "expectations":
        return [expectations_leaf("", change.after)]
    if kind is Guard:
        return list(guard_leaves(draft, change.after, ""))
    if _is_model(kind) and isinstance(change.after, dict):
        return list(_item_leaves(draft, change, kind))
    leaf = _leaf(draft, segments, "", name, kind, change.after)
    return [leaf] if leaf is not None else []


def _whole_part(draft: Agent, change: Change) -> list[Leaf] | None:
    """Return the fields of a part that a change proposes by itself; None where it is none of these."""
    room, name, after = change.segments[0], change.segments[-1], change.after
    by_name: dict[tuple[str, str], Callable[[], Iterable[Leaf]]] = {
        ("tools", "limits"): lambda: limit_leaves(after, ""),
        ("tools", "mock"): lambda: mock_leaves(draft, after, ""),
        ("tools", "parameters"): lambda: schema_leaves(after, ""),
        ("tools", "returns"): lambda: schema_leaves(after, ""),
        ("workflows", "results"): lambda: result_leaves(after, ""),
        ("workflows", "arguments"): lambda: argument_leaves(draft, after, ""),
        ("records", "values"): lambda: record_leaves(after, ""),
        ("scenarios", "persona"): lambda: person_leaves(after, ""),
        ("scenarios", "behaviours"): lambda: [behaviours_leaf(after, "")],
        ("scenarios", "systems"): lambda: [replies_leaf(after, "")],
        ("scenarios", "faults"): lambda: [faults_leaf(after, "")],
    }
    made = by_name.get((room, name))
    if made is not None and len(change.segments) > 2:
        return list(made())
    is_reply = room == "scenarios" and change.segments[2:-1] == ("systems",)
    return list(reply_leaves(after)) if is_reply else None


def _item_leaves(draft: Agent, change: Change, kind: Any) -> Iterator[Leaf]:
    for name, info in kind.model_fields.items():
        if name in _LEFT or (name == "name" and "id" not in kind.model_fields):
            continue
        value = change.after.get(name)
        parts = list(_parts(draft, change, kind, name, value))
        yield from parts
        if parts:
            continue
        if value is None and info.default is None and name not in _STEPS:
            continue  # a part that this one does not have
        if value == []:
            continue
        leaf = _leaf(draft, change.segments, name, name, info.annotation, value)
        if leaf is not None:
            yield leaf


def _parts(draft: Agent, change: Change, kind: Any, name: str, value: Json) -> Iterator[Leaf]:
    """Return the fields of a part that is more than a text."""
    if name == "guard" and value is not None:
        yield from guard_leaves(draft, value, "guard")
    elif name == "when" and kind is Branch:
        yield condition_leaf("when", name, value)
    elif name == "branches" and value:
        steps = _named(draft, change.segments, "next") or {}
        yield from branch_leaves(value, steps, by_table=change.after.get("table") is not None)
    elif name == "expectations":
        yield expectations_leaf(name, value)
    elif name == "facts" and value:
        yield from fact_leaves(draft, value)
    else:
        yield from _more_parts(draft, change, kind, name, value)


def _more_parts(draft: Agent, change: Change, kind: Any, name: str, value: Json) -> Iterator[Leaf]:
    """Return the fields of parts of tests, systems, steps, and of items that hold many others."""
    if kind is Scenario:
        if name == "persona":
            yield from person_leaves(value, name)
        elif name in _OF_TESTS:
            yield _OF_TESTS[name](value, name)
    elif kind is Tool:
        if name == "limits":
            yield from limit_leaves(value, name)
        elif name == "mock":
            yield from mock_leaves(draft, value, name)
        elif name in ("parameters", "returns"):
            yield from schema_leaves(value, name)
    elif name == "arguments":
        yield from argument_leaves(draft, value, name)
    elif name == "results":
        yield from result_leaves(value, name)
    elif kind is Workflow and name == "steps":
        yield from text_leaves(change.after)
    elif kind is DecisionTable and name == "rows":
        yield from table_leaves(change.after)
    elif kind is RecordTable and name == "rows":
        yield from records_leaves(change.after)
    elif kind is Record and name == "values":
        yield from record_leaves(value or {}, name)


def _row_leaves(draft: Agent, change: Change) -> Iterator[Leaf]:
    """Return a field for each cell of a row, and its answer; or the field of one cell."""
    table = next((each for each in draft.tables if each.id == change.segments[1]), None)
    is_row = "then" in change.after
    cells = {each["id"]: Cell.model_validate(each) for each in change.after.get("cells", ())}
    if not is_row:
        cells = {change.after["id"]: Cell.model_validate(change.after)}
    for column in table.inputs if table is not None else ():
        if is_row or column.id in cells:
            assert table is not None
            cell = cells.get(column.id, Cell(id=column.id))
            shown = cell_text(cell, column_type(table, column))
            key = join_path("cells", column.id) if is_row else ""
            field = ValueField(key, column.label or _plain(column.id), "cell", shown)
            yield Leaf(field, to_json(cell), cell)
    if is_row:
        answers = tuple(dict.fromkeys(row.then for row in table.rows)) if table is not None else ()
        then = str(change.after["then"])
        choices = tuple((each, _plain(each)) for each in dict.fromkeys((*answers, then)))
        yield Leaf(ValueField("then", LABELS["then"], "choice", then, choices), then)


def _leaf(
    draft: Agent, segments: tuple[str, ...], key: str, name: str, kind: Any, value: Json
) -> Leaf | None:
    label = LABELS.get(name, _plain(name).capitalize())
    kind = _bare(kind)
    known = _named(draft, segments, name)
    if known is not None and (value is None or isinstance(value, str)):
        nothing = (("", "nowhere yet"),) if name in _STEPS else ()
        own = ((value, _plain(value)),) if value and value not in known else ()
        choices = (*nothing, *known.items(), *own)
        return Leaf(ValueField(key, label, "choice", value or "", choices), value)
    if options := _options(kind):
        shown = tuple((str(each), _plain(str(each))) for each in options)
        return Leaf(ValueField(key, label, "choice", "" if value is None else str(value), shown), value)
    if isinstance(value, bool) or kind is bool:
        return Leaf(ValueField(key, label, "yes or no", "yes" if value else "no"), bool(value))
    if isinstance(value, int | float):
        return Leaf(ValueField(key, label, "number", spell(value)), value)
    if isinstance(value, str) or (value is None and kind is str):
        text = value or ""
        long = name in PROSE or len(text) > 60 or "\n" in text
        return Leaf(ValueField(key, label, "text" if long else "line", text), text)
    if isinstance(value, list) and (options := _list_options(kind)):
        shown = tuple((str(each), _plain(str(each))) for each in options)
        return Leaf(ValueField(key, label, "lines", "\n".join(value), shown), value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value) and _is_list(kind):
        return Leaf(ValueField(key, label, "lines", "\n".join(value)), value)
    return None


def _named(draft: Agent, segments: tuple[str, ...], name: str) -> dict[str, str] | None:
    """Return what a field that names another thing may name, by id; None where it names nothing."""
    if segments[0] == "workflows" and name in _STEPS:
        steps = next((w.steps for w in draft.workflows if w.id == segments[1]), ())
        return {step.id: step.title for step in steps}
    if segments[0] == "workflows" and len(segments) > 3 and segments[2] == "steps":
        lists: dict[str, dict[str, str]] = {
            "tool": {tool.name: _plain(tool.name) for tool in draft.tools},
            "table": {table.id: table.name for table in draft.tables},
            "rule": {rule.id: f"{rule.id} {rule.title}" for rule in draft.charter.rules},
            "block": {flow.id: flow.name for flow in draft.workflows if flow.reusable},
        }
        return lists.get(name)
    if segments[0] == "scenarios" and name == "workflow":
        return {flow.id: flow.name for flow in draft.workflows}
    return None


# Types


def _bare(kind: Any) -> Any:
    """Return a type without `| None` and annotations."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        inner = [each for each in get_args(kind) if each is not type(None)]
        return _bare(inner[0]) if len(inner) == 1 else kind
    return kind


def _options(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(each.value for each in kind)
    return ()


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple and _bare(get_args(kind)[0]) is str


def _list_options(kind: Any) -> tuple[Any, ...]:
    """Return what a list of choices is chosen from."""
    return _options(_bare(get_args(kind)[0])) if get_origin(kind) is tuple else ()


def _type_at(segments: tuple[str, ...], tree: Json, change: Change) -> Any:
    """Return the type of what stands at a path; of several kinds of items, the one that stands there."""
    kind: Any = Agent
    for at, segment in enumerate(segments):
        kind = _bare(kind)
        if _is_model(kind):
            info = kind.model_fields.get(segment)
            kind = info.annotation if info is not None else None
        elif get_origin(kind) is tuple:
            is_last = at == len(segments) - 1
            item = change.after if is_last else lookup(tree, join_path(*segments[: at + 1]))
            kind = _kind_of(_bare(get_args(kind)[0]), item)
        else:
            return None
    return _kind_of(_bare(kind), change.after)


def _kind_of(kind: Any, item: Json) -> Any:
    if get_origin(kind) not in (Union, types.UnionType) or not isinstance(item, dict):
        return kind
    for each in get_args(kind):
        if _is_model(each) and item.get("kind") in get_args(each.model_fields["kind"].annotation):
            return each
    return kind


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


# Reading


def _read(draft: Agent, change: Change, leaf: Leaf, text: str) -> Json:
    field = leaf.field
    if field.kind in ("condition", "expectations"):
        return read_part(draft, change, field, text)
    if field.kind in ("replies", "faults"):
        return read_rehearsal(draft, field, text)
    if field.kind == "cell":
        return _read_cell(draft, change, leaf, text)
    if field.kind == "choice":
        return _chosen(field, text, isinstance(leaf.value, int))
    if field.kind == "yes or no":
        if text.strip().casefold() not in (*YES, *NO):
            raise WrongUse(f"“{text}” is neither yes nor no.", f"Write yes or no for “{field.label}”.")
        return text.strip().casefold() in YES
    if field.kind == "number":
        try:
            return read_number(text)
        except WrongUse:
            raise WrongUse(f"“{text}” is not a number.", f"Write one for “{field.label}”.") from None
    if field.kind == "lines":
        return read_names(field, text)
    if not text.strip() and field.key in ("", "title", "name", "label"):
        raise WrongUse(f"“{field.label}” is empty.", "Write what it shall say.")
    return text.strip()


def _chosen(field: ValueField, text: str, is_number: bool) -> Json:
    for kept, shown in field.choices:
        if text.strip().casefold() in (kept.casefold(), shown.casefold()):
            return int(kept) if is_number else kept or None
    known = ", ".join(shown for _, shown in field.choices)
    raise WrongUse(f"“{text}” is none of the choices of “{field.label}”.", f"Choose one of: {known}.")


def _read_cell(draft: Agent, change: Change, leaf: Leaf, text: str) -> Json:
    whole = len(change.segments) == 2
    table = DecisionTable.model_validate(change.after) if whole else draft.table(change.segments[1])
    assert leaf.cell is not None
    column = next(each for each in table.inputs if each.id == leaf.cell.id)
    return to_json(read_cell(text, column, column_type(table, column)))
