"""A release through the window: a gate is followed and mended, a plan edited, signed, exported, verified."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLineEdit, QPlainTextEdit

from studio.assembly import key_store
from studio.cli.main import run
from studio.desktop.pages.release import ReleasePage
from studio.desktop.panels.plan_editor import PlanDialog
from studio.desktop.panels.report import ReportDialog
from studio.desktop.widgets.labels import Mark
from studio.desktop.widgets.row_list import RowList
from studio.desktop.window import Window
from studio.domain.environment import EnvironmentRules, Threshold
from studio.domain.frozen import canonical
from studio.ports import UnitOfWork
from studio.release.policy import read_policy
from studio.services.commands import AcceptRemaining, AnswerQuestion, Command, PlanRelease
from studio.services.detached import read_asked, sign_detached
from studio.services.effects import Effect
from studio.services.policy_file import Approver, new_policy
from studio.services.queries.release import PreviewReport, ShowRelease
from studio.services.queries.review import ShowProposal
from studio.settings import load_settings
from tests.desktop.conftest import Hands

PASSPHRASE = "correct horse battery"


@pytest.fixture
def policy(window: Window, tmp_path: Path) -> Path:
    """IT's policy, in which the author's one key is enough; all of the draft is decided but a question."""
    store = key_store(load_settings())
    store.new("ana", PASSPHRASE)
    ana = Approver("ana", "Ana Silva", ("author",), store.list()[0].public_pem)
    made = new_policy("returns-assistant", [ana], datetime.now(UTC) - timedelta(minutes=1))
    rules = EnvironmentRules(id="production", thresholds=(Threshold(role="author"),))
    file = tmp_path / "approval-policy.json"
    file.write_bytes(canonical(made.model_copy(update={"environments": (rules,)})))
    session = window.session
    questions = session.ask(ShowProposal("P-01")).questions
    session.do(AcceptRemaining("P-01"))
    for question in questions[1:]:
        waived = question.category != "conflict"
        session.do(AnswerQuestion("P-01", question.id, "Left to people.", waived=waived))
    return file


def _edit_plan(hands: Hands, dialog: QDialog) -> None:
    assert isinstance(dialog, PlanDialog)
    share = hands.named(QLineEdit, "Stage 1, share in percent", dialog)
    share.selectAll()
    QTest.keyClicks(share, "60")
    assert "Stage 2 sends 50 %" in dialog.wrong.text() and not dialog.yes.isEnabled()
    share.selectAll()
    QTest.keyClicks(share, "10")
    until = hands.named(QLineEdit, "Valid until", dialog)
    before = until.text()
    for written, said in (
        ("tomorrow", "“tomorrow” is no day"),
        ("2020-01-01", "1 Jan 2020 is past"),
        ("", "a day is missing"),
    ):
        until.setText(written)
        assert said in dialog.wrong.text() and not dialog.yes.isEnabled()
    until.setText(before)
    assert dialog.wrong.text() == ""
    hands.press("Take guard 2 away", dialog)
    hands.press("Keep this plan", dialog)


def _introduce(hands: Hands, dialog: QDialog) -> None:
    QTest.keyClicks(hands.named(QPlainTextEdit, "Introduction", dialog), "The policy of 2026.")
    hands.press("Keep", dialog)


def _sign(hands: Hands, dialog: QDialog) -> None:
    assert "The report of this release: not opened." in hands.says(dialog)
    assert hands.named(QComboBox, "Your name", dialog).currentText() == "Ana Silva"
    QTest.keyClicks(hands.named(QLineEdit, "Passphrase", dialog), "mistyped words")
    hands.press("Sign", dialog)
    hands.wait(lambda: "passphrase is wrong" in hands.says(dialog))
    assert dialog.isVisible()
    QTest.keyClicks(hands.named(QLineEdit, "Passphrase", dialog), PASSPHRASE)  # in the place of the other
    hands.press("Sign", dialog)
    hands.wait(lambda: not dialog.isVisible())


def _preview(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    made_in: list[threading.Thread] = []
    answer = PreviewReport.answer

    def apart(query: PreviewReport, unit: UnitOfWork) -> str:
        made_in.append(threading.current_thread())
        return answer(query, unit)

    monkeypatch.setattr(PreviewReport, "answer", apart)

    def read(dialog: QDialog) -> None:
        assert isinstance(dialog, ReportDialog)
        hands.wait(lambda: "Returns assistant" in dialog.view.toPlainText())
        hands.press("Close", dialog)

    hands.then(read)
    hands.press("Preview report")
    assert made_in and threading.main_thread() not in made_in, "the window answers meanwhile"


def test_who_closes_the_report_before_it_is_there_goes_on_at_once(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is still being put together when the window answers again."""
    free, made_in = threading.Event(), list[threading.Thread]()

    def slow(_query: PreviewReport, _unit: UnitOfWork) -> str:
        made_in.append(threading.current_thread())
        free.wait(20)
        return ""

    monkeypatch.setattr(PreviewReport, "answer", slow)
    window.open_page("release")
    page = window.pages["release"]
    assert isinstance(page, ReleasePage)

    def close(dialog: QDialog) -> None:
        hands.wait(lambda: bool(made_in))
        hands.press("Close", dialog)

    hands.then(close)
    page.deeds.show_report()
    still = made_in[0].is_alive()
    free.set()
    made_in[0].join()
    assert still


