"""The watch over origins: linked folders and read files; what changed outside is looked at again.

- It listens to the file system and to the window coming back to the front, and waits until that rests.
- A look is started only where size or time of a file differs from the last one: no look for nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from studio.desktop.actions import Desk
from studio.desktop.intake import tell_look
from studio.domain.errors import StudioError

REST = 800
"""Milliseconds of rest before a look: programs write a file in several goes."""
_MOST = 2_000

Snapshot = dict[str, tuple[int, int]]


class OriginWatch(QObject):
    """Watches for a desk."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._seen: Snapshot = {}
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(self.look)
        self._watcher.directoryChanged.connect(lambda _path: self._timer.start())
        self._watcher.fileChanged.connect(lambda _path: self._timer.start())
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._on_state)

    def follow(self, opened: bool = False) -> None:
        """Watch what the workspace knows now; one that was just opened is looked at once."""
        folders, files = self._places()
        wanted = {*folders, *files}
        known = {*self._watcher.directories(), *self._watcher.files()}
        if gone := sorted(known - wanted):
            self._watcher.removePaths(gone)
        if fresh := sorted(path for path in wanted - known if os.path.exists(path)):
            self._watcher.addPaths(fresh)
        if opened:
            self._seen = {}
            self._timer.start()
        else:
            self._seen = {**_snapshot(folders, files), **self._seen}

    def look(self) -> None:
        """Look at the origins where a file differs from when it was seen last."""
        if self._desk.session.workbench is None:
            return
        if self._desk.session.busy:
            self._timer.start()
            return
        folders, files = self._places()
        now = _snapshot(folders, files)
        if now == self._seen:
            return
        self._seen = now
        from studio.services.stages.folders import LookAtOrigins

        self._desk.session.start(LookAtOrigins(), self._looked)

    def _looked(self, result: Any) -> None:
        self.follow()
        tell_look(self._desk, result, quiet=True)

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self._desk.session.workbench is not None:
            self._timer.start()

    def _places(self) -> tuple[list[str], list[str]]:
        if self._desk.session.workbench is None:
            return [], []
        from studio.services.queries.governance import ShowOrigins

        try:
            found = self._desk.session.ask(ShowOrigins())
        except StudioError:
            return [], []
        return _below([folder.path for folder in found.folders]), [f.place for f in found.findings]


def _below(folders: list[str]) -> list[str]:
    found: list[str] = []
    for folder in folders:
        for root, inner, _files in os.walk(folder):
            inner[:] = [name for name in inner if not name.startswith(".")]
            if len(found) < _MOST:
                found.append(root)
    return found


def _snapshot(folders: list[str], files: list[str]) -> Snapshot:
    """Return size and time of every file that is there."""
    paths = {Path(file) for file in files}
    for folder in folders:
        try:
            paths |= {Path(entry.path) for entry in os.scandir(folder) if entry.is_file()}
        except OSError:
            continue
    found: Snapshot = {}
    for path in paths:
        try:
            state = path.stat()
        except OSError:
            continue
        found[str(path)] = (state.st_mtime_ns, state.st_size)
    return found
