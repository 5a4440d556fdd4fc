"""Pieces: what a side-by-side or inline view paints of one row.

- A segment holds the same place of both texts. The segments' `before` parts, joined, are the row's
  text before, byte for byte; so are the `after` parts.
- Unmarked segments are equal on both sides, but for the white space at the end of a row, which only
  counts as a change when the same neighbours follow on both sides.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

from studio.diff.words import TOKEN, intern, matches, readable, to_opcodes

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


class _Words:
    """A text as words and the gaps before, between and behind them."""

    def __init__(self, text: str) -> None:
        """Find the words; the white space at the end is kept apart in `tail`."""
        body = text.rstrip()
        self.text = body
        self.tail = text[len(body) :]
        spans = [match.span() for match in TOKEN.finditer(body)]
        self.words = [body[start:end] for start, end in spans]
        self.starts = [start for start, _ in spans]
        self.ends = [0, *(end for _, end in spans)]

    def gap(self, at: int) -> str:
        """Return the white space in front of a word; behind the last word there is none."""
        stop = self.starts[at] if at < len(self.starts) else len(self.text)
        return self.text[self.ends[at] : stop]

    def span(self, start: int, end: int) -> str:
        """Return words `start` to `end` with the gaps between them, not those around them."""
        return self.text[self.starts[start] : self.ends[end]] if start < end else ""


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
    left, right = _Words(before), _Words(after)
    ids: dict[Hashable, int] = {}
    a, b = intern(left.words, ids), intern(right.words, ids)
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


def _equal(out: _Builder, left: _Words, right: _Words, box: tuple[int, int, int, int]) -> None:
    """Append a run of equal words, marking white space that differs inside it."""
    i1, i2, j1, j2 = box
    before, after = left.span(i1, i2), right.span(j1, j2)
    if before == after:
        out.add(before, after, False)
        return
    for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
        if i > i1:
            _gap(out, left.gap(i), right.gap(j))
        out.add(left.words[i], right.words[j], False)


def _one_sided(out: _Builder, left: _Words, right: _Words, box: tuple[int, int, int, int]) -> bool:
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

    if single == front and end < len(more.words):
        add(front, single, False)
        add(words + more.gap(end), "", True)
        return False
    if single == more.gap(end):
        add(front + words, "", True)
        return True
    add(front + words + more.gap(end), single, True)
    return False
