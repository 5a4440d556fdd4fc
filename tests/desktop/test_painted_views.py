"""Diff, document and transcript: quick on long texts, reached by the keyboard, told aloud, copied."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.desktop.panels.diff import rows_of
from studio.desktop.panels.document import locate
from studio.desktop.widgets.diff_view import DiffRow, DiffView
from studio.desktop.widgets.document_marks import DocMark
from studio.desktop.widgets.document_view import DocCell, DocPart, DocumentView
from studio.desktop.widgets.transcript_view import Line, TranscriptView

pytestmark = pytest.mark.usefixtures("dressed")


def _diff(qtbot: QtBot, rows: list[DiffRow]) -> DiffView:
    view = DiffView("Texts")
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.show_rows(rows)
    view.show()
    return view


def test_a_long_diff_asks_for_words_only_where_it_is_seen(qtbot: QtBot, qapp: QApplication) -> None:
    """Of 20,000 changed rows, the word diff of only those in sight is worked out."""
    asked: list[int] = []

    def spans(number: int) -> Any:
        def answer() -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
            asked.append(number)
            return [(0, 3)], [(0, 3)]

        return answer

    view = _diff(qtbot, [DiffRow("changed", f"old {n}", f"new {n}", spans(n)) for n in range(20_000)])
    view.grab()
    assert 0 < len(set(asked)) < 60
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    view.grab()
    assert 19_999 in asked
    assert len(set(asked)) < 140


def test_the_keyboard_goes_through_a_diff_and_tells_it(qtbot: QtBot, qapp: QApplication) -> None:
    """Arrows move a current row; its words are the view's description and can be copied."""
    view = _diff(qtbot, rows_of("Within 30 days.\nKept.", "Within 45 days.\nKept.\nAdded."))
    QTest.keyClick(view, Qt.Key.Key_Down)
    told = "Changed (30 → 45 days). before: Within 30 days. now: Within 45 days."
    assert view.accessibleDescription() == told
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "Within 45 days." in QGuiApplication.clipboard().text()
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.accessibleDescription().startswith("Added.")


def test_inline_shows_rows_that_changed_whole_twice(qtbot: QtBot) -> None:
    """One column holds a row before, then the row after, where no words are told; others stand once."""
    rows = [DiffRow("changed", "Within 30 days.", "Within 45 days."), DiffRow("same", "Kept.", "Kept.")]
    view = _diff(qtbot, rows)
    assert view.count() == 2
    view.set_inline(True)
    assert view.count() == 3
    view.set_inline(False)
    assert view.count() == 2


def test_only_the_words_that_differ_are_marked() -> None:
    """The changed letters of a row are exactly the changed words."""
    (row,) = rows_of(
        "The return must be requested within 30 days.", "The return must be requested within 45 days."
    )
    assert row.kind == "changed"
    assert row.spans is not None
    (before,), (after,) = row.spans()
    assert row.left is not None
    assert row.right is not None
    assert row.left[slice(*before)] == "30"
    assert row.right[slice(*after)] == "45"


def test_a_quote_is_found_whatever_markup_lies_between_its_words() -> None:
    """A verbatim quote with markup and soft wraps is found in the readable text."""
    text = "First. Items marked final sale are not eligible. Last."
    start, end = locate("Items marked **final\n  sale** are not eligible.", text)
    assert text[start:end] == "Items marked final sale are not eligible."
    assert locate("not there at all", text) == (0, len(text))


def _document(qtbot: QtBot) -> DocumentView:
    view = DocumentView("Policy")
    qtbot.addWidget(view)
    view.resize(640, 400)
    text = "Returns within 45 days. Final sale is excluded."
    marks = (DocMark("a", 0, 23, "ok", "in the agent"), DocMark("b", 24, 47, "bad", "conflict"))
    view.show_parts(
        [DocPart("heading", (DocCell("3 Returns"),), 1), DocPart("paragraph", (DocCell(text, marks),))]
    )
    view.show()
    return view


def test_the_keyboard_goes_from_sentence_to_sentence(qtbot: QtBot) -> None:
    """Arrows choose marked sentences, tell their state and words, and stop at the ends."""
    view = _document(qtbot)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert (view.chosen, view.accessibleDescription()) == ("a", "in the agent: Returns within 45 days.")
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert (view.chosen, view.accessibleDescription()) == ("b", "conflict: Final sale is excluded.")
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.chosen == "a"


def test_a_click_chooses_the_sentence_under_the_pointer(qtbot: QtBot) -> None:
    """A click on the words of a sentence chooses it; `mark_chosen` tells which."""
    view = _document(qtbot)
    view.grab()
    box = view.box_of(1)
    with qtbot.waitSignal(view.mark_chosen) as chosen:
        spot = box.bottomLeft()  # each marked sentence has a line of its own; this is the second
        spot.setX(120)
        spot.setY(box.bottom() - 18)
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert chosen.args == ["b"]


def test_a_transcript_tells_who_said_what(qtbot: QtBot) -> None:
    """Each line is told with its speaker; a line that leads somewhere goes there on Return."""
    view = TranscriptView("Conversation")
    qtbot.addWidget(view)
    view.resize(420, 300)
    view.show_lines([Line("agent", "Hello."), Line("customer", "Hi!", way="show", id="x")])
    view.show()
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.accessibleDescription() == "Customer: Hi!"
    with qtbot.waitSignal(view.activated) as gone:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert gone.args == [1]
