"""The lines of PDF pages in the order a person reads them.

- Words on one height make a row; columns are found by the empty strip between two blocks of running text, and
  are read one after the other; what crosses the strip (a title, a table) parts what is above and below it.
- Rows near the head or foot that come back page after page, and page numbers, are no content.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from studio.readers.pdf_tables import Table
from studio.readers.pdf_text import Word

MARGIN = 0.13
_OUTER_ROWS = 3
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/|von|de|sur|di)\s*\d{1,4})?[-–—|\s]*",
    re.IGNORECASE,
)
_FEWEST_COLUMN_ROWS = 5
_WIDE_GAP = 2.5


@dataclass(slots=True)
class Line:
    """One line of running text in its column."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    page: int
    column: tuple[float, float] = (0.0, 0.0)
    gapped: bool = False
    lead: float = 0.0  # the gap after the first word, in sizes


@dataclass(slots=True)
class Placed:
    """One table in the order of lines."""

    table: Table
    page: int


Row = list[Word]


def rows(words: Iterable[Word]) -> list[Row]:
    """Return words on one height as rows, from the top; each in reading order."""
    found: list[Row] = []
    bounds: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda word: -(word.top + word.bottom)):
        middle = (word.top + word.bottom) / 2
        if found and bounds[-1][0] <= middle <= bounds[-1][1]:
            found[-1].append(word)
        else:
            found.append([word])
            quarter = 0.3 * (word.top - word.bottom)
            bounds.append((middle - quarter, middle + quarter))
    for row in found:
        row.sort(key=lambda word: word.left, reverse=_right_to_left(row))
    return found


def _right_to_left(row: Row) -> bool:
    kinds = Counter(unicodedata.bidirectional(char) for word in row for char in word.text[:3])
    return kinds["R"] + kinds["AL"] > kinds["L"]


def running_rows(pages: Sequence[tuple[float, Sequence[Row]]]) -> list[set[int]]:
    """Return, for each page (its height and rows), the indexes of rows that are header, footer or number."""
    seen: Counter[tuple[str, int, int]] = Counter()
    for height, page in pages:
        for at in _outer(page, height):
            for near in (-1, 0, 1):
                text, place, size = _key(page[at])
                seen[text, place + near, size] += 1
    enough = 2 if len(pages) < 6 else 3
    found: list[set[int]] = []
    for height, page in pages:
        outer = _outer(page, height)
        drop = {at for at in outer if len(pages) > 1 and seen[_key(page[at])] >= enough}
        for edge in (0, len(page) - 1):
            if edge in outer and _PAGE_NUMBER.fullmatch(join_words(page[edge])):
                drop.add(edge)
        found.append(drop)
    return found


def _outer(page: Sequence[Row], height: float) -> list[int]:
    return [
        at
        for at, row in enumerate(page)
        if (at < _OUTER_ROWS and row[0].bottom > height * (1 - MARGIN))
        or (at >= len(page) - _OUTER_ROWS and row[0].top < height * MARGIN)
    ]


def _key(row: Row) -> tuple[str, int, int]:
    text = re.sub(r"\d+", "#", join_words(row)).casefold()
    return text, round(row[0].bottom / 3), round(row[0].size)


def join_words(row: Sequence[Word]) -> str:
    """Return a row's text; a wide gap becomes a tab."""
    parts: list[str] = []
    for at, word in enumerate(row):
        if at:
            parts.append("\t" if _gap(row[at - 1], word) > _WIDE_GAP * word.size else " ")
        parts.append(word.text)
    return "".join(parts)


def _gap(one: Word, other: Word) -> float:
    return max(other.left - one.right, one.left - other.right)


@dataclass(slots=True)
class _Piece:
    """A stretch of a row without a wide gap, or a table."""

    left: float
    right: float
    top: float
    words: Row
    row: int
    table: Table | None = None


def in_order(page: int, kept: Sequence[Row], tables: Sequence[Table]) -> list[Line | Placed]:
    """Return a page's lines and tables in reading order."""
    pieces = [piece for number, row in enumerate(kept) for piece in _pieces(row, number)]
    pieces += [_Piece(t.left, t.right, t.top, [], -1, t) for t in tables]
    pieces.sort(key=lambda piece: (-piece.top, piece.left))
    return _ordered(pieces, page, 0)


def _pieces(row: Row, number: int) -> list[_Piece]:
    found: list[_Piece] = []
    top = max(word.top for word in row)
    for word in row:
        if found and _gap(found[-1].words[-1], word) <= 0.9 * word.size:
            found[-1].words.append(word)
            found[-1].left = min(found[-1].left, word.left)
            found[-1].right = max(found[-1].right, word.right)
        else:
            found.append(_Piece(word.left, word.right, top, [word], number))
    return found


