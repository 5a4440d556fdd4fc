"""Whole reviews by real clicks and keys: at the same computer, in a package, and where two people differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLineEdit,
    QMenu,
    QRadioButton,
    QWidget,
)

from studio.assembly import package_workbench
from studio.desktop.pages.review import ReviewPage
from studio.desktop.panels.package_dialogs import MergeDialog
from studio.desktop.panels.value_editors import ConditionEditor
from studio.desktop.panels.value_form import ValueDialog
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.choice import Choice
from studio.desktop.window import Window
from studio.domain.agent import Agent
from studio.domain.condition import All, Compare
from studio.services.authoring.fields import set_field
from studio.services.commands import (
    AcceptChange,
    EditAgent,
    RecordPackage,
    RejectChange,
)
from studio.services.queries.agents import ShowAgent
from studio.services.queries.review import ShowProposal
from studio.services.queries.review_package import MakeReply, PackReview, ShowApprovals
from studio.services.queries.talk import ShowThreads
from studio.settings import Settings
from studio.signing import key_file
from studio.signing.custody import FileKeyStore
from tests.desktop.conftest import Hands

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
GOOD = "lamp river window stone"


def _key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let there be a key called carl on this computer; return its fingerprint."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(folder / "config"))
    monkeypatch.setattr(key_file, "ROUNDS", 4)
    store = FileKeyStore(folder / "config" / "keys")
    store.new("carl", GOOD)
    return store.find("carl").fingerprint


def _sign(hands: Hands, dialog: QDialog) -> None:
    """Sign with the key carl: a wrong passphrase is said in the dialog, and what was typed stays."""
    field = hands.named(QLineEdit, "Passphrase of carl", dialog)
    QTest.keyClicks(field, "wrong")
    hands.press("Sign and save", dialog)
    assert "did not open" in hands.says(dialog)
    field.clear()
    QTest.keyClicks(field, GOOD)
    hands.press("Sign and save", dialog)


def _compare(hands: Hands, dialog: QDialog, fingerprint: str) -> None:
    """Type a wrong fingerprint, which merges nothing, then the one that is read out."""
    assert isinstance(dialog, MergeDialog)
    QTest.keyClicks(dialog.heard, "0000")
    assert not dialog.yes.isEnabled() and "Group 1 differs" in hands.says(dialog)
    dialog.heard.clear()
    QTest.keyClicks(dialog.heard, fingerprint)
    assert "It matches" in hands.says(dialog)
    hands.press("Merge", dialog)


@pytest.fixture
def review(window: Window, qapp: QApplication) -> ReviewPage:
    """The review page, open on the proposal."""
    window.open_page("review")
    qapp.processEvents()
    return _page(window)


def _page(window: Window) -> ReviewPage:
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    return page


def _draft(window: Window) -> Agent:
    return window.session.ask(ShowAgent()).draft


def _verdicts(window: Window) -> dict[str, str | None]:
    page = window.session.ask(ShowProposal("P-01"))
    return {row.id: row.verdict for group in page.groups for row in group.rows}


def _pick(button: Button, deed: str, words: str) -> None:
    """Open a button's menu and in it, by the arrow key, the menu of a deed; press an entry there."""

    def click() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        menu.setActiveAction(next(each for each in menu.actions() if each.text() == deed))
        QTest.keyClick(menu, Qt.Key.Key_Right)
        inner = QApplication.activePopupWidget()
        assert isinstance(inner, QMenu) and inner is not menu
        action = next(each for each in inner.actions() if each.text().startswith(words))
        inner.setActiveAction(action)
        QTest.keyClick(inner, Qt.Key.Key_Return)

    QTimer.singleShot(0, click)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _usual(hands: Hands) -> Callable[[QDialog], None]:
    def answer(dialog: QDialog) -> None:
        hands.press("What most choose", dialog)
        hands.press("Keep", dialog)

    return answer


def _decide_the_rest(window: Window, hands: Hands) -> None:
    """Accept what can be accepted together, then what is left, one by one, by keys."""
    page = _page(window)
    hands.press("Accept all that are left")
    for _ in range(len(_verdicts(window))):
        if None not in _verdicts(window).values():
            return
        page.list.setFocus()
        hands.key(Qt.Key.Key_J)
        if "?" in page.list.current_id():
            hands.key(Qt.Key.Key_N)
        hands.key(Qt.Key.Key_A)
    assert None not in _verdicts(window).values()


