"""A canvas that shows a flow of steps; it is read, not edited.

- Each step is one item, cached at the screen's resolution; lines are one path each.
- The keyboard walks from step to step (arrows), zooms (+, −) and fits all (0); the current step's words
  are told to assistive technology.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold, font
from studio.desktop.theme.icons import renderer
from studio.desktop.theme.tokens import SIZE_SMALL, Tone
from studio.desktop.widgets.flow_layout import Layout, Line, Sizes, Way, lay_out_flow
from studio.desktop.widgets.text import two_lines

TILE = 28


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A step as it is drawn: icon, title, a word below, a tone when it changed, and what it says aloud."""

    id: str
    icon: str
    title: str
    subtitle: str = ""
    tone: Tone = ""
    words: str = ""


class _StepItem(QGraphicsItem):
    def __init__(self, step: FlowStep, width: float, height: float) -> None:
        super().__init__()
        self.step = step
        self.width, self.height = width, height
        self.chosen = False
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setToolTip(step.words or step.title)

    def boundingRect(self) -> QRectF:
        return QRectF(-3, -3, self.width + 6, self.height + 6)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        t, tone = tokens(), self.step.tone
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, 0.5, self.width - 1, self.height - 1)
        edge = t.accent if self.chosen else t.tone(tone) if tone else t.line_strong
        painter.setPen(QPen(QColor(edge), 2 if self.chosen else 1.3))
        painter.setBrush(QColor(t.tint(tone) if tone else t.raised))
        painter.drawRoundedRect(box, 7, 7)
        tile = QPainterPath()
        tile.addRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
        strip = QPainterPath()
        strip.addRect(QRectF(0, 0, TILE, self.height))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent_soft if not tone else t.tint(tone)))
        painter.drawPath(tile.intersected(strip))
        ink = t.tone(tone) if tone else t.accent
        renderer(self.step.icon, ink).render(
            painter, QRectF((TILE - 14) / 2 + 0.5, (self.height - 14) / 2, 14, 14)
        )
        self._words(painter)

    def _words(self, painter: QPainter) -> None:
        t = tokens()
        left, room = TILE + 8, round(self.width) - TILE - 14
        sign = {"add": "+ ", "del": "\u2212 "}.get(self.step.tone, "")
        painter.setFont(bold(12))
        painter.setPen(QColor(t.text))
        middle = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if not self.step.subtitle:
            lines = two_lines(sign + self.step.title, room, bold(12))
            painter.drawText(QRectF(left, 1, room, self.height - 2), middle, "\n".join(lines))
            return
        title = painter.fontMetrics().elidedText(sign + self.step.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, self.height / 2 - 17, room, 17), middle, title)
        painter.setFont(font(SIZE_SMALL))
        painter.setPen(QColor(t.muted_on_tint if self.step.tone else t.muted))
        under = painter.fontMetrics().elidedText(self.step.subtitle, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, self.height / 2, room, 16), middle, under)


class _LineItem(QGraphicsItem):
    def __init__(self, line: Line, sizes: Sizes) -> None:
        super().__init__()
        self._line, self._room = line, sizes.label if line.way.side else sizes.step / 2
        self.setZValue(-1)
        xs, ys = [p[0] for p in line.points], [p[1] for p in line.points]
        self._box = QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).adjusted(
            -110, -20, 110, 20
        )

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        t = tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(t.faint), 1.4))
        points = [QPointF(*p) for p in self._line.points]
        tip = points[-1]
        points[-1] = QPointF(tip.x(), tip.y() - 6)
        painter.drawPath(_rounded(points))
        head = QPainterPath(tip)
        head.lineTo(tip.x() - 4.5, tip.y() - 8)
        head.lineTo(tip.x() + 4.5, tip.y() - 8)
        head.closeSubpath()
        painter.fillPath(head, QColor(t.faint))
        self._label(painter)

    def _label(self, painter: QPainter) -> None:
        if not self._line.way.label:
            return
        t = tokens()
        painter.setFont(font(SIZE_SMALL))
        text = painter.fontMetrics().elidedText(
            self._line.way.label, Qt.TextElideMode.ElideRight, round(self._room)
        )
        width = painter.fontMetrics().horizontalAdvance(text)
        x, y = self._line.label_at
        left = x - width if self._line.label_right else x
        spot = QRectF(left, y - 6, width, 12)
        painter.fillRect(spot.adjusted(-2, 0, 2, 0), QColor(t.panel))
        painter.setPen(QColor(t.muted))
        painter.drawText(spot.adjusted(0, -1, 2, 1), int(Qt.AlignmentFlag.AlignVCenter), text)


