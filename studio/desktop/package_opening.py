"""Opening a review package in the window, and leaving it: a workspace of its own, let go of once all is sent.

- The workspace lies beside the settings under the package's digest; opened again, the same file goes on where
  it was left. Nothing of it is left behind where nothing waits to be sent.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.desktop.actions import Desk
from studio.desktop.panels.package_dialogs import LeaveDialog
from studio.domain.errors import BrokenInput, StudioError, WrongUse
from studio.domain.frozen import digest
from studio.settings import Settings, config_folder

if TYPE_CHECKING:
    from studio.services.workbench import Workbench


def open_package_file(file: Path, settings: Settings) -> Workbench:
    """Return the workbench of a package; raises WrongUse, BrokenInput."""
    from studio.assembly import open_workbench, package_workbench

    try:
        data = file.read_bytes()
    except OSError as error:
        raise WrongUse(f"{file} cannot be read: {error.strerror}.", "Choose the file again.") from error
    folder = config_folder() / "review packages" / digest(data)[:16]
    if folder.exists():
        try:
            bench = open_workbench(folder, settings)
        except (BrokenInput, WrongUse):
            bench = None
        if bench is not None and _is_package(bench):
            return bench
        if bench is not None:
            bench.close()
        shutil.rmtree(folder)
    try:
        return package_workbench(folder, data, settings)
    except StudioError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _is_package(bench: Workbench) -> bool:
    from studio.services.queries.review_package import ShowPackage

    return bench.ask(ShowPackage()) is not None


def leave_package(desk: Desk, window: QWidget) -> tuple[bool, Path | None]:
    """Return whether the open workspace may be left, and the folder to remove once it is closed.

    Where decisions on a package are not sent back, the person is asked.
    """
    bench = desk.session.workbench
    if bench is None:
        return True, None
    from studio.services.queries.review_package import ShowPackage

    package = desk.session.ask(ShowPackage())
    if package is None:
        return True, None
    folder = bench.outside.workspace.folder
    if not package.unsent:
        return True, folder
    dialog = LeaveDialog(window, package.unsent, package.made_by)
    dialog.exec()
    if dialog.chosen == "send":
        from studio.desktop.package_deeds import send_back

        return (True, folder) if send_back(desk, window) else (False, None)
    return dialog.chosen != "stay", folder if dialog.chosen == "discard" else None
