"""A straight-forward plot: one line over shares from 0 to 1, the zero line, marks, and a reading cursor.

- What is above zero is tinted as gain, below as loss; the side it is on is also said in words.
- Left and Right move the cursor by one percent (with Shift by ten), the pointer moves it too; what stands
  there is said below and to assistive technology.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold, font
from studio.desktop.theme.tokens import SIZE_NOTE, SIZE_SMALL, Tone

_LEFT, _RIGHT, _TOP, _BOTTOM, _HIGH = 78, 18, 22, 44, 250


@dataclass(frozen=True, slots=True)
class PlotMark:
    """A point that has a name."""

    x: float
    words: str
    tone: Tone = "acc"


class Plot(QWidget):
    """Draws a straight line over 0 to 1; `say` words a point, `tick` words a height."""

    def __init__(self, name: str, x_title: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HIGH)
        self._x_title = x_title
        self._ends = (0.0, 0.0)
        self._marks: tuple[PlotMark, ...] = ()
        self._say: Callable[[float, float], str] = lambda x, y: f"{x:.0%}: {y:,.0f}"
        self._tick: Callable[[float], str] = lambda y: f"{y:,.0f}"
        self.cursor_at: float | None = None

    def show_line(
        self,
        ends: tuple[float, float],
        marks: Sequence[PlotMark],
        say: Callable[[float, float], str],
        tick: Callable[[float], str],
    ) -> None:
        """Show the straight line between its heights at 0 and at 1, with marks on it."""
        self._ends, self._marks, self._say, self._tick = ends, tuple(marks), say, tick
        self._describe()
        self.update()

    def height_of(self, x: float) -> float:
        """Return the height of the line."""
        return self._ends[0] + (self._ends[1] - self._ends[0]) * x

    def sizeHint(self) -> QSize:
        """Be as wide as there is room."""
        return QSize(420, _HIGH)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw grid, sides, line, marks and cursor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high, step = _scale(*self._ends)
        self._low, self._high = low, high
        self._paint_grid(painter, low, high, step)
        self._paint_sides(painter)
        painter.setPen(QPen(QColor(tokens().accent), 2))
        painter.drawLine(self._at(0, self._ends[0]), self._at(1, self._ends[1]))
        for number, mark in enumerate(self._marks):
            self._paint_mark(painter, mark, number)
        if self.cursor_at is not None:
            self._paint_cursor(painter, self.cursor_at)

    def _paint_grid(self, painter: QPainter, low: float, high: float, step: float) -> None:
        t, room = tokens(), self._room()
        painter.setFont(font(SIZE_SMALL))
        side = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        height = low
        while height <= high + step / 2:
            at = self._at(0, height).y()
            zero = abs(height) < step / 1000
            painter.setPen(QPen(QColor(t.faint if zero else t.line), 1.5 if zero else 1))
            painter.drawLine(QPointF(room.left(), at), QPointF(room.right(), at))
            painter.setPen(QColor(t.muted))
            words = self._tick(0.0 if zero else height)
            painter.drawText(QRectF(0, at - 9, _LEFT - 8, 18), side, words)
            height += step
        middle = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        for share in (0, 0.25, 0.5, 0.75, 1):
            x = room.left() + share * room.width()
            painter.drawText(QRectF(x - 30, room.bottom() + 4, 60, 14), middle, f"{share:.0%}")
        below = QRectF(room.left(), room.bottom() + 20, room.width(), 18)
        painter.drawText(below, middle, self._x_title)

    def _paint_sides(self, painter: QPainter) -> None:
        t, zero = tokens(), self._zero()
        for colour, sign in ((t.add_bg, 1), (t.removed_bg, -1)):
            ends = [(x, y) for x, y in ((0.0, self._ends[0]), (1.0, self._ends[1])) if y * sign > 0]
            if zero is not None:
                ends.insert(0 if ends and ends[0][0] > zero else len(ends), (zero, 0.0))
            if len(ends) < 2:
                continue
            points = [self._at(x, y) for x, y in ends]
            ground = [self._at(x, 0) for x, _ in reversed(ends)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawPolygon(QPolygonF([*points, *ground]))

    def _paint_mark(self, painter: QPainter, mark: PlotMark, number: int) -> None:
        t, room, point = tokens(), self._room(), self._at(mark.x, self.height_of(mark.x))
        colour = QColor(t.tone(mark.tone))
        painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(point.x(), room.top()), QPointF(point.x(), room.bottom()))
        painter.setPen(QPen(QColor(t.panel), 2))
        painter.setBrush(colour)
        painter.drawEllipse(point, 6, 6)
        painter.setFont(bold(SIZE_NOTE))
        width = painter.fontMetrics().horizontalAdvance(mark.words) + 6
        left = min(max(point.x() - width / 2, room.left()), room.right() - width)
        painter.setPen(colour)
        box = QRectF(left, 2 if not number else room.bottom() - 21, width, 18)
        painter.fillRect(box, QColor(t.raised))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), mark.words)

    def _paint_cursor(self, painter: QPainter, x: float) -> None:
        t, room, y = tokens(), self._room(), self.height_of(x)
        point = self._at(x, y)
        painter.setPen(QPen(QColor(t.text), 1))
        painter.drawLine(QPointF(point.x(), room.top()), QPointF(point.x(), room.bottom()))
        painter.setBrush(QColor(t.panel))
        painter.drawEllipse(point, 4, 4)
        words = self._say(x, y)
        painter.setFont(font(SIZE_NOTE))
        width = painter.fontMetrics().horizontalAdvance(words) + 16
        left = min(max(point.x() + 10, room.left()), room.right() - width)
        box = QRectF(left, room.top() + 4, width, 22)
        painter.setPen(QPen(QColor(t.line_strong), 1))
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(QColor(t.text))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)

    # The cursor

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor."""
        step = {Qt.Key.Key_Left: -0.01, Qt.Key.Key_Right: 0.01}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._put(0.0 if event.key() == Qt.Key.Key_Home else 1.0)
        elif step is not None:
            step *= 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self._put((self.cursor_at if self.cursor_at is not None else self._first()) + step)
        elif event.key() == Qt.Key.Key_Escape and self.cursor_at is not None:
            self._put(None)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read where the pointer is."""
        room = self._room()
        inside = room.contains(event.position())
        self._put((event.position().x() - room.left()) / room.width() if inside else None)

    def leaveEvent(self, event: object) -> None:
        """Read nothing any more, unless by keys."""
        super().leaveEvent(event)  # type: ignore[arg-type]
        if not self.hasFocus():
            self._put(None)

    def _put(self, x: float | None) -> None:
        self.cursor_at = None if x is None else round(max(0.0, min(1.0, x)), 4)
        self._describe()
        self.update()

    def _first(self) -> float:
        return self._marks[0].x if self._marks else 0.0

    def _describe(self) -> None:
        if self.cursor_at is not None:
            words = self._say(self.cursor_at, self.height_of(self.cursor_at))
        else:
            words = "; ".join(f"{m.words}: {self._say(m.x, self.height_of(m.x))}" for m in self._marks)
        self.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    # Where things are

    def _room(self) -> QRectF:
        return QRectF(_LEFT, _TOP, max(1, self.width() - _LEFT - _RIGHT), _HIGH - _TOP - _BOTTOM)

    def _at(self, x: float, y: float) -> QPointF:
        room, low, high = self._room(), self._low, self._high
        share = (y - low) / (high - low) if high > low else 0.5
        return QPointF(room.left() + x * room.width(), room.bottom() - share * room.height())

    def _zero(self) -> float | None:
        """Return where the line crosses nought, if it does."""
        one, other = self._ends
        return one / (one - other) if one * other < 0 else None

    _low: float = 0.0
    _high: float = 1.0


def _scale(one: float, other: float) -> tuple[float, float, float]:
    """Return lowest and highest tick and the step between: round numbers that hold both ends and nought."""
    low, high = min(one, other, 0.0), max(one, other, 0.0)
    if high - low <= 0:
        return -1.0, 1.0, 1.0
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= rough)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step
