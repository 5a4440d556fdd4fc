"""The rail at the left: the rooms of the window, with how much waits in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold, font
from studio.desktop.theme.icons import renderer
from studio.desktop.theme.tokens import SIZE_SMALL

RAIL_WIDTH, NARROW_WIDTH = 188, 56


class RailItem(QAbstractButton):
    """One room: icon, name, and a count where something waits."""

    def __init__(self, room_id: str, title: str, icon: str) -> None:
        super().__init__()
        self.room_id, self._title, self._icon, self._count = room_id, title, icon, 0
        self.setText(title)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(title)
        self.setToolTip(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_count(self, count: int) -> None:
        """Show how much waits; zero shows nothing."""
        self._count = count
        self.setAccessibleName(f"{self._title}, {count} waiting" if count else self._title)
        self.update()

    def sizeHint(self) -> QSize:
        """Be one line high."""
        return QSize(NARROW_WIDTH - 16, 35)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the room."""
        t, painter = tokens(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        if on or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.rail_selected))
            painter.setOpacity(1.0 if on else 0.5)
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
            painter.setOpacity(1.0)
        ink = t.rail_on if on else t.rail_text
        renderer(self._icon, ink).render(
            painter, QRectF(10 if self.width() > NARROW_WIDTH else 12, (self.height() - 15) / 2, 15, 15)
        )
        if self.width() > NARROW_WIDTH:
            painter.setPen(QColor(ink))
            painter.setFont(font())
            middle = int(Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(self.rect().adjusted(34, 0, -8, 0), middle, self._title)
        if self._count:
            self._badge(painter)

    def _badge(self, painter: QPainter) -> None:
        t, text = tokens(), str(self._count) if self._count < 1000 else "999+"
        narrow = self.width() <= NARROW_WIDTH
        painter.setFont(bold(9 if narrow else SIZE_SMALL))
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + (8 if narrow else 14)
        box = QRectF(self.width() - width - 10, (self.height() - 18) / 2, width, 18)
        if narrow:
            box = QRectF(self.width() - width - 1, 2, width, 13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.rail_badge))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(QColor(t.rail_on))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


class Rail(QFrame):
    """The column of rooms; `asked` tells which one was asked for."""

    asked = Signal(str)

    def __init__(self, name: str, rooms: Sequence[tuple[str, str, str]], last_apart: bool = True) -> None:
        super().__init__()
        self.setFixedWidth(RAIL_WIDTH)
        self.setAccessibleName("Rooms")
        self._name, self._foot = name, ("", "")
        self._items: dict[str, RailItem] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 46, 8, 58)
        column.setSpacing(2)
        for place, (room_id, title, icon) in enumerate(rooms):
            if last_apart and place == len(rooms) - 1:
                column.addStretch(1)
            item = RailItem(room_id, title, icon)
            item.clicked.connect(self._asker(room_id))
            self._items[room_id] = item
            column.addWidget(item)

    def _asker(self, room_id: str) -> Callable[[], None]:
        return lambda: self.asked.emit(room_id)

    def set_narrow(self, narrow: bool) -> None:
        """Show icons only, where the window is small."""
        self.setFixedWidth(NARROW_WIDTH if narrow else RAIL_WIDTH)

    def show_room(self, room_id: str) -> None:
        """Mark the room one is in."""
        if room_id in self._items:
            self._items[room_id].setChecked(True)

    def room(self, room_id: str) -> RailItem:
        """Return the button of a room."""
        return self._items[room_id]

    def show_count(self, room_id: str, count: int) -> None:
        """Show how much waits in a room."""
        self._items[room_id].show_count(count)

    def show_person(self, line: str, under: str) -> None:
        """Show at the foot who is working."""
        self._foot = (line, under)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go up and down with the arrows."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        items = list(self._items.values())
        here = next((n for n, item in enumerate(items) if item.hasFocus()), None)
        if step is None or here is None:
            super().keyPressEvent(event)
            return
        items[max(0, min(len(items) - 1, here + step))].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, the program's name and who is working."""
        t, painter = tokens(), QPainter(self)
        painter.fillRect(self.rect(), QColor(t.rail))
        if self.width() <= NARROW_WIDTH:
            renderer("cobuilder", t.rail_on).render(painter, QRectF(19, 14, 18, 18))
            return
        painter.setPen(QColor(t.rail_on))
        painter.setFont(bold(14))
        painter.drawText(
            QRectF(16, 12, self.width() - 24, 24), int(Qt.AlignmentFlag.AlignVCenter), self._name
        )
        painter.setPen(QColor(t.rail_muted))
        painter.setFont(font(SIZE_SMALL))
        for place, text in enumerate(self._foot):
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width() - 36)
            spot = QRectF(18, self.height() - 46 + 16 * place, self.width() - 36, 16)
            painter.drawText(spot, int(Qt.AlignmentFlag.AlignVCenter), shown)
