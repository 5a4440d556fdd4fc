"""Opening a review package in the window, and leaving it: a workspace of its own, let go of once all is sent.

- The workspace lies beside the settings under the package's digest; opened again, the same file goes on where
  it was left. Nothing of it is left behind where nothing waits to be sent.
- Each window that shows a package says so by a lock in the folder; the last one to leave removes it. Opening
  and removing go through one door, a lock beside the folder, so that nobody opens what is being removed.
"""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile
from PySide6.QtWidgets import QWidget

from studio.desktop.actions import Desk
from studio.desktop.panels.package_dialogs import LeaveDialog
from studio.domain.errors import BrokenInput, StudioError, WrongUse
from studio.domain.frozen import digest
from studio.settings import Settings, config_folder

if TYPE_CHECKING:
    from studio.services.workbench import Workbench


def open_package_file(file: Path, settings: Settings) -> tuple[Workbench, QLockFile | None]:
    """Return the workbench of a package, and that a window shows it; raises WrongUse, BrokenInput."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise WrongUse(f"{file} cannot be read: {error.strerror}.", "Choose the file again.") from error
    folder = _place() / digest(data)[:16]
    door = _door(folder)
    if not door.tryLock(_PATIENCE):
        raise WrongUse("Another window is just leaving this package.", "Open it again in a moment.")
    try:
        return _opened(folder, data, settings), present_in(folder)
    finally:
        door.unlock()


def _opened(folder: Path, data: bytes, settings: Settings) -> Workbench:
    from studio.assembly import open_workbench, package_workbench

    if folder.exists():
        try:
            bench = open_workbench(folder, settings)
        except (BrokenInput, WrongUse):
            bench = None
        if bench is not None and _is_package(bench):
            return bench
        if bench is not None:
            bench.close()
        _set_aside(folder)
    try:
        return package_workbench(folder, data, settings)
    except StudioError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def remove_unless_shown(folder: Path) -> bool:
    """Remove the folder of a package that no window shows or is just opening; return whether it was."""
    door = _door(folder)
    if not door.tryLock(0):
        return False
    try:
        if others_in(folder):
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        door.unlock()


def _door(folder: Path) -> QLockFile:
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(folder.with_name(f"{folder.name}.door")))
    lock.setStaleLockTime(0)
    return lock


_PATIENCE = 30_000
_NUMBERS = itertools.count(1)
_LOCK = "window-{}-{}.open"


def present_in(folder: Path) -> QLockFile | None:
    """Say that a window shows the package in a folder, until the lock is let go; None elsewhere."""
    if folder.parent != _place():
        return None
    lock = QLockFile(str(folder / _LOCK.format(os.getpid(), next(_NUMBERS))))
    lock.setStaleLockTime(0)  # only what died is stale, however long a window stays open
    lock.tryLock(0)
    return lock


def others_in(folder: Path) -> bool:
    """Return whether another window shows the package in a folder; what a crash left counts for nothing."""
    for file in folder.glob(_LOCK.format("*", "*")):
        lock = QLockFile(str(file))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            return True
        lock.unlock()
    return False


def _place() -> Path:
    """Return the folder in which the workspaces of packages lie."""
    return config_folder() / "review packages"


def _set_aside(folder: Path) -> None:
    """Rename a folder that cannot be opened: decisions may be in it that a newer program can read."""
    number = 1
    while (aside := folder.with_name(f"{folder.name} set aside {number}")).exists():
        number += 1
    folder.rename(aside)


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
    if folder.parent != _place():
        return True, None  # a copy that somebody keeps; only what was made here is removed
    if not package.unsent:
        return True, folder
    dialog = LeaveDialog(window, package.unsent, package.made_by)
    dialog.exec()
    if dialog.chosen == "send":
        from studio.desktop.package_deeds import send_back

        return (True, folder) if send_back(desk, window) else (False, None)
    return dialog.chosen != "stay", folder if dialog.chosen == "discard" else None
