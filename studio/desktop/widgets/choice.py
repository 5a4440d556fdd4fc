"""A choice among a few words, with an arrow that follows the theme."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem

from studio.desktop.theme.current import tokens
from studio.desktop.theme.icons import renderer


class _Roomy(QStyledItemDelegate):
    """Lines as high as those of a choice in which nothing can be typed."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index) + QSize(0, 8)


class Choice(QComboBox):
    """A combo box with a name that is read aloud."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)

    def setEditable(self, editable: bool) -> None:
        """Let something else be typed; what drops down has room between its lines all the same."""
        super().setEditable(editable)
        if editable:
            self.setItemDelegate(_Roomy(self))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, then the arrow."""
        super().paintEvent(event)
        self.paint_arrow()

    def paint_arrow(self) -> None:
        """Draw the arrow at the right end."""
        box = QRectF(self.width() - 21, (self.height() - 11) / 2, 11, 11)
        renderer("chevron-down", tokens().muted).render(QPainter(self), box)
