"""What a person decides on the Sources page, by clicks: it stands, names who and why; it can be undone."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit

from studio.desktop.pages.sources import SourcesPage
from studio.desktop.panels.describe_source import DescribeDialog
from studio.desktop.window import Window
from studio.services.commands import DescribeSource
from studio.services.queries.governance import ListCollisions, ListDoubts, ListSuspects
from studio.services.queries.marked_document import Sentence
from studio.services.queries.review import ShowProposal
from studio.services.queries.sources import ShowSource

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _page(window: Window) -> SourcesPage:
    page = window.pages["sources"]
    assert isinstance(page, SourcesPage)
    return page


def _go(window: Window, words: str, source_id: str = "S-03") -> str:
    rows = window.session.ask(ShowSource(source_id)).blocks
    key = next(s.statement.id for row in rows for s in row.sentences if words in s.statement.quote)
    window.open_page("sources", f"{source_id}/{key}")
    return key


def _sentence(window: Window, statement_id: str, source_id: str = "S-03") -> Sentence:
    rows = window.session.ask(ShowSource(source_id)).blocks
    return next(s for row in rows for s in row.sentences if s.statement.id == statement_id)


def _collision(window: Window) -> Any:
    rows = window.session.ask(ListCollisions())
    return next(row for row in rows if "£350" in row.collision.right.citation.quote)


def test_a_conflict_is_decided_by_the_stronger_document_in_one_step(governed: Window, hands: Any) -> None:
    """The proposed side needs no reason; the card cites the decision; undo and redo are one step."""
    _go(governed, "£350")
    panel = _page(governed).sentence
    assert "which limit holds?" in hands.says(panel)
    hands.press("Use £350", panel)
    assert _collision(governed).decided
    assert "£350 holds, decided by Ana Silva" in hands.says(panel)
    assert "a policy weighs more than an SOP" in hands.says(panel)
    asked = governed.session.ask(ShowProposal("P-01")).questions
    assert any(q.answer and "£350" in q.answer for q in asked), "CoBuilder's question is answered by it"
    hands.key(Qt.Key.Key_Z, CTRL)
    assert not _collision(governed).decided
    assert "which limit holds?" in hands.says(panel)
    hands.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert _collision(governed).decided
    assert "£350 holds" in hands.says(panel)


def test_a_conflict_decided_otherwise_needs_a_reason(governed: Window, hands: Any) -> None:
    """Against CoBuilder's reading it asks why; without a reason nothing is decided."""
    _go(governed, "£350")
    panel = _page(governed).sentence
    hands.then(lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_Escape))
    hands.press("Use £200", panel)
    assert not _collision(governed).decided
    hands.then(hands.write("The desk decides from £200 on until May.", "Keep"))
    hands.press("Use £200", panel)
    assert _collision(governed).decision.holds == "left"
    assert "until May" in hands.says(panel)


def test_the_other_side_of_a_conflict_is_one_click_away(governed: Window, hands: Any) -> None:
    """Show it opens the other document at the other sentence, whose card shows the same conflict."""
    _go(governed, "£350")
    page = _page(governed)
    hands.press("Show the sentence in Refund handling", page.sentence)
    assert page.list.current_id() == "S-02"
    assert "£200" in page.document.accessibleDescription()
    assert "which limit holds?" in hands.says(page.sentence)


def _doubt(window: Window) -> Any:
    return window.session.ask(ListDoubts())[0]


def _open_doubt(window: Window) -> Any:
    page = _page(window)
    page.left.show_worklist()
    page.work.list.choose(f"?{_doubt(window).id}")
    return page.sentence


def test_the_same_statement_worded_anew_keeps_its_places(governed: Window, hands: Any) -> None:
    """Yes lets the sentence keep what it became; undo asks again; no leaves it a new one."""
    panel = _open_doubt(governed)
    assert "Before: “Never ask a customer" in hands.says(panel)
    assert "Now: “Do not ever request" in hands.says(panel)
    hands.press("The same, worded anew", panel)
    assert _doubt(governed).same is True
    assert "Is this the same statement?" not in hands.says(panel)
    kept = _go(governed, "complete number of a card")
    assert _sentence(governed, kept).places
    hands.key(Qt.Key.Key_Z, CTRL)
    assert _doubt(governed).same is None
    panel = _open_doubt(governed)
    hands.press("A different one", panel)
    assert _doubt(governed).same is False
    assert not _sentence(governed, kept).places


