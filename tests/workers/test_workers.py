"""Workers: the same results in the same order wherever they run, and nothing left behind."""

from __future__ import annotations

import math
import operator
import os
import signal
import threading
import time
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio import running
from studio.domain.agent import Agent
from studio.domain.errors import Cancelled, ProviderFailed, WrongUse
from studio.domain.run import Run
from studio.ports import Workers
from studio.services.jobs import Handle
from studio.simulation import run, simulate
from studio.workers import cluster
from studio.workers.cluster import ClusterWorkers
from studio.workers.inline import InlineWorkers
from studio.workers.measured import MeasuredWorkers
from studio.workers.pool import PoolWorkers
from tests.workers.dask_cluster import late

if TYPE_CHECKING:
    from tests.workers.dask_cluster import Cluster

ENDLESS = [range(10**12), range(10**12)]


def test_results_come_in_the_order_of_the_tasks() -> None:
    """A slow task in front does not change the order in which results arrive."""
    tasks = [20_000, 3, 15_000, 1, 2, 9_000]
    expected = [math.factorial(n) for n in tasks]
    with PoolWorkers(2) as pool:
        assert list(pool.map(math.factorial, tasks)) == expected
        assert list(pool.map(operator.neg, [1, 2, 3])) == [-1, -2, -3]
        assert list(pool.map(operator.neg, [])) == []
    assert list(InlineWorkers().map(math.factorial, tasks)) == expected


def test_a_run_is_the_same_here_in_a_pool_and_on_a_cluster(shop: Agent, dask: Cluster) -> None:
    """Evidence does not depend on where it was made."""
    here = run(shop, shop.scenarios, 7, 30, InlineWorkers())
    with PoolWorkers(2) as pool, ClusterWorkers(dask.address) as far:
        found = [run(shop, shop.scenarios, 7, 30, each) for each in (pool, far)]
        compared = [simulate("Run 1", shop, shop, 7, 3, each) for each in (InlineWorkers(), pool, far)]
    assert {each.evidence_digest for each in found} == {here.evidence_digest}
    assert found[0] == found[1] == here
    assert compared[0] == compared[1] == compared[2]


def test_a_run_is_held_and_goes_on_wherever_it_runs(shop: Agent, dask: Cluster) -> None:
    """Held in the middle, nothing more is told; let go, it ends as if nobody had held it."""
    whole = run(shop, shop.scenarios, 7, 60, InlineWorkers()).evidence_digest
    with PoolWorkers(2) as pool, ClusterWorkers(dask.address) as far:
        for workers in (InlineWorkers(), pool, far):
            handle: Handle[Run] = Handle("a run")
            told, made, failed = list[float](), list[Run](), list[BaseException]()
            held = threading.Event()

            def listen(
                fraction: float,
                message: str = "",
                *,
                handle: Handle[Run] = handle,
                told: list[float] = told,
                held: threading.Event = held,
            ) -> None:
                told.append(fraction)
                if len(told) == 3:
                    handle.pause()
                    held.set()

            work = partial(run, shop, shop.scenarios, 7, 60, workers)
            handle.begin(work, listen, made.append, failed.append)
            assert held.wait(60)
            assert handle.paused and not made
            count = len(told)
            handle.join(4 * cluster.HEARTBEAT)
            assert len(told) == count and not made, "held: it neither goes on nor ends"
            handle.resume()
            handle.join(120)
            assert failed == []
            assert [each.evidence_digest for each in made] == [whole]


def test_a_cancelled_map_stops_at_once_and_leaves_nothing() -> None:
    """A pulse that raises ends busy processes at once, and the pool can be used again."""
    with PoolWorkers(2) as pool:
        assert list(pool.map(operator.neg, [1, 2])) == [-1, -2]
        asked: list[float] = []

        def pulse() -> None:
            asked.append(time.perf_counter())
            if len(asked) == 3:
                raise Cancelled

        with pytest.raises(Cancelled):
            list(pool.map(sum, ENDLESS, pulse))
        assert time.perf_counter() - asked[-1] < 30  # 0.2 s is promised, and measured elsewhere
        assert list(pool.map(operator.neg, [5])) == [-5]


