"""What a diff shows of its rows: both sides, one below the other, and runs without a change as one fold.

- A run is folded when it hides more than one row; one row beside each change stays, to tell where it is.
- Nothing is lost: every row stands exactly once in what is shown, in a fold or by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import repeat

BOTH, LEFT, RIGHT, FOLD = "both", "left", "right", "fold"
Shown = tuple[int, str, int]
"""The row, its sides, and for a fold how many rows it hides."""

BESIDE = 1
HIDES = 2


def arrange(
    same: Sequence[bool], sided: Sequence[tuple[bool, bool]], opened: AbstractSet[int] | None
) -> Sequence[Shown]:
    """Return what is shown, in order.

    `sided` tells for an inline view whether a row has a left and a right side, and is empty side by side.
    `opened` are the rows whose folds were opened; None folds nothing.
    """
    if opened is None or True not in same:
        folds: list[tuple[int, int]] = []
    else:
        folds = [run for run in _runs(same) if run[0] not in opened]
    if not folds and not sided:
        return _every(len(same))
    shown: list[Shown] = []
    at = 0
    for start, end in [*folds, (len(same), len(same))]:
        shown += _open(at, start, sided)
        if end > start:
            shown.append((start, FOLD, end - start))
        at = end
    return shown


@lru_cache(maxsize=2)
def _every(count: int) -> Sequence[Shown]:
    """Return so many rows with both sides: the same ones for a text of as many rows, which nobody changes."""
    return tuple(zip(range(count), repeat(BOTH), repeat(0)))


def _open(start: int, end: int, sided: Sequence[tuple[bool, bool]]) -> list[Shown]:
    """Return rows that are not folded."""
    if not sided:
        return list(zip(range(start, end), repeat(BOTH), repeat(0)))
    found = []
    for row in range(start, end):
        left, right = sided[row]
        if left:
            found.append((row, LEFT, 0))
        if right:
            found.append((row, RIGHT, 0))
    return found


def _runs(same: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the parts of runs without a change that are worth folding."""
    found = []
    size, at = len(same), 0
    while at < size:
        if not same[at]:
            at += 1
            continue
        end = at
        while end < size and same[end]:
            end += 1
        start, stop = at + (BESIDE if at else 0), end - (BESIDE if end < size else 0)
        if stop - start >= HIDES and (at or end < size):
            found.append((start, stop))
        at = end
    return found