def test_an_internal_sentence_names_where_customers_hear_it(governed: Window, hands: Any) -> None:
    """Marked internal, the sentence itself says which place tells it to customers; undo and back again."""
    key = _go(governed, "automated assistant")
    panel = _page(governed).sentence
    hands.press("Mark as internal", panel)
    assert _sentence(governed, key).internal
    said = hands.says(panel)
    assert "internal" in said and "Customers hear it" in said
    hands.press("May be quoted", panel)
    assert not _sentence(governed, key).internal
    assert "Customers hear it" not in hands.says(panel)
    hands.key(Qt.Key.Key_Z, CTRL)
    assert _sentence(governed, key).internal


def test_a_suspect_is_still_right_with_one_key(governed: Window, hands: Any) -> None:
    """Still right clears the doubt, says so, and one step back brings it again."""
    suspect = governed.session.ask(ListSuspects())[0]
    _go(governed, "60 days of delivery", suspect.source_id)
    panel = _page(governed).sentence
    assert "Look at this again" in hands.says(panel)
    hands.press("Still right", panel)
    assert governed.session.ask(ListSuspects()) == ()
    assert "Look at this again" not in hands.says(panel)
    hands.key(Qt.Key.Key_Z, CTRL)
    assert len(governed.session.ask(ListSuspects())) == 1
    hands.key(Qt.Key.Key_S)
    assert governed.session.ask(ListSuspects()) == ()


def test_a_waiver_says_who_why_and_until_when(governed: Window, hands: Any) -> None:
    """A wrong day is told; the waiver stands with its end; taken back and undone it stands again."""
    key = _go(governed, "Do not hint")

    def waive(dialog: QDialog) -> None:
        QTest.keyClicks(dialog.field, "The form does it.")  # type: ignore[attr-defined]
        day = hands.named(QLineEdit, "Until when", dialog)
        QTest.keyClicks(day, "soon")
        hands.press("Keep", dialog)
        assert dialog.isVisible() and "2027-03-31" in hands.says(dialog)
        day.clear()
        QTest.keyClicks(day, "2020-03-31")
        hands.press("Keep", dialog)
        assert dialog.isVisible() and "This day is over" in hands.says(dialog)
        day.clear()
        QTest.keyClicks(day, "2031-03-31")
        hands.press("Keep", dialog)

    panel = _page(governed).sentence
    hands.then(waive)
    hands.press("Not for this agent", panel)
    assert _sentence(governed, key).state == "waived"
    said = hands.says(panel)
    assert all(words in said for words in ("Ana Silva", "The form does it.", "31 Mar 2031")), said
    hands.press("Take it back", panel)
    assert _sentence(governed, key).state != "waived"
    hands.key(Qt.Key.Key_Z, CTRL)
    assert _sentence(governed, key).state == "waived"


def test_what_a_document_says_of_itself_is_taken_over_at_once(governed: Window, hands: Any) -> None:
    """Suggestions quote their sentence; one click takes one or all; nothing holds before Keep; one undo."""
    unsaid = {"owner": None, "effective_from": None, "supersedes": None}
    governed.session.do(DescribeSource("S-03", unsaid))
    _go(governed, "60 days of delivery")

    def describe(dialog: DescribeDialog) -> None:
        said = hands.says(dialog)
        assert "The document says: “Owner: Miriam Okafor" in said
        owner = hands.named(QLineEdit, "Owner", dialog)
        assert owner.text() == ""
        hands.press("Owner: take", dialog)
        assert owner.text() == "Miriam Okafor, Head of Customer Operations"
        hands.press("Take all", dialog)
        assert hands.named(QLineEdit, "In force from", dialog).text() == "2026-03-01"
        assert hands.named(QComboBox, "Replaces", dialog).currentText() == "Returns and refunds policy"
        assert governed.session.ask(ShowSource("S-03")).source.owner is None
        QTest.keyClicks(hands.named(QLineEdit, "Regions", dialog), "UK, IE")
        hands.press("Keep", dialog)

    hands.then(describe)
    hands.key(Qt.Key.Key_E)
    source = governed.session.ask(ShowSource("S-03")).source
    assert (source.effective_from, source.supersedes) == (date(2026, 3, 1), "S-01")
    assert source.owner == "Miriam Okafor, Head of Customer Operations"
    assert source.applies_to.regions == ("UK", "IE")
    assert _page(governed).deeds.suggestions("S-03") == [], "what was taken is not suggested again"
    hands.key(Qt.Key.Key_Z, CTRL)
    assert governed.session.ask(ShowSource("S-03")).source.owner is None
