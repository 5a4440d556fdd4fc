"""The Word reader: an own walk over `word/document.xml`, so that nothing a person sees is lost.

- Headings by outline level or style; lists with Word's own markers; footnotes after their paragraph.
- Tracked changes are kept: a changed paragraph or cell is read twice, as it was (`deleted`) and as it would
  be (`inserted`). Comments, headers, footers and tables of contents are no content.
- Text that nobody sees (hidden, white on white, tiny) and descriptions of pictures are kept as hidden.
- A table of one column is a frame for its paragraphs; a cell that spans rows is repeated in each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from studio.domain.source import HiddenKind, SourceDocument
from studio.readers import limits
from studio.readers.archive import Archive
from studio.readers.composition import Composition, Nesting, Tracked, is_header
from studio.readers.docx_look import DRAWING, Look
from studio.readers.docx_styles import Numbering, Styles, Words, indent_of, outline_level
from studio.readers.shapes import is_title, marker
from studio.readers.signature import damaged

if TYPE_CHECKING:
    from lxml.etree import _Element

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_INSERTED = frozenset(("ins", "moveTo"))
_DELETED = frozenset(("del", "moveFrom"))
_WRAPPERS = frozenset(
    "hyperlink smartTag sdtContent sdt fldSimple customXml dir bdo ins moveTo del moveFrom AlternateContent "
    "Choice".split()
)
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_TOLERANCE = 100.0  # twentieths of a point


def read_docx(data: bytes, name: str) -> SourceDocument:
    """Return a Word document as blocks; raises BrokenInput."""
    archive = Archive(data, name, "docx")
    return _Reading(archive).document()


class _Run(NamedTuple):
    text: str
    tracked: Tracked
    bold: bool


class _Content(NamedTuple):
    """What a paragraph holds: its runs, the notes it refers to, and the text boxes anchored in it."""

    runs: list[_Run]
    notes: list[tuple[str, str]]
    boxes: list[_Element]
    hidden: list[tuple[HiddenKind, str, str]]  # kind, reason, text

    def hide(self, kind: HiddenKind, reason: str, text: str) -> None:
        """Keep a hidden text; runs that are hidden for the same reason are one."""
        if self.hidden and self.hidden[-1][:2] == (kind, reason) and kind != "aside":
            text = self.hidden.pop()[2] + text
        self.hidden.append((kind, reason, text))

    @property
    def before(self) -> str:
        return "".join(run.text for run in self.runs if run.tracked != "inserted")

    @property
    def after(self) -> str:
        return "".join(run.text for run in self.runs if run.tracked != "deleted")


class _Cell(NamedTuple):
    element: _Element
    column: int
    tracked: Tracked
    continues: bool


class _Reading:
    """One walk over one document."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        root = archive.xml(self.main_part())
        self.words = Words(root)
        body = self.words.child(root, "body")
        if body is None:
            raise damaged(archive.name, "docx", "it has no body")
        self.body = body
        self.styles = Styles(self.part("word/styles.xml"))
        self.numbering = Numbering(self.part("word/numbering.xml"), self.styles)
        self.notes = {kind: self.note_elements(f"word/{kind}s.xml", kind) for kind in ("footnote", "endnote")}
        self.out = Composition(archive.name)
        self.nesting = Nesting(_TOLERANCE)
        self.title: str | None = None
        self.real_level = 0
        self.note_count = 0

    def main_part(self) -> str:
        if "word/document.xml" in self.archive:
            return "word/document.xml"
        raise damaged(self.archive.name, "docx", "it has no text part")

    def part(self, name: str) -> _Element | None:
        return self.archive.xml(name) if name in self.archive else None

    def note_elements(self, part: str, kind: str) -> dict[str, _Element]:
        root = self.part(part)
        if root is None:
            return {}
        return {
            self.words.value(note, "id") or "": note
            for note in self.words.all(root, kind)
            if self.words.value(note, "type") in (None, "normal")
        }

    def document(self) -> SourceDocument:
        self.blocks(self.body)
        return self.out.document(MEDIA_TYPE, self.title)

    def blocks(self, parent: _Element, tracked: Tracked = None) -> None:
        for child in parent:
            kind = _local(child)
            if kind == "p":
                self.paragraph(child, tracked)
            elif kind == "tbl":
                self.table(child, tracked)
            elif kind == "sdt":
                content = self.words.child(child, "sdtContent")
                if content is not None and not self.is_contents(child):
                    self.blocks(content, tracked)
            elif kind in _WRAPPERS:
                self.blocks(child, _tracked(kind) or tracked)

    def is_contents(self, sdt: _Element) -> bool:
        gallery = self.words.child(sdt, "sdtPr", "docPartObj", "docPartGallery")
        return self.words.value(gallery) == "Table of Contents"

    def paragraph(self, p: _Element, tracked: Tracked = None) -> None:
        style = self.words.value(self.words.child(p, "pPr", "pStyle")) or self.styles.default
        name = self.styles.name(style)
        if name.startswith(("toc ", "toc heading", "table of figures")):
            return
        content = self.content(p, style)
        self.hide(content)
        if content.before.strip() or content.after.strip():
            self.versions(p, style, content, tracked)
            for kind, key in content.notes:
                self.note(kind, key)
        for box in content.boxes:
            self.blocks(box, tracked)

    def hide(self, content: _Content) -> None:
        for kind, reason, text in content.hidden:
            self.out.hide(text, kind, reason)

    def versions(self, p: _Element, style: str | None, content: _Content, tracked: Tracked) -> None:
        """Place a paragraph once, or as it was and as it would be."""
        place = self.placing(p, style, content)
        if tracked or content.before == content.after:
            self.out.tracked = tracked
            place(content.after if tracked != "deleted" else content.before or content.after)
        else:
            for version, text in (("deleted", content.before), ("inserted", content.after)):
                self.out.tracked = "deleted" if version == "deleted" else "inserted"
                place(text)
        self.out.tracked = None

    def placing(self, p: _Element, style: str | None, content: _Content) -> _Placing:
        properties = self.words.child(p, "pPr")
        number, level = self.list_of(properties, style)
        sign = self.numbering.next_marker(number, level) if number else None
        outline = self.words.child(properties, "outlineLvl")
        heading = (
            outline_level(self.words.number(outline))
            if outline is not None
            else self.styles.heading_level(style)
        )
        if heading:
            self.nesting.close()
            self.real_level = heading
            if self.title is None and self.styles.name(style) == "title":
                self.title = content.after
            return _Placing(self.out, "heading", heading, sign or "")
        indent = indent_of(self.words, self.words.child(properties, "ind"))
        if indent is None:
            indent = self.numbering.indent(number, level) if number else None
        if indent is None:
            indent = indent_of(self.words, self.styles.look_up(style, "pPr", "ind")) or 0.0
        if sign is not None:
            return _Placing(self.out, "item", self.nesting.item(indent + level), sign)
        return self.unnumbered(content, indent)

    def unnumbered(self, content: _Content, indent: float) -> _Placing:
        """Tell a paragraph from a typed list item and from a bold line that serves as heading."""
        text = content.after.strip() or content.before.strip()
        typed = marker(text)
        bold = all(run.bold for run in content.runs if run.text.strip())
        if (
            bold
            and "\n" not in text
            and len(text) <= 90
            and is_title(text[typed.length if typed else 0 :], 9)
        ):
            self.nesting.close()
            return _Placing(self.out, "heading", self.real_level + 1, "")
        if typed is not None:
            return _Placing(self.out, "item", self.nesting.item(indent), typed.text, typed.length)
        return _Placing(self.out, "paragraph", self.nesting.inside(indent), "")

    def list_of(self, properties: _Element | None, style: str | None) -> tuple[str, int]:
        """Return the list and level of a paragraph; an empty name where it is in none."""
        words = self.words
        own = words.child(properties, "numPr")
        number = words.value(words.child(own, "numId"))
        level = words.number(words.child(own, "ilvl"))
        if number is None:
            inherited = self.styles.look_up(style, "pPr", "numPr", "numId")
            number = words.value(inherited)
        if level is None:
            level = words.number(self.styles.look_up(style, "pPr", "numPr", "ilvl"))
        return ("", 0) if number in (None, "0") else (number or "", level or 0)

    def note(self, kind: str, key: str) -> None:
        element = self.notes[kind].get(key)
        if element is None:
            return
        self.note_count += 1
        contents = [self.content(p, None) for p in self.words.all(element, "p")]
        parts = [content.after.strip() for content in contents]
        for content in contents:
            self.hide(content)
        self.out.note(" ".join(part for part in parts if part), f"[{self.note_count}]")

    def content(self, p: _Element, style: str | None) -> _Content:
        found = _Content([], [], [], [])
        bold = bool(self.words.on(self.styles.look_up(style, "rPr", "b")))
        self.runs(p, None, Look(self.words, self.styles, p, style), bold, found)
        return found

    def runs(self, parent: _Element, tracked: Tracked, look: Look, bold: bool, found: _Content) -> None:
        for child in parent:
            kind = _local(child)
            if kind == "r":
                self.run(child, tracked, look, bold, found)
            elif kind in _WRAPPERS:
                self.runs(child, _tracked(kind) or tracked, look, bold, found)
            elif kind in ("oMath", "oMathPara"):
                found.runs.append(_Run("".join(str(part) for part in child.itertext()), tracked, bold))

    def run(self, r: _Element, tracked: Tracked, look: Look, bold: bool, found: _Content) -> None:
        properties = self.words.child(r, "rPr")
        style = self.words.value(self.words.child(properties, "rStyle"))
        for drawing in r.iter(f"{DRAWING}docPr"):
            described = " ".join(filter(None, (drawing.get("title"), drawing.get("descr"))))
            found.hide("aside", "It is the description of a picture.", described)
        reason = look.concealed(properties, style)
        if reason is not None:
            words = "".join(_shown(child) for child in r)
            found.hide("concealed", reason, words)
            return
        own = look.switch(properties, style, "b")
        bold = bold if own is None else own
        for child in r:
            kind = _local(child)
            if kind in ("t", "delText"):
                found.runs.append(_Run(child.text or "", tracked, bold))
            elif kind in _SIGNS:
                found.runs.append(_Run(_SIGNS[kind], tracked, bold))
            elif kind == "sym":
                found.runs.append(_Run("•", tracked, bold))
            elif kind in ("footnoteReference", "endnoteReference"):
                found.notes.append((kind.removesuffix("Reference"), self.words.value(child, "id") or ""))
            elif kind in ("drawing", "pict", "object", "AlternateContent"):
                found.boxes.extend(self.text_boxes(child))

    def text_boxes(self, element: _Element) -> list[_Element]:
        """Return the text boxes of a drawing, once each: the fallback for old programs repeats them."""
        boxes = element.iter(f"{self.words.prefix}txbxContent")
        return [
            box
            for box in boxes
            if not any(_local(above) in ("Fallback", "txbxContent") for above in box.iterancestors())
        ]

    def table(self, tbl: _Element, tracked: Tracked) -> None:
        rows = list(self.rows(tbl, tracked))
        if max((len(cells) for _, cells in rows), default=0) <= 1:
            for _, cells in rows:
                for cell in cells:
                    self.blocks(cell.element, cell.tracked)
            return
        texts = [[self.cell_texts(cell) for cell in cells] for _, cells in rows]
        headers = 0
        while headers < len(rows) and rows[headers][0]:
            headers += 1
        if headers == 0 and len(rows) > 1 and is_header([after for _, after in texts[0]]):
            headers = 1
        above: dict[int, tuple[str, str]] = {}
        for row, (_, cells) in enumerate(rows):
            for cell, pair in zip(cells, texts[row], strict=True):
                pair = above.get(cell.column, pair) if cell.continues else pair
                above[cell.column] = pair
                self.place_cell(cell, pair, row, row < headers)
        self.out.end_table()
        self.nesting.close()

    def rows(self, tbl: _Element, tracked: Tracked) -> Iterator[tuple[bool, list[_Cell]]]:
        for child in tbl:
            kind = _local(child)
            if kind == "tr":
                properties = self.words.child(child, "trPr")
                state: Tracked = tracked
                if self.words.child(properties, "ins") is not None:
                    state = "inserted"
                elif self.words.child(properties, "del") is not None:
                    state = "deleted"
                header = self.words.on(self.words.child(properties, "tblHeader")) or False
                before = self.words.number(self.words.child(properties, "gridBefore")) or 0
                yield header, self.cells(child, state, before)
            elif kind in _WRAPPERS:
                yield from self.rows(child, _tracked(kind) or tracked)

    def cells(self, row: _Element, tracked: Tracked, column: int) -> list[_Cell]:
        found: list[_Cell] = []
        for element in row.iter(f"{self.words.prefix}tc"):
            if next(element.iterancestors(f"{self.words.prefix}tr"), None) is not row:
                continue  # a cell of a table inside this one
            properties = self.words.child(element, "tcPr")
            merge = self.words.child(properties, "vMerge")
            continues = merge is not None and self.words.value(merge) != "restart"
            found.append(_Cell(element, column, tracked, continues))
            column += max(1, self.words.number(self.words.child(properties, "gridSpan")) or 1)
            if column > limits.TABLE_COLUMNS:
                raise limits.too_large(
                    self.archive.name, "a table of very many columns", f"{limits.TABLE_COLUMNS}"
                )
        return found

    def cell_texts(self, cell: _Cell) -> tuple[str, str]:
        """Return a cell's text as it was and as it would be."""
        contents = [
            self.content(p, self.words.value(self.words.child(p, "pPr", "pStyle")))
            for p in cell.element.iter(f"{self.words.prefix}p")
            if not any(_local(above) == "txbxContent" for above in p.iterancestors())
        ]
        for content in contents:
            self.hide(content)
        before = "\n".join(content.before for content in contents if content.before.strip())
        return before, "\n".join(content.after for content in contents if content.after.strip())

    def place_cell(self, cell: _Cell, texts: tuple[str, str], row: int, header: bool) -> None:
        before, after = texts
        self.out.tracked = cell.tracked
        if cell.tracked or before == after:
            self.out.cell(after if cell.tracked != "deleted" else before or after, row, cell.column, header)
        else:
            self.out.tracked = "deleted"
            self.out.cell(before, row, cell.column, header)
            self.out.tracked = "inserted"
            self.out.cell(after, row, cell.column, header)
        self.out.tracked = None


class _Placing(NamedTuple):
    """Where a paragraph goes; called with each version of its text."""

    out: Composition
    kind: str
    level: int
    marker: str
    skip: int = 0

    def __call__(self, text: str) -> None:
        text = text.strip()
        if self.kind == "heading":
            self.out.heading(f"{self.marker} {text}" if self.marker and text else text, self.level)
        elif self.kind == "item":
            typed = marker(text) if self.skip else None
            self.out.item(text[typed.length :] if typed else text, self.level, self.marker or "•")
        else:
            self.out.paragraph(text, self.level)


def _local(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _shown(child: _Element) -> str:
    kind = _local(child)
    return (child.text or "") if kind in ("t", "delText") else _SIGNS.get(kind, "")


def _tracked(kind: str) -> Tracked:
    if kind in _INSERTED:
        return "inserted"
    return "deleted" if kind in _DELETED else None
