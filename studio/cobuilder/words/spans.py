"""Spans: whether a stretch of text touches one of very many others, without trying each of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate


class Spans:
    """Stretches of a text, (start, end) each; they may overlap and come in any order."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        """Sort them once."""
        ordered = sorted(set(spans))
        self._starts = [start for start, _ in ordered]
        self._furthest = list(accumulate((end for _, end in ordered), max))

    def meet(self, start: int, end: int) -> bool:
        """Say whether one of the stretches has a place in common with this one."""
        at = bisect_left(self._starts, end)
        return at > 0 and self._furthest[at - 1] > start
