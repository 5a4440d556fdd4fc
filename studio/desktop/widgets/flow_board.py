"""The ground of a flow that is edited: what is drawn, stands where, is chosen or lit, and what is asked.

- Every wish is told as one value (`asked`); the flow changes when it is shown again (`show_drawing`).
- Pointer, keyboard and menus speak to it by its public names; `FlowEditor` puts them together.
- What is chosen or lit is told to assistive technology; `told` says that other keys mean something now.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsView

from studio.desktop.widgets.flow_canvas import FlowCanvas, extent_of, reading_order
from studio.desktop.widgets.flow_drawing import FlowDrawing, Kind, Out
from studio.desktop.widgets.flow_items import FAR, GroupItem, Light, LineItem, OpenEndItem, StepItem
from studio.desktop.widgets.flow_route import Slots, place_flow, route
from studio.desktop.widgets.flow_title import TitleField
from studio.desktop.widgets.flow_wishes import Rename, Wish
from studio.diff.flow_layout import Layout, Point, Sizes, Way

ROOM = 420.0
"""How far beyond the flow one can scroll, so that there is room to put steps."""
End = tuple[str, str]


class FlowBoard(FlowCanvas):
    """Shows a flow, lets choose, and tells what is wanted."""

    asked = Signal(object)
    chosen_changed = Signal(object)
    told = Signal()
    drawn = Signal()

    def __init__(self, name: str, kinds: Sequence[Kind]) -> None:
        super().__init__(name)
        self.kinds = tuple(kinds)
        self.drawing = FlowDrawing()
        self.layout_shown = Layout()
        self.chosen_ids: tuple[str, ...] = ()
        self.way: End | None = None
        self.farthest, self.least = 0.04, 0.62
        self._lines: dict[End, LineItem] = {}
        self._ends: dict[End, OpenEndItem] = {}
        self._frames: list[GroupItem] = []
        self._touching: defaultdict[str, list[LineItem]] = defaultdict(list)
        self._labels: QGraphicsRectItem | None = None
        self._shape: tuple[list[str], list[Way], dict[str, Point], Counter[str]] | None = None
        self.setDragMode(QGraphicsView.DragMode.NoDrag)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAcceptDrops(True)
        self._field: TitleField | None = None

    # What is shown

    def show_drawing(self, drawing: FlowDrawing, *, anew: bool) -> None:
        """Show a flow; `anew` fits it to the view, else the view and what is chosen stay."""
        kept, way = (() if anew else self.chosen_ids), (None if anew else self.way)
        self.stop_renaming()
        self.drawing = drawing
        ids = [step.id for step in drawing.steps]
        placed = {step: place for step, place in drawing.placed.items() if step in set(ids)}
        shape = ids, drawing.ways, placed, drawing.open_sides
        if shape != self._shape:
            self._shape, self.layout_shown = shape, place_flow(*shape[:3], self._sizes, shape[3])
        layout = self.layout_shown
        self._draw(layout)
        self._order = reading_order(layout)
        beside = self._sizes.channel if drawing.open_sides else 16
        self.content = extent_of(layout, self._sizes.step).adjusted(-16, -14, beside, 26)
        self.scene().setSceneRect(self.content.adjusted(-ROOM, -ROOM, ROOM, ROOM))
        self.chosen, self.chosen_ids, self.way = "", (), None
        self.choose_many([each for each in kept if each in self._items], tell=False)
        if way is not None and (way in self._lines or way in self._ends):
            self.choose_way(*way)
        self._fitted = anew
        if anew:
            self.fit()
        else:
            self._keep_in_view()
        self._hide_far()
        self.drawn.emit()

    def _keep_in_view(self) -> None:
        """Bring the whole flow into view where it fits as large as it is shown."""
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        fits = seen.width() >= self.content.width() and seen.height() >= self.content.height()
        if fits and not self.content.isEmpty() and not seen.contains(self.content):
            self.centerOn(self.content.center())

    def _draw(self, layout: Layout) -> None:
        """Draw the flow; what is drawn already as it should be stays, which is nearly all after an edit."""
        drawing, scene = self.drawing, self.scene()
        for gone in (*self._ends.values(), *self._frames):
            scene.removeItem(gone)
        self._draw_steps(layout)
        self._draw_lines(layout)
        self._ends = {(end.source, end.label): OpenEndItem(end, self._sizes) for end in drawing.open_ends}
        self._frames = []
        for group in drawing.groups:
            boxes = [self._items[step].box for step in group.steps if step in self._items]
            if boxes:
                self._frames.append(GroupItem(group, united(boxes)))
        for other in (*self._ends.values(), *self._frames):
            scene.addItem(other)
        self.place_ends(self._items)

    def _draw_steps(self, layout: Layout) -> None:
        scene, before = self.scene(), self._items
        self._items = {}
        for step in self.drawing.steps:
            item, height = before.get(step.id), layout.heights[step.id]
            if item is None or item.step != step or item.height != height:
                item = StepItem(step, self._sizes.step, height)
                scene.addItem(item)
            else:
                del before[step.id]
                item.rest()
            item.setPos(*layout.places[step.id])
            self._items[step.id] = item
        for gone in before.values():
            scene.removeItem(gone)

    def _draw_lines(self, layout: Layout) -> None:
        scene, before = self.scene(), self._lines
        if self._labels is None:
            self._labels = QGraphicsRectItem()
            self._labels.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
            self._labels.setZValue(-0.4)
            scene.addItem(self._labels)
        self._lines, self._touching = {}, defaultdict(list)
        for line in layout.lines:
            key = line.way.source, line.way.name
            item = before.pop(key, None)
            if item is None or not item.becomes(line):
                if item is not None:
                    item.leave(scene)
                item = LineItem(line, self._sizes, self._labels)
                scene.addItem(item)
            self._lines[key] = item
            for end in dict.fromkeys((line.way.source, line.way.target)):
                self._touching[end].append(item)
        for gone in before.values():
            gone.leave(scene)

    def place_ends(self, steps: Iterable[str]) -> None:
        """Put the ways that lead nowhere where their steps stand."""
        wanted = set(steps)
        sides = self.drawing.open_sides
        seen: dict[str, int] = {}
        for end, item in self._ends.items():
            step = self._items.get(end[0])
            if step is None or end[0] not in wanted:
                continue
            box = step.box
            if not item.end.side:
                item.setPos(box.center().x(), box.bottom())
                continue
            seen[end[0]] = seen.get(end[0], 0) + 1
            share = 1 - (sides[end[0]] + 1 - seen[end[0]]) / (sides[end[0]] + self._leaving(end[0]) + 1)
            item.setPos(box.right(), box.top() + box.height() * share)

    def _leaving(self, step: str) -> int:
        """Return how many lines leave a step at its right."""
        right = self._items[step].box.right()
        lines = (item.line for item in self._touching[step])
        return sum(line.way.source == step and line.points[0][0] >= right for line in lines)

    def drag_along(self, places: dict[str, QPointF], slots: Slots) -> None:
        """Show steps elsewhere for now, their lines with them; nothing is changed by that."""
        for step, place in places.items():
            self._items[step].setPos(place)
            self.layout_shown.places[step] = place.x(), place.y()
        self._shape = None  # what is drawn now is laid out anew when the flow is shown again
        for item in dict.fromkeys(item for step in places for item in self._touching[step]):
            item.show_line(route(item.line.way, self.layout_shown, self._sizes, slots))
        self.place_ends(places)

    def slots(self) -> Slots:
        """Return at which height each way leaves its step."""
        return Slots(self.layout_shown, self._sizes, self.drawing.open_sides)

    @property
    def sizes(self) -> Sizes:
        """Return how wide steps and channels are."""
        return self._sizes

    def zoom(self, factor: float) -> None:
        """Show the flow larger or smaller; from far away without the labels, which nobody could read."""
        super().zoom(factor)
        self._hide_far()

    def fit(self) -> None:
        """Show the whole flow."""
        super().fit()
        self._hide_far()

    def _hide_far(self) -> None:
        if self._labels is not None:
            self._labels.setVisible(self.transform().m11() >= FAR)

    # What stands where

    def item(self, step: str) -> StepItem | None:
        """Return the item of a step."""
        return self._items.get(step)

    @property
    def steps(self) -> list[str]:
        """Return all steps in reading order."""
        return list(self._order)

    def line(self, way: End) -> LineItem | None:
        """Return the line of a way."""
        return self._lines.get(way)

    def ways_of(self, step: str) -> tuple[Out, ...]:
        """Return the ways out of a step."""
        return self.drawing.outs.get(step, ())

    def step_at(self, spot: QPointF) -> str:
        """Return the step at a place of the flow, or nothing."""
        found = (item for item in self.scene().items(spot) if isinstance(item, StepItem))
        item = next(found, None)
        return item.step.id if item is not None and item.box.contains(spot) else ""

    def line_at(self, spot: QPointF, within: float = 6.0) -> End | None:
        """Return the way whose line runs by a place, or None."""
        near = QRectF(spot.x() - within, spot.y() - within, 2 * within, 2 * within)
        lines = [item for item in self.scene().items(near) if isinstance(item, LineItem)]
        found = min(lines, key=lambda item: item.distance(spot), default=None)
        if found is None or found.distance(spot) > within:
            return None
        return found.line.way.source, found.line.way.name

    def end_at(self, spot: QPointF) -> End | None:
        """Return the open way whose ring is at a place, or None."""
        found = (item.end for item in self.scene().items(spot) if isinstance(item, OpenEndItem))
        end = next(found, None)
        return (end.source, end.label) if end is not None else None

    def frame_at(self, spot: QPointF) -> GroupItem | None:
        """Return the frame whose name is at a place, or None."""
        return next((frame for frame in self._frames if frame.head.contains(spot)), None)

    def end_item(self, way: End) -> OpenEndItem | None:
        """Return the item of an open way."""
        return self._ends.get(way)

    def viewport_place(self, step: str) -> QPoint:
        """Return where the middle of a step is in the view."""
        return self.mapFromScene(self._items[step].box.center())

    # What is chosen

    def choose(self, step_id: str) -> None:
        """Choose one step, show it and tell it."""
        if step_id in self._items:
            self.choose_many([step_id])

    def choose_many(self, ids: Sequence[str], *, tell: bool = True) -> None:
        """Choose steps; the last one is the one that is told of."""
        before, self.chosen_ids = set(self.chosen_ids), tuple(dict.fromkeys(ids))
        self.choose_way()
        for step in before - set(self.chosen_ids):
            if step in self._items:
                self._items[step].show_as(chosen=False, ported=False)
        for step in self.chosen_ids:
            self._items[step].show_as(chosen=True, ported=len(self.chosen_ids) == 1)
        last = self.chosen_ids[-1] if self.chosen_ids else ""
        changed, self.chosen = self.chosen != last, last
        if last and tell:
            self._fitted = False
            self.ensureVisible(self._items[last], 8, 56)
            many = f"{len(self.chosen_ids)} steps chosen. " if len(self.chosen_ids) > 1 else ""
            self.announce(many + (self._items[last].step.words or self._items[last].step.title))
        if before != set(self.chosen_ids):
            self.chosen_changed.emit(self.chosen_ids)
            self.told.emit()
        if changed and last and tell:
            self.step_chosen.emit(last)

    def choose_way(self, source: str = "", key: str = "") -> None:
        """Choose a way (a line, or one that is open); without a source, none."""
        for way in [self.way] if self.way else []:
            item = self._lines.get(way) or self._ends.get(way)
            if item is not None:
                item.show_as(chosen=False)
        self.way = (source, key) if source else None
        if self.way is None:
            return
        shown = self._lines.get(self.way) or self._ends.get(self.way)
        if shown is not None:
            shown.show_as(chosen=True)
        self.announce(self.way_words(self.way))
        self.told.emit()

    def way_words(self, way: End) -> str:
        """Return what a way says aloud."""
        out, step = self.drawing.out(*way), self._items.get(way[0])
        if out is None or step is None:
            return ""
        to = self._items.get(out.target)
        name = f", {out.name}" if out.name else ""
        return f"Way from “{step.step.title}”{name} to " + (f"“{to.step.title}”" if to else "nowhere yet")

    def mark(self, step_id: str) -> None:
        """Choose a step without moving there or telling anyone."""
        if step_id in self._items:
            self.choose_many([step_id], tell=False)

    def announce(self, words: str) -> None:
        """Tell assistive technology."""
        self.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    # What is lit

    def light(self, path: Collection[str], now: str = "", ways: Collection[End] = ()) -> None:
        """Light the steps and ways that were taken, and where it stands now."""
        for step, item in self._items.items():
            light: Light = "now" if step == now else "path" if step in path else ""
            item.shine(light)
        for way, line in self._lines.items():
            if line.lit != (way in ways):
                line.show_as(lit=way in ways)
        if now in self._items:
            self.ensureVisible(self._items[now], 30, 30)

    # What is wanted

    def ask(self, wish: Wish) -> None:
        """Tell a wish."""
        self.asked.emit(wish)

    def begin_renaming(self, step: str) -> None:
        """Let the title of a step be written anew, where it stands."""
        item = self._items.get(step)
        if item is None:
            return
        self.stop_renaming()
        box = self.mapFromScene(item.box).boundingRect()
        self._field = TitleField(self.viewport(), item.step.title, box)
        self._field.written.connect(lambda title: self._renamed(step, title))

    def _renamed(self, step: str, title: str) -> None:
        self.stop_renaming()
        if title:
            self.ask(Rename(step, title))

    def stop_renaming(self) -> None:
        """Put the field for a title away."""
        field, self._field = self._field, None
        if field is not None and field.put_away():
            self.setFocus(Qt.FocusReason.OtherFocusReason)


def united(boxes: Iterable[QRectF]) -> QRectF:
    """Return the smallest box around all."""
    found = QRectF()
    for box in boxes:
        found = found.united(box)
    return found
