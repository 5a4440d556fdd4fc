"""A field for a whole number within bounds; the arrow keys count up and down."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QLineEdit


class NumberField(QLineEdit):
    """Holds a whole number between `low` and `high`."""

    def __init__(self, name: str, value: int, low: int, high: int) -> None:
        super().__init__(str(value))
        self._low, self._high = low, high
        self.setValidator(QIntValidator(low, high, self))
        self.setAccessibleName(name)
        self.setToolTip(f"{name}, {low} to {high:,}")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(64)

    def value(self) -> int:
        """Return the number, brought within its bounds."""
        text = self.text().strip()
        number = int(text) if text.lstrip("-").isdigit() else self._low
        return max(self._low, min(self._high, number))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Count with the arrows."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.setText(str(max(self._low, min(self._high, self.value() + step))))
