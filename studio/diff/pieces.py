"""Pieces: what a side-by-side or inline view paints of one row.

- A segment holds the same place of both texts. The segments' `before` parts, joined, are the row's
  text before, byte for byte; so are the `after` parts.
- Unmarked segments are equal on both sides, but for the white space at the end of a row, which only
  counts as a change when the same neighbours follow on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.diff.edits import edits

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


def segments(before: str, after: str, count_tail: bool = True) -> tuple[Segment, ...]:
    """Return the word diff of two texts that are versions of each other.

    `count_tail` says whether different white space at the end is a change.
    """
    return tuple(Segment(*each) for each in edits(before, after, count_tail))
