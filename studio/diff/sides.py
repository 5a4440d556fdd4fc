"""Sides: two texts as blocks, and the links found between them.

- Blocks tile a text; each has a key by which equal ones are met, and its words when they are asked for.
- A part that is no sentence ("e.g.") is put together with its neighbour, unless both are linked already.
"""

from __future__ import annotations

from studio.diff.blocks import Plainness, cut, doubtful, goes_on
from studio.diff.edits import middle
from studio.diff.words import Box, matches, words_and_spaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[list[str], list[str], list[Box]], str]
    Gap = tuple[list[int], list[int]]
    """Blocks of both sides, between two links, that have no partner yet."""
    Paired = tuple[list[Box], dict[int, str]]
    """Links, and what is told of the block that a link begins with."""
    Share = Callable[[Callable[[list[Gap]], Paired], list[Gap]], list[Paired]]
    """Does work on all gaps, in as many parts as it likes; each part is told for itself."""

Taken = tuple[set[int], set[int]]
"""Places that are linked, on each side."""


class Side:
    """One text as blocks: `starts` with the text's end behind the last, and the `keys` they are met by.

    `flat` are the chunks whose keys are themselves on one line, letter for letter, each with the number of
    letters before its key; of `_doubtful` blocks it is not known whether they begin a sentence.
    """

    __slots__ = ("_doubtful", "_words", "flat", "keys", "plainness", "starts", "text")

    def __init__(self, text: str) -> None:
        """Begin without blocks."""
        self.text = text
        self.plainness = Plainness(text)
        self.starts: list[int] = []
        self.keys: list[str] = []
        self.flat: dict[int, int] = {}
        self._doubtful: list[int] = []
        self._words: dict[int, list[str]] = {}

    def words(self, at: int) -> list[str]:
        """Return the words of a block, as white space divides them."""
        found = self._words.get(at)
        if found is None:
            found = self._words[at] = self.text[self.starts[at] : self.starts[at + 1]].split()
        return found

    def read(self, at: int) -> list[str]:
        """Return the same words anew, for blocks that are read once."""
        return self.text[self.starts[at] : self.starts[at + 1]].split()

    def weight(self, at: int) -> int:
        """Return how much a block counts: its letters."""
        return self.starts[at + 1] - self.starts[at]

    def cut(self, keys: list[str], starts: list[int], whole: set[int]) -> list[int]:
        """Cut chunks into blocks, but for those that are `whole`; return each chunk's first block."""
        first = []
        text, total, places, said, flat = self.text, len(self.text), self.starts, self.keys, self.flat
        full_stops_only = self.plainness.full_stops_only
        for number, key in enumerate(keys):
            first.append(len(places))
            at = starts[number]
            if number in whole:
                places.append(at)
                said.append(key)
                continue
            if number not in flat or not (full_stops_only or self.plainness.has_full_stops_only(key)):
                body = text[at : starts[number + 1] if number + 1 < len(starts) else total].rstrip()
                cut(body, at, places, said)
                self._doubtful += range(first[-1] + 1, len(places))
                continue
            pieces = key.split(". ")
            places.append(at)
            at += flat[number]
            for piece in pieces[:-1]:
                at += len(piece) + 2
                places.append(at)
            pieces[-1] = pieces[-1].rstrip(" .")
            said += pieces
            self._doubtful += range(first[-1] + 1, len(places))
        places.append(total)
        return first

    def joins(self, linked: set[int]) -> set[int]:
        """Return the blocks that go on the one before them, where one of both is not linked."""
        text, starts, keys = self.text, self.starts, self.keys
        asked = [at for at in self._doubtful if at not in linked or at - 1 not in linked]
        heads = [text[starts[at]] for at in asked]
        tails = [keys[at - 1].rpartition(" ")[2] for at in asked]
        return {asked[number] for number in doubtful(heads, tails) if self._goes_on(asked[number])}

    def _goes_on(self, at: int) -> bool:
        """Tell whether a block goes on the one before it."""
        start = self.starts[at]
        if self.text[start - 1] == "\n":
            return False
        return goes_on(self.text, self.starts[at - 1], start)

    def join(self, joins: set[int]) -> list[int]:
        """Put blocks together with those that go on; return the new number of each."""
        numbers: list[int] = []
        starts: list[int] = []
        keys: list[str] = []
        done = 0
        for at in [*sorted(joins), len(self.keys)]:
            numbers += range(len(keys), len(keys) + at - done)
            starts += self.starts[done:at]
            keys += self.keys[done:at]
            if at < len(self.keys):
                numbers.append(len(keys) - 1)
                keys[-1] += ". " + self.keys[at]
            done = at + 1
        self.starts, self.keys = [*starts, self.starts[-1]], keys
        return numbers


class Pairing:
    """Two texts as blocks, with the links found between them.

    A link is a group `(l1, l2, r1, r2)` of neighbouring blocks on each side; `links` keep their place,
    `moved` do not.
    """

    __slots__ = ("left", "links", "moved", "right", "told", "write")

    def __init__(self, before: str, after: str, write: Write | None = None) -> None:
        """Begin without links; `write` is asked for what is `told` of blocks whose words are compared."""
        self.left, self.right = Side(before), Side(after)
        self.write = write
        self.told: dict[int, str] = {}
        self.links: list[Box] = []
        self.moved: list[Box] = []

    def shared(self, i: int, j: int) -> int:
        """Return how many words two blocks have in common, in order."""
        return sum([n for _, _, n in matches(self.left.words(i), self.right.words(j))])

    def ratio(self, i: int, j: int) -> float:
        """Return the share of words, 0 to 1, that two blocks have in common in order."""
        return 2 * self.shared(i, j) / max(1, len(self.left.words(i)) + len(self.right.words(j)))

    def is_alike(self, i: int, j: int) -> bool:
        """Tell whether two blocks share most of their words, numbers and marks."""
        left, right = self.left, self.right
        a = words_and_spaces(left.text[left.starts[i] : left.starts[i + 1]])[0]
        b = words_and_spaces(right.text[right.starts[j] : right.starts[j + 1]])[0]
        return 4 * sum([n for _, _, n in matches(a, b)]) > len(a) + len(b)

    def is_mostly_same(self, i: int, j: int) -> bool:
        """Tell whether two blocks begin and end alike for most of their length: found without words."""
        left, right = self.left, self.right
        before = left.text[left.starts[i] : left.starts[i + 1]].rstrip()
        after = right.text[right.starts[j] : right.starts[j + 1]].rstrip()
        start, end, _ = middle(before, after)
        return 5 * (start + len(before) - end) > 3 * max(len(before), len(after))

    def all(self) -> Box:
        """Return the box of all blocks."""
        return 0, len(self.left.keys), 0, len(self.right.keys)


def linked(pairs: list[tuple[int, int]]) -> Taken:
    """Return the places that pairs take on each side."""
    return {i for i, _ in pairs}, {j for _, j in pairs}


def free_places(box: Box, taken: Taken) -> tuple[list[int], list[int]]:
    """Return the places of a box that are not taken, on each side."""
    i1, i2, j1, j2 = box
    return [i for i in range(i1, i2) if i not in taken[0]], [j for j in range(j1, j2) if j not in taken[1]]
