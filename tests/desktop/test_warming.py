"""What pages are made of is read after the start: every page is among it, and no heavy adapter."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.desktop import warming
from studio.desktop.rooms import ROOMS
from studio.desktop.warming import modules

HEAVY = ("litellm", "duckdb", "docx", "pypdf", "dask", "alembic")


def test_every_page_is_read_and_nothing_heavy() -> None:
    """In a program of its own: all of it can be read, and what is needed later only is not read along."""
    named = set(modules())
    assert {room.page.partition(":")[0] for room in ROOMS} <= named
    source = (
        "import sys; from studio.desktop.warming import modules, warm; warm(); "
        "assert set(modules()) <= set(sys.modules); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_it_is_read_apart_from_the_windows_thread(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment after it was asked for, in a thread of its own, and not where the window draws."""
    read_in: list[str] = []
    monkeypatch.setattr(warming, "warm", lambda: read_in.append(threading.current_thread().name))
    parent = QObject()
    warming.warm_later(parent, 1)
    assert read_in == []
    qtbot.waitUntil(lambda: read_in == [warming.THREAD])
