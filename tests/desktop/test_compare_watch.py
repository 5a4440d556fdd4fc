"""Many sentences are compared in the background by themselves, and what a person starts comes first."""

from __future__ import annotations

from itertools import product

from pytestqt.qtbot import QtBot

from studio.desktop.window import Window
from studio.services.queries.governance import NeedsComparing
from studio.services.queries.sources import ListSources
from studio.services.stages.reading import ReadSource


def _long(window: Window, count: int = 700) -> None:
    """Add a document of so many sentences that comparing takes a job."""
    names = ["".join(part) for part in product("bdfg", "aeiou", "klmn", "aeiou", "prst")]
    lines = [f"The {one} must be filed under {two}." for one, two in zip(names, reversed(names), strict=True)]
    bench = window.session.workbench
    assert bench is not None
    bench.run(ReadSource("long.txt", "\n\n".join(lines[:count]).encode()))


def test_many_sentences_are_compared_without_being_asked(window: Window, qtbot: QtBot) -> None:
    """After a long document came, the comparing begins by itself, is seen in the tray, and is kept."""
    _long(window)
    assert window.session.ask(NeedsComparing())
    qtbot.waitUntil(lambda: window.session.busy, timeout=30_000)
    assert "Comparing" in window.tray.job.text()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=60_000)
    assert not window.session.ask(NeedsComparing())


def test_comparing_gives_way_and_a_stop_is_heeded(window: Window, qtbot: QtBot) -> None:
    """A document added meanwhile is read first; once a person stopped the comparing, it rests."""
    _long(window, 1_200)
    qtbot.waitUntil(lambda: window.session.busy, timeout=30_000)
    done: list[object] = []
    assert window.session.start(ReadSource("note.txt", b"Agents must greet the customer."), done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=60_000)
    assert any(row.file_name == "note.txt" for row in window.session.ask(ListSources()).rows)
    qtbot.waitUntil(lambda: window.session.busy, timeout=30_000)
    window.session.stop()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=60_000)
    watch = window._compare
    assert watch is not None
    qtbot.waitUntil(lambda: not watch._timer.isActive(), timeout=30_000)  # it has looked once more
    assert not window.session.busy
    assert window.session.ask(NeedsComparing())
