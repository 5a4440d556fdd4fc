"""Workers that are a Dask cluster, by the address of its scheduler.

- Tasks travel in groups, because the scheduler takes about two milliseconds for each; results come in
  order, and a bounded number is under way, so that neither side fills its memory.
- A computer that leaves the cluster loses nothing: the scheduler gives its groups to another one.
- Every computer must have this program in the same version; that is asked before anything is sent, and
  a result says what made it.
- Code travels by pickle, as Dask does it: a cluster is one's own, and its network is trusted. `tls://`
  addresses take their certificates from Dask's configuration.
"""

from __future__ import annotations

import asyncio
import pickle
import socket
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, wait
from time import monotonic, sleep
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from studio import __version__
from studio.domain.errors import ProviderFailed, WrongUse
from studio.running import still

Task = TypeVar("Task")
Result = TypeVar("Result")

GROUP = 4
"""Tasks in one message."""
UNDER_WAY = 4
"""Groups under way for each processor of the cluster."""
HEARTBEAT = 0.05
"""Seconds after which `pulse` is called again while nothing arrives."""
SECONDS_TO_CONNECT = 10.0


def version_here() -> str:
    """Return the version of this program; asked on every computer of the cluster."""
    return __version__


def carry_out(work: Callable[[Any], Any], tasks: list[Any]) -> list[Any]:
    """Return the results of a group of tasks; runs on the cluster."""
    return [work(task) for task in tasks]


class ClusterWorkers:
    """The workers behind one Dask scheduler; a context manager, connected with the first map."""

    def __init__(self, address: str) -> None:
        """Take the scheduler's address, like tcp://10.0.0.5:8786; raises WrongUse for what is none."""
        scheme, _, place = address.partition("://")
        if scheme not in ("tcp", "tls") or not place:
            raise WrongUse(
                f"“{address}” is no address of a cluster.",
                "Write it as its scheduler says it: tcp://HOST:PORT.",
            )
        self.address = address
        self._client: Any = None  # Dask's client; it has no types worth the name

    def __enter__(self) -> ClusterWorkers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def map(
        self, work: Callable[[Task], Result], tasks: Sequence[Task], pulse: Callable[[], None] = still
    ) -> Iterator[Result]:
        """Yield `work(task)` for each task, in order; `pulse` may wait (a pause) or raise (a stop)."""
        client = self._connected()
        # A computed value, not a scattered one: if the computer that has it leaves, it is made again.
        shared = client.submit(pickle.loads, pickle.dumps(work), pure=False)
        groups = range(0, len(tasks), GROUP)
        most = max(2, UNDER_WAY * sum(client.nthreads().values()))
        under_way: deque[Any] = deque()
        try:
            for first in groups:
                under_way.append(
                    client.submit(carry_out, shared, list(tasks[first : first + GROUP]), pure=False)
                )
                while len(under_way) >= most:
                    yield from self._oldest(under_way, pulse)
            while under_way:
                yield from self._oldest(under_way, pulse)
        finally:
            # What nobody wants any more the scheduler drops; nobody here waits until it has.
            for each in (*under_way, shared):
                each.release()

    def close(self) -> None:
        """Leave the cluster; what this program had under way there is dropped."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self) -> Any:
        if self._client is not None:
            return self._client
        try:
            from distributed import Client
        except ImportError as error:
            raise WrongUse(
                "This installation cannot use a cluster: Dask is missing.",
                "Install it with `pip install 'cobuilder-studio[cluster]'`, or leave --cluster out.",
            ) from error
        try:
            _knock(self.address)
            make: Any = Client
            client = make(self.address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ProviderFailed(
                f"The cluster at {self.address} does not answer.",
                "Check the address and that its scheduler runs, or leave --cluster out.",
            ) from error
        try:
            _check(client, self.address)
        except BaseException:
            client.close()
            raise
        self._client = client
        return client

    def _oldest(self, under_way: deque[Any], pulse: Callable[[], None]) -> Iterator[Any]:
        from distributed.scheduler import KilledWorker

        # Asked for once, and never called back: with a time limit Dask would begin to fetch anew at each
        # heartbeat, and what takes longer than one would never be here. Releasing the group ends the wait.
        loop = self._client.loop.asyncio_loop
        arriving = asyncio.run_coroutine_threadsafe(
            self._client.gather(under_way[0], asynchronous=True), loop
        )
        pulse()
        while not wait([arriving], timeout=HEARTBEAT).done:
            pulse()
        try:
            yield from arriving.result()
        except KilledWorker as error:
            raise ProviderFailed(
                "Computers of the cluster ended one after the other at the same conversations.",
                "Run again; if it happens again, use fewer customers or run on this computer.",
            ) from error
        except CancelledError as error:
            raise ProviderFailed(
                f"The cluster at {self.address} dropped the work.",
                "Check that its scheduler still runs, then run again.",
            ) from error
        under_way.popleft()


def _knock(address: str) -> None:
    """Return as soon as somebody listens there; raises OSError.

    A client that cannot connect would leave its thread behind.
    """
    where = urlsplit(address)
    deadline = monotonic() + SECONDS_TO_CONNECT
    while True:
        try:
            socket.create_connection((where.hostname or "", where.port or 8786), SECONDS_TO_CONNECT).close()
            return
        except OSError:
            if monotonic() > deadline:
                raise
        sleep(HEARTBEAT)


def _check(client: Any, address: str) -> None:
    """Refuse a cluster without computers, or with another version of this program."""
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
    except TimeoutError as error:
        raise ProviderFailed(
            f"The cluster at {address} has no computers that work.",
            "Start workers for it, or leave --cluster out.",
        ) from error
    try:
        versions: dict[str, str] = client.run(version_here)
    except Exception as error:  # whatever goes wrong there: it cannot run this program
        raise ProviderFailed(
            f"The computers of the cluster at {address} do not have this program.",
            f"Install cobuilder-studio {__version__} on each of them.",
        ) from error
    others = sorted({version for version in versions.values() if version != __version__})
    if others:
        raise ProviderFailed(
            f"The cluster at {address} has version {', '.join(others)} of this program; here is "
            f"{__version__}.",
            "Install the same version on each of its computers.",
        )
