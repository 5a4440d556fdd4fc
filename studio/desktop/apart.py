"""Short work apart from the window's thread: opening a key, reading a large file; the answer comes back here.

- One piece of work at a time; whoever let go of it hears nothing more, and its thread ends by itself.
- Work that reports its progress is stopped where nobody waits for it any more.
- What fails in a way that nobody foresaw goes where every fault goes, and is told as a failure.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from studio.desktop.relay import Relay
from studio.ports import Progress
from studio.services.jobs import Handle

Result = TypeVar("Result")


class Apart(QObject, Generic[Result]):
    """Does work apart; made and called in the window's thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._relay = Relay(self)
        self._relay.done.connect(self._on_done)
        self._relay.failed.connect(self._on_failed)
        self._handle: Handle[Result] | None = None
        self._done: Callable[[Result], object] = lambda _result: None
        self._failed: Callable[[], object] = lambda: None

    @property
    def busy(self) -> bool:
        """Return whether something is being done."""
        return self._handle is not None

    def run(
        self,
        title: str,
        work: Callable[[], Result],
        done: Callable[[Result], object],
        failed: Callable[[], object] = lambda: None,
    ) -> None:
        """Do the work; then call `done` with what it made, or `failed`, in the window's thread."""
        self.run_watched(title, lambda _progress: work(), done, failed)

    def run_watched(
        self,
        title: str,
        work: Callable[[Progress], Result],
        done: Callable[[Result], object],
        failed: Callable[[], object] = lambda: None,
    ) -> None:
        """Do work that reports its progress, and so can be stopped when nobody waits for it any more."""
        if self._handle is not None:
            self._handle.cancel()
        handle = self._handle = Handle(title)
        self._done, self._failed = done, failed
        tell = self._relay
        handle.begin(
            work,
            lambda _fraction, _message="": None,
            lambda made: tell.tell_done(made, handle),
            lambda error: tell.tell_failed(error, handle),
        )

    def let_go(self, seconds: float = 30) -> None:
        """Hear no more of what is being done, and wait for its thread."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.cancel()
            handle.join(seconds)

    def _on_done(self, made: Result, of: object) -> None:
        if self._ended(of):
            self._done(made)

    def _on_failed(self, error: BaseException, of: object) -> None:
        if self._ended(of):
            sys.excepthook(type(error), error, error.__traceback__)
            self._failed()

    def _ended(self, of: object) -> bool:
        handle = self._handle
        if handle is None or of is not handle:
            return False
        handle.join(10)  # the thread has told its last; waiting leaves none behind
        self._handle = None
        return True
