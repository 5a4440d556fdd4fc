"""Deciding by real clicks and keys: a conflict in three columns, a value by its form, groups, questions."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPlainTextEdit, QRadioButton

from studio.desktop.pages.review import ReviewPage
from studio.desktop.panels.value_form import ValueDialog
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.paragraph import Paragraph
from studio.desktop.window import Window
from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.frozen import Json, to_json
from studio.services.authoring.fields import set_field
from studio.services.commands import EditAgent, SetReviewPolicy
from studio.services.queries.agents import ShowAgent
from studio.services.queries.review import ShowProposal
from studio.services.queries.talk import ShowThreads
from tests.desktop.conftest import Hands

RULE = "charter/rules/R-03/text"
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def review(window: Window, qapp: QApplication) -> ReviewPage:
    """The review page, open on the proposal."""
    window.open_page("review")
    qapp.processEvents()
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    return page


def _draft(window: Window) -> Agent:
    return window.session.ask(ShowAgent()).draft


def _by_hand(window: Window, text: str) -> None:
    window.session.do(EditAgent(set_field(_draft(window), RULE, text)))


def _verdicts(window: Window) -> dict[str, str | None]:
    page = window.session.ask(ShowProposal("P-01"))
    return {row.id: row.verdict for group in page.groups for row in group.rows}


def _bold(said: QLabel) -> list[str]:
    """The words that are marked without colour."""
    marks = said.stretches() if isinstance(said, Paragraph) else ()
    return [said.text()[mark.start : mark.end] for mark in marks if mark.bold and mark.under]


def test_a_conflict_in_three_columns(window: Window, review: ReviewPage, hands: Hands) -> None:
    """Somebody changed the same words by hand: live, theirs and mine stand side by side, a key chooses."""
    _by_hand(window, "Customers may return an item within 14 days of delivery.")
    review.list.choose("C-01")
    columns = review.deciding.columns
    hands.wait(columns.isVisible)
    shown = hands.says(columns)
    assert all(words in shown for words in ("Live version", "30 days", "45 days", "14 days"))
    bold = [said for said in columns.findChildren(QLabel) if "45 days" in said.text() and _bold(said)]
    assert any("45" in words for words in _bold(bold[0]))
    assert not columns.keep.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_A)
    assert _verdicts(window)["C-01"] is None and "does not fit any more" in window.notice.text.text()
    theirs = hands.named(QRadioButton, "Theirs", columns)
    QTest.mouseClick(theirs, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert columns.chosen()[0][1] == "theirs"
    QTest.keyClick(theirs, Qt.Key.Key_M)
    assert columns.chosen()[0][1] == "mine"
    QTest.keyClick(theirs, Qt.Key.Key_T)
    QTest.keyClick(theirs, Qt.Key.Key_Return)
    hands.wait(lambda: not columns.isVisible())
    review.list.setFocus()
    review.list.choose("C-01")
    QTest.keyClick(window, Qt.Key.Key_A)
    assert "45 days" in _draft(window).charter.rule("R-03").text
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "14 days" in _draft(window).charter.rule("R-03").text
    review.list.choose("C-01")
    hands.wait(columns.isVisible)


def test_a_value_is_edited_in_its_own_form(window: Window, review: ReviewPage, hands: Hands) -> None:
    """The key E opens the value as fields; what cannot be read is told there; what was proposed is named."""
    rows = {row.id: row.title for g in window.session.ask(ShowProposal("P-01")).groups for row in g.rows}
    change = next(name for name, title in rows.items() if "row “take back”" in title)
    review.list.choose(change)

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, ValueDialog)
        cell = next(e for e in dialog.editors.values() if isinstance(e, QLineEdit) and e.text() == "≤ 45")
        cell.setFocus()
        cell.selectAll()
        QTest.keyClicks(cell, "sixty")
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert "not a number" in dialog.wrong.text()
        cell.selectAll()
        QTest.keyClicks(cell, "up to 60")
        hands.press("Keep", dialog)

    hands.then(fill)
    QTest.keyClick(window, Qt.Key.Key_E)
    assert "edited by" in review.change_title.text()
    review.parts.show_part("comments")
    said = hands.says(review.deciding.talk)
    assert "edited the proposed value" in said and "≤ 45" in said


def test_groups_and_questions_by_keys(window: Window, review: ReviewPage, hands: Hands) -> None:
    """Shift and R rejects the whole group in one step; Q asks somebody, which waits until a reply."""
    review.list.choose("C-17")
    assert "T-01" in review.change_title.text()
    QTest.keyClick(window, Qt.Key.Key_R, SHIFT)
    gone = [name for name, verdict in _verdicts(window).items() if verdict == "rejected"]
    assert "C-17" in gone and len(gone) > 5
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert set(_verdicts(window).values()) == {None}
    review.list.choose("C-01")
    assert "also" in review.decide.along.text()

    def ask(dialog: QDialog) -> None:
        field = dialog.findChild(QPlainTextEdit)
        assert field is not None
        QTest.keyClicks(field, "Is it right?")
        hands.press("Ask", dialog)

    hands.then(ask)
    QTest.keyClick(window, Qt.Key.Key_Q)
    (thread,) = window.session.ask(ShowThreads("P-01", "C-01"))
    assert thread.waits and thread.first.asks is not None and thread.first.asks.kind == "owner"
    review.parts.show_part("comments")
    assert "waits for a reply" in hands.says(review.deciding.talk)
    hands.then(hands.write("Yes.", "Reply"))
    hands.press("Reply", review.deciding.talk)
    (thread,) = window.session.ask(ShowThreads("P-01", "C-01"))
    assert not thread.waits


def test_the_numbers_on_one_screen_agree(window: Window, review: ReviewPage, hands: Hands) -> None:
    """The head counts changes as the proposal does; undo and redo by either key move both alike."""
    ctrl, total = Qt.KeyboardModifier.ControlModifier, len(_verdicts(window))
    hands.press("Accept all that are left")
    for key, held in ((Qt.Key.Key_Y, ctrl), (Qt.Key.Key_Z, ctrl | SHIFT)):
        hands.wait(lambda: window.top.draft.text() == f"Draft · {total} changes")
        assert review.decided.text().startswith(f"{total} of {total} decided, {total} accepted")
        hands.key(Qt.Key.Key_Z, ctrl)
        hands.wait(lambda: window.top.draft.text() == "Draft · 0 changes")
        hands.key(key, held)
    hands.wait(lambda: window.top.draft.text() == f"Draft · {total} changes")


@pytest.mark.parametrize("width", [1440, 1100])
def test_the_deeds_stand_in_one_line(window: Window, review: ReviewPage, hands: Hands, width: int) -> None:
    """All deeds under a change stand in one line, in a large window and in a small one."""
    window.resize(width, 700)
    review.list.choose("C-01")
    hands.wait(lambda: len({button.y() for button in review.decide._row}) == 1)


def _step(tree: Json, name: str) -> Json:
    return next(s for flow in tree["workflows"] for s in flow["steps"] if s["id"] == name)


def _limit(tree: Json) -> None:
    tree["tools"] = [
        {**tool, "limits": [{**each, "maximum": 250.0} for each in tool["limits"]]} for tool in tree["tools"]
    ]


def _cell(tree: Json) -> None:
    rows = [row for table in tree["tables"] for row in table["rows"] if row["id"] == "in-time"]
    rows[0]["cells"][0]["value"] = 20


def _leads(tree: Json) -> None:
    _step(tree, "book-return")["next"] = "hand-over"


def _expects(tree: Json) -> None:
    test = next(each for each in tree["scenarios"] if each["id"] == "T-03")
    test["expectations"] = test["expectations"][:1]


def _condition(tree: Json) -> None:
    rule = next(each for each in tree["charter"]["rules"] if each["id"] == "R-03")
    rule["guard"]["forbidden_when"]["of"][0]["value"] = 20


def _no_test(tree: Json) -> None:
    tree["scenarios"] = [each for each in tree["scenarios"] if each["id"] != "T-03"]


@pytest.mark.parametrize(
    ("change", "by_hand", "words"),
    [
        ("C-01", _condition, ("above 30", "above 45", "above 20")),
        ("C-16", _limit, ("amount at most 200", "amount at most 350", "amount at most 250")),
        (
            "C-14",
            _cell,
            ("“Days elapsed” ≤ 30", "“Days elapsed” ≤ 45", "“Days elapsed” ≤ 20", "· Days elapsed"),
        ),
        ("C-07", _leads, ("→ “Issue the refund”", "→ “Tell how long", "→ “Hand to a person”")),
        ("C-19", _expects, ("It ends “refused”", "It ends “resolved”", "Rule R-06 “Tell how long")),
        ("C-19", _no_test, ("Day 31 is too late", "Day 31: now", "(taken out)", "Show 11 lines that stay")),
    ],
)
def test_three_columns_speak_as_people_do(
    window: Window,
    review: ReviewPage,
    hands: Hands,
    change: str,
    by_hand: Callable[[Json], None],
    words: tuple[str, ...],
) -> None:
    """A condition, number, cell, step, expectation and a removed test: names, no ids; either side by keys."""
    before = _draft(window)
    tree = json.loads(json.dumps(to_json(before)))
    by_hand(tree)
    edit = diff_agents(before, Agent.model_validate_json(json.dumps(tree)), "By hand")
    window.session.do(EditAgent(edit))
    mine = _draft(window)
    review.list.choose(change)
    columns = review.deciding.columns
    hands.wait(columns.isVisible)
    shown = hands.says(columns) + "".join(each.text() for each in columns.findChildren(Button))
    assert all(each in shown for each in words), shown
    columns.begin()
    for key in (Qt.Key.Key_M, Qt.Key.Key_Return):
        hands.key(key)
    hands.wait(lambda: "The draft's side stands" in columns.heading.text() or not columns.isVisible())
    assert _draft(window) == mine
    if columns.isVisible():  # nothing of the change was left: it is rejected, and can still be chosen
        assert _verdicts(window)[change] == "rejected"
        columns.begin()
        for key in (Qt.Key.Key_T, Qt.Key.Key_Return):
            hands.key(key)
        hands.wait(lambda: not columns.isVisible())
    else:
        assert _verdicts(window)[change] is None


def test_what_comes_along_is_told_in_little_room(window: Window, review: ReviewPage, hands: Hands) -> None:
    """Many changes that come along are told by their numbers; what to do next names no command."""
    review.list.choose("C-19")
    review.list.setFocus()
    hands.key(Qt.Key.Key_A)
    told = window.notice.text.text()
    assert "with it 9 more (C-01, C-02, C-05" in told and len(told) < 200
    hands.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    _by_hand(window, "Customers may return an item within 14 days of delivery.")
    review.list.choose("C-01")
    hands.key(Qt.Key.Key_A)
    told = window.notice.text.text()
    assert told.endswith("Choose what shall stand, side by side in the review.") and "`" not in told


def test_the_form_tells_the_figures_of_the_sentence(window: Window, review: ReviewPage, hands: Hands) -> None:
    """Who edits a limit reads there what the sentence says; another amount can be kept all the same."""
    review.list.choose("C-16")
    seen: list[str] = []

    def fill(dialog: QDialog) -> None:
        seen.append(hands.says(dialog))
        line = hands.named(QLineEdit, "Amount at most", dialog)
        line.selectAll()
        QTest.keyClicks(line, "5,000")
        hands.press("Keep", dialog)

    hands.then(fill)
    QTest.keyClick(window, Qt.Key.Key_E)
    assert "The sentence says £350." in seen[0]
    assert "edited by" in review.change_title.text()


def test_accepting_all_that_are_left_tells_how_many_were_never_opened(
    window: Window, review: ReviewPage, hands: Hands
) -> None:
    """What is told after it counts the changes that were accepted unopened, and can be undone."""
    for change in ("C-01", "C-02"):
        review.list.choose(change)
    opened = {each.partition("/")[2] for each in review.package.opened_so_far()}
    hands.press("Accept all that are left")
    hands.wait(lambda: "accepted" in _verdicts(window).values())
    taken = {name for name, verdict in _verdicts(window).items() if verdict == "accepted"}
    told = f"you never opened {len(taken - opened)} of the {len(taken)} accepted"
    assert {"C-01", "C-02"} <= opened and told in window.notice.text.text()
    assert "Undo" in {each.text() for each in window.notice.findChildren(Button)}


def test_who_approves_for_compliance_reads_beforehand_that_accepting_closes_it(
    window: Window, review: ReviewPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compliance lead reads beside the list that somebody else approves what they accept."""
    assert not review.apart.isVisibleTo(review)
    monkeypatch.setattr(review.package, "_my_role", lambda: "compliance")
    review.refresh()
    assert review.apart.text() == "What you accept here, somebody else approves for Compliance."
    assert review.apart.isVisibleTo(review)
    window.session.do(SetReviewPolicy((), ()))
    review.refresh()
    assert not review.apart.isVisibleTo(review)
