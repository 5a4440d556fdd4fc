"""Text diff: two versions of a document as rows for a side-by-side view.

- The rows' left sides, joined, are the text before, byte for byte; the right sides the text after.
- A moved block has two rows, one where it left and one where it arrived; each names the other. Its
  edits are marked on both, measured against each other.
- White space that differs is marked, never dropped; `Row.only_spacing` lets a view play it down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.diff.pairing import Pairing, pair
from studio.diff.pieces import Mark, Piece, Segment
from studio.diff.shifts import Shift, shifts

RowKind = Literal["equal", "changed", "added", "removed", "moved"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a paragraph or sentence on the left, on the right, or both.

    `compared` holds both versions' word diff; for a moved row also the side that stands elsewhere.
    `partner` is the row number of a move's other end, `arrives` whether this is the new place.
    """

    kind: RowKind
    compared: tuple[Segment, ...]
    partner: int | None = None
    arrives: bool = False

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
        return self.edited and not any(
            each.changed and (each.before.strip() or each.after.strip()) for each in self.compared
        )

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """Return the numbers, dates and words of force that changed in a changed or moved row."""
        if self.kind not in ("changed", "moved") or not self.edited:
            return ()
        return shifts("".join(s.before for s in self.compared), "".join(s.after for s in self.compared))


@dataclass(frozen=True, slots=True)
class TextDiff:
    """All rows of a comparison, in reading order."""

    rows: tuple[Row, ...]

    @property
    def before(self) -> str:
        """Return the text before, rebuilt."""
        return "".join([piece.text for row in self.rows for piece in row.left])

    @property
    def after(self) -> str:
        """Return the text after, rebuilt."""
        return "".join([piece.text for row in self.rows for piece in row.right])

    @property
    def is_equal(self) -> bool:
        """Return whether both texts are the same, byte for byte."""
        return all(row.kind == "equal" for row in self.rows) and self.before == self.after


def diff_text(before: str, after: str) -> TextDiff:
    """Compare two texts: paragraphs, then sentences, then words."""
    if before == after:
        return TextDiff((Row("equal", (Segment(before, after, False),)),) if before else ())
    return TextDiff(tuple(_Rows(pair(before, after)).build()))


class _Rows:
    """Writes a pairing as rows, in the order of both texts."""

    def __init__(self, found: Pairing) -> None:
        """Take the blocks and links of both texts."""
        self.found = found
        self.from_left = {link[0]: link for link in found.moved}
        self.from_right = {link[2]: link for link in found.moved}
        self.rows: list[Row] = []
        self.departs: dict[int, int] = {}
        self.arrives: dict[int, int] = {}

    def build(self) -> list[Row]:
        """Return the rows, moves linked to each other."""
        i = j = 0
        links = self.found.links
        for number, (l1, l2, r1, r2) in enumerate(links):
            self._free(i, l1, j, r1)
            following = links[number + 1] if number + 1 < len(links) else self._end()
            self._linked((l1, l2, r1, r2), (following[0], following[2]) == (l2, r2))
            i, j = l2, r2
        self._free(i, len(self.found.left), j, len(self.found.right))
        for link in self.found.moved:
            gone, come = self.departs[link[0]], self.arrives[link[0]]
            parts = self.rows[gone].compared
            self.rows[gone] = Row("moved", parts, come, False)
            self.rows[come] = Row("moved", parts, gone, True)
        return self.rows

    def _end(self) -> tuple[int, int, int, int]:
        """Return the place behind the last block of both sides."""
        left, right = len(self.found.left), len(self.found.right)
        return left, left, right, right

    def _left(self, i: int) -> str:
        """Return the text of a block before."""
        return self.found.before[self.found.left[i].start : self.found.left[i].end]

    def _right(self, j: int) -> str:
        """Return the text of a block after."""
        return self.found.after[self.found.right[j].start : self.found.right[j].end]

    def _linked(self, link: tuple[int, int, int, int], same_follows: bool) -> None:
        """Append the row of blocks that keep their place."""
        parts = self.found.segments(link, same_follows)
        self.rows.append(Row("changed" if any(part.changed for part in parts) else "equal", parts))

    def _free(self, i1: int, i2: int, j1: int, j2: int) -> None:
        """Append the rows of blocks without a partner here: gone first, then come."""
        while i1 < i2:
            if (link := self.from_left.get(i1)) is None:
                self.rows.append(Row("removed", (Segment(self._left(i1), "", True),)))
                i1 += 1
                continue
            self.departs[i1] = len(self.rows)
            self.rows.append(Row("moved", self.found.segments(link, False)))
            i1 = link[1]
        while j1 < j2:
            if (link := self.from_right.get(j1)) is None:
                self.rows.append(Row("added", (Segment("", self._right(j1), True),)))
                j1 += 1
                continue
            self.arrives[link[0]] = len(self.rows)
            self.rows.append(Row("moved", ()))
            j1 = link[3]
