"""Workers are killed at random moments of runs: nothing may be lost, whatever was under way.

- In a pool of two processes, and on a Dask cluster of two on loopback, which gets another worker for each
  that is killed. SIGKILL, as a computer without memory does it; seeds are fixed, moments are what they are.
- A run is right when its evidence equals that of a run in one process.
- Usage: python tests/measures/simulation_killed.py [--times 20]; 0 when every run was right.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from studio.domain.agent import Agent
from studio.ports import Workers
from studio.simulation import run
from studio.workers.cluster import ClusterWorkers
from studio.workers.inline import InlineWorkers
from studio.workers.pool import PoolWorkers
from tests.measures.scale_agent import agent
from tests.workers.dask_cluster import Cluster, cluster

CUSTOMERS = 500
SEED = 7


def _one(given: Agent, workers: Workers, kill: Callable[[], bool], after: float) -> tuple[str, bool]:
    """Return a run's evidence, and whether a worker was killed in its midst."""
    killed: list[bool] = []
    timer = threading.Timer(after, lambda: killed.append(kill()))
    timer.start()
    try:
        found = run(given, given.scenarios, SEED, CUSTOMERS, workers)
        midst = any(killed)
    finally:
        timer.cancel()
        timer.join()
    return found.evidence_digest, midst


def _measured(
    name: str, given: Agent, workers: Workers, kill: Callable[[random.Random], bool], times: int
) -> bool:
    chance = random.Random(SEED)
    begun = time.perf_counter()
    expected = run(given, given.scenarios, SEED, CUSTOMERS, InlineWorkers()).evidence_digest
    alone = time.perf_counter() - begun
    right = killed = 0
    while killed < times:
        digest, midst = _one(given, workers, lambda: kill(chance), chance.uniform(0, 0.6 * alone))
        right += digest == expected and midst
        if digest != expected:
            print(f"{name}: another evidence than in one process: {digest}")
            return False
        killed += midst
    print(f"{name}: {killed} workers killed in the midst, {right} runs with the right evidence", flush=True)
    return right == times


def _kill_process(pool: PoolWorkers, chance: random.Random) -> bool:
    running = [number for number in pool.processes if number]
    if running:
        os.kill(chance.choice(running), signal.SIGKILL)
    return bool(running)


def _kill_computer(found: Cluster, chance: random.Random) -> bool:
    alive = [each for each in found.workers if each.poll() is None]
    chance.choice(alive).kill()
    found.grow()
    return True


def main() -> int:
    """Print what became of the runs; return 0 when all were right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    given = agent()
    with PoolWorkers(2) as pool:
        met = _measured("two processes", given, pool, lambda chance: _kill_process(pool, chance), times)
    with (
        tempfile.TemporaryDirectory(prefix="simulation-killed-") as folder,
        cluster(Path(folder), 2) as found,
        ClusterWorkers(found.address) as far,
    ):
        list(far.map(abs, [1, 2]))
        kill = _measured("a cluster", given, far, lambda chance: _kill_computer(found, chance), times)
    return 0 if met and kill else 1


if __name__ == "__main__":
    raise SystemExit(main())
