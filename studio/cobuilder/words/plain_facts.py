"""Plain facts: sentences of a document that state a quantity and bind nobody ("The joining fee is £35.").

- They are no statements and nothing is made of them; two documents that state another figure for one thing
  contradict each other all the same, and that is all they are read for.
- A sentence that is a statement, or a part of one, is no plain fact; neither is a cell or a heading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.quantities import normalized, quantities_in
from studio.cobuilder.words.sentences import sentences
from studio.domain.source import Source, words_fingerprint
from studio.domain.statement import Statement, StatementKind

_NAME = "F-"
_LONGEST = 300
"""What is longer tells a story, not a figure."""


def is_plain_fact(statement: Statement) -> bool:
    """Return whether a statement is a plain fact of this module."""
    return statement.id.startswith(_NAME)


def plain_facts(source: Source, statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return the plain facts of a source's current version, in reading order."""
    if not source.versions:
        return ()
    taken = [s.span for s in statements]
    return tuple(
        each
        for each in _figures(source)
        if not any(start < each.end and each.start < end for start, end in taken)
    )


@lru_cache(maxsize=64)
def _figures(source: Source) -> tuple[Statement, ...]:
    return tuple(_sentences_with_figures(source))


def _sentences_with_figures(source: Source) -> Iterator[Statement]:
    document, number = source.current.document, 0
    for block in document.blocks:
        if block.kind not in ("paragraph", "item") or not any(char.isdigit() for char in block.text):
            continue
        for each in sentences(document, block):
            quote = document.text[each.start : each.end]
            if len(quote) > _LONGEST or not _has_figure(quote):
                continue
            number += 1
            yield Statement(
                id=f"{_NAME}{number:03}",
                kind=StatementKind.DEFINITION,
                text=each.text,
                quote=quote,
                start=each.start,
                end=each.end,
                block_id=block.id,
                anchor=block.anchor,
                fingerprint=words_fingerprint(quote),
                block_fingerprint=block.fingerprint,
                confidence=0.5,
            )


def _has_figure(quote: str) -> bool:
    """Return whether a sentence has a quantity with a unit of its own, and a verb's worth of words."""
    found = quantities_in(normalized(readable(quote).text))
    return len(quote.split()) >= 4 and any(each.kind not in ("count", "size") for each in found)
