"""Decision tables by hand: cells, rows, columns, a row for what none covers, a table for a step that decides.

- Pure: `(agent, wish) -> ChangeSet`. All texts of a wish are read before anything changes; one that cannot be
  read refuses the whole, with its row and column.
- An answer that no way out has yet becomes a way out, left open, of each step that asks the table.
- A row changed by hand keeps its sentence, and the title says that it departs from it.
"""

from __future__ import annotations

from collections.abc import Iterable

from studio.checks.domains import NotProvable
from studio.checks.tables import table_gap
from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.cell_text import cell_text, column_type, read_cell
from studio.domain.changeset import ChangeSet, join_path
from studio.domain.condition import All, Compare
from studio.domain.errors import WrongUse
from studio.domain.frozen import to_json
from studio.domain.known import Knowledge
from studio.domain.table_edit import (
    THEN,
    CellWanted,
    ColumnEdit,
    GapRow,
    RowsEdit,
    RowWanted,
    TableEdit,
    TableWanted,
)
from studio.domain.workflow import Branch, Cell, Decide, DecisionTable, Row, TableInput, Workflow
from studio.services.authoring.steps import flow_of, step_of
from studio.services.authoring.titles import departure

__all__ = ["fulfil_table", "made_table"]


def fulfil_table(agent: Agent, wish: TableEdit) -> ChangeSet:
    """Return the change set of a wish; raises WrongUse, and then nothing changes."""
    if isinstance(wish, TableWanted):
        return _new_table(agent, wish)
    table = _table(agent, wish.table)
    if isinstance(wish, ColumnEdit):
        return _with(agent, *_columns(agent, table, wish))
    if isinstance(wish, GapRow):
        return _with(agent, *_close_gap(agent, table, wish.then))
    after, title = _rows(agent, table, wish)
    return _with(agent, after, title + _departing(agent, wish))


def made_table(changeset: ChangeSet) -> str:
    """Return the id of the table that a change set made, or nothing."""
    for change in changeset.changes:
        if change.segments[:1] == ("tables",) and len(change.segments) == 2 and change.before is None:
            return change.segments[1]
    return ""


def _table(agent: Agent, table_id: str) -> DecisionTable:
    try:
        return agent.table(table_id)
    except KeyError:
        raise WrongUse("This decision is no longer in the draft.", "Choose another, or undo.") from None


def _with(agent: Agent, table: DecisionTable, title: str) -> ChangeSet:
    """Return the change to another state of a table, with ways out for answers that have none."""
    answers = list(dict.fromkeys(row.then for row in table.rows if row.then))
    flows = tuple(_answering(flow, table.id, answers) for flow in agent.workflows)
    tables = tuple(table if each.id == table.id else each for each in agent.tables)
    return diff_agents(agent, agent.model_copy(update={"tables": tables, "workflows": flows}), title)


def _answering(flow: Workflow, table_id: str, answers: Iterable[str]) -> Workflow:
    if not any(isinstance(step, Decide) and step.table == table_id for step in flow.steps):
        return flow
    steps = []
    for step in flow.steps:
        if isinstance(step, Decide) and step.table == table_id:
            known = {branch.id for branch in step.branches}
            new = tuple(Branch(id=each) for each in answers if each not in known)
            step = step.model_copy(update={"branches": (*step.branches, *new)}) if new else step
        steps.append(step)
    return flow.model_copy(update={"steps": tuple(steps)})


# Rows and cells


def _rows(agent: Agent, table: DecisionTable, wish: RowsEdit) -> tuple[DecisionTable, str]:
    reader = _Reader(agent, table)
    rows = {row.id: row for row in table.rows}
    order = [row.id for row in table.rows]
    for edit in wish.cells:
        if edit.row not in rows:
            raise WrongUse("That row is no longer in the table.", "Choose another, or undo.")
        rows[edit.row] = reader.put(rows[edit.row], edit.column, edit.text, order.index(edit.row) + 1)
    for row_id in wish.removed:
        if row_id in order:
            order.remove(row_id)
    for new in wish.added:
        made = reader.new(new, rows, rows.get(new.like))
        rows[made.id] = made
        order.insert(max(0, min(new.at, len(order))), made.id)
    if wish.moved is not None and wish.moved[0] in order:
        order.remove(wish.moved[0])
        order.insert(max(0, min(wish.moved[1], len(order))), wish.moved[0])
    after = table.model_copy(update={"rows": tuple(rows[each] for each in order)})
    return after, _rows_title(table, after, wish)


