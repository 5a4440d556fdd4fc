"""Pieces: what a side-by-side or inline view paints of one row.

- A segment holds the same place of both texts. The segments' `before` parts, joined, are the row's
  text before, byte for byte; so are the `after` parts.
- Unmarked segments are equal on both sides, but for the white space at the end of a row, which only
  counts as a change when the same neighbours follow on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.diff.words import PARTS, Interner, matches, readable, to_opcodes

Mark = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Segment:
    """The same place of both texts, and whether it differs."""

    before: str
    after: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one side, marked when it is not on the other side."""

    text: str
    changed: bool


class Words:
    """A text as words and the gaps before, between and behind them."""

    def __init__(self, parts: list[str], known: Interner) -> None:
        """Take `PARTS.split(text)`; the white space at the end is kept apart in `tail`."""
        self.tail = parts[-1]
        self.parts = [*parts[:-1], ""]
        self.size = len(parts) // 2
        self.code = known.code(parts[1::2])

    def gap(self, at: int) -> str:
        """Return the white space in front of a word; behind the last word there is none."""
        return self.parts[2 * at]

    def word(self, at: int) -> str:
        """Return one word."""
        return self.parts[2 * at + 1]

    def span(self, start: int, end: int) -> str:
        """Return words `start` to `end` with the gaps between them, not those around them."""
        return "".join(self.parts[2 * start + 1 : 2 * end])

    def plus(self, other: Words) -> Words:
        """Return this text with another one behind it."""
        joined = object.__new__(Words)
        joined.tail, joined.size, joined.code = other.tail, self.size + other.size, self.code + other.code
        joined.parts = [*self.parts[:-1], self.tail + other.parts[0], *other.parts[1:]]
        return joined


class _Builder:
    """Collects segments, joining neighbours of one mark."""

    def __init__(self) -> None:
        """Start empty."""
        self.parts: list[tuple[str, str, bool]] = []

    def add(self, before: str, after: str, changed: bool) -> None:
        """Append one place of both texts."""
        if not before and not after:
            return
        if self.parts and self.parts[-1][2] == changed:
            old = self.parts.pop()
            before, after = old[0] + before, old[1] + after
        self.parts.append((before, after, changed))


def segments(before: str, after: str, count_tail: bool = True) -> tuple[Segment, ...]:
    """Return the word diff of two texts that are versions of each other.

    `count_tail` says whether different white space at the end is a change.
    """
    if before == after:
        return (Segment(before, after, False),) if before else ()
    known = Interner()
    return compare(Words(PARTS.split(before), known), Words(PARTS.split(after), known), count_tail)


def compare(left: Words, right: Words, count_tail: bool = True) -> tuple[Segment, ...]:
    """Return the word diff of two texts whose words were interned together."""
    a, b = left.code, right.code
    out = _Builder()
    pending = True
    for tag, i1, i2, j1, j2 in readable(to_opcodes(matches(a, b), len(a), len(b))):
        if tag in ("insert", "delete"):
            pending = _one_sided(out, left, right, (i1, i2, j1, j2))
            continue
        if pending:
            _gap(out, left.gap(i1), right.gap(j1))
        if tag == "equal":
            _equal(out, left, right, (i1, i2, j1, j2))
        else:
            out.add(left.span(i1, i2), right.span(j1, j2), True)
        pending = True
    out.add(left.tail, right.tail, count_tail and left.tail != right.tail)
    return tuple(Segment(*part) for part in out.parts)


def _gap(out: _Builder, before: str, after: str) -> None:
    """Append the white space between two words, a change where it differs."""
    out.add(before, after, before != after)


def _equal(out: _Builder, left: Words, right: Words, box: tuple[int, int, int, int]) -> None:
    """Append a run of equal words, marking white space that differs inside it."""
    i1, i2, j1, j2 = box
    before, after = left.span(i1, i2), right.span(j1, j2)
    if before == after:
        out.add(before, after, False)
        return
    for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
        if i > i1:
            _gap(out, left.gap(i), right.gap(j))
        out.add(left.word(i), right.word(j), False)


def _one_sided(out: _Builder, left: Words, right: Words, box: tuple[int, int, int, int]) -> bool:
    """Append words that only one side has; return whether the gap behind them is still to come.

    One side has one gap here, the other one before and one behind its words: the equal one stays
    unmarked, so that exactly the words that came or went, with one space, are marked.
    """
    i1, i2, j1, j2 = box
    more, few, at = (right, left, i1) if i1 == i2 else (left, right, j1)
    start, end = (j1, j2) if i1 == i2 else (i1, i2)
    front, single, words = more.gap(start), few.gap(at), more.span(start, end)

    def add(many: str, one: str, changed: bool) -> None:
        out.add(*((one, many) if more is right else (many, one)), changed)

    if single == front and end < more.size:
        add(front, single, False)
        add(words + more.gap(end), "", True)
        return False
    if single == more.gap(end):
        add(front + words, "", True)
        return True
    add(front + words + more.gap(end), single, True)
    return False
