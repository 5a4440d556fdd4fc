"""The PDF reader: from lines on pages to headings, paragraphs, items and tables.

- PDFium is the gate (password, damage, page count) and the reader of text: it measures 200 pages in
  seconds, inside the sandbox. Tables are looked for only on pages that have ruling lines.
- Headings show by size, weight or capitals; their levels follow the sizes and the numbers in titles.
- Paragraphs go on over lines, columns and pages; words that were hyphenated at a line's end are whole again.
- A file without a text layer is refused; a single page that is a picture is named where it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from studio.domain.errors import BrokenInput
from studio.domain.source import SourceDocument
from studio.readers import shapes
from studio.readers.composition import Composition, Nesting, is_header
from studio.readers.pdf_columns import find_strip, has_strip, usual_strip
from studio.readers.pdf_enumerations import AHEAD, runs_on
from studio.readers.pdf_flow import Line, Placed, Row, in_order, join_words, pieces, rows, running_rows
from studio.readers.pdf_tables import Table, tables
from studio.readers.pdf_text import Page, open_pdf, pages

MEDIA_TYPE = "application/pdf"
_ENDED = re.compile(r"[.!?:;…。！？]['\"”’)\]]*$")  # noqa: RUF001
_CONTENTS = re.compile(r"(?:\.\s?){5,}\s*\d{1,4}$")
_CODED_BULLET = re.compile(r"\(cid:\d{1,4}\)(?=\s)")
_LETTER_BULLET = re.compile(r"o(?=\s+\S)")
_BARE_NUMBER = re.compile(r"(\d{1,2})\s+(?=\S)")
_SET_OFF = 0.5  # sizes; a space is about a quarter
_HYPHENATED = re.compile(r"(\w{2,})[-\u2010]$")
_HEADING_SIZE = 1.1
_LONGEST_HEADING = 160
_Kind = Literal["heading", "paragraph", "item"]
_Style = tuple[float, bool]


def read_pdf(data: bytes, name: str) -> SourceDocument:
    """Return a PDF as blocks with page numbers; raises BrokenInput."""
    with open_pdf(data, name) as document:
        leaves = list(pages(document, name))
    if not any(page.words or page.hidden for page in leaves):
        raise BrokenInput(
            f"“{name}” has no text in it: its pages are pictures, as a scanner makes them.",
            "Run it through text recognition (OCR), or add the document it was printed from.",
        )
    return _Reading(leaves, name).document()


@dataclass(slots=True)
class _Pending:
    """The block that is being gathered, line by line."""

    kind: _Kind
    lines: list[Line]
    text: str
    level: int = 0
    marker: str = ""
    indent: float = 0.0


class _Reading:
    """One pass over the lines of one document."""

    def __init__(self, leaves: Sequence[Page], name: str) -> None:
        self.out = Composition(name)
        self.flow = _flow(leaves)
        self.hidden = {page.number: page.hidden for page in leaves if page.hidden}
        self.pictured = {page.number for page in leaves if page.pictured}
        lines = [line for line in self.flow if isinstance(line, Line)]
        self.body = _body_size(lines)
        self.gap = _usual_gap(lines)
        self.vocabulary = Counter(re.findall(r"[\w’'-]+", " ".join(line.text for line in lines).casefold()))
        self.levels = self.heading_levels(lines)
        self.nesting = Nesting(0.5 * self.body)
        self.pending: _Pending | None = None
        self.table: tuple[list[str], int] | None = None  # header and row count of a table that may go on
        self.page = 0
        self.at = 0

    def document(self) -> SourceDocument:
        for at, part in enumerate(self.flow):
            self.at = at
            self.turn_to(part.page)
            if isinstance(part, Placed):
                self.flush()
                self.place_table(part.table)
            elif not _CONTENTS.search(part.text):
                self.line(part, self.flow[at + 1] if at + 1 < len(self.flow) else None)
        self.flush()
        self.turn_to(max((*self.pictured, *self.hidden), default=0))
        return self.out.document(MEDIA_TYPE)

    def turn_to(self, page: int) -> None:
        """Name the pages on the way that are pictures, so that nothing is silently missing."""
        for number in range(self.page + 1, page + 1):
            if number in self.pictured:
                self.flush()
                self.out.page = number
                self.out.paragraph(f"[Page {number} is a picture; its text was not read.]")
            if number in self.hidden:
                self.flush()
                self.out.page = number
                for reason, text in self.hidden[number]:
                    self.out.hide(text, "concealed", reason)
        self.page = max(page, self.page)

    def heading_levels(self, lines: Sequence[Line]) -> dict[_Style, int]:
        """Return the heading level of each style of type: the largest first, bold before plain."""
        styles = {
            _style(line)
            for line in lines
            if line.size >= _HEADING_SIZE * self.body or self.is_bold_title(line)
        }
        return {style: min(6, at) for at, style in enumerate(sorted(styles, reverse=True), start=1)}

    def is_bold_title(self, line: Line) -> bool:
        text = line.text.strip()
        return (
            line.bold
            and not line.gapped
            and len(text) <= 90
            and bool(shapes.is_title(text, 10) or shapes.numbered_title(text))
        )

    def heading_level(self, line: Line, following: Line | Placed | None) -> int:
        text = line.text.strip()
        if line.size >= _HEADING_SIZE * self.body:
            long = len(text) > 100 or (len(text) > 60 and _ENDED.search(text))
            return 0 if long or not re.search(r"\w", text) else self.numbered(text, self.levels[_style(line)])
        if self.is_bold_title(line):
            return self.numbered(text, self.levels.get(_style(line), 1))
        if shapes.is_capitals(text) and len(text.split()) <= 10 and not _ENDED.search(text):
            alone = not isinstance(following, Line) or not shapes.is_capitals(following.text)
            return min(6, len(self.levels) + 1) if alone and self.stands_apart(line) else 0
        return 0

    def numbered(self, text: str, level: int) -> int:
        """Return a heading's level with regard to its number: `3.2` stands below `3`."""
        depth = shapes.numbered_title(text)
        return min(6, max(level, depth)) if depth > 1 else level

    def stands_apart(self, line: Line) -> bool:
        last = self.pending.lines[-1] if self.pending else None
        return last is None or last.page != line.page or last.bottom - line.top > self.gap + 0.3 * line.size

    def line(self, line: Line, following: Line | Placed | None) -> None:
        self.table = None
        level = self.heading_level(line, following)
        if level:
            self.heading(line, level)
            return
        mark = self.marker(line)
        if mark is not None and not self.is_wrapped_number(line, mark):
            self.flush()
            indent = line.left - line.column[0]
            depth = self.nesting.item(indent)
            text = line.text.strip()[mark.length :]
            self.pending = _Pending("item", [line], text, depth, mark.text, line.left)
        elif self.pending is not None and self.goes_on(self.pending, line):
            self.pending.text = self.joined(self.pending.text, line.text.strip())
            self.pending.lines.append(line)
        else:
            self.flush()
            depth = self.nesting.inside(line.left - line.column[0])
            self.pending = _Pending("paragraph", [line], line.text.strip(), depth)

    def heading(self, line: Line, level: int) -> None:
        last = self.pending
        text = line.text.strip()
        if (
            last is not None
            and last.kind == "heading"
            and _style(last.lines[-1]) == _style(line)
            and 0 <= last.lines[-1].top - line.top < 2.2 * line.size
            and len(last.text) + len(text) < _LONGEST_HEADING
            and not text[0].isdigit()
        ):
            last.text = self.joined(last.text, text)
            last.lines.append(line)
            return
        self.flush()
        self.nesting.close()
        self.pending = _Pending("heading", [line], text, level)

    def marker(self, line: Line) -> shapes.Marker | None:
        text = line.text.strip()
        bullet = _CODED_BULLET.match(text) or _LETTER_BULLET.match(text)
        if bullet is not None:
            gap = len(text[bullet.end() :]) - len(text[bullet.end() :].lstrip())
            return shapes.Marker("•", "•", bullet.end() + gap)
        number = _BARE_NUMBER.match(text) if line.lead > _SET_OFF else None
        if number is not None:
            return shapes.Marker(number[1], "1", number.end())
        return shapes.marker(text)

    def is_wrapped_number(self, line: Line, mark: shapes.Marker) -> bool:
        """Tell `… as set out in` / `1. above` from an item; an item starts where a sentence has ended."""
        last = self.pending
        if last is None or last.kind == "heading":
            return False
        if last.kind == "item" and line.left < last.lines[-1].left - 0.5 * line.size:
            return False
        if not mark.text[0].isalnum():
            return runs_on(mark.text, last.text, line, self.flow[self.at + 1 : self.at + 1 + AHEAD])
        same_place = abs(line.left - last.lines[-1].left) < 0.5 * line.size
        full = last.lines[-1].right > last.lines[-1].column[1] - 0.2 * _width(last.lines[-1])
        return (
            bool(len(last.lines) > 1 or same_place) and full and same_place and not _ENDED.search(last.text)
        )

    def goes_on(self, pending: _Pending, line: Line) -> bool:
        """Say whether a line continues the block above, or the one that ended the column or page before."""
        last = pending.lines[-1]
        if pending.kind == "heading" or abs(last.size - line.size) > 0.08 * self.body:
            return False
        ended = bool(_ENDED.search(pending.text))
        text = line.text.strip()
        if last.page != line.page or last.column != line.column:
            full = last.right > last.column[1] - 0.2 * _width(last)
            return not ended and (text[:1].islower() or text[:1] in "(“\"'" or full)
        if line.gapped or last.gapped or last.bottom - line.top > self.gap + 0.35 * line.size:
            return False
        if last.bold != line.bold and (self.is_bold_title(last) or self.is_bold_title(line)):
            return False
        if pending.kind == "item":
            outside = line.left < pending.indent - 0.5 * line.size and not text[:1].islower()
            return line.left > pending.indent + 0.5 * line.size or not (
                ended or (outside and _had_room(last, text))
            )
        short = last.right < last.column[1] - 0.25 * _width(last)
        indented = len(pending.lines) > 1 and line.left > last.left + 0.8 * line.size
        return not (ended and (short or indented))

    def joined(self, text: str, more: str) -> str:
        """Return two lines as one; a word that was parted at the line's end is whole again."""
        parted = _HYPHENATED.search(text)
        if parted is None or not more[:1].islower():
            return f"{text} {more}" if not (_is_dense(text[-1:]) and _is_dense(more[:1])) else text + more
        rest = re.match(r"\w+", more)
        whole = f"{parted[1]}{rest[0] if rest else ''}".casefold()
        with_hyphen = f"{parted[1]}-{rest[0] if rest else ''}".casefold()
        both = bool(rest) and self.vocabulary[parted[1].casefold()] and self.vocabulary[whole] == 0
        keeps = self.vocabulary[with_hyphen] > self.vocabulary[whole] or (
            both and self.vocabulary[rest[0].casefold() if rest else ""] > 1
        )
        return text + more if keeps else text[:-1] + more

    def flush(self) -> None:
        pending, self.pending = self.pending, None
        if pending is None:
            return
        self.out.page = pending.lines[0].page
        if pending.kind == "heading":
            self.out.heading(pending.text, pending.level)
        elif pending.kind == "item":
            self.out.item(pending.text, pending.level, pending.marker)
        else:
            self.out.paragraph(pending.text, pending.level)

    def place_table(self, table: Table) -> None:
        """Place a table, or what a page break cut off from the one before."""
        texts = [[self.cell_text(cell) for cell in row] for row in table.rows]
        self.out.page = self.page
        header = texts[0] if len(texts) > 1 and is_header(texts[0]) else []
        first, headers = 0, 1 if header else 0
        if self.table is not None and len(self.table[0]) == len(texts[0]):
            first, headers = self.table[1], 0
            if texts[0] == self.table[0]:
                texts = texts[1:]
            header = self.table[0]
        elif self.table is not None:
            self.out.end_table()
        for row, cells in enumerate(texts, start=first):
            for column, text in enumerate(cells):
                self.out.cell(text, row, column, row < headers)
        self.out.end_table()
        self.table = (header or texts[0], first + len(texts)) if texts else self.table
        self.nesting.close()

    def cell_text(self, words: Row) -> str:
        text = ""
        for row in rows(words):
            line = join_words(row).replace("\t", " ")
            text = self.joined(text, line) if text and shapes.marker(line) is None else f"{text}\n{line}"
        return text.strip()


