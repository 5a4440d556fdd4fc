"""The program with a window: application, theme, crash dialog; asks assembly for a workbench.

- The window is drawn first; storage, services and the first page are imported after that.
- Work in the background gives way to the window within half a millisecond, each time that Qt answers.
"""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from studio.desktop.crash import install_crash_dialog
from studio.desktop.file_openings import FileOpenings, is_bundle, show_bundle
from studio.desktop.theme.current import theme
from studio.desktop.theme.focus import FocusRing
from studio.desktop.theme.icons import pixmap
from studio.desktop.theme.tokens import LIGHT
from studio.desktop.warming import warm_later
from studio.desktop.window import NAME, Window
from studio.domain.errors import StudioError
from studio.settings import Settings, load_settings

SWITCH = 0.0005
"""Seconds that the window waits at most for a thread that computes; of itself Python waits ten times that."""


def dress(app: QApplication, settings: Settings) -> None:
    """Give the application its name, icon, theme and focus ring."""
    app.setApplicationName(NAME)
    app.setApplicationDisplayName(NAME)
    app.setWindowIcon(QIcon(pixmap("cobuilder", LIGHT.accent, 64)))
    theme().apply(settings.theme)
    if app.findChild(FocusRing) is None:  # one ring; each would look at every event
        FocusRing(app)


def run(workspace: Path | None = None) -> int:
    """Open the window, on a workspace where one is given; on a bundle, IT's window. Return the exit code."""
    multiprocessing.freeze_support()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    settings, trouble = _settings()
    dress(app, settings)
    sys.setswitchinterval(SWITCH)
    install_crash_dialog()
    if workspace is not None and is_bundle(workspace):
        show_bundle(workspace, settings)
        return app.exec()
    window = Window(settings)
    if sys.platform == "darwin":  # elsewhere a double click starts the program with the file's name
        FileOpenings(app, settings, window.opener.open_any)
    window.show()

    def begin() -> None:
        window.open_page("home")
        if trouble:
            window.tell(trouble, "warn")
        if workspace is not None:
            window.opener.open_any(workspace)

    window.once_seen(begin)
    warm_later(window)
    return app.exec()


def _settings() -> tuple[Settings, str]:
    """Return the kept settings, or the defaults and what is wrong with the file."""
    try:
        return load_settings(), ""
    except StudioError as error:
        return Settings(), str(error)
