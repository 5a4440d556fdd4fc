"""The limits of the endpoint, and the rate at which one address may ask."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the endpoint takes on before it says no.

    - `rate` is how many requests a second one address may send in the long run, `burst` how many at once.
    - `header_seconds` is how long the headers of a request may take to arrive, `read_seconds` its body.
    """

    open_conversations: int = 1_000
    idle_seconds: float = 1_800.0
    body_bytes: int = 16_384
    header_seconds: float = 10.0
    read_seconds: float = 10.0
    rate: float = 50.0
    burst: int = 100
    connections: int = 512
    workers: int = 8


class Rate:
    """Counts the requests of each address: a bucket that fills steadily and is emptied by asking."""

    def __init__(self, rate: float, burst: int, steady: Callable[[], float]) -> None:
        """Take the rate a second, the size of the bucket, and a steady clock."""
        self._rate = rate
        self._burst = burst
        self._steady = steady
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Return whether this address may ask now, and count it."""
        now = self._steady()
        level, since = self._buckets.pop(address, (float(self._burst), now))
        level = min(float(self._burst), level + (now - since) * self._rate)
        allowed = level >= 1
        self._buckets[address] = (level - 1 if allowed else level, now)
        while len(self._buckets) > _ADDRESSES:
            self._buckets.popitem(last=False)
        return allowed
