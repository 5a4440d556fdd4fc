"""Situations as boxes: for each fact the pieces it may be, as bits; and how tests split them.

- A store is a box as a tuple, one set of bits for each tracked fact; an empty set makes the box empty.
- Splitting is exact: the parts are disjoint and together are the whole. Where too many parts would be made,
  the solver is asked which sides are possible at all, and both come back whole, marked as not exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from studio.checks.facts import FactBook
from studio.domain.condition import All, Compare, Condition, Not

Store = tuple[int, ...]
Box = tuple[tuple[int, int], ...]
"""(fact, bits) for the facts that a box narrows."""

MOST_PARTS = 96
"""Boxes a situation may be split into by one test."""


class Split(NamedTuple):
    """The parts in which a test holds and in which it does not; `exact` where nothing was guessed."""

    holds: list[Store]
    fails: list[Store]
    exact: bool


class TooManyParts(Exception):
    """A test splits a situation into more boxes than are kept."""


def meet(store: Store, box: Box) -> Store | None:
    """Return a store narrowed to a box; None where nothing is left."""
    found: list[int] | None = None
    for at, mask in box:
        bits = store[at] & mask
        if not bits:
            return None
        if bits != store[at]:
            if found is None:
                found = list(store)
            found[at] = bits
    return store if found is None else tuple(found)


def without(store: Store, box: Box) -> list[Store]:
    """Return the disjoint parts of a store that lie outside a box."""
    found: list[Store] = []
    rest = store
    for at, mask in box:
        outside = rest[at] & ~mask
        if outside:
            found.append((*rest[:at], outside, *rest[at + 1 :]))
        inside = rest[at] & mask
        if not inside:
            return found
        if inside != rest[at]:
            rest = (*rest[:at], inside, *rest[at + 1 :])
    return found


class Splitter:
    """Splits stores by conditions over the tracked facts."""

    def __init__(self, book: FactBook, index: Mapping[str, int]) -> None:
        """Take the facts, and where each stands in a store."""
        self.book = book
        self.index = index

    def split(self, condition: Condition, store: Store) -> Split:
        """Return a store split by a condition."""
        try:
            holds, fails, exact = self._split(condition, store)
        except TooManyParts:
            return self._by_solver(condition, store)
        return Split(holds, fails, exact)

    def _split(self, condition: Condition, store: Store) -> Split:
        if isinstance(condition, Compare):
            return self._compare(condition, store)
        if isinstance(condition, Not):
            found = self._split(condition.of, store)
            return Split(found.fails, found.holds, found.exact)
        every = isinstance(condition, All)
        going, settled, exact = [store], list[Store](), True
        for part in condition.of:
            further: list[Store] = []
            for each in going:
                found = self._split(part, each)
                exact = exact and found.exact
                further += found.holds if every else found.fails
                settled += found.fails if every else found.holds
            going = further
            if len(going) + len(settled) > MOST_PARTS:
                raise TooManyParts
        return Split(going, settled, exact) if every else Split(settled, going, exact)

    def _compare(self, condition: Compare, store: Store) -> Split:
        mask = self.book.mask(condition.field, condition.op, condition.value)
        at = self.index.get(condition.field)
        if mask is None or at is None:
            return Split([store], [store], False)
        inside, outside = store[at] & mask, store[at] & ~mask
        if not inside or not outside:
            return Split([store] if inside else [], [] if inside else [store], True)
        holds = [(*store[:at], inside, *store[at + 1 :])]
        fails = [(*store[:at], outside, *store[at + 1 :])]
        return Split(holds, fails, True)

    def _by_solver(self, condition: Condition, store: Store) -> Split:
        from studio.checks.solver import possible

        holds = possible(self.book, self.index, store, condition)
        fails = possible(self.book, self.index, store, Not(of=condition))
        return Split([store] if holds else [], [store] if fails else [], not (holds and fails))


def box_of(masks: Sequence[tuple[int, int | None]]) -> tuple[Box, bool]:
    """Return a box, and whether all of its tests were decided; undecided ones narrow nothing."""
    return tuple((at, mask) for at, mask in masks if mask is not None), all(m is not None for _, m in masks)
