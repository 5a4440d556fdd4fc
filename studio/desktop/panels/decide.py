"""The decide bar: accept, reject, comment, next; by mouse, and the keys that do the same."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.desktop.theme.tokens import S2
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.wrap import WrapLayout


class DecideBar(QWidget):
    """Four buttons under a change."""

    accepted = Signal()
    rejected = Signal()
    comment_asked = Signal()
    next_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.accept = Button("Accept", self.accepted.emit, kind="accept", icon="check", key="A")
        self.reject = Button("Reject", self.rejected.emit, kind="reject", icon="cross", key="R")
        self.comment = Button("Comment", self.comment_asked.emit, key="C")
        self.next = Button("Next undecided", self.next_asked.emit, kind="quiet", key="J")
        line = WrapLayout(S2)
        for button in (self.accept, self.reject, self.comment, self.next):
            line.addWidget(button)
        self.setLayout(line)

    def show_verdict(self, verdict: str | None) -> None:
        """Offer only what is not decided already."""
        self.accept.setEnabled(verdict != "accepted")
        self.reject.setEnabled(verdict != "rejected")
