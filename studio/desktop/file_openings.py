"""Files that the system hands over (a double click on macOS): each kind opens where it belongs.

- A bundle opens in a window of its own; a folder or a review package in the main window.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from studio.domain.bundle import SUFFIX
from studio.settings import Settings

_WINDOWS: list[QObject] = []
"""Windows on bundles; Qt lets go of a window that nobody holds."""


def is_bundle(path: Path) -> bool:
    """Return whether a file is a bundle, by its name."""
    return path.suffix.lower() == SUFFIX


def show_bundle(file: Path, settings: Settings) -> QObject:
    """Open a window on a bundle."""
    from studio.desktop.bundle_window import BundleWindow

    window = BundleWindow(settings)
    _WINDOWS.append(window)
    window.destroyed.connect(lambda _gone=None: _forget(window))
    window.show()
    window.open_file(file)
    return window


def _forget(window: QObject) -> None:
    if window in _WINDOWS:
        _WINDOWS.remove(window)


class FileOpenings(QObject):
    """Hears of files that the system asks the program to open."""

    def __init__(self, app: QApplication, settings: Settings, otherwise: Callable[[Path], object]) -> None:
        """Listen; what is no bundle is handed to `otherwise`."""
        super().__init__(app)
        self._settings, self._otherwise = settings, otherwise
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take file-open events; let all others pass."""
        if event.type() != QEvent.Type.FileOpen or not isinstance(event, QFileOpenEvent):
            return False
        path = Path(event.file())
        if is_bundle(path):
            show_bundle(path, self._settings)
        else:
            self._otherwise(path)
        return True
