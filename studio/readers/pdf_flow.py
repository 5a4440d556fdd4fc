"""The lines of PDF pages in the order a person reads them.

- Words on one height make a row; columns (`pdf_columns`) are read one after the other; what crosses the strip
  between them (a title, a table) parts what is above and below it.
- Rows near the head or foot that come back page after page, and page numbers, are no content.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from studio.readers.pdf_columns import Piece, Strip, find_strip, gap, pieces_of, spread
from studio.readers.pdf_tables import Table
from studio.readers.pdf_text import Word

MARGIN = 0.13
_OUTER_ROWS = 3
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/|von|de|sur|di)\s*\d{1,4})?[-–—|\s]*",
    re.IGNORECASE,
)
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
            parts.append("\t" if gap(row[at - 1], word) > _WIDE_GAP * word.size else " ")
        parts.append(word.text)
    return "".join(parts)


def pieces(kept: Sequence[Row], tables: Sequence[Table]) -> list[Piece]:
    """Return a page's stretches of text and its tables, from the top."""
    found = [piece for number, row in enumerate(kept) for piece in pieces_of(row, number)]
    found += [Piece(t.left, t.right, t.top, t.bottom, [], -1 - at, t) for at, t in enumerate(tables)]
    return sorted(found, key=lambda piece: (-piece.top, piece.left))


def in_order(page: int, found: Sequence[Piece], strip: Strip | None) -> list[Line | Placed]:
    """Return a page's lines and tables in reading order; the strip is that between its columns."""
    return _ordered(found, page, strip, 0)


def _ordered(pieces: Sequence[Piece], page: int, strip: Strip | None, depth: int) -> list[Line | Placed]:
    if strip is None:
        return _lines(pieces, page)
    found: list[Line | Placed] = []
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    crossing: list[Piece] = []

    def read_on() -> None:
        for side in sides:
            found.extend(_ordered(list(side), page, find_strip(side, depth + 1), depth + 1))
            side.clear()

    for piece, column in spread(pieces, strip):
        if column < 0:
            read_on()
            crossing.append(piece)
        else:
            found += _lines(crossing, page)
            crossing = []
            sides[column].append(piece)
    found += _lines(crossing, page)
    read_on()
    return found


def _lines(pieces: Sequence[Piece], page: int) -> list[Line | Placed]:
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
        lead=gap(words[0], words[1]) / words[0].size if len(words) > 1 and words[0].size > 0 else 0.0,
    )
