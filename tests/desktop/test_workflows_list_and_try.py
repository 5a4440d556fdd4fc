"""The list of steps, Try it, new workflows and the empty page, by real clicks and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QMenu, QPlainTextEdit

from studio.assembly import new_workbench, sample
from studio.desktop.pages.workflows import WorkflowsPage
from studio.desktop.window import Window
from studio.domain.agent import Agent
from studio.domain.check import CheckResult, PathStep
from studio.domain.scenario import ExpectOutcome
from studio.domain.workflow import Workflow, ways_out
from studio.services.new_agent import new_agent
from studio.services.queries.agents import ShowAgent
from studio.settings import Settings

Key, NONE = Qt.Key, Qt.KeyboardModifier.NoModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
ANSWERS = ("LH-204418", "ada.finch@mail.example", "changed my mind", "unused", "yes")
TALK = ("I would like to send this back", *ANSWERS)


def _draft(window: Window) -> Agent:
    return window.session.ask(ShowAgent()).draft


def _flow(page: WorkflowsPage) -> Workflow:
    return _draft(_window(page)).workflow(page.list.current_id())


def _window(page: WorkflowsPage) -> Window:
    window = page.window()
    assert isinstance(window, Window)
    return window


@pytest.fixture
def window(bare: Window, tmp_path: Path) -> Window:
    """The window on a new workspace with the sample's agent."""
    agent = sample("returns_assistant").agent
    bare.session.use(new_workbench(tmp_path / "workspace", agent, Settings(name="Ana Silva")))
    return bare


@pytest.fixture
def page(window: Window) -> WorkflowsPage:
    """The Workflows page on the sample."""
    window.open_page("workflows")
    made = window.pages["workflows"]
    assert isinstance(made, WorkflowsPage)
    return made


def _press(window: Window, name: str) -> None:
    found = [b for b in window.findChildren(QAbstractButton) if b.isVisible() and b.accessibleName() == name]
    assert len(found) == 1, (name, found)
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


def _pick(menu: QMenu | None, words: str) -> None:
    assert menu is not None
    next(action for action in menu.actions() if action.text().startswith(words)).trigger()
    menu.close()


def _type(words: str) -> Callable[[QDialog], None]:
    def act(dialog: QDialog) -> None:
        field = dialog.findChild(QPlainTextEdit)
        assert field is not None
        QTest.keyClicks(field, words)
        dialog.accept()

    return act


# The list


def test_the_list_has_every_step_once_and_names_where_ways_lead(page: WorkflowsPage) -> None:
    """Each step stands once; a way to a step that stands elsewhere names it; an open way says so."""
    _press(_window(page), "Show the steps as a list")
    flow, outline = _flow(page), page.outline
    outline.choose_many([step.id for step in flow.steps])
    assert sorted(outline.chosen_ids) == sorted(step.id for step in flow.steps)
    within = Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive
    texts = [item.text(0) for item in outline.findItems("→", within)]
    assert any(text.startswith("if it fails → ") for text in texts)


def test_the_list_edits_the_same_by_keys(page: WorkflowsPage, hands: Any) -> None:
    """N adds behind the step, Alt+Up brings it earlier, F2 renames, Del deletes; Ctrl+Z takes back each."""
    _press(_window(page), "Show the steps as a list")
    outline, first = page.outline, _flow(page).start
    before = _flow(page)
    outline.choose_many([first])
    outline.setFocus()
    QTest.keyClick(outline, Key.Key_N)
    _pick(outline.shown, "Say")
    (new,) = outline.chosen_ids
    assert dict(ways_out(_flow(page).step(first)))[""] == new
    QTest.keyClick(outline, Key.Key_Up, ALT)
    assert _flow(page).start == new and dict(ways_out(_flow(page).step(new)))[""] == first
    QTest.keyClick(outline, Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, "Say hello")
    QTest.keyClick(field, Key.Key_Return)
    hands.wait(lambda: _flow(page).step(new).title == "Say hello")
    outline.setFocus()
    QTest.keyClick(outline, Key.Key_Delete)
    assert _flow(page).start == first
    for _ in range(4):
        QTest.keyClick(outline, Key.Key_Z, CTRL)
    assert _flow(page) == before


