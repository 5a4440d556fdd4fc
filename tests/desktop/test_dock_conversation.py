"""The dock: a conversation with CoBuilder by keyboard and mouse; what it proposes, asks back and admits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.desktop.dock import BUSY, Dock
from studio.desktop.widgets.chat_log import Bubble, ChatLog, Entry, Pill
from studio.desktop.widgets.recall_field import RecallField
from studio.desktop.window import Window
from studio.services.queries.review import ListProposals

Say = Callable[[str], Bubble]


@pytest.fixture
def say(window: Window, dock: Dock, qtbot: QtBot) -> Say:
    """Type a request, send it with Return, and wait for the answer."""

    def speak(text: str) -> Bubble:
        dock.field.setFocus()
        QTest.keyClicks(dock.field, text)
        QTest.keyClick(dock.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not window.session.busy and not dock.field.isReadOnly(), timeout=30_000)
        return dock.log.bubbles[-1]

    return speak


def _pill(bubble: Bubble, words: str) -> Pill:
    return next(pill for pill in bubble.pills if words in pill.text())


def test_the_first_words_say_what_can_be_said_and_the_ledger_follows(dock: Dock) -> None:
    """Before anybody spoke: a greeting with examples to press, then what CoBuilder and people did."""
    hello, *facts = dock.log.entries
    assert "Say what should change" in hello.text
    assert len(hello.ways) >= 3
    assert any(entry.text.startswith("CoBuilder proposed") for entry in facts)


def test_a_line_of_the_ledger_leads_to_what_it_is_about(window: Window, dock: Dock) -> None:
    """The line on the proposal opens the review."""
    bubble = next(b for b in dock.log.bubbles if b.entry.text.startswith("CoBuilder proposed"))
    QTest.mouseClick(_pill(bubble, "show changes"), Qt.MouseButton.LeftButton)
    assert window.room == "review"


def test_a_change_becomes_a_proposal_that_one_click_shows_and_one_undo_takes_back(
    window: Window, dock: Dock, say: Say
) -> None:
    """My words right, the answer left, "show as proposal" opens it; undo and it is gone."""
    before = len(window.session.ask(ListProposals()))
    answer = say("make R-06 low severity")
    assert dock.log.entries[-2] == Entry("you", "make R-06 low severity")
    assert answer.entry.speaker == "it"
    assert "I propose low severity" in answer.entry.text
    assert len(window.session.ask(ListProposals())) == before + 1
    QTest.mouseClick(_pill(answer, "show as proposal"), Qt.MouseButton.LeftButton)
    assert window.room == "review"
    window.run_action("edit.undo")
    assert len(window.session.ask(ListProposals())) == before


def test_the_conversation_is_there_again_and_says_how_its_proposals_stand(
    window: Window, dock: Dock, say: Say
) -> None:
    """Opened anew, the dock shows what was said; a proposal that was undone is no way any more."""
    said = say("make R-08 low severity").entry
    bench = window.session.workbench
    window.session.use(bench)
    dock.refresh()
    assert [entry.text for entry in dock.log.entries][-2:] == ["make R-08 low severity", said.text]
    assert "Nothing is changed until you accept it" in dock.log.entries[-1].aside
    assert bench is not None
    bench.undo()
    dock.refresh()
    told = next(entry for entry in dock.log.entries if entry.text == said.text)
    assert told.aside == "Taken back."
    assert not any("show as proposal" in way for way in told.ways)


def test_an_answer_links_to_its_items(window: Window, say: Say) -> None:
    """A question about a rule is answered with its sentence, and its link opens the rule."""
    answer = say("why is R-04 there?")
    assert "washed or assembled" in answer.entry.text
    QTest.mouseClick(_pill(answer, "R-04"), Qt.MouseButton.LeftButton)
    assert window.room == "charter"


def test_close_matches_are_buttons_and_pressing_one_carries_it_out(
    dock: Dock, say: Say, qtbot: QtBot
) -> None:
    """Asked back, each meaning is a button; Return on one says the request again for exactly that item."""
    answer = say('rename the hand over step to "Hand on"')
    assert "Did you mean" in answer.entry.text
    pill = _pill(answer, "Hand over to Payments")
    pill.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(pill, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "I propose to rename" in dock.log.entries[-1].text, timeout=30_000)


def test_what_is_not_understood_is_admitted_and_examples_go_into_the_field(dock: Dock, say: Say) -> None:
    """Nothing is guessed; an example is put into the field to be changed, and is not sent by itself."""
    answer = say("please be nicer to angry customers on Sundays")
    assert "do not understand" in answer.entry.text
    assert answer.entry.tone == "warn"
    QTest.mouseClick(answer.pills[0], Qt.MouseButton.LeftButton)
    assert dock.field.text() == answer.pills[0].text()


def test_it_still_runs_what_the_palette_knows(window: Window, dock: Dock, say: Say) -> None:
    """An action by its name is done; an item by its name is opened."""
    say("go to release")
    assert window.room == "release"
    window.open_page("home")
    say("Ask why it comes back")
    assert window.room == "workflows"


def test_it_shows_that_it_works_at_once_and_takes_no_second_request_meanwhile(
    window: Window, dock: Dock, qtbot: QtBot
) -> None:
    """The moment a request is sent the log says so, and the field waits."""
    dock.say("why is R-04 there?")
    assert dock.log.entries[-1].text == BUSY
    assert dock.field.isReadOnly()
    qtbot.waitUntil(lambda: not dock.field.isReadOnly(), timeout=30_000)
    assert all(entry.text != BUSY for entry in dock.log.entries)


def test_a_fault_leaves_the_request_in_the_field_and_says_that_nothing_changed(
    window: Window, dock: Dock, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the workspace cannot be read, the words are not lost, and the reason stands above the page."""
    from studio.domain.errors import BrokenInput
    from studio.services.stages import requesting

    def broken(*_: object) -> None:
        raise BrokenInput("The workspace cannot be read.", "Open it again.")

    monkeypatch.setattr(requesting, "ground_of", broken)
    with qtbot.waitSignal(window.session.told, timeout=30_000):
        dock.say("why is R-04 there?")
    assert dock.log.entries[-1].tone == "bad"
    assert dock.field.text() == "why is R-04 there?"