def _flow(leaves: Sequence[Page]) -> list[Line | Placed]:
    """Return all lines and tables in reading order, without what runs along on every page."""
    parts = [tables(page.edges, page.words) if page.edges else ([], list(page.words)) for page in leaves]
    all_rows = [rows(words) for _, words in parts]
    dropped = running_rows([(page.height, found) for page, found in zip(leaves, all_rows, strict=True)])
    cut = [
        pieces([row for at, row in enumerate(found) if at not in drop], grids)
        for (grids, _), found, drop in zip(parts, all_rows, dropped, strict=True)
    ]
    strips = [find_strip(page) for page in cut]
    usual = usual_strip(strips)
    flow: list[Line | Placed] = []
    for page, found_pieces, strip in zip(leaves, cut, strips, strict=True):
        shared = usual if usual is not None and has_strip(found_pieces, usual) else None
        flow += in_order(page.number, found_pieces, strip or shared)
    _align_margins(flow)
    return flow


def _align_margins(flow: Sequence[Line | Placed]) -> None:
    """Measure indents from the usual margin, also on pages that hold nothing but indented items."""
    lines = [part for part in flow if isinstance(part, Line)]
    margins = Counter(round(line.column[0]) for line in lines)
    for line in lines:
        nearest = [m for m, count in margins.items() if count > margins[round(line.column[0])]]
        outer = [m for m in nearest if 0 < line.column[0] - m < 8 * line.size]
        if outer:
            line.column = (float(max(outer, key=lambda m: margins[m])), line.column[1])


def _body_size(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return max(1.0, sizes.most_common(1)[0][0]) if sizes else 10.0


def _usual_gap(lines: Sequence[Line]) -> float:
    """Return the usual distance between the lines of a paragraph, in points."""
    gaps = Counter(
        round(2 * (one.bottom - other.top)) / 2
        for one, other in pairwise(lines)
        if one.page == other.page and one.column == other.column and other.top < one.top
    )
    return gaps.most_common(1)[0][0] if gaps else 2.0


def _style(line: Line) -> _Style:
    return round(line.size), line.bold


def _had_room(last: Line, text: str) -> bool:
    """Say whether the first word of the next line would have fitted on the last."""
    word = len(text.split(maxsplit=1)[0]) + 1 if text.split() else 0
    return last.right + 1.2 * word * (last.right - last.left) / max(1, len(last.text)) < last.column[1]


def _width(line: Line) -> float:
    return max(1.0, line.column[1] - line.column[0])


def _is_dense(char: str) -> bool:
    """Say whether a character is of a script that is written without spaces."""
    return "\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uff60"