def test_a_way_is_led_elsewhere_in_the_list(page: WorkflowsPage) -> None:
    """On a way, Del leaves it open and C lets the step be chosen to which it leads."""
    _press(_window(page), "Show the steps as a list")
    outline, flow = page.outline, _flow(page)
    step = next(s for s in flow.steps if dict(ways_out(s)).get("if it fails"))
    outline.choose_many([step.id])
    outline.setFocus()
    QTest.keyClick(outline, Key.Key_Down)
    assert outline.way == (step.id, "if it fails")
    QTest.keyClick(outline, Key.Key_Delete)
    assert dict(ways_out(_flow(page).step(step.id)))["if it fails"] is None
    outline.choose_many([step.id])
    QTest.keyClick(outline, Key.Key_C)
    other = next(s for s in flow.steps if s.id != step.id)
    _pick(outline.shown, other.title)
    assert dict(ways_out(_flow(page).step(step.id)))["if it fails"] == other.id


def test_what_is_chosen_stays_chosen_when_the_view_changes(page: WorkflowsPage) -> None:
    """From the canvas to the list and back, the same step is chosen."""
    step = page.canvas.steps[2]
    page.canvas.choose(step)
    _press(_window(page), "Show the steps as a list")
    assert page.outline.chosen_ids == (step,)
    _press(_window(page), "Show the steps as a list")
    assert page.canvas.chosen_ids == (step,)


# Try it


def _say(page: WorkflowsPage, *turns: str) -> None:
    for words in turns:
        QTest.keyClicks(page.trying.panel.field, words)
        QTest.keyClick(page.trying.panel.field, Key.Key_Return)


def test_the_draft_is_talked_with_and_its_step_is_lit(page: WorkflowsPage) -> None:
    """What is typed is understood and shown, the step it stands at is lit, a turn can be taken back."""
    _press(_window(page), "Try it: talk with the draft")
    assert QApplication.focusWidget() is page.trying.panel.field
    _say(page, *TALK[:3])
    trial = page.trying.trial
    assert trial is not None and trial.verified and trial.said == TALK[:3]
    now = [step for step in page.canvas.steps if _light(page, step) == "now"]
    assert now == [trial.places[0][1]]
    words = page.trying.panel.log.entries
    assert any("Understood" in entry.aside for entry in words if entry.speaker == "you")
    _press(_window(page), "Take the last turn back")
    assert page.trying.trial is not None and page.trying.trial.said == TALK[:2]
    _press(_window(page), "Start again")
    assert not page.trying.trial.said


def _light(page: WorkflowsPage, step: str) -> str:
    item = page.canvas.item(step)
    assert item is not None
    return item.light


def test_an_edit_shows_at_once_in_what_is_tried(page: WorkflowsPage) -> None:
    """The same words are tried again when the draft changes: a step that says something is heard."""
    _press(_window(page), "Try it: talk with the draft")
    _say(page, TALK[0])
    page.canvas.setFocus()
    page.canvas.choose(_flow(page).start)
    before = page.trying.trial
    QTest.keyClick(page.canvas, Key.Key_Delete)
    after = page.trying.trial
    assert before is not None and after is not None
    assert after.said == before.said and after.lines != before.lines
    QTest.keyClick(page.canvas, Key.Key_Z, CTRL)
    assert page.trying.trial == before


