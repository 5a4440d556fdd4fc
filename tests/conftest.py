"""What holds for every test: no screen, no network, nothing left running.

- Qt draws offscreen, and any message that Qt logs fails the test (`qt_log_level_fail` in `pyproject.toml`).
- A connection to another machine fails, here and in the Python processes that a test starts; so does looking
  up its name.
- A thread, a child process or a busy Qt pool that outlives its test fails it.
- What tests write goes to a disk in memory where there is one with room: the product waits for the disk at
  each edit, which is half the time of many tests. `TMPDIR` or `--basetemp` name another place.
- Keys are locked with few rounds of bcrypt, but in `tests/signing`, which holds that people's have 100.
- hypothesis draws the same examples every time, whatever ran before; `HYPOTHESIS_PROFILE=explore` draws new
  ones, and more.
"""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt

import multiprocessing
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import network_guard
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.bundle_conformance.kit import Kit

ROOT = Path(__file__).resolve().parents[1]
# A test of this very guard need not wait that long.
SETTLING_SECONDS = float(os.environ.get("SETTLING_SECONDS", "60"))
# Nothing here holds how quickly a window does something: measures do, and machines have their slow minutes.
PATIENCE = 120_000

# Deadlines and “too slow” go by the clock, and would fail on a busy machine.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("house", untimed, derandomize=True, database=None, print_blob=True)
settings.register_profile("explore", untimed, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))
if settings.get_current_profile_name() == "house":
    # It would also draw what is written in the modules that are imported: what ran before would decide.
    providers._get_local_constants = lambda: providers._local_constants


def _memory() -> str | None:
    """Return the folder of a disk in memory with room for the tests' files, on which programs may run."""
    folder = "/dev/shm"
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < 2 << 30:
        return None
    return None if os.statvfs(folder).f_flag & os.ST_NOEXEC else folder


if "TMPDIR" not in os.environ and (memory := _memory()):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)

GUARD = Path(network_guard.__file__).parent
network_guard.install()
# Python processes that a test starts find the same guard, as their sitecustomize.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARD), os.environ.get("PYTHONPATH")]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the slowest files go first: two processes then end at nearly the same time.

    `slow_files.txt` holds measured seconds of processor time; a file that is missing there counts as quick.
    """
    slow = ROOT / "tests" / "slow_files.txt"
    lines = slow.read_text(encoding="utf-8").splitlines() if slow.exists() else []
    seconds = {slow.parent / name: int(number) for number, name in map(str.split, lines)}
    items.sort(key=lambda item: -seconds.get(item.path, 0))


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    """Fail a test that leaves a thread, a child process or work in Qt's pool behind."""
    threads = set(threading.enumerate())
    children = set(multiprocessing.active_children())
    yield
    deadline = time.monotonic() + SETTLING_SECONDS
    _settle_qt_pool()
    left = [thread for thread in threading.enumerate() if _is_ours(thread) and thread not in threads]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    alive = [thread.name for thread in left if thread.is_alive()]
    assert not alive, f"threads left running: {', '.join(alive)}"
    orphans = set(multiprocessing.active_children()) - children
    for orphan in orphans:
        orphan.join(max(0.0, deadline - time.monotonic()))
    names = [orphan.name for orphan in orphans if orphan.is_alive()]
    assert not names, f"child processes left running: {', '.join(names)}"


def _is_ours(thread: threading.Thread) -> bool:
    # Python's stand-in for a thread that Qt owns never ends; Qt's pool is asked itself.
    return not isinstance(thread, threading._DummyThread)


def _settle_qt_pool() -> None:
    qt = sys.modules.get("PySide6.QtCore")
    if qt is not None:
        assert qt.QThreadPool.globalInstance().waitForDone(int(SETTLING_SECONDS * 1000)), (
            "Qt's pool is still busy"
        )


@pytest.fixture(scope="session", autouse=True)
def _light_locks() -> Iterator[None]:
    """Lock the keys of tests with few rounds: at 100, each look into one takes half a second."""
    from studio.signing import key_file

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_file, "ROUNDS", 4)
        yield


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """Return pytest-qt's robot, which waits at least as long as a slow machine needs."""

    def patient(wait: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *what, timeout=0, **how: wait(*what, timeout=max(timeout, PATIENCE), **how)

    for name in ("waitActive", "waitSignal", "waitUntil"):
        monkeypatch.setattr(qtbot, name, patient(getattr(qtbot, name)))
    return qtbot


@pytest.fixture(scope="session")
def kit() -> Kit:
    """Return what makes bundles from outside the product."""
    from tests.bundle_conformance.kit import Kit

    return Kit()


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared material beside the checkout, or skip where there is none."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no shared material beside this checkout")
    return folder
