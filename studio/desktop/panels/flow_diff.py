"""The flow diff: a workflow before and after, in one picture, side by side, or under a slider.

- All three draw every step where it stands in one common layout, so that the eye finds it in each.
- Added, removed, changed and moved are told by sign, by the line of the frame and by colour; what did not
  change is faint. What changed in a step stands below the picture, one step at a time (F7, Shift+F7).
- Steps that only stand elsewhere in the drawing are no change: they are counted, and shown on request.
- At first only the part around the change is drawn; one button shows the whole workflow.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QStyle, QVBoxLayout, QWidget

from studio.desktop.panels.graph import near, steps_of, ways_of
from studio.desktop.theme.tokens import S2, Tone
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.flow_canvas import FlowCanvas, FlowStep
from studio.desktop.widgets.labels import Elided, label
from studio.desktop.widgets.wrap import WrapLayout
from studio.diff.flow_layout import Sizes, Way
from studio.diff.graph import GraphDiff, StepDiff, diff_workflow
from studio.domain.workflow import Workflow

Mode = Literal["one", "side", "slider"]
TONES: dict[str, Tone] = {"added": "add", "removed": "del", "changed": "chg", "moved": "mov"}
SIZES = Sizes(190, 64)
HIGHEST, LOWEST = 460, 150
FRAME = 6
"""Pixels at the edges of a canvas on which nothing is drawn."""
LEAST = 0.5
"""The smallest scale: what does not fit then is scrolled to, for the names of steps have to be read."""


class _Canvases(QWidget):
    """Both versions: one over the other under a slider, or side by side; they move and zoom together."""

    def __init__(self) -> None:
        super().__init__()
        self.left = FlowCanvas("Workflow before", dotted=False, sizes=SIZES)
        self.right = FlowCanvas("Workflow after", dotted=False, sizes=SIZES)
        self.edge = QFrame(self)
        self.edge.setFrameShape(QFrame.Shape.VLine)
        self.mode: Mode = "one"
        self._share, self._following = 50, False
        for canvas, other in ((self.left, self.right), (self.right, self.left)):
            canvas.setParent(self)
            for mine, its in (
                (canvas.horizontalScrollBar(), other.horizontalScrollBar()),
                (canvas.verticalScrollBar(), other.verticalScrollBar()),
            ):
                mine.valueChanged.connect(its.setValue)
            canvas.zoomed.connect(lambda canvas=canvas, other=other: self._follow(canvas, other))

    def _follow(self, leader: FlowCanvas, other: FlowCanvas) -> None:
        if self._following:
            return
        self._following = True
        other.see_as(leader)
        self._following = False

    def show_mode(self, mode: Mode) -> None:
        """Arrange both versions."""
        self.mode = mode
        self.left.setVisible(mode != "one")
        self._place()

    def show_share(self, share: int) -> None:
        """Uncover so many hundredths of the version before."""
        self._share = share
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place both anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        width, height = self.width(), self.height()
        half = (width - 1) // 2 if self.mode == "side" else width
        self.left.setGeometry(0, 0, half, height)
        self.right.setGeometry(width - half, 0, half, height)
        self.left.raise_()
        self.edge.setVisible(self.mode == "slider")
        if self.mode == "slider":
            at = width * self._share // 100
            self.left.setMask(QRegion(0, 0, max(1, at), height))
            self.edge.setGeometry(max(0, at - 1), 0, 2, height)
            self.edge.raise_()
        else:
            self.left.clearMask()


class _Slider(QSlider):
    """A slider that goes to where it is pressed."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the handle under the pointer; from there it can be dragged."""
        if event.button() == Qt.MouseButton.LeftButton:
            half = self.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, None, self) // 2
            place, room = round(event.position().x()) - half, self.width() - 2 * half
            value = QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), place, room)
            if abs(value - self.value()) > 3:  # pressing the handle itself moves nothing
                self.setValue(value)
        super().mousePressEvent(event)


