"""The web-page reader: what a browser would show, in the order of the page.

- Scripts, styles, navigation and hidden elements are no content; nothing is fetched.
- What a browser would not show (hidden elements, comments, descriptions of pictures) is kept as hidden.
- The page's `title` names the document; a table without two columns is a frame for its content.
- Nesting is bounded before the walk; lists nested too deeply are refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from studio.domain.source import SourceDocument
from studio.readers import limits
from studio.readers.composition import Composition, is_header
from studio.readers.decoding import decode
from studio.readers.web_look import Look

if TYPE_CHECKING:
    from bs4 import Tag
    from bs4.element import PageElement

MEDIA_TYPE = "text/html"
_DROPPED = frozenset(
    "script style head template noscript nav svg math iframe object embed canvas audio video select button "
    "input textarea datalist".split()
)
_BLOCKS = frozenset(
    "p div section article main header footer aside blockquote form fieldset figure figcaption address "
    "details summary dl dt dd center body html ul ol li table pre h1 h2 h3 h4 h5 h6 hr".split()
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.IGNORECASE)
_MOST_SPANNED = 200


def read_html(data: bytes, name: str) -> SourceDocument:
    """Return a web page as blocks; raises BrokenInput."""
    return read_markup(_characters(data, name), name)


def _characters(data: bytes, name: str) -> str:
    """Return a page's text, in the encoding that it declares when that is right."""
    declared = _CHARSET.search(data[:4096])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff")) and len(data) <= limits.MEMBER_BYTES:
        try:
            text = data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            return decode(data, name)
        if "\x00" not in text:
            return text
    return decode(data, name)


