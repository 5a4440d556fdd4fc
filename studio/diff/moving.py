"""Moving: blocks that stand elsewhere now and were edited, too.

- Beside a move, half the words are enough: a section moves as a whole.
- Anywhere else a block must be long, much alike, and clearly more so than any other: of sentences made
  after one pattern nobody can tell which it was, and a false move misleads more than a new sentence.
"""

from __future__ import annotations

from studio.diff.anchors import Pair
from studio.diff.sides import Pairing, Taken

BESIDE_RATIO = 0.5
MOVED_RATIO = 0.75
MOVED_WORDS = 8
_CLEARLY = 0.1
_RARE = 8
_RARE_SHARED = 3


def moved_and_edited(found: Pairing, moved: list[Pair], loose: Taken) -> None:
    """Pair blocks left over on both sides that are alike: beside a move first, then anywhere.

    `loose` are the blocks of each side that no link holds, in place or moved.
    """
    free_left, free_right = loose
    if free_left and free_right:
        _beside_moves(found, moved, free_left, free_right)
        _anywhere(found, moved, free_left, free_right)


def _beside_moves(found: Pairing, moved: list[Pair], free_left: set[int], free_right: set[int]) -> None:
    """Follow each move to its neighbours: an edited sentence inside a moved section."""
    queue = list(moved)
    while queue:
        i, j = queue.pop()
        for x, y in ((i - 1, j - 1), (i + 1, j + 1)):
            if x in free_left and y in free_right and found.ratio(x, y) > BESIDE_RATIO:
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
            for word in {*words}:
                if word in by_word:
                    by_word[word].append(j)
                else:
                    by_word[word] = [j]
    by_word = {word: places for word, places in by_word.items() if len(places) <= _RARE}
    alike = []
    for i in sorted(free_left):
        if len(found.left.words(i)) >= MOVED_WORDS:
            ratios = sorted(
                ((found.ratio(i, j), j) for j in _near(found.left.words(i), by_word)), reverse=True
            )
            if not ratios or ratios[0][0] < MOVED_RATIO:
                continue
            if len(ratios) > 1 and ratios[0][0] - ratios[1][0] < _CLEARLY:
                continue  # sentences made after one pattern: which of them it was, nobody can tell
            alike.append((-ratios[0][0], i, ratios[0][1]))
    for _, i, j in sorted(alike):
        if i in free_left and j in free_right:
            free_left.discard(i)
            free_right.discard(j)
            moved.append((i, j))


def _near(words: list[str], by_word: dict[str, list[int]]) -> list[int]:
    """Return the blocks that share the most of the rare words, at least three of them."""
    met = [j for word in by_word.keys() & words for j in by_word[word]]
    if len(met) - len({*met}) < _RARE_SHARED - 1:  # nearly always: none is met so often
        return []
    counts: dict[int, int] = {}
    for j in met:
        counts[j] = counts.get(j, 0) + 1
    return sorted((j for j, count in counts.items() if count >= _RARE_SHARED), key=lambda j: (-counts[j], j))[
        :2
    ]
