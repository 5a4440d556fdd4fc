"""A report as a PDF: real text, page numbers, contents with links, workflows as vectors; always the same.

- All text goes through `_Markup`, which escapes it and chooses fonts; nothing else makes markup.
- Rows that are higher than a sheet are told in several rows, so that any text can be set.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import zip_longest
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from studio.services.report_parts.as_svg import fitted
from studio.services.report_parts.blocks import (
    SIGNS,
    Block,
    Columns,
    Document,
    Drawing,
    Grid,
    Heading,
    Items,
    Label,
    Para,
    Quotation,
    Run,
    Runs,
    Tone,
    plain,
    shown,
)
from studio.services.review_report.pdf_fonts import REGULAR, Letters
from studio.services.review_report.pdf_picture import Picture

MARGIN = 48
WIDTH = A4[0] - 2 * MARGIN
_INK = {
    "muted": "#4a5361",
    "ok": "#0e6b4c",
    "bad": "#a02a22",
    "warn": "#8a4a07",
    "ins": "#0b4f38",
    "del": "#8c241b",
}
_GROUND = {"ins": "#cdeedd", "del": "#f8d4d1"}
_ROWS: dict[Tone, str] = {"added": "#f1faf5", "removed": "#fdf3f2"}
_LINE = HexColor("#c9ced6")
_LINES = 34
"""Lines of a cell that stand in one row of a table."""


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=REGULAR, fontSize=size, leading=size * 1.4, splitLongWords=1, **more)


BODY = _style("body", 9, spaceAfter=4)
CELL = _style("cell", 8)
ITEM = _style("item", 9, leftIndent=12, bulletIndent=2, spaceAfter=2)
QUOTE = _style("quote", 9, leftIndent=12, rightIndent=8, spaceBefore=3, spaceAfter=5)
LABEL = _style("label", 8, spaceBefore=6, spaceAfter=2, keepWithNext=1)
HEADS = {
    0: _style("title", 18, spaceAfter=4),
    1: _style("h1", 14, spaceBefore=16, spaceAfter=6, keepWithNext=1),
    2: _style("h2", 11, spaceBefore=10, spaceAfter=3, keepWithNext=1),
    3: _style("h3", 10, spaceBefore=10, spaceAfter=3, keepWithNext=1),
}
CONTENTS = [_style("toc1", 9.5)]


class _Markup:
    """Makes the library's markup of runs."""

    def __init__(self) -> None:
        self.letters = Letters()

    def of(self, runs: Runs, *, bold: bool = False) -> str:
        """Return runs as markup."""
        return "".join(self._run(run, bold) for run in runs)

    def text(self, text: str, *, bold: bool = False) -> str:
        """Return a text as markup."""
        return self.of(plain(text), bold=bold)

    def _run(self, run: Run, bold: bool) -> str:
        heavy = bold or run.style in ("strong", "ins", "ok", "bad", "warn")
        marked = "".join(
            self._piece(font, words, run.style)
            for font, words in self.letters.pieces(shown(run.text), bold=heavy)
        )
        tag = {"del": "strike", "ins": "u"}.get(run.style)
        return f"<{tag}>{marked}</{tag}>" if tag else marked

    def _piece(self, font: str, words: str, style: str) -> str:
        ink = f' color="{_INK[style]}"' if style in _INK else ""
        ground = f' backColor="{_GROUND[style]}"' if style in _GROUND else ""
        text = escape(words).replace("\n", "<br/>")
        return f'<font name="{font}"{ink}{ground}>{text}</font>'


class _Book(BaseDocTemplate):
    """Sheets with their number, and headings that go into the contents and the outline."""

    def __init__(self, target: BytesIO, title: str, markup: _Markup) -> None:
        super().__init__(
            target, pagesize=A4, title=title, author="", subject="Review", creator="CoBuilder Studio",
            leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN, invariant=1,
            lang="en",
        )  # fmt: skip
        self._markup, self._title = markup, title
        frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
        self.addPageTemplates([PageTemplate("sheet", [frame], onPage=self._foot)])

    def _foot(self, canvas: Any, _document: Any) -> None:
        canvas.saveState()
        canvas.setFillColor(HexColor(_INK["muted"]))
        number = f"page {canvas.getPageNumber()}"
        letters = self._markup.letters
        for x, words in (
            (MARGIN, fitted(self._title, WIDTH - 80, 9)),
            (A4[0] - MARGIN - letters.width(number, 8), number),
        ):
            for font, stretch in letters.pieces(words):
                canvas.setFont(font, 8)
                canvas.drawString(x, 26, stretch)
                x += canvas.stringWidth(stretch, font, 8)
        canvas.restoreState()

    def afterFlowable(self, flowable: Flowable) -> None:
        """Note a heading."""
        noted = getattr(flowable, "noted", None)
        if noted is None:
            return
        level, key, text = noted
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level, closed=level > 0)
        if level == 0:  # the outline beside the pages lists the rest
            self.notify("TOCEntry", (level, self._markup.text(text), self.page, key))