def test_a_reviewer_at_the_same_computer(window: Window, review: ReviewPage, hands: Hands) -> None:
    """Who approves is set, a condition edited by choosing, several talked about, all decided and approved."""
    panel = review.package.panel
    hands.press("Approvals")
    hands.then(_usual(hands))
    hands.press("Who has to approve")
    assert [r.role for r in window.session.ask(ShowApprovals("")).roles if r.required] == ["compliance", "qa"]
    hands.press("What changes")

    review.list.choose("C-01")
    review.list.setFocus()

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, ValueDialog)
        (editor,) = (each for each in dialog.editors.values() if isinstance(each, ConditionEditor))
        value = next(e for e in editor.findChildren(QLineEdit) if e.text() == "45")
        value.setFocus()
        value.selectAll()
        QTest.keyClicks(value, "sixty")
        hands.press("Keep", dialog)
        assert "not complete" in dialog.wrong.text()
        value.selectAll()
        QTest.keyClicks(value, "60")
        hands.press("Keep", dialog)

    hands.then(fill)
    hands.key(Qt.Key.Key_E)
    assert "edited by Ana Silva" in review.change_title.text()
    assert "The one here is Ana Silva's." in hands.says(review.why)
    assert "CoBuilder is sure" not in hands.says(review.why)
    hands.then(hands.write("Who told the stores?", "Keep"))
    _pick(review.decide.several, "Comment on", "Comment on all rules")
    hands.wait(lambda: window.session.ask(ShowThreads("P-01")))
    (thread,) = window.session.ask(ShowThreads("P-01"))
    assert len(thread.first.changes) == 4
    hands.press("Comments")
    assert "also about C-02" in hands.says(review.deciding.talk)
    hands.press("What changes")

    review.list.setFocus()
    hands.key(Qt.Key.Key_A)
    guard = _draft(window).charter.rule("R-03").guard
    assert guard is not None and isinstance(guard.forbidden_when, All)
    assert Compare(field="days_elapsed", op=">", value=60) in guard.forbidden_when.of
    _decide_the_rest(window, hands)
    hands.press("Approvals")
    panel.role.setCurrentIndex(panel.role.findText("Compliance"))
    assert "You wrote or accepted part" in panel.why_not.text() and not panel.yes.isEnabled()
    panel.role.setCurrentIndex(panel.role.findText("Quality"))
    hands.press("Approve this exact content", panel)
    hands.wait(lambda: "Quality: approved by Ana Silva" in hands.says(panel))
    hands.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hands.wait(lambda: "Quality: waiting" in hands.says(panel))


def _packed(window: Window, tmp_path: Path) -> Path:
    found = window.session.ask(PackReview("Ana Silva", NOW))
    window.session.do(RecordPackage("x.cobreview", found.digest, len(found.data), found.proposals))
    file = tmp_path / "x.cobreview"
    file.write_bytes(found.data)
    return file


