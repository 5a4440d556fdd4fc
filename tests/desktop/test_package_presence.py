"""The same review package in two windows: the folder stays until the last of them leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studio.desktop import package_opening
from studio.desktop.package_opening import others_in, present_in, remove_unless_shown

_CRASH = (
    "import os, sys; from PySide6.QtCore import QLockFile as L; l = L(sys.argv[1]); l.lock(); os._exit(0)"
)


def test_the_last_window_to_leave_is_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one window shows a package another is told of it; what a crash left counts for nothing."""
    monkeypatch.setattr(package_opening, "_place", lambda: tmp_path)
    folder = tmp_path / "0123456789abcdef"
    folder.mkdir()
    one, two = present_in(folder), present_in(folder)
    assert one is not None and two is not None
    one.unlock()
    assert others_in(folder)
    two.unlock()
    assert not others_in(folder)
    subprocess.run([sys.executable, "-c", _CRASH, str(folder / "window-1-1.open")], check=True, timeout=60)
    assert list(folder.glob("*.open")) and not others_in(folder)
    assert present_in(tmp_path.parent) is None


def test_what_is_just_being_opened_is_not_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that leaves removes the folder only where no other shows it, nor stands in the door to it."""
    monkeypatch.setattr(package_opening, "_place", lambda: tmp_path)
    folder = tmp_path / "0123456789abcdef"
    folder.mkdir()
    (folder / "decisions").write_text("Ana accepted C-01.")
    opening = package_opening._door(folder)
    assert opening.tryLock(0)
    assert not remove_unless_shown(folder) and (folder / "decisions").exists()
    shown = present_in(folder)
    opening.unlock()
    assert shown is not None
    assert not remove_unless_shown(folder) and (folder / "decisions").exists()
    shown.unlock()
    assert remove_unless_shown(folder) and not folder.exists()
