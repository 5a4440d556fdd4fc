"""Pairing: which blocks of two texts are versions of each other.

- Equal blocks hold the comparison in place or are moves; the rest are paired by the words they share,
  never by position. A pair shares more than half its words.
- A block has at most one partner, so no word is both moved and in place. Where a sentence was split
  or two were joined, the parts are one block.
- Whole paragraphs are looked at first, and sentences only inside those that differ: most of a long
  document is never taken apart.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

from studio.diff.anchors import Pair, gaps, heaviest_chain, in_place, moves
from studio.diff.blocks import chunks, cut, goes_on, is_plain, plain
from studio.diff.edits import middle
from studio.diff.words import Box, matches, words_and_spaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

PAIR_RATIO = 0.5
MOVED_RATIO = 0.6
MOVED_WORDS = 8
_CONTAINED = 0.8
_CONTAINED_WORDS = 6
_DOUBTFUL = 0.3
_FEW = 6
"""In so few words a mark weighs: "In $10." and "In $20." are half different, and yet one sentence."""
_RARE = 8
_RARE_SHARED = 3

Taken = tuple[set[int], set[int]]


class Side:
    """One text as blocks: `starts` with the text's end behind the last, and the `keys` they are met by."""

    __slots__ = ("_words", "firsts", "keys", "starts", "text")

    def __init__(self, text: str) -> None:
        """Begin without blocks."""
        self.text = text
        self.starts: list[int] = []
        self.keys: list[str] = []
        self.firsts: set[int] = set()
        self._words: dict[int, list[str]] = {}

    def words(self, at: int) -> list[str]:
        """Return the words of a block, as white space divides them."""
        found = self._words.get(at)
        if found is None:
            found = self._words[at] = self.text[self.starts[at] : self.starts[at + 1]].split()
        return found

    def weight(self, at: int) -> int:
        """Return how much a block counts: its letters."""
        return self.starts[at + 1] - self.starts[at]

    def cut(self, keys: list[str], starts: list[int], whole: set[int]) -> list[int]:
        """Cut chunks into blocks, but for those that are `whole`; return each chunk's first block."""
        first = []
        text, total = self.text, len(self.text)
        for number, key in enumerate(keys):
            first.append(len(self.starts))
            start = starts[number]
            if number in whole:
                self.starts.append(start)
                self.keys.append(key)
            else:
                end = starts[number + 1] if number + 1 < len(starts) else total
                cut(text[start:end].rstrip(), start, self.starts, self.keys)
        self.firsts = set(first)
        self.starts.append(total)
        return first

    def joins(self, linked: set[int]) -> set[int]:
        """Return the blocks that go on the one before them, where one of both is not linked."""
        size = len(self.keys)
        found = set()
        for at in range(size):
            if at not in linked:
                if at and self._goes_on(at):
                    found.add(at)
                if at + 1 < size and at + 1 in linked and self._goes_on(at + 1):
                    found.add(at + 1)
        return found

    def _goes_on(self, at: int) -> bool:
        """Tell whether a block goes on the one before it."""
        start = self.starts[at]
        if at in self.firsts or self.text[start - 1] == "\n":
            return False
        return goes_on(self.text, self.starts[at - 1], start)

    def join(self, joins: set[int]) -> list[int]:
        """Put blocks together with those that go on; return the new number of each."""
        numbers = []
        starts: list[int] = []
        keys: list[str] = []
        for at in range(len(self.keys)):
            if at in joins:
                keys[-1] += ". " + self.keys[at]
            else:
                starts.append(self.starts[at])
                keys.append(self.keys[at])
            numbers.append(len(starts) - 1)
        self.starts, self.keys = [*starts, self.starts[-1]], keys
        return numbers


class Pairing:
    """Two texts as blocks, with the links found between them.

    A link is a group `(l1, l2, r1, r2)` of neighbouring blocks on each side; `links` keep their place,
    `moved` do not.
    """

    __slots__ = ("left", "links", "moved", "right")

    def __init__(self, before: str, after: str) -> None:
        """Begin without links."""
        self.left, self.right = Side(before), Side(after)
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
        return 2 * sum([n for _, _, n in matches(a, b)]) > PAIR_RATIO * (len(a) + len(b))

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


def pair(before: str, after: str) -> Pairing:
    """Cut two texts into blocks and link those that are versions of each other."""
    found = Pairing(before, after)
    chain, moved = _whole_sentences(found, *_sentences(found, *_paragraphs(found)))
    found.links = [(i, i + 1, j, j + 1) for i, j in chain]
    gone = _sides(moved)
    for box in gaps(chain, found.all()):
        i1, i2, j1, j2 = box
        if i1 < i2 and j1 < j2:
            left, right = _free(box, gone)
            if left and right:
                _by_words(found, left, right)
    _moved_and_edited(found, moved)
    _settle(found, moved)
    return found