class FlowDiffPanel(QFrame):
    """Shows what changed in a workflow; `step_shown` tells which step is looked at."""

    step_shown = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "box")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 8)
        column.setSpacing(6)
        column.addWidget(self._bar())
        self._names = QWidget()
        names = QHBoxLayout(self._names)
        names.setContentsMargins(14, 0, 14, 0)
        for name in ("Live", "With this proposal"):
            names.addWidget(label(name, "muted"), 1)
        column.addWidget(self._names)
        self.canvases = _Canvases()
        column.addWidget(self.canvases)
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setValue(50)
        self.slider.setAccessibleName("How much of the version before is uncovered")
        self.slider.valueChanged.connect(self.canvases.show_share)
        self._ends = QWidget()
        ends = QHBoxLayout(self._ends)
        ends.setContentsMargins(14, 0, 14, 0)
        ends.addWidget(label("After", "muted"))
        ends.addWidget(self.slider, 1)
        ends.addWidget(label("Before", "muted"))
        column.addWidget(self._ends)
        column.addWidget(self._foot())
        self._before: Workflow | None = None
        self._after: Workflow | None = None
        self._found: GraphDiff | None = None
        self._focus: tuple[str, ...] = ()
        self._details: dict[str, str] = {}
        self.canvases.right.step_chosen.connect(self._tell)
        self.canvases.left.step_chosen.connect(self._tell)
        self.set_mode("one")

    def _bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "box-head")
        column = QVBoxLayout(bar)
        column.setContentsMargins(14, 6, 14, 6)
        self.title = Elided("", "pane-title")
        column.addWidget(self.title)
        line = WrapLayout(S2)
        self.modes = {
            "one": Button("One picture"), "side": Button("Side by side"), "slider": Button("Slider"),
        }  # fmt: skip
        for name, button in self.modes.items():
            button.clicked.connect(lambda _down=False, name=name: self.set_mode(name))
        line.addWidget(Switch("How the workflow is shown", *self.modes.values()))
        self.whole = Button("Whole workflow", self._draw)
        self.whole.setCheckable(True)
        line.addWidget(self.whole)
        holder = QWidget()
        holder.setLayout(line)
        column.addWidget(holder)
        return bar

    def _foot(self) -> QWidget:
        foot = QWidget()
        column = QVBoxLayout(foot)
        column.setContentsMargins(14, 0, 14, 0)
        column.setSpacing(2)
        self.told = label("", "", wrap=True)
        self.relaid = Button("", self._draw, kind="link")
        self.relaid.setCheckable(True)
        self.back = Button(
            "Previous", lambda: self.go(-1), kind="quiet", name="Previous changed step (Shift+F7)"
        )
        self.on = Button("Next", lambda: self.go(1), kind="quiet", key="F7", name="Next changed step")
        line = QHBoxLayout()
        line.addWidget(self.told, 1)
        line.addWidget(self.back)
        line.addWidget(self.on)
        column.addLayout(line)
        column.addWidget(self.relaid)
        return foot

    def show_flow(
        self, before: Workflow | None, after: Workflow | None, focus: Sequence[str], details: dict[str, str]
    ) -> None:
        """Show both versions; `focus` are the steps it is about, `details` say what changed in each."""
        self._before, self._after, self._focus = before, after, tuple(focus)
        self._found, self._details = diff_workflow(before, after), details
        self.whole.setChecked(not focus)
        self.whole.setVisible(bool(focus))
        relaid = sum(step.relaid for step in self._found.steps)
        words = "1 box only moved" if relaid == 1 else f"{relaid} boxes only moved"
        self.relaid.setVisible(relaid > 0)
        self.relaid.setText(f"{words} in the drawing: nothing else changes with it")
        self.relaid.setChecked(False)
        known = after or before
        self.title.setText(f"Workflow “{known.name if known else ''}” · live and with this proposal")
        self._draw()

    def set_mode(self, mode: str) -> None:
        """Show one picture, both side by side, or both under a slider."""
        chosen: Mode = "side" if mode == "side" else "slider" if mode == "slider" else "one"
        self.modes[chosen].setChecked(True)
        self._ends.setVisible(chosen == "slider")
        self._names.setVisible(chosen == "side")
        self.canvases.show_mode(chosen)
        self._draw()

    @property
    def changed(self) -> list[str]:
        """Return the steps that differ, in the order they are met."""
        return [step.id for step in self._found.steps if step.status != "same"] if self._found else []

    def go(self, way: int) -> None:
        """Go to the next or previous step that differs; one that is not drawn brings the whole workflow."""
        order = self.changed
        if not order:
            return
        here = self.canvases.right.chosen or self.canvases.left.chosen
        at = order.index(here) + way if here in order else 0 if way > 0 else -1
        there = order[at % len(order)]
        if there not in self._order():
            self.whole.setChecked(True)
            self._draw()
        self.look_at(there)

    def look_at(self, step: str) -> None:
        """Show one step and say what changed in it."""
        for canvas in (self.canvases.left, self.canvases.right):
            canvas.choose(step)
        self._tell(step)

    def _order(self) -> list[str]:
        return self.canvases.right.order or self.canvases.left.order

    def _tell(self, step: str) -> None:
        found = next((each for each in self._found.steps if each.id == step), None) if self._found else None
        if found is None:
            return
        order = self.changed
        place = f"{order.index(step) + 1} of {len(order)} · " if step in order else ""
        self.told.setText(place + self._details.get(step, f"“{found.title}”: {_STATUS[found.status]}"))
        self.step_shown.emit(step)

    # What is drawn.

    def _draw(self) -> None:
        if self._found is None:
            return
        wanted = self._wanted()
        both, ways = self._common(wanted)
        within = [step.id for step in both], ways
        if self.canvases.mode == "one":
            self.canvases.right.show_flow(both, ways, within)
        else:
            sides: list[tuple[FlowCanvas, Workflow | None, Tone]] = [
                (self.canvases.left, self._before, "add"), (self.canvases.right, self._after, "del")
            ]  # fmt: skip
            for canvas, flow, other in sides:
                there = {step.id for step in flow.steps} if flow else set()
                steps = {step.id: step for step in steps_of(flow)} if flow else {}
                drawn = [
                    replace(steps[s.id], tone=s.tone, dim=s.dim, subtitle="") for s in both if s.id in there
                ]
                canvas.show_flow(drawn, [way for way in ways if way.tone != other], within)
        self._fit()
        differ = len(self.changed)
        for button in (self.back, self.on):
            button.setVisible(differ > 0)
        self.told.setText(f"{differ} {'step differs' if differ == 1 else 'steps differ'}" if differ else "")
        first = next((step for step in self._focus if step in self._order()), "")
        if first:
            self.look_at(first)

    def _wanted(self) -> set[str]:
        assert self._found is not None
        if self.whole.isChecked():
            return {step.id for step in self._found.steps}
        return near(self._before, self._after, self._focus or self.changed)

    def _common(self, wanted: Collection[str]) -> tuple[list[FlowStep], list[Way]]:
        """Return the steps and ways of both versions as one flow: what went is kept among what is there."""
        assert self._found is not None
        by_id = {step.id: step for flow in (self._before, self._after) if flow for step in steps_of(flow)}
        status = {step.id: step for step in self._found.steps}
        order = [step.id for flow in (self._after, self._before) if flow for step in steps_of(flow)]
        steps = [self._step(by_id[name], status[name]) for name in dict.fromkeys(order) if name in wanted]
        old, new = (
            {(w.source, w.label, w.target): w for w in ways_of(flow)} if flow else {}
            for flow in (self._before, self._after)
        )
        differ = set(self.changed)
        ways: list[Way] = []
        for key in dict.fromkeys([*new, *old]):
            way = new.get(key) or old[key]
            if way.source not in wanted or way.target not in wanted:
                continue
            tone = "" if key in new and key in old else "add" if key in new else "del"
            dim = not tone and not {way.source, way.target} & differ
            ways.append(replace(way, tone=tone, dim=dim))
        return steps, ways

    def _step(self, step: FlowStep, found: StepDiff) -> FlowStep:
        moved: Tone = "mov" if found.relaid and self.relaid.isChecked() else ""
        tone = TONES.get(found.status, moved)
        said = self._details.get(step.id, "")
        _, _, fields = said.partition(": ")
        words = f"{step.words.rstrip('.')}. {_STATUS[found.status]}. {said}".strip()
        dim = not tone and step.id not in self._focus
        return replace(step, tone=tone, dim=dim, subtitle=fields if tone == "chg" else "", words=words)

    def _fit(self) -> None:
        width = self.canvases.width() if self.canvases.mode != "side" else self.canvases.width() // 2
        width -= FRAME  # else what just fits brings bars to scroll, which take the room that it fits
        box = self.canvases.right.content
        if self.canvases.mode != "one":  # else the other still holds what was drawn before
            box = box.united(self.canvases.left.content)
        if box.width() and round(box.height() * min(0.95, max(LEAST, width / box.width()))) + 8 > HIGHEST:
            width -= self.canvases.right.verticalScrollBar().sizeHint().width()
        scale = min(0.95, max(LEAST, width / box.width())) if box.width() else 1.0
        height = max(LOWEST, min(HIGHEST, round(box.height() * scale) + 8))
        self.canvases.setFixedHeight(height)
        for canvas in (self.canvases.left, self.canvases.right):
            canvas.largest, canvas.least = 0.95, min(0.95, max(LEAST, width / max(1.0, box.width())))
            canvas.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit both anew."""
        super().resizeEvent(event)
        if self._found is not None and event.size().width() != event.oldSize().width():
            self._fit()


_STATUS = {
    "same": "does the same as before", "added": "is new", "removed": "is taken away",
    "changed": "does something else", "moved": "stands between other steps",
}  # fmt: skip
