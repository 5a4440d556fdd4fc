"""Workers that are other processes: spawned, fed one task at a time, and stopped at once when asked.

- Results come in the order of the tasks, whichever process was faster; who is far ahead waits.
- No threads: this process waits on pipes. A broken-off map (error, cancel, generator closed) kills the
  busy processes; they are started anew when needed. Processes are daemons and end with this one.
- A process that dies loses nothing: another one takes its place, and its task runs again. A task that
  ends `ATTEMPTS` processes is reported as a sentence.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Any, TypeVar

from studio.domain.errors import ProviderFailed
from studio.running import still

Task = TypeVar("Task")
Result = TypeVar("Result")

HEARTBEAT = 0.05
"""Seconds after which `pulse` is called again while nothing arrives."""
AHEAD = 8
"""Tasks that each process may be ahead of the oldest one that is not done: results must wait in memory."""
ATTEMPTS = 3
"""Processes that one task may end before it is given up."""


def serve(pipe: Connection) -> None:
    """Carry out what arrives until None arrives; runs in the worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the program ends this one, too
    gc.set_threshold(50_000, 20, 20)
    work: Callable[[Any], Any] | None = None
    while True:
        try:
            message = pipe.recv()
        except (EOFError, OSError):
            return
        if message is None:
            return
        kind, value = message
        if kind == "work":
            work = value
            continue
        assert work is not None
        try:
            answer = pickle.dumps((True, work(value)), pickle.HIGHEST_PROTOCOL)
        except BaseException as error:
            answer = _failure(error)
        try:
            pipe.send_bytes(answer)
        except OSError:
            return


def _failure(error: BaseException) -> bytes:
    try:
        data = pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
        pickle.loads(data)
    except Exception:
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
    return data


def processors() -> int:
    """Return how many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


@dataclass(slots=True)
class _Hand:
    """One worker process, our end of its pipe, and the task it is busy with."""

    process: SpawnProcess
    pipe: Connection
    task: int | None = None


class PoolWorkers:
    """A pool of spawned processes; a context manager, started with the first map.

    `size` defaults to the number of processors this process may use.
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = max(1, size or processors())
        self._hands: list[_Hand] = []
        self._work: Callable[[Any], Any] | None = None

    def __enter__(self) -> PoolWorkers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def processes(self) -> tuple[int, ...]:
        """Return the numbers of the processes that run now."""
        return tuple(hand.process.pid or 0 for hand in self._hands)

    def map(
        self, work: Callable[[Task], Result], tasks: Sequence[Task], pulse: Callable[[], None] = still
    ) -> Iterator[Result]:
        """Yield `work(task)` for each task, in order; `pulse` may wait (a pause) or raise (a stop)."""
        finished = False
        self._work = work
        try:
            for hand in tuple(self._hands):
                try:
                    hand.pipe.send(("work", work))
                except OSError:  # it died while it waited; the new one is told at once what to do
                    self._replace(hand)
            while len(self._hands) < min(self.size, len(tasks)):
                self._hire()
            yield from _Round(self, tasks, pulse).results()
            finished = True
        finally:
            if not finished:
                self._dismiss()

    def close(self) -> None:
        """End all processes, busy or not."""
        for hand in self._hands:
            if hand.task is None:
                try:
                    hand.pipe.send(None)
                except OSError:
                    continue
            else:
                hand.process.kill()
        for hand in self._hands:
            hand.process.join(1.0)
        self._dismiss()

    def _hire(self) -> None:
        """Start one more process; it is told what to do at once."""
        ours, theirs = get_context("spawn").Pipe()
        process = get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        self._hands.append(_Hand(process, ours))
        with suppress(OSError):  # one that died already is found out with its first task
            ours.send(("work", self._work))

    def _replace(self, hand: _Hand) -> int:
        """Put another process in the place of one that ended; return how that one ended."""
        hand.process.join(1.0)
        code = hand.process.exitcode
        hand.process.kill()
        hand.process.join()
        hand.process.close()
        hand.pipe.close()
        self._hands.remove(hand)
        self._hire()
        return code or 0

    def _dismiss(self) -> None:
        for hand in self._hands:
            hand.process.kill()
        for hand in self._hands:
            hand.process.join()
            hand.process.close()
            hand.pipe.close()
        self._hands = []


class _Round:
    """One map: what still waits, what has arrived, and how often a task was tried."""

    def __init__(self, pool: PoolWorkers, tasks: Sequence[Any], pulse: Callable[[], None]) -> None:
        self._pool, self._tasks, self._pulse = pool, tasks, pulse
        self._again: deque[int] = deque()
        self._next = 0
        self._wanted = 0
        self._arrived: dict[int, Any] = {}
        self._ended: dict[int, int] = {}

    def results(self) -> Iterator[Any]:
        """Yield the results in order."""
        while self._wanted < len(self._tasks):
            while self._wanted not in self._arrived:
                self._pulse()
                self._feed()
                self._listen()
            yield self._arrived.pop(self._wanted)
            self._wanted += 1

    def _feed(self) -> None:
        """Give every idle process a task, those of processes that ended first."""
        room = self._wanted + AHEAD * self._pool.size
        for hand in [each for each in self._pool._hands if each.task is None]:
            if self._again:
                hand.task = self._again.popleft()
            elif self._next < min(len(self._tasks), room):
                hand.task = self._next
                self._next += 1
            else:
                return
            try:
                hand.pipe.send(("task", self._tasks[hand.task]))
            except OSError:
                self._lost(hand)

    def _listen(self) -> None:
        """Wait a moment for results; who brings one gets its next task at once."""
        busy = {hand.pipe: hand for hand in self._pool._hands if hand.task is not None}
        for ready in wait(list(busy), HEARTBEAT):
            hand = busy[ready]  # type: ignore[index]
            try:
                fine, value = pickle.loads(hand.pipe.recv_bytes())
            except (EOFError, OSError, pickle.UnpicklingError):
                self._lost(hand)
                continue
            if not fine:
                raise value
            assert hand.task is not None
            self._arrived[hand.task], hand.task = value, None
        self._feed()

    def _lost(self, hand: _Hand) -> None:
        """Let the task of a process that ended run again elsewhere; raises ProviderFailed after too many."""
        task = hand.task
        assert task is not None
        code = self._pool._replace(hand)
        self._ended[task] = ended = self._ended.get(task, 0) + 1
        if ended >= ATTEMPTS:
            raise ProviderFailed(
                f"A worker process ended unexpectedly (code {code}), {ended} times at the same work.",
                "Run again; if it happens again, use fewer customers or run in this process.",
            )
        self._again.append(task)
