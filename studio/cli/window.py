"""The way from the command line to the window: the only place here that knows there is one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from studio.domain.errors import ProviderFailed


def open_window(folder: Path | None) -> int:
    """Open the window on a workspace or a file, or on the start page; return the exit code."""
    try:
        main = import_module("studio.desktop.main")
    except ImportError as error:
        raise ProviderFailed(
            f"The window cannot be opened: {error}.",
            "Install the desktop part, `pip install cobuilder-studio[desktop]`; all verbs work without.",
        ) from error
    code: int = main.run(folder)
    return code
