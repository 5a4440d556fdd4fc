"""Pieces: a document cut into the clauses that may each mean a system, with the words around them.

- A sentence is cut where a new action may begin: after a semicolon, a label's colon, "and", "then", a comma
  before a verb.
- Around a piece stand the heading above it, and the two pieces before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from studio.cobuilder.words.conditions import clauses
from studio.cobuilder.words.sentences import sentences
from studio.cobuilder.words.vocabulary import is_base_verb
from studio.domain.source import SourceDocument

_JOINT = re.compile(r";\s+|:\s+|,?\s+(?:and|but|or|so|then)\s+(?:then\s+)?|,\s+|\s+[–—-]\s+|\|")

_FIRST_WORD = re.compile(r"(?:please |then |also |first )?([A-Za-z-]+)", re.IGNORECASE)


class Piece(NamedTuple):
    """A clause with its place in the document and the words around it, line by line."""

    text: str
    start: int
    end: int
    around: str


def pieces(document: SourceDocument) -> Iterator[Piece]:
    """Yield the pieces of a document in reading order."""
    heading, before = "", ("", "")
    for block in document.blocks:
        if block.kind == "heading":
            heading, before = block.text, ("", "")
            continue
        for sentence in sentences(document, block):
            raw = document.text[sentence.start : sentence.end]
            parts = clauses(sentence.text)
            told = sentence.text[parts.main[0] : parts.main[1]] if parts.condition else sentence.text
            for text in cut(told if len(told) > 3 else sentence.text):
                at = raw.find(text)
                start = sentence.start + max(0, at)
                yield Piece(
                    text, start, start + len(text) if at >= 0 else sentence.end, "\n".join((heading, *before))
                )
                before = (before[1], text)


def cut(text: str) -> list[str]:
    """Cut a sentence where another action may begin."""
    return [text[start:end] for start, end in piece_spans(text)]


def piece_spans(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each piece of a sentence."""
    found, start = [], 0
    for joint in _JOINT.finditer(text):
        word = _FIRST_WORD.match(text, joint.end())
        hard = joint[0].strip() in {";", ":", "|"} or (word and is_base_verb(word[1].lower()))
        if hard and len(text[start : joint.start()].split()) >= 2:
            found.append((start, joint.start()))
            start = joint.end()
    end = len(text.rstrip(" .,;:"))
    return [*found, (start, end)] if end > start else found