class FlowCanvas(QGraphicsView):
    """Shows steps and ways; `step_chosen` tells which step was chosen."""

    step_chosen = Signal(str)

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
        self._items: dict[str, _StepItem] = {}
        self._order: list[str] = []
        self.chosen = ""
        self._fitted = True
        self.largest, self.least = 1.0, 0.62

    def show_flow(self, steps: Sequence[FlowStep], ways: Sequence[Way]) -> None:
        """Show another flow, fitted to the view."""
        layout = lay_out_flow([step.id for step in steps], ways, self._sizes)
        scene = self.scene()
        scene.clear()
        self.chosen = ""
        self._items = {step.id: _StepItem(step, self._sizes.step, layout.heights[step.id]) for step in steps}
        for step_id, item in self._items.items():
            item.setPos(*layout.places[step_id])
            scene.addItem(item)
        for line in layout.lines:
            scene.addItem(_LineItem(line, self._sizes))
        self._order = _reading_order(layout)
        scene.setSceneRect(_extent(layout, self._sizes.step).adjusted(-16, -14, 16, 14))
        self.fit()

    def fit(self) -> None:
        """Show the whole flow, never larger than life, never too small to read."""
        self._fitted = True
        box, room = self.scene().sceneRect(), self.viewport().rect()
        self.resetTransform()
        if box.isEmpty() or room.isEmpty():
            return
        scale = max(self.least, min(self.largest, self.scale_to_fit()))
        self.scale(scale, scale)
        self.centerOn(box.center())
        if box.height() * scale > room.height():
            self.verticalScrollBar().setValue(self.verticalScrollBar().minimum())
        if box.width() * scale > room.width():
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().minimum())

    def scale_to_fit(self) -> float:
        """Return the scale at which the whole flow is seen."""
        box, room = self.scene().sceneRect(), self.viewport().rect()
        if box.isEmpty() or room.isEmpty():
            return 1.0
        return min(room.width() / box.width(), room.height() / box.height())

    def height_at_width(self, width: int) -> int:
        """Return how high the flow is when it is fitted to a width."""
        box = self.scene().sceneRect()
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
        if isinstance(item, _StepItem):
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
        if 0.2 < self.transform().m11() * factor < 4:
            self.scale(factor, factor)

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
                item.update()
            self.viewport().update()

    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Draw the ground, dotted on a large canvas."""
        assert isinstance(rect, QRectF)
        t = tokens()
        painter.fillRect(rect, QColor(t.panel))
        if not self._dotted:
            return
        painter.setPen(QPen(QColor(t.line), 2))
        step = 20
        for x in range(int(rect.left()) // step * step, int(rect.right()) + step, step):
            for y in range(int(rect.top()) // step * step, int(rect.bottom()) + step, step):
                painter.drawPoint(x, y)


def _extent(layout: Layout, step: float) -> QRectF:
    """Return the box of all steps and lines; labels lie inside it, but for those of straight lines."""
    box = QRectF()
    for node, (x, y) in layout.places.items():
        box = box.united(QRectF(x, y, step, layout.heights[node]))
    for line in layout.lines:
        for x, y in line.points:
            box = box.united(QRectF(x - 1, y - 1, 2, 2))
    return box


def _reading_order(layout: Layout) -> list[str]:
    return sorted(layout.places, key=lambda node: (layout.places[node][1], layout.places[node][0]))


def _rounded(points: Sequence[QPointF]) -> QPainterPath:
    """Return a path through the points whose corners are a little round."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        path.lineTo(_towards(corner, before))
        path.quadTo(corner, _towards(corner, after))
    path.lineTo(points[-1])
    return path


def _towards(start: QPointF, end: QPointF, distance: float = 5) -> QPointF:
    run = end - start
    length = (run.x() ** 2 + run.y() ** 2) ** 0.5
    return start + run * (min(distance, length / 2) / length) if length else start
