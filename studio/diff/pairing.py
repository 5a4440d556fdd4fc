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
from functools import partial
from itertools import pairwise

from studio.diff.anchors import Pair, gaps, heaviest_chain, in_place, moves, unique_pairs
from studio.diff.blocks import chunks, plain
from studio.diff.likeness import FEW, Sets, plainly_same, walked
from studio.diff.moving import moved_and_edited
from studio.diff.sides import Pairing, Side, Taken, free_places, linked
from studio.diff.words import Box, matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from studio.diff.sides import Gap, Paired, Share, Write

PAIR_RATIO = 0.5
_CONTAINED = 0.8
_CONTAINED_WORDS = 6
_DOUBTFUL = 0.3


def pair(before: str, after: str, write: Write | None = None, share: Share | None = None) -> Pairing:
    """Cut two texts into blocks and link those that are versions of each other.

    `write` and `share` are those of `studio.diff.lines.lines`.
    """
    found = Pairing(before, after, write)
    chain, moved = _whole_sentences(found, *_sentences(found, *_paragraphs(found)))
    found.links = [(i, i + 1, j, j + 1) for i, j in chain]
    gone = linked(moved)
    loose: Taken = (set(), set())
    todo = []
    for box in gaps(chain, found.all()):
        left, right = free_places(box, gone)
        if left and right:
            todo.append((left, right))
        loose[0].update(left)
        loose[1].update(right)
    for links, told in (share or _alone)(partial(_by_gaps, found), todo):
        found.links += links
        found.told.update(told)
        _hold(loose, links)
    moved_and_edited(found, moved, loose)
    _settle(found, moved)
    return found


def _hold(loose: Taken, links: list[Box]) -> None:
    """Take the blocks of some links out of the loose ones."""
    loose[0].difference_update([link[0] for link in links])
    loose[1].difference_update([link[2] for link in links])
    for l1, l2, r1, r2 in links:
        if l2 - l1 > 1 or r2 - r1 > 1:
            loose[0].difference_update(range(l1, l2))
            loose[1].difference_update(range(r1, r2))


def _paragraphs(found: Pairing) -> tuple[list[Pair], list[Pair]]:
    """Link equal paragraphs and cut the others into sentences; return links in place and moves."""
    left, right = found.left, found.right
    a, starts_a = chunks(left.text)
    b, starts_b = chunks(right.text)
    chain = in_place(a, b, lambda i: len(a[i]))
    free = free_places((0, len(a), 0, len(b)), linked(chain))
    anew = _laid_out_anew(a, free[0], left) | _laid_out_anew(b, free[1], right)
    if anew := anew.intersection([a[i] for i in free[0]]).intersection([b[j] for j in free[1]]):
        for box in gaps(chain, (0, len(a), 0, len(b))):
            i1, i2, j1, j2 = box
            if not anew.isdisjoint(a[i1:i2]) and not anew.isdisjoint(b[j1:j2]):
                chain += in_place(a, b, lambda i: len(a[i]), box)
        chain.sort()
        free = free_places((0, len(a), 0, len(b)), linked(chain))
    moved = moves(a, b, free, lambda i: a[i].count(" ") + 1)
    whole = linked(chain + moved)
    first_left = left.cut(a, starts_a, whole[0])
    first_right = right.cut(b, starts_b, whole[1])
    placed = [[(first_left[i], first_right[j]) for i, j in pairs] for pairs in (chain, moved)]
    return placed[0], placed[1]


def _laid_out_anew(keys: list[str], free: Sequence[int], side: Side) -> set[str]:
    """Write keys without layout; return those that were others before."""
    changed = set()
    flatten, flat, bare = side.plainness.flat, side.flat, side.plainness.bare
    for at in free:
        key = keys[at]
        if bare and key[:1].isalpha() and not ("\n" in key or "  " in key or key[-1].isspace()):
            flat[at] = 0
            continue
        level = flatten(key)
        if level is None:
            told = plain(key)
        else:
            told, flat[at] = level
        if told is not key:
            keys[at] = told
            if told != key:
                changed.add(told)
    return changed


