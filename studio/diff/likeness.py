"""Likeness: whether two blocks at one place of a gap are plainly versions of each other.

- Told quickly or not at all: what is doubtful is aligned with the whole gap.
- Of sentences made after one pattern, a block shares much with the neighbours of its version, too.
"""

from __future__ import annotations

from studio.diff.walking import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from studio.diff.sides import Pairing, Side

PLAIN_RATIO = 0.6
CLEAR_RATIO = 0.7
FEW = 6
"""In so few words a mark weighs: "In $10." and "In $20." are half different, and yet one sentence."""


class Sets:
    """The different words of the blocks of one gap, made when they are asked for."""

    __slots__ = ("made", "places", "side")

    def __init__(self, side: Side, places: list[int]) -> None:
        """Begin without any."""
        self.side, self.places = side, places
        self.made: dict[int, set[str]] = {}

    def __len__(self) -> int:
        """Return how many blocks the gap has."""
        return len(self.places)

    def __getitem__(self, at: int) -> set[str]:
        """Return the different words of the gap's block of that number."""
        found = self.made.get(at)
        if found is None:
            found = self.made[at] = set(self.side.read(self.places[at]))
        return found


def walked(found: Pairing, lefts: Sets, rights: Sets, x: int, y: int) -> int:
    """Link block by block what is the same, side by side, but for some words; return how many blocks are.

    Asked in gaps of as many blocks on both sides: where most words stay in order, no neighbour is closer.
    """
    write, links, left, right = found.write, found.links, found.left, found.right
    text_a, text_b, starts_a, starts_b = left.text, right.text, left.starts, right.starts
    for done, (i, j) in enumerate(zip(lefts.places[x:], rights.places[y:])):  # noqa: B905 - one may be shorter
        a = text_a[starts_a[i] : starts_a[i + 1]].split()
        b = text_b[starts_b[j] : starts_b[j + 1]].split()
        size_a, size_b = len(a), len(b)
        small, large = (size_a, size_b) if size_a < size_b else (size_b, size_a)
        if small <= FEW or large - small > 2 + large // 8:
            return done
        places = walk(a, b)
        if places is None:
            return done
        kept = size_a
        for i1, i2, _, _ in places:
            kept -= i2 - i1
        doubtful = kept <= CLEAR_RATIO * large or (kept >= small - 1 and large - small > 2)
        if doubtful and (kept <= PLAIN_RATIO * large or not plainly_same(lefts, rights, x + done, y + done)):
            return done
        links.append((i, i + 1, j, j + 1))
        if write is not None:
            found.told[i] = write(a, b, places)
    return min(len(lefts) - x, len(rights) - y)


def plainly_same(lefts: Sets, rights: Sets, x: int, y: int) -> bool:
    """Tell whether two blocks leave no doubt, nor a part that was split off.

    They are about as long, share most of their words, and clearly more than either with a neighbour of the
    other: of sentences made after one pattern, only an alignment tells which is which.
    """
    a, b = lefts[x], rights[y]
    small, large = (len(a), len(b)) if len(a) < len(b) else (len(b), len(a))
    shared = len(a & b)
    if small <= FEW or shared <= PLAIN_RATIO * large or large - small > 2 + large // 8:
        return False
    if shared >= small - 1 and large - small > (2 if len(lefts) == len(rights) else 0):
        return False  # one is inside the other, whose rest may be the block behind
    limit = shared - large // 4
    near = y + 1 if y + 1 < len(rights) else y - 1
    if near >= 0 and len(rights[near] & a) >= limit:
        return False
    near = x + 1 if x + 1 < len(lefts) else x - 1
    return near < 0 or len(lefts[near] & b) < limit
