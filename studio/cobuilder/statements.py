"""Statements: the sentences and list items that bind the agent, each with its kind and condition.

- A sentence with two rules (“… only if pending, and you should check …”) gives one statement of each kind.
- Items without a verb of their own take force and words of their lead-in; bare nouns stay with it.
- Examples, questions, background and what a system does by itself bind nobody.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from studio.cobuilder.bearing import KINDS, Bearing, Judge
from studio.cobuilder.bearing_units import FEW, Passage, weighed_signs
from studio.cobuilder.clauses import Clause, clauses
from studio.cobuilder.force import Force, force, is_prediction, is_wish
from studio.cobuilder.grammar import mask
from studio.cobuilder.lexicon import CUSTOMER, EMPTY_OBJECTS, base_form
from studio.cobuilder.markup import readable
from studio.cobuilder.orders import is_order, skip_opening
from studio.cobuilder.practice import is_hedged, practice
from studio.cobuilder.sentences import Sentence, is_plain, sentences
from studio.cobuilder.structure import Context, binds_nobody, contexts, is_open_modal, lead_clause, lead_frame
from studio.cobuilder.tables import table_rows
from studio.domain.source import Block, SourceDocument, words_fingerprint
from studio.domain.statement import Statement
from studio.domain.statement import StatementKind as Kind

MAX_QUOTE = 400
MAX_MEMBERS = 60
PLAIN = 0.75
"""From which sureness on a pattern is doubted only where very much speaks against it."""


class Reading(NamedTuple):
    """One way in which a sentence binds: the clause, its force, and the words that make it stand alone."""

    clause: Clause
    force: Force
    text: str


_EXAMPLE = re.compile(r"(?:for )?examples?(?: \d+)?[.:]?|(?:good|bad) example[.:]?", re.IGNORECASE)
_WRITE_TO = re.compile(
    r"(?:please )?(?:write|e-?mail|send \w+(?: \w+){0,3})(?: us)?(?: to| at)? \S+@\S+$", re.IGNORECASE
)
_BACKGROUND = re.compile(
    r"^(?:for example|for instance|e\.g\.|example:|imagine|suppose|say,? |consider the following"
    r"|background|last updated|effective date"
    r"|this (?:policy|procedure|document|guide|page|section|edition|instruction|sop|manual"
    r"|handbook|article) (?:describes|explains|covers|says|sets out|replaces|tells|outlines"
    r"|supersedes|is)|(?:the|this) (?:policy|document|procedure|guide|sop|manual) is (?:reviewed"
    r"|updated|owned|maintained|replaced)|(?:what|how|which|where) .{3,60} (?:is|are) (?:in"
    r"|described|explained|found|set out) |version\b|owner:|author:|author\b|table of contents"
    r"|questions\?|have questions)\b",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"^(?:then |and |next,? )?(?:go|skip|move|continue|proceed|return|jump)(?: back| on| directly"
    r"| straight| down)*(?: to| with)? (?:the )?"
    r"(?:next |following |previous |last )?(?:steps?|section)\b[^,;]*$|^(?:please )?(?:follow|use"
    r"|see|refer to) (?:this|these|the following) "
    r"(?:flow|steps|procedure|instructions|guidelines?)\b",
    re.IGNORECASE,
)
_TO_HAND_OVER = re.compile(r"to (?:transfer|escalate|hand (?:over|off))\b", re.IGNORECASE)
_ANAPHORA = re.compile(
    r"^(?:this|that|it|they|these|those|other|such|then|so|in particular|also|otherwise|however"
    r"|instead|the same|there|both|either)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"^(?:the term )?[\"“'‘]?[\w\s/&'’-]{2,60}?[\"”'’]?,?\s+(?:means|shall mean|refers to"
    r"|is defined as|are defined as|stands for|denotes)\b",
    re.IGNORECASE,
)
_HARD = re.compile(
    r"\b(?:must|never|always|only|shall|do not|don't|may not|cannot|can't|required|at most"
    r"|no more than|unless)\b",
    re.I,
)


class Piece(NamedTuple):
    """A passage, the ways in which patterns read it, and for a table's row the statements of its cells."""

    passage: Passage
    readings: tuple[Reading, ...] = ()
    stated: tuple[Statement, ...] = ()


def read_statements(document: SourceDocument) -> tuple[Statement, ...]:
    """Return the statements of a document in reading order; none for stories, code and bare data."""
    if binds_nobody(document):
        return ()
    every = pieces(document)
    return judged(document, every, weighed_signs(document, [piece.passage for piece in every]), Judge())


