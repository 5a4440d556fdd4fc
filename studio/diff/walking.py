"""Walking: two versions of a sentence read side by side, word by word, for where they differ.

- Most edits are a word or a few: behind them two words are the same again, and nothing needs to be aligned.
  Where they are not, `walk` says so (None), and the caller aligns.
- Inside an edit, words that both sides have in one order are kept, as an alignment would.
- Chance matches between larger edits are dropped, as `studio.diff.words.readable` drops them.
"""

from __future__ import annotations

from studio.diff.words import ISLAND_WORDS, matches, readable, to_opcodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from studio.diff.words import Box, Run

REACH = 9
"""An edit of more words than this, on one side, is no edit but another sentence."""

_END = ["\0", "\1"]
_END_A = [*_END, *["\2"] * (REACH + 1)]
_END_B = [*_END, *["\3"] * (REACH + 1)]
_STEPS = [
    (x, y)
    for both in range(1, 2 * REACH)
    for x, y in ((x, both - x) for x in range(both + 1))
    if x <= REACH >= y
]
_STEPS.sort(key=lambda step: (max(step), abs(step[0] - step[1])))
_STEPS = [step for step in _STEPS if step not in ((1, 1), (1, 0), (0, 1))]


def walk(old: list[str], new: list[str]) -> list[Box] | None:
    """Return where two lists of words differ, as boxes `(i1, i2, j1, j2)` in order; None: too different."""
    a, b = old + _END_A, new + _END_B
    stop = len(old)
    found: list[Box] = []
    large = i = j = 0
    while True:
        while a[i] == b[j]:
            i += 1
            j += 1
        if i > stop:  # behind the last word of both
            return found if large < 2 else _islands_out(found)
        x, y = a[i + 1], b[j + 1]
        if x == y and a[i + 2] == b[j + 2]:
            found.append((i, i + 1, j, j + 1))
            i += 3
            j += 3
        elif x == b[j] and a[i + 2] == y:
            found.append((i, i + 1, j, j))
            i += 3
            j += 2
        elif a[i] == y and x == b[j + 2]:
            found.append((i, i, j, j + 1))
            i += 2
            j += 3
        else:
            for s, t in _STEPS:
                if a[i + s] == b[j + t] and a[i + s + 1] == b[j + t + 1]:
                    break
            else:
                return None
            if s and t:
                large += _edit(found, a[i : i + s], b[j : j + t], i, j)
            else:
                found.append((i, i + s, j, j + t))
                large += 1
            i += s + 2
            j += t + 2


def places_of(old: list[str], new: list[str]) -> list[Box]:
    """Return where any two lists of words differ, aligned if need be."""
    found = walk(old, new)
    if found is None:
        steps = readable(to_opcodes(matches(old, new), len(old), len(new)))
        found = [step[1:] for step in steps if step[0] != "equal"]
    return found


def _edit(found: list[Box], old: list[str], new: list[str], i: int, j: int) -> int:
    """Append an edit that begins at `i` and `j`; return in how many places it is larger than a word."""
    size_a, size_b = len(old), len(new)
    both = {*old}.intersection(new)
    if not both:
        found.append((i, i + size_a, j, j + size_b))
        return 1
    shared = [word for word in old if word in both]
    runs: list[Run] = []
    if shared == [word for word in new if word in both]:  # in one order: nothing needs to be aligned
        p = q = 0
        for word in shared:
            p, q = old.index(word, p), new.index(word, q)
            runs.append((p, q, 1))
            p, q = p + 1, q + 1
    else:
        runs = matches(old, new)
    x = y = large = 0
    for p, q, n in [*runs, (size_a, size_b, 0)]:
        if p > x or q > y:
            found.append((x + i, p + i, y + j, q + j))
            large += p - x > 1 or q - y > 1
        x, y = p + n, q + n
    return large


def _islands_out(places: list[Box]) -> list[Box]:
    """Join places with a chance match between them."""
    kept = places[:1]
    for i1, i2, j1, j2 in places[1:]:
        x1, x2, y1, y2 = kept[-1]
        run = i1 - x2
        if run <= ISLAND_WORDS and 2 * run <= min(max(x2 - x1, y2 - y1), max(i2 - i1, j2 - j1)):
            kept[-1] = (x1, i2, y1, j2)
        else:
            kept.append((i1, i2, j1, j2))
    return kept
