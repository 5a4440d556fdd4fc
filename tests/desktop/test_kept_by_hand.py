"""What is typed and cannot be taken waits; days are chosen in a calendar; refused readings stay refused."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from studio.checks.all import run_checks
from studio.desktop.page import Page
from studio.desktop.pages.charter import CharterPage
from studio.desktop.pages.workflows import WorkflowsPage
from studio.desktop.panels.charter_readiness import MeasuredCard
from studio.desktop.panels.condition_value import ValueEditor
from studio.desktop.panels.workflow_rows import workflow_rows
from studio.desktop.widgets.date_line import DateLine
from studio.desktop.window import Window
from studio.domain.agent import Agent
from studio.domain.readiness import Threshold
from studio.services.queries.agents import ShowAgent, paths_of
from studio.services.queries.check_findings import read_rule
from tests.desktop.person import Person


def draft(page: Page) -> Agent:
    """Return the draft."""
    return page.desk.session.ask(ShowAgent()).draft


def test_what_cannot_be_taken_waits_at_its_step(window: Window, qtbot: QtBot) -> None:
    """A wrong number is said when another step is chosen, and stands there again with its sentence."""
    window.open_page("workflows")
    page, person = cast(WorkflowsPage, window.pages["workflows"]), Person(qtbot, window)
    flow = next(each for each in draft(page).workflows if any(s.kind == "ask" for s in each.steps))
    asking = next(step for step in flow.steps if step.kind == "ask")
    other = next(step for step in flow.steps if step.id != asking.id)
    told: list[str] = []
    page.side.kept.connect(told.append)
    window.open_page("workflows", f"{flow.id}/{asking.id}")
    name = "Asks for each up to times before it gives up"
    person.write(name, "many", page.side)
    page.canvas.choose(other.id)
    assert told and "many" in told[0] and draft(page).workflow(flow.id) == flow
    page.canvas.choose(asking.id)
    line = person.find(QLineEdit, name, page.side)
    assert line.text() == "many"
    person.write(name, "2", page.side)
    assert getattr(draft(page).workflow(flow.id).step(asking.id), "tries", 0) == 2
    page.canvas.choose(other.id)
    assert len(told) == 1


def test_a_day_is_typed_or_chosen(dressed: object, qtbot: QtBot) -> None:
    """Both give the same words; the calendar opens, by key, at the day that stands in the line."""
    editor = ValueEditor("Value", "date", False, ())
    qtbot.addWidget(editor)
    editor.show()
    line, given = editor.line, list[str]()
    editor.given.connect(given.append)
    assert isinstance(line, DateLine)
    line.setFocus()
    QTest.keyClicks(line, "2026-03-31")
    QTest.keyClick(line, Qt.Key.Key_Return)
    line.open_calendar()
    assert line.calendar is not None and line.calendar.selectedDate() == QDate(2026, 3, 31)
    line.calendar.clicked.emit(QDate(2026, 4, 2))
    assert given == ["2026-03-31", "2 April 2026"] and line.text() == "2 April 2026"


def test_a_refused_reading_is_not_offered_again(window: Window, qtbot: QtBot) -> None:
    """“Not what it means” is kept with the rule; the card stands first and is gone then; undo offers it."""
    window.open_page("charter")
    page, person = cast(CharterPage, window.pages["charter"]), Person(qtbot, window)
    agent = draft(page)
    rule = next(each for each in agent.charter.rules if each.formal is None and read_rule(agent, each.id))
    window.open_page("charter", rule.id)
    first = page.side.body.itemAt(0)
    assert first is not None and first.layout() is page._read
    person.press("Not what it means", page.side)
    assert draft(page).charter.rule(rule.id).not_meant
    page.refresh()
    assert not person.all(type(page.up), "Not what it means", page.side)
    page.desk.session.undo()
    assert draft(page) == agent
    person.find(type(page.up), "Not what it means", page.side)


def test_the_error_budget_is_held_against_the_newest_simulation(dressed: object, qtbot: QtBot) -> None:
    """The card says what went wrong, of how many, and whether that is within the budget; or that none ran."""
    budget = (Threshold(id="error budget", measure="error budget", limit=0.01),)
    for measured, wanted in (
        (("7", 2, 100), "more than the error budget of 1 %"),
        (("7", 1, 100), "within the error budget of 1 %"),
        (None, "No simulation of exactly this draft yet"),
    ):
        card = MeasuredCard(budget, measured)
        qtbot.addWidget(card)
        assert wanted in " ".join(each.text() for each in card.findChildren(QLabel))


def test_a_workflow_counts_its_paths_and_says_that_all_is_proved(dressed: object, returns: Agent) -> None:
    """In the place of steps stand paths, and behind them what the checks come to."""
    rows = workflow_rows(returns, returns, run_checks(returns), paths=paths_of(returns))
    said = {row.id: row.subtitle for row in rows}
    flow = next(each for each in returns.workflows if not each.reusable)
    head, _, tail = said[flow.id].partition(" · ")
    assert head.endswith(("path", "paths")) and ("proved" in tail or "to look at" in tail)
    waiting = workflow_rows(returns, returns, (), looking=True, paths=paths_of(returns))
    assert next(row.subtitle for row in waiting if row.id == flow.id) == head
