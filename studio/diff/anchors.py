"""Anchors: equal items of two sequences that hold a comparison in place.

- Items are compared by key. A key that occurs once on each side is trusted; the heaviest increasing
  chain of such keys stays in place, so a long paragraph is never "moved" to keep a short one still.
- Equal items outside the chain are moves. Short items move only beside a longer one.
"""

from __future__ import annotations

from bisect import bisect_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

Pair = tuple[int, int]

MOVE_WORDS = 5
"""An item of fewer words is no evidence of a move by itself ("Yes.", "See below.")."""


def heaviest_chain(pairs: Sequence[Pair], weights: Sequence[int]) -> list[Pair]:
    """Return the chain of pairs increasing on both sides with the largest sum of weights.

    `pairs` ascend by their first member and have distinct second members. O(n log n): `ends` and
    `totals` are the staircase of best chains by the place where they end.
    """
    seconds = [j for _, j in pairs]
    if seconds == sorted(seconds):
        return list(pairs)
    ends: list[int] = []
    totals: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, ((_, j), weight) in enumerate(zip(pairs, weights, strict=True)):
        if not ends or j > ends[-1]:  # the common case: in order
            before.append(last[-1] if ends else -1)
            totals.append(weight + (totals[-1] if ends else 0))
            ends.append(j)
            last.append(number)
            continue
        at = bisect_left(ends, j)
        before.append(last[at - 1] if at else -1)
        total = weight + (totals[at - 1] if at else 0)
        stop = at
        while stop < len(ends) and totals[stop] <= total:
            stop += 1
        ends[at:stop], totals[at:stop], last[at:stop] = [j], [total], [number]
    chain: list[Pair] = []
    at = last[-1] if last else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def common_ends(a: Sequence[Hashable], b: Sequence[Hashable], box: tuple[int, int, int, int]) -> Pair:
    """Return how many items are equal at the start and at the end of `a[i1:i2]` and `b[j1:j2]`."""
    i1, i2, j1, j2 = box
    start = 0
    room = min(i2 - i1, j2 - j1)
    while start < room and a[i1 + start] == b[j1 + start]:
        start += 1
    end = 0
    while end < room - start and a[i2 - 1 - end] == b[j2 - 1 - end]:
        end += 1
    return start, end


def unique_pairs(
    a: Sequence[Hashable], b: Sequence[Hashable], box: tuple[int, int, int, int]
) -> tuple[list[Pair], set[Hashable]]:
    """Return the places of the keys that occur once on each side of the box, by first place, and the others.

    The others are the keys of both sides that are repeated on one of them.
    """
    i1, i2, j1, j2 = box
    left, right = a[i1:i2], b[j1:j2]
    last_a = dict(zip(left, range(i1, i2), strict=True))
    last_b = dict(zip(right, range(j1, j2), strict=True))
    if len(last_a) == len(left) and len(last_b) == len(right):  # nothing is repeated
        places = enumerate(map(last_b.get, left), i1)
        return [(i, j) for i, j in places if j is not None], set()
    both = last_a.keys() & last_b.keys()
    if not both:
        return [], both
    others = both & (_twice(left, last_a) | _twice(right, last_b))
    once = both - others if others else both
    return [(i, last_b[key]) for key, i in last_a.items() if key in once], others


def _twice(items: Sequence[Hashable], last: dict[Hashable, int]) -> set[Hashable]:
    """Return the items that occur more than once; `last` has the last place of each."""
    if len(last) == len(items):
        return set()
    seen: set[Hashable] = set()
    return {item for item in items if item in seen or seen.add(item)}  # type: ignore[func-returns-value]


def in_place(
    a: Sequence[Hashable],
    b: Sequence[Hashable],
    weight: Callable[[int], int] = lambda _: 1,
    box: tuple[int, int, int, int] | None = None,
) -> list[Pair]:
    """Return the equal items of `a` and `b` that keep their order, as increasing pairs of places.

    `weight(i)` says how much `a[i]` counts. Keys repeated in the whole may be unique between two
    anchors, so each gap is searched again until nothing new is found.
    """
    found: list[Pair] = []
    boxes = [box or (0, len(a), 0, len(b))]
    while boxes:
        i1, i2, j1, j2 = boxes.pop()
        start, end = common_ends(a, b, (i1, i2, j1, j2))
        found += [(i1 + k, j1 + k) for k in range(start)]
        found += [(i2 - 1 - k, j2 - 1 - k) for k in range(end)]
        i1, i2, j1, j2 = i1 + start, i2 - end, j1 + start, j2 - end
        if i1 == i2 or j1 == j2 or (i2 - i1 == 1 and j2 - j1 == 1):
            continue
        pairs, others = unique_pairs(a, b, (i1, i2, j1, j2))
        if pairs:
            chain = heaviest_chain(pairs, [weight(i) for i, _ in pairs])
            found += chain
            if others:  # what was unique and fits between the links is a link by now
                boxes += [
                    each
                    for each in gaps(chain, (i1, i2, j1, j2))
                    if not others.isdisjoint(a[each[0] : each[1]])
                ]
    found.sort()
    return found


def gaps(chain: Iterable[Pair], box: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
    """Return the boxes between the pairs of a chain inside `box`, leaving out empty ones."""
    i, i2, j, j2 = box
    found = []
    for x, y in chain:
        if x > i or y > j:
            found.append((i, x, j, y))
        i, j = x + 1, y + 1
    if i2 > i or j2 > j:
        found.append((i, i2, j, j2))
    return found


def moves(
    a: Sequence[Hashable],
    b: Sequence[Hashable],
    free: tuple[Sequence[int], Sequence[int]],
    words: Callable[[int], int],
) -> list[Pair]:
    """Return equal items that changed place, among the `free` (unmatched) places of each side.

    `words(i)` is the length of `a[i]`; an item shorter than `MOVE_WORDS` moves only when the item
    next to it does.
    """
    both = {a[i] for i in free[0]}.intersection([b[j] for j in free[1]])
    if not both:
        return []
    places: dict[Hashable, list[int]] = {}
    for j in reversed(free[1]):
        if b[j] in both:
            places.setdefault(b[j], []).append(j)
    found: dict[int, int] = {}
    for i in free[0]:
        if a[i] in both and places[a[i]] and words(i) >= MOVE_WORDS:
            found[i] = places[a[i]].pop()
    if not found:
        return []
    free_a, free_b = set(free[0]) - found.keys(), set(free[1]) - set(found.values())
    for i, j in list(found.items()):
        for step in (-1, 1):
            x, y = i + step, j + step
            while x in free_a and y in free_b and a[x] == b[y]:
                found[x] = y
                free_a.discard(x)
                free_b.discard(y)
                x, y = x + step, y + step
    return sorted(found.items())
