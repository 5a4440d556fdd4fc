"""A simulation as a job: held up, stopped, kept in a file of its own; nothing stays of what is not kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from studio.domain.agent import Agent
from studio.domain.errors import BrokenInput, Cancelled, WrongUse
from studio.domain.run import Comparison, KeptBatch
from studio.running import still
from studio.services.queries.simulate import ShowComparison, ShowConversation
from studio.services.stages.simulating import Simulate
from studio.services.workbench import Outside, Workbench
from studio.simulation import simulate
from studio.store.run_files import AT_ONCE, FileLog
from studio.store.workspace import create, open_folder
from studio.workers.inline import InlineWorkers

SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"


class CountingWorkers:
    """This process, counting its tasks; `at` is called with the number of each before it runs."""

    def __init__(self, at: Callable[[int], None] = lambda number: None) -> None:
        self.done, self.at = 0, at

    def map(
        self, work: Callable[[Any], Any], tasks: Sequence[Any], pulse: Callable[[], None] = still
    ) -> Iterator[Any]:
        """Yield each result."""
        for result in InlineWorkers().map(work, tasks, pulse):
            self.done += 1
            self.at(self.done)
            yield result


@pytest.fixture
def shop() -> Agent:
    """A returns and order-status agent with eleven tests."""
    return Agent.model_validate_json(SHOP.read_bytes())


def bench(folder: Path, workers: Any) -> Workbench:
    """A workbench on a workspace."""
    keys: Any = None
    made = open_folder(folder)
    return Workbench(Outside(made, (), workers, keys, lambda: datetime(2026, 11, 21, tzinfo=UTC), "Ada"))


@pytest.fixture
def place(tmp_path: Path, shop: Agent) -> Path:
    """A workspace with the shop live."""
    create(tmp_path, shop).close()
    return tmp_path


class Held:
    """A job that is held up after some batches, and what became of it."""

    def __init__(self, place: Path, after: int) -> None:
        self.reached, self.ended, self.known = threading.Event(), threading.Event(), threading.Event()
        self.workers = CountingWorkers(lambda number: self._hold() if number == after else None)
        self.bench = bench(place, self.workers)
        self.found: object = None
        self.handle = self.bench.start(Simulate(customers=50), self._hear, self._end, self._end)
        self.known.set()
        assert self.reached.wait(60)

    def _hear(self, fraction: float, message: str = "") -> None:
        self.known.wait()

    def _hold(self) -> None:
        self.handle.pause()
        self.reached.set()

    def _end(self, found: object) -> None:
        self.found = found
        self.ended.set()

    def wait(self) -> object:
        """Wait for the end; return the result or what went wrong."""
        assert self.ended.wait(60)
        self.handle.join(60)
        return self.found


def test_a_paused_run_makes_no_further_batch(place: Path) -> None:
    """Held up after the third batch, nothing more is made until it may go on; then it ends as ever."""
    held = Held(place, 3)
    assert held.handle.paused
    assert not held.ended.wait(0.2)
    assert held.workers.done == 3
    held.handle.resume()
    assert isinstance(held.wait(), Comparison)
    assert held.workers.done == 22
    held.bench.close()


def test_a_paused_run_can_be_stopped_and_leaves_nothing(place: Path) -> None:
    """Stopping is heard also where a run is held up: no run is kept, no file stays."""
    held = Held(place, 2)
    held.handle.cancel()
    assert isinstance(held.wait(), Cancelled)
    assert held.workers.done == 2
    assert held.bench.ask(ShowComparison()) is None
    assert list((place / "runs").iterdir()) == []
    held.bench.close()


def test_a_kept_run_is_read_from_its_file_as_it_is_looked_at(place: Path, shop: Agent) -> None:
    """Opened again: the same figures, digests and conversations; without the file, a sentence."""
    work = bench(place, InlineWorkers())
    made = work.run(Simulate(customers=30))
    page = work.ask(ShowComparison())
    work.close()
    assert page is not None
    assert [file.suffix for file in (place / "runs").iterdir()] == [".run"]

    work = bench(place, InlineWorkers())
    again = work.ask(ShowComparison())
    talk = work.ask(ShowConversation("T-02", 29))
    assert again == page
    assert (
        talk.draft
        == made.draft.of("T-02")[29]
        == simulate("x", shop, shop, 7, 30, InlineWorkers()).draft.of("T-02")[29]
    )
    with work.outside.workspace.unit() as unit:
        kept = unit.comparisons.get("Run 1")
        assert kept.draft.evidence_digest == made.draft.evidence_digest
        assert list(kept.live.conversations) == list(made.live.conversations)
        with pytest.raises(WrongUse, match="no run"):
            unit.comparisons.get("Run 9")
    next((place / "runs").iterdir()).unlink()
    assert work.ask(ShowComparison()) == page
    with pytest.raises(BrokenInput, match="missing or damaged"):
        work.ask(ShowConversation("T-02", 1))
    work.close()


def test_a_run_that_nobody_keeps_leaves_no_file(place: Path, shop: Agent) -> None:
    """The file of a log goes with its last reader."""
    workspace = open_folder(place)
    log = workspace.run_log()
    found = simulate("Run 1", shop, shop, 7, 3, InlineWorkers(), log=log)
    assert len(list((place / "runs").iterdir())) == 1
    assert found.draft.conversations[0].scenario == "T-01"
    del found, log
    assert list((place / "runs").iterdir()) == []
    workspace.close()


def test_who_writes_faster_than_the_disk_waits(tmp_path: Path) -> None:
    """Hundreds of batches at once all arrive, in order, through a queue that holds only some."""
    log = FileLog(tmp_path)
    for number in range(AT_ONCE * 10):
        log.add("draft", KeptBatch("T", number, 1, b"\x01", b"%d" % number))
    log.close()
    found = log.conversations("draft")
    assert len(found) == AT_ONCE * 10
    assert [found.load(number) for number in (0, 7, AT_ONCE * 10 - 1)] == [b"0", b"7", b"319"]
    log.discard()


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file where the folder should be: a sentence that says what to do."""
    (tmp_path / "runs").write_text("in the way")
    with pytest.raises(WrongUse, match="cannot be kept"):
        FileLog(tmp_path / "runs")
