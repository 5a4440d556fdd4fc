"""Pairing: which blocks of two texts are versions of each other.

- Equal blocks hold the comparison in place or are moves; the rest are paired by the words they share,
  never by position. A pair shares more than half its words.
- A block has at most one partner, so no word is both moved and in place. Where a sentence was split
  or two were joined, the parts are one block.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import reduce

from rapidfuzz import process
from rapidfuzz.distance import Indel

from studio.diff.anchors import Pair, gaps, heaviest_chain, in_place, moves
from studio.diff.blocks import Unit, paragraphs, sentences
from studio.diff.pieces import Segment, Words, compare
from studio.diff.words import PARTS, Interner, matches

PAIR_RATIO = 0.5
MOVED_RATIO = 0.6
MOVED_WORDS = 8
_CONTAINED = 0.8
_CONTAINED_WORDS = 6
_RARE = 20

Box = tuple[int, int, int, int]


@dataclass(slots=True)
class Pairing:
    """Two texts as blocks, with the links found between them.

    A link is a group `(l1, l2, r1, r2)` of neighbouring blocks on each side; `links` keep their place,
    `moved` do not.
    """

    before: str
    after: str
    left: list[Unit] = field(default_factory=list)
    right: list[Unit] = field(default_factory=list)
    links: list[Box] = field(default_factory=list)
    moved: list[Box] = field(default_factory=list)
    known: Interner = field(default_factory=Interner)
    _words: tuple[dict[int, Words], dict[int, Words]] = field(default_factory=lambda: ({}, {}))

    def words_left(self, i: int) -> Words:
        """Return the words of a block before."""
        return self._split(0, i, self.before, self.left[i])

    def words_right(self, j: int) -> Words:
        """Return the words of a block after."""
        return self._split(1, j, self.after, self.right[j])

    def _split(self, side: int, at: int, text: str, unit: Unit) -> Words:
        words = self._words[side]
        if at not in words:
            words[at] = Words(PARTS.split(text[unit.start : unit.end]), self.known)
        return words[at]

    def code_left(self, i: int) -> str:
        """Return the interned words of a block before."""
        return self.words_left(i).code

    def code_right(self, j: int) -> str:
        """Return the interned words of a block after."""
        return self.words_right(j).code

    def segments(self, link: Box, count_tail: bool) -> tuple[Segment, ...]:
        """Return the word diff of two linked groups of blocks."""
        l1, l2, r1, r2 = link
        before = self.before[self.left[l1].start : self.left[l2 - 1].end]
        after = self.after[self.right[r1].start : self.right[r2 - 1].end]
        if before == after or (not count_tail and before.rstrip() == after.rstrip()):
            return (Segment(before, after, False),) if before or after else ()
        left = reduce(Words.plus, map(self.words_left, range(l1, l2)))
        return compare(left, reduce(Words.plus, map(self.words_right, range(r1, r2))), count_tail)

    def ratio(self, i: int, j: int) -> float:
        """Return the share of words, 0 to 1, that two blocks have in common in order."""
        return Indel.normalized_similarity(self.code_left(i), self.code_right(j))


def pair(before: str, after: str) -> Pairing:
    """Cut two texts into blocks and link those that are versions of each other."""
    found = Pairing(before, after)
    chain, moved = _sentences(found, *_paragraphs(found))
    found.links = [(i, i + 1, j, j + 1) for i, j in chain]
    gone = {i for i, _ in moved}, {j for _, j in moved}
    for box in gaps(chain, (0, len(found.left), 0, len(found.right))):
        left, right = _free(box, gone)
        if left and right:
            _by_words(found, left, right)
    _moved_and_edited(found, moved)
    _settle(found, moved)
    return found


def _paragraphs(found: Pairing) -> tuple[list[Pair], list[Pair]]:
    """Link equal paragraphs and cut the others into sentences; return links in place and moves."""
    left, right = paragraphs(found.before), paragraphs(found.after)
    a, b = [unit.key for unit in left], [unit.key for unit in right]
    chain = in_place(a, b, lambda i: left[i].words)
    free = _free((0, len(a), 0, len(b)), _sides(chain))
    moved = moves(a, b, free, lambda i: left[i].words)
    whole = _sides(chain + moved)
    first_left = _cut(found.before, left, whole[0], found.left)
    first_right = _cut(found.after, right, whole[1], found.right)
    placed = [[(first_left[i], first_right[j]) for i, j in pairs] for pairs in (chain, moved)]
    return placed[0], placed[1]


def _sides(pairs: list[Pair]) -> tuple[set[int], set[int]]:
    """Return the places that pairs take on each side."""
    return {i for i, _ in pairs}, {j for _, j in pairs}


def _free(box: Box, taken: tuple[set[int], set[int]]) -> tuple[list[int], list[int]]:
    """Return the places of a box that are not taken, on each side."""
    i1, i2, j1, j2 = box
    return [i for i in range(i1, i2) if i not in taken[0]], [j for j in range(j1, j2) if j not in taken[1]]


def _cut(text: str, blocks: list[Unit], whole: set[int], units: list[Unit]) -> list[int]:
    """Append the blocks to `units`, in sentences unless whole; return each block's first place."""
    first = []
    for number, block in enumerate(blocks):
        first.append(len(units))
        units += [block] if number in whole else sentences(text, block)
    return first