def _paragraphs(found: Pairing) -> tuple[list[Pair], list[Pair]]:
    """Link equal paragraphs and cut the others into sentences; return links in place and moves."""
    left, right = found.left, found.right
    a, starts_a = chunks(left.text)
    b, starts_b = chunks(right.text)
    chain = in_place(a, b, lambda i: len(a[i]))
    free = _free((0, len(a), 0, len(b)), _sides(chain))
    if _laid_out_anew(a, free[0]) | _laid_out_anew(b, free[1]):
        for box in gaps(chain, (0, len(a), 0, len(b))):
            chain += in_place(a, b, lambda i: len(a[i]), box)
        chain.sort()
        free = _free((0, len(a), 0, len(b)), _sides(chain))
    moved = moves(a, b, free, lambda i: a[i].count(" ") + 1)
    whole = _sides(chain + moved)
    first_left = left.cut(a, starts_a, whole[0])
    first_right = right.cut(b, starts_b, whole[1])
    placed = [[(first_left[i], first_right[j]) for i, j in pairs] for pairs in (chain, moved)]
    return placed[0], placed[1]


def _laid_out_anew(keys: list[str], free: Sequence[int]) -> bool:
    """Write keys without layout; return whether any was another before."""
    changed = False
    for at in free:
        key = keys[at]
        if not is_plain(key):
            keys[at] = plain(key)
            changed |= keys[at] != key
    return changed


def _sides(pairs: list[Pair]) -> Taken:
    """Return the places that pairs take on each side."""
    return {i for i, _ in pairs}, {j for _, j in pairs}


def _free(box: Box, taken: Taken) -> tuple[list[int], list[int]]:
    """Return the places of a box that are not taken, on each side."""
    i1, i2, j1, j2 = box
    return [i for i in range(i1, i2) if i not in taken[0]], [j for j in range(j1, j2) if j not in taken[1]]


