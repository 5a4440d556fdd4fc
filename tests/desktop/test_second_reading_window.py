"""The second reading through the window: choose who reads, see what leaves, decide a difference."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from loopback_model import LoopbackModel, says
from loopback_reader import reading, warm_process
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QRadioButton
from scripted_reader import faithful

from studio.desktop.pages.review import ReviewPage
from studio.desktop.pages.sources import SourcesPage
from studio.desktop.panels.model_settings import LeavingDialog
from studio.desktop.panels.reader_choice import ReaderDialog
from studio.desktop.window import Window
from studio.domain.finding import Engine
from studio.domain.model import ModelPolicy, ModelRequest
from studio.llm.chosen import ChosenModels
from studio.llm.process import ModelProcess
from studio.services.commands import SetModelPolicy
from studio.services.model_terms import ShowModelTerms
from studio.services.queries.models import ShowReading
from studio.services.queries.sources import ShowSource
from studio.settings import ModelSettings

if TYPE_CHECKING:
    from tests.desktop.conftest import Hands

TWISTED = "Final sale items cannot be returned or refunded"


@pytest.fixture(scope="module")
def process() -> Iterator[ModelProcess]:
    """The worker process of these tests; it has imported its client."""
    with warm_process() as made:
        yield made


@pytest.fixture
def server(process: ModelProcess) -> Iterator[LoopbackModel]:
    """The language model."""
    with LoopbackModel([says("ready")]) as made:
        yield made


@pytest.fixture
def asked(
    process: ModelProcess,
    window: Window,
    server: LoopbackModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Window:
    """The window at the new policy; the model of its workspace differs from CoBuilder in one sentence."""
    monkeypatch.setitem(os.environ, "LOOPBACK_KEY", "sk-window-0a1b2c3d4e5f")
    bench = window.session.workbench
    assert bench is not None
    with bench.outside.workspace.unit() as unit:
        tools = unit.agents.draft().tools
    script = faithful(bench.ask(ShowSource("S-03")).source.current.document, tools)

    def twist(request: ModelRequest) -> str:
        answer = json.loads(script(request))
        for rule in answer["rules"]:
            if TWISTED in rule["quote"]:
                rule["kind"] = "permission"
        return json.dumps(answer)

    server.answer(reading(twist))
    chosen = ModelSettings(name="openai/local", address=server.address, key="env:LOOPBACK_KEY")
    models = ChosenModels(chosen, lambda: bench.ask(ShowModelTerms()), tmp_path / "replies", process)
    bench._outside = replace(bench.outside, models=models)
    window.opener.keep(model=chosen.model_dump())
    window.open_page("sources", "S-03")
    return window


def choose(dialog: ReaderDialog, hands: Hands, engine: Engine) -> None:
    """Say who reads."""
    assert isinstance(dialog, ReaderDialog)
    hands.press(dialog.choices[engine].text(), dialog)
    assert dialog.engine == engine


def test_from_the_choice_to_a_decision(asked: Window, hands: Hands, server: LoopbackModel) -> None:
    """Both are chosen, every word is seen and confirmed, the tray shows tokens; the difference is told."""
    seen: list[str] = []
    asked.session.job_moved.connect(lambda _title, _share, message: seen.append(message))

    def both(dialog: ReaderDialog) -> None:
        assert dialog.engine == "embedded"
        assert "Nothing leaves" in hands.says(dialog)
        choose(dialog, hands, "both")
        words = hands.says(dialog)
        assert "127.0.0.1" in words and "500,000 tokens" in words and "e-mail address" in words
        hands.press("Propose changes", dialog)

    def confirm(dialog: LeavingDialog) -> None:
        assert TWISTED in dialog.text.toPlainText() and server.requests == []
        hands.press("Text may go to 127.0.0.1", dialog)

    hands.then(both, confirm)
    hands.press("Propose changes")
    hands.wait(lambda: server.requests)
    hands.wait(lambda: asked.session.ask(ShowReading("S-03")).read_by == "both")
    hands.wait(lambda: "proposed" in asked.notice.text.text())
    assert "The two readings differ in 1 place" in asked.notice.text.text()
    assert any("of 500,000 tokens" in message for message in seen)

    hands.press("Open review")
    page = asked.pages["review"]
    assert isinstance(page, ReviewPage)
    hands.press("Two readings · 1 difference")
    assert "openai/local at 127.0.0.1" in page.how_read.lines.text()
    assert TWISTED in page.how_read.lines.text()
    assert "the changes follow CoBuilder's own reading" in page.how_read.lines.text()
    warned = [item for item in page.list.items() if item.mark_words == "read its warning first"]
    assert warned
    page.list.choose(warned[0].id)
    assert "the language model reads a permission" in hands.says(page.why)
    page.list.setFocus()
    hands.key(Qt.Key.Key_A)
    hands.wait(lambda: next(i for i in page.list.items() if i.id == warned[0].id).mark == "ok")


def test_who_does_not_confirm_sends_nothing(asked: Window, hands: Hands, server: LoopbackModel) -> None:
    """Closed without a word, nothing leaves and nothing is proposed; CoBuilder itself needs no question."""

    def read(dialog: ReaderDialog) -> None:
        choose(dialog, hands, "model")
        hands.press("Only read it", dialog)

    hands.then(read, lambda dialog: hands.press("Close", dialog))
    hands.press("Propose changes")
    hands.wait(lambda: len(hands.answered) == 2)
    hands.done()
    assert server.requests == []
    assert asked.session.ask(ShowReading("S-03")).read_by == "embedded"


def test_only_reading_tells_how_it_went(asked: Window, hands: Hands) -> None:
    """Without a proposal: the sentence in the document carries the difference, the notice says how many."""

    def read(dialog: ReaderDialog) -> None:
        choose(dialog, hands, "both")
        hands.press("Only read it", dialog)

    hands.then(read, lambda dialog: hands.press("Text may go to 127.0.0.1", dialog))
    hands.press("Propose changes")
    hands.wait(lambda: "differ in 1 place" in asked.notice.text.text())
    page = asked.pages["sources"]
    assert isinstance(page, SourcesPage)
    warned = [s for row in asked.session.ask(ShowSource("S-03")).blocks for s in row.sentences if s.warnings]
    assert "Two readings: 1 difference" in hands.says(page.sentence)
    assert "findings kept" in hands.says(page.sentence)
    hands.press("Show where the readings differ", page.sentence)
    assert page.document.chosen == warned[0].statement.id
    assert "the language model reads a permission" in hands.says(page.sentence)


def test_a_running_reading_is_stopped(asked: Window, hands: Hands, server: LoopbackModel) -> None:
    """Stop in the tray ends it while the server is silent; the document counts as it was read before."""
    server.answer([says("never", stall=0)])

    def read(dialog: ReaderDialog) -> None:
        choose(dialog, hands, "both")
        hands.press("Propose changes", dialog)

    hands.then(read, lambda dialog: hands.press("Text may go to 127.0.0.1", dialog))
    hands.press("Propose changes")
    hands.wait(lambda: server.requests)
    hands.press("Stop what is being done")
    hands.done()
    assert asked.session.ask(ShowReading("S-03")).read_by == "embedded"


def test_a_workspace_that_forbids_says_so(asked: Window, hands: Hands, server: LoopbackModel) -> None:
    """The reason stands in the dialog, and CoBuilder itself is the only choice."""
    assert asked.session.do(SetModelPolicy(ModelPolicy(forbidden=True))) is not None

    def look(dialog: ReaderDialog) -> None:
        assert "forbids language models" in hands.says(dialog)
        assert [c.isEnabled() for c in dialog.findChildren(QRadioButton)] == [True, False, False]
        hands.press("Cancel", dialog)

    hands.then(look)
    hands.press("Propose changes")
    hands.wait(lambda: hands.answered)
    assert server.requests == []
