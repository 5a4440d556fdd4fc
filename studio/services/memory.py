"""A small memory of what was worked out last, safe for the window's threads.

- The lock is held for a look, never while something is worked out: a page does not wait for a job.
- Where two threads work out the same at once, both get what was there first: one key, one object.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """The last few values, by key."""

    def __init__(self, most: int) -> None:
        """Remember so many."""
        self._most = most
        self._known: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: Key) -> bool:
        """Return whether something is remembered under a key."""
        with self._lock:
            return key in self._known

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return what is remembered under a key; where nothing is, make and remember it."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = make()
        with self._lock:
            found = self._known.setdefault(key, made)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
            return found
