"""The Sources page on a document of 200 pages (about 2,400 sentences that bind), as a person feels it.

- Opening runs from the choice in the list to the painted page: the first time, and again after another
  document was open; aim 1 s. Scrolling: the time from a wheel's turn to the painted screen; aim 33 ms.
- “Of work” is processor time: it counts where other programs run beside.
- A change (a sentence waived) and choosing a sentence are measured the same way. Offscreen, one process.
- Usage: python tests/benchmarks/sources_page.py [PAGES]
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from studio.desktop.pages.sources import SourcesPage
    from studio.desktop.window import Window
    from studio.services.workbench import Workbench

WHO = ("Agents", "The service desk", "Team leads", "Partner shops", "The night shift")
DO = ("check", "record", "confirm", "send", "review", "close", "forward", "file")
WHAT = ("the order", "the label", "the refund form", "the address", "the invoice", "the claim", "the note")
WHEN = ("before a refund", "after each call", "within {n} days", "when the total is above {n} euros")
AFTER = "Our history goes back to a small shop by the river, where two brothers sold chairs to sailors. "


def handbook(pages: int) -> bytes:
    """Return a Markdown handbook: a page is about 400 words, 12 of its sentences bind."""
    rng = random.Random(20261121)
    lines = ["# Handbook of the service desk", ""]
    for page in range(1, pages + 1):
        lines += [f"## {page} Section on {rng.choice(WHAT)[4:]}", ""]
        for row in range(6):
            binding = []
            for place in range(2):
                when = rng.choice(WHEN).format(n=rng.randint(2, 9_000))
                must = rng.choice(("must", "must never", "may", "should"))
                what = f"{rng.choice(WHAT)} {page}-{6 * place + row}"
                binding.append(f"{rng.choice(WHO)} {must} {rng.choice(DO)} {what} {when}.")
            lines += [f"{AFTER * 2}{' '.join(binding)}", ""]
    return "\n".join(lines).encode()


def painted(app: QApplication, what: Callable[[], object]) -> float:
    """Do something and let the window paint; return the seconds."""
    start = time.perf_counter()
    what()
    app.processEvents()
    return time.perf_counter() - start


def prepare(folder: Path, pages: int) -> Workbench:
    """Make a workspace of the sample and the handbook, compared once."""
    from studio.assembly import new_from_sample
    from studio.services.queries.governance import NeedsComparing
    from studio.services.stages.comparing import CompareSources
    from studio.services.stages.reading import ReadSource
    from studio.settings import Settings

    bench = new_from_sample(folder, "returns_assistant", Settings(name="Ana Ruiz"))
    bench.run(ReadSource("handbook.md", handbook(pages)))
    if bench.ask(NeedsComparing()):
        bench.run(CompareSources())
    return bench


def scrolled(app: QApplication, page: SourcesPage) -> list[float]:
    """Turn the wheel through the document; return the seconds of each turn."""
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtGui import QWheelEvent

    view = page.document.viewport()
    spot = QPointF(view.rect().center())
    times = []
    for _ in range(300):
        wheel = QWheelEvent(
            spot,
            QPointF(view.mapToGlobal(spot.toPoint())),
            QPoint(),
            QPoint(0, -360),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )

        def turn(wheel: QWheelEvent = wheel) -> None:
            app.sendEvent(view, wheel)
            view.repaint()

        times.append(painted(app, turn))
    return times


def measure(app: QApplication, window: Window) -> None:
    """Measure and print."""
    from studio.desktop.pages.sources import SourcesPage
    from studio.services.commands import WaiveStatement

    worked = time.process_time()
    first = painted(app, lambda: window.open_page("sources"))
    worked = time.process_time() - worked
    page = window.pages["sources"]
    assert isinstance(page, SourcesPage)
    long = next(item.id for item in page.list.items() if "andbook" in item.title)
    other = next(item.id for item in page.list.items() if item.id != long)
    page.list.choose(other)
    again = []
    for _ in range(5):
        again.append(painted(app, lambda: page.list.choose(long)))
        painted(app, lambda: page.list.choose(other))
    page.list.choose(long)
    shown = page._shown
    assert shown is not None
    count = sum(len(row.sentences) for row in shown.blocks)
    print(f"{count:,} sentences that bind, {len(shown.blocks):,} blocks")
    print(f"page entered, document painted   {first:.2f} s, of which {worked:.2f} s of work")
    print(
        f"document opened again            median {statistics.median(again):.2f} s, worst {max(again):.2f} s"
    )
    turns = scrolled(app, page)
    worst, usual = max(turns) * 1000, statistics.median(turns) * 1000
    print(f"wheel turned, 300 times          median {usual:.0f} ms, worst {worst:.0f} ms")
    marks = [place.mark.id for place in page.document._places]
    picked = [painted(app, partial(page.document.choose, mark)) for mark in marks[::200]]
    print(f"sentence chosen                  median {statistics.median(picked) * 1000:.0f} ms")
    done = painted(app, lambda: window.session.do(WaiveStatement(long, marks[-1], "Not for chat.")))
    print(f"sentence waived, page anew       {done:.2f} s")


def main() -> None:
    """Make the workspace, open the window on it, measure."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["COBUILDER_CONFIG"] = str(Path(scratch) / "config")
        folder = Path(scratch) / "workspace"
        prepare(folder, pages).close()
        from PySide6.QtWidgets import QApplication

        from studio.assembly import open_workbench
        from studio.desktop.main import dress
        from studio.desktop.window import Window
        from studio.settings import Settings

        app = QApplication(["sources_page"])
        settings = Settings(name="Ana Ruiz", theme="light")
        dress(app, settings)
        window = Window(settings)
        window.show()
        window.session.use(open_workbench(folder, settings))
        app.processEvents()
        measure(app, window)
        window.session.use(None)
        window.close()


if __name__ == "__main__":
    main()
