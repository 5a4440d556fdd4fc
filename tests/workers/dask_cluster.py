"""A Dask cluster on loopback, as processes of its own: one scheduler, and workers that can be killed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 120


class Cluster:
    """A scheduler and its workers; `address` is what --cluster takes."""

    def __init__(self, folder: Path) -> None:
        self._log = (folder / "cluster.log").open("wb")
        self._place = folder / "scheduler.json"
        self._place.unlink(missing_ok=True)
        self.workers: list[subprocess.Popen[bytes]] = []
        # The scheduler takes a port itself: one that was found free before may be taken by then.
        self._scheduler = self._start("dask_scheduler", "--port", "0")

    @property
    def address(self) -> str:
        """Wait until the scheduler listens, and return where."""
        ends = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < ends and self._scheduler.poll() is None:
            with suppress(OSError, ValueError):
                return str(json.loads(self._place.read_bytes())["address"])
            time.sleep(0.05)
        raise RuntimeError(f"the scheduler did not start: {Path(self._log.name).read_text()}")

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--host", "127.0.0.1", *arguments]
        places = ["--scheduler-file", str(self._place), "--dashboard-address", "127.0.0.1:0"]
        return subprocess.Popen([*command, *places], cwd=ROOT, stdout=self._log, stderr=self._log)

    def grow(self) -> subprocess.Popen[bytes]:
        """Start one more worker with one thread."""
        started = self._start("dask_worker", "--nthreads", "1", "--no-nanny")
        self.workers.append(started)
        return started

    def end(self) -> None:
        """End everything."""
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()
        self._log.close()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """Start a cluster, and end it."""
    found = Cluster(folder)
    try:
        for _ in range(workers):
            found.grow()
        yield found
    finally:
        found.end()


def late(number: int) -> int:
    """Fail as a task does whose own time was up; by name, so that a worker of the cluster finds it."""
    raise TimeoutError(f"{number} was late")