def _sentences(found: Pairing, chain: list[Pair], moved: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Add the equal sentences between the links to the chain, and those elsewhere to the moves."""
    a, b = found.left.keys, found.right.keys
    for i, j in moved:  # what has moved anchors nothing here
        a[i], b[j] = f"\0{i}", f"\1{j}"
    more: list[Pair] = []
    for box in gaps(chain, found.all()):
        i1, i2, j1, j2 = box
        if i1 < i2 and j1 < j2:
            more += in_place(a, b, found.left.weight, box)
    if more:
        chain = sorted(chain + more)
    free = _free(found.all(), _sides(chain + moved))
    return chain, moved + moves(a, b, free, lambda i: a[i].count(" ") + 1)


def _whole_sentences(found: Pairing, chain: list[Pair], moved: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Put parts together that are no sentences, and let go of links to one of them alone."""
    lefts, rights = _sides(chain + moved)
    joins = found.left.joins(lefts), found.right.joins(rights)
    if not joins[0] and not joins[1]:
        return chain, moved
    loose = [{place for at in side for place in (at - 1, at)} for side in joins]
    to_left, to_right = found.left.join(joins[0]), found.right.join(joins[1])
    kept = [
        [(to_left[i], to_right[j]) for i, j in pairs if i not in loose[0] and j not in loose[1]]
        for pairs in (chain, moved)
    ]
    return kept[0], kept[1]


def _by_words(found: Pairing, left: list[int], right: list[int]) -> None:
    """Link the blocks of one gap that share most of their words in order."""
    if len(left) == len(right) == 1:
        i, j = left[0], right[0]
        if found.is_mostly_same(i, j) or _belong(found, i, j, found.shared(i, j)):
            found.links.append((i, i + 1, j, j + 1))
        return
    votes = _votes(found, left, right)
    taken: Taken = (set(), set())
    accepted = []
    for (i, j), shared in sorted(votes.items(), key=lambda each: -each[1]):
        if i not in taken[0] and j not in taken[1] and _belong(found, i, j, shared):
            taken[0].add(i)
            taken[1].add(j)
            accepted.append((i, j))
    found.links += [_grown(found, pair, votes, taken) for pair in accepted]


def _votes(found: Pairing, left: list[int], right: list[int]) -> dict[Pair, int]:
    """Return how many words each two blocks of a gap share, when the gap is aligned as a whole."""
    owner_left: list[int] = []
    owner_right: list[int] = []
    a: list[str] = []
    b: list[str] = []
    for side, places, owner, words in (
        (found.left, left, owner_left, a),
        (found.right, right, owner_right, b),
    ):
        for at in places:
            own = side.words(at)
            words += own
            owner += [at] * len(own)
    votes: dict[Pair, int] = {}
    for i, j, n in matches(a, b):
        if owner_left[i] == owner_left[i + n - 1] and owner_right[j] == owner_right[j + n - 1]:
            key = owner_left[i], owner_right[j]
            votes[key] = votes.get(key, 0) + n
            continue
        for key in zip(owner_left[i : i + n], owner_right[j : j + n], strict=True):
            votes[key] = votes.get(key, 0) + 1
    return votes


def _belong(found: Pairing, i: int, j: int, shared: int) -> bool:
    """Tell whether two blocks are versions of each other, or one is nearly all inside the other.

    `shared` is how many words they share at least; where that leaves a doubt, they are compared alone.
    """
    a, b = len(found.left.words(i)), len(found.right.words(j))
    both, short = a + b, min(a, b)
    if PAIR_RATIO * both >= 2 * shared > _DOUBTFUL * both:
        shared = found.shared(i, j)
        if short <= _FEW and found.is_alike(i, j):
            return True
    if 2 * shared > PAIR_RATIO * both:
        return True
    return short >= _CONTAINED_WORDS and shared >= _CONTAINED * short


def _grown(found: Pairing, pair: Pair, votes: dict[Pair, int], taken: Taken) -> Box:
    """Return a pair as a group with the free neighbours whose words mostly come from it."""
    i, j = pair
    l1, l2, r1, r2 = i, i + 1, j, j + 1

    def joins_right(other: int) -> bool:
        known = votes.get((i, other), 0)
        return known > 0 and other not in taken[1] and 2 * known > len(found.right.words(other))

    def joins_left(other: int) -> bool:
        known = votes.get((other, j), 0)
        return known > 0 and other not in taken[0] and 2 * known > len(found.left.words(other))

    while joins_right(r2):
        taken[1].add(r2)
        r2 += 1
    while joins_right(r1 - 1):
        r1 -= 1
        taken[1].add(r1)
    while joins_left(l2):
        taken[0].add(l2)
        l2 += 1
    while joins_left(l1 - 1):
        l1 -= 1
        taken[0].add(l1)
    return l1, l2, r1, r2


def _moved_and_edited(found: Pairing, moved: list[Pair]) -> None:
    """Pair blocks left over on both sides that are alike: beside a move first, then anywhere."""
    held = _sides(moved)
    for l1, l2, r1, r2 in found.links:
        held[0].update(range(l1, l2))
        held[1].update(range(r1, r2))
    free = _free(found.all(), held)
    free_left, free_right = set(free[0]), set(free[1])
    if free_left and free_right:
        _beside_moves(found, moved, free_left, free_right)
        _anywhere(found, moved, free_left, free_right)


def _beside_moves(found: Pairing, moved: list[Pair], free_left: set[int], free_right: set[int]) -> None:
    """Follow each move to its neighbours: an edited sentence inside a moved section."""
    queue = list(moved)
    while queue:
        i, j = queue.pop()
        for x, y in ((i - 1, j - 1), (i + 1, j + 1)):
            if x in free_left and y in free_right and found.ratio(x, y) > PAIR_RATIO:
                free_left.discard(x)
                free_right.discard(y)
                moved.append((x, y))
                queue.append((x, y))


def _anywhere(found: Pairing, moved: list[Pair], free_left: set[int], free_right: set[int]) -> None:
    """Pair long blocks that are alike, wherever they stand, the most alike first.

    Only blocks that share rare words are compared, so the work grows with the text, not its square.
    """
    by_word: dict[str, list[int]] = {}
    for j in sorted(free_right):
        words = found.right.words(j)
        if len(words) >= MOVED_WORDS:
            for word in set(words):
                by_word.setdefault(word, []).append(j)
    alike = []
    for i in sorted(free_left):
        if len(found.left.words(i)) >= MOVED_WORDS:
            for j in _near(found.left.words(i), by_word):
                ratio = found.ratio(i, j)
                if ratio >= MOVED_RATIO:
                    alike.append((-ratio, i, j))
    for _, i, j in sorted(alike):
        if i in free_left and j in free_right:
            free_left.discard(i)
            free_right.discard(j)
            moved.append((i, j))


def _near(words: list[str], by_word: dict[str, list[int]]) -> list[int]:
    """Return the blocks that share the most rare words, at least three of them."""
    counts: dict[int, int] = {}
    for word in set(words):
        places = by_word.get(word)
        if places and len(places) <= _RARE:
            for j in places:
                counts[j] = counts.get(j, 0) + 1
    return sorted((j for j, count in counts.items() if count >= _RARE_SHARED), key=lambda j: (-counts[j], j))[
        :2
    ]


def _settle(found: Pairing, moved: list[Pair]) -> None:
    """Keep the heaviest chain of all links in place; whatever crosses it has moved.

    Until here an edited paragraph could not outweigh a shorter equal one, so the longer would move.
    """
    found.links.sort()
    if not moved:
        return
    groups = _groups(found.links, moved)
    every = sorted(groups + [[(i, i + 1, j, j + 1)] for i, j in moved])
    starts = found.left.starts
    weights = [sum([starts[l2] - starts[l1] for l1, l2, _, _ in group]) for group in every]
    chain = {i for i, _ in heaviest_chain([(group[0][0], group[0][2]) for group in every], weights)}
    found.links = [link for group in every if group[0][0] in chain for link in group]
    found.moved = [link for group in every if group[0][0] not in chain for link in group]


def _groups(links: list[Box], moved: list[Pair]) -> list[list[Box]]:
    """Return neighbouring links as one where no move can come between them, so that few are weighed."""
    lefts = [link[0] for link in links]
    rights = [link[2] for link in links]
    marks = {bisect_left(lefts, i) for i, _ in moved} | {bisect_left(rights, j) for _, j in moved}
    edges = sorted(marks | {0, len(links)})
    return [links[x:y] for x, y in pairwise(edges) if x < y]
