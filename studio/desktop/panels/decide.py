"""The decide bar: what can be done with a change, or with several, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S1, S2
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import Elided
from studio.desktop.widgets.wrap import WrapLayout

HELP = "N and P: next, previous · Shift+A, Shift+R: the whole group"
SHORT_HELP = "Keys: A R E C Q · N P · Shift+A, Shift+R"
"""The keys that no button shows; the second, where there is no room for those of the buttons either."""


DEEDS = (("accept", "Accept"), ("reject", "Reject"), ("comment", "Comment on"), ("ask", "Ask about"))
"""What can be done with several changes at once, and what the menu calls it."""


class DecideBar(QWidget):
    """The deeds under a change. `several_asked` tells which of `DEEDS`, and of which changes."""

    accepted = Signal()
    rejected = Signal()
    edit_asked = Signal()
    comment_asked = Signal()
    ask_asked = Signal()
    next_asked = Signal()
    several_asked = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.accept = Button("Accept", self.accepted.emit, kind="accept", icon="check", key="A")
        self.reject = Button("Reject", self.rejected.emit, kind="reject", icon="cross", key="R")
        self.edit = Button("Edit", self.edit_asked.emit, key="E", name="Edit the proposed value")
        self.comment = Button("Comment", self.comment_asked.emit, key="C")
        self.ask = Button("Ask", self.ask_asked.emit, key="Q", name="Ask somebody about it")
        self.several = Button("Several", name="Decide on several changes at once")
        self.menu = QMenu(self.several)
        self.menu.setAccessibleName("Decide on several changes at once")
        self.several.setMenu(self.menu)
        self.next = Button("Next undecided", self.next_asked.emit, kind="quiet", key="J")
        self.along = Elided("", "muted", 2)
        self.along.setAccessibleName("What comes along")
        self.help = Elided(HELP, "note")
        buttons = QWidget()
        line = self._line = WrapLayout(S2)
        self._row = (self.accept, self.reject, self.edit, self.comment, self.ask, self.several)
        for button in self._row:
            line.addWidget(button)
        buttons.setLayout(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.along)
        column.addWidget(buttons)
        last = QHBoxLayout()
        last.addWidget(self.help, 1)
        last.addWidget(self.next)
        column.addLayout(last)
        self.along.hide()
        self._full = 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the buttons stand close together where they would need a second line."""
        super().resizeEvent(event)
        margins = self.contentsMargins()
        room = event.size().width() - margins.left() - margins.right()
        if not self._full:
            self._full = sum(button.sizeHint().width() + S2 for button in self._row) - S2
        close = room < self._full
        for button in self._row:
            button.stand_close(close)
        self._line.set_gap(S1 if close else S2)
        self.help.setText(SHORT_HELP if close else HELP)

    def changeEvent(self, event: QEvent) -> None:
        """Measure the buttons again in other letters."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._full = 0

    def show_verdict(self, verdict: str | None) -> None:
        """Offer only what is not decided already."""
        self.accept.setEnabled(verdict != "accepted")
        self.reject.setEnabled(verdict != "rejected")

    def show_along(self, sentences: Sequence[str]) -> None:
        """Say beforehand what a decision takes along."""
        said = " ".join(sentence for sentence in sentences if sentence)
        self.along.setText(said)
        self.along.setVisible(bool(said))

    def show_several(self, groups: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Offer to decide on the changes that wait, by the name of their group or kind."""
        self.menu.clear()
        for deed, verb in DEEDS:
            inner = QMenu(verb, self.menu)
            inner.setAccessibleName(verb)
            for name, ids in groups:
                if ids:
                    entry = inner.addAction(f"{verb} {name} ({len(ids)})")
                    told = tuple(ids)
                    entry.triggered.connect(
                        lambda _on=False, deed=deed, told=told: self.several_asked.emit(deed, told)
                    )
            self.menu.addMenu(inner)
        self.several.setEnabled(any(ids for _, ids in groups))
