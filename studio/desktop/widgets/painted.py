"""A scrolling column of painted rows of any height: the ground of diff, document and transcript.

- Only rows that are seen are measured and painted; the others are estimated until they come into sight.
- The keyboard moves a current row; its words are told to assistive technology and can be copied.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from studio.desktop.theme.current import tokens


class PaintedRows(QAbstractScrollArea):
    """Base of views that paint rows; `count`, `estimate`, `measure`, `paint_row`, `words` are theirs."""

    current_changed = Signal(int)
    activated = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(24)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self._heights: list[int] = []
        self._tops: list[int] = [0]
        self._known: bytearray = bytearray()
        self.current = -1

    # What a view says about its rows.

    def count(self) -> int:
        """Return how many rows there are."""
        raise NotImplementedError

    def estimate(self, index: int, width: int) -> int:
        """Return about how high a row is."""
        raise NotImplementedError

    def estimates(self, width: int) -> list[int]:
        """Return about how high each row is; a view of many rows answers for all at once."""
        return [self.estimate(i, width) for i in range(self.count())]

    def measure(self, index: int, width: int) -> int:
        """Return exactly how high a row is."""
        raise NotImplementedError

    def paint_row(self, painter: QPainter, index: int, box: QRect) -> None:
        """Draw a row into a box."""
        raise NotImplementedError

    def words(self, index: int) -> str:
        """Return what a row says, for copying and for assistive technology."""
        raise NotImplementedError

    def surface(self) -> str:
        """Return the colour of the ground."""
        return tokens().panel

    # What they share.

    def reset(self, keep_place: bool = False) -> None:
        """Read the rows again; go to the top unless told to stay."""
        place = self.verticalScrollBar().value() if keep_place else 0
        if not keep_place:
            self.current = -1
        width = self.viewport().width()
        self._heights = self.estimates(width)
        self._known = bytearray(len(self._heights))
        if not place and self.isVisible():
            self._measure_top(width)
        self._stack()
        self.verticalScrollBar().setValue(place)
        self.viewport().update()

    def content_height(self) -> int:
        """Return how high all rows are together."""
        return self._tops[-1]

    def content_height_for(self, width: int) -> int:
        """Return how high all rows would be at a width; measures every row."""
        return sum(self.measure(i, width) for i in range(self.count()))

    def box_of(self, index: int) -> QRect:
        """Return where a row is, in the viewport."""
        top = self._tops[index] - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._heights[index])

    def row_at(self, y: int) -> int:
        """Return the row at a height of the viewport, or -1."""
        place = y + self.verticalScrollBar().value()
        index = bisect_right(self._tops, place) - 1
        return index if 0 <= index < len(self._heights) else -1

    def show_row(self, index: int) -> None:
        """Scroll until a row is seen."""
        if not 0 <= index < len(self._heights):
            return
        self._measure_span(index, index + 1)
        bar, top = self.verticalScrollBar(), self._tops[index]
        if top < bar.value():
            bar.setValue(top - 8)
        elif top + self._heights[index] > bar.value() + self.viewport().height():
            bar.setValue(top + self._heights[index] - self.viewport().height() + 8)

    def set_current(self, index: int) -> None:
        """Make a row the current one, show it and tell what it says."""
        if not 0 <= index < len(self._heights) or index == self.current:
            return
        self.current = index
        self.show_row(index)
        self.announce(self.words(index))
        self.viewport().update()
        self.current_changed.emit(index)

    def announce(self, words: str) -> None:
        """Tell assistive technology what is current."""
        self.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def sizeHint(self) -> QSize:
        """Ask for a readable page."""
        return QSize(360, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self.surface()))
        if not self._heights:
            return
        first, last = self._in_sight()
        for _ in range(4):
            if not self._measure_span(first, last):
                break
            first, last = self._in_sight()
        for index in range(first, last):
            self.paint_row(painter, index, self.box_of(index))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines again when the width changed."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.reset(keep_place=True)
        else:
            self._stack()

    def changeEvent(self, event: QEvent) -> None:
        """Draw again in new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.reset(keep_place=True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make the row under the pointer current."""
        self.set_current(self.row_at(round(event.position().y())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the end of a click, too."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows, pages and ends; copy; open with Return."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.current >= 0:
            QGuiApplication.clipboard().setText(self.words(self.current))
            return
        target = self._target(event.key())
        if target is not None:
            self.set_current(target)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.activated.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _target(self, key: int) -> int | None:
        last = len(self._heights) - 1
        if last < 0:
            return None
        here, page = self.current, max(1, self.viewport().height() // 40)
        steps = {
            Qt.Key.Key_Down: here + 1, Qt.Key.Key_Up: here - 1, Qt.Key.Key_PageDown: here + page,
            Qt.Key.Key_PageUp: here - page, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }  # fmt: skip
        wanted = steps.get(Qt.Key(key))
        return None if wanted is None else max(0, min(last, wanted))

    def _in_sight(self) -> tuple[int, int]:
        top = self.verticalScrollBar().value()
        first = max(0, bisect_right(self._tops, top) - 1)
        last = bisect_right(self._tops, top + self.viewport().height())
        return first, min(last, len(self._heights))

    def _measure_span(self, first: int, last: int) -> bool:
        changed = False
        width = self.viewport().width()
        for index in range(first, last):
            if not self._known[index]:
                self._known[index] = 1
                height = self.measure(index, width)
                changed |= height != self._heights[index]
                self._heights[index] = height
        if changed:
            self._stack()
        return changed

    def _measure_top(self, width: int) -> None:
        """Measure the first rows before they are stacked, so that many rows are stacked once."""
        room = self.viewport().height()
        for index in range(len(self._heights)):
            if room < 0:
                break
            self._known[index] = 1
            self._heights[index] = self.measure(index, width)
            room -= self._heights[index]

    def _stack(self) -> None:
        self._tops = list(accumulate(self._heights, initial=0))
        room = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(max(1, room))
        bar.setRange(0, max(0, self._tops[-1] - room))
