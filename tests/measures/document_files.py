"""One document as files people exchange: a Word file, and PDFs of the same text in several layouts.

- Made byte by byte, so that what stands in a file is known; nothing is drawn but text and table rules.
- The width of a line is an estimate, as good as wrapping needs; lines are whole, as word processors write,
  and none runs over the edge of its column.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from studio.cobuilder.words.markup import readable
from tests.measures.document_edits import Draft, Part

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="H{n}"><w:name w:val="heading {n}"/>'
    f'<w:pPr><w:outlineLvl w:val="{n - 1}"/></w:pPr></w:style>'
    for n in range(1, 7)
)
_LEVELS = "".join(
    f'<w:lvl w:ilvl="{n}"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/>'
    f'<w:pPr><w:ind w:left="{360 * (n + 1)}" w:hanging="360"/></w:pPr></w:lvl>'
    for n in range(6)
)
_NARROW, _WIDE = frozenset("iljtfrI.,;:'!|()[] "), frozenset("mwMWABCDGHKNOQRUVXYZ%@&")
_WIDEST = frozenset("…—")


@dataclass(frozen=True)
class Layout:
    """How a PDF is set: its columns, page size in points, and what stands at the edge of each page."""

    columns: int = 1
    width: int = 600
    height: int = 800
    head: bool = False
    foot: bool = False
    size: float = 10.5


LAYOUTS: dict[str, Layout] = {
    "one column": Layout(),
    "page numbers": Layout(foot=True),
    "running head and foot": Layout(head=True, foot=True),
    "two columns": Layout(columns=2, size=9.5),
    "two columns, head, foot": Layout(columns=2, head=True, foot=True, size=9.5),
    "small pages, head, foot": Layout(width=420, height=420, head=True, foot=True),
}


def plain(part: Part) -> list[str]:
    """Return the sentences of a part as they are printed: without marks, in signs that every font has."""
    words = (readable(said.text).text.encode("cp1252", "ignore").decode("cp1252") for said in part.said)
    return [" ".join(text.split()) for text in words]


def rows(draft: Draft) -> Iterator[tuple[Part, list[Part]]]:
    """Yield each part with the table rows that begin with it; rows that go on a table are not told alone."""
    table: list[Part] = []
    for part in (*draft.parts, None):
        if part is not None and part.kind == "cell":
            table.append(part)
            continue
        if table:
            yield table[0], table
            table = []
        if part is not None:
            yield part, []


def word_file(draft: Draft) -> bytes:
    """Return the document as a Word file."""
    return _packed(
        "".join(_word_table(table) if table else _word_paragraph(part) for part, table in rows(draft))
    )


def word_tables(title: str, grid: Sequence[Sequence[str]]) -> bytes:
    """Return a Word file with a title and one table, the first row of which repeats on every page."""
    lines = "".join(_word_row(row, header=not at) for at, row in enumerate(grid))
    style = '<w:pPr><w:pStyle w:val="H1"/></w:pPr>'
    return _packed(f"<w:p>{style}<w:r><w:t>{escape(title)}</w:t></w:r></w:p><w:tbl>{lines}</w:tbl>")


def _packed(body: str) -> bytes:
    document = f'<?xml version="1.0"?><w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    numbering = (
        f'<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="0">{_LEVELS}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
        archive.writestr("word/styles.xml", f'<w:styles xmlns:w="{_W}">{_STYLES}</w:styles>')
        archive.writestr("word/numbering.xml", numbering)
    return out.getvalue()


def _word_paragraph(part: Part) -> str:
    properties = ""
    if part.kind == "heading":
        properties = f'<w:pPr><w:pStyle w:val="H{min(6, max(1, part.level))}"/></w:pPr>'
    elif part.kind == "item":
        level = f'<w:ilvl w:val="{min(5, part.level)}"/><w:numId w:val="1"/>'
        properties = f"<w:pPr><w:numPr>{level}</w:numPr></w:pPr>"
    return f"<w:p>{properties}<w:r><w:t>{escape(' '.join(plain(part)))}</w:t></w:r></w:p>"


def _word_table(table: list[Part]) -> str:
    return f"<w:tbl>{''.join(_word_row(plain(part), header=part.header) for part in table)}</w:tbl>"


def _word_row(texts: Sequence[str], *, header: bool) -> str:
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:tc>" for text in texts)
    return f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if header else ''}{cells}</w:tr>"


def pdf_file(draft: Draft, layout: Layout, title: str) -> bytes:
    """Return the document as a PDF."""
    setter = _Setter(layout, title)
    for part, table in rows(draft):
        setter.table(table) if table else setter.part(part)
    return setter.finished()


def _advance(text: str, size: float) -> float:
    wide = sum(c in _WIDE for c in text)
    narrow = sum(c in _NARROW for c in text)
    widest = sum(c in _WIDEST for c in text)
    return size * (widest + 0.72 * wide + 0.29 * narrow + 0.53 * (len(text) - widest - wide - narrow))


def _broken(text: str, size: float, width: float) -> list[str]:
    lines, line = [], ""
    for word in (part for whole in text.split() for part in _fitting(whole, size, width)):
        longer = f"{line} {word}" if line else word
        if line and _advance(longer, size) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line else lines


def _fitting(word: str, size: float, width: float) -> Iterator[str]:
    """Yield a word in parts that fit a line; only rules of dots and dashes are as long."""
    while len(word) > 1 and _advance(word, size) > width:
        most = max(1, sum(_advance(word[:at], size) <= width for at in range(1, len(word) + 1)))
        yield word[:most]
        word = word[most:]
    yield word


class _Setter:
    """Sets parts line by line into columns and pages."""

    def __init__(self, layout: Layout, title: str) -> None:
        self._layout, self._title = layout, title
        self._margin, gap = 56.0, 24.0
        inner = layout.width - 2 * self._margin
        self._width = (inner - gap * (layout.columns - 1)) / layout.columns
        self._step = self._width + gap
        self._pages: list[list[str]] = [[]]
        self._column, self._y = 0, self._top

    @property
    def _top(self) -> float:
        return self._layout.height - 70.0

    def part(self, part: Part) -> None:
        """Set a heading, a paragraph or an item."""
        size, font, indent = self._layout.size, "F", 0.0
        if part.kind == "heading":
            size, font = size + max(1.5, 6 - 1.5 * part.level), "B"
        elif part.kind == "item":
            indent = 16.0 * (part.level + 1)
        self._y -= size * (1.1 if part.kind == "heading" else 0.35 if part.kind == "item" else 0.6)
        for at, line in enumerate(_broken(" ".join(plain(part)), size, self._width - indent)):
            self._room(size)
            if part.kind == "item" and not at:
                self._put(self._x + indent - 12, self._y, "•", size, font)
            self._put(self._x + indent, self._y, line, size, font)

    def table(self, table: list[Part]) -> None:
        """Set a table with rules around its cells."""
        size, count = self._layout.size, max(len(part.said) for part in table)
        width = self._width / count
        self._y -= size
        for part in table:
            cells = [_broken(text, size, width - 10) for text in plain(part)]
            high = 1.25 * size * max(1, *map(len, cells)) + 6
            if self._y - high < 70:
                self._next_column()
            for column in range(count + 1):
                x = self._x + column * width
                self._rule(x, self._y, x, self._y - high)
            for y in (self._y, self._y - high):
                self._rule(self._x, y, self._x + count * width, y)
            for column, lines in enumerate(cells):
                for at, line in enumerate(lines):
                    y = self._y - 3 - size - 1.25 * size * at
                    self._put(self._x + column * width + 5, y, line, size, "B" if part.header else "F")
            self._y -= high

    @property
    def _x(self) -> float:
        return self._margin + self._column * self._step

    def _room(self, size: float) -> None:
        self._y -= 1.25 * size
        if self._y < 70:
            self._next_column()
            self._y -= 1.25 * size

    def _next_column(self) -> None:
        self._column, self._y = self._column + 1, self._top
        if self._column == self._layout.columns:
            self._column = 0
            self._pages.append([])

    def _put(self, x: float, y: float, text: str, size: float, font: str) -> None:
        shown = text.encode("cp1252", "replace").hex()
        self._pages[-1].append(f"BT /{font} {size} Tf {x:.1f} {y:.1f} Td <{shown}> Tj ET")

    def _rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self._pages[-1].append(f"{x0:.1f} {y0:.1f} m {x1:.1f} {y1:.1f} l S")

    def _edges(self) -> None:
        everything, self._pages = self._pages, []
        for number, page in enumerate(everything, start=1):
            self._pages.append(page)
            if self._layout.head:
                self._put(self._margin, self._layout.height - 36, f"{self._title} · internal copy", 8, "F")
            if self._layout.foot:
                words = f"Page {number} of {len(everything)}"
                self._put(self._layout.width / 2 - 24, 32, words, 8, "F")

    def finished(self) -> bytes:
        """Return the file."""
        self._edges()
        fonts = "<</F 3 0 R/B 4 0 R>>"
        face = "<</Type/Font/Subtype/Type1/BaseFont/{}/Encoding/WinAnsiEncoding>>"
        objects = ["", "", face.format("Helvetica"), face.format("Helvetica-Bold")]
        box, kids = f"[0 0 {self._layout.width} {self._layout.height}]", []
        for page in self._pages:
            content = "\n".join(page)
            objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
            objects.append(
                f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Resources<</Font {fonts}>>"
                f"/Contents {len(objects)} 0 R>>"
            )
            kids.append(f"{len(objects)} 0 R")
        objects[0] = "<</Type/Catalog/Pages 2 0 R>>"
        objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
        return _assembled(objects)


def _assembled(objects: list[str]) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + tail.encode("ascii")
