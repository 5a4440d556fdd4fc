"""How a verb that keeps on working is stopped: Ctrl-C or a request to end wakes it from its waiting at once.

- Waiting costs nothing: it sleeps in the system until the time is over or a signal writes into a socket.
- What is being written when the signal comes is finished first.
"""

from __future__ import annotations

import select
import signal
import socket
import threading
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Hears signals while it is entered; `wait` returns whether it is time to stop."""

    def __init__(self) -> None:
        self.asked = False
        self._heard, self._bell = socket.socketpair()
        self._before: dict[int, Any] = {}
        self._bell_before = -1

    def __enter__(self) -> Self:
        """Take over the signals, where this is the main thread."""
        self._bell.setblocking(False)
        if threading.current_thread() is threading.main_thread():
            self._bell_before = signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
            self._before = {each: signal.signal(each, self._hear) for each in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._before:
            signal.set_wakeup_fd(self._bell_before)
        self._heard.close()
        self._bell.close()

    def now(self) -> None:
        """Ask it to stop, from any thread."""
        self.asked = True
        self._bell.send(b"\0")

    def wait(self, seconds: float) -> bool:
        """Wait, but no longer than until a signal comes; return whether one came."""
        if not self.asked:
            select.select([self._heard], [], [], seconds)
        return self.asked

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
