"""Two versions of a decision table, cell by cell: rows are matched by what they say."""

from __future__ import annotations

from studio.diff.table_rows import diff_table
from studio.domain.workflow import Cell, DecisionTable, Row, TableInput

DAYS = TableInput(id="days", label="Days since delivery", type="number")
SALE = TableInput(id="final_sale", label="Final sale", type="yes or no")


def _row(row_id: str, days: int, then: str, *more: Cell) -> Row:
    return Row(id=row_id, cells=(Cell(id="days", op="<=", value=days), *more), then=then)


def _table(*rows: Row, inputs: tuple[TableInput, ...] = (DAYS,)) -> DecisionTable:
    return DecisionTable(id="t", name="Eligible?", inputs=inputs, rows=rows)


REST = Row(id="rest", then="refused")


def test_a_row_with_another_id_is_the_same_row_where_it_says_the_same() -> None:
    """Rows that were typed anew or got other ids are not shown as gone and new."""
    found = diff_table(_table(_row("a", 30, "take back"), REST), _table(_row("x", 30, "take back"), REST))
    assert [row.status for row in found.rows] == ["same", "same"]


def test_ids_that_changed_owners_do_not_mislead() -> None:
    """Two rows that swapped their ids stay where they are: what they say decides."""
    before = _table(_row("a", 30, "take back"), _row("b", 90, "exchange"))
    after = _table(_row("b", 30, "take back"), _row("a", 90, "exchange"))
    assert {row.status for row in diff_table(before, after).rows} == {"same"}


def test_another_limit_is_one_changed_cell() -> None:
    """Where a limit moves from 30 to 45, one cell of one row has changed, and it says so before and after."""
    found = diff_table(_table(_row("a", 30, "take back"), REST), _table(_row("a", 45, "take back"), REST))
    assert [row.status for row in found.rows] == ["changed", "same"]
    cell = found.rows[0].cells[0]
    assert (cell.before, cell.after, cell.changed) == ("≤ 30", "≤ 45", True)
    assert not found.rows[0].answer.changed


def test_rows_and_columns_that_came_and_went_stand_in_their_places() -> None:
    """A new column and a new row are shown as such; a row that went stands behind the one it stood behind."""
    no = Row(id="no", cells=(Cell(id="final_sale", op="=", value=True),), then="never")
    before = _table(_row("a", 30, "take back"), _row("old", 60, "exchange"), REST)
    after = _table(no, _row("a", 30, "take back"), REST, inputs=(DAYS, SALE))
    found = diff_table(before, after)
    assert [(column.id, column.status) for column in found.columns] == [
        ("days", "same"),
        ("final_sale", "added"),
    ]
    assert [(row.status, row.numbers) for row in found.rows] == [
        ("added", (None, 1)),
        ("same", (1, 2)),
        ("removed", (2, None)),
        ("same", (3, 3)),
    ]


def test_a_row_that_was_put_elsewhere_has_moved() -> None:
    """Where the top row wins, another order matters: the fewest rows that explain it have moved."""
    rows = _row("a", 30, "x"), _row("b", 60, "y"), _row("c", 90, "z")
    found = diff_table(_table(*rows), _table(rows[2], rows[0], rows[1]))
    assert [(row.ids[1], row.status) for row in found.rows] == [("c", "moved"), ("a", "same"), ("b", "same")]
    assert found.counts == {"moved": 1, "same": 2}


def test_a_table_that_is_new_has_new_rows_only() -> None:
    """Against no table, every column and row has been added; and the other way round."""
    table = _table(_row("a", 30, "x"), REST)
    assert diff_table(None, table).counts == {"added": 2}
    assert diff_table(table, None).counts == {"removed": 2}


def test_a_new_column_for_what_a_row_tests_already_changes_no_row() -> None:
    """A row that tests a fact without a column answers as before when the column comes: nothing is marked."""
    no = Row(id="no", cells=(Cell(id="final_sale", op="=", value=True),), then="never")
    found = diff_table(_table(no, REST), _table(no, REST, inputs=(DAYS, SALE)))
    assert found.columns[1].status == "added"
    assert [row.status for row in found.rows] == ["same", "same"]
    gone = diff_table(_table(no, REST, inputs=(DAYS, SALE)), _table(no, REST))
    assert [row.status for row in gone.rows] == ["same", "same"]
