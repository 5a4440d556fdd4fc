"""Talking with the draft: what was said, what was understood, what is known, and the next words.

- It tells what a person wants (`said`, `back`, `again`, `kept`, `world_chosen`, `closed`), no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.chat_log import ChatLog, Entry
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import Pane, clear_layout, group, scrolled


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said, or done by systems; `notes` say what was understood, called, stopped."""

    role: str
    text: str
    notes: tuple[str, ...] = ()
    bad: bool = False


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact that is known now."""

    label: str
    value: str
    origin: str


class TryPanel(Pane):
    """A conversation with the draft."""

    said = Signal(str)
    back = Signal()
    again = Signal()
    kept = Signal()
    closed = Signal()
    world_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("Try it", padded=False)
        self.step_back = Button("", self.back.emit, icon="undo", name="Take the last turn back")
        self.anew = Button("Again", self.again.emit, name="Start again")
        self.close_ = Button("", self.closed.emit, icon="cross", name="Stop trying")
        self.add_head(self.step_back, self.anew, self.close_)
        self.worlds = Choice("Systems answer as in")
        self.worlds.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.worlds.activated.connect(lambda _: self.world_chosen.emit(str(self.worlds.currentData())))
        self.log = ChatLog("Conversation with the draft")
        self.body.addWidget(self._top())
        self.body.addWidget(self.log, 1)
        self.body.addWidget(self._bottom())

    def _top(self) -> QWidget:
        top = QWidget()
        line = QVBoxLayout(top)
        line.setContentsMargins(14, 10, 14, 0)
        line.addWidget(label("The systems answer as in", "note"))
        line.addWidget(self.worlds)
        return top

    def _bottom(self) -> QWidget:
        bottom = QWidget()
        column = QVBoxLayout(bottom)
        column.setContentsMargins(14, 6, 14, 12)
        column.setSpacing(6)
        self.heading = group("What is known")
        column.addWidget(self.heading)
        holder = QWidget()
        holder.setProperty("role", "scroll-body")
        self._facts = QVBoxLayout(holder)
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setSpacing(2)
        self._facts_area: QScrollArea = scrolled(holder)
        self._facts_area.setFixedHeight(104)
        self._facts_area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._facts_area.setAccessibleName("What is known")
        column.addWidget(self._facts_area)
        self.state = label("", "note", wrap=True)
        column.addWidget(self.state)
        line = QHBoxLayout()
        line.setSpacing(6)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Say something as the customer")
        self.field.setAccessibleName("Say something as the customer")
        self.field.returnPressed.connect(self._tell)
        self.send = Button("Say", self._tell, kind="primary", name="Say it")
        line.addWidget(self.field, 1)
        line.addWidget(self.send)
        column.addLayout(line)
        self.keep = Button("Make this a test", self.kept.emit)
        column.addWidget(self.keep)
        return bottom

    def show_talk(self, lines: Sequence[Line], facts: Sequence[FactLine], state: str, over: bool) -> None:
        """Show the conversation as it stands."""
        self.log.show_entries([_entry(line) for line in lines])
        clear_layout(self._facts)
        for fact in facts:
            said = label(f"{fact.label}: {fact.value}", wrap=True)
            said.setToolTip(tip(fact.origin))
            said.setAccessibleName(f"{fact.label}: {fact.value}, {fact.origin}")
            self._facts.addWidget(said)
        if not facts:
            self._facts.addWidget(label("Nothing yet.", "muted"))
        self._facts.addStretch(1)
        self.state.setText(state)
        self.field.setEnabled(not over)
        self.send.setEnabled(not over)
        self.step_back.setEnabled(any(line.role == "customer" for line in lines))

    def show_worlds(self, worlds: Sequence[tuple[str, str]], chosen: str) -> None:
        """Show as in which tests the systems can answer, and which it is."""
        self.worlds.clear()
        for key, words in worlds:
            self.worlds.addItem(words, key)
        self.worlds.setCurrentIndex(max(0, self.worlds.findData(chosen)))

    def allow_keeping(self, allowed: bool) -> None:
        """Offer to make a test of it, once the conversation has come to an end."""
        self.keep.setEnabled(allowed)
        self.keep.setToolTip("" if allowed else "Talk on until the conversation ends.")

    def _tell(self) -> None:
        words = self.field.text()
        self.field.clear()
        self.said.emit(words)


def _entry(line: Line) -> Entry:
    tone: Tone = "warn" if line.bad else ""
    notes = "\n".join(line.notes)
    if line.role == "customer":
        return Entry("you", line.text or "(says nothing)", notes, tone)
    if not line.text:
        return Entry("it", notes, "by the systems", tone)
    return Entry("it", line.text, notes, tone)
