"""The inspector in the window: an edit is in the draft at once, undone by the window's undo, kept on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from studio.assembly import open_workbench
from studio.desktop.pages.workflows import WorkflowsPage
from studio.desktop.window import Window
from studio.services.queries.agents import ShowAgent
from studio.settings import Settings

if TYPE_CHECKING:
    from tests.desktop.conftest import Hands

PATIENCE = 30_000
NAME = "Name of the step"


def title(window: Window) -> str:
    """Return the name of the step in the draft."""
    return window.session.ask(ShowAgent()).draft.workflow("return-item").step("eligible").title


def test_an_edit_in_the_inspector_is_saved_undone_and_there_after_reopening(
    window: Window, hands: Hands
) -> None:
    """Typed, Enter, Ctrl+Z, redo; another window on the same folder finds it."""
    window.open_page("workflows", "return-item/eligible")
    page = window.findChildren(WorkflowsPage)[0]
    line = hands.named(QLineEdit, NAME, page.side)
    assert line.text() == title(window) == "Can it be returned?"
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "May it come back?")
    QTest.keyClick(line, Qt.Key.Key_Return)
    hands.qtbot.waitUntil(lambda: title(window) == "May it come back?", timeout=PATIENCE)
    hands.qtbot.waitUntil(lambda: "May it come back?" in page.side.title.text(), timeout=PATIENCE)
    assert hands.named(QLineEdit, NAME, page.side) is line
    window.session.undo()
    hands.qtbot.waitUntil(lambda: line.text() == "Can it be returned?", timeout=PATIENCE)
    window.session.redo()
    hands.qtbot.waitUntil(lambda: line.text() == "May it come back?", timeout=PATIENCE)
    assert window.session.workbench is not None
    folder = window.session.workbench.outside.workspace.folder
    window.session.use(open_workbench(folder, Settings(name="Ana Silva")))
    assert title(window) == "May it come back?"


def test_a_cited_step_that_was_changed_says_so_beside_its_sentence(window: Window, hands: Hands) -> None:
    """What a hand changed stands in amber above the sentence it departs from."""
    window.open_page("workflows", "return-item/ask-why")
    page = window.findChildren(WorkflowsPage)[0]
    line = hands.named(QLineEdit, "Asks for each up to times before it gives up", page.side)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "5")
    QTest.keyClick(line, Qt.Key.Key_Return)
    words = "Changed by hand since it was made from the text below: how often it tries."
    hands.qtbot.waitUntil(lambda: words in hands.says(page.side), timeout=PATIENCE)


def test_what_is_being_typed_is_kept_when_the_window_is_closed(window: Window, hands: Hands) -> None:
    """No Enter, no Tab: closing loses no word."""
    window.open_page("workflows", "return-item/eligible")
    line = hands.named(QLineEdit, NAME, window.findChildren(WorkflowsPage)[0].side)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "Half a thought")
    assert window.session.workbench is not None
    folder = window.session.workbench.outside.workspace.folder
    window.close()
    bench = open_workbench(folder, Settings(name="Ana Silva"))
    try:
        assert bench.ask(ShowAgent()).draft.workflow("return-item").step("eligible").title == "Half a thought"
    finally:
        bench.close()