def judged(
    document: SourceDocument, every: Sequence[Piece], signs: Sequence[Sequence[str]], judge: Judge
) -> tuple[Statement, ...]:
    """Return the statements that the pieces of a document make, in reading order, in the eyes of a judge.

    In a text of a few sentences, which has no surroundings, what patterns read stands.
    """
    found: list[Statement] = []
    small = len(every) < FEW
    for piece, borne in zip(every, signs, strict=True):
        as_read = _as_read(document, piece)
        kept = small and any(each.kind in KINDS for each in as_read)
        found.extend(as_read if kept else _judged(document, piece, as_read, judge, judge.weigh(borne)))
    found.sort(key=lambda statement: statement.start)
    return tuple(item.model_copy(update={"id": f"S-{n:03d}"}) for n, item in enumerate(found, 1))


def pieces(document: SourceDocument) -> list[Piece]:
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
        passage = row.passage._replace(found=tuple((each.kind, each.confidence) for each in row.stated))
        found.append(Piece(passage, (), row.stated))
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
            readings = tuple(read_sentence(part.text, around_part, under))
            seen = tuple((r.force.kind, r.force.sureness) for r in readings if r.force.kind in KINDS)
            passage = Passage(block, part, around_part, number, len(inside), bool(under), found=seen)
            found.append(Piece(passage, readings))
    return found


