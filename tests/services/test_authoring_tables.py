"""Decision tables are edited by hand: each deed is one change set that can be taken back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.assembly import sample
from studio.checks.tables import table_gap
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.errors import WrongUse
from studio.domain.frozen import canonical
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
from studio.domain.workflow import Branch, Decide, DecisionTable
from studio.services.authoring.tables import fulfil_table, made_table

AGENT = sample("returns_assistant").agent
TABLE = "return-eligibility"


def done(wish: TableEdit, agent: Agent = AGENT) -> tuple[DecisionTable, str, Agent]:
    """Return the table after a wish, the title, and the agent; the inverse gives the same bytes again."""
    changes = fulfil_table(agent, wish)
    after = apply(agent, changes)
    assert canonical(apply(after, changes.inverse())) == canonical(agent)
    return after.table(made_table(changes) or getattr(wish, "table", "")), changes.title, after


def cell(row: str, column: str, text: str) -> RowsEdit:
    """Return the wish of one cell."""
    return RowsEdit(table=TABLE, cells=(CellWanted(row=row, column=column, text=text),))


def test_a_cell_is_typed_and_the_title_tells_both_values() -> None:
    """A limit that is typed anew is one change; the title names row, column, both values, and source."""
    table, title, _ = done(cell("in-time", "days_elapsed", "up to 45"))
    assert table.rows[2].cell("days_elapsed").value == 45
    assert title.startswith("Row 3 of “Can the item be returned?”: Days elapsed ≤ 45 instead of ≤ 30")
    assert "departs from what" in title


def test_a_cell_that_accepts_anything_is_left_out() -> None:
    """“any” takes the test away, so that the table reads as if it had never been there."""
    table, _, _ = done(cell("in-time", "days_elapsed", "any"))
    assert table.rows[2].cells == ()


def test_what_cannot_be_read_changes_nothing_and_names_the_cell() -> None:
    """Of several texts, one wrong one refuses all."""
    wish = RowsEdit(
        table=TABLE,
        cells=(
            CellWanted(row="in-time", column="days_elapsed", text="≤ 45"),
            CellWanted(row="late", column="days_elapsed", text="some"),
        ),
    )
    with pytest.raises(WrongUse, match=r"Row 4, Days elapsed: “some” is not a number"):
        fulfil_table(AGENT, wish)


def test_an_answer_that_has_no_way_out_becomes_one() -> None:
    """A new answer is a new way out, left open, of the step that asks the table."""
    table, title, after = done(cell("late", THEN, "ask a supervisor"))
    assert table.rows[-1].then == "ask a supervisor" and "instead of “too late”" in title
    steps = [step for flow in after.workflows for step in flow.steps if isinstance(step, Decide)]
    way = [b for s in steps if s.table == TABLE for b in s.branches if b.id == "ask a supervisor"]
    assert [each.next for each in way] == [None]


def test_rows_are_added_repeated_moved_and_removed() -> None:
    """A new row takes its place; a repeated one says the same; order is kept otherwise."""
    added = RowWanted(at=1, cells=(("days_elapsed", "31–45"), (THEN, "used")))
    table, title, agent = done(RowsEdit(table=TABLE, added=(added, RowWanted(at=3, like="used"))))
    assert [row.id for row in table.rows] == ["damaged", "row-1", "used", "row-2", "in-time", "late"]
    assert table.rows[3].cells == table.rows[2].cells and title.startswith("Add 2 rows to")
    table, _, agent = done(RowsEdit(table=TABLE, moved=("row-1", 5)), agent)
    assert [row.id for row in table.rows][-1] == "row-1"
    table, _, _ = done(RowsEdit(table=TABLE, removed=("row-1", "row-2")), agent)
    assert table == AGENT.table(TABLE)


def test_columns_come_from_facts_and_take_their_cells_along() -> None:
    """A column is a fact of the draft; removing one removes its tests from every row."""
    table, title, agent = done(ColumnEdit(table=TABLE, column="amount", deed="add"))
    assert table.inputs[-1].id == "amount" and "too" in title
    table, _, agent = done(ColumnEdit(table=TABLE, column="amount", deed="earlier"), agent)
    assert [each.id for each in table.inputs][2] == "amount"
    table, _, _ = done(ColumnEdit(table=TABLE, column="days_elapsed", deed="remove"), agent)
    assert all(c.id != "days_elapsed" for row in table.rows for c in row.cells)
    with pytest.raises(WrongUse, match="Nothing in the draft tells"):
        fulfil_table(AGENT, ColumnEdit(table=TABLE, column="shoe_size", deed="add"))


def test_the_case_that_no_row_covers_gets_a_row() -> None:
    """One click adds a row for exactly what was missing; then nothing is missing any more."""
    _, _, torn = done(RowsEdit(table=TABLE, removed=("late",)))
    gap = table_gap(torn.table(TABLE), torn)
    assert gap is not None
    table, title, after = done(GapRow(table=TABLE, then="too late"), torn)
    assert table_gap(table, after) is None and gap.words in title
    with pytest.raises(WrongUse, match="covers every case"):
        fulfil_table(after, GapRow(table=TABLE, then="too late"))


def test_a_step_that_decides_by_conditions_gets_a_table_that_says_the_same() -> None:
    """Ways whose conditions are facts that all have to hold become rows, one for each way."""
    desk = sample("appointment_desk").agent
    flow, step = next(
        (flow, step)
        for flow in desk.workflows
        for step in flow.steps
        if isinstance(step, Decide) and step.table is None
    )
    table, title, after = done(TableWanted(workflow=flow.id, step=step.id, name="Which way?"), desk)
    assert [row.then for row in table.rows] == [branch.id for branch in step.branches]
    decided = after.workflow(flow.id).step(step.id)
    assert isinstance(decided, Decide) and decided.table == table.id and "Which way?" in title
    for branch, row in zip(step.branches, table.rows, strict=True):
        assert branch.when is not None and {c.id for c in row.cells} <= {i.id for i in table.inputs}


def test_a_way_whose_condition_is_not_chosen_yet_takes_no_case() -> None:
    """A table made of conditions says the same: a way that was never taken gets no row."""
    desk = sample("appointment_desk").agent
    flow, step = next(
        (flow, step)
        for flow in desk.workflows
        for step in flow.steps
        if isinstance(step, Decide) and step.table is None
    )
    unset = step.model_copy(update={"branches": (Branch(id="unset"), *step.branches)})
    steps = tuple(unset if each.id == step.id else each for each in flow.steps)
    flows = tuple(w if w.id != flow.id else flow.model_copy(update={"steps": steps}) for w in desk.workflows)
    desk = desk.model_copy(update={"workflows": flows})
    table, _, _ = done(TableWanted(workflow=flow.id, step=step.id, name="Which?"), desk)
    assert [row.then for row in table.rows] == [branch.id for branch in step.branches]
    with pytest.raises(WrongUse, match="any more"):
        fulfil_table(desk, TableWanted(workflow=flow.id, step="gone", name="Which?"))


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_edit_of_rows_applies_and_is_taken_back_to_the_byte(data: st.DataObject) -> None:
    """Whatever rows are added, moved or removed together, the inverse restores the draft."""
    ids = [row.id for row in AGENT.table(TABLE).rows]
    texts = st.sampled_from(["any", "≤ 45", "31–45", "not 7", "1, 2"])
    added = st.builds(
        RowWanted,
        at=st.integers(0, 6),
        cells=st.lists(st.tuples(st.just("days_elapsed"), texts), max_size=1).map(tuple),
        like=st.sampled_from(["", *ids]),
    )
    wish = RowsEdit(
        table=TABLE,
        cells=tuple(
            CellWanted(row=each, column="days_elapsed", text=data.draw(texts))
            for each in data.draw(st.lists(st.sampled_from(ids), max_size=3, unique=True))
        ),
        added=tuple(data.draw(st.lists(added, max_size=3))),
        removed=tuple(data.draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))),
        moved=data.draw(st.none() | st.tuples(st.sampled_from(ids), st.integers(0, 6))),
    )
    done(wish)
