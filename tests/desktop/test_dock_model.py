"""The dock and the language model: offered where one is chosen, shown before, marked after."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.desktop.dock import Dock
from studio.desktop.panels.model_settings import LeavingDialog
from studio.desktop.panels.reply import PASS_ON
from studio.desktop.widgets.chat_log import Bubble, Pill
from studio.desktop.window import Window
from studio.llm.scripted import ScriptedModel
from studio.services.queries.review import ListProposals
from tests.desktop.test_settings_model import PLACE, Scripted

if TYPE_CHECKING:
    from tests.desktop.conftest import Hands

Say = Callable[[str], Bubble]
WARMER = "make the greeting warmer"
GREETING = (
    "A warm welcome! I am the automated assistant of Larkfield Home; a colleague can take over any time."
)
ANSWER = {
    "does": "change",
    "requests": [f'Change the greeting to "{GREETING}"'],
    "answer": "",
    "quotes": [],
    "items": [],
    "why": "",
}


@pytest.fixture
def say(window: Window, dock: Dock, qtbot: QtBot) -> Say:
    """Say something and wait for the answer."""

    def speak(text: str) -> Bubble:
        dock.say(text)
        qtbot.waitUntil(lambda: not window.session.busy and not dock.field.isReadOnly(), timeout=30_000)
        return dock.log.bubbles[-1]

    return speak


def _pills(bubble: Bubble) -> list[str]:
    return [pill.text() for pill in bubble.pills]


def _press(bubble: Bubble, words: str) -> None:
    pill: Pill = next(pill for pill in bubble.pills if words in pill.text())
    QTest.mouseClick(pill, Qt.MouseButton.LeftButton)


def _model(window: Window) -> Scripted:
    bench = window.session.workbench
    assert bench is not None
    made = Scripted(bench)
    made.model = ScriptedModel(lambda _request: json.dumps(ANSWER), name="openai/tested", destination=PLACE)
    bench._outside = replace(bench.outside, models=made)
    return made


def test_without_a_model_nothing_is_offered(say: Say) -> None:
    """The answer says that it needs one; there is no button that could not do anything."""
    assert not any(PASS_ON in text for text in _pills(say(WARMER)))


def test_what_leaves_is_shown_and_the_proposal_is_marked(
    window: Window, dock: Dock, say: Say, hands: Hands, qtbot: QtBot
) -> None:
    """A click shows every word that would leave; confirmed, the model's words come back as a proposal."""
    models = _model(window)
    asked = say(WARMER)
    assert models.model.asked == []

    def refuse(dialog: LeavingDialog) -> None:
        assert WARMER in dialog.text.toPlainText() and PLACE in hands.says(dialog)
        dialog.reject()

    hands.then(refuse)
    _press(asked, PASS_ON)
    assert models.model.asked == [] and len(window.session.ask(ListProposals())) == 1

    hands.then(lambda dialog: hands.press(f"Text may go to {PLACE}", dialog))
    _press(dock.log.bubbles[-1], PASS_ON)
    qtbot.waitUntil(lambda: not window.session.busy and not dock.field.isReadOnly(), timeout=30_000)
    told = next(e for e in reversed(dock.log.entries) if "From the language model" in e.aside)
    assert "openai/tested" in told.aside
    assert GREETING in told.text and any("show as proposal" in way for way in told.ways)
    assert len(models.model.asked) == 1


def test_undo_is_named_before_it_is_done(window: Window, dock: Dock, say: Say) -> None:
    """The answer says what exactly is taken back; a click takes it back, and nothing else."""
    before = len(window.session.ask(ListProposals()))
    say("Make R-06 high severity")
    assert len(window.session.ask(ListProposals())) == before + 1
    asked = say("undo the last change")
    assert "R-06" in asked.entry.text
    _press(asked, "Undo")
    assert len(window.session.ask(ListProposals())) == before
