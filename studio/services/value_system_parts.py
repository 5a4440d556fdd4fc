"""Parts of systems, decisions, records and steps as fields: limits, rehearsal, arguments, cells, texts.

- An item that holds many others (a workflow, a decision, a table of records) shows of them what people word
  and decide: texts, cells, values; what is drawn or typed by machines is edited where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from studio.domain.agent import Agent
from studio.domain.cell_text import cell_text, column_type
from studio.domain.changeset import join_path
from studio.domain.condition import spell
from studio.domain.frozen import Json, to_json
from studio.domain.known import Knowledge, in_words
from studio.domain.workflow import Cell, DecisionTable
from studio.domain.world import RecordTable
from studio.services.value_parts import Leaf, ValueField, condition_leaf
from studio.services.value_test_parts import scalar_leaf

MOST = 80
"""Fields of one form; more are no form any more."""
_TEXTS = (("say", "says before"), ("text", "says"), ("prompt", "asks"))
_DOES = (("set", "becomes"), ("add", "grows by"), ("subtract", "shrinks by"))


def _at(key: str, *names: str) -> str:
    inner = join_path(*names)
    return f"{key}/{inner}" if key else inner


def limit_leaves(limits: Json, key: str) -> Iterator[Leaf]:
    """Return a field for each limit of a system."""
    for number, limit in enumerate(limits or ()):
        label = f"{in_words(limit['argument']).capitalize()} at most"
        field = ValueField(_at(key, str(number), "maximum"), label, "number", spell(limit["maximum"]))
        yield Leaf(field, limit["maximum"])


def mock_leaves(draft: Agent, mock: Json, key: str) -> Iterator[Leaf]:
    """Return what a system does when it is rehearsed: where it looks, what it changes, when it refuses."""
    if not mock:
        return
    tables = tuple((each.id, each.name) for each in draft.records or ())
    for name, label, nothing in (
        ("table", "Rehearsed on the table", "none"), ("adds", "Makes a new record in", "none")
    ):  # fmt: skip
        choices = (("", nothing), *tables)
        yield Leaf(ValueField(_at(key, name), label, "choice", mock.get(name) or "", choices), mock.get(name))
    for number, effect in enumerate(mock.get("effects", ())):
        column = in_words(effect["column"])
        does = effect.get("does", "set")
        yield Leaf(ValueField(_at(key, "effects", str(number), "does"), f"The record's {column}", "choice",
                              does, _DOES), does)  # fmt: skip
        leaf = scalar_leaf(_at(key, "effects", str(number), "value"), f"… by or to ({column})",
                           effect.get("value"))  # fmt: skip
        if leaf is not None:
            yield leaf
    if mock.get("only_when") is not None:
        leaf = condition_leaf(_at(key, "only_when"), "only_when", mock["only_when"])
        yield Leaf(ValueField(leaf.field.key, "Refuses unless", "condition", leaf.field.text), leaf.value)


def schema_leaves(schema: Json, key: str) -> Iterator[Leaf]:
    """Return what is said of each value that a system takes or gives."""
    for name, each in (schema or {}).get("properties", {}).items():
        if isinstance(each, dict) and isinstance(each.get("description"), str):
            path = _at(key, "properties", name, "description")
            label = f"What “{in_words(name)}” is"
            yield Leaf(ValueField(path, label, "text", each["description"]), each["description"])


def argument_leaves(draft: Agent, arguments: Json, key: str) -> Iterator[Leaf]:
    """Return for each argument of a call which fact fills it, or with which value."""
    facts = {each.id: each.label for each in Knowledge(draft).facts.values()}
    for argument in arguments or ():
        name, fact = argument["name"], argument.get("fact")
        label = f"Sends {in_words(name)}"
        if fact is not None:
            known = facts if fact in facts else {**facts, fact: in_words(fact)}
            field = ValueField(_at(key, name, "fact"), label, "choice", fact, tuple(known.items()))
            yield Leaf(field, fact)
        elif (leaf := scalar_leaf(_at(key, name, "value"), label, argument.get("value"))) is not None:
            yield leaf


def result_leaves(results: Json, key: str) -> Iterator[Leaf]:
    """Return for each value that a call brings the fact that it becomes."""
    for number, each in enumerate(results or ()):
        field = ValueField(_at(key, str(number), "fact"), f"Its {in_words(each['result'])} becomes the fact",
                           "line", each["fact"])  # fmt: skip
        yield Leaf(field, each["fact"])


def record_leaves(values: Mapping[str, Json], key: str, before: str = "") -> Iterator[Leaf]:
    """Return a field for each value of a record."""
    for name, value in values.items():
        label = f"{before}{in_words(name)}"
        leaf = scalar_leaf(_at(key, name), label[:1].upper() + label[1:], value)
        if leaf is not None:
            yield leaf


def records_leaves(table: Json) -> Iterator[Leaf]:
    """Return the values of a whole table of records."""
    made = RecordTable.model_validate(table)
    for row in made.rows if len(made.rows) * len(made.columns) <= MOST else ():
        yield from record_leaves(row.values, _at("rows", row.id, "values"), f"{row.id}: ")


def table_leaves(table: Json) -> Iterator[Leaf]:
    """Return the cells and answers of a whole decision."""
    made = DecisionTable.model_validate(table)
    if len(made.rows) * (len(made.inputs) + 1) > MOST:
        return
    answers = tuple((each, in_words(each)) for each in dict.fromkeys(row.then for row in made.rows))
    for number, row in enumerate(made.rows, 1):
        cells = {cell.id: cell for cell in row.cells}
        for column in made.inputs:
            cell = cells.get(column.id, Cell(id=column.id))
            label = f"Row {number}: {column.label or in_words(column.id)}"
            shown = cell_text(cell, column_type(made, column))
            field = ValueField(_at("rows", row.id, "cells", column.id), label, "cell", shown)
            yield Leaf(field, to_json(cell), cell)
        field = ValueField(_at("rows", row.id, "then"), f"Row {number}: answer", "choice", row.then, answers)
        yield Leaf(field, row.then)


def text_leaves(flow: Json) -> Iterator[Leaf]:
    """Return what the steps of a whole workflow say, and what it asks."""
    items = [("steps", each, each.get("title", "")) for each in flow.get("steps", ())]
    items += [("slots", each, each.get("label", "")) for each in flow.get("slots", ())]
    for group, item, title in items:
        for name, verb in _TEXTS:
            if isinstance(text := item.get(name), str) and text:
                label = f"“{title or in_words(item['id'])}” {verb}"
                yield Leaf(ValueField(_at(group, item["id"], name), label, "text", text), text)
