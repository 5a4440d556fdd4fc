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


def test_only_what_was_found_out_counts_as_looked_at(window: Window, hands: Hands) -> None:
    """An approval says that somebody saw who is affected once they saw it, not where they only asked."""
    window.open_page("review")
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    page.consequences.customers = 61
    page.show_item("P-01/C-15")
    approvals, affected = page.package.panel, page.consequences.panel
    hands.press("Who is affected")
    hands.wait(affected.stop.isVisible)
    hands.press("Approvals")
    assert "Who would be treated differently: not looked at." in approvals.unseen.text()
    hands.press("Who is affected")
    hands.wait(lambda: not affected.running.isVisible() and "treated differently" in affected.sentence.text())
    hands.press("Approvals")
    assert "Who would be treated differently." in approvals.looked.text()
    assert "treated differently" not in approvals.unseen.text()
