"""Every change in its own form, in the window: one journey through texts, sheets, tables and workflows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from studio.desktop.pages.review import SUMMARY, ReviewPage
from studio.desktop.widgets.paragraph import Link
from studio.desktop.window import Window
from studio.services.queries.review import ProposalPage, ShowProposal

PATIENCE = 30_000


@pytest.fixture
def review(window: Window, qapp: QApplication) -> ReviewPage:
    """The review page, open on the proposal."""
    window.open_page("review")
    qapp.processEvents()
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    return page


def _ids(window: Window, *words: str) -> str:
    page: ProposalPage = window.session.ask(ShowProposal("P-01"))
    rows = [row for group in page.groups for row in group.rows]
    return next(row.id for row in rows if all(word in row.title for word in words))


def _said(review: ReviewPage) -> str:
    return " ".join(each.text() for each in review.forms.findChildren(QLabel) if not each.isHidden())


def test_each_change_is_read_in_its_own_form(window: Window, review: ReviewPage) -> None:
    """Summary first; a rule as words, a row as its table with cases, a step drawn three ways; and as data."""
    review.list.choose(SUMMARY)
    assert review.summary.isVisible()
    assert not review.decide.isVisible()
    QTest.keyClick(window, Qt.Key.Key_N)
    assert review.forms.texts.isVisible()
    first = review.list.current_id()
    QTest.keyClick(window, Qt.Key.Key_N)
    QTest.keyClick(window, Qt.Key.Key_P)
    assert review.list.current_id() == first

    review.list.choose(_ids(window, "row “take back”"))
    assert review.forms.table.isVisible()
    assert "rders of 31 to 45 days" in _said(review)
    assert not review.forms.texts.isVisible()

    review.list.choose(_ids(window, "new way out"))
    flow = review.forms.flow
    assert flow.isVisible()
    assert len(flow.changed) > 1
    for mode in ("side", "slider", "one"):
        flow.modes[mode].click()
        assert flow.canvases.left.isVisible() == (mode != "one")
        assert flow.canvases.left.content == flow.canvases.right.content or mode == "one"
        assert not flow.canvases.right.horizontalScrollBar().maximum()  # what is drawn fits
    flow.whole.click()
    told = flow.told.text()
    QTest.keyClick(window, Qt.Key.Key_F7)
    assert flow.told.text() != told

    review.list.choose(_ids(window, "Day 31"))
    assert review.forms.sheet.isVisible()
    assert [row.label for row in review.forms.sheet.shown][:2] == ["Name", "The conversation ends"]
    review.data.click()
    assert review.forms.data_text.text().startswith("{")
    assert not review.forms.sheet.isVisible()
    review.side.click()
    assert review.forms.sheet.isVisible()


def test_both_versions_of_a_workflow_move_and_zoom_together(window: Window, review: ReviewPage) -> None:
    """Side by side, zooming or scrolling one version shows the same place of the other at the same size."""
    review.list.choose(_ids(window, "new way out"))
    flow = review.forms.flow
    flow.whole.click()
    flow.modes["side"].click()
    left, right = flow.canvases.left, flow.canvases.right
    size = left.transform().m11()
    for _ in range(2):
        QTest.keyClick(left, Qt.Key.Key_Plus)
    assert left.transform().m11() == right.transform().m11() > size
    for one, other in ((left, right), (right, left)):
        bar = one.verticalScrollBar()
        bar.setValue(bar.minimum() if bar.value() > bar.minimum() else bar.maximum())
        assert other.verticalScrollBar().value() == bar.value()


def test_a_change_is_called_by_its_whole_title_and_place(window: Window, review: ReviewPage) -> None:
    """Above its forms stands the whole title, its number in the head; links say what they open."""
    wanted = _ids(window, "Return window")
    review.list.choose(wanted)
    assert "30 days of purchase → 45 days of delivery" in review.change_title.text()
    assert review.change_title.isVisible() and not review.what.isVisible()
    assert review.change_pane.title.text().startswith(f"{wanted} · change 1 of ")

    review.list.choose(SUMMARY)
    assert not review.change_title.isVisible()
    links = [each for each in review.summary.findChildren(Link) if not each.isHidden()]
    assert {each.text() for each in links} >= {"Show this change", "Show the first of 3 changes"}
    assert all(": " in each.accessibleName() for each in links)
    links[0].click()
    assert review.list.current_id() == wanted


def test_the_summary_says_which_of_its_sentences_were_rejected(window: Window, review: ReviewPage) -> None:
    """What was rejected is not told as if it came: its sentence says so, also where only part of it was."""
    review.list.choose(_ids(window, "new column"))
    review.list.setFocus()
    QTest.keyClick(review.list, Qt.Key.Key_R)
    review.list.choose(SUMMARY)
    links = [each for each in review.summary.findChildren(Link) if not each.isHidden()]
    told = {each.accessibleName(): each.text() for each in links}
    (step,) = [way for name, way in told.items() if "has a new way out" in name]
    assert step == "Show this change · rejected"
    (table,) = [way for name, way in told.items() if "Can the item be returned" in name and "table" in name]
    assert table == "Show the next of 3 changes · 2 decided, 2 of them rejected"


def test_a_conflict_about_its_own_sentence_is_told_beside_a_change(
    window: Window, review: ReviewPage
) -> None:
    """Where another document says otherwise, the question which holds is near; nothing is told twice."""
    review.list.choose(_ids(window, "Return window"))
    said = [each.text() for each in review.why.findChildren(QLabel) if not each.isHidden()]
    links = [each.text() for each in review.why.findChildren(Link) if not each.isHidden()]
    assert any("45 days of delivery" in each and "Which one holds" in each for each in links)
    assert "Depends on this" in said and not set(links) & set(said)


def test_what_a_change_proves_comes_later_and_is_said(window: Window, review: ReviewPage) -> None:
    """The page says that it is proving, never waits for it, and then says which checks turn."""
    heard: list[str] = []
    review.watch.found.connect(lambda _proposal, change, _found: heard.append(change))
    change = _ids(window, "row “take back”")
    review.list.choose(change)
    cards = " ".join(each.text() for each in review.why.findChildren(QLabel))
    assert "Proving" in cards or change in heard
    deadline = PATIENCE
    while change not in heard and deadline > 0:
        QTest.qWait(20)
        deadline -= 20
    assert change in heard
    cards = " ".join(each.text() for each in review.why.findChildren(QLabel) if not each.isHidden())
    assert "Proof, if you accept" in cards
