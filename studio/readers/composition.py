"""The text of a document that is no text file, composed in reading order, and its blocks over it.

- Readers add headings, paragraphs, items and cells as they find them; the text is what a person would copy:
  items behind their markers, cells of a row side by side, an empty line between paragraphs.
- Every block is an exact span of that text. Characters that no text has (NUL, controls) are left out; where
  that joins the letters of a word, the block says so.
- What nobody sees on the page is kept apart from the text, at the place where it was found.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import Literal, NamedTuple

from studio.cobuilder.suspicion.disguises import parted_words
from studio.domain.errors import BrokenInput
from studio.domain.source import HiddenKind, SourceDocument
from studio.readers import limits
from studio.readers.layout import Layout

Tracked = Literal["inserted", "deleted"] | None
_Kind = Literal["heading", "paragraph", "item", "cell", "note", "code", "end"]

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\ufeff\ufffe\uffff]")
ALTERED = "Invisible characters stand inside its words; they were taken out."
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return a text with one kind of line break and without characters that no text has."""
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n"))
    return _SURROGATE.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: _Kind
    start: int
    end: int
    level: int = 0
    marker: str = ""
    row: int = 0
    column: int = 0
    header: bool = False
    page: int | None = None
    cell: str | None = None
    tracked: Tracked = None
    altered: str | None = None


def _altered(text: str) -> str | None:
    """Return what cleaning a text takes out of its words, in words, or None."""
    return ALTERED if parted_words(text) else None


class _Hidden(NamedTuple):
    before: int  # how many entries stand before it
    at: int
    text: str
    kind: HiddenKind
    reason: str
    page: int | None
    cell: str | None


class Composition:
    """Collects a document top to bottom; `page` holds for what is added after it is set."""

    def __init__(self, name: str) -> None:
        """Start an empty composition of a file with this name."""
        self.name = name
        self.page: int | None = None
        self.tracked: Tracked = None
        self._cell: str | None = None
        self._parts: list[str] = []
        self._length = 0
        self._entries: list[_Entry] = []
        self._hidden: list[_Hidden] = []

    def __len__(self) -> int:
        """Return how many blocks there are."""
        return len(self._entries)

    def named(self, cell: str | None) -> None:
        """Name the cell of the blocks to come; None for none."""
        self._cell = cell

    @property
    def heading_level(self) -> int:
        """Return the level of the last heading, 0 before the first."""
        return next((entry.level for entry in reversed(self._entries) if entry.kind == "heading"), 0)

    def heading(self, text: str, level: int) -> None:
        """Add a heading of level 1 to 6."""
        self._block("heading", text, level=max(1, min(6, level)))

    def paragraph(self, text: str, depth: int = 0) -> None:
        """Add a paragraph; `depth` > 0 puts it inside the open list item of depth - 1."""
        self._block("paragraph", text, level=depth)

    def item(self, text: str, depth: int, marker: str) -> None:
        """Add a list item at a nesting depth; raises BrokenInput when nested too deeply."""
        if depth >= limits.LIST_DEPTH:
            raise BrokenInput(
                f"“{self.name}” nests lists more than {limits.LIST_DEPTH} levels deep.",
                "Flatten the deepest lists and add it again.",
            )
        self._block("item", text, level=depth, marker=marker, before=f"{'  ' * depth}{marker} ", close=True)

    def note(self, text: str, marker: str) -> None:
        """Add a footnote of the block before."""
        self._block("note", text, marker=marker, before=f"{marker} ")

    def code(self, text: str) -> None:
        """Add a code block, verbatim."""
        self._block("code", text)

    def cell(self, text: str, row: int, column: int, header: bool, cell: str | None = None) -> None:
        """Add a table cell; rows and columns count from 0, left to right and top to bottom."""
        last = self._entries[-1] if self._entries else None
        altered, text = _altered(text), clean(text).strip()
        if last is not None and last.kind == "cell":
            self._write("\n" if last.row != row else "\t")
        else:
            self._gap("\n\n")
        start = self._length
        self._write(text)
        self._entries.append(
            _Entry(
                "cell",
                start,
                self._length,
                0,
                "",
                row,
                column,
                header,
                self.page,
                cell,
                self.tracked,
                altered,
            )
        )
        self._check()

    def hide(self, text: str, kind: HiddenKind, reason: str) -> None:
        """Keep a text that nobody sees, at this place."""
        text = clean(text).strip()
        if text and len(self._hidden) < limits.HIDDEN_TEXTS:
            self._hidden.append(
                _Hidden(len(self._entries), self._length, text, kind, reason, self.page, self._cell)
            )

    def end_table(self) -> None:
        """Close a table."""
        self._entries.append(_Entry("end", self._length, self._length))

    def document(self, media_type: str, title: str | None = None) -> SourceDocument:
        """Return the finished document; raises BrokenInput when there is no text in it."""
        text = "".join(self._parts)
        layout = Layout(text, markdown=False)
        waiting = deque(self._hidden)
        for number, entry in enumerate(self._entries):
            while waiting and waiting[0].before <= number:
                _hide(layout, waiting.popleft())
            layout.page, layout.cell_name, layout.tracked = entry.page, entry.cell, entry.tracked
            layout.altered = entry.altered
            _place(layout, entry)
        for hidden in waiting:
            _hide(layout, hidden)
        if not layout.blocks:
            raise BrokenInput(
                f"“{self.name}” has no text in it.", "Choose a file that contains the procedure's text."
            )
        named = re.sub(r"\s+", " ", clean(title)).strip() if title else None
        return layout.document(self.name, media_type, named or None)

    def _block(
        self,
        kind: _Kind,
        text: str,
        *,
        level: int = 0,
        marker: str = "",
        before: str = "",
        close: bool = False,
    ) -> None:
        altered, text = _altered(text), clean(text).strip()
        if not text:
            return
        last = self._entries[-1].kind if self._entries else None
        self._gap("\n" if close and last in ("item", "note") else "\n\n")
        self._write(before)
        start = self._length
        self._write(text)
        self._entries.append(
            _Entry(
                kind,
                start,
                self._length,
                level,
                marker,
                page=self.page,
                cell=self._cell,
                tracked=self.tracked,
                altered=altered,
            )
        )
        self._check()

    def _gap(self, gap: str) -> None:
        if self._parts:
            self._write(gap)

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _check(self) -> None:
        if self._length > limits.TEXT_CHARACTERS:
            raise limits.too_large(
                self.name, "more text than can be read at once", f"{limits.TEXT_CHARACTERS:,} characters"
            )
        if len(self._entries) > limits.BLOCKS:
            raise limits.too_large(
                self.name, "more paragraphs and cells than can be read at once", f"{limits.BLOCKS:,}"
            )


