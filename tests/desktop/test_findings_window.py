"""Findings on the Workflows page, by real clicks: shown as a conversation, mended, and made a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.assembly import new_workbench, sample
from studio.desktop.pages.workflows import WorkflowsPage
from studio.desktop.window import Window
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.frozen import canonical
from studio.domain.workflow import Ask, Step
from studio.services.authoring.steps import delete_steps
from studio.services.counterexample import meet
from studio.services.queries.agents import ShowAgent
from studio.settings import Settings

if TYPE_CHECKING:
    from tests.desktop.conftest import Hands

FLOW = "return-item"


def without_reason() -> Agent:
    """Return the sample in which the reason of a return is used, but never asked for."""
    agent = sample("returns_assistant").agent
    asked = next(step.id for step in agent.workflow(FLOW).steps if asks(step))
    return apply(agent, delete_steps(agent, FLOW, [asked]))


def asks(step: Step) -> bool:
    """Return whether a step asks for the reason."""
    return isinstance(step, Ask) and "reason" in step.slots


def with_gap() -> Agent:
    """Return the sample with a decision that answers nothing to some."""
    agent = sample("returns_assistant").agent
    table = agent.tables[0]
    less = table.model_copy(update={"rows": table.rows[:-1]})
    return agent.model_copy(update={"tables": (less, *agent.tables[1:])})


def opened(window: Window, folder: Path, agent: Agent, item: str = FLOW) -> WorkflowsPage:
    """Return the Workflows page on a new workspace with an agent."""
    window.session.use(new_workbench(folder, agent, Settings(name="Ana Silva")))
    window.resize(1440, 900)
    window.open_page("workflows", item)
    page = window.pages["workflows"]
    assert isinstance(page, WorkflowsPage)
    return page


@pytest.fixture
def page(bare: Window, tmp_path: Path) -> Iterator[WorkflowsPage]:
    """The page on a workflow in which the reason is never asked for."""
    yield opened(bare, tmp_path / "workspace", without_reason())


def draft(page: WorkflowsPage) -> Agent:
    """Return the draft as it is saved."""
    return page.desk.session.ask(ShowAgent()).draft


def worked_out(page: WorkflowsPage, hands: Hands) -> None:
    """Wait until what was found is worked out."""
    hands.wait(lambda: page.findings.worked is not None)


def test_a_finding_is_shown_as_a_conversation_with_its_way_lit(page: WorkflowsPage, hands: Hands) -> None:
    """What a customer and the agent would say is read beside the canvas, on which the way stays lit."""
    hands.press("Show it as a conversation", page.side)
    worked_out(page, hands)
    panel = page.findings.panel
    assert page.beside.currentWidget() is panel and panel.view.isVisible()
    speakers = {line.speaker for line in panel.view.lines}
    assert {"customer", "agent"} <= speakers
    worked = page.findings.worked
    assert worked is not None
    way = [step.step for step in worked.finding.result.counterexample if step.workflow == FLOW]
    looks = [item.light for item in map(page.canvas.item, way) if item is not None]
    assert looks and all(looks) and looks[-1] == "now"
    hands.press("Close what was found", panel)
    assert page.beside.currentWidget() is page.side
    assert not any(item.light for item in map(page.canvas.item, way) if item is not None)


def test_a_finding_is_mended_in_one_click_and_undone(page: WorkflowsPage, hands: Hands) -> None:
    """What the fix changes is said in words; one click does it, the finding is gone, Undo takes it back."""
    before = draft(page)
    hands.press("Mend it…", page.side)
    worked_out(page, hands)
    words = page.findings.panel.mend_words.text()
    assert words.startswith("Ask for “Reason” before “") and "•" in words
    hands.press("Mend it", page.findings.panel)
    hands.wait(lambda: page.beside.currentWidget() is page.side)
    after = draft(page)
    assert any(asks(step) for step in after.workflow(FLOW).steps)
    assert hands.find(type(page.undo), "Mend it", page.side) is None
    QTest.mouseClick(page.undo, Qt.MouseButton.LeftButton)
    assert canonical(draft(page)) == canonical(before)


def test_a_finding_becomes_a_test_that_fails_now_and_passes_then(page: WorkflowsPage, hands: Hands) -> None:
    """One click adds the test; it says that it fails now; once mended the very same test passes."""
    before = {test.id for test in draft(page).scenarios}
    hands.press("Make it a test", page.side)
    hands.wait(lambda: len(draft(page).scenarios) > len(before))
    made = next(test for test in draft(page).scenarios if test.id not in before)
    assert f"{made.id} is a test now. It fails as the draft is" in hands.says(page.window())
    assert not meet(draft(page), made).passed
    hands.press("Mend it…", page.side)
    worked_out(page, hands)
    hands.press("Mend it", page.findings.panel)
    hands.wait(lambda: any(asks(step) for step in draft(page).workflow(FLOW).steps))
    assert meet(draft(page), made).passed


def test_a_gap_of_a_decision_becomes_a_test(bare: Window, hands: Hands, tmp_path: Path) -> None:
    """Beside a gap, Make it a test adds a customer who falls into it."""
    agent = with_gap()
    page = opened(bare, tmp_path / "workspace", agent, f"/{agent.tables[0].id}")
    hands.press("Make it a test", page.side.decision)
    hands.wait(lambda: len(draft(page).scenarios) > len(agent.scenarios))
    assert not meet(draft(page), draft(page).scenarios[-1]).passed


def test_proofs_are_read_with_what_they_assume(page: WorkflowsPage, hands: Hands) -> None:
    """What holds stands folded under the workflow; opened, each proof says what it takes for granted."""
    proved = page.side.proved
    assert proved.turn.text().startswith("▸ Proved: ")
    assert "What it assumes" not in hands.says(proved)
    hands.press("Show what is proved", proved)
    told = hands.says(proved)
    assert told.count("✓") == told.count("What it assumes: ") == int(proved.turn.text().split()[-1])
    hands.press("Hide what is proved", proved)
    assert "What it assumes" not in hands.says(proved)
