"""Bars that show shares of a whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import font
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.document_marks import DocMark, MarkSign, paint_state

_LEGEND_LINE = 29

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
        self.setToolTip(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the parts from left to right."""
        paint_parts(QPainter(self), QRectF(self.rect()), self._parts)


class Legend(QWidget):
    """Lines that say what the parts of a bar are: colour, sign, words, figure."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[tuple[Tone, str, str], ...] = ()
        self._signs: tuple[MarkSign, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Be as high as the lines."""
        return QSize(180, _LEGEND_LINE * len(self._lines))

    def show_lines(self, lines: Sequence[tuple[Tone, str, str]], signs: Sequence[MarkSign] = ()) -> None:
        """Show other lines: tone, words, figure; and the sign of each, where they have signs."""
        self._lines, self._signs = tuple(lines), tuple(signs)
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
            inset = 18
            if self._signs:
                mark = DocMark("", 0, 0, tone, words, self._signs[place])
                painter.save()
                paint_state(painter, QPointF(16, box.center().y() - 7), mark)
                painter.restore()
                inset = 36
            painter.setPen(QColor(t.text))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box.adjusted(inset, 0, -60, 0), int(middle), words)
            painter.drawText(box.adjusted(0, 0, -2, 0), int(middle | Qt.AlignmentFlag.AlignRight), figure)
            painter.fillRect(QRectF(0, box.bottom() - 1, self.width(), 1), QColor(t.line))
