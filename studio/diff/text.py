"""Text diff: two versions of a document as rows for a side-by-side view.

- The rows' left sides, joined, are the text before, byte for byte; the right sides the text after.
- A moved block has two rows, one where it left and one where it arrived; each names the other. Its
  edits are marked on both, measured against each other.
- White space that differs is marked, never dropped; `Row.only_spacing` and `Row.only_layout` let a view
  play it down.
- Words are compared when they are asked for, so that a long document is shown at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from studio.diff.lines import Line, lines
from studio.diff.pieces import Mark, Piece, Segment, segments
from studio.diff.shifts import Shift, shifts

RowKind = Literal["equal", "changed", "added", "removed", "moved"]


@dataclass(frozen=True)
class Row:
    """One row: a paragraph or sentence on the left, on the right, or both.

    `compared` holds both versions' word diff; for a moved row also the side that stands elsewhere.
    `partner` is the row number of a move's other end, `arrives` whether this is the new place.
    """

    kind: RowKind
    before: str
    after: str
    count_tail: bool = False
    partner: int | None = None
    arrives: bool = False

    @cached_property
    def compared(self) -> tuple[Segment, ...]:
        """Return the word diff of both versions."""
        if self.kind == "equal":
            return (Segment(self.before, self.after, False),) if self.before or self.after else ()
        if self.kind in ("added", "removed"):
            return (Segment(self.before, self.after, True),)
        return segments(self.before, self.after, self.count_tail)

    @property
    def left(self) -> tuple[Piece, ...]:
        """Return the pieces of the left side, with words marked that the right side lacks."""
        if self.kind == "moved" and self.arrives:
            return ()
        return tuple(Piece(each.before, each.changed) for each in self.compared if each.before)

    @property
    def right(self) -> tuple[Piece, ...]:
        """Return the pieces of the right side, with words marked that the left side lacks."""
        if self.kind == "moved" and not self.arrives:
            return ()
        return tuple(Piece(each.after, each.changed) for each in self.compared if each.after)

    @property
    def left_text(self) -> str:
        """Return the text of the left side."""
        return "" if self.kind == "moved" and self.arrives else self.before

    @property
    def right_text(self) -> str:
        """Return the text of the right side."""
        return "" if self.kind == "moved" and not self.arrives else self.after

    @property
    def inline(self) -> tuple[tuple[Mark, str], ...]:
        """Return both sides as one run of text: same, removed and added stretches."""
        found: list[tuple[Mark, str]] = []
        for each in self.compared:
            if not each.changed:
                found.append(("same", each.after))
                continue
            if each.before:
                found.append(("removed", each.before))
            if each.after:
                found.append(("added", each.after))
        return tuple(found)

    @property
    def edited(self) -> bool:
        """Return whether any word or white space differs."""
        return any(each.changed for each in self.compared)

    @property
    def only_spacing(self) -> bool:
        """Return whether white space differs and nothing else."""
        return self.edited and Line(self.kind, self.before, self.after).only_spacing

    @property
    def only_layout(self) -> bool:
        """Return whether the words are the same, only laid out anew: wraps, bullets, emphasis, padding."""
        return self.edited and Line(self.kind, self.before, self.after).only_layout

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """Return the numbers, dates and words of force that changed in a changed or moved row."""
        if self.kind not in ("changed", "moved") or not self.edited:
            return ()
        return shifts(self.before, self.after)


@dataclass(frozen=True, slots=True)
class TextDiff:
    """All rows of a comparison, in reading order."""

    rows: tuple[Row, ...]

    @property
    def before(self) -> str:
        """Return the text before, rebuilt from the pieces."""
        return "".join([piece.text for row in self.rows for piece in row.left])

    @property
    def after(self) -> str:
        """Return the text after, rebuilt from the pieces."""
        return "".join([piece.text for row in self.rows for piece in row.right])

    @property
    def is_equal(self) -> bool:
        """Return whether both texts are the same, byte for byte."""
        return all(row.kind == "equal" and row.before == row.after for row in self.rows)


def diff_text(before: str, after: str) -> TextDiff:
    """Compare two texts: paragraphs, then sentences, then (when asked for) words."""
    return TextDiff(tuple(_row(line) for line in lines(before, after)))


def _row(line: Line) -> Row:
    partner = None if line.partner < 0 else line.partner
    kind: RowKind = line.kind  # type: ignore[assignment]
    return Row(kind, line.before, line.after, line.count_tail, partner, line.arrives)