def _hide(layout: Layout, hidden: _Hidden) -> None:
    layout.page, layout.cell_name = hidden.page, hidden.cell
    layout.hide(hidden.at, hidden.at, hidden.text, hidden.kind, hidden.reason)


def _place(layout: Layout, entry: _Entry) -> None:
    start, end = entry.start, entry.end
    if entry.kind == "heading":
        layout.heading(start, end, entry.level)
    elif entry.kind == "paragraph":
        layout.paragraph(start, end, entry.level)
    elif entry.kind == "item":
        layout.item(start, end, entry.level, entry.marker)
    elif entry.kind == "note":
        layout.note(start, end, entry.marker)
    elif entry.kind == "code":
        layout.code(start, end)
    elif entry.kind == "cell":
        layout.cell(start, end, entry.row, entry.column, entry.header)
    else:
        layout.end_table()


class Nesting:
    """Finds the depth of list items by how far they are set in, as people see it."""

    def __init__(self, tolerance: float) -> None:
        """Take the difference in indent below which two items stand on one level."""
        self._tolerance = tolerance
        self._open: list[float] = []

    def close(self) -> None:
        """Forget the open items."""
        self._open = []

    def item(self, indent: float) -> int:
        """Return the depth of an item at an indent, and remember it as open."""
        while self._open and self._open[-1] >= indent - self._tolerance:
            self._open.pop()
        self._open.append(indent)
        return len(self._open) - 1

    def inside(self, indent: float) -> int:
        """Return how many open items a paragraph at an indent belongs to, and close the others."""
        while self._open and self._open[-1] >= indent - self._tolerance:
            self._open.pop()
        return len(self._open)


def is_header(row: list[str]) -> bool:
    """Say whether the first row of a table names its columns: short, different words in every cell."""
    words = [cell.strip() for cell in row]
    return (
        len(words) > 1
        and all(words)
        and len(set(words)) == len(words)
        and all(len(word) <= 60 and not word.endswith((".", ";")) for word in words)
        and not any(re.fullmatch(r"[\W\d]+[%A-Z]{0,3}", word) for word in words)
    )
