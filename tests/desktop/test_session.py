"""The session and the relay: errors become sentences, jobs end in the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from studio.assembly import open_workbench
from studio.desktop.relay import Relay
from studio.desktop.session import Session
from studio.domain.errors import WrongUse
from studio.ports import Progress
from studio.services.commands import AcceptChange, Command
from studio.settings import Settings


@dataclass(frozen=True)
class Work:
    """A job that counts to a number, or waits until it is stopped, or fails."""

    steps: int = 3
    until_stopped: bool = False
    fails: bool = False

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Counting"

    def prepare(self, unit: Any, tools: Any) -> Callable[[Progress], int]:
        """Return the counting."""

        def work(progress: Progress) -> int:
            if self.fails:
                raise WrongUse("There is nothing to count.", "Hand in something.")
            step = 0
            while self.until_stopped or step < self.steps:
                progress(step / self.steps if not self.until_stopped else 0.5, "one more")
                step += 1
            return threading.get_ident()

        return work

    def record(self, result: int) -> Command | None:
        """Keep nothing."""
        return None


@pytest.fixture
def session(prepared: Path, qtbot: QtBot) -> Any:
    """A session on the prepared workspace."""
    made = Session()
    made.use(open_workbench(prepared, Settings(name="Ana Silva")))
    yield made
    made.close()


def test_a_foreseen_error_is_told_not_raised(session: Session, qtbot: QtBot) -> None:
    """A command that cannot be carried out is told as a sentence, and returns nothing."""
    with qtbot.waitSignal(session.told, timeout=30_000) as told:
        assert session.do(AcceptChange("P-01", "C-999")) is None
    assert told.args[1] == "bad"
    assert "C-999" in told.args[0]


def test_a_job_works_elsewhere_and_ends_here(session: Session, qtbot: QtBot) -> None:
    """The work runs in another thread; its result is heard in the window's thread."""
    heard: list[tuple[int, int]] = []
    assert session.start(Work(), lambda result: heard.append((result, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(heard), timeout=30_000)
    worked_in, heard_in = heard[0]
    assert worked_in != threading.get_ident()
    assert heard_in == threading.get_ident()
    assert not session.busy


def test_a_job_stops_when_asked(session: Session, qtbot: QtBot) -> None:
    """A stopped job says so, calls the other way out, and leaves the session free."""
    ended: list[str] = []
    session.start(
        Work(until_stopped=True), lambda result: ended.append("done"), lambda: ended.append("stopped")
    )
    with qtbot.waitSignal(session.told, timeout=30_000) as told:
        session.stop()
    assert ended == ["stopped"]
    assert told.args == ["Stopped as you asked. Nothing was recorded.", ""]
    assert not session.busy


def test_one_job_at_a_time(session: Session, qtbot: QtBot) -> None:
    """A second job is refused with a sentence while the first one runs."""
    session.start(Work(until_stopped=True), lambda result: None)
    with qtbot.waitSignal(session.told, timeout=30_000) as told:
        assert not session.start(Work(), lambda result: None)
    assert "still running" in told.args[0]
    session.stop()
    qtbot.waitUntil(lambda: not session.busy, timeout=30_000)


def test_a_failed_job_tells_why(session: Session, qtbot: QtBot) -> None:
    """The sentence of a job's error is told."""
    with qtbot.waitSignal(session.told, timeout=30_000) as told:
        session.start(Work(fails=True), lambda result: None)
    assert told.args == ["There is nothing to count. Hand in something.", "bad"]


class Made:
    """Stands for a workspace that was made: it remembers that it was let go of."""

    closed = False

    def close(self) -> None:
        """Let go."""
        self.closed = True


def test_work_apart_that_ends_too_late_reaches_nobody(session: Session, prepared: Path, qtbot: QtBot) -> None:
    """Whoever opens another workspace while a sample is made keeps it; the sample is closed, unseen."""
    go, made, heard = threading.Event(), Made(), list[object]()

    def work(progress: Progress) -> Made:
        go.wait(30)  # the last stage: nobody asks any more whether to stop
        return made

    assert session.start_apart("Making a sample", work, heard.append, Made.close)
    with qtbot.waitSignal(session.job_ended, timeout=30_000):
        session.use(open_workbench(prepared, Settings(name="Ana Silva")))
    still = session.busy  # it does not wait for the sample, which is still being made
    assert not still
    assert session.start(Work(until_stopped=True), heard.append, lambda: heard.append("stopped"))
    go.set()
    qtbot.waitUntil(lambda: made.closed, timeout=30_000)
    assert session.busy
    assert heard == []
    session.stop()
    qtbot.waitUntil(lambda: not session.busy, timeout=30_000)
    assert heard == ["stopped"]
    session.settle()


def test_the_result_of_each_job_reaches_its_own_listener(
    session: Session, prepared: Path, qtbot: QtBot
) -> None:
    """The failure of work that was let go of ends no other job and is not told."""
    go, heard, told = threading.Event(), list[object](), list[str]()
    session.told.connect(lambda words, kind: told.append(words))

    def work(progress: Progress) -> None:
        go.wait(30)
        progress(0.5, "")

    session.start_apart("Making a sample", work, heard.append)
    session.use(open_workbench(prepared, Settings(name="Ana Silva")))
    session.start(Work(), lambda result: heard.append("counted"))
    go.set()
    session.settle()
    qtbot.waitUntil(lambda: not session.busy, timeout=30_000)
    assert heard == ["counted"]
    assert told == []


def test_progress_is_thinned(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand reports in a second reach the window at most twenty times; the first and last always do."""
    moments = iter(n / 1000 for n in range(1, 2000))
    monkeypatch.setattr("studio.desktop.relay.time.monotonic", lambda: 100 + next(moments))
    made, seen = Relay(), []
    made.progressed.connect(lambda fraction, message: seen.append(fraction))
    for n in range(1001):
        made.tell_progress(n / 1000)
    assert seen[0] == 0.0
    assert seen[-1] == 1.0
    assert 10 <= len(seen) <= 20
