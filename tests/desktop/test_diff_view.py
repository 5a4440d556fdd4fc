"""The diff view: what is unchanged is folded, moves are followed, layout is quiet, all by mouse and key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.desktop.panels.diff import rows_of
from studio.desktop.panels.worded import marked_words
from studio.desktop.widgets.diff_folds import FOLD, LEFT, RIGHT, arrange
from studio.desktop.widgets.diff_view import DiffView

KEPT = [f"Paragraph {n} tells what the team does on day {n} of the month." for n in range(1, 15)]
MOVED = "A customer who asks twice for the same thing is connected with a person at once."


def shown(qtbot: QtBot, before: list[str], after: list[str]) -> DiffView:
    """Return a view of two texts, one paragraph a line."""
    view = DiffView("Texts")
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show_rows(rows_of("\n".join(before), "\n".join(after)))
    view.show()
    return view


@pytest.mark.usefixtures("dressed")
def test_unchanged_paragraphs_are_folded_and_opened_by_mouse_and_key(qtbot: QtBot) -> None:
    """Fourteen unchanged paragraphs behind a change are one row that tells so; a click or Return opens it."""
    view = shown(qtbot, ["Within 30 days.", *KEPT], ["Within 45 days.", *KEPT])
    assert view.count() == 3  # the change, one paragraph beside it, the fold
    assert view.words(2) == "Show 13 unchanged paragraphs. Press Return to show them."
    view.grab()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.box_of(2).center())
    assert view.count() == 15
    assert view.accessibleDescription() == f"Unchanged: {KEPT[1]}"
    view = shown(qtbot, ["Within 30 days.", *KEPT], ["Within 45 days.", *KEPT])
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.accessibleDescription().startswith("Show 13")
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.count() == 15


@pytest.mark.usefixtures("dressed")
def test_keys_go_from_change_to_change(qtbot: QtBot) -> None:
    """Alt+Down and Alt+Up pass over what is unchanged."""
    view = shown(qtbot, ["Within 30 days.", *KEPT, "In $10."], ["Within 45 days.", *KEPT, "In $20."])
    for key, found in ((Qt.Key.Key_Down, "45 days"), (Qt.Key.Key_Down, "$20"), (Qt.Key.Key_Up, "45 days")):
        QTest.keyClick(view, key, Qt.KeyboardModifier.AltModifier)
        assert found in view.accessibleDescription()


@pytest.mark.usefixtures("dressed")
def test_a_move_is_shown_at_both_places_and_followed(qtbot: QtBot) -> None:
    """A moved paragraph says so where it left and where it arrived; Return goes from one to the other."""
    view = shown(qtbot, [MOVED, *KEPT[:4]], [*KEPT[:4], MOVED])
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.accessibleDescription() == f"Moved (Moved away). before: {MOVED}"
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.accessibleDescription() == f"Moved (Moved here).  now: {MOVED}".replace("  ", " ")


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("* Shoes that were worn are not taken back.", "- Shoes that were worn are not taken back."),
        ("Ask **twice** for the name.", "Ask twice for the name."),
        ("| Gold | 30 days |", "|Gold|30 days|"),
        ("Ask  for the name.", "Ask for the name."),
    ],
)
def test_a_text_that_is_only_laid_out_anew_is_quiet_and_says_so(
    qtbot: QtBot, before: str, after: str
) -> None:
    """New bullets, emphasis, padding and spaces are no wall of red and green, and are not hidden either."""
    (row,) = rows_of(before, after)
    assert row.kind == "layout"
    view = shown(qtbot, [before], [after])
    view.grab()
    assert view.words(0).startswith("Only laid out anew. ")


@given(st.lists(st.booleans(), max_size=40), st.booleans(), st.sets(st.integers(0, 40)))
def test_every_row_stands_once_in_what_is_shown(same: list[bool], inline: bool, opened: set[int]) -> None:
    """Folding hides nothing for good: rows and folds cover all rows in order, and no change is in a fold."""
    sided = [(not each, True) for each in same] if inline else []
    covered: list[int] = []
    for row, sides, hidden in arrange(same, sided, opened):
        if sides == FOLD:
            assert all(same[row : row + hidden])
            covered += range(row, row + hidden)
        elif not (sides == RIGHT and inline and not same[row]):
            covered.append(row)
        assert sides != LEFT or inline
    assert covered == list(range(len(same)))


@pytest.mark.usefixtures("dressed")
def test_in_one_column_a_changed_paragraph_is_one_text_with_tracked_changes(qtbot: QtBot) -> None:
    """Words that went and came stand in their place in one text; side by side they stay apart."""
    view = shown(
        qtbot,
        ["Send it back within 30 days of purchase.", KEPT[0]],
        ["Send it back within 45 days of delivery.", KEPT[0]],
    )
    assert view.count() == 2
    view.set_inline(True)
    assert view.count() == 2
    text = "Send it back within 30 45 days of purchase delivery."
    assert view._text(0, RIGHT) == text
    marks = [(text[each.start : each.end], each.struck, each.under) for each in view._stretches(0, RIGHT)]
    assert marks == [
        ("30", True, False),
        ("45", False, True),
        ("purchase", True, False),
        ("delivery", False, True),
    ]
    view.grab()
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert "before: Send it back within 30" in view.accessibleDescription()


def test_blank_lines_alone_are_a_quiet_note() -> None:
    """Texts that differ in blank lines and spaces only say so below what is the same."""
    *same, note = rows_of("One.\n\nTwo.", "One.\nTwo.")
    assert {row.kind for row in same} == {"same"}
    assert note.kind == "layout"
    assert note.notes is not None
    assert note.notes() == ["Only blank lines or spaces differ"]
    assert all(row.kind == "same" for row in rows_of("One.\nTwo.", "One.\nTwo."))


def test_a_text_that_is_new_as_a_whole_is_no_wall_of_marks() -> None:
    """Where nothing was there before, rows have a sign and a ground, and no word is marked."""
    for row in (*rows_of("", "A new rule.\nIt says this."), *rows_of("An old rule.\nIt said that.", "")):
        assert row.kind in ("added", "removed")
        assert row.spans is not None and row.spans() == ((), ())
    (row,) = [row for row in rows_of("Stays.", "Stays.\nIs new.") if row.kind == "added"]
    assert row.spans is None


def test_short_values_mark_the_words_that_differ() -> None:
    """A limit marks its figure, a denial its "never", the name of another step is marked whole."""

    def marked(before: str, after: str) -> tuple[list[str], list[str]]:
        left, right = marked_words(before, after)
        return [before[a:b] for a, b in left], [after[a:b] for a, b in right]

    assert marked("amount is above 200", "amount is above 350") == (["200"], ["350"])
    assert marked("is never used", "is used") == (["never"], [])
    assert marked("refused", "resolved") == (["refused"], ["resolved"])
    whole = marked("→ “Issue the refund”", "→ “Tell how long the refund takes”")
    assert whole == (["“Issue the refund”"], ["“Tell how long the refund takes”"])
    asked = marked("→ “A b” (when x is 1)", "→ “A b” (when x is 2)")
    assert asked == (["1"], ["2"])
