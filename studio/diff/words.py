"""Word diff: two sequences to edit steps, in the form of `difflib.SequenceMatcher.get_opcodes()`.

- Steps are contiguous and cover both sides, so both texts can be rebuilt from them.
- Items are interned to characters, so that rapidfuzz aligns them bit-parallel. Its memory is the
  product of both lengths, so large inputs are first divided at runs that are unique on both sides.
- `opcodes` keeps every common item. `readable` drops chance matches: people read phrases, and the
  smallest edit glues unrelated sentences together at "the" and "of".
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import Literal

from rapidfuzz.distance import Indel

from studio.diff.anchors import common_ends, gaps, heaviest_chain, unique_pairs

Tag = Literal["equal", "replace", "delete", "insert"]
Opcode = tuple[Tag, int, int, int, int]
Run = tuple[int, int, int]
"""`(i, j, n)`: `a[i:i+n]` equals `b[j:j+n]`."""

_TOKEN = r"\d+(?:[.,:/-]\d+)*(?!\w)|\w+(?:['\u2019-]\w+)*|[^\w\s]"
"""One word, number or mark. "30-day" is three tokens, so that a changed number stands out alone."""

PARTS = re.compile(f"({_TOKEN})")
"""`PARTS.split(text)` is white space, word, white space, word, ..., white space."""

ISLAND_WORDS = 3
_CELLS = 4_000_000
_SHINGLE = 3


def tokens(text: str) -> list[str]:
    """Split a text into words, numbers, marks and the white space between; joined, they are the text."""
    return [part for part in PARTS.split(text) if part]


class Interner(dict[Hashable, str]):
    """Gives each distinct item a character of its own, in order of first sight."""

    def __missing__(self, item: Hashable) -> str:
        """Number a new item; raises ValueError beyond 1,114,112 distinct items."""
        self[item] = code = chr(len(self))
        return code

    def code(self, items: Iterable[Hashable]) -> str:
        """Return the items as a string with one character an item."""
        return "".join(map(self.__getitem__, items))


def opcodes(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Opcode]:
    """Return the steps that turn `a` into `b`, as `difflib` would write them.

    At most 1,114,112 distinct items; raises ValueError beyond.
    """
    known = Interner()
    return to_opcodes(matches(known.code(a), known.code(b)), len(a), len(b))


def to_opcodes(runs: Iterable[Run], size_a: int, size_b: int) -> list[Opcode]:
    """Write increasing equal runs as steps that cover `size_a` and `size_b` items."""
    steps: list[Opcode] = []
    i = j = 0
    start: tuple[int, int] | None = None
    for x, y, n in [*runs, (size_a, size_b, 0)]:
        if (x, y) != (i, j):
            if start is not None:
                steps.append(("equal", start[0], i, start[1], j))
                start = None
            tag: Tag = "insert" if x == i else "delete" if y == j else "replace"
            steps.append((tag, i, x, j, y))
        if n and start is None:
            start = (x, y)
        i, j = x + n, y + n
    if start is not None:
        steps.append(("equal", start[0], i, start[1], j))
    return steps


def matches(a: str, b: str) -> list[Run]:
    """Return the increasing equal runs of two interned sequences.

    Optimal (a longest common subsequence) up to some thousand items on each side; beyond that, the
    best between anchors.
    """
    found: list[Run] = []
    boxes = [(0, len(a), 0, len(b))]
    while boxes:
        i1, i2, j1, j2 = boxes.pop()
        start, end = common_ends(a, b, (i1, i2, j1, j2))
        if start:
            found.append((i1, j1, start))
        if end:
            found.append((i2 - end, j2 - end, end))
        i1, i2, j1, j2 = box = (i1 + start, i2 - end, j1 + start, j2 - end)
        if i1 == i2 or j1 == j2:
            continue
        if (i2 - i1) * (j2 - j1) <= _CELLS:
            found += _aligned(a, b, box)
        else:
            chain = _shingle_chain(a, b, box)
            found += [(i, j, 1) for i, j in chain]
            boxes += gaps(chain, box) if chain else _halves(box)
    found.sort()
    return found


def _aligned(a: str, b: str, box: tuple[int, int, int, int]) -> list[Run]:
    """Return the equal runs of a longest common subsequence inside the box."""
    i1, i2, j1, j2 = box
    return [
        (i1 + step.src_start, j1 + step.dest_start, step.src_end - step.src_start)
        for step in Indel.opcodes(a[i1:i2], b[j1:j2])
        if step.tag == "equal"
    ]


def _shingle_chain(a: str, b: str, box: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Return the longest chain of short runs that occur once on each side of a large box."""
    i1, i2, j1, j2 = box
    left = [a[i : i + _SHINGLE] for i in range(i1, i2 - _SHINGLE + 1)]
    right = [b[j : j + _SHINGLE] for j in range(j1, j2 - _SHINGLE + 1)]
    pairs = unique_pairs(left, right, (0, len(left), 0, len(right)))
    return [(i + i1, j + j1) for i, j in heaviest_chain(pairs, [1] * len(pairs))]


def _halves(box: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
    """Cut a large box without anchors in two, so that memory stays bounded."""
    i1, i2, j1, j2 = box
    i, j = (i1 + i2) // 2, (j1 + j2) // 2
    return [(i1, i, j1, j), (i, i2, j, j2)]


def readable(steps: Sequence[Opcode]) -> list[Opcode]:
    """Return the steps without chance matches.

    An equal run of at most `ISLAND_WORDS` items is dropped when it is at most half as long as the
    edit before it and the edit after it.
    """
    kept: list[Opcode] = []
    for number, step in enumerate(steps):
        if step[0] != "equal" or (
            0 < number < len(steps) - 1 and _is_island(kept[-1], step, steps[number + 1])
        ):
            _extend(kept, step)
        else:
            kept.append(step)
    return kept


def _is_island(before: Opcode, run: Opcode, after: Opcode) -> bool:
    """Tell whether an equal run is too short, beside its neighbours, to mean anything."""
    size = run[2] - run[1]
    edits = min(max(edit[2] - edit[1], edit[4] - edit[3]) for edit in (before, after))
    return size <= ISLAND_WORDS and 2 * size <= edits


def _extend(kept: list[Opcode], step: Opcode) -> None:
    """Append an edit, joining it with an edit just before it."""
    _, i1, i2, j1, j2 = step
    if kept and kept[-1][0] != "equal":
        _, i1, _, j1, _ = kept.pop()
    tag: Tag = "insert" if i1 == i2 else "delete" if j1 == j2 else "replace"
    kept.append((tag, i1, i2, j1, j2))
