"""The Markdown reader: CommonMark with tables, by markdown-it-py's line map.

- Front matter is no content; its `title` names the document.
- A `.md` file without any Markdown structure is read by the shapes of plain text.
- A paragraph that is one bold line is a heading; numbered lines inside a paragraph are list items.
- Comments, link titles, descriptions of pictures and hidden elements are kept as hidden.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from studio.domain.source import SourceDocument
from studio.readers.decoding import MAX_DEPTH, decode, refuse_depth
from studio.readers.layout import Layout
from studio.readers.markdown_asides import hide_asides
from studio.readers.shapes import is_title, marker

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<body>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_TITLE = re.compile(r"^title:[ \t]*(?P<title>.+?)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_STRUCTURE = re.compile(
    r"^ {0,3}#{1,6}[ \t]+\S|^ {0,3}> ?\S|^ {0,3}(?:```|~~~)|^ *\|?[ \t]*:?-{3,}:?[ \t]*\||\*\*\S|\]\(\S"
    r"|^ {0,3}[-*+][ \t]+\S"
    r"|^ {0,3}(?:={3,}|-{3,})[ \t]*$",
    re.MULTILINE,
)
_BOXES = frozenset("☐☑☒□")
_CHECKBOX = re.compile(r"\[[ xX]\][ \t]+")
_BOLD_LINE = re.compile(r"(?:\*\*|__)(?P<title>[^*_\n]{2,90}?)(?:\*\*|__)")


def read_markdown(text: str, name: str) -> SourceDocument:
    """Return a Markdown document as blocks with verbatim spans; raises BrokenInput when nested too deeply."""
    front = _FRONT.match(text)
    if not _STRUCTURE.search(text, front.end() if front else 0):
        from studio.readers.text import read_text

        return read_text(text, name, media_type="text/markdown")
    return _Reading(text, name, front).document()


class MarkdownReader:
    """Reads `.md` files."""

    media_types: ClassVar[tuple[str, ...]] = ("text/markdown",)
    suffixes: ClassVar[tuple[str, ...]] = (".md", ".markdown")

    def read(self, data: bytes, name: str) -> SourceDocument:
        """Return the document in a file's bytes; raises BrokenInput."""
        return read_markdown(decode(data, name), name)


