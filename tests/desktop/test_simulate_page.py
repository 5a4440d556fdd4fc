"""The Simulate page: set-up, progress, side by side, keep, fix, history, coverage, export."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QListWidget,
    QListWidgetItem,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.desktop import dialogs
from studio.desktop.pages.simulate import COVERAGE, SimulatePage
from studio.desktop.panels.graph import ways_of
from studio.desktop.panels.run_coverage import _counted
from studio.desktop.panels.transcript import PARTS
from studio.desktop.window import Window
from studio.services.commands import AcceptChange
from studio.services.queries.agents import ShowAgent
from studio.services.queries.runs import ListRuns
from studio.services.queries.simulate import ShowComparison, ShowConversation
from studio.services.stages.judging import Judged
from studio.simulation.judging import Judgement, agreement
from tests.desktop.conftest import Hands


@pytest.fixture
def page(window: Window) -> SimulatePage:
    """The page, with a run of the unchanged draft."""
    window.open_page("simulate")
    made = window.pages["simulate"]
    assert isinstance(made, SimulatePage)
    return made


def _press(inside: QWidget, words: str) -> None:
    QApplication.processEvents()  # what was just put there is shown then
    found = [b for b in inside.findChildren(QAbstractButton) if b.accessibleName().startswith(words)]
    button = next(b for b in found if b.isVisibleTo(inside) and b.isEnabled())
    button.click()


def _worse(window: Window, page: SimulatePage, qtbot: QtBot) -> str:
    """Accept the longer return window and run; return the test that is then not right."""
    proposal = _proposals(window)[0]
    for change in proposal.changes:
        if "→ 45 days" in change.title:
            window.session.do(AcceptChange(proposal.id, change.id))
    page.run()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    found = window.session.ask(ShowComparison())
    assert found is not None
    return next((row.id for row in found.rows if row.draft_passed < row.draft_total), "")


def _proposals(window: Window) -> Any:
    assert window.session.workbench is not None
    with window.session.workbench.outside.workspace.unit() as unit:
        return unit.proposals.all()


def test_a_trial_is_set_up_and_said_to_be_one(page: SimulatePage, window: Window, qtbot: QtBot) -> None:
    """One test with angry customers: the set-up says it is no evidence, the title says what was tried."""
    _press(page, "Set up the next run")
    assert "evidence for a release" in page.setup.note.text()
    page.setup.choose_test("T-01")
    page.setup.manners.choose(["angry"])
    assert page.setup.note.text().startswith("This is a trial")
    page.run()
    assert page.progress.isVisibleTo(page), "it shows at once that it works"
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    assert not page.progress.isVisibleTo(page)
    assert page.model.rowCount() == 1
    assert "trial: only T-01 · customers also: angry" in page.pane.title.text()


def test_several_of_everything_are_set_up_by_clicks(page: SimulatePage, window: Window, qtbot: QtBot) -> None:
    """Two tests, two manners, two failing systems (one by chance, one at a step) and drawn customers run."""
    _press(page, "Set up the next run")
    page.setup.tests.click()
    rows = page.setup.tests.list.rows
    for at in (0, 2):
        rows.item(at).setCheckState(Qt.CheckState.Checked)
    page.setup.tests.list.hide()
    page.setup.manners.click()
    page.setup.manners.list.filter.setText("t")
    shown = [rows_of for rows_of in _items(page.setup.manners.list.rows) if not rows_of.isHidden()]
    for item in shown[:2]:
        item.setCheckState(Qt.CheckState.Checked)
    page.setup.manners.list.hide()
    assert page.setup.chosen_tests == ("T-01", "T-03")
    assert list(page.setup.chosen_manners) == [item.text() for item in shown[:2]]
    faults = page.setup.faults
    for at in (1, 10):
        faults.add.setCurrentIndex(at)
        faults.add.activated.emit(at)
    assert faults.add.currentIndex() == 0
    often = [box for box in faults.findChildren(QComboBox) if box.accessibleName().startswith("How often")]
    where = [box for box in faults.findChildren(QComboBox) if box.accessibleName().startswith("Where")]
    often[0].setCurrentText("50 % by chance")
    often[0].activated.emit(often[0].currentIndex())
    where[1].setCurrentIndex(1)
    where[1].activated.emit(1)
    assert faults.chosen[0].chance == 0.5
    assert faults.chosen[1].step is not None
    page.setup.drawn.setText("3")
    page.setup.customers.setText("1")
    page.run()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    assert page.model.rowCount() == 5
    found = window.session.ask(ShowComparison())
    assert found is not None
    assert "by chance, 50% of the calls" in found.trial
    assert "3 drawn customers more" in found.trial
    _press(page.setup, "Leave out: ")
    assert len(faults.chosen) == 1


def test_customers_come_from_a_file_of_conversations(
    page: SimulatePage, window: Window, qtbot: QtBot, tmp_path: Path, hands: Hands
) -> None:
    """What was understood is shown first, then its customers run; a bad file is a sentence."""
    file = tmp_path / "calls.txt"
    file.write_text("Customer: I want to return an item\nAgent: Which order?\nCustomer: LH-204418\n")
    hands.then(hands.choose(file), _accept)
    page.starter.bring_conversations()
    hands.done()
    assert page.setup.from_file.text() == "1 from calls.txt"
    page.setup.tests.choose(["T-01"])
    page.setup.customers.setText("1")
    page.run()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    assert page.model.rowCount() == 2
    page.show_item("C-001")
    assert "conversation 1" in page.talk.title.text()
    page.talk.test_asked.emit("C-001")
    assert "is no test of the draft" in window.notice.text.text()
    _press(page.setup, "Leave the conversations out")
    assert not page.setup.cards
    file.write_text("Hello there")
    hands.then(hands.choose(file))
    page.starter.bring_conversations()
    hands.done()
    assert "does not say who is the agent" in window.notice.text.text()


def _accept(dialog: Any) -> None:
    assert dialog.model.rowCount() == 1
    dialog.use.click()


def _items(rows: QListWidget) -> list[QListWidgetItem]:
    return [rows.item(at) for at in range(rows.count())]


def test_a_run_is_held_up_and_goes_on_and_is_stopped(
    page: SimulatePage, window: Window, qtbot: QtBot
) -> None:
    """Pause holds the run at its figure, Go on lets it end; a stopped run leaves no trace in the history."""
    before = window.session.ask(ListRuns())
    page.setup.customers.setText("400")
    page.run()
    _press(page.progress, "Pause the run")
    job = cast(Any, window.session)._job
    assert job.paused
    assert page.progress.words.text().startswith("Paused")
    _press(page.progress, "Let the run go on")
    assert not cast(bool, job.paused)
    _press(page.progress, "Stop the run")
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    assert window.session.ask(ListRuns()) == before
    assert page.start.isEnabled()


def test_both_sides_show_where_they_part(page: SimulatePage, window: Window, qtbot: QtBot) -> None:
    """Side by side the list gives way, and the first difference is marked in both conversations."""
    name = _worse(window, page, qtbot)
    assert name
    page.show_item(name)
    _press(page.talk, "Both")
    assert page.pane.isHidden()
    talk = window.session.ask(ShowConversation(name))
    assert talk.live is not None
    assert talk.draft is not None
    assert talk.parts_at is not None
    said = [[turn.text for turn in side.turns[: talk.parts_at]] for side in (talk.live, talk.draft)]
    assert said[0] == said[1]
    for view in (page.talk.view, page.talk.beside):
        assert [line.text for line in view.lines].count(PARTS) == 1
    _press(page.talk, "Draft")
    assert not page.pane.isHidden()


def test_a_failure_is_asked_to_be_fixed(page: SimulatePage, window: Window, qtbot: QtBot) -> None:
    """CoBuilder says what was not right, on which sentence it stands, and which change makes it right."""
    name = _worse(window, page, qtbot)
    page.show_item(name)
    _press(page.talk, "Ask CoBuilder to fix")
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    told = window.notice.text.text()
    assert told.startswith("CoBuilder: Not right:")
    assert "waits for your decision. With it, this conversation is right" in told
    _press(window.notice, "Open it in Review")
    assert window.room == "review"


def test_a_conversation_is_kept_as_a_test(page: SimulatePage, window: Window, qtbot: QtBot) -> None:
    """The draft has one more test, the notice leads to it, and undo takes it back."""
    page.setup.customers.setText("2")
    page.run()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    before = window.session.ask(ShowAgent()).draft.scenarios
    page.talk.customer_asked.emit(1)
    _press(page.talk, "Keep this conversation as a test")
    kept = window.session.ask(ShowAgent()).draft.scenarios
    assert len(kept) == len(before) + 1
    assert kept[-1].id in window.notice.text.text()
    window.session.undo()
    assert window.session.ask(ShowAgent()).draft.scenarios == before


def test_an_earlier_run_is_seen_again(page: SimulatePage, window: Window, qtbot: QtBot) -> None:
    """The history has every run, newest first; opening one shows it, with a way back to the newest."""
    page.setup.choose_test("T-02")
    page.run()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    _press(page, "History")
    assert [row.id for row in page.history.model.rows] == ["Run 2", "Run 1"]
    assert "1 trial or sample is in the list" in page.history.note.text()
    page.history.table.doubleClicked.emit(page.history.model.index(1, 0))
    assert page.pane.title.text().startswith("Run 1")
    _press(page.old, "Show the newest")
    assert page.pane.title.text().startswith("Run 2")


def test_what_was_exercised_stands_on_the_workflow(page: SimulatePage, window: Window) -> None:
    """Each kind has its figures, and each step of the canvas says how many conversations went there."""
    _press(page, "Coverage")
    kinds = {row[0]: row for row in page.coverage.model.rows}
    assert {"steps", "branches", "rows", "rules", "guards", "faults"} <= set(kinds)
    for _, total, passed, failed, never in kinds.values():
        assert total == passed + failed + len(never)
    workflow = window.session.ask(ShowAgent()).draft.workflows[0]
    assert page.coverage.flow.currentText() == workflow.name


def test_branches_failure_ways_and_rows_say_how_often_they_were_taken(
    page: SimulatePage, window: Window, qtbot: QtBot
) -> None:
    """A named way out says its count, failure ways too; rows of decisions stand beside."""
    _press(page, "Coverage")
    flow = window.session.ask(ShowAgent()).draft.workflows[0]
    ways = _counted(flow, page.coverage._taken)
    failing = [way.label for way in ways if way.label.startswith("if it fails")]
    assert failing
    assert "if it fails: 0" in failing
    assert set(failing) - {"if it fails: 0"}, "some were taken"
    assert {way.name for way in ways} == {way.name for way in ways_of(flow)}
    lines = page.coverage.rows.rows
    assert lines
    assert all(line.said for line in lines)
    assert "reason arrived damaged: take back" in " ".join(line.words for line in lines)


@pytest.mark.parametrize("kind", ["html", "csv", "json"])
def test_a_run_is_exported(
    kind: str, page: SimulatePage, window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: Any
) -> None:
    """The run is written in the chosen format; the web page needs nothing else and has no script."""
    target = tmp_path / f"run.{kind}"
    monkeypatch.setattr(dialogs, "choose_target", lambda *_: target)
    _press(page, "Export this run")
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    text = target.read_text(encoding="utf-8")
    assert "T-01" in text
    if kind == "html":
        assert "<script" not in text
        assert "http" not in text
    assert not list(tmp_path.glob("*.part"))


def test_a_conversation_unfolds(page: SimulatePage, qtbot: QtBot) -> None:
    """Watched, it begins with its first line and goes on by itself; a second press shows all of it."""
    whole = len(page.talk.view.lines)
    _press(page.talk, "Watch it unfold")
    assert len(page.talk.view.lines) == 1
    qtbot.waitUntil(lambda: len(page.talk.view.lines) >= 2, timeout=30_000)
    _press(page.talk, "Show all of it at once")
    assert len(page.talk.view.lines) == whole


def test_a_sheet_for_people_is_written_and_its_labels_read(
    page: SimulatePage, window: Window, hands: Hands, tmp_path: Path
) -> None:
    """Without a language model there is a sheet for people all the same, and a label that is none is told."""
    target, seen = tmp_path / "labels.csv", list[str]()

    def act(dialog: Any) -> None:
        assert not dialog.start.isEnabled()
        hands.then(hands.choose(target))
        dialog.sheet_asked.emit()
        seen.append(dialog.file.text())
        text = target.read_text(encoding="utf-8-sig").replace("T-01,1,,", "T-01,1,yes,")
        target.write_text(text, encoding="utf-8")
        hands.then(hands.choose(target))
        dialog.labels_asked.emit()
        seen.append(dialog.file.text())
        dialog.reject()

    hands.then(act)
    _press(page, "Let a language model judge")
    assert seen[0].startswith("labels.csv is written")
    assert seen[1] == "1 labels from labels.csv"


def test_what_a_judge_said_stands_beside_what_people_say(
    page: SimulatePage, window: Window, hands: Hands
) -> None:
    """Where both differ comes first; how far they agree is said, and that nothing is counted."""
    judged = (Judgement("T-01", 1, True), Judgement("T-02", 1, False, "Why?"), Judgement("T-03", 1, None))
    labels = {("T-01", 1): True, ("T-02", 1): True}
    made = Judged("Run 1", "a model", judged, labels, agreement(judged, labels))
    seen: list[Any] = []

    def act(dialog: Any) -> None:
        seen.extend(dialog.model.rows)
        seen.append(hands.says(dialog))
        dialog.accept()

    hands.then(act)
    page.judging.show(made)
    assert [line.place for line in seen[:3]] == ["T-02, customer 1", "T-03, customer 1", "T-01, customer 1"]
    assert "agrees with people on 1 of 2 conversations" in seen[3]
    assert "Nothing of it is counted." in seen[3]


def test_planted_faults_that_no_test_notices_are_offered_as_tests(
    page: SimulatePage, window: Window, qtbot: QtBot
) -> None:
    """What nobody notices is listed; new tests for it are proposed by a click; a change forgets the list."""
    before = len(_proposals(window))
    page.views[COVERAGE].click()
    _press(page.coverage, "Plant faults")
    qtbot.waitUntil(lambda: not window.session.busy, timeout=120_000)
    card = page.coverage.strength
    said = card.words.text()
    found = [int(number) for number in re.findall(r"\d+", said)]
    assert "faults were planted: the tests notice " in said and found[0] == sum(found[1:]), said
    assert card.model.rowCount() >= 10
    assert any(line.tone == "ok" and "a new one, " in line.noticed for line in card.model.rows)
    _press(page.coverage, "Propose the new tests")
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    made = _proposals(window)
    assert len(made) == before + 1
    assert "that notice" in made[-1].title and made[-1].title in window.notice.text.text()
    assert all(change.change.path.startswith("scenarios/") for change in made[-1].changes)
    assert not card.offer.isVisible()
    window.session.do(AcceptChange(made[-1].id, made[-1].changes[0].id))
    assert card.model.rowCount() == 0 or not card.table.isVisible()
    assert card.measure.text() == "Plant faults"
