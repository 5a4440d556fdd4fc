"""Statements: the sentences and list items that bind the agent, each with its kind and condition.

- Patterns read what a sentence says; its bearing, weighed from all its signs, decides whether it binds.
- What binds too unsurely is no statement at all; a confidence is the calibrated share of right ones.
- Examples, questions, background and what a system does by itself bind nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from studio.cobuilder.rules.bearing import KINDS, Bearing, Judge
from studio.cobuilder.rules.bearing_units import FEW, Passage, weighed_signs
from studio.cobuilder.rules.force import Force, is_prediction, is_wish
from studio.cobuilder.rules.handed_things import kinds_of
from studio.cobuilder.rules.pieces import Piece, read_pieces
from studio.cobuilder.rules.practice import is_hedged
from studio.cobuilder.rules.sentence_readings import ANAPHORA, HARD, Reading, says_nothing, stem
from studio.cobuilder.rules.structure import Context, is_bare_data, is_no_procedure
from studio.cobuilder.rules.tables import decides
from studio.cobuilder.words.clauses import Clause, clauses
from studio.cobuilder.words.lexicon import CUSTOMER
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.sentences import Sentence, is_plain
from studio.domain.pulse import beat
from studio.domain.source import Block, SourceDocument, words_fingerprint
from studio.domain.statement import Statement
from studio.domain.statement import StatementKind as Kind

MAX_QUOTE = 400
LONGEST = 2_000
"""What is longer is no sentence: it is not weighed by patterns that take the square of a text's length."""
SURE_ENOUGH = 0.25
"""Below this confidence a reading is no statement."""
SETTLED = 0.7
"""How sure it is that a sentence which settles a word only defines it."""
PLAIN = 0.55
"""From which sureness on a pattern is doubted only where very much speaks against it."""

MANY, SPARSE, SURE, SOME, RIGHT = 20, 0.14, 0.9, 3, 5.0
"""A text of many pieces binds nobody when so few of them are likely to, fewer than some surely do, and fewer
than these, by the confidence of all together, are right."""


class Bound(NamedTuple):
    """The statements of a document in reading order; `declined` where it is nothing that binds anybody."""

    statements: tuple[Statement, ...] = ()
    declined: bool = False


def read_statements(document: SourceDocument) -> tuple[Statement, ...]:
    """Return the statements of a document in reading order; none where it binds nobody."""
    return read_bound(document).statements


def read_bound(document: SourceDocument) -> Bound:
    """Return the statements of a document, or that it is declined: a story, code, data, mere narrative."""
    if declines(document):
        return Bound(declined=True)
    every = read_pieces(document)
    signs = weighed_signs(document, [piece.passage for piece in every])
    return judged(document, every, signs, Judge())


def declines(document: SourceDocument) -> bool:
    """Say whether a document binds nobody: a story, code, or data whose tables tell nothing but facts."""
    return is_no_procedure(document) or (is_bare_data(document) and not decides(document))


def judged(
    document: SourceDocument, every: Sequence[Piece], signs: Sequence[Sequence[str]], judge: Judge
) -> Bound:
    """Return the statements that the pieces of a document make in the eyes of a judge.

    - In a text of a few sentences, which has no surroundings, what patterns read stands.
    - A long text in which hardly a sentence is likely to bind, and none surely, is declined.
    """
    bearings = [judge.weigh(borne) for borne in signs]
    found: list[Statement] = []
    small = len(every) < FEW
    for piece, bearing in zip(every, bearings, strict=True):
        beat()
        as_read = _as_read(document, piece)
        kept = small and any(each.kind in KINDS for each in as_read)
        found.extend(as_read if kept else _judged(document, piece, as_read, judge, bearing))
    binding = [each.confidence for each in found if each.kind in KINDS]
    sure = sum(confidence >= SURE for confidence in binding)
    likely = sum(bearing.binds for bearing in bearings)
    if len(every) >= MANY and likely < SPARSE * len(every) and sure < SOME and sum(binding) < RIGHT:
        return Bound(declined=True)
    found.sort(key=lambda statement: statement.start)
    return Bound(tuple(item.model_copy(update={"id": f"S-{n:03d}"}) for n, item in enumerate(found, 1)))


def _as_read(document: SourceDocument, piece: Piece) -> list[Statement]:
    """Return the statements of a piece as patterns read it."""
    passage = piece.passage
    return [
        *(
            _statement(document, passage.block, passage.sentence, each, passage.context)
            for each in piece.readings
        ),
        *piece.stated,
    ]


def _judged(
    document: SourceDocument, piece: Piece, found: list[Statement], judge: Judge, bearing: Bearing
) -> list[Statement]:
    """Return the statements of a piece: what patterns read, or what its signs speak for strongly enough."""
    passage, sentence, context = piece.passage, piece.passage.sentence, piece.passage.context
    others = [each for each in found if each.kind not in KINDS]
    rules = [each for each in found if each.kind in KINDS]
    if bearing.binds < _least(passage, judge) or (not rules and _is_silent(passage)):
        return others
    surest = max((each.confidence for each in rules), default=0.0)
    kinds = kinds_of(sentence.text, bearing.chosen([each.kind for each in rules], surest), bearing)
    stated = [each for each in rules if piece.firm or each.kind in kinds]
    if not stated and rules:
        stated = [rules[0].model_copy(update={"kind": kinds[0]})]
    elif not stated:
        clause = clauses(sentence.text, orders=context.orders)[0]
        clause = clause._replace(condition=clause.condition or passage.case or None)
        reading = Reading(clause, Force(kinds[0], 0.5 if kinds[0] in KINDS else SETTLED), standing(passage))
        stated = [_statement(document, passage.block, sentence, reading, context)]
    others += [each for each in stated if each.kind not in KINDS]
    under = Kind.PROHIBITION if context.lead is not None and context.frame == "never" else None
    sure = [
        each.model_copy(
            update={"confidence": judge.sureness(bearing, each.kind, firm=piece.firm or each.kind is under)}
        )
        for each in stated
        if each.kind in KINDS
    ]
    return others + [each for each in sure if each.confidence >= SURE_ENOUGH]