def read_markup(markup: str, name: str) -> SourceDocument:
    """Return the blocks of HTML text; raises BrokenInput."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(markup, "html.parser")
    _check_depth(soup, name)
    title = soup.title.get_text() if soup.title else None
    reading = _Reading(name, Look(soup))
    reading.walk(soup)
    reading.end_text()
    return reading.out.document(MEDIA_TYPE, title)


def _check_depth(soup: Tag, name: str) -> None:
    """Count nesting without recursion, so that a page of a million open tags cannot break the walk."""
    depth, deepest = {id(soup): 0}, 0
    for element in soup.descendants:
        if hasattr(element, "contents"):
            depth[id(element)] = at = depth[id(element.parent)] + 1
            deepest = max(deepest, at)
            if deepest > limits.ELEMENT_DEPTH // 2:
                raise limits.too_large(
                    name, "elements nested hundreds of levels deep", f"{limits.ELEMENT_DEPTH // 2}"
                )


class _Reading:
    """One walk over one page, gathering running text between blocks."""

    def __init__(self, name: str, look: Look) -> None:
        self.name = name
        self.look = look
        self.out = Composition(name)
        self.text: list[str] = []
        self.texts: dict[int, str] = {}  # what the cells of the present table say
        self.depth = 0
        self.fresh: str | None = None  # marker of a list item whose text has not come yet

    def walk(self, parent: Tag) -> None:
        for child in parent.children:
            if not hasattr(child, "contents"):
                self.text.append(self.words(child))
                continue
            tag = cast("Tag", child)
            if self.skips(tag):
                continue
            if tag.name == "br":
                self.text.append("\n")
            elif tag.name in _BLOCKS:
                self.end_text()
                self.block(tag)
                self.end_text()
            else:
                self.walk(tag)

    def words(self, text: PageElement) -> str:
        """Return the words of a piece of text; comments, doctypes and instructions are pieces, too."""
        kind = type(text).__name__
        if kind == "Comment":
            self.out.hide(str(text), "aside", "It is a comment in the page's source.")
        return re.sub(r"\s+", " ", str(text)) if kind == "NavigableString" else ""

    def skips(self, tag: Tag) -> bool:
        """Say whether a browser would not show an element, and keep what is hidden in it."""
        if tag.name in _DROPPED:
            return True
        described = " ".join(str(tag.get(name) or "") for name in ("alt", "title")).strip()
        self.out.hide(described, "aside", "It is the description of a picture or link.")
        why = self.look.hidden(tag)
        if why is not None:
            self.out.hide(tag.get_text(" "), *why)
        return why is not None

    def block(self, tag: Tag) -> None:
        if re.fullmatch("h[1-6]", tag.name):
            self.out.heading(self.flat(tag), int(tag.name[1]))
        elif tag.name in ("ul", "ol"):
            self.items(tag)
        elif tag.name == "li":
            self.item(tag, "•")
        elif tag.name == "table":
            self.table(tag)
        elif tag.name == "pre":
            self.out.code(tag.get_text())
        else:
            self.walk(tag)

    def items(self, tag: Tag) -> None:
        number = _number(tag.get("start"), 1)
        form = str(tag.get("type") or "1")
        for child in tag.children:
            if not hasattr(child, "contents"):
                continue
            inner = cast("Tag", child)
            if self.skips(inner):
                continue
            if inner.name != "li":
                self.block(inner) if inner.name in _BLOCKS else self.walk(inner)
                continue
            number = _number(inner.get("value"), number)
            self.item(inner, _marker(number, form) if tag.name == "ol" else "•")
            number += 1

    def item(self, tag: Tag, marker: str) -> None:
        self.end_text()
        self.fresh = marker
        self.depth += 1
        self.walk(tag)
        self.end_text()
        self.depth -= 1
        self.fresh = None

    def end_text(self) -> None:
        """Place the running text gathered so far, as an item's first text or as a paragraph."""
        text, self.text = "".join(self.text), []
        text = re.sub(r"[ \t]+", " ", text).strip()
        if not text:
            return
        if self.fresh is not None:
            self.out.item(text, self.depth - 1, self.fresh)
            self.fresh = None
        else:
            self.out.paragraph(text, self.depth)

    def table(self, tag: Tag) -> None:
        rows = [r for r in tag.find_all("tr") if r.find_parent("table") is tag and not self.skips(r)]
        cells = [
            [c for c in row.find_all(["td", "th"]) if c.find_parent("tr") is row and not self.skips(c)]
            for row in rows
        ]
        if max((len(row) for row in cells), default=0) <= 1:
            for row in cells:
                for cell in row:
                    self.walk(cell)
                    self.end_text()
            return
        if tag.caption is not None:
            self.out.paragraph(self.flat(tag.caption))
        headers = 0
        while headers < len(cells) and cells[headers] and all(cell.name == "th" for cell in cells[headers]):
            headers += 1
        self.texts = {id(cell): self.flat(cell) for row in cells for cell in row}
        if headers == 0 and len(cells) > 1 and is_header([self.texts[id(c)] for c in cells[0]]):
            headers = 1
        self.cells(cells, headers)
        self.out.end_table()

    def cells(self, rows: list[list[Tag]], headers: int) -> None:
        """Place the cells; one that spans rows is repeated in each."""
        spanned: dict[int, tuple[int, str]] = {}
        for number, row in enumerate(rows):
            waiting, column = list(row), 0
            while waiting or any(at >= column and left for at, (left, _) in spanned.items()):
                left, text = spanned.get(column, (0, ""))
                if left:
                    spanned[column] = (left - 1, text)
                    self.out.cell(text, number, column, number < headers)
                    column += 1
                elif waiting:
                    cell = waiting.pop(0)
                    text = self.texts[id(cell)]
                    self.out.cell(text, number, column, number < headers)
                    down = min(_number(cell.get("rowspan"), 1), _MOST_SPANNED)
                    across = min(max(1, _number(cell.get("colspan"), 1)), _MOST_SPANNED)
                    for at in range(across):
                        spanned[column + at] = (down - 1, text if at == 0 else "")
                    column += across
                else:
                    column += 1
                if column > limits.TABLE_COLUMNS:
                    raise limits.too_large(
                        self.name, "a table of very many columns", f"{limits.TABLE_COLUMNS}"
                    )

    def flat(self, tag: Tag) -> str:
        """Return an element's visible words as one text; its blocks on lines of their own."""
        return re.sub(r"[ \t]*\n\s*", "\n", re.sub(r"[ \t]+", " ", self._joined(tag))).strip()

    def _joined(self, tag: Tag) -> str:
        parts: list[str] = []
        for child in tag.children:
            if not hasattr(child, "contents"):
                parts.append(self.words(child))
                continue
            inner = cast("Tag", child)
            if self.skips(inner):
                continue
            apart = inner.name in _BLOCKS or inner.name in ("br", "tr")
            parts.append(f"\n{self._joined(inner)}\n" if apart else self._joined(inner))
            if inner.name in ("td", "th"):
                parts.append(" ")
        return "".join(parts)


def _number(value: object, otherwise: int) -> int:
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,6}", value) else otherwise


def _marker(number: int, form: str) -> str:
    from studio.readers.docx_styles import spelled

    forms = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
    return f"{spelled(number, forms.get(form, 'decimal'))}."
