"""The canvas with a workflow of 1,000 steps: how long it takes to show, pan, zoom, drag and choose.

- Each figure is the work of one frame, from the deed to the painted view; at 60 frames a second there are
  16.7 ms for it. “Of work” is processor time: it counts where other programs run beside.
- Offscreen, one process, the view as large as in a window of 1440 × 900; the raster engine paints.
- Usage: python tests/benchmarks/canvas.py [STEPS]
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QScrollBar

    from studio.desktop.widgets.flow_editor import FlowEditor
    from studio.domain.workflow import Workflow

FRAMES = 120


def _pan(bar: QScrollBar, top: int, frame: int) -> None:
    bar.setValue(top + frame * 23)


def workflow(steps: int) -> Workflow:
    """Return a workflow with branches, failure paths and steps that people placed."""
    from studio.domain.workflow import Ask, Branch, Decide, End, Place, Say, Step, ToolCall, Workflow

    made: list[Step] = []
    last = f"s{steps - 1}"
    for n in range(steps - 1):
        on, over = f"s{n + 1}", f"s{min(n + 2, steps - 1)}"
        place = Place(x=900 + n % 7 * 40, y=n * 80) if n % 50 == 25 else None
        title = f"Step {n} of a long procedure"
        kind = n % 4
        if kind == 0:
            made.append(Ask(id=f"s{n}", title=title, slots=("order",), next=on, on_failure=last, place=place))
        elif kind == 1:
            made.append(
                ToolCall(id=f"s{n}", title=title, tool="look_up", next=on, on_failure=over, place=place)
            )
        elif kind == 2:
            branches = (Branch(id="yes", next=on), Branch(id="no", next=over))
            made.append(Decide(id=f"s{n}", title=title, branches=branches, otherwise=on, place=place))
        else:
            made.append(Say(id=f"s{n}", title=title, text="What is said here.", next=on, place=place))
    made.append(End(id=last, title="The end"))
    return Workflow(id="long", name="A long procedure", start="s0", steps=tuple(made))


def frames(
    app: QApplication, deed: Callable[[int], object], count: int = FRAMES
) -> list[tuple[float, float]]:
    """Do something many times and let the view paint each time; return (seconds, seconds of work)."""
    found = []
    for number in range(count):
        wall, work = time.perf_counter(), time.process_time()
        deed(number)
        app.processEvents()
        found.append((time.perf_counter() - wall, time.process_time() - work))
    return found


def tell(name: str, found: list[tuple[float, float]]) -> None:
    """Print the median, the 95th percentile and the worst frame."""
    walls, works = sorted(w for w, _ in found), sorted(w for _, w in found)
    late = walls[int(len(walls) * 0.95)] if len(walls) > 1 else walls[0]
    print(
        f"{name:34} median {statistics.median(walls) * 1000:6.1f} ms   95 % {late * 1000:6.1f} ms   "
        f"worst {walls[-1] * 1000:6.1f} ms   of work {statistics.median(works) * 1000:6.1f} ms"
    )


def measure(app: QApplication, canvas: FlowEditor, flow: Workflow) -> None:
    """Print every figure."""
    from PySide6.QtCore import QPointF

    from studio.desktop.panels.graph import drawing_of

    drawing = drawing_of(flow)
    tell("show anew", frames(app, lambda n: canvas.show_drawing(drawing, anew=True), 5))
    tell("show again after an edit", frames(app, lambda n: canvas.show_drawing(drawing, anew=False), 5))
    for scale in (1.0, 0.6, 0.3, 0.1):
        canvas.resetTransform()
        canvas.scale(scale, scale)
        canvas.centerOn(canvas.content.center())
        bar = canvas.verticalScrollBar()
        top = bar.value()
        app.processEvents()
        tell(f"pan at {scale:.0%}", frames(app, partial(_pan, bar, top)))
    canvas.resetTransform()
    canvas.centerOn(canvas.content.center())
    canvas.scale(0.08, 0.08)
    tell("zoom in, 8 % to 300 %", frames(app, lambda n: canvas.zoom(1.03)))
    tell("zoom out, 300 % to 8 %", frames(app, lambda n: canvas.zoom(1 / 1.03)))
    canvas.resetTransform()
    step = canvas.steps[len(canvas.steps) // 2]
    canvas.choose(step)
    item, slots = canvas.item(step), canvas.slots()
    assert item is not None
    start = item.pos()
    tell("drag a step", frames(app, lambda n: canvas.drag_along({step: start + QPointF(n, n)}, slots)))
    tell("walk to the next step", frames(app, lambda n: canvas.choose(canvas.steps[n])))


def main() -> None:
    """Show the flow and measure."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from studio.desktop.main import dress
    from studio.desktop.panels.graph import KINDS
    from studio.desktop.widgets.flow_editor import FlowEditor
    from studio.domain.workflow import ways_out
    from studio.settings import Settings

    app = QApplication(["canvas"])
    dress(app, Settings(name="Benchmark"))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    flow = workflow(count)
    canvas = FlowEditor("Benchmark", KINDS)
    canvas.resize(660, 800)
    canvas.show()
    ways = sum(1 for step in flow.steps for _ in ways_out(step))
    print(f"{count:,} steps, {ways:,} ways, view of {canvas.width()} × {canvas.height()}")
    measure(app, canvas, flow)
    canvas.close()


if __name__ == "__main__":
    main()