def test_from_an_open_gate_to_a_verified_bundle(
    window: Window, hands: Hands, policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By clicks alone: the question is answered where its gate leads, the stale run made anew, the plan
    edited and taken back, the introduction written, signed and exported; IT's verifier accepts the file.
    """
    hands.press("Release")
    page = window.pages["release"]
    assert isinstance(page, ReleasePage)
    hands.press("Open: No open question")
    assert window.room == "review"
    assert hands.named(RowList, "Changes").current_id().startswith("?")
    hands.then(hands.write("Left to people.", "Keep"))
    hands.press("Not for this agent")
    hands.press("Release")
    hands.press("Simulate now: All scenarios pass every time")
    hands.done()
    other = tmp_path / "notes.json"
    other.write_text("{}", encoding="utf-8")
    hands.then(hands.choose(other))
    hands.press("Choose policy")
    notice = hands.window.notice.text
    assert "notes.json is no approval policy" in notice.text() and "Ask IT" in notice.text()
    hands.then(hands.choose(policy))
    hands.press("Choose policy")
    hands.then(lambda dialog: _edit_plan(hands, dialog))
    hands.press("Edit the plan")
    assert "First 10 % of conversations" in page.plan.words.text()
    hands.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hands.wait(lambda: "First 5 % of conversations" in page.plan.words.text())

    hands.then(lambda dialog: _introduce(hands, dialog))
    hands.press("Write an introduction")
    assert page.notes.introduction.text() == "The policy of 2026."

    hands.then(lambda dialog: _sign(hands, dialog))
    hands.press("Approve")
    hands.wait(lambda: page.export.isEnabled())
    assert "Not looked at: the report of this release" in hands.says(page.signatures)
    file = tmp_path / "returns-assistant-2.cobundle"
    hands.then(hands.choose(file))
    hands.press("Export signed bundle")
    hands.done()
    hands.wait(lambda: page.exported.isVisible())
    shown = window.session.ask(ShowRelease())
    assert shown.fingerprint and shown.fingerprint in page.exported.next.text()
    assert page.exported.older.isHidden()

    _preview(hands, monkeypatch)
    hands.then(lambda dialog: _introduce(hands, dialog))
    hands.press("Edit the introduction")
    hands.wait(lambda: "changed since" in page.exported.older.text())
    assert run(["bundle", "verify", str(file), "--policy", str(policy)]) == 0


def test_an_approval_that_was_signed_elsewhere_is_taken_in(
    window: Window, hands: Hands, policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is to be approved is written for mail; a wrong file is told, the right one counts."""
    session = window.session
    session.do(AnswerQuestion("P-01", session.ask(ShowProposal("P-01")).questions[0].id, "No.", waived=True))
    session.do(PlanRelease(policy=read_policy(policy.read_bytes(), policy.name)))
    hands.press("Release")
    page = window.pages["release"]
    assert isinstance(page, ReleasePage)
    hands.press("Simulate now: All scenarios pass every time")
    hands.done()
    wanted = tmp_path / "to-approve.cobundle"
    hands.then(hands.choose(wanted))
    hands.press("Ask by mail…", page.signatures)
    hands.done()
    hands.wait(lambda: "Send it to who signs" in window.notice.text.text())
    now = datetime.now(UTC)
    asked, key = read_asked(wanted.read_bytes(), now), key_store(load_settings()).open("ana", PASSPHRASE)
    approval, wrong = tmp_path / "ana.approval.json", tmp_path / "notes.txt"
    approval.write_bytes(sign_detached(asked, key, "author", "ana", now))
    wrong.write_text("hello", encoding="utf-8")
    carried_out: list[threading.Thread] = []
    bench = session.workbench
    assert bench is not None
    do = bench.do

    def apart(command: Command) -> Effect:
        carried_out.append(threading.current_thread())
        return do(command)

    monkeypatch.setattr(bench, "do", apart)
    hands.then(hands.choose(wrong))
    hands.press("Take in an approval…", page.signatures)
    hands.wait(lambda: "notes.txt” is no approval" in window.notice.text.text())
    assert "JSON" not in window.notice.text.text()
    hands.then(hands.choose(approval))
    hands.press("Take in an approval…", page.signatures)
    hands.wait(lambda: "Took in the approval of Ana Silva" in window.notice.text.text())
    assert len(carried_out) == 2 and threading.main_thread() not in carried_out
    hands.wait(lambda: page.export.isEnabled())


def test_every_gate_tells_its_state_without_colour(window: Window, hands: Hands) -> None:
    """Mark and name of each gate are words that are read aloud, whatever the colours."""
    window.open_page("release")
    page = window.pages["release"]
    assert isinstance(page, ReleasePage)
    hands.wait(lambda: page.checking.isHidden())
    said = hands.says(page.gates)
    for row in window.session.ask(ShowRelease()).gates:
        assert row.gate.title in said
    names = {mark.accessibleName() for mark in page.gates.findChildren(Mark)}
    assert "Every change reviewed: not met" in names and "Checks hold on every path: met" in names


def test_a_question_that_was_answered_leaves_the_keyboard_where_it_was(bare: Window, hands: Hands) -> None:
    """The button that was pressed goes with its question; nothing else takes the keyboard."""
    from studio.desktop.panels.scaling import ScalingPanel
    from studio.services.scaling import ScalingQuestion

    panel = ScalingPanel()
    panel.setParent(bare)
    panel.resize(400, 500)
    panel.show()
    asked = ScalingQuestion("tests", "Does it pass every test?", "open", "Not simulated.")
    panel.show_questions("1 open", [(asked, "Simulate now", lambda: None)])
    button = hands.named(QAbstractButton, "Simulate now: Does it pass", panel)
    button.setFocus()
    hands.wait(button.hasFocus)
    done = ScalingQuestion("tests", "Does it pass every test?", "answered", "20 of 20 passed.")
    panel.show_questions("all answered", [(done, "", None)])
    assert panel.hasFocus()
