"""A field over a step in which its title is written anew; Enter takes it, Esc lets it be."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class TitleField(QLineEdit):
    """`written` tells the new title once, or nothing where it stays as it was."""

    written = Signal(str)

    def __init__(self, over: QWidget, title: str, box: QRect) -> None:
        super().__init__(title, over)
        self._before, self._done = title, False
        self.setAccessibleName("Title of the step")
        high = max(30, box.height())
        self.setGeometry(box.x(), box.y(), max(180, box.width()), high)
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editingFinished.connect(lambda: self._tell(self.text().strip()))

    def _tell(self, title: str) -> None:
        if not self._done:
            self._done = True
            self.written.emit(title if title != self._before else "")

    def put_away(self) -> bool:
        """Go away; return whether it had the keyboard."""
        self._done = True
        had = self.hasFocus()
        self.hide()
        self.deleteLater()
        return had

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the title, Esc lets it be as it was; neither means anything to what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self._tell("")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell(self.text().strip())
        else:
            super().keyPressEvent(event)