def _sentences(found: Pairing, chain: list[Pair], moved: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Add the equal sentences between the links to the chain, and those elsewhere to the moves."""
    a, b = found.left.keys, found.right.keys
    for i, j in moved:  # what has moved anchors nothing here
        a[i], b[j] = f"\0{i}", f"\1{j}"
    more, repeated = _unique(found, chain)
    if more:
        chain = sorted(chain + more)
    if repeated and (more := _repeated(found, chain, repeated)):
        chain = sorted(chain + more)
    free = free_places(found.all(), linked(chain + moved))
    return chain, moved + moves(a, b, free, lambda i: a[i].count(" ") + 1)


def _unique(found: Pairing, chain: list[Pair]) -> tuple[list[Pair], set[Hashable]]:
    """Return the sentences that occur once in each text and keep their order between the same two links.

    And the keys of those on both sides that occur more than once.
    """
    a, b, box = found.left.keys, found.right.keys, found.all()
    in_left, in_right = [0] * len(a), [-1] * len(b)
    for number, (i1, i2, j1, j2) in enumerate(gaps(chain, box), 1):
        in_left[i1:i2], in_right[j1:j2] = [number] * (i2 - i1), [number] * (j2 - j1)
    pairs, repeated = unique_pairs(a, b, box)
    pairs = [(i, j) for i, j in pairs if in_left[i] == in_right[j]]
    starts = found.left.starts
    return heaviest_chain(pairs, [starts[i + 1] - starts[i] for i, _ in pairs]), repeated


def _repeated(found: Pairing, chain: list[Pair], keys: set[Hashable]) -> list[Pair]:
    """Return the sentences with certain keys that are left between the links and keep their order there."""
    a, b = found.left.keys, found.right.keys
    more: list[Pair] = []
    for box in gaps(chain, found.all()):
        i1, i2, j1, j2 = box
        if i1 < i2 and j1 < j2 and not keys.isdisjoint(a[i1:i2]):
            more += in_place(a, b, found.left.weight, box)
    return more


def _whole_sentences(found: Pairing, chain: list[Pair], moved: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Put parts together that are no sentences, and let go of links to one of them alone."""
    lefts, rights = linked(chain + moved)
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


def _alone(work: Callable[[list[Gap]], Paired], todo: list[Gap]) -> list[Paired]:
    """Do all work here."""
    return [work(todo)]


def _by_gaps(found: Pairing, todo: list[Gap]) -> Paired:
    """Link the blocks of some gaps by their words; return the links, and what is told of some."""
    links, told = found.links, found.told
    found.links, found.told = [], {}
    for left, right in todo:
        _by_words(found, left, right)
    made = found.links, found.told
    found.links, found.told = links, told
    return made


def _by_words(found: Pairing, left: list[int], right: list[int]) -> None:
    """Link the blocks of one gap that share most of their words in order.

    What plainly belongs together in the order of both is linked at once; the rest is aligned.
    """
    lefts, rights = Sets(found.left, left), Sets(found.right, right)
    even = len(left) == len(right)
    if even and len(left) == 1:
        if not walked(found, lefts, rights, 0, 0):
            _by_votes(found, left, right)
        return
    x = y = done_x = done_y = 0
    while x < len(left) and y < len(right):
        if even and (steps := walked(found, lefts, rights, x, y)):
            if done_x < x and done_y < y:
                _by_votes(found, left[done_x:x], right[done_y:y])
            x, y = x + steps, y + steps
            done_x, done_y = x, y
            if x == len(left) or y == len(right):
                break
        if not plainly_same(lefts, rights, x, y):
            one_up = x + 1 < len(left) and plainly_same(lefts, rights, x + 1, y)
            if not one_up and not (y + 1 < len(right) and plainly_same(lefts, rights, x, y + 1)):
                x, y = x + 1, y + 1
                continue
            x, y = x + one_up, y + (not one_up)
        if done_x < x and done_y < y:
            _by_votes(found, left[done_x:x], right[done_y:y])
        found.links.append((left[x], left[x] + 1, right[y], right[y] + 1))
        x, y = x + 1, y + 1
        done_x, done_y = x, y
    _by_votes(found, left[done_x:], right[done_y:])


def _by_votes(found: Pairing, left: list[int], right: list[int]) -> None:
    """Link the blocks of one gap that share most of their words in order, aligned as a whole."""
    if not left or not right:
        return
    if len(left) == len(right) == 1:
        i, j = left[0], right[0]
        if found.is_mostly_same(i, j) or (
            _may_belong(found, i, j) and _belong(found, i, j, found.shared(i, j))
        ):
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


def _may_belong(found: Pairing, i: int, j: int) -> bool:
    """Tell whether two blocks share enough words, in any order, to be compared in theirs."""
    a, b = found.left.words(i), found.right.words(j)
    short, long = (a, b) if len(a) < len(b) else (b, a)
    known = set(long)
    shared = sum([word in known for word in short])
    return (
        len(short) <= FEW or 2 * shared > PAIR_RATIO * (len(a) + len(b)) or shared >= _CONTAINED * len(short)
    )


def _belong(found: Pairing, i: int, j: int, shared: int) -> bool:
    """Tell whether two blocks are versions of each other, or one is nearly all inside the other.

    `shared` is how many words they share at least; where that leaves a doubt, they are compared alone.
    """
    a, b = len(found.left.words(i)), len(found.right.words(j))
    both, short = a + b, min(a, b)
    if PAIR_RATIO * both >= 2 * shared > _DOUBTFUL * both:
        shared = found.shared(i, j)
        if short <= FEW and found.is_alike(i, j):
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