def test_approving_in_a_package(
    bare: Window, window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere, a value is edited, all decided, approved and signed; at home the key is compared."""
    home = window.session.workbench
    assert home is not None
    file, folder, reply = _packed(window, tmp_path), home.outside.workspace.folder, tmp_path / "r.cobreply"
    window.opener.settings = Settings(name="Carl Weber")
    assert window.opener.open_package(file)
    page = _page(window)
    panel = page.package.panel
    try:
        page.list.choose("C-16")
        page.list.setFocus()

        def fill(dialog: QDialog) -> None:
            line = hands.named(QLineEdit, "Amount at most", dialog)
            line.selectAll()
            QTest.keyClicks(line, "300")
            hands.press("Keep", dialog)

        hands.then(fill)
        hands.key(Qt.Key.Key_E)
        assert "edited by Carl Weber" in page.change_title.text()
        question = next(item.id for item in page.list.items() if item.id.startswith("?"))
        page.list.choose(question)
        hands.then(hands.write("Seven days.", "Keep"))
        hands.press("Answer")
        hands.wait(lambda: "sent back and merged" in hands.says(window.notice))
        _decide_the_rest(window, hands)
        hands.press("Approvals")
        role = hands.named(Choice, "Your role", panel)
        role.setCurrentIndex(role.findText("Quality"))
        hands.press("Approve this exact content", panel)
        hands.wait(lambda: "Quality: approved by Carl Weber" in hands.says(panel))
        fingerprint = _key(tmp_path, monkeypatch)
        hands.then(lambda dialog: _sign(hands, dialog), hands.choose(reply))
        hands.press("Send decisions back", panel)
        hands.wait(reply.exists)
        assert fingerprint in hands.says(window.notice)
        window.opener.settings = Settings(name="Ana Silva")
        assert window.opener.open_folder(folder)
        hands.then(hands.choose(reply), lambda dialog: _compare(hands, dialog, fingerprint))
        window.open_page("review", verb="merge")
        hands.wait(lambda: bool(window.session.ask(ShowApprovals("Ana Silva")).keys))
        assert set(_verdicts(window).values()) == {"accepted"}
        limits = [limit.maximum for tool in _draft(window).tools for limit in tool.limits]
        assert 300 in limits
        kept = window.session.ask(ShowApprovals("Ana Silva"))
        assert kept.history and kept.history[0].by == "Carl Weber"
    finally:
        window.session.use(None)


def test_a_difference_is_settled_where_it_is_merged(
    window: Window, review: ReviewPage, hands: Hands, tmp_path: Path
) -> None:
    """Ana accepted what Carl rejected: both stand there with what goes along; a click settles it."""
    file, reply = _packed(window, tmp_path), tmp_path / "r.cobreply"
    desk = package_workbench(tmp_path / "carl", file.read_bytes(), Settings(name="Carl Weber"))
    desk.do(RejectChange("P-01", "C-01"))
    reply.write_bytes(desk.ask(MakeReply("Carl Weber", NOW)).data)
    desk.close()
    window.session.do(AcceptChange("P-01", "C-05"))
    hands.press("Approvals")

    def look(dialog: QDialog) -> None:
        assert "Carl Weber: not signed" in hands.says(dialog)
        hands.press("Merge", dialog)

    hands.then(hands.choose(reply), look)
    hands.press("Merge decisions")
    panel = review.package.panel
    hands.wait(lambda: "two decisions" in hands.says(panel))
    assert "Taking it also rejects C-05" in hands.says(panel) and "which Ana Silva accepted" in hands.says(
        panel
    )
    hands.press("Take: Carl Weber rejected C-01", panel)
    hands.wait(lambda: _verdicts(window)["C-05"] == "rejected")
    assert _verdicts(window)["C-01"] == "rejected" and "two decisions" not in hands.says(panel)
    hands.press("Undo", window.notice)
    hands.wait(lambda: _verdicts(window)["C-05"] == "accepted")
    hands.wait(lambda: "two decisions" in hands.says(panel))


def _walked(window: Window, review: ReviewPage) -> list[str]:
    """Go through the page by the tab key; return the names of what has the keyboard, cut to tell them by."""
    cuts, walked = ("Theirs", "Show the sent"), list[str]()
    review.list.setFocus()
    for _ in range(80):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        assert now is not None
        if now is review.list:
            return walked
        said = now.accessibleName() or (now.text() if isinstance(now, QAbstractButton) else "")
        assert said, f"{type(now).__name__} has no name"
        walked.append(next((cut for cut in cuts if said.startswith(cut)), said.strip()))
    raise AssertionError(f"The tab key does not come round: {walked}")


def test_every_part_is_reached_by_the_keyboard(window: Window, review: ReviewPage, hands: Hands) -> None:
    """In each part of the page the tab key goes round, and everything that takes the keyboard has a name."""
    review.list.choose("C-01")
    for part in review.parts.tabs:
        review.parts.show_part(part)
        hands.says(review)
        walked = _walked(window, review)
        assert "Accept" in walked and "Next undecided" in walked
        nameless = [
            each
            for each in review.findChildren(QWidget)
            if each.isVisible()
            and each.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not each.accessibleName()
            and not (isinstance(each, QAbstractButton) and each.text())
        ]
        assert not nameless, part


def test_mine_for_the_whole_item(window: Window, review: ReviewPage, hands: Hands) -> None:
    """Where other parts of the proposal would come along whatever is chosen, a click takes nothing of it."""
    text = "Customers may return an item within 14 days of delivery."
    window.session.do(EditAgent(set_field(_draft(window), "charter/rules/R-03/text", text)))
    review.list.choose("C-01")
    columns = review.deciding.columns
    hands.wait(columns.isVisible)
    assert "whatever you choose" in columns.note.text()
    assert hands.find(QRadioButton, "Theirs", columns) is not None
    walked = _walked(window, review)
    order = [
        walked.index(name) for name in ("What changes", "Theirs", "All theirs", "Accept", "Show the sent")
    ]
    assert order == sorted(order), walked
    rule = _draft(window).charter.rule("R-03")
    hands.press("Mine for the whole item", columns)
    hands.wait(lambda: _verdicts(window)["C-01"] == "rejected")
    assert _draft(window).charter.rule("R-03") == rule
    hands.press("Undo", window.notice)
    hands.wait(lambda: _verdicts(window)["C-01"] is None)
