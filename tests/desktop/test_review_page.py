"""Review by mouse and keys: decisions reach the draft, undo takes them back, questions are answered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from studio.desktop import dialogs
from studio.desktop.pages.review import QUESTION, SUMMARY, ReviewPage
from studio.desktop.pages.sources import SourcesPage
from studio.desktop.panels.approvals import unsent_words
from studio.desktop.widgets.paragraph import Link
from studio.desktop.widgets.text import two_lines
from studio.desktop.window import Window
from studio.domain.left_alone import left_groups
from studio.services.queries.review import ListProposals, ProposalPage, ShowProposal


@pytest.fixture
def review(window: Window, qapp: QApplication) -> ReviewPage:
    """The review page, open on the proposal."""
    window.open_page("review")
    qapp.processEvents()
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    return page


def _proposal(window: Window) -> ProposalPage:
    return window.session.ask(ShowProposal("P-01"))


def _verdicts(window: Window) -> dict[str, str | None]:
    return {row.id: row.verdict for group in _proposal(window).groups for row in group.rows}


def test_a_accepts_and_goes_on(window: Window, review: ReviewPage) -> None:
    """The key A accepts the change in sight with all it stands on, says so, and goes to the next one."""
    first = review.list.current_id()
    QTest.keyClick(window, Qt.Key.Key_A)
    assert _verdicts(window)[first] == "accepted"
    assert review.list.current_id() != first
    assert first in window.notice.text.text()
    assert window.top.draft.text() != "Draft · 0 changes"


def test_a_rejection_takes_along_what_depends_on_it_and_says_so(window: Window, review: ReviewPage) -> None:
    """The key R rejects a change and its dependents; the list marks each and the chip names the reason."""
    rows = {row.id: row for group in _proposal(window).groups for row in group.rows}
    rule = next(i for i, row in rows.items() if "New rule" in row.title and "Final sale" in row.title)
    review.list.choose(rule)
    QTest.keyClick(window, Qt.Key.Key_R)
    gone = [i for i, verdict in _verdicts(window).items() if verdict == "rejected"]
    assert rule in gone
    assert len(gone) > 1
    other = next(i for i in gone if i != rule)
    review.list.choose(other)
    assert review.verdict.text() == f"rejected with {rule}"


def test_a_decision_is_taken_back(window: Window, review: ReviewPage) -> None:
    """Ctrl+Z takes the last decision back; Ctrl+Shift+Z makes it again."""
    QTest.keyClick(review.decide.accept, Qt.Key.Key_Space)
    assert "accepted" in _verdicts(window).values()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert set(_verdicts(window).values()) == {None}
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window, Qt.Key.Key_Z, both)
    assert "accepted" in _verdicts(window).values()


def test_a_remark_stands_beside_the_change(
    window: Window, review: ReviewPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key C asks for a remark and keeps it with the change."""
    monkeypatch.setattr(dialogs, "ask_text", lambda *_: "Agreed with the returns team.")
    change = review.list.current_id()
    QTest.keyClick(window, Qt.Key.Key_C)
    review.list.choose(change)
    words = [label.text() for label in review.why.findChildren(type(review.what))]
    assert "Agreed with the returns team." in words