def pdf_of(document: Document) -> bytes:
    """Return the whole PDF."""
    markup = _Markup()
    target = BytesIO()
    title = shown(document.title)
    book = _Book(target, title, markup)
    contents = TableOfContents()
    contents.levelStyles = CONTENTS
    contents.dotsMinLevel = 0
    contents.tableStyle = TableStyle(
        [("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0)]
    )
    story: list[Flowable] = [
        Paragraph(markup.text(title, bold=True), HEADS[0]),
        Paragraph(markup.of(plain(f"{document.line}.", "muted")), BODY),
        Spacer(0, 10),
        Paragraph(markup.text("Contents", bold=True), HEADS[2]),
        contents,
        Spacer(0, 10),
    ]
    for number, block in enumerate(document.blocks):
        story += _flowables(block, number, markup)
    story += _missing(markup)
    book.multiBuild(story)
    return target.getvalue()


def _missing(markup: _Markup) -> Iterator[Flowable]:
    """Yield a sentence where some characters could not be drawn."""
    count = len(markup.letters.missing)
    if count:
        words = (
            f"{count} {'character' if count == 1 else 'characters'} of other scripts could not be drawn with "
            "the fonts of the computer that made this; numbers stand in their place. The web page shows them."
        )
        yield Paragraph(markup.of(plain(words, "warn")), BODY)


def _flowables(block: Block, number: int, markup: _Markup) -> Iterator[Flowable]:
    match block:
        case Heading():
            yield _heading(block, number, markup)
        case Para(runs):
            yield Paragraph(markup.of(runs), BODY)
        case Label(text):
            yield Paragraph(markup.of(plain(text, "muted"), bold=True), LABEL)
        case Items(items):
            for item in items:
                yield Paragraph(markup.of(item), ITEM, bulletText="•")
        case Quotation(runs, where):
            source = (Run(f"\n{where}", "muted"),)
            yield Paragraph(markup.of((Run("“"), *runs, Run("”"), *source)), QUOTE)
        case Drawing(picture):
            yield Spacer(0, 3)
            yield Picture(picture, markup.letters)
            yield Spacer(0, 5)
        case Grid():
            yield _grid(block, markup)
        case Columns():
            yield _columns(block, markup)


def _heading(block: Heading, number: int, markup: _Markup) -> Paragraph:
    sign = f"{SIGNS[block.tone]}  " if SIGNS[block.tone] else ""
    text = f"{sign}{shown(block.text)}"
    made = Paragraph(markup.text(text, bold=True), HEADS[block.level])
    if block.in_contents:
        made.noted = (0 if block.level == 1 else 1, f"b{number}", text)  # type: ignore[attr-defined]
    return made


def _grid(grid: Grid, markup: _Markup) -> Table:
    shares = grid.widths or (1.0,) * len(grid.heads)
    signs = 20.0 if grid.signs else 0.0
    widths = [(WIDTH - signs) * share / sum(shares) for share in shares]
    first = [[""]] if grid.signs else []
    rows: list[list[Any]] = [
        [
            *(cell[0] for cell in first),
            *(Paragraph(markup.of(plain(h, "muted"), bold=True), CELL) for h in grid.heads),
        ]
    ]
    tones: list[Tone] = [""]
    for row in grid.rows:
        for number, cells in enumerate(_told(row.cells, widths)):
            sign = SIGNS[row.tone] if not number else ""
            made = [Paragraph(markup.of(cell), CELL) for cell in cells]
            rows.append([*([Paragraph(markup.text(sign, bold=True), CELL)] if grid.signs else []), *made])
            tones.append(row.tone)
    return _table(rows, [*([signs] if grid.signs else []), *widths], tones)


def _columns(columns: Columns, markup: _Markup) -> Table:
    widths = [WIDTH / 2, WIDTH / 2]
    rows: list[list[Any]] = [
        [Paragraph(markup.of(plain(head, "muted"), bold=True), CELL) for head in columns.heads]
    ]
    tones: list[Tone] = [""]
    for left, right, tone in columns.rows:
        for cells in _told((left, right), widths):
            rows.append([Paragraph(markup.of(cell), CELL) for cell in cells])
            tones.append("" if tone in ("added", "removed") else tone)
    return _table(rows, widths, tones)


def _table(rows: list[list[Any]], widths: list[float], tones: list[Tone]) -> Table:
    grounds = [
        ("BACKGROUND", (0, at), (-1, at), HexColor(_ROWS[tone]))
        for at, tone in enumerate(tones)
        if tone in _ROWS
    ]
    return Table(
        rows, colWidths=widths, repeatRows=1, spaceBefore=3, spaceAfter=6, splitInRow=1,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"), ("GRID", (0, 0), (-1, -1), 0.5, _LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 4), ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ("BACKGROUND", (0, 0), (-1, 0), HexColor("#f3f4f7")), *grounds,
        ],
    )  # fmt: skip


def _told(cells: tuple[Runs, ...], widths: list[float]) -> Iterator[tuple[Runs, ...]]:
    """Yield the rows that a row is told in: one, or several where a cell is higher than it may be."""
    parts = [list(_parts(cell, max(6, int(width / 5.4)))) for cell, width in zip(cells, widths, strict=True)]
    yield from zip_longest(*parts, fillvalue=())


def _parts(runs: Runs, across: int) -> Iterator[Runs]:
    """Yield the runs in parts of so many lines at most, with so many letters across."""
    held: list[Run] = []
    lines = 0.0
    for run in runs:
        start = 0
        for at, letter in enumerate(run.text):
            lines += 1 if letter == "\n" else 1 / across
            if lines >= _LINES:
                yield (*held, Run(run.text[start : at + 1], run.style))
                held, lines, start = [], 0.0, at + 1
        if start < len(run.text):
            held.append(Run(run.text[start:], run.style))
    if held or not runs:
        yield tuple(held)
