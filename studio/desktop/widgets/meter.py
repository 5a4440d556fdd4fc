"""Bars that show shares of a whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import font
from studio.desktop.theme.tokens import Tone

_LEGEND_LINE = 29

Part = tuple[float, Tone, str]
"""A share between 0 and 1, its tone, and what it is a share of."""


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
        self.setToolTip(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the parts from left to right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), self._height / 2, self._height / 2)
        painter.setClipPath(clip)
        painter.fillRect(self.rect(), QColor(tokens().line))
        left = 0.0
        for share, tone, _ in self._parts:
            width = max(0.0, min(1.0, share)) * self.width()
            colour = tokens().line_strong if tone in ("", "none") else tokens().tone(tone)
            painter.fillRect(QRectF(left, 0, width, self.height()), QColor(colour))
            left += width


class Legend(QWidget):
    """Lines that say what the parts of a bar are: colour, words, figure."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[tuple[Tone, str, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Be as high as the lines."""
        return QSize(180, _LEGEND_LINE * len(self._lines))

    def show_lines(self, lines: Sequence[tuple[Tone, str, str]]) -> None:
        """Show other lines: tone, words, figure."""
        self._lines = tuple(lines)
        self.setAccessibleName("; ".join(f"{words} {figure}" for _, words, figure in lines))
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines, a hairline below each."""
        t, painter = tokens(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font())
        for place, (tone, words, figure) in enumerate(self._lines):
            box = QRectF(0, place * _LEGEND_LINE, self.width(), _LEGEND_LINE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.line_strong if tone in ("", "none") else t.tone(tone)))
            painter.drawRoundedRect(QRectF(0, box.center().y() - 5, 10, 10), 3, 3)
            painter.setPen(QColor(t.text))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box.adjusted(18, 0, -60, 0), int(middle), words)
            painter.drawText(box.adjusted(0, 0, -2, 0), int(middle | Qt.AlignmentFlag.AlignRight), figure)
            painter.fillRect(QRectF(0, box.bottom() - 1, self.width(), 1), QColor(t.line))