def test_a_process_that_died_while_it_waited_is_replaced() -> None:
    """Between two runs the system may end the idle processes; the next run does not notice."""
    with PoolWorkers(2) as pool:
        assert list(pool.map(operator.neg, [1, 2, 3])) == [-1, -2, -3]
        ended = pool.processes
        for hand in pool._hands:
            hand.process.kill()
            hand.process.join()
        assert list(pool.map(operator.pos, [1, 2, 3])) == [1, 2, 3]
        assert not set(ended) & set(pool.processes)


def test_a_map_that_is_no_longer_read_is_stopped() -> None:
    """Closing the results early ends what is still running."""
    with PoolWorkers(2) as pool:
        results = pool.map(sum, [range(3), range(10**12), range(10**12)])
        assert next(results) == 3
        results.close()  # type: ignore[attr-defined]
        assert list(pool.map(operator.neg, [5])) == [-5]


@pytest.mark.parametrize("pool", [PoolWorkers(2), InlineWorkers()], ids=["pool", "inline"])
def test_an_error_in_a_task_reaches_the_caller(pool: Workers) -> None:
    """What goes wrong in a worker is raised where the work was asked for."""
    with pytest.raises(ValueError, match="not defined for negative"):
        list(pool.map(math.factorial, [3, -1, 4]))
    if isinstance(pool, PoolWorkers):
        pool.close()


def test_a_task_that_ends_every_worker_is_reported_in_a_sentence() -> None:
    """A process that dies is noticed; a task at which they die again and again is given up."""
    with PoolWorkers(1) as pool, pytest.raises(ProviderFailed, match="ended unexpectedly"):
        list(pool.map(os._exit, [3]))


def killed_once(task: tuple[str, int]) -> int:
    """Return the number; the first process that gets number 5 kills itself, as the system does to one."""
    flag, number = task
    if number == 5:
        try:
            os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return number
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    """What a killed worker had under way runs again in another one, and order is kept."""
    tasks = [(str(tmp_path / "killed"), number) for number in range(40)]
    with PoolWorkers(2) as pool:
        assert list(pool.map(killed_once, tasks)) == list(range(40))
        assert len(pool.processes) == 2
    assert (tmp_path / "killed").exists()


def test_processes_killed_during_a_run_change_nothing(shop: Agent) -> None:
    """All workers are killed in the middle of a run: the run ends with the same evidence."""
    heard: list[float] = []
    with PoolWorkers(2) as pool:

        def kill(fraction: float, message: str = "") -> None:
            heard.append(fraction)
            if fraction > 0.3 and not any(each > 0.3 for each in heard[:-1]):
                for number in pool.processes:
                    os.kill(number, signal.SIGKILL)

        there = run(shop, shop.scenarios, 7, 50, pool, kill)
    assert there.evidence_digest == run(shop, shop.scenarios, 7, 50, InlineWorkers()).evidence_digest


def test_a_computer_that_leaves_the_cluster_loses_nothing(shop: Agent, dask: Cluster) -> None:
    """A worker of the cluster is killed in the middle: another takes over, the evidence is the same."""
    killed: list[float] = []
    leaving = dask.workers[-1]
    dask.grow()

    def kill(fraction: float, message: str = "") -> None:
        if fraction > 0.2 and not killed:
            killed.append(fraction)
            leaving.kill()

    with ClusterWorkers(dask.address) as far:
        there = run(shop, shop.scenarios, 7, 50, far, kill)
    assert killed
    assert there.evidence_digest == run(shop, shop.scenarios, 7, 50, InlineWorkers()).evidence_digest


def test_a_cancelled_run_leaves_the_cluster_free(dask: Cluster) -> None:
    """Stopping drops what waits there; the cluster can be used again."""

    def stop() -> None:
        raise Cancelled

    with ClusterWorkers(dask.address) as far:
        with pytest.raises(Cancelled):
            list(far.map(operator.neg, list(range(5000)), stop))
        assert list(far.map(operator.neg, [1, 2, 3])) == [-1, -2, -3]
        with pytest.raises(ValueError, match="not defined for negative"):
            list(far.map(math.factorial, [3, -1, 4]))