def speaks_of_chance(clause: Clause) -> bool:
    """Say whether a clause tells what usually happens, may happen or is expected, and binds nobody."""
    if clause.modality == "plain":
        return is_hedged(clause.main)
    lists_states = (
        clause.modality == "may" and clause.verb == "be" and ":" in clause.rest and not clause.negated
    )
    takes_time = (
        clause.modality == "may" and clause.verb == "take" and not set(clause.subject.split()) & CUSTOMER
    )
    return lists_states or takes_time or is_wish(clause) or is_prediction(clause)


def _least(passage: Passage, judge: Judge) -> float:
    """Return how likely a passage must bind to be stated: the less, the surer patterns read it."""
    if not passage.found:
        return judge.likely
    framed = passage.context.lead is not None and passage.context.frame in ("never", "must")
    sure = max(sureness for _, sureness in passage.found)
    return judge.doubted / 2 if framed or sure >= PLAIN else judge.doubted


def _is_silent(passage: Passage) -> bool:
    """Say whether a sentence without a pattern is no rule by its form: a question, a chance, a move."""
    text, context = passage.sentence.text, passage.context
    parts = clauses(text, orders=context.orders)
    short = len(text) <= LONGEST
    if context.frame == "case" or (passage.leads and short and _ONLY_A_CASE.fullmatch(text)):
        return True
    if context.lead is not None and _OF_FIELDS.search(context.lead.text[-LONGEST:]):
        return True
    asks = text.endswith("?") and not (passage.block.kind == "item" and context.lead is not None)
    return asks or says_nothing(text) or any(speaks_of_chance(clause) for clause in parts)


_OF_FIELDS = re.compile(
    r"\b(?:contain|compris|consist)\w*\b[^.]*:\W*$|\b(?:fields|attributes|properties|columns)\b[^.]*:\W*$",
    re.IGNORECASE,
)
_ONLY_A_CASE = re.compile(
    r"(?:if|when|whenever|before|after|once|for|during|while|in case|where|unless)\b[^,;]*:", re.IGNORECASE
)


def standing(passage: Passage) -> str:
    """Return a passage's words so that they stand alone: its case, lead-in or section in front."""
    text, context = passage.sentence.text, passage.context
    if passage.case:
        return f"{passage.case.rstrip(' :')}: {text}"
    if context.lead is not None and context.lead.text.rstrip().endswith(":"):
        return f"{stem(context.lead.text)} {text}"
    section = passage.block.anchor.section
    if len(text.split()) < 7 and section:
        return f"{section[-1].rstrip(' :')}: {text}"
    return text


def _statement(
    document: SourceDocument, block: Block, sentence: Sentence, reading: Reading, context: Context
) -> Statement:
    clause, bearing = reading.clause, reading.force
    start, end = quote_span(document, sentence, clause)
    return Statement(
        id="S-000",
        kind=bearing.kind,
        text=_alone(reading.text, block),
        quote=document.text[start:end],
        start=start,
        end=end,
        block_id=block.id,
        anchor=block.anchor,
        fingerprint=words_fingerprint(document.text[start:end]),
        block_fingerprint=block.fingerprint,
        condition=clause.condition,
        exception=clause.exception,
        actor=_actor(clause),
        confidence=round(min(0.99, bearing.sureness), 2),
        is_step=context.step
        and not (bearing.kind is Kind.PROHIBITION and context.lead is not None and context.frame == "never")
        and not HARD.search(sentence.text)
        and (clause.modality in ("order", "plain") or clause.waived),
    )


def quote_span(document: SourceDocument, sentence: Sentence, clause: Clause) -> tuple[int, int]:
    """Return the verbatim span to quote: the sentence, or of a very long one the part with the clause."""
    if sentence.end - sentence.start <= MAX_QUOTE:
        return sentence.start, sentence.end
    form = readable(document.text[sentence.start : sentence.end], sentence.start, not is_plain(document))
    first, last = form.span(clause.start, max(clause.end, clause.start + 1))
    start = sentence.start if last - sentence.start <= MAX_QUOTE else min(first, sentence.end - MAX_QUOTE)
    while start > sentence.start and not document.text[start - 1].isspace():
        start += 1
    end = start + MAX_QUOTE
    while end < sentence.end and end > start + 1 and not document.text[end].isspace():
        end -= 1
    return start, start + len(document.text[start : min(end, sentence.end)].rstrip())


def is_mere_instruction(statement: Statement) -> bool:
    """Say whether a statement only tells what to do next, without “must”, “never”, “only” and the like."""
    if statement.kind in (Kind.PROHIBITION, Kind.PERMISSION):
        return False
    return statement.actor == "agent" and not HARD.search(statement.core)


def _alone(text: str, block: Block) -> str:
    """Return a statement's words with its section in front where it would not be understood without."""
    if ANAPHORA.match(text) and len(block.anchor.section) > 1:
        return f"{block.anchor.section[-1].rstrip(' :')}: {text}"
    return text


def _actor(clause: Clause) -> str | None:
    subject = clause.subject.strip(" ,")
    if clause.modality == "order":
        return "agent"
    return subject if 0 < len(subject) <= 60 and len(subject.split()) <= 6 else None
