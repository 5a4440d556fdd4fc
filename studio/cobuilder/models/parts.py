"""Parts of a document that one request to a language model can hold, cut between blocks and overlapping.

- Each part knows the headings it stands under; the last blocks of a part open the next, so that a rule and
  its condition are seen together at least once.
- Deterministic: the same document gives the same parts.
"""

from __future__ import annotations

from typing import NamedTuple

from studio.domain.source import Block, SourceDocument

PART_CHARACTERS = 8_000
OVERLAP_CHARACTERS = 800
OVERLAP_BLOCKS = 3


class Part(NamedTuple):
    """Blocks that are read together: the `number`th of `of`, below these headings."""

    number: int
    of: int
    headings: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """Return the part in words: its number and where it stands."""
        first, last = self.blocks[0].anchor, self.blocks[-1].anchor
        if first.page is not None and last.page is not None:
            spot = f"page {first.page}" if first.page == last.page else f"pages {first.page}–{last.page}"
        else:
            spot = f"lines {first.line_start}–{last.line_end}"
        return f"part {self.number} of {self.of} ({spot})"

    @property
    def span(self) -> tuple[int, int]:
        """Return where the part begins and ends in the text."""
        return self.blocks[0].start, max(block.end for block in self.blocks)

    def halves(self) -> tuple[Part, ...]:
        """Return the two halves of a part; nothing for a single block."""
        middle = len(self.blocks) // 2
        if not middle:
            return ()
        return (
            self._replace(blocks=self.blocks[:middle]),
            self._replace(blocks=self.blocks[middle:], headings=self.blocks[middle].anchor.section),
        )


def parts_of(document: SourceDocument, most: int = PART_CHARACTERS) -> tuple[Part, ...]:
    """Return the parts of a document; deletions that nobody has taken over yet are left out."""
    blocks = [block for block in document.blocks if block.tracked != "deleted"]
    cut: list[tuple[Block, ...]] = []
    at = 0
    while at < len(blocks):
        end, size = at, 0
        while end < len(blocks) and (end == at or size + _size(blocks[end]) <= most):
            size += _size(blocks[end])
            end += 1
        end = _before_headings(blocks, at, end)
        cut.append(tuple(blocks[at:end]))
        at = end if end >= len(blocks) else _overlap(blocks, at, end)
    return tuple(
        Part(number, len(cut), part[0].anchor.section, part) for number, part in enumerate(cut, start=1)
    )


def _size(block: Block) -> int:
    return block.end - block.start + 12


def _before_headings(blocks: list[Block], at: int, end: int) -> int:
    """Leave headings at the end of a part to the next, where their text stands."""
    last = end
    while end < len(blocks) and last - 1 > at and blocks[last - 1].kind == "heading":
        last -= 1
    return last


def _overlap(blocks: list[Block], at: int, end: int) -> int:
    """Return where the next part begins: a few blocks before the end of this one."""
    size, start = 0, end
    while start - 1 > at and end - start < OVERLAP_BLOCKS:
        size += _size(blocks[start - 1])
        if size > OVERLAP_CHARACTERS or blocks[start - 1].kind == "heading":
            break
        start -= 1
    return start