def test_a_question_is_set_aside_with_a_reason(
    window: Window, review: ReviewPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question stands in the list, is answered or set aside, and then no longer waits."""
    monkeypatch.setattr(dialogs, "ask_text", lambda *_: "Left to people.")
    question = _proposal(window).questions[0]
    review.list.choose(QUESTION + question.id)
    review._answer(question.id, True)
    answered = next(q for q in _proposal(window).questions if q.id == question.id)
    assert (answered.answer, answered.waived) == ("Left to people.", True)


def test_all_that_is_left_is_accepted_at_once(window: Window, review: ReviewPage) -> None:
    """One button accepts every change that nobody decided; then only questions wait."""
    QTest.mouseClick(review.rest, Qt.MouseButton.LeftButton)
    assert set(_verdicts(window).values()) == {"accepted"}
    assert not review.rest.isVisible()
    QTest.keyClick(window, Qt.Key.Key_J)
    assert review.list.current_id().startswith(QUESTION)


def test_typing_into_a_field_decides_nothing(window: Window, review: ReviewPage) -> None:
    """Letters that are typed into a field stay letters, though they are keys of the page."""
    window.toggle_dock()
    window.dock.field.setFocus()
    QTest.keyClicks(window.dock.field, "a jar")
    assert window.dock.field.text() == "a jar"
    assert set(_verdicts(window).values()) == {None}


def test_the_sentence_that_demands_a_change_is_one_click_away(window: Window, review: ReviewPage) -> None:
    """The why-panel quotes the sentence; its link opens the document with that very sentence chosen."""
    links = [w for w in review.why.findChildren(Link) if w.text() == "Show it in the document"]
    links[0].click()
    assert window.room == "sources"
    page = window.pages["sources"]
    assert isinstance(page, SourcesPage)
    assert page.document.chosen


def test_what_was_looked_at_and_left_alone_unfolds(window: Window, review: ReviewPage) -> None:
    """A line tells how many places need no change; unfolded, they stand by kind, and all on request."""
    lines = _proposal(window).unaffected
    assert lines
    assert str(len(lines)) in review.left_alone.fold.text()
    assert review.left_alone.area.isHidden()
    review.left_alone.fold.click()
    assert not review.left_alone.area.isHidden()
    assert all(group.heading in review.left_alone.lines.text() for group in left_groups(lines))
    assert not review.left_alone.rest.isHidden()
    review.left_alone.rest.click()
    assert all(line in review.left_alone.lines.text() for group in left_groups(lines) for line in group.lines)
    review.left_alone.fold.click()
    assert review.left_alone.area.isHidden()


def test_a_table_of_one_change_marks_what_belongs_to_another(window: Window, review: ReviewPage) -> None:
    """The new column is shown with the row that needs it, and both the row and a sentence name its change."""
    rows = {row.title: row.id for group in _proposal(window).groups for row in group.rows}
    column = next(i for title, i in rows.items() if "new column “Final sale”" in title)
    row = next(i for title, i in rows.items() if "new row “final sale”" in title)
    review.list.choose(column)
    said = [each.text() for each in review.forms.table.findChildren(QLabel)]
    assert "No case comes out otherwise by this change alone." in said
    assert f"2\nwith {row}" in said
    assert f"Only with other changes, which this one cannot stand without: row 2 ({row})." in said
    review.list.choose(row)
    said = [each.text() for each in review.forms.table.findChildren(QLabel)]
    assert f"Final sale (with {column})" in said


def test_the_summary_says_how_many_changes_stand_in_how_many_sentences(
    window: Window, review: ReviewPage
) -> None:
    """The head counts every change of the proposal, and the sentences that tell them."""
    review.list.choose(SUMMARY)
    said = [each.text() for each in review.summary.findChildren(QLabel)]
    (head,) = [each for each in said if "each change in exactly one" in each]
    ways = [each for each in review.summary.findChildren(Link) if each.text().startswith("Show ")]
    assert head.startswith(f"{_proposal(window).total} changes in {len(ways)} sentences,")


@pytest.mark.parametrize(("count", "said"), [(1, "One of your decisions"), (22, "22 of your decisions")])
def test_what_is_not_sent_back_is_called_what_it_is(count: int, said: str) -> None:
    """What waits in a package is told as decisions and comments, with their number."""
    words = unsent_words(count, " to Ana")
    assert words.startswith(f"{said} and comments ") and words.endswith("not sent back to Ana yet.")


def test_undo_that_takes_a_whole_proposal_away_says_so_with_redo(window: Window, review: ReviewPage) -> None:
    """One step back past the decisions takes the proposal: the sentence says so, and Redo brings it back."""
    total = _proposal(window).total
    while window.session.ask(ListProposals()):
        window.session.undo()
    assert f"the whole proposal P-01 with its {total} changes" in window.notice.text.text()
    assert "until Redo brings it back" in window.notice.text.text()
    assert window.notice.way.text() == "Redo" and not window.notice.way.isHidden()
    window.notice.way.click()
    assert _proposal(window).total == total


def test_a_title_that_is_too_long_keeps_its_new_value(qapp: QApplication) -> None:
    """Where a title tells from what to what and does not fit, its end stays: the new value is there."""
    lines = two_lines("Rule R-03 Return window (30 days of purchase → 45 days of delivery)", 190)
    assert len(lines) == 2
    assert lines[1].startswith("…") and lines[1].endswith("→ 45 days of delivery)")
    plain = two_lines("Step “Tell how long the refund takes” stands before “Issue the refund” now", 190)
    assert plain[1].endswith("…")