def test_up_brings_back_what_was_sent(qtbot: QtBot) -> None:
    """Up walks back through what was sent, Down forward to what was being typed."""
    field = RecallField("Say something")
    qtbot.addWidget(field)
    sent: list[str] = []
    field.sent.connect(sent.append)
    for words in ("one", "two"):
        QTest.keyClicks(field, words)
        QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "half")
    shown = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(field, key)
        shown.append(field.text())
    assert sent == ["one", "two"]
    assert shown == ["two", "one", "one", "two", "half"]


def test_help_leads_from_groups_to_examples(dock: Dock) -> None:
    """“What can I ask?” names the groups; a group lists its kinds, each with an example for the field."""
    dock.help.click()
    groups = dock.log.bubbles[-1]
    assert "kinds of request" in groups.entry.text
    _pill(groups, "Rules").click()
    examples = dock.log.bubbles[-1]
    examples.pills[0].click()
    assert dock.field.text() == examples.pills[0].text()


def test_without_a_workspace_it_says_what_to_do(bare: Window) -> None:
    """There is no agent to talk about: the answer offers to open one, or the sample."""
    bare.open_page("home")
    bare.dock.say("why is R-04 there?")
    entry = bare.dock.log.entries[-1]
    assert "No workspace is open" in entry.text
    assert entry.ways == ("Open a workspace", "Try the sample project")


def test_everything_that_takes_the_keyboard_has_a_name_and_the_answer_is_told(dock: Dock, say: Say) -> None:
    """Field, log, buttons are named; the newest answer is the log's description for assistive technology."""
    answer = say("why is R-04 there?")
    for widget in dock.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            told = QAccessible.queryAccessibleInterface(widget)
            assert told is not None
            assert told.text(QAccessible.Text.Name).strip(), type(widget).__name__
    assert dock.log.accessibleDescription() == f"CoBuilder: {answer.entry.text}"


def test_no_button_stands_out_of_its_bubble_in_the_narrowest_dock(qtbot: QtBot) -> None:
    """However long its words, a button is shortened to the bubble, and tells them whole in a tip."""
    log = ChatLog("Conversation")
    qtbot.addWidget(log)
    log.resize(280, 300)
    log.show()
    words = "“Hand over to the Complaints desk” of “Injury, fire or legal action”"
    log.show_entries([Entry("it", "Did you mean one of these?", ways=(words,))])
    qtbot.waitUntil(lambda: log.bubbles[0].pills[0].width() > 40, timeout=30_000)
    bubble = log.bubbles[0]
    qtbot.waitUntil(
        lambda: bubble.pills[0].width() < bubble.width() <= log.viewport().width(), timeout=30_000
    )
    assert bubble.pills[0].toolTip() == words
