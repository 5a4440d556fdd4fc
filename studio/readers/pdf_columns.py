"""The columns of a page: empty strips that part blocks of running text, and the pieces of rows beside them.

- A strip is found by what does not cross it; what does (a title, a table, a page that goes on in one column)
  may be more than what stands beside it, if that is plainly text: lines that fill their column.
- Cells of a table without rules stand side by side, too, but few of them fill their column.
- Where the gap between two columns is hardly wider than a space, rows are parted at the strip all the same.
- A line that runs over into the next column stays in its own: text stands beside it, as beside no title.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from studio.readers.pdf_tables import Table
from studio.readers.pdf_text import Word

_FEWEST_ROWS, _FEWEST_FULL_ROWS = 5, 3
_NARROWEST_PAGE, _NARROWEST_STRIP = 100, 6
_OUTER = 0.2
_APART, _LOOSE = 0.9, 0.45  # sizes; a space is about a quarter
_WIDE, _FULL = 0.5, 0.75
_MOST_DEPTH = 3


class Strip(NamedTuple):
    """The empty strip between two columns."""

    left: float
    right: float

    @property
    def middle(self) -> float:
        """Return the place that parts the columns."""
        return (self.left + self.right) / 2


@dataclass(slots=True)
class Piece:
    """A stretch of a row without a wide gap, or a table."""

    left: float
    right: float
    top: float
    bottom: float
    words: list[Word]
    row: int
    table: Table | None = None


class _Side:
    """What stands on one side of a strip, row by row."""

    def __init__(self, pieces: Sequence[Piece], room: float) -> None:
        self.pieces, self.room = pieces, room
        rows: dict[int, tuple[float, float]] = {}
        for piece in pieces:
            left, right = rows.get(piece.row, (piece.left, piece.right))
            rows[piece.row] = min(left, piece.left), max(right, piece.right)
        self.widths = [right - left for left, right in rows.values()]
        self.top = max((piece.top for piece in pieces), default=0.0)
        self.low = min((piece.top for piece in pieces), default=0.0)

    def full(self) -> float:
        """Return the share of rows that fill the column."""
        return sum(width >= _FULL * self.room for width in self.widths) / max(1, len(self.widths))

    def is_text(self) -> bool:
        """Say whether these are lines rather than cells, which are short."""
        return bool(self.widths) and (median(self.widths) >= _WIDE * self.room or self.full() >= 0.25)


def gap(one: Word, other: Word) -> float:
    """Return the distance between two words of a row, in points."""
    return max(other.left - one.right, one.left - other.right)


def pieces_of(row: Sequence[Word], number: int, most: float = _APART) -> list[Piece]:
    """Return a row's pieces; `most` is the widest gap inside one, in sizes."""
    found: list[Piece] = []
    top, bottom = max(word.top for word in row), min(word.bottom for word in row)
    for word in row:
        if found and gap(found[-1].words[-1], word) <= most * word.size:
            found[-1].words.append(word)
            found[-1].left = min(found[-1].left, word.left)
            found[-1].right = max(found[-1].right, word.right)
        else:
            found.append(Piece(word.left, word.right, top, bottom, [word], number))
    return found


def find_strip(pieces: Sequence[Piece], depth: int = 0) -> Strip | None:
    """Return the strip between two columns of running text, or None."""
    if depth >= _MOST_DEPTH or len(pieces) < 2 * _FEWEST_FULL_ROWS:
        return None
    left, right = min(p.left for p in pieces), max(p.right for p in pieces)
    width = int(right - left)
    if width < _NARROWEST_PAGE:
        return None
    crossings = _crossings(pieces, left, width)
    inner = range(int(_OUTER * width), int((1 - _OUTER) * width))
    fewest = min(crossings[x] for x in inner)
    runs: list[list[int]] = []
    for x in inner:
        if crossings[x] == fewest:
            if runs and runs[-1][-1] == x - 1:
                runs[-1].append(x)
            else:
                runs.append([x])
    longest = max(runs, key=len)
    if len(longest) < _NARROWEST_STRIP:
        return None
    strip = Strip(left + longest[0], left + longest[-1])
    return strip if _two_texts(parted(pieces, strip), strip, (left, right), depth) else None


