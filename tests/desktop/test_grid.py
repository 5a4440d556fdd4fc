"""The grid: a spreadsheet's keys and clipboard, one change told a step, cells that are named aloud."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from studio.desktop.widgets.grid import CellEdit, CellNote, Grid, GridChange, GridColumn, GridRow, NewRow
from studio.desktop.widgets.grid_text import copied, pasted

pytestmark = pytest.mark.usefixtures("dressed")

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def _amount(text: str) -> str:
    return "" if text.replace(".", "", 1).isdigit() or not text else f"“{text}” is no amount."


COLUMNS = (
    GridColumn("order", "Order"),
    GridColumn("status", "Status", choices=("open", "paid")),
    GridColumn("amount", "Amount", "In dollars.", check=_amount, number=True),
)
ROWS = tuple(GridRow(f"r{n}", f"Order A-{n}", (f"A-{n}", "open", str(10 * n))) for n in range(1, 4))


@pytest.fixture
def grid(qtbot: QtBot) -> Grid:
    """Return a grid of three orders, shown."""
    made = Grid("Orders", new_row="New order", movable=True)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show_rows(COLUMNS, ROWS)
    made.show()
    made.activateWindow()
    made.setFocus()
    return made


def _told(qtbot: QtBot, grid: Grid) -> list[GridChange]:
    found: list[GridChange] = []
    grid.changed.connect(found.append)
    return found


def _type(grid: Grid, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    QTest.keyClicks(grid.viewport(), text[0])
    editor = next(each for each in grid.viewport().findChildren(QLineEdit) if each.isVisible())
    QTest.keyClicks(editor, text[1:])
    QTest.keyClick(editor, end)


def test_typing_edits_a_cell_and_enter_goes_down(qtbot: QtBot, grid: Grid) -> None:
    """What is typed replaces the cell, one change is told, and the cell below is the current one."""
    told = _told(qtbot, grid)
    grid.go_to(0, 2)
    _type(grid, "25")
    qtbot.waitUntil(lambda: bool(told), timeout=30_000)
    assert told == [GridChange((CellEdit("r1", "amount", "25"),))]
    assert (grid.current_row, grid.current_column) == ("r2", "amount")


def test_tab_goes_right_and_to_the_next_row(qtbot: QtBot, grid: Grid) -> None:
    """Tab takes what was typed and goes on to the right, from the last column to the next row."""
    told = _told(qtbot, grid)
    grid.go_to(0, 2)
    _type(grid, "7", Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: bool(told), timeout=30_000)
    assert (grid.current_row, grid.current_column) == ("r2", "order")


def test_escape_leaves_a_cell_as_it_was(qtbot: QtBot, grid: Grid) -> None:
    """Escape ends an edit without a change."""
    told = _told(qtbot, grid)
    grid.go_to(0, 2)
    _type(grid, "7", Qt.Key.Key_Escape)
    QTest.qWait(0)
    assert told == []
    assert grid.model().index(0, 2).data() == "10"


def test_a_refused_text_stays_and_says_why(qtbot: QtBot, grid: Grid) -> None:
    """A text that its column refuses is not told as a change; it stays, marked, with the sentence."""
    told, said = _told(qtbot, grid), list[str]()
    grid.refused.connect(said.append)
    grid.go_to(1, 2)
    _type(grid, "much")
    qtbot.waitUntil(lambda: bool(said), timeout=30_000)
    cell = grid.model().index(1, 2)
    assert told == []
    assert said == ["“much” is no amount."]
    assert cell.data() == "much"
    assert "is no amount" in cell.data(Qt.ItemDataRole.AccessibleTextRole)
    grid.go_to(1, 2)
    _type(grid, "21")
    qtbot.waitUntil(lambda: bool(told), timeout=30_000)
    assert told == [GridChange((CellEdit("r2", "amount", "21"),))]


def test_a_choice_is_offered_where_there_is_one(qtbot: QtBot, grid: Grid) -> None:
    """A column with choices is edited by choosing."""
    told = _told(qtbot, grid)
    grid.go_to(0, 1)
    QTest.keyClick(grid, Qt.Key.Key_F2)
    box = grid.viewport().findChild(QComboBox)
    assert box is not None
    assert [box.itemText(n) for n in range(box.count())] == ["open", "paid"]
    box.setCurrentText("paid")
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(told), timeout=30_000)
    assert told == [GridChange((CellEdit("r1", "status", "paid"),))]


def test_typing_in_the_last_empty_row_begins_a_new_one(qtbot: QtBot, grid: Grid) -> None:
    """The empty row below takes what is typed as a new row, and the place stays when it is shown."""
    told = _told(qtbot, grid)
    grid.go_to(3, 0)
    assert grid.current_row == ""
    _type(grid, "A-9", Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: bool(told), timeout=30_000)
    assert told == [GridChange(added=(NewRow(3, (("order", "A-9"),)),))]
    grid.show_rows(COLUMNS, (*ROWS, GridRow("r9", "Order A-9", ("A-9", "", ""))))
    assert (grid.current_row, grid.current_column) == ("r9", "status")


def test_a_paste_is_one_change_with_new_rows(qtbot: QtBot, grid: Grid) -> None:
    """Cells from a spreadsheet fill from the current cell on; rows that are missing are added."""
    told = _told(qtbot, grid)
    grid.go_to(2, 1)
    QGuiApplication.clipboard().setText("paid\t31\nopen\t41\n")
    QTest.keyClick(grid, Qt.Key.Key_V, CONTROL)
    assert told == [
        GridChange(
            (CellEdit("r3", "status", "paid"), CellEdit("r3", "amount", "31")),
            (NewRow(3, (("status", "open"), ("amount", "41"))),),
        )
    ]


def test_a_paste_is_whole_or_not_at_all(qtbot: QtBot, grid: Grid) -> None:
    """One refused cell, or too many columns, and nothing is pasted: the sentence says which and why."""
    told, said = _told(qtbot, grid), list[str]()
    grid.refused.connect(said.append)
    grid.go_to(0, 2)
    grid.paste("5\nmuch")
    grid.paste("5\t6\n7\t8")
    assert told == []
    assert said[0] == "Row 2, Amount: “much” is no amount. Nothing was changed."
    assert said[1].startswith("2 columns do not fit in the 1")


def test_one_pasted_cell_fills_all_that_are_chosen(qtbot: QtBot, grid: Grid) -> None:
    """A single cell is put in every chosen cell; Delete empties them."""
    told = _told(qtbot, grid)
    grid.choose_cells(range(2), range(2, 3))
    grid.paste("5")
    QTest.keyClick(grid, Qt.Key.Key_Delete)
    assert [[edit.text for edit in change.cells] for change in told] == [["5", "5"], ["", ""]]


def test_copy_gives_what_paste_takes(qtbot: QtBot, grid: Grid) -> None:
    """Chosen cells are copied with tabs and lines."""
    grid.choose_cells(range(2), range(3))
    QTest.keyClick(grid, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "A-1\topen\t10\nA-2\topen\t20\n"


def test_rows_are_added_repeated_moved_and_removed_by_keys(qtbot: QtBot, grid: Grid) -> None:
    """Ctrl+Plus, Ctrl+D, Alt+Down and Ctrl+Minus each tell one change."""
    told = _told(qtbot, grid)
    grid.go_to(0, 0)
    QTest.keyClick(grid, Qt.Key.Key_Plus, CONTROL)
    QTest.keyClick(grid, Qt.Key.Key_D, CONTROL)
    QTest.keyClick(grid, Qt.Key.Key_Down, ALT)
    QTest.keyClick(grid, Qt.Key.Key_Up, ALT)
    grid.choose_cells(range(1, 3), range(1))
    QTest.keyClick(grid, Qt.Key.Key_Minus, CONTROL)
    repeated = NewRow(1, (("order", "A-1"), ("status", "open"), ("amount", "10")), "r1")
    assert told == [
        GridChange(added=(NewRow(1),)),
        GridChange(added=(repeated,)),
        GridChange(moved=("r1", 1)),
        GridChange(removed=("r2", "r3")),
    ]


def test_a_dragged_row_tells_its_new_place(qtbot: QtBot, grid: Grid) -> None:
    """A row's number that is dragged two rows down tells the move, and is shown where it was until then."""
    told = _told(qtbot, grid)
    numbers = grid.verticalHeader()
    numbers.moveSection(0, 2)
    QTest.mouseClick(numbers.viewport(), Qt.MouseButton.LeftButton)
    assert told == [GridChange(moved=("r1", 2))]
    assert [numbers.logicalIndex(n) for n in range(4)] == [0, 1, 2, 3]


