"""A large agent is edited without a wait: its checks run behind, and their findings come afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from studio.assembly import new_workbench
from studio.checks.all import run_checks
from studio.desktop.pages.charter import CharterPage
from studio.desktop.pages.workflows import WorkflowsPage
from studio.desktop.window import Window
from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.workflow import End, Say, Workflow, ways_out
from studio.services import standing
from studio.services.authoring.fields import set_field
from studio.services.commands import EditAgent
from studio.services.memory import Memory
from studio.services.proofs import QUICK
from studio.services.queries.agents import ShowAgent
from studio.services.queries.home import ShowHome
from studio.services.queries.release import ShowRelease
from studio.settings import Settings
from tests.desktop.conftest import Hands


class Gate:
    """Lets the real checks begin only while it is open, and counts them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.open = threading.Event(), threading.Event()
        self.agents: list[Agent] = []
        self._real: Callable[[Agent], tuple[CheckResult, ...]] = run_checks
        monkeypatch.setattr(standing, "run_checks", self._run)
        monkeypatch.setattr(standing, "_CHECKED", Memory(9))  # nothing is known of another test

    def _run(self, agent: Agent) -> tuple[CheckResult, ...]:
        self.agents.append(agent)
        self.begun.set()
        assert self.open.wait(20)
        return self._real(agent)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A gate before the checks, closed; open again when the test ends."""
    made = Gate(monkeypatch)
    yield made
    made.open.set()


@pytest.fixture
def window(gate: Gate, bare: Window, tmp_path: Path, returns: Agent) -> Iterator[Window]:
    """The window on a workspace with more steps than are checked at once."""
    said = [Say(id=f"s{n}", title=f"Say {n}", text="Hello.", next=f"s{n + 1}") for n in range(QUICK)]
    steps = (*said, End(id=f"s{QUICK}", title="The end"))
    flow = Workflow(id="long", name="A long one", start="s0", steps=steps)
    agent = returns.model_copy(update={"workflows": (flow, *returns.workflows)})
    bare.session.use(new_workbench(tmp_path / "large", agent, Settings(name="Ana Silva")))
    yield bare
    gate.open.set()
    bare.session.use(None)


@pytest.fixture
def page(window: Window) -> WorkflowsPage:
    """The Workflows page on the long workflow."""
    window.open_page("workflows", "long")
    made = window.pages["workflows"]
    assert isinstance(made, WorkflowsPage)
    return made


def edit(window: Window, path: str, value: object) -> None:
    """Change a field of the draft as the page does."""
    draft = window.session.ask(ShowAgent(wait=False)).draft
    assert window.session.do(EditAgent(set_field(draft, path, value))) is not None


def mark(page: WorkflowsPage) -> str:
    """Return what the list says of the long workflow's checks."""
    return next(row.mark_words for row in page.list.items() if row.id == "long")


def test_an_edit_answers_before_the_checks_and_the_findings_come_afterwards(
    page: WorkflowsPage, window: Window, hands: Hands, gate: Gate
) -> None:
    """The draft is shown at once, marked as being checked; no tick claims what is not proved yet."""
    assert page.checking.text() == "Checking…" and mark(page) == "being checked"
    gate.open.set()
    hands.wait(lambda: mark(page) == "all checks hold")
    assert page.checking.text() == ""
    gate.open.clear()
    edit(window, "workflows/long/steps/s1/next", "s3")  # nothing comes to “Say 2” any more
    assert "s3" in {to for _, to in ways_out(page._draft.workflow("long").step("s1"))}
    assert page.checking.isVisible() and mark(page) == "being checked"
    gate.open.set()
    hands.wait(lambda: page.checking.isHidden())
    assert mark(page) == "checks found something"
    assert "Say 2" in hands.says(page.side)


def test_what_is_typed_chosen_and_focused_stays_when_findings_come(
    page: WorkflowsPage, window: Window, hands: Hands, gate: Gate
) -> None:
    """Findings that come while a person types change neither the words nor where the keyboard is."""
    gate.open.set()
    hands.wait(lambda: mark(page) == "all checks hold")
    gate.open.clear()
    page.canvas.choose("s2")
    edit(window, "workflows/long/steps/s1/next", "s3")
    field = next(line for line in page.side.form.findChildren(QLineEdit) if line.text() == "Say 2")
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    field.setText("Half a thou")
    gate.open.set()
    hands.wait(lambda: mark(page) == "checks found something")
    assert field.text() == "Half a thou" and field.hasFocus()
    assert page.canvas.chosen_ids == ("s2",) and page.list.current_id() == "long"
    assert "Say 2" in hands.says(page.side._above)


