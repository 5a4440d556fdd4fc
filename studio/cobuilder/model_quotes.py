"""Where a quote of a language model stands in the document, letter by letter; a quote that does not is none.

- White space, invisible characters and the shape of quotation marks and dashes may differ; words may not.
- A quote that is most of one sentence is that sentence, so that both engines cite the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from studio.cobuilder.disguises import INVISIBLE
from studio.cobuilder.markup import readable
from studio.cobuilder.model_parts import Part
from studio.cobuilder.sentences import is_plain, sentences
from studio.cobuilder.statements import MAX_QUOTE
from studio.domain.source import Block, SourceDocument

_SAME = str.maketrans("\u2018\u2019\u201a\u201c\u201d\u201e\u2010\u2011\u2013\u2014", "'''\"\"\"----")
_MOST_OF = 0.6
_SHORTEST = 8


class Spot(NamedTuple):
    """A quote's place: the block, and the exact span in the document's text."""

    block: Block
    start: int
    end: int


class Quotes:
    """Finds quotes in the blocks of one part."""

    def __init__(self, document: SourceDocument, part: Part) -> None:
        """Take a document and the part that was read."""
        self._document = document
        self._blocks = {block.id: block for block in part.blocks if block.kind != "code"}
        self._forms: dict[str, tuple[str, tuple[int, ...]]] = {}

    def find(self, quote: str, block_id: str) -> Spot | None:
        """Return where a quote stands: in the block that was named, else in the only one that holds it."""
        wanted, _ = _normal(quote)
        other, _ = _normal(readable(quote).text)
        for words in dict.fromkeys((wanted, other)):
            if len(words) < _SHORTEST and len(words.split()) < 2:
                continue
            found = [spot for block in self._order(block_id) if (spot := self._in(block, words)) is not None]
            if found and (found[0].block.id == block_id or len(found) == 1):
                return self._whole(found[0])
        return None

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
