"""Bars that show shares of a whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import Tone

Part = tuple[float, Tone, str]
"""A share between 0 and 1, its tone, and what it is a share of."""


def paint_parts(painter: QPainter, box: QRectF, parts: Sequence[Part]) -> None:
    """Draw a rounded bar of shares into a box; what is missing to 1 stays empty."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    clip = QPainterPath()
    clip.addRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setClipPath(clip)
    painter.fillRect(box, QColor(tokens().line))
    left = box.left()
    for share, tone, _ in parts:
        width = max(0.0, min(1.0, share)) * box.width()
        colour = tokens().line_strong if tone in ("", "none") else tokens().tone(tone)
        painter.fillRect(QRectF(left, box.top(), width, box.height()), QColor(colour))
        left += width
    painter.restore()


class Meter(QWidget):
    """A bar of one or more parts; what is missing to 1 stays empty."""

    def __init__(self, height: int = 8) -> None:
        super().__init__()
        self._parts: tuple[Part, ...] = ()
        self._height = height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Be as wide as there is room."""
        return QSize(80, self._height)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show other shares."""
        self._parts = tuple(parts)
        words = ", ".join(f"{name} {share:.0%}" for share, _, name in parts)
        self.setAccessibleName(words)
        self.setToolTip(tip(words))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the parts from left to right."""
        paint_parts(QPainter(self), QRectF(self.rect()), self._parts)
