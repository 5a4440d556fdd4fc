"""Facts of “Who is affected” in Review, by real clicks and keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.desktop.pages.review import ReviewPage
from studio.desktop.panels.consequences import OLDER, ConsequencesPanel
from studio.desktop.window import Window
from tests.desktop.conftest import Hands


def test_a_reviewer_sees_whom_a_change_affects_and_reads_their_stories(window: Window, hands: Hands) -> None:
    """The part is worked out once in sight; keys walk the groups and turn the stories."""
    window.open_page("review")
    page = window.findChildren(ReviewPage)[0]
    page.consequences.customers = 60
    page.show_item("P-01/C-15")
    hands.press("Who is affected")
    panel = page.findChildren(ConsequencesPanel)[0]
    hands.wait(lambda: "treated differently" in panel.sentence.text())
    hands.wait(lambda: not panel.running.isVisible())
    assert "customers" in panel.list.items()[0].words
    assert panel.what.text()
    assert any(line.id == "parts" for line in panel.columns.after.lines)
    hands.press("Next conversation")
    assert panel.which.text().startswith("Conversation 2 of")
    QTest.keyClick(panel.list, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert panel.which.text().startswith("Conversation 1 of")
    hands.press("The whole proposal")
    assert len(panel.list.items()) > 1
    first = panel.what.text()
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    assert panel.what.text() != first
    assert panel.older.text() == OLDER
    assert not panel.older.isVisible()
    assert page.parts.tabs["affected"].text().startswith("Who is affected · ")
    hands.press("What changes")
    panel.one.click()  # a person goes back to one change at a time
    page.list.choose("C-12")  # nobody is treated otherwise by it: the tab keeps no number of another
    assert panel.one.isChecked()
    assert page.parts.tabs["affected"].text() == "Who is affected"
