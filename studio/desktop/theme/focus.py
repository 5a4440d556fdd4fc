"""The focus ring: drawn by hand around whatever the keyboard is on, in every theme alike."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit, QWidget

from studio.desktop.theme.current import tokens

_BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class _Ring(QWidget):
    """The ring itself: a child that lies over the focused widget and lets the mouse through."""

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setGeometry(target.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a rounded outline in the accent colour."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens().accent), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)


class FocusRing(QObject):
    """Watches the application's focus and keeps one ring around the widget that has it by keyboard."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: _Ring | None = None
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow focus; never swallow an event."""
        # By class, not by `type()`: every event of the application comes by here.
        if isinstance(event, QFocusEvent):
            if not event.gotFocus():
                self._move(None)
            elif isinstance(watched, QWidget):
                self._move(watched if event.reason() in _BY_KEY else None)
        elif self._ring is not None and isinstance(event, QResizeEvent) and self._alive():
            target = self._ring.parentWidget()
            if watched is target and target is not None:
                self._ring.setGeometry(target.rect())
        return False

    def _alive(self) -> bool:
        return self._ring is not None and shiboken6.isValid(self._ring)

    def _move(self, target: QWidget | None) -> None:
        if self._ring is not None and self._alive():
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = None
        # Text fields show their own focus border and a cursor; a menu marks its own row.
        if target is not None and not isinstance(target, (QLineEdit, QPlainTextEdit, QMenu)):
            self._ring = _Ring(target)
