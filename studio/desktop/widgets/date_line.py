"""A line for a date: typed as people write it, or chosen in a calendar (Alt+Down, or the button in it)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QMenu, QWidgetAction

from studio.desktop.theme.current import tokens
from studio.desktop.theme.icons import icon

Read = Callable[[str], QDate | None]


class DateLine(QLineEdit):
    """A line whose `textEdited` is told for a day that was chosen, as for one that was typed."""

    def __init__(self, read: Read, write: Callable[[QDate], str]) -> None:
        super().__init__()
        self._read, self._write = read, write
        self.choosing = QAction(icon("calendar", tokens().muted), "Choose in a calendar", self)
        self.choosing.triggered.connect(lambda: self.open_calendar())
        self.addAction(self.choosing, QLineEdit.ActionPosition.TrailingPosition)
        key = QShortcut(QKeySequence("Alt+Down"), self)
        key.setContext(Qt.ShortcutContext.WidgetShortcut)
        key.activated.connect(lambda: self.open_calendar())
        self.calendar: QCalendarWidget | None = None

    def open_calendar(self) -> None:
        """Show a calendar below the line, at the day that stands in it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.calendar = calendar = QCalendarWidget()
        calendar.setAccessibleName("Calendar")
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setGridVisible(False)
        now = self._read(self.text())
        if now is not None:
            calendar.setSelectedDate(now)
        calendar.activated.connect(lambda day: self._take(day, menu))
        calendar.clicked.connect(lambda day: self._take(day, menu))
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(calendar)
        menu.addAction(holder)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))
        calendar.setFocus(Qt.FocusReason.PopupFocusReason)

    def _take(self, day: QDate, menu: QMenu) -> None:
        words = self._write(day)
        menu.close()
        self.setText(words)
        self.textEdited.emit(words)
        self.returnPressed.emit()