class _Reading:
    """One pass over the tokens of one document."""

    def __init__(self, text: str, name: str, front: re.Match[str] | None) -> None:
        self.text = text
        self.name = name
        self.front = front
        self.layout = Layout(text, markdown=True)
        self.first = len(re.findall(r"\r\n?|\n", front[0])) if front else 0
        starts = [0, *(match.end() for match in re.finditer(r"\r\n?|\n", text))]
        self.lines = list(zip(starts, [*starts[1:], len(text)], strict=True))
        self.depth = 0
        self.fresh: str | None = None  # marker of a list item whose text has not come yet
        self.table: list[int] | None = None  # row, column, cursor in the row's line

    def document(self) -> SourceDocument:
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark", {"maxNesting": MAX_DEPTH}).enable("table")
        tokens = parser.parse(self.text[self.front.end() :] if self.front else self.text.lstrip("\ufeff"))
        for index, token in enumerate(tokens):
            if token.level >= MAX_DEPTH - 1:
                raise refuse_depth(self.name)
            self.take(tokens, index)
        hide_asides(self.layout, self.front.end() if self.front else 0)
        if self.front:
            reason = "It stands in the file's front matter."
            self.layout.hide(*self.front.span("body"), self.front["body"], "aside", reason)
        title = _TITLE.search(self.front["body"]) if self.front else None
        named = title["title"].strip("\"'") if title else None
        return self.layout.document(self.name, "text/markdown", named)

    def take(self, tokens: list[Token], index: int) -> None:
        token = tokens[index]
        if token.type == "list_item_open":
            self.depth += 1
            self.fresh = f"{token.info}{token.markup}"
        elif token.type == "list_item_close":
            self.depth -= 1
            self.fresh = None
        elif token.type == "inline":
            self.inline(tokens[index - 1], token)
        elif token.type in ("fence", "code_block") and token.map:
            self.layout.code(*self.whole(token.map))
        elif token.type == "html_block" and token.map:
            self.layout.paragraph(*self.whole(token.map), self.depth)
        else:
            self.table_token(token)

    def table_token(self, token: Token) -> None:
        if token.type == "table_open":
            self.table = [-1, 0, 0]
        elif token.type == "table_close":
            self.table = None
            self.layout.end_table()
        elif token.type == "tr_open" and self.table and token.map:
            self.table = [self.table[0] + 1, -1, self.lines[token.map[0] + self.first][0]]

    def inline(self, opener: Token, token: Token) -> None:
        if self.table is not None:
            self.cell(opener, token)
            return
        if not token.map:
            return
        start, end = self.content(token)
        wrapped = opener.markup in ("=", "-") and ("\n" in token.content or len(token.content) > 120)
        if opener.type == "heading_open" and self.depth == 0 and not wrapped:
            self.layout.heading(start, end, int(opener.tag[1]))
        elif self.fresh is not None:
            box = _CHECKBOX.match(self.text, start, end)
            mark, self.fresh = self.fresh, None
            self.pieces(box.end() if box else start, end, mark)
        elif self.depth == 0 and self.bold_title(start, end):
            parent = next(
                (block for block in reversed(self.layout.blocks) if self.is_real_heading(block.id)), None
            )
            self.layout.heading(start, end, min(6, (parent.level if parent else 0) + 1))
        else:
            self.pieces(start, end, None)

    def is_real_heading(self, block_id: str) -> bool:
        block = self.layout.blocks[int(block_id[1:]) - 1]
        return block.kind == "heading" and not self.text[block.start : block.end].startswith(("**", "__"))

    def bold_title(self, start: int, end: int) -> bool:
        bold = _BOLD_LINE.fullmatch(self.text[start:end])
        return bool(bold and (is_title(bold["title"], words=9) or marker(bold["title"])))

    def pieces(self, start: int, end: int, mark: str | None) -> None:
        """Add a paragraph or an item, splitting off numbered lines that CommonMark takes for soft wraps."""
        depth = self.depth - 1 if mark is not None else self.depth
        for at, (piece_start, piece_end, inner) in enumerate(self.split(start, end)):
            if inner is not None:
                self.layout.item(piece_start, piece_end, self.depth, inner)
            elif mark is not None and at == 0:
                self.layout.item(piece_start, piece_end, depth, mark)
            else:
                self.layout.paragraph(piece_start, piece_end, self.depth)

    def split(self, start: int, end: int) -> list[tuple[int, int, str | None]]:
        found: list[tuple[int, int, str | None]] = []
        previous = ""
        for match in re.finditer(r"[^\r\n]+", self.text[start:end]):
            line = match[0].strip(" \t>")
            at = start + match.start() + match[0].find(line)
            boxed = line[:1] in _BOXES or _CHECKBOX.match(line) is not None
            inner = marker(line) if match.start() or self.fresh is not None or boxed else None
            stop = start + match.start() + len(match[0].rstrip())
            if inner is not None and inner.text not in "*+-":
                found.append((at + inner.length, stop, inner.text))
            elif not found or (line[:1].isupper() and _hard_end(previous)):
                found.append((at, stop, None))
            else:
                found[-1] = (found[-1][0], stop, found[-1][2])
            previous = match[0]
        return found

    def cell(self, opener: Token, token: Token) -> None:
        assert self.table is not None
        row, column, cursor = self.table
        column += 1
        raw = (
            token.content if self.text.find(token.content, cursor) >= 0 else token.content.replace("|", "\\|")
        )
        start = self.text.find(raw, cursor) if raw else cursor
        if start < 0:
            start, raw = cursor, ""
        self.table = [row, column, start + len(raw)]
        self.layout.cell(start, start + len(raw), row, column, opener.type == "th_open")

    def whole(self, lines: list[int]) -> tuple[int, int]:
        start = self.lines[lines[0] + self.first][0]
        end = self.lines[min(lines[1] + self.first, len(self.lines)) - 1][1]
        return start, start + len(self.text[start:end].rstrip())

    def content(self, token: Token) -> tuple[int, int]:
        """Return the span of an inline token's content, without markers, indents and closing marks."""
        assert token.map is not None
        rows = token.content.split("\n")
        start, stop = self.lines[token.map[0] + self.first]
        at = self.text.find(rows[0].rstrip(), start, stop)
        last_start, last_stop = self.lines[token.map[0] + self.first + len(rows) - 1]
        tail = rows[-1].strip()
        end = self.text.rfind(tail, max(last_start, at), last_stop) + len(tail)
        if at < 0 or end < len(tail):
            return self.whole(token.map)
        return at, end


def _hard_end(line: str) -> bool:
    """Say whether a line was ended on purpose: a hard break, or a long line that was never wrapped."""
    return line.endswith(("  ", "\\")) or len(line) > 140
