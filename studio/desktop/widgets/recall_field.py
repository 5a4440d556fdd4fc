"""A line to type into that remembers what was sent: Up and Down bring it back, as a terminal does."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


class RecallField(QLineEdit):
    """Sends its text with Return; `sent` carries the words."""

    sent = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setPlaceholderText(name)
        self.setAccessibleName(name)
        self.returnPressed.connect(self._send)
        self._past: list[str] = []
        self._at = 0
        self._unsent = ""

    def remember(self, text: str) -> None:
        """Keep a text among those that Up brings back."""
        if text and (not self._past or self._past[-1] != text):
            self._past.append(text)
        self._at = len(self._past)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through what was sent with Up and Down."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or not self._past:
            super().keyPressEvent(event)
            return
        if self._at == len(self._past):
            self._unsent = self.text()
        self._at = max(0, min(len(self._past), self._at + step))
        self.setText(self._past[self._at] if self._at < len(self._past) else self._unsent)

    def _send(self) -> None:
        text = self.text().strip()
        if text and not self.isReadOnly():
            self.remember(text)
            self.clear()
            self.sent.emit(text)
