"""A language model takes part in a run, and judges one, through the window and the real client."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from loopback_model import Act, Body, LoopbackModel, says
from loopback_reader import warm_process
from PySide6.QtWidgets import QDialog

from studio.desktop.pages.simulate import HISTORY, SimulatePage
from studio.desktop.panels.judge_dialog import JudgedDialog, JudgeDialog
from studio.desktop.panels.model_settings import LeavingDialog
from studio.desktop.window import Window
from studio.domain.model import ModelPolicy
from studio.llm.chosen import ChosenModels
from studio.llm.process import ModelProcess
from studio.services.commands import SetModelPolicy
from studio.services.model_terms import ShowModelTerms
from studio.services.queries.simulate import ShowComparison, ShowSample
from studio.settings import ModelSettings
from tests.desktop.conftest import Hands


def _answers(body: Body) -> Act:
    """Answer as a sensible model: word what is to be said with one word more; find one question open."""
    system, user = body["messages"][0]["content"], body["messages"][-1]["content"]
    if system.startswith("Reply with"):
        return says("ready")
    if system.startswith("You judge"):
        turns = json.loads(user[user.index("[") : user.rindex("]") + 1])
        asked = next((t["text"] for t in turns if t["role"] == "customer"), "")
        return says({"answered": False, "question": asked[:60]})
    if system.startswith("You word"):
        return says({"text": "Sure! " + user.partition("\nSay: ")[2]})
    return says({"workflow": None, "facts": [], "wants_person": False})


@pytest.fixture(scope="module")
def process() -> Iterator[ModelProcess]:
    """The worker process of these tests; it has imported its client."""
    with warm_process() as made:
        yield made


@pytest.fixture
def server() -> Iterator[LoopbackModel]:
    """The language model."""
    with LoopbackModel(_answers) as made:
        yield made


@pytest.fixture
def page(
    window: Window,
    process: ModelProcess,
    server: LoopbackModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> SimulatePage:
    """The Simulate page of a workspace that has a language model, and may tell it conversations."""
    monkeypatch.setitem(os.environ, "LOOPBACK_KEY", "sk-window-0a1b2c3d4e5f")
    bench = window.session.workbench
    assert bench is not None
    chosen = ModelSettings(name="openai/local", address=server.address, key="env:LOOPBACK_KEY")
    models = ChosenModels(chosen, lambda: bench.ask(ShowModelTerms()), tmp_path / "replies", process)
    bench._outside = replace(bench.outside, models=models)
    window.opener.keep(model=chosen.model_dump())
    window.session.do(SetModelPolicy(ModelPolicy(contents=("agent", "conversations"))))
    window.open_page("simulate")
    made = window.pages["simulate"]
    assert isinstance(made, SimulatePage)
    return made


def test_a_sample_is_run_and_judged_by_clicks(
    page: SimulatePage, window: Window, hands: Hands, server: LoopbackModel, tmp_path: Path
) -> None:
    """Every word is seen before any leaves; the sample stands apart; its judge is beside people's labels."""

    def confirm(dialog: LeavingDialog) -> None:
        assert isinstance(dialog, LeavingDialog)
        assert server.requests == [] and "127.0.0.1" in hands.says(dialog)
        hands.press("Text may go to 127.0.0.1", dialog)

    before = window.session.ask(ShowComparison())
    assert before is not None
    hands.press("Set up the next run")
    page.setup.answer.setCurrentIndex(1)
    page.setup.choose_test(before.rows[0].id)
    page.customers.setText("2")
    assert "sample" in page.setup.note.text()
    hands.then(confirm)
    hands.press("Run again")
    hands.wait(lambda: window.session.ask(ShowSample()) is not None)
    hands.done()
    sample = window.session.ask(ShowSample())
    assert sample is not None
    assert page.shown_run == sample.id
    assert "draft without and with openai/local" in page.pane.title.text()
    assert "no proof" in hands.says(page.old)
    assert [column.title for column in page.model.columns][2:4] == ["Without", "With model"]
    assert any("Sure! " in line.text for line in page.talk.view.lines)
    newest = window.session.ask(ShowComparison())
    assert newest is not None and newest.id == before.id, "a sample takes no proof's place"

    labels = tmp_path / "labels.csv"
    labels.write_text(f"test,customer,answered\n{before.rows[0].id},1,yes\n", encoding="utf-8")
    told: list[str] = []

    def begin(dialog: QDialog) -> None:
        assert isinstance(dialog, JudgeDialog)
        assert "The judge is openai/local" in hands.says(dialog)
        hands.then(hands.choose(labels))
        hands.press("People's labels", dialog)
        assert dialog.file.text() == "1 labels from labels.csv"
        dialog.customers.setText("2")
        hands.then(read)
        hands.press("Let it judge", dialog)

    def read(dialog: Any) -> None:
        assert isinstance(dialog, JudgedDialog)
        told.extend((hands.says(dialog), *(line.judge for line in dialog.model.rows)))
        dialog.accept()

    hands.then(begin)
    hands.press("Let a language model judge")
    hands.wait(lambda: told)
    assert "agrees with people on 0 of 1" in told[0]
    assert told[1:] == ["not answered", "not answered"]
    hands.done()
    page.views[HISTORY].click()
    assert "with openai/local" in "\n".join(r.setup for r in page.history.model.rows)
