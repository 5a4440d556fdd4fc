"""A person at the window: looks for things by their names, clicks, types, and chooses in lists and menus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.desktop.widgets.row_list import RowList
from studio.desktop.window import Window

Found = TypeVar("Found", bound=QWidget)
LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier
PATIENCE = 30_000


class Person:
    """Everything is done by clicks and keys on what is in sight."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.qtbot, self.window = qtbot, window

    def wait(self, is_so: Callable[[], object], what: str = "") -> None:
        """Wait until something is so."""
        try:
            self.qtbot.waitUntil(lambda: bool(is_so()), timeout=PATIENCE)
        except QtBot.TimeoutError as error:
            raise AssertionError(f"waited in vain: {what}") from error

    def all(self, kind: type[Found], name: str, inside: QWidget | None = None) -> list[Found]:
        """Return what is in sight, can be used, and is called exactly so."""
        found = []
        for widget in (inside or self.window).findChildren(kind):
            said = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            if said == name and widget.isVisible() and widget.isEnabled():
                found.append(widget)
        return found

    def find(self, kind: type[Found], name: str, inside: QWidget | None = None) -> Found:
        """Return the last of what is called so, as soon as it is in sight."""
        if not self.all(kind, name, inside):
            seen = {w.accessibleName() for w in (inside or self.window).findChildren(kind) if w.isVisible()}
            self.wait(lambda: self.all(kind, name, inside), f"{kind.__name__} “{name}” among {sorted(seen)}")
        return self.all(kind, name, inside)[-1]

    def press(self, name: str, inside: QWidget | None = None) -> None:
        """Click a button."""
        button = self.find(QAbstractButton, name, inside)
        at = QPoint(8, button.height() // 2) if isinstance(button, QCheckBox) else button.rect().center()
        QTest.mouseClick(button, LEFT, pos=at)

    def tick(self, name: str, on: bool, inside: QWidget | None = None) -> None:
        """Tick a box, or take the tick away."""
        if self.find(QCheckBox, name, inside).isChecked() != on:
            self.press(name, inside)

    def write(self, name: str, words: str, inside: QWidget | None = None) -> None:
        """Write in a line in the place of what stands there, and press Enter."""
        line = self.find(QLineEdit, name, inside)
        self.type_over(line, words)
        QTest.keyClick(line, Qt.Key.Key_Return)

    def write_only(self, name: str, words: str, inside: QWidget | None = None) -> None:
        """Write in a line in the place of what stands there."""
        self.type_over(self.find(QLineEdit, name, inside), words)

    def tell(self, name: str, words: str, inside: QWidget | None = None) -> None:
        """Write in a box for longer texts, and leave it with Tab."""
        area = self.find(QPlainTextEdit, name, inside)
        self.type_over(area, words)
        QTest.keyClick(area, Qt.Key.Key_Tab)

    def type_over(self, field: QWidget, words: str) -> None:
        """Click into a field, mark what stands there, and type."""
        self.wake()
        QTest.mouseClick(field.viewport() if isinstance(field, QPlainTextEdit) else field, LEFT)
        QTest.keyClick(field, Qt.Key.Key_A, CTRL)
        if words:
            self.keys(field, words)
        else:
            QTest.keyClick(field, Qt.Key.Key_Delete)

    def keys(self, field: QWidget, words: str) -> None:
        """Type words; signs that no key of Qt's test keyboard has come as from another one."""
        for sign in words:
            if ord(sign) < 256:
                QTest.keyClicks(field, sign)
            else:
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, sign)
                    QApplication.sendEvent(field, event)

    def wake(self) -> None:
        """Give the keyboard back to the window after a list or menu: a window manager does this."""
        if QApplication.activeModalWidget() is None and not self.window.isActiveWindow():
            self.window.activateWindow()
            self.wait(self.window.isActiveWindow, "the window is active")

    def choose(self, name: str, words: str, inside: QWidget | None = None) -> None:
        """Open a list and click an entry: the one with these words, or that begins with them."""
        box = self.find(QComboBox, name, inside)
        match = Qt.MatchFlag.MatchFixedString | Qt.MatchFlag.MatchCaseSensitive
        at = box.findText(words, match)
        at = at if at >= 0 else box.findText(words, Qt.MatchFlag.MatchStartsWith)
        assert at >= 0, (name, words, [box.itemText(n) for n in range(box.count())])
        if box.currentIndex() == at:
            return
        box.showPopup()
        self.click_row(box.view(), box.model().index(at, box.modelColumn()))

    def click_row(self, view: QAbstractItemView, index: QModelIndex) -> None:
        """Click a row of a list."""
        view.scrollTo(index)
        where = view.visualRect(index).center()
        spot = QPointF(where)
        none = Qt.MouseButton.NoButton
        moved = QMouseEvent(
            QEvent.Type.MouseMove, spot, QPointF(view.viewport().mapToGlobal(where)), none, none, PLAIN
        )
        QApplication.sendEvent(view.viewport(), moved)  # a hand comes from somewhere
        QTest.mouseClick(view.viewport(), LEFT, pos=where)

    def row(self, rows: RowList, title: str) -> None:
        """Click the row with this title in a list of the window, once the list is laid out."""
        QApplication.processEvents()
        model = rows.model()
        items = [model.index(n, 0).data(Qt.ItemDataRole.UserRole) for n in range(model.rowCount())]
        found = [n for n, item in enumerate(items) if item.id and item.title.endswith(title)]
        assert found, (title, [item.title for item in items])
        self.click_row(rows, model.index(found[0], 0))
        self.wait(lambda: rows.current_id() == items[found[0]].id, f"“{title}” is chosen")

    def menu(self, *ways: str) -> None:
        """Click through the menu that is open."""
        for words in ways:
            self.wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu), f"the menu with {words}")
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu)
            found = [a for a in menu.actions() if a.text().startswith(words) and a.isEnabled()]
            assert found, (words, [a.text() for a in menu.actions()])
            where = menu.actionGeometry(found[0]).center()
            QTest.mouseMove(menu, where)
            QTest.mouseClick(menu, LEFT, pos=where)
            if found[0].menu() is not None:
                inner = found[0].menu()
                assert isinstance(inner, QMenu)
                self.wait(inner.isVisible, words)

    def answer(self, act: Callable[[QDialog], None]) -> None:
        """Do this in the dialog that opens next."""

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QDialog):
                QTimer.singleShot(5, look)
                return
            try:
                act(dialog)
            except BaseException:
                dialog.reject()  # else the test would wait for it for ever
                raise

        QTimer.singleShot(0, look)

    def saying(self, words: str, button: str) -> Callable[[QDialog], None]:
        """Return the answer to a dialog that asks for a few words."""

        def act(dialog: QDialog) -> None:
            field = dialog.findChild(QPlainTextEdit)
            assert field is not None
            self.keys(field, words)
            self.press(button, dialog)

        return act