class _Reader:
    """Reads the texts of one table's cells."""

    def __init__(self, agent: Agent, table: DecisionTable) -> None:
        facts = Knowledge(agent).facts
        self._table = table
        self._columns = {each.id: each for each in table.inputs}
        self._choices = {each.id: facts[each.id].choices for each in table.inputs if each.id in facts}

    def put(self, row: Row, column: str, text: str, number: int) -> Row:
        """Return a row with another text in a cell; raises WrongUse that names row and column."""
        if column == THEN:
            if not (answer := " ".join(text.split())):
                raise WrongUse(f"Row {number} needs an answer.", "Choose one, or write a new one.")
            return row.model_copy(update={"then": answer})
        found = self._columns.get(column)
        if found is None:
            raise WrongUse("That column is no longer in the table.", "Choose another, or undo.")
        kind = column_type(self._table, found)
        try:
            cell = read_cell(text, found, kind, self._choices.get(column, ()))
        except WrongUse as error:
            raise WrongUse(f"Row {number}, {found.label}: {error.what}", error.todo) from None
        return row.model_copy(update={"cells": _put_cell(row.cells, cell, self._table.inputs)})

    def new(self, wanted: RowWanted, taken: Iterable[str], like: Row | None) -> Row:
        """Return a new row: a copy of another, or any case with the texts given."""
        free = next(name for n in range(1, 10_000) if (name := f"row-{n}") not in taken)
        usual = self._table.rows[-1].then if self._table.rows else ""
        made = Row(id=free, then=like.then if like else usual, cells=like.cells if like else ())
        for column, text in wanted.cells:
            if column != THEN or text.strip():
                made = self.put(made, column, text, wanted.at + 1)
        if not made.then:
            raise WrongUse(f"Row {wanted.at + 1} needs an answer.", "Write in the last column what follows.")
        return made


def _put_cell(cells: tuple[Cell, ...], cell: Cell, inputs: tuple[TableInput, ...]) -> tuple[Cell, ...]:
    """Return cells with one replaced, in the columns' order; one that accepts anything is left out."""
    found = {each.id: each for each in cells}
    found.pop(cell.id, None)
    if cell.op != "any":
        found[cell.id] = cell
    order = [each.id for each in inputs]
    return tuple(sorted(found.values(), key=lambda each: order.index(each.id) if each.id in order else -1))


def _rows_title(before: DecisionTable, after: DecisionTable, wish: RowsEdit) -> str:
    said: list[str] = []
    left = {row.id for row in after.rows}
    cells = [edit for edit in wish.cells if edit.row in left]
    if len(cells) == 1:
        said.append(_cell_title(before, after, cells[0]))
    elif cells:
        said.append(f"Change {len(cells)} cells of “{before.name}”")
    for count, verb, joint in ((len(wish.added), "Add", "to"), (len(wish.removed), "Remove", "of")):
        if count:
            said.append(f"{verb} {'a row' if count == 1 else f'{count} rows'} {joint} “{before.name}”")
    if wish.moved is not None:
        said.append(f"Move a row of “{before.name}” to place {wish.moved[1] + 1}")
    first, *rest = said or [""]
    return "; ".join((first, *(each[:1].lower() + each[1:] for each in rest)))


def _cell_title(before: DecisionTable, after: DecisionTable, edit: CellWanted) -> str:
    number = next(n for n, row in enumerate(before.rows, 1) if row.id == edit.row)
    was, now = (next(r for r in table.rows if r.id == edit.row) for table in (before, after))
    if edit.column == THEN:
        return f"Row {number} of “{before.name}” answers “{now.then}” instead of “{was.then}”"
    column = next(each for each in before.inputs if each.id == edit.column)
    old, new = (cell_text(row.cell(column.id), column_type(before, column)) for row in (was, now))
    return f"Row {number} of “{before.name}”: {column.label} {new} instead of {old}"


def _departing(agent: Agent, wish: RowsEdit) -> str:
    tree = to_json(agent)
    for edit in wish.cells:
        if words := departure(tree, join_path("tables", wish.table, "rows", edit.row, "cells")):
            return words
    return ""


# Columns


