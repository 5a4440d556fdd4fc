"""A canvas that shows a flow of steps; it is read, not edited.

- Each step is one item, cached at the screen's resolution; lines are one path each.
- The keyboard walks from step to step (arrows), zooms (+, −) and fits all (0); the current step's words
  are told to assistive technology.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QBrush,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView

from studio.desktop.theme.current import tokens
from studio.desktop.widgets.flow_items import FlowStep, LineItem, StepItem, is_far
from studio.diff.flow_layout import Layout, Sizes, Way, lay_out_flow

GRID = 20

Within = tuple[Sequence[str], Sequence[Way]]
"""Steps and ways of a larger flow, of which some are drawn."""

__all__ = ["FlowCanvas", "FlowStep"]


class FlowCanvas(QGraphicsView):
    """Shows steps and ways; `step_chosen` tells which step was chosen, `zoomed` that its scale is another."""

    step_chosen = Signal(str)
    zoomed = Signal()

    def __init__(self, name: str, dotted: bool = True, sizes: Sizes = Sizes()) -> None:  # noqa: B008
        super().__init__()
        self.setAccessibleName(name)
        self.setScene(QGraphicsScene(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._dotted, self._sizes = dotted, sizes
        self._items: dict[str, StepItem] = {}
        self._order: list[str] = []
        self.chosen = ""
        self._fitted = True
        self.content = QRectF()
        self.largest, self.least = 1.0, 0.62
        self.farthest = 0.2

    def show_flow(self, steps: Sequence[FlowStep], ways: Sequence[Way], within: Within | None = None) -> None:
        """Show another flow, fitted to the view; each step where it stands `within` a larger flow, if any."""
        layout = lay_out_flow(*(within or ([step.id for step in steps], ways)), self._sizes)
        extent = extent_of(layout, self._sizes.step)
        if within is not None:
            drawn = set(ways)
            layout.lines = [line for line in layout.lines if line.way in drawn]
        scene = self.scene()
        scene.clear()
        self.chosen = ""
        self._items = {step.id: StepItem(step, self._sizes.step, layout.heights[step.id]) for step in steps}
        for step_id, item in self._items.items():
            item.setPos(*layout.places[step_id])
            scene.addItem(item)
        for line in layout.lines:
            scene.addItem(LineItem(line, self._sizes))
        self._order = [each for each in reading_order(layout) if each in self._items]
        self.content = extent.adjusted(-16, -14, 16, 14)
        scene.setSceneRect(self.content)
        self.fit()

    def fit(self) -> None:
        """Show the whole flow, never larger than life, never too small to read."""
        self._fitted = True
        box, room = self.content, self.viewport().rect()
        self.resetTransform()
        if box.isEmpty() or room.isEmpty():
            return
        scale = max(self.least, min(self.largest, self.scale_to_fit()))
        self.scale(scale, scale)
        across, down = room.width() / scale, room.height() / scale
        x = box.left() + across / 2 if box.width() > across else box.center().x()
        y = box.top() + down / 2 if box.height() > down else box.center().y()
        self.centerOn(x, y)

    def scale_to_fit(self) -> float:
        """Return the scale at which the whole flow is seen."""
        box, room = self.content, self.viewport().rect()
        if box.isEmpty() or room.isEmpty():
            return 1.0
        return min(room.width() / box.width(), room.height() / box.height())

    def height_at_width(self, width: int) -> int:
        """Return how high the flow is when it is fitted to a width."""
        box = self.content
        return (
            round(box.height() * max(self.least, min(self.largest, width / box.width())))
            if box.width()
            else 0
        )

    def choose(self, step_id: str) -> None:
        """Choose a step, show it and tell it."""
        item = self._items.get(step_id)
        if item is None:
            return
        before = self._items.get(self.chosen)
        if before is not None:
            before.chosen = False
            before.update()
        item.chosen = True
        item.update()
        self.ensureVisible(item, 20, 20)
        changed, self.chosen = self.chosen != step_id, step_id
        self.setAccessibleDescription(item.step.words or item.step.title)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        if changed:
            self.step_chosen.emit(step_id)

    def mark(self, step_id: str) -> None:
        """Choose a step without moving there or telling anyone."""
        if step_id in self._items:
            self.chosen = step_id
            self._items[step_id].chosen = True
            self._items[step_id].update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the step under the pointer, else take hold of the canvas."""
        item = self.itemAt(event.position().toPoint())
        if isinstance(item, StepItem):
            self.choose(item.step.id)
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, zoom, fit."""
        key = event.key()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}
        if key in steps and self._order:
            here = (
                self._order.index(self.chosen)
                if self.chosen in self._order
                else -1
                if steps[Qt.Key(key)] > 0
                else 1
            )
            self.choose(self._order[max(0, min(len(self._order) - 1, here + steps[Qt.Key(key)]))])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1.2)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / 1.2)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl held, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1.15 if event.angleDelta().y() > 0 else 1 / 1.15)
        else:
            super().wheelEvent(event)

    def zoom(self, factor: float) -> None:
        """Show the flow larger or smaller."""
        self._fitted = False
        if self.farthest < self.transform().m11() * factor < 4:
            self.scale(factor, factor)
            self.zoomed.emit()

    @property
    def order(self) -> list[str]:
        """Return the steps in the order they are walked."""
        return list(self._order)

    def see_as(self, other: FlowCanvas) -> None:
        """Show the same part of the flow at the same scale as another canvas of it."""
        self._fitted = False
        self.setTransform(other.transform())
        for mine, its in (
            (self.horizontalScrollBar(), other.horizontalScrollBar()),
            (self.verticalScrollBar(), other.verticalScrollBar()),
        ):
            mine.setValue(its.value())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay fitted while nobody zoomed."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Draw again in new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.scene() is not None:
            for item in self.scene().items():
                if isinstance(item, LineItem):
                    item.tint()
                item.update()
            self.viewport().update()

    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Draw the ground, dotted on a large canvas."""
        assert isinstance(rect, QRectF)
        t = tokens()
        painter.fillRect(rect, QColor(t.panel))
        if self._dotted and not is_far(painter):
            painter.fillRect(rect, QBrush(_dots(t.line)))


@cache
def _dots(colour: str) -> QPixmap:
    """Return the tile that the ground is dotted with."""
    tile = QPixmap(GRID, GRID)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.fillRect(QRectF(GRID / 2, GRID / 2, 2, 2), QColor(colour))
    painter.end()
    return tile


def extent_of(layout: Layout, step: float) -> QRectF:
    """Return the box of all steps and lines; labels lie inside it, but for those of straight lines."""
    box = QRectF()
    for node, (x, y) in layout.places.items():
        box = box.united(QRectF(x, y, step, layout.heights[node]))
    for line in layout.lines:
        for x, y in line.points:
            box = box.united(QRectF(x - 1, y - 1, 2, 2))
    return box


def reading_order(layout: Layout) -> list[str]:
    """Return the steps from top to bottom, and from left to right where they stand side by side."""
    return sorted(layout.places, key=lambda node: (layout.places[node][1], layout.places[node][0]))
