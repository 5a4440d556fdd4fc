"""The watch over conflicts: many sources are compared in the background once they changed and rest.

- It begins only while nothing else runs and no dialog is open, and gives way to what a person starts.
- Once a person stopped it, it waits until the sources change again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from studio.desktop.actions import Desk
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.domain.governance import Collisions
    from studio.services.events import Changed

REST = 600
"""Milliseconds of rest before comparing: documents often come several at a time."""


class CompareWatch(QObject):
    """Watches for a desk."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._stopped = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(self.look)
        desk.session.job_ended.connect(self._timer.start)

    def follow(self, changed: Changed | None) -> None:
        """Take note that something changed; None means everything."""
        if changed is None or changed.kinds & {"source", "reading"}:
            self._stopped = False
            self._timer.start()

    def look(self) -> None:
        """Compare the sources where they need it; later, where something is in the way."""
        session = self._desk.session
        if session.workbench is None or session.busy or self._stopped:
            return
        if QApplication.activeModalWidget() is not None:
            self._timer.start()
            return
        from studio.services.queries.governance import NeedsComparing
        from studio.services.stages.comparing import CompareSources

        try:
            needed = session.ask(NeedsComparing())
        except StudioError:
            return  # the pages tell it, each where it asks
        if needed:
            session.start(CompareSources(), self._done, self._stop, gives_way=True)

    def _done(self, result: Collisions) -> None:
        count = len(result.found)
        if count:
            words = f"The documents were compared: {count:,} conflict{'s' if count > 1 else ''} found."
            self._desk.tell(words, "warn", "See what to look at", self._show)

    def _show(self) -> None:
        self._desk.open_page("sources", verb="work")

    def _stop(self) -> None:
        self._stopped = True
