"""The records of the mock systems in the window: sketched, typed, pasted, imported, exported, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
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
    hands.press("Remove table")
    assert "shop_orders" not in _tables(window)
