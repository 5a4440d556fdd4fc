"""The kinds of steps that can be added: a click adds one after the chosen step, a drag puts it anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QVBoxLayout, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import font
from studio.desktop.theme.icons import pixmap
from studio.desktop.widgets.flow_drawing import Kind
from studio.desktop.widgets.flow_gestures import KIND_MIME

ROW = 26


def kind_data(kind: str) -> QMimeData:
    """Return what is carried when a kind of step is dragged."""
    data = QMimeData()
    data.setData(KIND_MIME, QByteArray(kind.encode()))
    return data


class KindRow(QAbstractButton):
    """One kind: its icon and its name."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.kind = kind
        self.setText(kind.name)
        self.setAccessibleName(f"Add a step: {kind.name}")
        self.setToolTip("Click to add it after the chosen step, or drag it to a line or a free place")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._pressed = QPoint()

    def sizeHint(self) -> QSize:
        """Be as high as a line."""
        return QSize(120, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon and the name."""
        t, painter = tokens(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.accent_soft if self.hasFocus() else t.bg))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(6, 1, -6, -1), 5, 5)
        painter.drawPixmap(14, (ROW - 14) // 2, pixmap(self.kind.icon, t.accent, 14))
        painter.setFont(font())
        painter.setPen(QColor(t.text if self.isEnabled() else t.faint))
        room = self.rect().adjusted(36, 0, -8, 0)
        words = painter.fontMetrics().elidedText(self.kind.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag might begin."""
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the kind away."""
        far = (event.position().toPoint() - self._pressed).manhattanLength()
        if not event.buttons() & Qt.MouseButton.LeftButton or far < QApplication.startDragDistance():
            return
        self.setDown(False)
        drag = QDrag(self)
        drag.setMimeData(kind_data(self.kind.id))
        drag.setPixmap(self.grab())
        drag.exec(Qt.DropAction.CopyAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press with Return as well; arrows go to the neighbours."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)


class StepPalette(QWidget):
    """All kinds, one below the other; `picked` tells which was clicked."""

    picked = Signal(str)

    def __init__(self, kinds: Sequence[Kind]) -> None:
        super().__init__()
        self.setAccessibleName("Add a step")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(0)
        self.rows = [KindRow(kind) for kind in kinds]
        for row in self.rows:
            column.addWidget(row)
            row.clicked.connect(lambda _checked=False, kind=row.kind.id: self.picked.emit(kind))
