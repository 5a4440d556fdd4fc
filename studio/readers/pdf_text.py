"""What stands on a PDF page, by PDFium: words with their places, sizes and weight, and straight lines.

- Lengths are points; `top` is larger than `bottom`, as PDF counts from the foot of the page.
- Only the first and the last character of a word are measured: 200 pages take a second.
- Words that nobody sees (`pdf_look`) are kept apart from those of the page.
- PDFium writes a hyphen at a line's end as U+0002 or U+FFFE; it comes out as a hyphen.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from studio.readers import limits
from studio.readers.composition import clean
from studio.readers.pdf_look import PAGE_OBJECTS, Sight
from studio.readers.pdf_streams import refuse_bombs
from studio.readers.signature import damaged, protected

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

PAGE_CHARACTERS = 200_000
PATH_SEGMENTS = 5_000
_SIGNS = str.maketrans(
    {"\x02": "-", "\ufffe": "-", "\x7f": "•", "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓"}
)
_STRAIGHT = 1.0
_SHORTEST = 4.0
_NAME_BYTES = 128
_BOLD_WEIGHT = 600


class Word(NamedTuple):
    """One word: its box, the height of its letters' line, and whether it is bold."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool


class Edge(NamedTuple):
    """One straight line along a page's axes."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def level(self) -> bool:
        """Return whether the line is horizontal."""
        return self.top - self.bottom <= self.right - self.left


class Page(NamedTuple):
    """What stands on one page."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    edges: tuple[Edge, ...]
    pictured: bool
    hidden: tuple[tuple[str, str], ...] = ()  # why nobody sees it, and the text


def open_pdf(data: bytes, name: str) -> PdfDocument:
    """Open a PDF; raises BrokenInput for one that is locked, damaged, too long or a bomb."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    refuse_bombs(data, name)
    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise protected(name) from error
        raise damaged(name, "pdf") from error
    if count == 0:
        raise damaged(name, "pdf", "it has no pages")
    if count > limits.PAGES:
        raise limits.too_large(name, f"{count:,} pages", f"{limits.PAGES:,} pages")
    return document


def pages(document: PdfDocument, name: str) -> Iterator[Page]:
    """Yield the pages, one at a time."""
    import pypdfium2

    for index in range(len(document)):
        try:
            page = document[index]
            text = page.get_textpage()
        except pypdfium2.PdfiumError as error:
            raise damaged(name, "pdf", f"page {index + 1} cannot be read") from error
        width, height = page.get_size()
        sight = Sight(page, text)
        words = tuple(_words(text, name, index + 1, sight))
        edges = tuple(_edges(page)) if words else ()
        pictured = not words and sight.pictured
        yield Page(index + 1, width, height, words, edges, pictured, tuple(sight.unseen))
        text.close()
        page.close()


def _words(page: PdfTextPage, name: str, number: int, sight: Sight) -> Iterator[Word]:
    count = page.count_chars()
    if count > PAGE_CHARACTERS:
        raise limits.too_large(
            name, f"{count:,} characters on page {number}", f"{PAGE_CHARACTERS:,} characters on a page"
        )
    text = _text(page, count)
    measure = _Measure(page)
    for match in re.finditer(r"[^\s\x00\x02\ufffe]+[\x02\ufffe]?", text):
        words = clean(match[0].translate(_SIGNS))
        if not words:
            continue
        word = measure.word(words, match.start(), match.end() - 1)
        reason = sight.concealed(match.start(), (word.left, word.right, word.bottom, word.top))
        if reason is None:
            yield word
        else:
            sight.keep(reason, words)


def _text(page: PdfTextPage, count: int) -> str:
    """Return the page's text, one character an index."""
    import pypdfium2.raw as pdfium

    text = page.get_text_range() if count else ""
    if len(text) == count:
        return text
    signs = (int(pdfium.FPDFText_GetUnicode(page, at)) for at in range(count))
    return "".join(chr(sign) if sign < 0x110000 else " " for sign in signs)


class _Measure:
    """Asks PDFium for boxes and fonts, with one set of buffers."""

    def __init__(self, page: PdfTextPage) -> None:
        import pypdfium2.raw as pdfium

        self.pdfium = pdfium
        self.page = page
        self.box = pdfium.FS_RECTF()
        self.font = ctypes.create_string_buffer(_NAME_BYTES)
        self.flags = ctypes.c_int()

    def word(self, text: str, first: int, last: int) -> Word:
        left, right, bottom, top = self.place(first)
        size = top - bottom
        if last > first:
            other = self.place(last)
            left, right = min(left, other[0]), max(right, other[1])
            bottom, top = min(bottom, other[2]), max(top, other[3])
        return Word(text, left, right, bottom, top, size, self.bold(first))

    def place(self, at: int) -> tuple[float, float, float, float]:
        self.pdfium.FPDFText_GetLooseCharBox(self.page, at, self.box)
        return self.box.left, self.box.right, self.box.bottom, self.box.top

    def bold(self, at: int) -> bool:
        if self.pdfium.FPDFText_GetFontWeight(self.page, at) >= _BOLD_WEIGHT:
            return True
        self.pdfium.FPDFText_GetFontInfo(self.page, at, self.font, _NAME_BYTES, self.flags)
        name = self.font.value.lower()
        return b"bold" in name or b"black" in name or b"heavy" in name


def _edges(page: PdfPage) -> Iterator[Edge]:
    import pypdfium2.raw as pdfium

    for count, item in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])):
        if count >= PAGE_OBJECTS:
            return
        points = _points(item.raw)
        for (left, low), (right, high) in pairwise(points):
            across, up = abs(right - left), abs(high - low)
            if min(across, up) <= _STRAIGHT and max(across, up) >= _SHORTEST:
                yield Edge(min(left, right), max(left, right), min(low, high), max(low, high))


def _points(path: object) -> list[tuple[float, float]]:
    """Return the corners of a path on the page; a closed path returns to its first."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(path, matrix):
        return []
    x, y = ctypes.c_float(), ctypes.c_float()
    found: list[tuple[float, float]] = []
    start: tuple[float, float] | None = None
    for at in range(min(pdfium.FPDFPath_CountSegments(path), PATH_SEGMENTS)):
        segment = pdfium.FPDFPath_GetPathSegment(path, at)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
            found.append((float("nan"), float("nan")))  # no line leads here
        found.append(point)
        if pdfium.FPDFPathSegment_GetClose(segment) and start is not None:
            found.append(start)
    return found
