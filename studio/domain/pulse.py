"""The pulse of long work: code deep inside beats, and whoever watches hears it and may raise to stop.

- Nobody watches unless `watched` says so; then a beat costs next to nothing.
- A watch holds for one thread and the extent of one `with`; so what beats needs no parameter for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

_listener: ContextVar[Callable[[], object] | None] = ContextVar("pulse", default=None)


def beat() -> None:
    """Tell whoever watches that the work goes on; what the listener raises ends the work."""
    listener = _listener.get()
    if listener is not None:
        listener()


@contextmanager
def watched(listener: Callable[[], object], seconds: float = 0.0) -> Iterator[None]:
    """Call the listener at the beats inside this `with`, in place of an outer one.

    `seconds`: beats that follow the last one heard sooner than this are passed over.
    """
    heard = monotonic()

    def hear() -> None:
        nonlocal heard
        now = monotonic()
        if now - heard >= seconds:
            heard = now
            listener()

    token = _listener.set(hear if seconds else listener)
    try:
        yield
    finally:
        _listener.reset(token)