def _crossings(pieces: Iterable[Piece], left: float, width: int) -> list[int]:
    """Return, for each point across the page, how many stretches cover it."""
    steps = [0] * (width + 2)
    for piece in pieces:
        for part in pieces_of(piece.words, piece.row, _LOOSE) if piece.words else (piece,):
            steps[max(0, int(part.left - left))] += 1
            steps[min(width + 1, int(part.right - left) + 1)] -= 1
    found: list[int] = []
    for step in steps:
        found.append(step + (found[-1] if found else 0))
    return found


def parted(pieces: Iterable[Piece], strip: Strip) -> list[Piece]:
    """Return pieces parted where a gap between their words is the strip."""
    found: list[Piece] = []
    for piece in pieces:
        before = [word for word in piece.words if word.right <= strip.left + 1]
        after = [word for word in piece.words if word.left >= strip.right - 1]
        if before and after and len(before) + len(after) == len(piece.words):
            found += [_part(piece, words) for words in (before, after)]
        else:
            found.append(piece)
    return found


def _part(piece: Piece, words: list[Word]) -> Piece:
    left, right = min(word.left for word in words), max(word.right for word in words)
    return Piece(left, right, piece.top, piece.bottom, words, piece.row)


def _two_texts(pieces: Sequence[Piece], strip: Strip, ends: tuple[float, float], depth: int) -> bool:
    """Say whether there is running text on both sides, side by side."""
    sides = _sides(pieces, strip, ends)
    rows = min(len(side.widths) for side in sides)
    plainly = rows >= _FEWEST_FULL_ROWS and all(side.full() >= 0.4 for side in sides)
    beside = sum(len(side.pieces) for side in sides)
    if not plainly and (rows < _FEWEST_ROWS or len(pieces) > 2 * beside):
        return False
    shorter = min(side.top - side.low for side in sides)
    together = min(side.top for side in sides) - max(side.low for side in sides)
    if shorter <= 0 or together < 0.5 * shorter:
        return False
    return all(side.is_text() or find_strip(side.pieces, depth + 1) is not None for side in sides)


def _sides(pieces: Sequence[Piece], strip: Strip, ends: tuple[float, float]) -> tuple[_Side, _Side]:
    return (
        _Side([p for p in pieces if p.right <= strip.middle], strip.left - ends[0]),
        _Side([p for p in pieces if p.left >= strip.middle], ends[1] - strip.right),
    )


def usual_strip(strips: Sequence[Strip | None]) -> Strip | None:
    """Return the strip that most pages share; the last page may hold too little to show it."""
    found = [strip for strip in strips if strip is not None]
    for strip in found:
        alike = [other for other in found if other.left < strip.middle < other.right]
        if 2 * len(alike) >= len(strips) > 1:
            return Strip(max(other.left for other in alike), min(other.right for other in alike))
    return None


def has_strip(pieces: Sequence[Piece], strip: Strip) -> bool:
    """Say whether a page that shows no columns of itself has those of its neighbours."""
    if not pieces:
        return False
    split = parted(pieces, strip)
    ends = min(p.left for p in split), max(p.right for p in split)
    first, second = _sides(split, strip, ends)
    beside = len(first.pieces) + len(second.pieces)
    return first.is_text() and bool(second.pieces) and len(split) <= 2 * beside


def spread(pieces: Sequence[Piece], strip: Strip) -> list[tuple[Piece, int]]:
    """Return the pieces with their column: 0 and 1, or -1 for what spans both."""
    found: list[tuple[Piece, int]] = []
    split = parted(pieces, strip)
    starts = [piece.left for piece in split if piece.right <= strip.middle]
    second = [piece for piece in split if piece.left >= strip.middle]
    for piece in split:
        column = 0 if piece.right <= strip.middle else 1 if piece.left >= strip.middle else -1
        if column == -1 and piece.table is None and _runs_over(piece, starts, second):
            column = 0
        found.append((piece, column))
    return found


def _runs_over(piece: Piece, starts: Sequence[float], second: Sequence[Piece]) -> bool:
    if sum(abs(start - piece.left) < 1 for start in starts) < _FEWEST_FULL_ROWS:
        return False
    return any(
        min(piece.top, other.top) - max(piece.bottom, other.bottom) > 0.2 * (piece.top - piece.bottom)
        for other in second
    )
