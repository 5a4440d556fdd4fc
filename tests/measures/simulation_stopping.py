"""How soon a simulation stops and pauses when asked to, in this process, in a pool and on a cluster.

- A run of the twelve-step agent (`scale_agent`) is asked to stop at a random moment: the figure is the time
  until it has ended and let go of its file. It is asked to pause: until its progress is held.
- A pool's and a cluster's processes are started before; a stop while they start is not in these figures.
- Usage: python tests/measures/simulation_stopping.py [--times 20]; 0 when all are within 200 ms.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import threading
import time
from pathlib import Path

from studio.domain.agent import Agent
from studio.domain.errors import Cancelled
from studio.ports import ClosingWorkers
from studio.simulation import simulate
from studio.store.run_files import FileLog
from studio.workers.cluster import ClusterWorkers
from studio.workers.inline import InlineWorkers
from studio.workers.pool import PoolWorkers
from tests.measures.scale_agent import agent
from tests.workers.dask_cluster import cluster

WITHIN = 0.2
"""Seconds that are promised."""
CUSTOMERS = 100_000
"""More than any of these runs will meet."""
LATEST = 1.5
"""Seconds after which the last one is asked."""


def _stopped(given: Agent, workers: ClosingWorkers, folder: Path, after: float) -> float:
    """Return the seconds from a request to stop until the run has ended."""
    asked: list[float] = []
    timer = threading.Timer(after, lambda: asked.append(time.perf_counter()))

    def progress(fraction: float, message: str = "") -> None:
        if asked:
            raise Cancelled

    timer.start()
    try:
        simulate("Run 1", given, given, 7, CUSTOMERS, workers, progress, log=FileLog(folder))
    except Cancelled:
        return time.perf_counter() - asked[0]
    raise SystemExit("The run ended before it was asked to stop.")


def _paused(given: Agent, workers: ClosingWorkers, folder: Path, after: float) -> float:
    """Return the seconds from a request to pause until the run is held; it is stopped then."""
    asked: list[float] = []
    held: list[float] = []
    timer = threading.Timer(after, lambda: asked.append(time.perf_counter()))

    def progress(fraction: float, message: str = "") -> None:
        if asked:
            held.append(time.perf_counter() - asked[0])
            raise Cancelled

    timer.start()
    try:
        simulate("Run 1", given, given, 7, CUSTOMERS, workers, progress, log=FileLog(folder))
    except Cancelled:
        return held[0]
    raise SystemExit("The run ended before it was asked to pause.")


def _measured(name: str, given: Agent, workers: ClosingWorkers, folder: Path, times: int) -> bool:
    chance = random.Random(7)
    stops = [_stopped(given, workers, folder, chance.uniform(0, LATEST)) for _ in range(times)]
    holds = [_paused(given, workers, folder, chance.uniform(0, LATEST)) for _ in range(times)]
    for what, seconds in (("stopped", stops), ("held", holds)):
        middle, worst = sorted(seconds)[len(seconds) // 2] * 1e3, max(seconds) * 1e3
        print(f"{name:13} {what:8} after {middle:4.0f} ms in the middle, {worst:4.0f} ms at most", flush=True)
    left = [file.name for file in folder.iterdir()]
    print(f"{name:13} {len(left)} files left behind", flush=True)
    return max(stops + holds) <= WITHIN and not left


def main() -> int:
    """Print all figures; return 0 when they are within what is promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    given = agent()
    print(f"{times} times each, load {os.getloadavg()[0]:.1f} before we begin", flush=True)
    with tempfile.TemporaryDirectory(prefix="simulation-stopping-") as folder:
        runs = Path(folder) / "runs"
        met = [_measured("this process", given, InlineWorkers(), runs, times)]
        with PoolWorkers(2) as pool:
            met.append(_measured("two processes", given, pool, runs, times))
        with cluster(Path(folder), 2) as found, ClusterWorkers(found.address) as far:
            list(far.map(abs, [1, 2]))
            met.append(_measured("a cluster", given, far, runs, times))
    print(f"within {WITHIN * 1e3:.0f} ms: {'yes' if all(met) else 'NO'}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
