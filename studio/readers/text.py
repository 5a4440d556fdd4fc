"""The plain-text reader: structure by the shape of lines.

- Headings: underlined, numbered (`3.2 Refunds`), in capitals, or short titles set apart by blank lines.
- Items: `-`, `•`, `1.`, `1)`, `a)`, `(i)`, `1.1.1`, `Step 3:`; depth by indent, then by marker style.
- A line continues the one above when it is indented under it, starts in lower case, or text is wrapped.
"""

from __future__ import annotations

import re
from typing import ClassVar, NamedTuple

from studio.domain.source import SourceDocument
from studio.readers import shapes
from studio.readers.decoding import MAX_DEPTH, decode, refuse_depth
from studio.readers.layout import Layout

_ENDS = re.compile(r"[.!?:;…][\"'”’)]*$")


class TextReader:
    """Reads `.txt` files."""

    media_types: ClassVar[tuple[str, ...]] = ("text/plain",)
    suffixes: ClassVar[tuple[str, ...]] = (".txt", ".text")

    def read(self, data: bytes, name: str) -> SourceDocument:
        """Return the document in a file's bytes; raises BrokenInput."""
        return read_text(decode(data, name), name)


class _Line(NamedTuple):
    start: int
    end: int
    indent: int
    text: str


def read_text(text: str, name: str, media_type: str = "text/plain") -> SourceDocument:
    """Return plain text as blocks with verbatim spans; raises BrokenInput when nested too deeply."""
    reading = _Reading(text, name, markdown=media_type == "text/markdown")
    return reading.document(media_type)