def test_what_takes_longer_than_a_heartbeat_arrives(dask: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly a result travels, it is waited for; a TimeoutError of a task is an error like others."""
    beats: list[int] = []
    with ClusterWorkers(dask.address) as far:
        assert list(far.map(operator.neg, [1])) == [-1]
        monkeypatch.setattr(cluster, "HEARTBEAT", 1e-6)
        assert list(far.map(operator.neg, range(40), lambda: beats.append(1))) == [-n for n in range(40)]
        assert len(beats) > 10  # once for each group, and again while it travelled
        with pytest.raises(TimeoutError, match="3 was late"):
            list(far.map(late, [3, 4]))


@pytest.mark.parametrize("address", ["", "10.0.0.5:8786", "http://somewhere", "tcp://"])
def test_what_is_no_address_is_said_at_once(address: str) -> None:
    """A cluster is named as its scheduler names itself."""
    with pytest.raises(WrongUse, match="no address of a cluster"):
        ClusterWorkers(address)


def test_a_cluster_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens there: a sentence with the address, not a traceback."""
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 0.2)
    with pytest.raises(ProviderFailed, match=r"tcp://127\.0\.0\.1:9 does not answer"):
        list(ClusterWorkers("tcp://127.0.0.1:9").map(operator.neg, [1]))


@pytest.mark.parametrize("workers", [InlineWorkers(), MeasuredWorkers(2, lambda: 0.0)], ids=["inline", "few"])
def test_a_stop_is_heard_within_a_batch(
    shop: Agent, monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    """In this process, too, nobody waits for the end of a batch: before each conversation a stop is heard."""
    monkeypatch.setattr(running, "BEAT", 0.0)
    told: list[float] = []
    whole = run(shop, shop.scenarios[:1], 7, 20, workers, lambda done, _="": told.append(done))
    assert len(told) == 23  # before all, before the batch, before each of twenty, and after it

    def stop(fraction: float, message: str = "") -> None:
        told.append(fraction)
        if len(told) == 10:
            raise Cancelled

    told.clear()
    with pytest.raises(Cancelled):
        run(shop, shop.scenarios[:1], 7, 20, workers, stop)
    assert len(told) == 10  # it was not asked again
    again = run(shop, shop.scenarios[:1], 7, 20, workers)
    assert again.evidence_digest == whole.evidence_digest


def test_a_task_has_the_pulse_of_its_own_map_only() -> None:
    """Nothing is called once a map has ended, or from where nobody listens."""
    calls: list[str] = []
    running.beat()
    with running.heard(lambda: calls.append("outer")):
        list(InlineWorkers().map(operator.neg, [1], lambda: calls.append("inner")))
    running.beat()
    assert calls == ["inner"]


def test_little_work_stays_here_and_much_goes_to_processes() -> None:
    """What the first tasks cost decides: starting processes for nothing is slower than not to."""
    ticks = iter(range(10**6))
    cases = {
        "a second a task, three": (MeasuredWorkers(2, lambda: float(next(ticks))), 3, False),
        "a second a task, twenty": (MeasuredWorkers(2, lambda: float(next(ticks))), 20, True),
        "no time at all": (MeasuredWorkers(2, lambda: 0.0), 2000, False),
        "one processor": (MeasuredWorkers(1, lambda: float(next(ticks))), 20, False),
    }
    for name, (workers, count, pooled) in cases.items():
        assert list(workers.map(operator.neg, range(count))) == [-n for n in range(count)]
        assert workers.pooled is pooled, name


def test_the_pulse_beats_while_waiting() -> None:
    """The caller hears often enough to stop, even before the first result."""
    beats: list[float] = []
    with PoolWorkers(1) as pool:
        list(pool.map(math.factorial, [60_000], lambda: beats.append(time.perf_counter())))
    assert beats
    assert max((b - a for a, b in pairwise(beats)), default=0.0) < 20
