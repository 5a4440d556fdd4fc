"""Lines: a comparison of two texts as rows, before any of their words are compared.

- The rows' left spans, joined, are the text before; the right spans the text after.
- A moved block has two rows, one where it left and one where it arrives; each names the other.
"""

from __future__ import annotations

from itertools import pairwise

from studio.diff.blocks import plain
from studio.diff.pairing import pair
from studio.diff.sides import Pairing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from studio.diff.sides import Share, Write
    from studio.diff.words import Box

EQUAL, CHANGED, ADDED, REMOVED, MOVED = "equal", "changed", "added", "removed", "moved"


class Line:
    """One row: what stands before and after, and how both belong together.

    `count_tail` tells whether white space behind counts; `partner` is the row of a move's other end.
    A moved row holds both versions, though only one of them stands here: `arrives` tells which.
    `told` is what `lines` was asked to write of its words, where they were compared on the way.
    """

    __slots__ = ("after", "arrives", "before", "count_tail", "kind", "partner", "told")

    def __init__(self, kind: str, before: str, after: str, count_tail: bool = False) -> None:
        """Make a row that is no move yet."""
        self.kind, self.before, self.after, self.count_tail = kind, before, after, count_tail
        self.partner = -1
        self.arrives = False
        self.told = ""

    @property
    def only_spacing(self) -> bool:
        """Return whether white space differs and nothing else."""
        return self.kind in (CHANGED, MOVED) and self.before.split() == self.after.split()

    @property
    def only_layout(self) -> bool:
        """Return whether the words are the same, laid out anew: wraps, bullets, emphasis, padding."""
        if self.kind not in (CHANGED, MOVED):
            return False
        before, after = self.before, self.after
        for letter in "eatoinsr":  # layout leaves letters as they are: most edits are told at once
            if before.count(letter) != after.count(letter):
                return False
        return plain(before) == plain(after)


def lines(
    before: str,
    after: str,
    write: Write | None = None,
    share: Share | None = None,
    made: list[object] | None = None,
) -> list[Line]:
    """Return the rows of two texts, in the order of both.

    `write` makes of the words of two versions and of where they differ what a row's `told` is to be; `share`
    divides the work among processes. What was made on the way is appended to `made`: a process that ends
    with the comparison need not take it apart.
    """
    if before == after:
        return [Line(EQUAL, before, after)] if before else []
    found = _Rows(pair(before, after, write, share))
    if made is not None:
        made.append(found)
    return found.build()


class _Rows:
    """Writes a pairing as rows."""

    def __init__(self, found: Pairing) -> None:
        """Take the blocks and links of both texts."""
        self.found = found
        self.from_left = {link[0]: link for link in found.moved}
        self.from_right = {link[2]: link for link in found.moved}
        self.rows: list[Line] = []
        self.departs: dict[int, int] = {}
        self.arrives: dict[int, int] = {}

    def build(self) -> list[Line]:
        """Return the rows, moves linked to each other."""
        left, right, told, rows = self.found.left, self.found.right, self.found.told, self.rows
        text_a, text_b, starts_a, starts_b = left.text, right.text, left.starts, right.starts
        i = j = 0
        _, end_left, _, end_right = self.found.all()
        links = [*self.found.links, (end_left, end_left, end_right, end_right)]
        same: Line | None = None  # the row before, where it is equal and its paragraph goes on
        for (l1, l2, r1, r2), following in pairwise(links):
            if i < l1 or j < r1:
                self._free(i, l1, j, r1)
                same = None
            i, j = l2, r2
            before, after = text_a[starts_a[l1] : starts_a[l2]], text_b[starts_b[r1] : starts_b[r2]]
            if before == after:
                after = before  # one text is held, not two
            else:
                same_follows = following[0] == l2 and following[2] == r2
                if same_follows or before.rstrip() != after.rstrip():
                    row = Line(CHANGED, before, after, same_follows)
                    row.told = told.get(l1, "")
                    rows.append(row)
                    same = None
                    continue
            if same is not None:  # sentences of one paragraph are one row
                same.before += before
                same.after += after
            elif before or after:
                same = Line(EQUAL, before, after)
                rows.append(same)
            if before[-1:] == "\n":
                same = None
        self._free(i, end_left, j, end_right)
        for l1, _, _, _ in self.found.moved:
            gone, come = self.departs[l1], self.arrives[l1]
            rows[gone].partner, rows[come].partner = come, gone
        return rows

    def _moved(self, link: Box, arrives: bool) -> None:
        """Append one end of a move."""
        left, right = self.found.left, self.found.right
        row = Line(
            MOVED,
            left.text[left.starts[link[0]] : left.starts[link[1]]],
            right.text[right.starts[link[2]] : right.starts[link[3]]],
        )
        row.arrives = arrives
        (self.arrives if arrives else self.departs)[link[0]] = len(self.rows)
        self.rows.append(row)

    def _free(self, i1: int, i2: int, j1: int, j2: int) -> None:
        """Append the rows of blocks without a partner here: gone first, then come."""
        left, right = self.found.left, self.found.right
        while i1 < i2:
            if (link := self.from_left.get(i1)) is not None:
                self._moved(link, arrives=False)
                i1 = link[1]
                continue
            if gone := left.text[left.starts[i1] : left.starts[i1 + 1]]:
                self.rows.append(Line(REMOVED, gone, ""))
            i1 += 1
        while j1 < j2:
            if (link := self.from_right.get(j1)) is not None:
                self._moved(link, arrives=True)
                j1 = link[3]
                continue
            if come := right.text[right.starts[j1] : right.starts[j1 + 1]]:
                self.rows.append(Line(ADDED, "", come))
            j1 += 1