def _as_read(document: SourceDocument, piece: Piece) -> list[Statement]:
    """Return the statements of a piece as patterns read it."""
    passage = piece.passage
    return [
        *(_statement(document, passage.block, passage.sentence, each, passage.context) for each in piece.readings),
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
    kinds = bearing.chosen([each.kind for each in rules])
    stated = [each for each in rules if each.kind in kinds]
    if not stated and rules:
        stated = [rules[0].model_copy(update={"kind": kinds[0]})]
    elif not stated:
        clause = clauses(sentence.text, orders=context.orders)[0]
        reading = Reading(clause, Force(kinds[0], 0.5), standing(passage))
        stated = [_statement(document, passage.block, sentence, reading, context)]
    sure = [each.model_copy(update={"confidence": judge.sureness(bearing, each.kind)}) for each in stated]
    return others + sure


def speaks_of_chance(clause: Clause) -> bool:
    """Say whether a clause tells what happens as a rule, may happen or is expected, but binds nobody to it."""
    if clause.modality == "plain":
        return is_hedged(clause.main)
    lists_states = clause.modality == "may" and clause.verb == "be" and ":" in clause.rest and not clause.negated
    takes_time = clause.modality == "may" and clause.verb == "take" and not set(clause.subject.split()) & CUSTOMER
    return lists_states or takes_time or is_wish(clause) or is_prediction(clause)


def _least(passage: Passage, judge: Judge) -> float:
    """Return how likely a passage must bind to be stated: the less, the surer patterns read it."""
    if not passage.found:
        return judge.likely
    framed = passage.context.lead is not None and passage.context.frame in ("never", "must")
    sure = max(sureness for _, sureness in passage.found)
    return judge.doubted / 2 if framed or sure >= PLAIN else judge.doubted


def _is_silent(passage: Passage) -> bool:
    """Say whether a sentence without a pattern is no rule by its form: a question, an illustration, a move."""
    text = passage.sentence.text
    asks = text.endswith("?") and not (passage.block.kind == "item" and passage.context.lead is not None)
    if any(speaks_of_chance(clause) for clause in clauses(text, orders=passage.context.orders)):
        return True
    return asks or len(text) < 4 or _is_background(text) or bool(_MOVES.match(text) or _DEFINES.match(text))


def standing(passage: Passage) -> str:
    """Return a passage's words so that they stand alone: its case, lead-in or section in front."""
    text, context = passage.sentence.text, passage.context
    if passage.case:
        return f"{passage.case}: {text}"
    if context.lead is not None and context.lead.text.rstrip().endswith(":"):
        return f"{_stem(context.lead.text)} {text}"
    section = passage.block.anchor.section
    if len(text.split()) < 7 and section:
        return f"{section[-1]}: {text}"
    return text


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


def _is_background(text: str) -> bool:
    """Say whether a sentence speaks about the document, or only illustrates."""
    label = re.match(r"(?:purpose|scope|note|background|about)\s*[:.]\s+", text, re.IGNORECASE)
    return bool(_BACKGROUND.match(text[label.end() :] if label else text) or _WRITE_TO.match(text))


def read_sentence(text: str, context: Context, children: list[Block]) -> list[Reading]:
    """Return the ways in which a sentence binds in its context; `children` are the items it leads into."""
    if text.endswith("?") or _is_background(text) or _MOVES.match(text) or len(text) < 4:
        return []
    if _DEFINES.match(text):
        return [Reading(clauses(text)[0], Force(Kind.DEFINITION, 0.7), text)]
    if children and _speaks_through_items(text, children):
        return [reading for reading in _own(text, context) if is_whole(reading.clause)]
    if context.frame == "case" and context.lead is not None and not _HARD.search(text):
        return []
    readings = _inherited(text, context) if context.lead is not None else _under_heading(text, context)
    readings = readings or _own(text, context)
    if children:
        readings = [reading._replace(text=_with_items(reading.text, children)) for reading in readings]
    return readings


def _speaks_through_items(text: str, children: list[Block]) -> bool:
    """Say whether a lead-in leaves the rules to its items, rather than listing its own cases or objects."""
    if lead_frame(text)[0] == "case":
        return False
    return is_open_modal(text) or (
        is_open_lead(text) and any(item_inherits(child.text) for child in children)
    )


def _own(text: str, context: Context) -> list[Reading]:
    found: dict[Kind, Reading] = {}
    parts = clauses(text, orders=context.orders)
    for clause in parts:
        bearing = force(clause, frame=context.frame) or (
            practice(clause.main) if clause.modality == "plain" else None
        )
        if bearing is None:
            continue
        if _TO_HAND_OVER.match(text) and bearing.kind is Kind.OBLIGATION:
            bearing = Force(Kind.ESCALATION, bearing.sureness)
        if context.example:
            bearing = bearing._replace(sureness=bearing.sureness * 0.6)
        repeats = clause.modality == "order" and parts[0].modality == "order" and bool(found)
        if repeats and bearing.kind is Kind.OBLIGATION:
            continue
        if bearing.kind not in found:
            found[bearing.kind] = Reading(clause, bearing, _clause_text(text, clause, parts))
        if exempt := _exempted(clause, bearing, text[: len(clause.exception or "")].lower()):
            found.setdefault(Kind.PERMISSION, Reading(clause, exempt, f"{text} (the exception is allowed)"))
    if found and Kind.ESCALATION not in found and _AND_HAND_OVER.search(mask(text)):
        first = next(iter(found.values()))
        found[Kind.ESCALATION] = first._replace(force=Force(Kind.ESCALATION, 0.6), text=text)
    return list(found.values())


_AND_HAND_OVER = re.compile(
    r"\b(?:and|or|then) (?:then )?(?:escalate|refer|transfer|report|route|hand|forward"
    r"|pass|put)\b[^.;]{0,60}?\b(?:to|over to) "
    r"(?:the |a |an |your |our )?(?:\w+ ){0,2}(?:supervisors?|managers?|specialists?|human"
    r"|security|compliance|legal|team|department"
    r"|lead|police|officer|care|front desk|nurse|reception)\b"
)


def _clause_text(text: str, clause: Clause, parts: tuple[Clause, ...]) -> str:
    """Return the clause's own words where it stands alone, else the whole sentence."""
    if len(parts) == 1 or not clause.subject or _ANAPHORA.match(clause.subject):
        return text
    own = text[clause.start : clause.end].strip(" ,;")
    own = re.sub(r"[,;]?\s+(?:and|but|so|or)$", "", own)
    return own[:1].upper() + own[1:] if len(own.split()) > 3 else text


def _exempted(clause: Clause, bearing: Force, leading: str) -> Force | None:
    """Return the permission in “never X, except Y”."""
    trailing = clause.exception if clause.exception and clause.exception.lower() != leading else ""
    frees = re.match(r"(?:except|save|other than|otherwise than)\b", trailing, re.IGNORECASE)
    return Force(Kind.PERMISSION, 0.5) if frees and bearing.kind is Kind.PROHIBITION else None


def is_open_lead(text: str) -> bool:
    """Say whether a lead-in is completed by each of its items, so that it says nothing by itself."""
    end = text.rstrip()[-1:]
    return end in ":-,\u2013\u2014" or end not in ".!"


def is_whole(clause: Clause) -> bool:
    """Say whether a lead-in's clause has an object of its own, so that it is a rule without its items."""
    words = [word for word in re.findall(r"[a-z]{3,}", clause.rest) if word not in EMPTY_OBJECTS]
    return bool(clause.verb) and len(words) > 1


def item_inherits(text: str) -> bool:
    """Say whether a list item has enough of a predicate to be a rule of its own under its lead-in."""
    masked = mask(text)
    at = skip_opening(masked, 0)
    if len(text.split()) < 2:
        return False
    if is_order(masked, at, sure=False) or re.match(r"(?:not )?to [a-z]+|not [a-z]+", masked[at:]):
        return True
    if _third_person(masked[at:]):
        return True
    if re.match(r"(?:is|are|was|were|has|have|becomes?|any|if|when)\b", masked[at:]):
        return True
    return bool(re.match(r"[a-z]+ing\b", masked[at:])) or any(
        part.modality != "plain" for part in clauses(text)
    )


def _third_person(masked: str) -> re.Match[str] | None:
    """Match a predicate that its lead-in's subject completes (“immediately notifies …”)."""
    match = re.match(
        r"(?:\w+ly )?(?P<verb>[a-z]+s)\b(?= (?:the|a|an|its|their|to|that|all|any|in|by)\b)", masked
    )
    return match if match and base_form(match["verb"]) != match["verb"] else None


def _inherited(text: str, context: Context) -> list[Reading]:
    """Read an item together with its lead-in, when the lead-in carries the force."""
    assert context.lead is not None
    if context.frame == "":
        return []
    parts = clauses(text, orders=True)
    if context.frame == "exempt":
        whole = f"{_stem(context.lead.text)} {text}"
        return [Reading(parts[0], Force(Kind.PERMISSION, 0.5), whole)] if len(text.split()) > 2 else []
    own = [part for part in parts if part.modality not in ("plain", "order")]
    if own or not (item_inherits(text) or (is_open_modal(context.lead.text) and len(text.split()) > 1)):
        return []
    lead = lead_clause(context.lead.text)
    if lead is None:
        return []
    first = parts[0]
    joined = f"{_stem(context.lead.text)} {text[:1].lower() + text[1:]}"
    if context.frame == "never" and first.modality == "order" and first.negated:
        return [Reading(first, Force(Kind.PROHIBITION, 0.8), text)]
    if context.frame == "must":
        if third := _third_person(mask(text)):
            first = clauses(f"must {base_form(third['verb'])}{text[third.end() :]}")[0]._replace(
                start=0, end=len(text)
            )
        bearing = force(first) if first.modality != "plain" else None
        negated = re.match(r"not to\b|not\b", text, re.IGNORECASE)
        kind = Kind.PROHIBITION if negated else bearing.kind if bearing else Kind.OBLIGATION
        found = [Reading(_conditioned(first, context), Force(kind, 0.75), joined)]
        if exempt := _exempted(first, found[0].force, text[: len(first.exception or "")].lower()):
            found.append(Reading(first, exempt, f"{joined} (the exception is allowed)"))
        return found
    kind = Kind.PROHIBITION if context.frame == "never" else Kind.PERMISSION
    found = [Reading(_conditioned(first, context), Force(kind, 0.7), joined)]
    if exempt := _exempted(first, found[0].force, text[: len(first.exception or "")].lower()):
        found.append(Reading(first, exempt, f"{joined} (the exception is allowed)"))
    return found


def _under_heading(text: str, context: Context) -> list[Reading]:
    """Read an item of a list whose heading forbids (“Don'ts”): what it names is forbidden."""
    parts = clauses(text, orders=True)
    stated = parts[0].negated or parts[0].modality not in ("plain", "order")
    if context.frame != "never" or not context.siblings or stated:
        return []
    return [Reading(parts[0], Force(Kind.PROHIBITION, 0.75), f"{context.title}: {text}")]


def _conditioned(clause: Clause, context: Context) -> Clause:
    return clause if clause.condition else clause._replace(condition=context.condition)


def _stem(lead: str) -> str:
    last = re.split(r"(?<=[.!?])\s+(?=[A-Z])", lead.strip())[-1]
    return last.rstrip(" -\u2013\u2014")


def _with_items(text: str, children: list[Block]) -> str:
    items = "; ".join(child.text.rstrip(" .;,") for child in children)
    joined = f"{text.rstrip(' :')}: {items}"
    return joined if len(joined) <= 500 else text


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
        and not _HARD.search(sentence.text)
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
    return statement.actor == "agent" and not _HARD.search(statement.quote)


def _alone(text: str, block: Block) -> str:
    """Return a statement's words with its section in front where it would not be understood without."""
    if _ANAPHORA.match(text) and len(block.anchor.section) > 1:
        return f"{block.anchor.section[-1]}: {text}"
    return text


def _actor(clause: Clause) -> str | None:
    subject = clause.subject.strip(" ,")
    if clause.modality == "order":
        return "agent"
    return subject if 0 < len(subject) <= 60 and len(subject.split()) <= 6 else None
