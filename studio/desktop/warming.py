"""What pages are made of is read apart after the start, so that nobody waits for it at a first opening.

- Modules only: nothing is asked of a workspace, and no widget is made. A page entered meanwhile reads what it
  needs itself.
- The largest adapters stay out: readers, models and databases of figures are read when they are needed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

from studio.desktop.rooms import ROOMS

AFTER = 1200
"""Milliseconds after the window is there: the first page comes first."""
THREAD = "reading what pages are made of"
_ASKED = (
    "services.queries.sources", "services.queries.charter", "services.queries.review",
    "services.queries.tests", "services.queries.simulate", "services.queries.release",
    "services.stages.preparing_release", "services.stages.checking", "services.detached_commands",
    "desktop.panels.report", "desktop.panels.approve", "desktop.panels.plan_editor",
)  # fmt: skip


def modules() -> Iterator[str]:
    """Yield the names of what is read, the pages by their place in the rail."""
    for room in ROOMS:
        yield room.page.partition(":")[0]
    for name in _ASKED:
        yield f"studio.{name}"


def warm() -> None:
    """Read all of it, here and now."""
    for name in modules():
        import_module(name)


def warm_later(parent: QObject, after: int = AFTER) -> None:
    """Read all of it in a thread of its own, a moment from now; the program may end meanwhile."""

    def begin() -> None:
        threading.Thread(target=warm, name=THREAD, daemon=True).start()

    QTimer.singleShot(after, parent, begin)