def _sentences(found: Pairing, chain: list[Pair], moved: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Add the equal sentences between the links to the chain, and those elsewhere to the moves."""
    a, b = [unit.key for unit in found.left], [unit.key for unit in found.right]
    gone, more = _sides(moved), []
    for box in gaps(chain, (0, len(a), 0, len(b))):
        left, right = _free(box, gone)
        weights = [found.left[i].words for i in left]
        here = in_place([a[i] for i in left], [b[j] for j in right], weights.__getitem__)
        more += [(left[i], right[j]) for i, j in here]
    chain = sorted(chain + more)
    free = _free((0, len(a), 0, len(b)), _sides(chain + moved))
    return chain, moved + moves(a, b, free, lambda i: found.left[i].words)


def _by_words(found: Pairing, left: list[int], right: list[int]) -> None:
    """Link the blocks of one gap that share most of their words in order."""
    if len(left) == len(right) == 1:
        i, j = left[0], right[0]
        found.links += [(i, i + 1, j, j + 1)] if _belong(found, i, j) else []
        return
    owner_left = [i for i in left for _ in found.code_left(i)]
    owner_right = [j for j in right for _ in found.code_right(j)]
    a = "".join(found.code_left(i) for i in left)
    b = "".join(found.code_right(j) for j in right)
    votes: Counter[Pair] = Counter()
    for i, j, n in matches(a, b):
        votes.update(zip(owner_left[i : i + n], owner_right[j : j + n], strict=True))
    taken: tuple[set[int], set[int]] = (set(), set())
    accepted = []
    for (i, j), _ in votes.most_common():
        if i not in taken[0] and j not in taken[1] and _belong(found, i, j):
            taken[0].add(i)
            taken[1].add(j)
            accepted.append((i, j))
    found.links += [_grown(found, pair, votes, taken) for pair in accepted]


def _belong(found: Pairing, i: int, j: int) -> bool:
    """Tell whether two blocks are versions of each other, or one is nearly all inside the other."""
    a, b = found.code_left(i), found.code_right(j)
    if Indel.normalized_similarity(a, b) > PAIR_RATIO:
        return True
    short = min(len(a), len(b))
    shared = (len(a) + len(b) - Indel.distance(a, b)) / 2
    return short >= _CONTAINED_WORDS and shared >= _CONTAINED * short


def _grown(found: Pairing, pair: Pair, votes: Counter[Pair], taken: tuple[set[int], set[int]]) -> Box:
    """Return a pair as a group with the free neighbours whose words mostly come from it."""
    i, j = pair
    l1, l2, r1, r2 = i, i + 1, j, j + 1

    def joins_right(other: int) -> bool:
        size = len(found.code_right(other)) if 0 <= other < len(found.right) else 0
        return size > 0 and other not in taken[1] and votes[i, other] * 2 > size

    def joins_left(other: int) -> bool:
        size = len(found.code_left(other)) if 0 <= other < len(found.left) else 0
        return size > 0 and other not in taken[0] and votes[other, j] * 2 > size

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
    free = _free((0, len(found.left), 0, len(found.right)), held)
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

    Only blocks that share a rare word are compared, so the work grows with the text, not its square.
    """
    by_word: dict[str, list[int]] = defaultdict(list)
    for j in sorted(free_right):
        if found.right[j].words >= MOVED_WORDS:
            for word in sorted(set(found.code_right(j))):
                by_word[word].append(j)
    alike = []
    for i in sorted(free_left):
        if found.left[i].words >= MOVED_WORDS:
            words = sorted(set(found.code_left(i)))
            near = {j for word in words if len(by_word.get(word, ())) <= _RARE for j in by_word.get(word, ())}
            choices = {j: found.code_right(j) for j in sorted(near)}
            alike += [
                (score, i, j)
                for _, score, j in process.extract(
                    found.code_left(i),
                    choices,
                    scorer=Indel.normalized_similarity,
                    score_cutoff=MOVED_RATIO,
                    limit=2,
                )
            ]
    for _, i, j in sorted(alike, key=lambda each: (-each[0], each[1], each[2])):
        if i in free_left and j in free_right:
            free_left.discard(i)
            free_right.discard(j)
            moved.append((i, j))


def _settle(found: Pairing, moved: list[Pair]) -> None:
    """Keep the heaviest chain of all links in place; whatever crosses it has moved.

    Until here an edited paragraph could not outweigh a shorter equal one, so the longer would move.
    """
    every = sorted(found.links + [(i, i + 1, j, j + 1) for i, j in moved])
    weights = [sum(found.left[i].words for i in range(l1, l2)) for l1, l2, _, _ in every]
    chain = {i for i, _ in heaviest_chain([(link[0], link[2]) for link in every], weights)}
    found.links = [link for link in every if link[0] in chain]
    found.moved = [link for link in every if link[0] not in chain]