def _columns(agent: Agent, table: DecisionTable, wish: ColumnEdit) -> tuple[DecisionTable, str]:
    order = [each.id for each in table.inputs]
    if wish.deed == "add":
        if wish.column in order:
            raise WrongUse("The table asks for that already.", "Choose another fact.")
        added = _input(agent, wish.column)
        title = f"“{table.name}” decides by {added.label}, too"
        return table.model_copy(update={"inputs": (*table.inputs, added)}), title
    if wish.column not in order:
        raise WrongUse("That column is no longer in the table.", "Choose another, or undo.")
    at = order.index(wish.column)
    label = table.inputs[at].label
    inputs = list(table.inputs)
    if wish.deed == "remove":
        del inputs[at]
        kept = tuple(
            row.model_copy(update={"cells": tuple(c for c in row.cells if c.id != wish.column)})
            for row in table.rows
        )
        title = f"“{table.name}” no longer decides by {label}"
        return table.model_copy(update={"inputs": tuple(inputs), "rows": kept}), title
    to = max(0, min(len(inputs) - 1, at + (1 if wish.deed == "later" else -1)))
    inputs.insert(to, inputs.pop(at))
    return table.model_copy(update={"inputs": tuple(inputs)}), f"Move the column {label} of “{table.name}”"


def _input(agent: Agent, fact: str) -> TableInput:
    known = Knowledge(agent).facts.get(fact)
    if known is None:
        raise WrongUse("Nothing in the draft tells that fact.", "Ask for it in a step first.")
    return TableInput(id=fact, label=known.label, type=known.type)


# A row for what none covers, and new tables


def _close_gap(agent: Agent, table: DecisionTable, then: str) -> tuple[DecisionTable, str]:
    try:
        gap = table_gap(table, agent)
    except NotProvable as why:
        raise WrongUse(f"“{table.name}” cannot be searched for what is missing: {why}.") from None
    if gap is None:
        raise WrongUse(f"“{table.name}” covers every case already.", "Nothing needs to be added.")
    free = next(name for n in range(1, 10_000) if all(r.id != (name := f"row-{n}") for r in table.rows))
    row = Row(id=free, cells=gap.cells, then=then)
    return table.model_copy(
        update={"rows": (*table.rows, row)}
    ), f"“{table.name}”: {gap.words} gives “{then}”"


def _new_table(agent: Agent, wish: TableWanted) -> ChangeSet:
    name = " ".join(wish.name.split())
    if not name:
        raise WrongUse("A decision needs a name.", "Ask it as a question: “Can it be returned?”")
    flow = flow_of(agent, wish.workflow)
    step = step_of(flow, wish.step)
    if not isinstance(step, Decide):
        raise WrongUse(f"“{step.title}” does not decide anything.", "Choose a step that decides.")
    stem = "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split()) or "decision"
    taken = {each.id for each in agent.tables}
    free = next(each for n in range(1, 10_000) if (each := stem if n == 1 else f"{stem}-{n}") not in taken)
    # A way whose condition is not chosen yet is never taken: it gets no row that would take every case.
    cells = {branch.id: _cells_of(branch) for branch in step.branches if branch.when is not None}
    asked = dict.fromkeys([*(cell.id for row in cells.values() for cell in row), *wish.facts])
    inputs = tuple(_input(agent, fact) for fact in asked)
    rows = tuple(Row(id=f"row-{n}", cells=cells[each], then=each) for n, each in enumerate(cells, 1))
    table = DecisionTable(id=free, name=name, inputs=inputs, rows=rows)
    branches = tuple(each.model_copy(update={"when": None}) for each in step.branches)
    decided = step.model_copy(update={"table": free, "branches": branches})
    steps = tuple(decided if each.id == step.id else each for each in flow.steps)
    flows = tuple(
        each.model_copy(update={"steps": steps}) if each.id == flow.id else each for each in agent.workflows
    )
    after = agent.model_copy(update={"tables": (*agent.tables, table), "workflows": flows})
    return diff_agents(agent, after, f"“{step.title}” decides by the table “{name}”")


def _cells_of(branch: Branch) -> tuple[Cell, ...]:
    """Return the cells that say when a way is taken; raises WrongUse where a row cannot say it."""
    when = branch.when
    parts = when.of if isinstance(when, All) else (when,) if when is not None else ()
    tests = [part for part in parts if isinstance(part, Compare)]
    if len(tests) < len(parts) or len({test.field for test in tests}) < len(tests):
        raise WrongUse(
            f"When the way “{branch.id}” is taken cannot be said in one row of a table.",
            "Make its condition a list of facts that all have to hold, then try again.",
        )
    return tuple(Cell(id=test.field, op=test.op, value=test.value) for test in tests)
