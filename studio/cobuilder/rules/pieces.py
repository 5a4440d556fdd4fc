"""Pieces: every sentence, item and table row of a document, with the ways in which patterns read it.

- A sentence that enumerates “(a) …; (b) …” on one line falls into its lead-in and its members.
- Blocks headed “Example:” are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import islice
from typing import NamedTuple

from studio.cobuilder.rules.bearing import KINDS
from studio.cobuilder.rules.bearing_units import Passage
from studio.cobuilder.rules.sentence_readings import Reading, read_sentence
from studio.cobuilder.rules.structure import Context, contexts, lead_frame
from studio.cobuilder.rules.tables import table_rows
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.sentences import Sentence, is_plain, sentences
from studio.domain.pulse import beat
from studio.domain.source import Block, SourceDocument
from studio.domain.statement import Statement

MAX_MEMBERS = 60
_EXAMPLE = re.compile(r"(?:for )?examples?(?: \d+)?[.:]?|(?:good|bad) example[.:]?", re.IGNORECASE)


class Piece(NamedTuple):
    """A passage, the ways in which patterns read it, and for a table's row the statements of its cells.

    - `firm`: the kinds of the statements are sure if the row binds at all: its columns say them.
    """

    passage: Passage
    readings: tuple[Reading, ...] = ()
    stated: tuple[Statement, ...] = ()
    firm: bool = False


def read_pieces(document: SourceDocument) -> list[Piece]:
    """Return every sentence, item and table row of a document with what patterns read in it."""
    around = contexts(document)
    members: dict[str, list[Block]] = defaultdict(list)
    for block in document.blocks:
        if block.kind == "item" and block.parent:
            members[block.parent].append(block)
    found: list[Piece] = []
    for block in document.blocks:
        if block.kind in ("paragraph", "item"):
            context = around.get(block.id, Context())
            found.extend(_block_pieces(document, block, context, members.get(block.id, [])))
    for row in table_rows(document):
        beat()
        passage = row.passage._replace(found=tuple((each.kind, each.confidence) for each in row.stated))
        found.append(Piece(passage, (), row.stated, row.firm))
    found.sort(key=lambda piece: (piece.passage.sentence.start, piece.passage.sentence.end))
    return found


def _block_pieces(
    document: SourceDocument, block: Block, context: Context, children: list[Block]
) -> list[Piece]:
    found: list[Piece] = []
    inside = sentences(document, block)
    if inside and len(inside) > 1 and _EXAMPLE.fullmatch(inside[0].text):
        return []
    for number, sentence in enumerate(inside):
        if number:
            context = context._replace(lead=None)
        last = bool(children) and sentence.end >= block.end - 1
        for part, around_part in enumerated(document, block, sentence, context):
            under = children if last and part.end == sentence.end else []
            beat()
            readings = tuple(read_sentence(part.text, around_part, under))
            seen = tuple((r.force.kind, r.force.sureness) for r in readings if r.force.kind in KINDS)
            passage = Passage(block, part, around_part, number, len(inside), bool(under), found=seen)
            found.append(Piece(passage, readings))
    return found


def enumerated(
    document: SourceDocument, block: Block, sentence: Sentence, context: Context
) -> list[tuple[Sentence, Context]]:
    """Return a sentence, or its lead-in and its members where it enumerates “(a) …; (b) …” on one line."""
    marks = list(islice(_ENUMERATOR.finditer(sentence.text), MAX_MEMBERS))
    if len(marks) < 2 or len(sentence.text) < 160:
        return [(sentence, context)]
    form = readable(document.text[sentence.start : sentence.end], sentence.start, not is_plain(document))
    lead_text = sentence.text[: marks[0].start()].rstrip()
    spans = [(0, len(lead_text))] if lead_text else []
    ends = [mark.start() for mark in marks[1:]] + [len(sentence.text)]
    spans += [(mark.end(), end) for mark, end in zip(marks, ends, strict=True)]
    parts: list[tuple[Sentence, Context]] = []
    frame, condition = lead_frame(lead_text) if lead_text else ("", None)
    for number, (start, end) in enumerate(spans):
        text = form.text[start:end].strip()
        if not text:
            continue
        first, last = form.span(start, start + len(form.text[start:end].rstrip()))
        inner = Context(block.model_copy(update={"text": lead_text}), frame, condition, step=context.step)
        parts.append((Sentence(text, first, last, block.id), inner if number or not lead_text else context))
    return parts


_ENUMERATOR = re.compile(r"(?<=[\s:])\((?:[a-h]|[ivx]{1,4}|\d{1,2})\)\s+")