def test_what_was_tried_becomes_a_test(page: WorkflowsPage) -> None:
    """Once it has ended, “Make this a test” keeps the customer's words and facts, and what came of them."""
    _press(_window(page), "Try it: talk with the draft")
    _say(page, TALK[0])
    assert not page.trying.panel.keep.isEnabled()
    _say(page, *TALK[1:])
    assert page.trying.trial is not None and page.trying.trial.outcome == "resolved"
    count = len(_draft(_window(page)).scenarios)
    _press(_window(page), "Make this a test")
    kept = _draft(_window(page)).scenarios[-1]
    assert len(_draft(_window(page)).scenarios) == count + 1
    assert kept.opening == TALK[0] and {fact.id for fact in kept.facts} >= {"order_id", "email"}
    assert ExpectOutcome(outcome="resolved") in kept.expectations


# New workflows, and none


def test_a_workflow_is_made_and_begun_by_hand(page: WorkflowsPage, hands: Any) -> None:
    """“+” asks for a name and opens an empty canvas; the first step that is picked is where it begins."""
    hands.then(_type("Cancel an order"))
    _press(_window(page), "New workflow, reusable block or system")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    _pick(menu, "New workflow")
    assert page.list.current_id() == "cancel-an-order" and not page.canvas.steps
    row = next(row for row in page.palette_.rows if row.kind.id == "ask")
    QTest.mouseClick(row, Qt.MouseButton.LeftButton)
    flow = _flow(page)
    assert flow.start == flow.steps[0].id == page.canvas.chosen


def test_blocks_say_where_they_are_used(page: WorkflowsPage) -> None:
    """Each reusable block names the number of workflows that use it."""
    draft = _draft(_window(page))
    rows = {row.id: row.subtitle for row in page.list.items()}
    for flow in (flow for flow in draft.workflows if flow.reusable):
        users = [f for f in draft.workflows if any(getattr(s, "block", "") == flow.id for s in f.steps)]
        assert rows[flow.id].startswith(f"used in {len(users)} workflow")


def test_an_empty_page_offers_to_make_one_by_hand(bare: Window, tmp_path: Path, hands: Any) -> None:
    """Without a workflow the page offers to make one, beside adding a document; the new one opens."""
    bare.session.use(new_workbench(tmp_path / "empty", new_agent("Help desk"), Settings(name="Ana Silva")))
    bare.open_page("workflows")
    hands.then(_type("Return an item"))
    _press(bare, "Make a workflow")
    page = bare.pages["workflows"]
    assert isinstance(page, WorkflowsPage)
    assert page.list.current_id() == "return-an-item"
    assert page.states.currentWidget() is page.states.content


def test_the_way_of_a_finding_is_lit_on_the_canvas(page: WorkflowsPage) -> None:
    """What the checks found shows a way; choosing it lights its steps and lines, the last most."""
    flow = _flow(page)
    first = flow.step(flow.start)
    second = dict(ways_out(first))[""]
    assert second is not None
    way = (
        PathStep(workflow=flow.id, step=first.id, title=first.title),
        PathStep(workflow=flow.id, step=second, title=flow.step(second).title),
    )
    found = CheckResult(
        id="x", check="order", status="broken", subject="S", detail="It is.", path=f"workflows/{flow.id}",
        counterexample=way,
    )  # fmt: skip
    page.side.show_workflow(_draft(_window(page)), flow.id, (found,))
    _press_soon(page, "Show the way on the canvas: S")
    assert [_light(page, step) for step in (first.id, second)] == ["path", "now"]
    line = page.canvas.line((first.id, ""))
    assert line is not None and line.lit


def _press_soon(page: WorkflowsPage, name: str) -> None:
    QApplication.processEvents()
    _press(_window(page), name)


def test_try_and_new_are_found_from_anywhere(window: Window) -> None:
    """F6 opens the Workflows page with the talk begun, from any page."""
    window.open_page("home")
    window.run_action("workflow.try")
    made = window.pages["workflows"]
    assert isinstance(made, WorkflowsPage)
    assert window.room == "workflows" and made.trying.on and made.trying.trial is not None