def test_the_newest_content_wins(page: WorkflowsPage, window: Window, hands: Hands, gate: Gate) -> None:
    """Edits made while older content is checked are checked once, as they stand at the end."""
    hands.wait(gate.begun.is_set)
    for n in range(1, 5):
        edit(window, f"workflows/long/steps/s{n}/title", f"Another {n}")
    edit(window, "workflows/long/steps/s1/next", "s3")
    gate.open.set()
    hands.wait(lambda: mark(page) == "checks found something")
    assert "Another 2" in hands.says(page.side)
    assert len(gate.agents) == 2  # the first content, and the last: none of those between


def test_known_content_is_not_checked_again(
    page: WorkflowsPage, window: Window, hands: Hands, gate: Gate
) -> None:
    """Undo comes back to content whose checks are remembered: nothing is looked for."""
    gate.open.set()
    hands.wait(lambda: mark(page) == "all checks hold")
    edit(window, "workflows/long/steps/s1/title", "Another")
    hands.wait(lambda: mark(page) == "all checks hold")
    gate.open.clear()
    window.session.undo()
    assert page.checking.isHidden() and mark(page) == "all checks hold"


def test_the_charter_is_shown_at_once_and_its_findings_afterwards(
    window: Window, hands: Hands, gate: Gate
) -> None:
    """The Charter page does not wait either; a finding about a part comes to its side."""
    window.open_page("charter")
    page = window.pages["charter"]
    assert isinstance(page, CharterPage)
    gate.open.set()
    hands.wait(lambda: page.checking.isHidden())
    gate.open.clear()
    edit(window, "charter/ai_disclosure", "")
    assert page.checking.isVisible()
    before = hands.says(page.side)
    gate.open.set()
    hands.wait(lambda: page.checking.isHidden())
    assert hands.says(page.side) != before
    assert next(row.mark for row in page.list.items() if row.id == "about") == "bad"


def test_home_and_release_show_what_was_known_and_take_over(window: Window, hands: Hands, gate: Gate) -> None:
    """Neither waits for the checks: their gate says that it is being checked, and what it was before."""
    session = window.session
    first = session.ask(ShowHome(wait=False))
    assert first.looking and window.pages["home"].isVisible() and session.proofs.looking
    gate.open.set()
    hands.wait(lambda: not session.ask(ShowHome(wait=False)).looking and not session.proofs.looking)
    met = session.ask(ShowHome()).gates_met
    assert met == session.ask(ShowHome(wait=False)).gates_met > first.gates_met
    gate.open.clear()
    edit(window, "workflows/long/steps/s1/next", "s3")
    assert "checking…" in hands.says(window.pages["home"])
    assert session.ask(ShowHome(wait=False)).gates_met == met  # as it was before
    window.open_page("release")
    release = window.pages["release"]
    page = session.ask(ShowRelease(wait=False))
    assert not page.can_export and page.manifest_digest is None
    assert "Checking… Before the last edit all held." in hands.says(release)
    gate.open.set()
    hands.wait(lambda: "Checking…" not in hands.says(release))
    assert session.ask(ShowRelease(wait=False)) == session.ask(ShowRelease())


def test_a_page_that_was_left_catches_up(
    page: WorkflowsPage, window: Window, hands: Hands, gate: Gate
) -> None:
    """Findings that come while another page is seen are there when one comes back."""
    hands.wait(gate.begun.is_set)
    window.open_page("sources")
    gate.open.set()
    hands.wait(lambda: not window.session.proofs.looking)
    window.open_page("workflows")
    hands.wait(lambda: mark(page) == "all checks hold")
    assert page.checking.isHidden()


def test_closing_while_checks_run_leaves_nothing_behind(
    page: WorkflowsPage, window: Window, hands: Hands, gate: Gate
) -> None:
    """The window closes while the draft is being checked: the check ends with it and reaches nobody."""
    heard: list[int] = []
    window.session.proofs.found.connect(lambda: heard.append(1))
    hands.wait(gate.begun.is_set)
    running = [thread for thread in threading.enumerate() if thread.name == "job: Checking the draft"]
    assert len(running) == 1
    gate.open.set()
    window.close()
    assert not running[0].is_alive()
    hands.says(page)  # what is still queued is delivered
    assert not heard and not window.session.proofs.looking


def test_small_agents_and_the_command_line_never_wait_for_findings(
    bare: Window, tmp_path: Path, returns: Agent
) -> None:
    """A small agent comes with its checks at once; who waits gets those of any agent, all of them."""
    bare.session.use(new_workbench(tmp_path / "small", returns, Settings(name="Ana Silva")))
    now = bare.session.ask(ShowAgent(wait=False))
    assert not now.looking and now.checks == bare.session.ask(ShowAgent()).checks
    assert any(each.status == "holds" for each in now.checks)
    assert not diff_agents(now.live, now.draft, "").changes
