"""A conversation with the program: what you said at the right, its answers at the left, with ways to follow.

- Each answer carries its ways as small buttons; Tab reaches them one after the other.
- What was said last is in sight, and told to assistive technology when it arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import font
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import S2, SIZE_NOTE, Tone
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.wrap import WrapLayout

Speaker = Literal["it", "you"]
_INDENT, _EDGE, _INSIDE, _PILL_HEIGHT = 30, 14, 13, 22


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said: by whom, the words, a small word below, and the names of its ways."""

    speaker: Speaker
    text: str
    aside: str = ""
    tone: Tone = ""
    ways: tuple[str, ...] = ()


class Pill(QAbstractButton):
    """A small rounded button; words that are too long are shortened, and told whole in a tip."""

    def __init__(self, text: str, on_click: Callable[[], object]) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(tip(text))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._room = 10_000
        self.clicked.connect(lambda: on_click())

    def sizeHint(self) -> QSize:
        """Ask for the words, within the width of a bubble."""
        wide = QFontMetrics(font(SIZE_NOTE)).horizontalAdvance(self.text()) + 26
        return QSize(min(wide, self._room), _PILL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Be content with a few letters."""
        return QSize(60, _PILL_HEIGHT)

    def fit(self, room: int) -> None:
        """Be no wider than the bubble around it."""
        if room != self._room:
            self._room = room
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the outline and the words."""
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.accent), 1))
        painter.setBrush(QColor(t.accent_soft if self.isDown() or self.underMouse() else t.panel))
        radius = _PILL_HEIGHT / 2 - 1
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setPen(QColor(t.accent))
        painter.setFont(font(SIZE_NOTE))
        room = self.rect().adjusted(10, 0, -10, 0)
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press with Return as well as with the space bar."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Bubble(QFrame):
    """The frame around one entry."""

    def __init__(self, entry: Entry, on_way: Callable[[int], object]) -> None:
        super().__init__()
        self.entry = entry
        mine = entry.speaker == "you"
        self.setAccessibleName(f"{'You' if mine else 'CoBuilder'}: {entry.text}")
        column = QVBoxLayout(self)
        column.setContentsMargins(_INSIDE, 8, _INSIDE, 9)
        column.setSpacing(S2)
        column.addWidget(label(entry.text, wrap=True))
        if entry.ways:
            holder = QWidget()
            ways = WrapLayout(6, 6)
            for number, words in enumerate(entry.ways):
                ways.addWidget(Pill(words, partial(on_way, number)))
            holder.setLayout(ways)
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            holder.setSizePolicy(policy)
            column.addWidget(holder)
        if entry.aside:
            column.addWidget(label(entry.aside, "small", wrap=True))

    @property
    def pills(self) -> list[Pill]:
        """Return the buttons of this entry, in order."""
        return self.findChildren(Pill)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let no button stand out of the bubble."""
        super().resizeEvent(event)
        for pill in self.pills:
            pill.fit(max(60, event.size().width() - 2 * _INSIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bubble in the colour of who speaks, edged by the tone."""
        t, tone = tokens(), self.entry.tone
        mine = self.entry.speaker == "you"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = t.tone(tone) if tone not in ("", "none") else t.line
        painter.setPen(Qt.PenStyle.NoPen if mine else QPen(QColor(edge), 1))
        painter.setBrush(QColor(t.accent_soft if mine else t.bg))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)


class ChatLog(QScrollArea):
    """Shows entries, the newest at the bottom; `followed` tells which way of which entry was taken."""

    followed = Signal(int, int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.entries: tuple[Entry, ...] = ()
        self.bubbles: list[Bubble] = []
        body = QWidget()
        body.setProperty("role", "scroll-body")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 12, 0, 4)
        self._column.setSpacing(10)
        self._column.addStretch(1)
        self.setWidget(body)
        self.verticalScrollBar().rangeChanged.connect(self._to_end)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these entries; those that are shown already stay as they are."""
        kept = 0
        while kept < min(len(entries), len(self.entries)) and entries[kept] == self.entries[kept]:
            kept += 1
        for bubble in self.bubbles[kept:]:
            holder = bubble.parentWidget()
            assert holder is not None
            self._column.removeWidget(holder)
            holder.hide()
            holder.deleteLater()
        del self.bubbles[kept:]
        for number, entry in enumerate(entries[kept:], kept):
            self._add(number, entry)
        fresh = bool(entries) and (len(entries) > kept or entries[-1] != self.entries[-1])
        self.entries = tuple(entries)
        if fresh:
            self._announce(self.bubbles[-1].accessibleName())

    def _add(self, number: int, entry: Entry) -> None:
        bubble = Bubble(entry, lambda way: self.followed.emit(number, way))
        holder = QWidget()
        holder.setProperty("role", "plain")
        line = QVBoxLayout(holder)
        mine = entry.speaker == "you"
        line.setContentsMargins(_EDGE + (_INDENT if mine else 0), 0, _EDGE + (0 if mine else _INDENT), 0)
        line.addWidget(bubble)
        self._column.addWidget(holder)
        self.bubbles.append(bubble)

    def _announce(self, words: str) -> None:
        self.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _to_end(self) -> None:
        """Show the end; of an entry that is higher than the view, its beginning."""
        bar = self.verticalScrollBar()
        holder = self.bubbles[-1].parentWidget() if self.bubbles else None
        bar.setValue(min(bar.maximum(), holder.y() - 6) if holder is not None else bar.maximum())
