"""The pointer on a flow that is edited: choosing, moving steps, drawing lines, frames, panning, dropping.

- A drag begins after a few pixels; until then a press is a click.
- Steps snap to a grid. A line is drawn from a knob, from an open way, or from the head of a line.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QDragMoveEvent, QDropEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication

from studio.desktop.theme.current import tokens
from studio.desktop.widgets.flow_board import End, FlowBoard
from studio.desktop.widgets.flow_items import StepItem, knobs
from studio.desktop.widgets.flow_menus import Menus
from studio.desktop.widgets.flow_route import Slots
from studio.desktop.widgets.flow_wishes import AddStep, Connect, MoveSteps

SNAP = 10
NEAR = 9.0
KIND_MIME = "application/x-cobuilder-step"
Mode = Literal["", "steps", "way", "band", "pan"]


class Gestures:
    """What the pointer is doing on one canvas."""

    def __init__(self, canvas: FlowBoard, menus: Menus) -> None:
        self._canvas, self._menus = canvas, menus
        self.mode: Mode = ""
        self._ready: Mode = ""
        self._pressed = QPoint()
        self._from = self._to = QPointF()
        self._places: dict[str, QPointF] = {}
        self._slots: Slots | None = None
        self._source, self._keys = "", tuple[str, ...]()
        self._ring: End | None = None
        self._scroll = (0, 0)
        self._over: StepItem | None = None
        self._target: StepItem | None = None
        self._line: End | None = None

    # Pressing

    def press(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer, and make ready to drag it."""
        canvas, spot = self._canvas, self._spot(event)
        self._pressed, self._from, self._to = event.position().toPoint(), spot, spot
        self._ring, self._ready = None, ""
        if event.button() == Qt.MouseButton.MiddleButton:
            self._begin_pan()
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if (ring := canvas.end_at(spot)) is not None:
            self._ring = ring
            canvas.choose_way(*ring)
            self._ready_line(ring[0], (ring[1],))
        elif (knob := self._knob_at(spot)) is not None:
            self._ready_line(*knob)
        elif step := canvas.step_at(spot):
            self._press_step(step, event)
        elif not self._press_line(spot):
            self._press_ground(spot, event)

    def _press_step(self, step: str, event: QMouseEvent) -> None:
        canvas = self._canvas
        more = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        if more and step in canvas.chosen_ids:
            canvas.choose_many([each for each in canvas.chosen_ids if each != step])
            return
        if more:
            canvas.choose_many([*canvas.chosen_ids, step])
        elif step not in canvas.chosen_ids:
            canvas.choose(step)
        else:
            canvas.choose_many([*(each for each in canvas.chosen_ids if each != step), step])
        self._ready_steps(canvas.chosen_ids)

    def _press_line(self, spot: QPointF) -> bool:
        canvas = self._canvas
        way = canvas.line_at(spot)
        line = canvas.line(way) if way else None
        if way is None or line is None:
            return False
        canvas.choose_many([])
        canvas.choose_way(*way)
        if (QPointF(*line.line.points[-1]) - spot).manhattanLength() < 30:
            self._ready_line(way[0], (way[1],))
        return True

    def _press_ground(self, spot: QPointF, event: QMouseEvent) -> None:
        canvas = self._canvas
        frame = canvas.frame_at(spot)
        if frame is not None:
            canvas.choose_many([each for each in frame.frame.steps if canvas.item(each)])
            self._ready_steps(canvas.chosen_ids)
            return
        canvas.choose_way()
        if not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            canvas.choose_many([])
        self._ready = "band"

    def _ready_steps(self, steps: tuple[str, ...]) -> None:
        items = {step: item for step in steps if (item := self._canvas.item(step)) is not None}
        self._places = {step: item.pos() for step, item in items.items()}
        self._ready = "steps"

    def _ready_line(self, source: str, keys: tuple[str, ...]) -> None:
        self._source, self._keys = source, keys
        self._ready = "way"

    def _knob_at(self, spot: QPointF) -> tuple[str, tuple[str, ...]] | None:
        """Return the step and the ways that a knob at a place stands for."""
        canvas = self._canvas
        for step in dict.fromkeys([canvas.chosen, self._over.step.id if self._over else ""]):
            item, outs = canvas.item(step), canvas.ways_of(step)
            if item is None or not outs:
                continue
            below, beside = knobs(item.box)
            if (below - spot).manhattanLength() < NEAR:
                straight = tuple(out.key for out in outs if not out.side)
                return step, straight[:1] or tuple(out.key for out in outs)
            if (beside - spot).manhattanLength() < NEAR:
                aside = tuple(out.key for out in outs if out.side)
                return step, aside or tuple(out.key for out in outs)
        return None

    # Moving

    def move(self, event: QMouseEvent) -> None:
        """Drag what was pressed, or show the knobs of the step under the pointer."""
        self._to = self._spot(event)
        if self.mode == "pan":
            self._pan(event.position().toPoint())
            return
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(self._to)
            return
        far = (event.position().toPoint() - self._pressed).manhattanLength()
        if not self.mode and self._ready and far >= QApplication.startDragDistance():
            self.mode = self._ready
            self._slots = self._canvas.slots() if self.mode == "steps" else None
        if self.mode == "steps":
            self._drag_steps()
        elif self.mode == "way":
            self._aim(self._canvas.step_at(self._to))
        if self.mode:
            self._canvas.viewport().update()

    def _drag_steps(self) -> None:
        assert self._slots is not None
        run = self._to - self._from
        first = next(iter(self._places.values()))
        run = QPointF(_snapped(first.x() + run.x()) - first.x(), _snapped(first.y() + run.y()) - first.y())
        self._canvas.drag_along({step: place + run for step, place in self._places.items()}, self._slots)

    def _hover(self, spot: QPointF) -> None:
        canvas = self._canvas
        step = canvas.step_at(spot) or canvas.step_at(spot - QPointF(5, 5))
        item = canvas.item(step) if step else None
        if item is not self._over:
            if self._over is not None and canvas.item(self._over.step.id) is self._over:
                self._over.show_as(ported=self._over.step.id == canvas.chosen)
            self._over = item
            if item is not None:
                item.show_as(ported=True)
        on = item is not None or canvas.end_at(spot) is not None or canvas.line_at(spot) is not None
        shape = Qt.CursorShape.PointingHandCursor if on else Qt.CursorShape.ArrowCursor
        canvas.viewport().setCursor(shape)

    def _aim(self, step: str) -> None:
        item = self._canvas.item(step) if step else None
        if item is self._target:
            return
        if self._target is not None:
            self._target.shine("")
        self._target = item
        if item is not None:
            item.shine("target")

    def _begin_pan(self) -> None:
        canvas = self._canvas
        self.mode = "pan"
        self._scroll = canvas.horizontalScrollBar().value(), canvas.verticalScrollBar().value()
        canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def _pan(self, at: QPoint) -> None:
        canvas, run = self._canvas, at - self._pressed
        canvas.horizontalScrollBar().setValue(self._scroll[0] - run.x())
        canvas.verticalScrollBar().setValue(self._scroll[1] - run.y())

    # Letting go

    def release(self, event: QMouseEvent) -> None:
        """Tell what the drag was for."""
        mode, self.mode, ready, self._ready = self.mode, "", self._ready, ""
        canvas = self._canvas
        canvas.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        if mode == "steps":
            self._moved()
        elif mode == "way":
            self._drawn(canvas.step_at(self._to), event)
        elif mode == "band":
            self._framed(event)
        elif not mode and ready == "way" and self._ring is not None:
            self._menus.show_kinds(event.globalPosition().toPoint(), *self._ring)
        canvas.viewport().update()

    def _moved(self) -> None:
        canvas = self._canvas
        items = {step: canvas.item(step) for step in self._places}
        now = {step: item.pos() for step, item in items.items() if item is not None}
        if now != self._places:
            canvas.ask(MoveSteps({step: (place.x(), place.y()) for step, place in now.items()}))

    def _drawn(self, target: str, event: QMouseEvent) -> None:
        self._aim("")
        at = event.globalPosition().toPoint()
        place = (_snapped(self._to.x()), _snapped(self._to.y()))
        if not target:
            self._menus.show_kinds(at, self._source, self._keys[0], place)
        elif len(self._keys) == 1:
            self._canvas.ask(Connect(self._source, self._keys[0], target))
        else:
            self._menus.show_ways(at, self._source, self._keys, target)

    def _framed(self, event: QMouseEvent) -> None:
        canvas, band = self._canvas, QRectF(self._from, self._to).normalized()
        inside = [s for s in canvas.steps if (i := canvas.item(s)) is not None and band.intersects(i.box)]
        canvas.choose_many([*canvas.chosen_ids, *inside])

    def double(self, event: QMouseEvent) -> None:
        """Write the title of a step anew, or the name of a group."""
        spot = self._spot(event)
        if step := self._canvas.step_at(spot):
            self._canvas.begin_renaming(step)
        elif (frame := self._canvas.frame_at(spot)) is not None:
            self._menus.on_group("rename", frame.frame.id)

    def cancel(self) -> None:
        """Let go of a drag as if it had never begun."""
        if self.mode == "steps" and self._slots is not None:
            self._canvas.drag_along(self._places, self._slots)
        self._aim("")
        self.mode = self._ready = ""
        self._canvas.viewport().update()

    # Dropping a kind of step

    def drag_over(self, event: QDragMoveEvent) -> None:
        """Welcome a kind of step, and show the line or step that it would go to."""
        if not event.mimeData().hasFormat(KIND_MIME):
            event.ignore()
            return
        spot = self._canvas.mapToScene(event.position().toPoint())
        line = self._canvas.line_at(spot, 14)
        self._aim("" if line else self._canvas.step_at(spot))
        if line != self._line:
            self._show_line(line)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def _show_line(self, way: End | None) -> None:
        for each, lit in ((self._line, False), (way, True)):
            item = self._canvas.line(each) if each else None
            if item is not None:
                item.show_as(lit=lit)
        self._line = way

    def drag_out(self) -> None:
        """Forget what a kind of step would go to."""
        self._aim("")
        self._show_line(None)

    def drop(self, event: QDropEvent) -> None:
        """Add a step of the kind that was dropped: on a line, on an open way, after a step, or just there."""
        kind = bytes(event.mimeData().data(KIND_MIME).data()).decode()
        spot = self._canvas.mapToScene(event.position().toPoint())
        self.drag_out()
        way = self._canvas.line_at(spot, 14) or self._canvas.end_at(spot)
        step = self._canvas.step_at(spot)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if way is not None:
            self._canvas.ask(AddStep(kind, after=way[0], way=way[1]))
        elif step:
            self._canvas.ask(AddStep(kind, after=step))
        else:
            self._canvas.ask(AddStep(kind, at=(_snapped(spot.x() - 98), _snapped(spot.y() - 22))))

    # What is drawn while dragging

    def paint(self, painter: QPainter) -> None:
        """Draw the line or the frame that is being dragged."""
        if self.mode not in ("way", "band"):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(tokens().accent)
        painter.setPen(QPen(ink, 1.6, Qt.PenStyle.DashLine))
        if self.mode == "way":
            painter.drawLine(self._from, self._to)
            painter.setBrush(ink)
            painter.drawEllipse(self._to, 3, 3)
            return
        fill = QColor(ink)
        fill.setAlpha(28)
        painter.setBrush(fill)
        painter.drawRect(QRectF(self._from, self._to).normalized())

    def _spot(self, event: QMouseEvent) -> QPointF:
        return self._canvas.mapToScene(event.position().toPoint())


def _snapped(value: float) -> float:
    return float(round(value / SNAP) * SNAP)
