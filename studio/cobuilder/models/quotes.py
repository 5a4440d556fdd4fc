"""Where a quote of a language model stands in the document, letter by letter; a quote that does not is none.

- White space, invisible characters and the shape of quotation marks and dashes may differ; words may not.
- A quote that is most of one sentence is that sentence, so that both engines cite the same words.
- A table's cell that says little alone is quoted with its row; a quote may run over the cells of one row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from studio.cobuilder.models.parts import Part
from studio.cobuilder.rules.statements import MAX_QUOTE
from studio.cobuilder.rules.tables import BARELY
from studio.cobuilder.suspicion.disguises import INVISIBLE
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.sentences import is_plain, sentences
from studio.domain.source import Block, SourceDocument

_SAME = str.maketrans("\u2018\u2019\u201a\u201c\u201d\u201e\u2010\u2011\u2013\u2014", "'''\"\"\"----")
_MOST_OF = 0.6
_SHORTEST = 8


class Spot(NamedTuple):
    """A quote's place: the block, and the exact span in the document's text.

    - `value`: the cell that is meant, where the quote is a table's row up to it.
    """

    block: Block
    start: int
    end: int
    value: str | None = None


class Quotes:
    """Finds quotes in the blocks of one part."""

    def __init__(self, document: SourceDocument, part: Part) -> None:
        """Take a document and the part that was read."""
        self._document = document
        self._blocks = {block.id: block for block in part.blocks if block.kind != "code"}
        self._every = list(self._blocks.values())
        self._places = {block.id: at for at, block in enumerate(self._every)}
        self._forms: dict[str, tuple[str, tuple[int, ...]]] = {}

    def find(self, quote: str, block_id: str) -> Spot | None:
        """Return where a quote stands: in the block that was named, else in the only one that holds it."""
        wanted, _ = _normal(quote)
        other, _ = _normal(readable(quote).text)
        if (cell := self._cell(wanted, block_id) or self._in_rows(quote, block_id)) is not None:
            return cell
        for words in dict.fromkeys((wanted, other)):
            if len(words) < _SHORTEST and len(words.split()) < 2:
                continue
            found = [spot for block in self._order(block_id) if (spot := self._in(block, words)) is not None]
            if found and (found[0].block.id == block_id or len(found) == 1):
                return self._whole(found[0])
        return None

    def _cell(self, words: str, block_id: str) -> Spot | None:
        """Return the row up to a cell that was named and quoted whole, where it says little alone."""
        block = self._blocks.get(block_id)
        if block is None or block.kind != "cell" or not block.column or block.header:
            return None
        if self._form(block)[0] != words or len(words.split()) > BARELY:
            return None
        return self._with_row(block)

    def _in_rows(self, quote: str, block_id: str) -> Spot | None:
        """Return where a quote stands that runs over cells: in the row of the block, else in the only one."""
        parts = [part for each in _BORDERS.split(quote.strip()) if (part := _normal(each)[0].strip())]
        if len(parts) < 2:
            return None
        as_it_stands = self._exactly(quote, block_id)
        if as_it_stands is not None:
            return as_it_stands
        rows = (self._row_to(block) for block in self._blocks.values() if block.kind == "cell")
        cells = [row[-len(parts) :] for row in rows]
        found = [row for row in cells if [self._form(each)[0] for each in row] == parts]
        named = [row for row in found if any(each.id == block_id for each in row)]
        best = named or found
        return self._with_row(best[0][-1]) if len(best) == 1 else None

    def _exactly(self, quote: str, block_id: str) -> Spot | None:
        """Return where a quote stands letter by letter, from the beginning of a cell to the end of one."""
        cell = self._blocks.get(block_id)
        if cell is None or cell.kind != "cell" or len(quote) > MAX_QUOTE:
            return None
        at = self._document.text.rfind(quote, 0, cell.end)
        end = at + len(quote)
        begins = any(each.kind == "cell" and each.start == at for each in self._every)
        if at < 0 or not begins or end <= cell.start or re.search(r"\w", self._document.text[end : cell.end]):
            return None
        return Spot(cell, at, end, self._document.text[max(at, cell.start) : end])

    def _with_row(self, block: Block) -> Spot:
        """Return a cell with its row before it, as far as a quote may reach."""
        end = min(block.end, block.start + MAX_QUOTE)
        starts = (each.start for each in self._row_to(block) if end - each.start <= MAX_QUOTE)
        return Spot(block, next(starts), end, self._document.text[block.start : end])

    def _row_to(self, block: Block) -> list[Block]:
        """Return the cells of a row up to this one."""
        at = self._places[block.id]
        row = [block]
        while at and (before := self._every[at - 1]).kind == "cell" and before.row == block.row:
            if (before.column or 0) >= (row[0].column or 0):
                break
            row.insert(0, before)
            at -= 1
        return row

    def _order(self, block_id: str) -> Iterator[Block]:
        if block_id in self._blocks:
            yield self._blocks[block_id]
        yield from (block for name, block in self._blocks.items() if name != block_id)

    def _in(self, block: Block, words: str) -> Spot | None:
        text, offsets = self._form(block)
        at = text.find(words)
        if at < 0 or _cuts_word(text, at, at + len(words)):
            return None
        return Spot(block, offsets[at], offsets[at + len(words) - 1] + 1)

    def _form(self, block: Block) -> tuple[str, tuple[int, ...]]:
        if block.id not in self._forms:
            raw = self._document.text[block.start : block.end]
            form = readable(raw, block.start, not is_plain(self._document))
            text, kept = _normal(form.text)
            self._forms[block.id] = text, tuple(form.offsets[at] for at in kept)
        return self._forms[block.id]

    def _whole(self, spot: Spot) -> Spot:
        """Return the sentence that a quote is most of, else the quote, at most as long as one may be."""
        for sentence in sentences(self._document, spot.block):
            inside = sentence.start <= spot.start and spot.end <= sentence.end
            long = sentence.end - sentence.start
            if inside and spot.end - spot.start >= _MOST_OF * long and long <= MAX_QUOTE:
                return Spot(spot.block, sentence.start, sentence.end)
        if spot.end - spot.start <= MAX_QUOTE:
            return spot
        end = spot.start + MAX_QUOTE
        while end > spot.start + 1 and not self._document.text[end].isspace():
            end -= 1
        return Spot(spot.block, spot.start, end)


_BORDERS = re.compile(r"\s*[|\t\n]\s*")
"""What stands between the cells of a row."""


def _normal(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a text with single spaces and plain marks, and where each of its characters stood."""
    chars: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        if INVISIBLE.match(char):
            continue
        char = " " if char.isspace() else char.translate(_SAME)
        if char != " " or (chars and chars[-1] != " "):
            chars.append(char)
            places.append(at)
    if chars and chars[-1] == " ":
        chars.pop()
        places.pop()
    return "".join(chars), tuple(places)


def _cuts_word(text: str, start: int, end: int) -> bool:
    """Say whether a stretch begins or ends inside a word (“30” in “300”)."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    return before or (end < len(text) and text[end].isalnum() and text[end - 1].isalnum())
