"""The shared last step of all readers: blocks in reading order, with spans, sections and parents.

- Ids count from `b1` in reading order, so the same document always gets the same ids.
- A block's parent is its outer list item, else the paragraph that introduces its list.
- Blocks without a readable character are left out.
- `page`, `cell_name`, `tracked` and `altered` are set by the reader and hold for the blocks added after.
- What nobody sees is kept apart from the blocks, with its place and the reason.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal

from studio.cobuilder.words.markup import readable
from studio.domain.source import Anchor, Block, BlockKind, HiddenKind, HiddenText, SourceDocument
from studio.readers import limits

_INTRODUCES = re.compile(
    r"\b(?:(?:as|the) follow(?:s|ing)|(?:listed|shown|steps|rules|cases|points|items|list|table) below"
    r"|these (?:steps|rules|points|cases|conditions|instructions|criteria|things))\b",
    re.IGNORECASE,
)


class Layout:
    """Collects the blocks of one document, top to bottom."""

    def __init__(self, text: str, *, markdown: bool) -> None:
        """Start an empty layout over the original text."""
        self.text = text
        self.blocks: list[Block] = []
        self.page: int | None = None
        self.cell_name: str | None = None
        self.tracked: Literal["inserted", "deleted"] | None = None
        self.altered: str | None = None
        self.hidden: list[HiddenText] = []
        self._markdown = markdown
        self._line_starts = [0, *(match.end() for match in re.finditer(r"\n", text))]
        self._sections: list[tuple[int, str]] = []
        self._items: list[Block] = []
        self._lead: Block | None = None

    @property
    def heading_level(self) -> int:
        """Return the level of the innermost open heading, 0 outside of all."""
        return self._sections[-1][0] if self._sections else 0

    def readable(self, start: int, end: int) -> str:
        """Return a span's readable text."""
        return readable(self.text[start:end], start, self._markdown).text

    def heading(self, start: int, end: int, level: int) -> None:
        """Add a heading; it closes sections of its level and deeper."""
        while self._sections and self._sections[-1][0] >= level:
            self._sections.pop()
        self._close_list()
        block = self._add("heading", start, end, level=level)
        if block is not None:
            self._sections.append((level, block.text))

    def paragraph(self, start: int, end: int, depth: int = 0) -> None:
        """Add a paragraph; `depth` > 0 puts it inside the open list item of depth - 1."""
        self._items = self._items[:depth]
        parent = self._items[-1].id if self._items else None
        block = self._add("paragraph", start, end, parent=parent)
        if depth == 0 and block is not None:
            self._lead = block if _introduces(block.text) else None

    def item(self, start: int, end: int, depth: int, marker: str) -> None:
        """Add a list item at a nesting depth."""
        self._items = self._items[:depth]
        outer = self._items[-1] if self._items else self._lead
        block = self._add("item", start, end, level=depth, marker=marker, parent=outer.id if outer else None)
        if block is not None:
            self._items.append(block)

    def cell(self, start: int, end: int, row: int, column: int, header: bool) -> None:
        """Add a table cell; rows and columns count from 0, the header row is row 0."""
        parent = self._lead.id if self._lead else None
        self._items = []
        self._add("cell", start, end, row=row, column=column, header=header, parent=parent)

    def note(self, start: int, end: int, marker: str) -> None:
        """Add a footnote, as a paragraph of the block before it; open lists stay open."""
        parent = self.blocks[-1].id if self.blocks else None
        self._add("paragraph", start, end, marker=marker, parent=parent)

    def code(self, start: int, end: int) -> None:
        """Add a code block, verbatim."""
        parent = self._items[-1].id if self._items else None
        self._add("code", start, end, parent=parent)

    def hide(self, start: int, end: int, text: str, kind: HiddenKind, reason: str) -> None:
        """Keep a text that nobody sees; `start == end` where it is not part of the text."""
        text = " ".join(text.split())[: limits.HIDDEN_CHARACTERS]
        if re.search(r"\w", text) and len(self.hidden) < limits.HIDDEN_TEXTS:
            anchor = self._anchor(start, end)
            self.hidden.append(
                HiddenText(kind=kind, reason=reason, text=text, start=start, end=end, anchor=anchor)
            )

    def end_table(self) -> None:
        """Close a table: what follows is no longer introduced by its lead-in."""
        self._close_list()

    def document(self, name: str, media_type: str, title: str | None) -> SourceDocument:
        """Return the finished document; the title falls back to the first heading, then to the name."""
        first = next((block.text for block in self.blocks if block.kind == "heading"), None)
        return SourceDocument(
            title=title or first or re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name),
            media_type=media_type,
            text=self.text,
            blocks=tuple(self.blocks),
            hidden=tuple(self.hidden),
        )

    def _close_list(self) -> None:
        self._items = []
        self._lead = None

    def _add(
        self,
        kind: BlockKind,
        start: int,
        end: int,
        *,
        level: int = 0,
        marker: str = "",
        parent: str | None = None,
        row: int | None = None,
        column: int | None = None,
        header: bool = False,
    ) -> Block | None:
        text = self.text[start:end].strip() if kind == "code" else self.readable(start, end)
        if not text:
            return None
        block = Block(
            id=f"b{len(self.blocks) + 1}",
            kind=kind,
            text=text,
            start=start,
            end=end,
            anchor=self._anchor(start, end),
            level=level,
            marker=marker,
            parent=parent,
            row=row,
            column=column,
            header=header,
            tracked=self.tracked,
            altered=self.altered,
        )
        self.blocks.append(block)
        return block

    def _anchor(self, start: int, end: int) -> Anchor:
        return Anchor(
            section=tuple(title for _, title in self._sections),
            line_start=bisect_right(self._line_starts, start),
            line_end=bisect_right(self._line_starts, max(start, end - 1)),
            page=self.page,
            cell=self.cell_name,
        )


def _introduces(text: str) -> bool:
    """Say whether a paragraph leads into the list or table after it."""
    tail = re.split(r"(?<=[.!?])\s+", text)[-1]
    return tail.endswith((":", ",", "—", "–")) or (
        not tail.endswith((".", "!", "?")) or (len(tail) < 160 and bool(_INTRODUCES.search(tail)))
    )
