"""Workers that are other processes: spawned, fed one task at a time, and stopped at once when asked.

- Results come in the order of the tasks, whichever process was faster.
- No threads: this process waits on pipes. A broken-off map (error, cancel, generator closed) kills the
  busy processes; they are started anew when needed. Processes are daemons and end with this one.
- A process that dies is noticed and reported as a sentence, never waited for.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Any, TypeVar

from studio.domain.errors import ProviderFailed
from studio.ports import still

Task = TypeVar("Task")
Result = TypeVar("Result")

HEARTBEAT = 0.05
"""Seconds after which `pulse` is called again while nothing arrives."""


def serve(pipe: Connection) -> None:
    """Carry out what arrives until None arrives; runs in the worker process."""
    work: Callable[[Any], Any] | None = None
    while True:
        try:
            message = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
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

    def __enter__(self) -> PoolWorkers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def map(
        self, work: Callable[[Task], Result], tasks: Sequence[Task], pulse: Callable[[], None] = still
    ) -> Iterator[Result]:
        """Yield `work(task)` for each task, in order; `pulse` may raise to stop everything."""
        finished = False
        try:
            self._hire(min(self.size, len(tasks)), work)
            yield from self._run(tasks, pulse)
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

    def _hire(self, count: int, work: Callable[[Any], Any]) -> None:
        while len(self._hands) < count:
            ours, theirs = get_context("spawn").Pipe()
            process = get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            self._hands.append(_Hand(process, ours))
        for hand in self._hands:
            self._send(hand, ("work", work))

    def _dismiss(self) -> None:
        for hand in self._hands:
            hand.process.kill()
        for hand in self._hands:
            hand.process.join()
            hand.process.close()
            hand.pipe.close()
        self._hands = []

    def _run(self, tasks: Sequence[Any], pulse: Callable[[], None]) -> Iterator[Any]:
        waiting = iter(enumerate(tasks))
        for hand in self._hands:
            self._feed(hand, next(waiting, None))
        arrived: dict[int, Any] = {}
        for index in range(len(tasks)):
            while index not in arrived:
                pulse()
                busy = {hand.pipe: hand for hand in self._hands if hand.task is not None}
                for ready in wait(list(busy), HEARTBEAT):
                    hand = busy[ready]  # type: ignore[index]
                    task, result = self._take(hand)
                    arrived[task] = result
                    self._feed(hand, next(waiting, None))
            yield arrived.pop(index)

    def _feed(self, hand: _Hand, numbered: tuple[int, Any] | None) -> None:
        hand.task = None
        if numbered is not None:
            hand.task = numbered[0]
            self._send(hand, ("task", numbered[1]))

    def _send(self, hand: _Hand, message: object) -> None:
        try:
            hand.pipe.send(message)
        except OSError as error:
            raise _died(hand) from error

    def _take(self, hand: _Hand) -> tuple[int, Any]:
        assert hand.task is not None
        try:
            fine, value = pickle.loads(hand.pipe.recv_bytes())
        except (EOFError, OSError) as error:
            raise _died(hand) from error
        if not fine:
            raise value
        return hand.task, value


def _died(hand: _Hand) -> ProviderFailed:
    hand.process.join(0.5)
    return ProviderFailed(
        f"A worker process ended unexpectedly (code {hand.process.exitcode}).",
        "Run again; if it happens again, use fewer customers or run in this process.",
    )