def test_cells_are_named_aloud(qtbot: QtBot, grid: Grid) -> None:
    """A cell says its row, its column, its text, and what is to be seen about it; its editor is so named."""
    noted = GridRow("r1", "Order A-1", ("A-1", "open", "10"), (CellNote("amount", "warn", "Paid twice."),))
    grid.show_rows(COLUMNS, (noted, *ROWS[1:]))
    role = Qt.ItemDataRole.AccessibleTextRole
    assert grid.model().index(0, 2).data(role) == "Order A-1, Amount: 10. Paid twice."
    assert grid.model().index(3, 0).data(role) == "New order, Order: empty"
    grid.go_to(0, 2)
    QTest.keyClick(grid, Qt.Key.Key_F2)
    editor = grid.viewport().findChild(QLineEdit)
    assert editor is not None
    assert editor.accessibleName() == "Order A-1, Amount"


def test_rows_shown_anew_leave_an_open_edit_alone(qtbot: QtBot, grid: Grid) -> None:
    """Rows that are shown again while somebody types do not overwrite what is being typed."""
    grid.go_to(0, 2)
    QTest.keyClicks(grid.viewport(), "9")
    editor = grid.viewport().findChild(QLineEdit)
    assert editor is not None
    grid.show_rows(COLUMNS, (GridRow("r1", "Order A-1", ("A-1", "paid", "10")), *ROWS[1:]))
    assert editor.text() == "9"


def test_fixed_cells_and_grids_without_new_rows_refuse(qtbot: QtBot) -> None:
    """A fixed column is not edited, and a grid that takes no rows says that a paste is too high."""
    made, said = Grid("Fees"), list[str]()
    qtbot.addWidget(made)
    made.refused.connect(said.append)
    made.show_rows((GridColumn("a", "A", fixed=True), GridColumn("b", "B")), (GridRow("1", "1", ("x", "y")),))
    assert made.model().rowCount() == 1
    assert not made.model().flags(made.model().index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    made.go_to(0, 0)
    made.paste("z")
    made.go_to(0, 1)
    made.paste("1\n2")
    assert said[0].startswith("Row 1, A: A cannot be changed here.")
    assert said[1].startswith("2 rows do not fit in the 1")
    assert not made.model().index(0, 0, QModelIndex()).data(Qt.ItemDataRole.ToolTipRole).startswith("Row")


_CELL = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), max_size=6)


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(_CELL, min_size=n, max_size=n), min_size=2)))
def test_what_is_copied_is_what_is_pasted(cells: list[list[str]]) -> None:
    """Cells survive the clipboard, whatever quotes they hold."""
    if all(any(line) for line in cells):
        assert pasted(copied(cells)) == cells