class _Reading:
    """One pass over the lines of one document."""

    def __init__(self, text: str, name: str, *, markdown: bool) -> None:
        self.name = name
        self.layout = Layout(text, markdown=markdown)
        self.lines = [_line(match) for match in re.finditer(r"[^\r\n]*(?:\r\n?|\n|\Z)", text) if match[0]]
        lengths = sorted(len(line.text) for line in self.lines if len(line.text) > 40)
        self.wrapped = bool(lengths) and lengths[int(0.95 * (len(lengths) - 1))] <= 110
        self.open: list[tuple[int, str]] = []  # indent and marker style of the open items
        self.pending: tuple[str, int, int, int, str] | None = None  # kind, start, end, depth, marker

    def document(self, media_type: str) -> SourceDocument:
        for index, line in enumerate(self.lines):
            if not line.text:
                self.flush()
            elif shapes.is_underline(line.text) and (self.pending or not self.text_near(index)):
                self.underline(line)
            elif (level := self.heading_level(index)) > 0:
                self.flush()
                self.open = []
                self.layout.heading(line.start, line.end, level)
            else:
                self.body(index, line)
        self.flush()
        if media_type == "text/markdown":
            from studio.readers.markdown_asides import hide_asides

            hide_asides(self.layout, 0)
        return self.layout.document(self.name, media_type, None)

    def text_near(self, index: int) -> str:
        return self.lines[index + 1].text if index + 1 < len(self.lines) else ""

    def underline(self, line: _Line) -> None:
        """Turn the one line above into a heading; elsewhere an underline is only a rule."""
        pending, self.pending = self.pending, None
        if pending is None:
            return
        kind, start, end, _, _ = pending
        if kind == "paragraph" and "\n" not in self.layout.text[start:end] and end - start <= 120:
            self.layout.heading(start, end, 1 if line.text.startswith("=") else 2)
            self.open = []
        else:
            self.pending = pending
            self.flush()

    def heading_level(self, index: int) -> int:
        line = self.lines[index]
        before = self.lines[index - 1].text if index else ""
        after = self.text_near(index)
        if level := shapes.numbered_title(line.text):
            return level if self.stands_alone(index, line) else 0
        if line.indent > 3 or shapes.marker(line.text):
            return 0
        if shapes.is_capitals(line.text) and (not before or index == 0 or _ENDS.search(before)):
            return 1
        if (
            (not before or _ENDS.search(before))
            and shapes.is_title(line.text)
            and not shapes.is_underline(after)
            and not after[:1].islower()
        ):
            following = any(other.text for other in self.lines[index + 1 :])
            opens = not after or len(after) > len(line.text) or bool(shapes.marker(after))
            return 2 if following and opens else 0
        return 0

    def stands_alone(self, index: int, line: _Line) -> bool:
        """Tell the title of a section from an item of a numbered list, by what stands around it."""
        mark = shapes.marker(line.text)
        style = mark.style if mark else ""
        if style.endswith(")") or not (0 <= index < len(self.lines) - 1):
            return False
        near = [self.lines[at].text for at in (index - 1, index + 1) if at >= 0]
        following = next((other for other in self.lines[index + 1 :] if other.text), None)
        if following is None or (style and style in (*map(_style, near), _style(following.text))):
            return False
        if not (inner := _style(following.text)):
            return following.text[0].isupper() and following.indent <= line.indent + 1
        return inner.startswith("1.1") or style.startswith("1.1") or not near[-1] or not style

    def body(self, index: int, line: _Line) -> None:
        mark = shapes.marker(line.text)
        wrapped = mark is not None and self.is_wrapped_number(mark)
        if mark is not None and not wrapped:
            self.flush()
            depth = self.depth_of(line.indent, mark.style)
            if depth >= MAX_DEPTH // 2:
                raise refuse_depth(self.name)
            self.pending = ("item", line.start + mark.length, line.end, depth, mark.text)
        elif self.pending is not None and (wrapped or self.continues(index, line)):
            kind, start, _, depth, marker = self.pending
            self.pending = (kind, start, line.end, depth, marker)
        else:
            self.flush()
            self.open = [item for item in self.open if line.indent > item[0]]
            self.pending = ("paragraph", line.start, line.end, len(self.open), "")

    def is_wrapped_number(self, mark: shapes.Marker) -> bool:
        """Tell `… as set out in` / `1. above` from a list item: a wrapped sentence goes on."""
        if self.pending is None or not mark.text[0].isalnum():
            return False
        if self.open and self.open[-1][1] == mark.style:
            return False
        above = self.layout.text[self.pending[1] : self.pending[2]]
        return bool(
            re.search(r"\b(?:in|of|to|section|clause|step|and|or|than|the|by|with|from)$", above.lower())
        )

    def continues(self, index: int, line: _Line) -> bool:
        assert self.pending is not None
        kind, start, end, _, _ = self.pending
        above = self.lines[index - 1]
        if line.text[0].islower() or line.text[0] in "(,;":
            return True
        if kind == "item" and line.indent > (self.open[-1][0] if self.open else 0):
            return True
        ended = bool(_ENDS.search(self.layout.text[start:end]))
        if self.wrapped:
            return len(above.text) > 50 or not ended
        return not ended and 60 < len(above.text) <= 140

    def depth_of(self, indent: int, style: str) -> int:
        """Return the nesting depth of a new item and remember it as open."""
        numbers = style.count(".") if re.fullmatch(r"1(?:\.1)+", style) else 0
        while self.open and self.open[-1][0] > indent + 1:
            self.open.pop()
        styles = [item[1] for item in self.open]
        if numbers:
            parents = [at for at, other in enumerate(styles) if other.rstrip(".").count(".") < numbers]
            parents = [at for at in parents if re.match(r"1", styles[at])]
            self.open = self.open[: parents[-1] + 1] if parents else []
        elif self.open and indent <= self.open[-1][0] + 1 and style in styles:
            self.open = self.open[: styles.index(style)]
        self.open.append((indent, style))
        return len(self.open) - 1

    def flush(self) -> None:
        if self.pending is None:
            return
        kind, start, end, depth, marker = self.pending
        self.pending = None
        if kind == "item":
            self.layout.item(start, end, depth, marker)
        else:
            self.layout.paragraph(start, end, depth)


def _style(line: str) -> str:
    mark = shapes.marker(line)
    return mark.style if mark else ""


def _line(match: re.Match[str]) -> _Line:
    whole = match[0].expandtabs(4)
    text = match[0].strip(" \t\r\n\f\u00a0\ufeff")
    start = match.start() + (match[0].find(text) if text else 0)
    return _Line(start, start + len(text), len(whole) - len(whole.lstrip(" \u00a0")), text)
