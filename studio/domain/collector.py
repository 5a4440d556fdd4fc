"""Pausing Python's search for cyclic garbage while many values that have no cycles are made.

- Thousands of small values at once make the collector look at all of them again and again; pausing it
  while they are made saves up to half of the time, and nothing leaks: it looks once all is done.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the collector for a block that makes no cycles; afterwards all is as before."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