def _ordered(pieces: list[_Piece], page: int, depth: int) -> list[Line | Placed]:
    gutter = _gutter(pieces) if depth < 3 else None
    if gutter is None:
        return _lines(pieces, page)
    found: list[Line | Placed] = []
    sides: tuple[list[_Piece], list[_Piece]] = ([], [])
    crossing: list[_Piece] = []
    for piece in pieces:
        if piece.left < gutter < piece.right:
            for side in sides:
                found += _ordered(list(side), page, depth + 1)
                side.clear()
            crossing.append(piece)
        else:
            found += _lines(crossing, page)
            crossing = []
            sides[0 if piece.right <= gutter else 1].append(piece)
    found += _lines(crossing, page)
    for side in sides:
        found += _ordered(side, page, depth + 1)
    return found


def _gutter(pieces: Sequence[_Piece]) -> float | None:
    """Return the middle of the empty strip between two columns of running text, or None."""
    if len(pieces) < 2 * _FEWEST_COLUMN_ROWS:
        return None
    left, right = min(p.left for p in pieces), max(p.right for p in pieces)
    width = int(right - left)
    if width < 100:
        return None
    steps = [0] * (width + 2)
    for piece in pieces:
        steps[max(0, int(piece.left - left))] += 1
        steps[min(width + 1, int(piece.right - left) + 1)] -= 1
    crossings: list[int] = []
    for step in steps:
        crossings.append(step + (crossings[-1] if crossings else 0))
    inner = range(int(0.2 * width), int(0.8 * width))
    fewest = min(crossings[x] for x in inner)
    runs: list[list[int]] = []
    for x in inner:
        if crossings[x] == fewest:
            if runs and runs[-1][-1] == x - 1:
                runs[-1].append(x)
            else:
                runs.append([x])
    longest = max(runs, key=len)
    gutter = left + (longest[0] + longest[-1]) / 2
    return gutter if len(longest) >= 6 and _two_texts(pieces, gutter, left, right) else None


def _two_texts(pieces: Sequence[_Piece], gutter: float, left: float, right: float) -> bool:
    """Say whether there is running text on both sides, side by side; table cells are short."""
    first = [p for p in pieces if p.right <= gutter]
    second = [p for p in pieces if p.left >= gutter]
    if min(len(first), len(second)) < _FEWEST_COLUMN_ROWS:
        return False
    if len(pieces) - len(first) - len(second) > len(first) + len(second):
        return False
    high = min(max(p.top for p in first), max(p.top for p in second))
    low = max(min(p.top for p in first), min(p.top for p in second))
    shorter = min(max(p.top for p in side) - min(p.top for p in side) for side in (first, second))
    if shorter <= 0 or high - low < 0.5 * shorter:
        return False
    return all(
        median(p.right - p.left for p in side) >= 0.5 * room
        for side, room in ((first, gutter - left), (second, right - gutter))
    )


def _lines(pieces: Sequence[_Piece], page: int) -> list[Line | Placed]:
    """Return pieces of one column as lines; pieces of one row are one line."""
    if not pieces:
        return []
    column = (min(p.left for p in pieces), max(p.right for p in pieces))
    found: list[Line | Placed] = []
    last_row = -1
    held: Row = []
    for piece in pieces:
        if piece.table is not None or piece.row != last_row:
            if held:
                found.append(_line(held, page, column))
            held = []
        if piece.table is not None:
            found.append(Placed(piece.table, page))
            last_row = -1
        else:
            held = [*held, *piece.words]
            last_row = piece.row
    if held:
        found.append(_line(held, page, column))
    return found


def _line(words: Row, page: int, column: tuple[float, float]) -> Line:
    words = sorted(words, key=lambda word: word.left, reverse=_right_to_left(words))
    text = join_words(words)
    body = words[1:] if len(words) > 1 and len(words[0].text) <= 4 else words
    return Line(
        text=text,
        left=min(word.left for word in words),
        right=max(word.right for word in words),
        bottom=min(word.bottom for word in words),
        top=max(word.top for word in words),
        size=median(word.size for word in words),
        bold=all(word.bold for word in words),
        page=page,
        column=column,
        gapped="\t" in join_words(body),
        lead=_gap(words[0], words[1]) / words[0].size if len(words) > 1 and words[0].size > 0 else 0.0,
    )
