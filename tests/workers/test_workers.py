"""Workers: the same results in the same order wherever they run, and nothing left behind."""

from __future__ import annotations

import math
import operator
import os
import time
from itertools import pairwise

import pytest

from studio.domain.agent import Agent
from studio.domain.errors import Cancelled, ProviderFailed
from studio.ports import Workers
from studio.simulation import run
from studio.workers.inline import InlineWorkers
from studio.workers.pool import PoolWorkers

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


def test_a_run_is_the_same_in_one_process_and_in_two(shop: Agent) -> None:
    """Evidence does not depend on where it was made."""
    with PoolWorkers(2) as pool:
        there = run(shop, shop.scenarios, 7, 30, pool)
    here = run(shop, shop.scenarios, 7, 30, InlineWorkers())
    assert here == there
    assert here.evidence_digest == there.evidence_digest


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
        assert time.perf_counter() - asked[-1] < 1.0  # 0.2 s is promised and measured; CI may be busy
        assert list(pool.map(operator.neg, [5])) == [-5]


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


def test_a_worker_that_dies_is_reported_in_a_sentence() -> None:
    """A killed worker process is noticed, not waited for."""
    with PoolWorkers(1) as pool, pytest.raises(ProviderFailed, match="ended unexpectedly"):
        list(pool.map(os._exit, [3]))


def test_the_pulse_beats_while_waiting() -> None:
    """The caller hears often enough to stop, even before the first result."""
    beats: list[float] = []
    with PoolWorkers(1) as pool:
        list(pool.map(math.factorial, [60_000], lambda: beats.append(time.perf_counter())))
    assert beats
    assert max((b - a for a, b in pairwise(beats)), default=0.0) < 1.0
