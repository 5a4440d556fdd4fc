"""A decision table in the window: typed, chosen, pasted, mended where a case is missing, each step undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu

from studio.assembly import open_workbench
from studio.desktop.pages.workflows import WorkflowsPage
from studio.desktop.panels.table_editor import TableEditor
from studio.desktop.window import Window
from studio.domain.workflow import DecisionTable
from studio.services.queries.agents import ShowAgent
from studio.settings import Settings
from tests.desktop.conftest import Hands

TABLE = "return-eligibility"


def table(window: Window) -> DecisionTable:
    """Return the table as the draft has it."""
    return window.session.ask(ShowAgent()).draft.table(TABLE)


@pytest.fixture
def page(window: Window) -> WorkflowsPage:
    """The page at the step that asks the table."""
    window.open_page("workflows", f"/{TABLE}/in-time")
    made = window.pages["workflows"]
    assert isinstance(made, WorkflowsPage)
    return made


@pytest.fixture
def editor(page: WorkflowsPage, hands: Hands) -> TableEditor:
    """The table beside the canvas, its third row chosen."""
    found = page.side.decision
    hands.wait(lambda: found.isVisible())
    assert found.shown == TABLE and found.grid.current_row == "in-time"
    return found


def type_in(editor: TableEditor, row: int, column: int, text: str) -> None:
    """Type a text in a cell and press Enter."""
    editor.grid.setFocus()
    editor.grid.go_to(row, column)
    QTest.keyClick(editor.grid.viewport(), Qt.Key.Key_F2)
    line = next(each for each in editor.grid.viewport().findChildren(QLineEdit) if each.isVisible())
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_a_typed_cell_is_in_the_draft_at_once_and_undone(
    editor: TableEditor, window: Window, hands: Hands
) -> None:
    """“31–45” becomes a range; Undo takes back exactly this step."""
    type_in(editor, 2, 1, "31-45")
    hands.wait(lambda: table(window).rows[2].cell("days_elapsed").high == 45)
    assert editor.grid.rows[2].cells[1] == "31–45"
    window.session.undo()
    assert table(window).rows[2].cell("days_elapsed").value == 30


def test_a_text_that_cannot_be_read_stays_with_its_sentence(
    editor: TableEditor, window: Window, hands: Hands
) -> None:
    """Nothing is lost and nothing is changed; the sentence says how to write it."""
    before = table(window)
    type_in(editor, 2, 1, "some weeks")
    assert "is not a number" in editor.wrong.text.text() and "31–45" in editor.wrong.text.text()
    assert table(window) == before
    assert editor.grid.model().index(2, 1).data() == "some weeks"


def test_a_cell_is_chosen_below_the_grid(editor: TableEditor, window: Window, hands: Hands) -> None:
    """Who does not know the signs chooses the comparison and gives the value."""
    editor.grid.go_to(2, 1)
    assert editor.cell.sign is not None
    at = [each.value for each in editor.cell.sign.options].index(">=")
    editor.cell.sign.setCurrentIndex(at)
    editor.cell.sign.activated.emit(at)
    line = hands.named(QLineEdit, "Days elapsed", inside=editor.cell)
    QTest.keyClicks(line, "21")
    QTest.keyClick(line, Qt.Key.Key_Return)
    hands.wait(lambda: table(window).rows[2].cell("days_elapsed").op == ">=")
    assert table(window).rows[2].cell("days_elapsed").value == 21


def test_rows_of_a_spreadsheet_are_pasted_by_their_heading(
    editor: TableEditor, window: Window, hands: Hands
) -> None:
    """Columns may stand in another order; a strange one is named and nothing is pasted."""
    editor.grid.go_to(len(editor.grid.rows), 0)
    editor.grid.paste("Shoe size\tDays elapsed\n9\t3\n")
    assert "“Shoe size” is no column" in editor.wrong.text.text()
    editor.grid.paste("Then\tDays elapsed\ntake back\t31–45\ntoo late\t> 60\n")
    hands.wait(lambda: len(table(window).rows) == 6)
    added = table(window).rows[4:]
    assert [row.then for row in added] == ["take back", "too late"]
    assert added[0].cell("days_elapsed").value == 31 and added[1].cell("days_elapsed").op == ">"


def test_a_missing_case_is_told_and_a_click_adds_its_row(
    editor: TableEditor, window: Window, hands: Hands
) -> None:
    """“No row covers …” names an example, and one choice closes the gap."""
    editor.grid.go_to(3, 1)
    hands.press("Remove row", inside=editor)
    hands.wait(lambda: len(table(window).rows) == 3)

    def choose() -> None:
        menu = next(each for each in editor.findChildren(QMenu) if each.isVisible())
        next(each for each in menu.actions() if "too late" in each.text()).trigger()
        menu.close()

    hands.press("Add a row that covers this", inside=editor)
    choose()
    hands.wait(lambda: len(table(window).rows) == 4)
    assert table(window).rows[3].then == "too late"
    assert not hands.find(QLineEdit, "Add a row that covers this", inside=editor)


def test_the_table_takes_the_room_of_the_canvas_and_gives_it_back(
    page: WorkflowsPage, editor: TableEditor, window: Window, hands: Hands
) -> None:
    """A wide table is edited with room; what is typed there is the same edit."""
    hands.press("Open wide", inside=editor)
    hands.wait(lambda: page.wide.isVisible())
    type_in(page.wide, 2, 1, "<= 14")
    hands.wait(lambda: table(window).rows[2].cell("days_elapsed").value == 14)
    assert page.wide.grid.rows[2].cells[1] == "≤ 14"
    hands.press("Back to the workflow", inside=page.wide)
    assert page.canvas.isVisible()


def test_a_missing_case_becomes_a_test(editor: TableEditor, window: Window, hands: Hands) -> None:
    """“Make it a test” beside the uncovered case adds a test of the draft; undo takes it back."""
    before = len(window.session.ask(ShowAgent()).draft.scenarios)
    editor.grid.go_to(3, 1)
    hands.press("Remove row", inside=editor)
    hands.wait(lambda: len(table(window).rows) == 3)
    hands.press("Make it a test", inside=editor)
    hands.wait(lambda: len(window.session.ask(ShowAgent()).draft.scenarios) == before + 1)
    window.session.undo()
    assert len(window.session.ask(ShowAgent()).draft.scenarios) == before


def test_closing_the_window_keeps_what_is_being_typed(
    editor: TableEditor, window: Window, tmp_path: Path
) -> None:
    """A text in an open cell is in the draft when the window is closed without Enter."""
    editor.grid.setFocus()
    editor.grid.go_to(2, 1)
    QTest.keyClick(editor.grid.viewport(), Qt.Key.Key_F2)
    line = next(each for each in editor.grid.viewport().findChildren(QLineEdit) if each.isVisible())
    line.selectAll()
    QTest.keyClicks(line, "<= 21")
    window.close()
    again = open_workbench(tmp_path / "workspace", Settings(name="Ana"))
    assert again.ask(ShowAgent()).draft.table(TABLE).rows[2].cell("days_elapsed").value == 21
    again.close()
