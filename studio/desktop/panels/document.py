"""The document panel: blocks of a source as parts of a readable page, its sentences marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.document_marks import DocMark, MarkSign
from studio.desktop.widgets.document_view import DocCell, DocPart, PartKind
from studio.domain.source import Block

STATE_TONES: dict[str, Tone] = {
    "in the agent and tested": "ok",
    "in the agent, not tested": "mov",
    "open question": "warn",
    "conflict": "bad",
    "waived": "none",
    "not yet looked at": "none",
    "suspicious": "warn",
}
STATE_SIGNS: dict[str, MarkSign] = {
    "in the agent and tested": "check",
    "in the agent, not tested": "ring",
    "open question": "question",
    "conflict": "unequal",
    "waived": "dash",
    "not yet looked at": "empty",
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence to mark: its id, the words as they stand in the file, and its state."""

    id: str
    quote: str
    state: str
    suspect: str = ""
    turned: bool = False
    internal: bool = False
    warned: bool = False

    @property
    def words(self) -> str:
        """Return what the mark says aloud."""
        more = ["look at this again"] if self.suspect else []
        more += ["read the warning first"] if self.warned else []
        return ", ".join([self.state, *more, *(["internal"] if self.internal else [])])


@lru_cache(maxsize=8_192)
def locate(quote: str, text: str) -> tuple[int, int]:
    """Return where a verbatim quote stands in readable text, whatever markup lies between its words."""
    plain = " ".join(quote.split())
    start = text.find(plain)
    if plain and start >= 0:  # a pattern a sentence is dear: most stand in the text as they are
        return start, start + len(plain)
    words = re.findall(r"\w+", quote)
    if not words:
        return 0, len(text)
    found = re.search(r"\W+".join(map(re.escape, words)), text)
    if found is None:
        return 0, len(text)
    end = found.end()
    while end < len(text) and text[end] in ".,;:!?)”\"'":
        end += 1
    return found.start(), end


def _cell(block: Block, marked: Sequence[Marked]) -> DocCell:
    marks = []
    for each in marked:
        start, end = locate(each.quote, block.text)
        marks.append(
            DocMark(
                each.id,
                start,
                end,
                STATE_TONES.get(each.state, "none"),
                each.words,
                STATE_SIGNS.get(each.state, ""),
                ("bad" if each.turned else "warn") if each.suspect or each.warned else "",
                each.internal,
            )
        )
    return DocCell(block.text, tuple(sorted(marks, key=lambda m: m.start)), block.id, block.tracked or "")


def parts_of(blocks: Sequence[tuple[Block, Sequence[Marked]]]) -> list[DocPart]:
    """Return the parts of the page; the cells of one table row become one part."""
    parts: list[DocPart] = []

    def row_of(entry: tuple[Block, Sequence[Marked]]) -> object:
        block = entry[0]
        return ("row", block.parent, block.row) if block.kind == "cell" else block.id

    for _, group in groupby(blocks, key=row_of):
        entries = list(group)
        block = entries[0][0]
        kind: PartKind = "row" if block.kind == "cell" else block.kind
        cells = tuple(_cell(each, marked) for each, marked in entries)
        parts.append(DocPart(kind, cells, block.level, _marker(block), block.header))
    return parts


def _marker(block: Block) -> str:
    if block.kind != "item":
        return ""
    return "•" if block.marker in ("-", "*", "+", "") else block.marker
