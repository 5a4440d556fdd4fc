"""The side-by-side view of 20,000 lines: how long until it is first painted, and a frame of scrolling.

- Each figure is processor time of one deed, to the painted view, so that other programs beside count little;
  at 60 frames a second there are 16.7 ms for a frame. Nothing is folded: all 20,000 lines are rows.
- One line in three has changed words; which, is found only for the lines in sight.
- Offscreen, one process, the view as large as in a window of 1440 × 900; the raster engine paints.
- Usage: python tests/benchmarks/diff_view.py [LINES]
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QApplication

    from studio.desktop.widgets.diff_view import DiffRow, DiffView

FRAMES = 240


def rows(lines: int) -> list[DiffRow]:
    """Return rows of sentences, one in three with two changed numbers."""
    from studio.desktop.panels.diff import rows_of

    said = "Line {} tells that a return of item {} is accepted within {} days of the day it was delivered."
    before = "\n".join(said.format(n, n * 7 % 1009, 30) for n in range(lines))
    after = "\n".join(said.format(n, n * 7 % 1009, 45 if n % 3 == 0 else 30) for n in range(lines))
    return rows_of(before, after)


painted: list[int] = []


def watched() -> DiffView:
    """Return a view that tells each row it paints."""
    from studio.desktop.widgets.diff_view import DiffView

    class Watched(DiffView):
        def paint_row(self, painter: QPainter, index: int, box: QRect) -> None:
            painted.append(index)
            super().paint_row(painter, index, box)

    return Watched("Two versions")


def spent(app: QApplication, view: DiffView, deed: Callable[[], object]) -> float:
    """Return the milliseconds of processor time of a deed and of painting what follows."""
    painted.clear()
    start = time.process_time()
    deed()
    app.processEvents()
    took = (time.process_time() - start) * 1000
    assert painted, "nothing was painted"
    return took


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from studio.desktop.main import dress
    from studio.settings import Settings

    gc.set_threshold(50_000, 20, 20)  # as the product starts
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    app = QApplication.instance() or QApplication(["diff_view"])
    assert isinstance(app, QApplication)
    dress(app, Settings())
    start = time.process_time()
    shown = rows(lines)
    aligned = (time.process_time() - start) * 1000
    view = watched()
    view.set_folding(False)
    view.resize(1160, 760)
    view.show()
    view.show_rows(shown[:50])
    app.processEvents()
    first = sorted(spent(app, view, partial(view.show_rows, shown)) for _ in range(9))
    bar = view.verticalScrollBar()
    frames = sorted(spent(app, view, partial(bar.setValue, frame * 60)) for frame in range(1, FRAMES))
    jumps = sorted(spent(app, view, partial(bar.setValue, n * 7919 % bar.maximum())) for n in range(3, 63))
    print(f"{len(shown):,} rows of {lines:,} lines, aligned beforehand in {aligned:.0f} ms")
    print(f"first painted  {first[0]:.1f} ms, {statistics.median(first):.1f} in the median (goal 20)")
    for name, times in (("scrolling", frames), ("far jumps", jumps)):
        late = times[int(len(times) * 0.95)]
        print(f"{name}      {statistics.median(times):.1f} ms a frame, 95 % within {late:.1f} (goal 16.7)")


if __name__ == "__main__":
    main()
