"""Pace: how far the stages of one reading are, told while they go on.

- A stage has a share of the whole, and goes on by beats; the beats that it is expected to take only set its
  pace: more of them never pass its share.
- Heard is every stage's end, and what lies between at most twenty times a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from studio.domain.pulse import watched

Told = Callable[[float], object]
"""Hears how far a reading is, 0 to 1; what it raises ends the reading."""

_SECONDS = 0.05


def unheard(_share: float) -> None:
    """Tell nobody."""


class Pace:
    """How far one reading is."""

    def __init__(self, told: Told) -> None:
        """Start at nothing."""
        self._told = told
        self._done = 0.0
        self._last = monotonic()

    @contextmanager
    def stage(self, share: float, beats: int) -> Iterator[None]:
        """Watch one stage, which makes this share of the whole and takes about so many beats."""
        count = 0

        def step() -> None:
            nonlocal count
            count += 1
            now = monotonic()
            if now - self._last >= _SECONDS:
                self._last = now
                self._told(self._done + share * min(1.0, count / max(1, beats)))

        with watched(step):
            yield
        self._done += share
        self._told(min(1.0, self._done))
