"""A canvas on which a flow is edited: the board with its pointer, keys, menus and what lies over it.

- It changes nothing itself: what a person wants is told as one value (`asked`).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)

from studio.desktop.widgets.flow_board import FlowBoard
from studio.desktop.widgets.flow_drawing import Kind
from studio.desktop.widgets.flow_gestures import Gestures
from studio.desktop.widgets.flow_keys import Keys
from studio.desktop.widgets.flow_menus import Menus
from studio.desktop.widgets.flow_overlays import FindBar, HintLine, MiniMap


class FlowEditor(FlowBoard):
    """Shows a flow and tells what a person wants of it."""

    def __init__(self, name: str, kinds: Sequence[Kind]) -> None:
        super().__init__(name, kinds)
        self.map, self.finder = MiniMap(self), FindBar(self)
        self.menus = Menus(self, self.finder)
        self.gestures = Gestures(self, self.menus)
        self.keys = Keys(self, self.menus, self.gestures, self.finder)
        self.hint = HintLine(self, lambda: self.keys.words)
        self.told.connect(self.hint.refresh)
        self.drawn.connect(self._on_drawn)

    def _on_drawn(self) -> None:
        self.map.flow_changed()
        self.keys.flow_changed()
        self.hint.refresh()

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from the window."""
        asks = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asks and self.keys.owns(event):  # type: ignore[arg-type]
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose, or begin to drag."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag on."""
        self.gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag."""
        self.gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Write a title anew."""
        self.gestures.double(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, edit, zoom."""
        if not self.keys.press(event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show what can be done with what is under the pointer, or with what is chosen."""
        self.menus.show_for(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome a kind of step."""
        self.gestures.drag_over(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the step would go."""
        self.gestures.drag_over(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget where it would go."""
        self.gestures.drag_out()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the step that was dropped."""
        self.gestures.drop(event)

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Draw the line or the frame that is being dragged."""
        self.gestures.paint(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what lies over the view at its edges."""
        super().resizeEvent(event)
        if hasattr(self, "hint"):  # Qt resizes while the view is being made
            for over in (self.hint, self.map, self.finder):
                over.settle()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Keep the small map in step."""
        super().scrollContentsBy(dx, dy)
        if hasattr(self, "map"):  # Qt scrolls while the view is being made
            self.map.view_moved()

    def zoom(self, factor: float) -> None:
        """Show the flow larger or smaller."""
        super().zoom(factor)
        self.map.view_moved()

    def fit(self) -> None:
        """Show the whole flow."""
        super().fit()
        if hasattr(self, "map"):
            self.map.view_moved()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say which keys there are."""
        super().focusInEvent(event)
        self.hint.refresh()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave the keys unsaid."""
        super().focusOutEvent(event)
        self.hint.refresh()
