"""Alignment units: a document cut into what is set against its other version: sentences, and rows of tables.

- A key holds a unit's words only: wrapping, markup, case, marks and list signs never make two of one.
- A row is one unit, because a cell (“no return”) means something beside its row's label only.
- Statements hang on the unit in which they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from studio.cobuilder.words.matching import topic
from studio.cobuilder.words.sense import without_number
from studio.cobuilder.words.sentences import sentences
from studio.domain.source import Block, SourceDocument
from studio.domain.statement import Statement

_WORD = re.compile(r"[$€£¥%<>=≤≥]|\d+(?:[.,:/-]\d+)*|\w+(?:['’]\w+)*")


def words_key(text: str) -> str:
    """Return the words of a text, in lower case and one space apart."""
    return " ".join(_WORD.findall(text.casefold().replace("’", "'")))


@dataclass(frozen=True)
class Unit:
    """One sentence, heading or table row: its readable text, its place, and the statements in it."""

    text: str
    kind: str
    section: str
    statements: tuple[Statement, ...]

    @cached_property
    def key(self) -> str:
        """Return the unit's words."""
        return words_key(without_number(self.text))

    @cached_property
    def topic(self) -> frozenset[str]:
        """Return the stems that the unit is about."""
        return topic(self.text)

    @property
    def weight(self) -> int:
        """Return the number of words."""
        return self.key.count(" ") + 1


def units(document: SourceDocument, statements: Sequence[Statement]) -> list[Unit]:
    """Return the units of a document in reading order, with its statements on them."""
    by_block: dict[str, list[Statement]] = {}
    for statement in statements:
        by_block.setdefault(statement.block_id, []).append(statement)
    found: list[Unit] = []
    for group in _groups(document):
        section = words_key(without_number(group[0].anchor.section[-1])) if group[0].anchor.section else ""
        if group[0].kind == "cell":
            text = " | ".join(block.text for block in group)
            inside = tuple(each for block in group for each in by_block.get(block.id, ()))
            found.append(Unit(text, "row", section, inside))
        else:
            found += _sentences(document, group[0], section, by_block.get(group[0].id, []))
    return [unit for unit in found if unit.key]


def _groups(document: SourceDocument) -> Iterator[list[Block]]:
    """Yield each block by itself, and the cells of one row together."""
    row: list[Block] = []
    for block in document.blocks:
        if row and (block.kind != "cell" or block.row != row[-1].row or block.row is None):
            yield row
            row = []
        if block.kind == "cell":
            row.append(block)
        else:
            yield [block]
    if row:
        yield row


def _sentences(
    document: SourceDocument, block: Block, section: str, statements: Sequence[Statement]
) -> list[Unit]:
    parts = sentences(document, block)
    if not parts:
        return [Unit(block.text, block.kind, section, tuple(statements))]
    held: list[list[Statement]] = [[] for _ in parts]
    for statement in statements:
        at = next((n for n, part in enumerate(parts) if statement.start < part.end), len(parts) - 1)
        held[at].append(statement)
    return [
        Unit(part.text, block.kind, section, tuple(inside)) for part, inside in zip(parts, held, strict=True)
    ]
