"""Long work: `work(progress) -> result` in plain Python that writes nothing; one command records it.

- `progress(fraction, message)` raises `Cancelled` when the user asked to stop; a cancelled job
  leaves no trace.
- A job started in the background runs in a thread of its own; its listeners are called there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from studio.domain.errors import Cancelled
from studio.ports import Clock, DocumentReader, LanguageModel, Progress, RunLog, UnitOfWork, Workers
from studio.services.commands import Command

Result = TypeVar("Result")
Made = TypeVar("Made", covariant=True)


def no_model() -> None:
    """Return no language model; for whoever works without one."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a job may use while it works; no transaction is open then.

    `model` returns the language model for this run, or None where none is chosen; call it in the work.
    `run_log` returns a new log for the conversations of a run.
    """

    readers: tuple[DocumentReader, ...]
    workers: Workers
    clock: Clock
    run_log: Callable[[], RunLog]
    model: Callable[[], LanguageModel | None] = no_model


class Job(Protocol[Result]):
    """One piece of long work."""

    @property
    def title(self) -> str:
        """Return what is being done, for the job tray."""
        ...

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Result]:
        """Read what the work needs, in a short transaction, and return the work."""
        ...

    def record(self, result: Result) -> Command | None:
        """Return the command that keeps the result, or None where there is nothing to keep."""
        ...


class Handle(Generic[Made]):
    """A job in the background: how far it is, and ways to hold it up and to stop it."""

    def __init__(self, title: str) -> None:
        """Take the title."""
        self.title = title
        self._stop = threading.Event()
        self._may_run = threading.Event()
        self._may_run.set()
        self.thread: threading.Thread | None = None

    def cancel(self) -> None:
        """Ask the job to stop at its next report of progress, also where it is held up."""
        self._stop.set()
        self._may_run.set()

    @property
    def paused(self) -> bool:
        """Return whether the job is held up."""
        return not self._may_run.is_set()

    def pause(self) -> None:
        """Hold the job up at its next report of progress; what it has begun in other processes ends."""
        if not self._stop.is_set():
            self._may_run.clear()

    def resume(self) -> None:
        """Let the job go on."""
        self._may_run.set()

    def watch(self, listener: Progress) -> Progress:
        """Return a Progress that tells the listener, waits while the job is held up, stops when asked to."""

        def progress(fraction: float, message: str = "") -> None:
            self._may_run.wait()
            if self._stop.is_set():
                raise Cancelled
            listener(fraction, message)

        return progress

    def begin(
        self,
        work: Callable[[Progress], Made],
        on_progress: Progress,
        on_done: Callable[[Made], None],
        on_failed: Callable[[BaseException], None],
    ) -> None:
        """Do the work in a thread of its own; the listeners are called in that thread."""

        def main() -> None:
            try:
                made = work(self.watch(on_progress))
            except Exception as error:  # the face shows it; a thread has nobody else to tell
                on_failed(error)
            else:
                on_done(made)

        self.thread = threading.Thread(target=main, name=f"job: {self.title}", daemon=True)
        self.thread.start()

    def join(self, seconds: float | None = None) -> None:
        """Wait until the job has ended."""
        if self.thread is not None:
            self.thread.join(seconds)
