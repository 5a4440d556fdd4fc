"""The smaller sample is built in the window from nothing, by clicks and keys, and is the same agent.

- Compared are the charter, the workflows, decisions and systems as JSON (`plan_terms` says what is left out),
  what every test of the sample comes to, and what the checks find.
- It is built in stages, a test each: one test of it all would outlast the guard on a slow machine.
- The sample's tests, records and mock systems are set around what was built; no hand writes them here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
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
from studio.domain.workflow import Workflow
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


class Making:
    """The agent in the making: stage by stage, each done once and in order, whoever asks first."""

    def __init__(self, person: CharterBuilder, folder: Path) -> None:
        self.person, plan = person, person.plan
        self._left: list[tuple[str, Callable[[], object]]] = [
            ("charter", partial(self._begin, folder)),
            *((flow.id, partial(person.workflow, flow)) for flow in in_order(plan)),
            ("rest", self._finish),
        ]

    def _begin(self, folder: Path) -> None:
        new_workspace(self.person, self.person.plan.name, folder / "workspace")
        self.person.frame()

    def _finish(self) -> None:
        self.person.pass_on()
        self.person.rest()

    def up_to(self, stage: str) -> Agent:
        """Do what is left up to a stage; return the draft then."""
        while any(name == stage for name, _ in self._left):
            self._left.pop(0)[1]()
        return self.person.window.session.ask(ShowAgent()).draft


def in_order(plan: Agent) -> list[Workflow]:
    """Return the workflows in the order in which they are built: blocks first."""
    return sorted(plan.workflows, key=lambda each: not each.reusable)


@pytest.fixture(scope="module")
def making(
    request: pytest.FixtureRequest, qapp: QApplication, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Making]:
    """A person at a new window, with the plan in hand."""
    folder = tmp_path_factory.mktemp("by hand")
    patch = pytest.MonkeyPatch()
    patch.setenv("COBUILDER_CONFIG", str(folder / "config"))
    dress(qapp, Settings(name="Ana Silva"))
    window = Window(Settings(name="Ana Silva"))
    window.resize(1440, 900)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window, 30_000)
    try:
        yield Making(CharterBuilder(QtBot(request), window, sample(PLAN).agent), folder)
    finally:
        window.session.use(None)
        window.close()
        window.deleteLater()
        patch.undo()


@pytest.fixture(scope="module")
def built(making: Making) -> Agent:
    """The agent as it was built."""
    return making.up_to("rest")


@pytest.fixture(scope="module")
def plan() -> Agent:
    """The sample that it is built after."""
    return sample(PLAN).agent


def test_the_charter_is_written_before_there_is_a_workflow(making: Making, plan: Agent) -> None:
    """Ctrl+N makes the workspace; texts, owners, reach and rules are written in it."""
    draft = making.up_to("charter")
    assert draft.name == plan.name and draft.charter.purpose == plan.charter.purpose
    assert [rule.title for rule in draft.charter.rules] == [rule.title for rule in plan.charter.rules]


@pytest.mark.parametrize("stage", [flow.id for flow in in_order(sample(PLAN).agent)])
def test_each_workflow_is_built_step_by_step(making: Making, plan: Agent, stage: str) -> None:
    """Its facts, systems, decisions and steps are there, each by the name that was typed."""
    draft, wanted = making.up_to(stage), plan.workflow(stage)
    flow = next(each for each in draft.workflows if each.name == wanted.name)
    assert {step.title for step in flow.steps} == {step.title for step in wanted.steps}


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
