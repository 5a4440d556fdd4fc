"""The records of the mock systems in the window: sketched, typed, pasted, imported, exported, undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from studio.desktop.pages.simulate import RECORDS, SimulatePage
from studio.desktop.window import Window
from studio.domain.world import RecordTable
from studio.services.queries.records import ShowRecords
from tests.desktop.conftest import Hands

CSV = "Order,Status,Amount\nA-1,open,10\nA-2,paid,20\n"


@pytest.fixture
def page(window: Window, hands: Hands, tmp_path: Path) -> SimulatePage:
    """The page at a table of two orders, imported from a CSV file."""
    window.open_page("simulate")
    made = window.pages["simulate"]
    assert isinstance(made, SimulatePage)
    hands.press("Records")
    file = tmp_path / "shop-orders.csv"
    file.write_text(CSV, encoding="utf-8")
    hands.then(hands.choose(file))
    hands.press("Import records")
    hands.wait(lambda: _tables(window).get("shop_orders"))
    return made


def _tables(window: Window) -> dict[str, RecordTable]:
    return {table.id: table for table in window.session.ask(ShowRecords()).tables}


def _values(window: Window, record: str) -> dict[str, object]:
    rows = {row.id: row.values for row in _tables(window)["shop_orders"].rows}
    return dict(rows[record])


def test_a_cell_is_typed_kept_at_once_and_undone(page: SimulatePage, window: Window, hands: Hands) -> None:
    """A typed cell is in the draft at once; Undo takes back exactly this step."""
    assert page.shown.parentWidget() is not None
    assert page.views[RECORDS].isChecked()
    assert page.records.shown == "shop_orders"
    grid = page.records.grid
    grid.setFocus()
    grid.go_to(0, 2)
    QTest.keyClicks(grid.viewport(), "5")
    editor = next(each for each in grid.viewport().findChildren(QLineEdit) if each.isVisible())
    QTest.keyClick(editor, Qt.Key.Key_Return)
    hands.wait(lambda: _values(window, "A-1")["amount"] == 5)
    assert grid.model().index(0, 2).data() == "5"
    window.session.undo()
    assert _values(window, "A-1")["amount"] == 10
    assert grid.model().index(0, 2).data() == "10"


def test_records_are_pasted_added_and_removed(page: SimulatePage, window: Window, qtbot: QtBot) -> None:
    """Rows from a spreadsheet come as new records in one step; a repeated record gets a key of its own."""
    grid = page.records.grid
    grid.go_to(2, 0)
    grid.paste("B-1\topen\t7\nB-2\tpaid\t8\n")
    assert [row.id for row in grid.rows] == ["A-1", "A-2", "B-1", "B-2"]
    grid.go_to(0, 0)
    grid.repeat_row()
    assert "New 5" in [row.id for row in grid.rows]
    assert _values(window, "New 5")["amount"] == 10
    grid.go_to(1, 0)
    grid.remove_rows()
    assert "A-2" not in [row.id for row in _tables(window)["shop_orders"].rows]


def test_what_a_table_refuses_is_a_sentence_and_the_grid_shows_what_holds(
    page: SimulatePage, window: Window, qtbot: QtBot
) -> None:
    """A key that is there already is refused with a sentence, and the cell shows its old text again."""
    grid = page.records.grid
    grid.go_to(0, 0)
    grid.paste("A-2")
    assert "has a record “A-2” already" in window.notice.text.text()
    assert grid.model().index(0, 0).data() == "A-1"
    grid.go_to(0, 2)
    grid.paste("much")
    assert "“much” is no number" in page.records.wrong.text.text()


def test_a_table_is_exported_and_taken_in_again(
    page: SimulatePage, window: Window, hands: Hands, tmp_path: Path
) -> None:
    """What is exported is the file that was imported; taken in again it says nothing new."""
    target = tmp_path / "out.csv"
    hands.then(hands.choose(target))
    hands.press("Export this table")
    hands.wait(target.exists)
    assert target.read_text(encoding="utf-8-sig") == CSV
    hands.press("Rename or remove this table")
    _choose(page, "Remove this table")
    assert "shop_orders" not in _tables(window)


def _choose(page: SimulatePage, *words: str) -> None:
    """Choose a line of the open menu by its words, through its submenus."""
    menu = next(each for each in page.records.findChildren(QMenu) if each.isVisible())
    for word in words[:-1]:
        inner = next(each.menu() for each in menu.actions() if each.text() == word)
        assert isinstance(inner, QMenu)
        menu = inner
    next(each for each in menu.actions() if each.text() == words[-1]).trigger()
    for each in page.records.findChildren(QMenu):
        each.close()


def _answer(hands: Hands, action: str, *words: str, holds: str = "") -> Callable[[QDialog], None]:
    """Return the answer to a dialog: type into its fields, choose what a column holds, press a button."""

    def act(dialog: QDialog) -> None:
        for field, text in zip(dialog.findChildren(QLineEdit), words, strict=False):
            field.selectAll()
            QTest.keyClicks(field, text)
        if holds:
            dialog.findChildren(QComboBox)[0].setCurrentText(holds)
        hands.press(action, dialog)

    return act


def test_columns_and_tables_are_made_changed_removed_and_undone(
    page: SimulatePage, window: Window, hands: Hands
) -> None:
    """A column comes with its kind and is filled at once; its kind and name change; Undo takes all back."""
    before = _tables(window)
    hands.then(_answer(hands, "Add column", "Delivered on", holds="Dates"))
    hands.press("Add or change columns")
    _choose(page, "Add a column…")
    made = _tables(window)["shop_orders"].columns[-1]
    assert (made.id, made.label, made.type) == ("delivered_on", "Delivered on", "date")
    grid = page.records.grid
    grid.go_to(0, 3)
    grid.paste("2026-11-02")
    assert _values(window, "A-1")["delivered_on"] == "2026-11-02"
    hands.then(_answer(hands, "Change", "Arrived", holds="Any text"))
    grid.column_asked.emit("delivered_on")  # as a double click on its head does
    assert [each.title for each in grid.columns] == ["Order", "Status", "Amount", "Arrived"]
    hands.press("Add or change columns")
    _choose(page, "Status", "Remove")
    assert "status" not in _values(window, "A-1")
    hands.then(_answer(hands, "Change", "Amount", holds="Dates"))
    grid.column_asked.emit("amount")
    assert "Record “A-1”, column “Amount”: “10” is no date" in window.notice.text.text()
    hands.then(_answer(hands, "Make table", "Parcels", "Parcel number"))
    hands.press("Make a new table of records")
    assert page.records.shown == "parcels"
    assert [each.title for each in grid.columns] == ["Parcel number"]
    for _ in range(5):
        window.session.undo()
    assert _tables(window) == before


def test_the_head_of_a_column_offers_what_can_be_done(page: SimulatePage, window: Window) -> None:
    """A right click on a head changes or removes its column; the one that tells records apart stays."""
    head = page.records.grid.horizontalHeader()
    for column, may in ((0, False), (1, True)):
        head.customContextMenuRequested.emit(QPoint(head.sectionViewportPosition(column) + 5, 5))
        menu = next(each for each in page.records.findChildren(QMenu) if each.isVisible())
        offered = {each.text(): each.isEnabled() for each in menu.actions() if each.text()}
        assert offered == {"Change…": True, "Remove": may, "Add a column…": True}
        menu.close()
        menu.setParent(None)
