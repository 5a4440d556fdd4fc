"""Pieces: a document cut into the clauses that may each mean a system, with the words around them.

- A sentence is cut where a new action may begin: after a semicolon, a label's colon, "and", "then", a comma
  before a verb.
- Around a piece stand the heading above it, and the piece before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from studio.cobuilder.conditions import clauses
from studio.cobuilder.sentences import sentences
from studio.cobuilder.vocabulary import is_base_verb
from studio.domain.source import SourceDocument

_JOINT = re.compile(r";\s+|:\s+|,?\s+(?:and|but|or|so|then)\s+(?:then\s+)?|,\s+|\s+[–—-]\s+|\|")


class Piece(NamedTuple):
    """A clause with its place in the document and the words around it."""

    text: str
    start: int
    end: int
    around: str


def pieces(document: SourceDocument) -> Iterator[Piece]:
    """Yield the pieces of a document in reading order."""
    heading, before = "", ""
    for block in document.blocks:
        if block.kind == "heading":
            heading, before = block.text, ""
            continue
        for sentence in sentences(document, block):
            raw = document.text[sentence.start : sentence.end]
            parts = clauses(sentence.text)
            told = sentence.text[parts.main[0] : parts.main[1]] if parts.condition else sentence.text
            for text in cut(told if len(told) > 3 else sentence.text):
                at = raw.find(text)
                start = sentence.start + max(0, at)
                yield Piece(text, start, start + len(text) if at >= 0 else sentence.end, f"{heading} {before}")
                before = text


def cut(text: str) -> list[str]:
    """Cut a sentence where another action may begin."""
    found, start = [], 0
    for joint in _JOINT.finditer(text):
        rest = text[joint.end() :]
        word = re.match(r"(?:please |then |also |first )?([A-Za-z-]+)", rest, re.IGNORECASE)
        hard = joint[0].strip() in {";", ":", "|"} or (word and is_base_verb(word[1].lower()))
        if hard and len(text[start : joint.start()].split()) >= 2:
            found.append(text[start : joint.start()].strip())
            start = joint.end()
    found.append(text[start:].strip(" .,;:"))
    return [piece for piece in found if piece]
