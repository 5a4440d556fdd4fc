"""A choice among a few words, with an arrow that follows the theme."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from studio.desktop.theme.current import tokens
from studio.desktop.theme.icons import renderer


class Choice(QComboBox):
    """A combo box with a name that is read aloud."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, then the arrow."""
        super().paintEvent(event)
        self.paint_arrow()

    def paint_arrow(self) -> None:
        """Draw the arrow at the right end."""
        box = QRectF(self.width() - 21, (self.height() - 11) / 2, 11, 11)
        renderer("chevron-down", tokens().muted).render(QPainter(self), box)
