"""A Dask cluster on loopback, as processes of its own: one scheduler, and workers that can be killed."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


class Cluster:
    """A scheduler and its workers; `address` is what --cluster takes."""

    def __init__(self, folder: Path) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._log = (folder / "cluster.log").open("wb")
        self._scheduler = self._start("dask_scheduler", "--port", str(port))
        self.workers: list[subprocess.Popen[bytes]] = []

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--host", "127.0.0.1", *arguments]
        return subprocess.Popen(
            [*command, "--dashboard-address", "127.0.0.1:0"], stdout=self._log, stderr=self._log
        )

    def grow(self) -> subprocess.Popen[bytes]:
        """Start one more worker with one thread."""
        started = self._start("dask_worker", self.address, "--nthreads", "1", "--no-nanny")
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
