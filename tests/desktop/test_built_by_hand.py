"""The smaller sample is built in the window from nothing, by clicks and keys, and is the same agent.

- Compared are the charter, the workflows, decisions and systems as JSON (`plan_terms` says what is left out),
  what every test of the sample comes to, and what the checks find.
- The sample's tests, records and mock systems are set around what was built; no hand writes them here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from studio.assembly import sample
from studio.checks.all import run_checks
from studio.desktop.main import dress
from studio.desktop.window import Window
from studio.domain.agent import Agent
from studio.services.queries.agents import ShowAgent
from studio.settings import Settings
from studio.simulation import run
from studio.workers.inline import InlineWorkers
from tests.desktop.charter_builder import CharterBuilder
from tests.desktop.plan_terms import in_plan_terms, plain, with_the_plans_tests

PLAN = "appointment_desk"


def new_workspace(person: CharterBuilder, name: str, folder: Path) -> None:
    """Press Ctrl+N, name the agent and a folder."""

    def fill(dialog: QDialog) -> None:
        person.write_only("Name of the agent, such as “Returns desk”", name, dialog)
        person.write_only("Folder for the workspace (empty, or new)", str(folder), dialog)
        person.press("Make workspace", dialog)

    person.answer(fill)
    QTest.keyClick(person.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert person.window.session.workbench is not None


@pytest.fixture(scope="module")
def built(
    request: pytest.FixtureRequest, qapp: QApplication, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agent]:
    """The agent as it was built."""
    folder = tmp_path_factory.mktemp("by hand")
    patch = pytest.MonkeyPatch()
    patch.setenv("COBUILDER_CONFIG", str(folder / "config"))
    dress(qapp, Settings(name="Ana Silva"))
    window = Window(Settings(name="Ana Silva"))
    window.resize(1440, 900)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    plan = sample(PLAN).agent
    person = CharterBuilder(QtBot(request), window, plan)
    try:
        new_workspace(person, plan.name, folder / "workspace")
        person.frame()
        for flow in sorted(plan.workflows, key=lambda each: not each.reusable):
            person.workflow(flow)
        person.pass_on()
        person.rest()
        yield window.session.ask(ShowAgent()).draft
    finally:
        window.session.use(None)
        window.close()
        window.deleteLater()
        patch.undo()


@pytest.fixture(scope="module")
def plan() -> Agent:
    """The sample that it is built after."""
    return sample(PLAN).agent


@pytest.mark.parametrize("part", ["name", "charter", "workflows", "tables", "tools"])
def test_every_part_is_as_planned(built: Agent, plan: Agent, part: str) -> None:
    """But for ids, what only documents give (sentences), and what mock systems do, the JSON is the same."""
    mine, theirs = in_plan_terms(built, plan)[part], plain(plan)[part]
    _sorted_branches(theirs)
    if isinstance(theirs, list):
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs, strict=True):
            assert one == other
    assert mine == theirs


def _sorted_branches(part: Any) -> None:
    for flow in part if isinstance(part, list) else ():
        for step in flow.get("steps", ()):
            if step.get("table"):
                step["branches"].sort(key=lambda branch: str(branch["id"]))


def test_the_same_tests_go_the_same_way(built: Agent, plan: Agent) -> None:
    """Every test of the sample, with many customers: the same verdict, outcome, words and calls."""
    hand = with_the_plans_tests(built, plan)
    runs = [run(agent, plan.scenarios, 7, 5, InlineWorkers()) for agent in (hand, plan)]
    mine, theirs = [
        [
            (c.scenario, c.customer, c.passed, c.outcome, c.calls, [t.text for t in c.turns])
            for c in each.conversations
        ]
        for each in runs
    ]
    assert len(mine) == 5 * len(plan.scenarios) and all(passed for _, _, passed, *_ in mine)
    assert mine == theirs


def test_the_same_checks_hold(built: Agent, plan: Agent) -> None:
    """What is proved of the sample is proved of what was built, and nothing else is found in it."""
    hand = with_the_plans_tests(built, plan)
    mine, theirs = [Counter((c.check, c.status) for c in run_checks(agent)) for agent in (hand, plan)]
    assert mine == theirs
