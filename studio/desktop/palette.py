"""Ctrl+K: find any action or item by name, and go there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.widgets.labels import Rule, label
from studio.desktop.widgets.row_list import RowItem, RowList

WIDTH, ROWS = 620, 9


@dataclass(frozen=True, slots=True)
class Findable:
    """Something the palette can find: a name, what it is, and what choosing it does."""

    title: str
    what: str
    icon: str
    go: Callable[[], object]


def best(text: str, things: Sequence[Findable], most: int) -> list[Findable]:
    """Return the things whose names fit the text best, best first; all in their order without a text."""
    if not text.strip():
        return list(things[:most])
    from rapidfuzz import fuzz, process, utils

    names = [f"{thing.title} {thing.what}" for thing in things]
    found = process.extract(
        text, names, scorer=fuzz.WRatio, processor=utils.default_process, limit=most * 3, score_cutoff=45
    )
    wanted = text.casefold()
    ranked = sorted(found, key=lambda hit: (wanted not in names[hit[2]].casefold(), -hit[1]))
    return [things[index] for _, _, index in ranked[:most]]


class Palette(QFrame):
    """A field and a list over the window; Escape or a click elsewhere closes it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.window_ = window
        self.setProperty("role", "palette")
        self.setAccessibleName("Search or run a command")
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(40)
        shadow.setOffset(0, 10)
        self.setGraphicsEffect(shadow)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 6)
        column.setSpacing(0)
        self.field = QLineEdit()
        self.field.setProperty("role", "bare")
        self.field.setPlaceholderText("Type a name: a page, a rule, a test, a document, a command")
        self.field.setAccessibleName("Search or run a command")
        self.list = RowList("What was found")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = label("Nothing has a name like that.", "muted")
        self.nothing.setContentsMargins(14, 10, 14, 8)
        for part in (self.field, Rule(), self.list, self.nothing):
            column.addWidget(part)
        self.field.textChanged.connect(self._find)
        self.field.installEventFilter(self)
        self.list.clicked.connect(lambda _index: self._go())
        self._things: list[Findable] = []
        self._shown: list[Findable] = []
        self._before: QWidget | None = None
        self.hide()

    def open_with(self, things: Sequence[Findable]) -> None:
        """Open over the window, searching these things."""
        window = self.window_
        self._before = window.focusWidget()
        self._things = list(things)
        self.field.clear()
        self._find("")
        self.move((window.width() - WIDTH) // 2, 64)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def shut(self) -> None:
        """Close, and give the keyboard back."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the field's arrows move in the list; Return goes; losing the keyboard closes."""
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event.key())
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(key))
        if step is not None and self._shown:
            here = int(self.list.current_id() or 0)
            self.list.choose(str(max(1, min(len(self._shown), here + step))))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go()
        elif key == Qt.Key.Key_Escape:
            self.shut()
        else:
            return False
        return True

    def _find(self, text: str) -> None:
        self._shown = best(text, self._things, ROWS)
        items = [RowItem(str(n + 1), t.title, icon=t.icon, chip=t.what) for n, t in enumerate(self._shown)]
        self.list.show_rows(items)
        self.list.choose("1")
        self.list.setVisible(bool(items))
        self.nothing.setVisible(not items)
        self.list.setFixedHeight(self.list.content_height())
        self.setFixedWidth(WIDTH)
        self.adjustSize()

    def _go(self) -> None:
        number = int(self.list.current_id() or 0)
        if number:
            self.shut()
            self._shown[number - 1].go()
