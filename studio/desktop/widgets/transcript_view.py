"""A conversation as bubbles: the agent at the left, the customer at the right, the system in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import font
from studio.desktop.theme.tokens import SIZE_NOTE, Tone
from studio.desktop.widgets.painted import PaintedRows
from studio.desktop.widgets.text import LINE_HEIGHT, Laid, lay_out, paint_laid

Speaker = Literal["agent", "customer", "system"]
_NAMES: dict[Speaker, str] = {"agent": "Agent", "customer": "Customer", "system": "System"}
_SIDE = 14


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance, or one thing that the system did.

    `aside` is a small word below it; `way` names where a click on it leads.
    """

    speaker: Speaker
    text: str
    tone: Tone = ""
    aside: str = ""
    way: str = ""
    id: str = ""


class TranscriptView(PaintedRows):
    """Shows the lines of a conversation."""

    def __init__(self, name: str, names: dict[Speaker, str] | None = None) -> None:
        super().__init__(name)
        self.names = names or _NAMES
        self.lines: tuple[Line, ...] = ()
        self._laid: dict[tuple[int, int], Laid] = {}
        self._to_end = False

    def show_lines(self, lines: Sequence[Line], to_end: bool = False) -> None:
        """Show another conversation, from its beginning or at its end."""
        self.lines = tuple(lines)
        self._to_end = to_end
        self.reset()

    def count(self) -> int:
        """Return how many lines there are."""
        return len(self.lines)

    def words(self, index: int) -> str:
        """Return who said what."""
        line = self.lines[index]
        return f"{self.names[line.speaker]}: {line.text}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a line; one that leads somewhere goes there."""
        super().mousePressEvent(event)
        index = self.row_at(round(event.position().y()))
        if index >= 0 and self.lines[index].way:
            self.activated.emit(index)

    def estimate(self, index: int, width: int) -> int:
        """Guess the height from the number of letters."""
        room = max(40, self._text_width(index, width)) / 6.6
        return (int(len(self.lines[index].text) / room) + 1) * LINE_HEIGHT + self._around(index)

    def measure(self, index: int, width: int) -> int:
        """Return the height of a bubble with the room around it."""
        return self._lay(index, width).height + self._around(index)

    def reset(self, keep_place: bool = False) -> None:
        """Forget broken lines; they depend on width and colours."""
        self._laid.clear()
        super().reset(keep_place)
        if self._to_end and self.lines:
            self._measure_span(0, len(self.lines))
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def paint_row(self, painter: QPainter, index: int, box: QRect) -> None:
        """Draw a bubble, or a quiet line."""
        line, t = self.lines[index], tokens()
        laid = self._lay(index, box.width())
        top = box.top() + (10 if index == 0 else 0)
        if line.speaker == "system":
            colour = t.tone(line.tone) if line.tone else t.muted
            paint_laid(painter, laid, QPointF(_SIDE + 8, top + 2), colour)
        else:
            self._paint_bubble(painter, line, laid, box, top)
        if index == self.current and self.hasFocus():
            painter.fillRect(QRect(2, top, 3, box.height() - 8), QColor(t.accent))

    def _paint_bubble(self, painter: QPainter, line: Line, laid: Laid, box: QRect, top: int) -> None:
        t = tokens()
        width = min(laid.layout.maximumWidth(), self._text_width_of(line, box.width())) + 26
        if laid.layout.lineCount() > 1:
            width = max(laid.layout.lineAt(n).naturalTextWidth() for n in range(laid.layout.lineCount())) + 26
        left = _SIDE if line.speaker == "agent" else box.width() - _SIDE - width
        bubble = QRectF(left, top, width, laid.height + 14)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mine = line.speaker == "customer"
        edge = t.tone(line.tone) if line.tone else t.line
        painter.setPen(QPen(QColor(edge), 1) if line.tone or not mine else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent_soft if mine else t.bg))
        painter.drawRoundedRect(bubble.adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        paint_laid(painter, laid, QPointF(left + 13, top + 7))
        self._paint_below(
            painter, line, QRectF(_SIDE + 2, top + laid.height + 15, box.width() - 2 * _SIDE - 4, 16)
        )

    def _paint_below(self, painter: QPainter, line: Line, spot: QRectF) -> None:
        """Draw the small words under a bubble: where it leads, and what goes with it."""
        t = tokens()
        side = Qt.AlignmentFlag.AlignRight if line.speaker == "customer" else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font(11))
        for text, ink in ((line.way, t.accent), (line.aside, t.muted)):
            if text:
                painter.setPen(QColor(ink))
                painter.drawText(spot, int(side), text)
                width = painter.fontMetrics().horizontalAdvance(text) + 10
                spot = spot.adjusted(
                    0 if side == Qt.AlignmentFlag.AlignRight else width,
                    0,
                    -width if side == Qt.AlignmentFlag.AlignRight else 0,
                    0,
                )

    def _around(self, index: int) -> int:
        line = self.lines[index]
        room = 10 if line.speaker == "system" else 22 + (16 if line.aside or line.way else 0)
        return room + (10 if index == 0 else 0)

    def _text_width_of(self, line: Line, width: int) -> int:
        room = width - 2 * _SIDE
        return room - 16 if line.speaker == "system" else int(room * 0.88) - 26

    def _text_width(self, index: int, width: int) -> int:
        return self._text_width_of(self.lines[index], width)

    def _lay(self, index: int, width: int) -> Laid:
        key = (index, width)
        if key not in self._laid:
            line = self.lines[index]
            letters = font(SIZE_NOTE) if line.speaker == "system" else font()
            self._laid[key] = lay_out(line.text, self._text_width(index, width), (), letters)
        return self._laid[key]
