"""An agent that has nothing yet, and proposals that wait: the pages say so and lead to the very proposal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.assembly import new_workbench, open_workbench
from studio.desktop.dock import Dock
from studio.desktop.pages.tests import TestsPage
from studio.desktop.pages.workflows import WorkflowsPage
from studio.desktop.window import Window
from studio.services.new_agent import new_agent
from studio.services.queries.agents import ShowAgent
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.settings import Settings

TEXT = """# {name} desk

## {name} a bike

1. Ask for the ticket number and the surname.
2. Look up the ticket in Spoke.
3. If the ticket was opened more than 21 days ago, hand over to the Workshop.
4. Close the ticket in Spoke.
"""


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace around documents alone: two of them proposed, nothing decided."""
    folder = tmp_path_factory.mktemp("proposed") / "workspace"
    bench = new_workbench(folder, new_agent("Bike desk"), Settings(name="Ana Silva"))
    for number, name in enumerate(("Collecting", "Renting"), 1):
        bench.run(ReadSource(f"{name}.md", TEXT.format(name=name).encode()))
        bench.run(Propose(f"S-{number:02}"))
    bench.close()
    return folder


@pytest.fixture
def opened(bare: Window, proposed: Path) -> Iterator[Window]:
    """The window on it."""
    bare.session.use(open_workbench(proposed, Settings(name="Ana Silva")))
    bare.open_page("home")
    yield bare
    bare.session.use(None)


def test_the_query_tells_what_waits_and_where(opened: Window) -> None:
    """New workflows and tests are counted by the proposal they wait in; the item opens the first of them."""
    page = opened.session.ask(ShowAgent())
    assert page.waiting_workflows is not None and page.waiting_tests is not None
    assert page.waiting_workflows.sentence.startswith("1 new workflow waits to be decided in P-01, 1 more")
    assert page.waiting_workflows.item.startswith("P-01/C-")


def test_the_page_of_tests_says_what_waits_and_opens_it(opened: Window) -> None:
    """Instead of “no tests yet” alone: how many wait in which proposal, with the way there."""
    opened.open_page("tests")
    page = opened.findChild(TestsPage)
    assert page is not None and page.decide.isVisible()
    empty = page.states.empty
    assert "wait to be decided in P-01" in empty.text.text()  # type: ignore[attr-defined]
    QTest.mouseClick(page.decide, Qt.MouseButton.LeftButton)
    assert opened.room == "review"


def test_the_page_of_workflows_says_what_waits_and_opens_it(opened: Window) -> None:
    """Where workflows are proposed and none is there yet, the page says so and leads to the first of them."""
    opened.open_page("workflows")
    page = opened.findChild(WorkflowsPage)
    assert page is not None and page.nothing.decide.isVisible()
    assert "waits to be decided in P-01" in page.nothing.text.text()
    assert [page.make.isVisible(), page.make_too.isVisible()] == [False, True]
    QTest.mouseClick(page.nothing.decide, Qt.MouseButton.LeftButton)
    assert opened.room == "review" and opened.pages["review"]._page.id == "P-01"  # type: ignore[attr-defined]


def test_show_changes_opens_the_proposal_that_its_line_tells_of(opened: Window) -> None:
    """Each line of the ledger leads to its own proposal, the older one too."""
    dock = opened.dock
    assert isinstance(dock, Dock)
    for number in ("P-01", "P-02"):
        opened.open_page("home")
        dock.refresh()
        bubble = next(
            each
            for each in dock.log.bubbles
            if f"({number}:" in each.entry.text and "show changes" in each.entry.ways
        )
        pill = next(pill for pill in bubble.pills if "show changes" in pill.text())
        QTest.mouseClick(pill, Qt.MouseButton.LeftButton)
        assert opened.room == "review"
        assert opened.pages["review"]._page.id == number  # type: ignore[attr-defined]
