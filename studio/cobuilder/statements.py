"""Statements: the sentences and list items of a document that bind the agent, each with its kind and condition.

- A sentence with two rules (“… only if pending, and you should check …”) gives one statement of each kind.
- Items without a verb of their own take force and words of their lead-in; a list of bare nouns stays with its lead-in.
- Examples, questions, background and what a system does by itself bind nobody.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from studio.cobuilder.clauses import Clause, clauses, is_order, skip_opening
from studio.cobuilder.force import Force, force, practice
from studio.cobuilder.grammar import mask
from studio.cobuilder.markup import readable
from studio.cobuilder.sentences import Sentence, is_plain, sentences
from studio.cobuilder.structure import Context, binds_nobody, contexts, lead_clause
from studio.cobuilder.tables import table_statements
from studio.domain.source import Block, SourceDocument, words_fingerprint
from studio.domain.statement import Statement
from studio.domain.statement import StatementKind as Kind

MAX_QUOTE = 400


class Reading(NamedTuple):
    """One way in which a sentence binds: the clause, its force, and the words that make it stand alone."""

    clause: Clause
    force: Force
    text: str


_BACKGROUND = re.compile(
    r"^(?:for example|for instance|e\.g\.|example:|imagine|suppose|say,? |consider the following|background|last updated|effective date"
    r"|version\b|owner:|author:|author\b|table of contents|questions\?|have questions)\b",
    re.IGNORECASE,
)
_ANAPHORA = re.compile(
    r"^(?:this|that|it|they|these|those|other|such|then|so|in particular|also|otherwise|however|instead|the same|there|both|either)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"^(?:the term )?[\"“'‘]?[\w\s/&'’-]{2,60}?[\"”'’]?,?\s+(?:means|shall mean|refers to|is defined as|are defined as|stands for|denotes)\b",  # noqa: RUF001
    re.IGNORECASE,
)
_HARD = re.compile(
    r"\b(?:must|never|always|only|shall|do not|don't|may not|cannot|can't|required|at most|no more than|unless)\b",
    re.I,
)


def read_statements(document: SourceDocument) -> tuple[Statement, ...]:
    """Return the statements of a document in reading order; none for stories, code and bare data."""
    if binds_nobody(document):
        return ()
    around = contexts(document)
    found: list[Statement] = []
    for block in document.blocks:
        if block.kind not in ("paragraph", "item"):
            continue
        context = around.get(block.id, Context())
        children = _children(document, block)
        for sentence in sentences(document, block):
            last = bool(children) and sentence.end >= block.end - 1
            for reading in read_sentence(sentence.text, context, children if last else []):
                found.append(_statement(document, block, sentence, reading, context))
    found.extend(table_statements(document))
    found.sort(key=lambda statement: statement.start)
    return tuple(item.model_copy(update={"id": f"S-{n:03d}"}) for n, item in enumerate(found, 1))


def _children(document: SourceDocument, block: Block) -> list[Block]:
    return [other for other in document.blocks if other.parent == block.id and other.kind == "item"]


def read_sentence(text: str, context: Context, children: list[Block]) -> list[Reading]:
    """Return the ways in which a sentence binds in its context; `children` are the items that it leads into."""
    if text.endswith("?") or _BACKGROUND.match(text) or len(text) < 4:
        return []
    if _DEFINES.match(text):
        return [Reading(clauses(text)[0], Force(Kind.DEFINITION, 0.7), text)]
    if children and any(item_inherits(child.text) for child in children) and is_open_lead(text):
        return []
    readings = _inherited(text, context) if context.lead is not None else []
    readings = readings or _own(text, context)
    if children:
        readings = [reading._replace(text=_with_items(reading.text, children)) for reading in readings]
    return readings


def _own(text: str, context: Context) -> list[Reading]:
    found: dict[Kind, Reading] = {}
    parts = clauses(text, orders=context.orders)
    for clause in parts:
        bearing = force(clause, frame=context.frame) or (
            practice(clause.main) if clause.modality == "plain" else None
        )
        if bearing is None:
            continue
        if context.example:
            bearing = bearing._replace(sureness=bearing.sureness * 0.6)
        if clause.modality == "order" and clause.start > 0 and found and bearing.kind is Kind.OBLIGATION:
            continue
        if bearing.kind not in found:
            found[bearing.kind] = Reading(clause, bearing, _clause_text(text, clause, parts))
        if exempt := _exempted(clause, bearing):
            found.setdefault(Kind.PERMISSION, Reading(clause, exempt, f"{text} (the exception is allowed)"))
    if context.frame == "exempt" and not found and len(text.split()) > 2:
        found[Kind.PERMISSION] = Reading(parts[0], Force(Kind.PERMISSION, 0.5), text)
    return list(found.values())


def _clause_text(text: str, clause: Clause, parts: list[Clause]) -> str:
    """Return the clause's own words where it stands alone, else the whole sentence."""
    if len(parts) == 1 or not clause.subject or _ANAPHORA.match(clause.subject):
        return text
    own = text[clause.start : clause.end].strip(" ,;")
    own = re.sub(r"[,;]?\s+(?:and|but|so|or)$", "", own)
    return own[:1].upper() + own[1:] if len(own.split()) > 3 else text


def _exempted(clause: Clause, bearing: Force) -> Force | None:
    """Return the permission in “never X, except Y”."""
    if bearing.kind is Kind.PROHIBITION and clause.exception:
        if re.match(r"(?:except|save|other than|otherwise than)\b", clause.exception, re.IGNORECASE):
            return Force(Kind.PERMISSION, 0.5)
    return None


def is_open_lead(text: str) -> bool:
    """Say whether a lead-in is completed by each of its items, so that it says nothing by itself."""
    return text.rstrip().endswith((":", "-", ",", "\u2013", "\u2014")) or not text.rstrip().endswith(
        (".", "!")
    )


def item_inherits(text: str) -> bool:
    """Say whether a list item has enough of a predicate to be a rule of its own under its lead-in."""
    masked = mask(text)
    at = skip_opening(masked, 0)
    if len(text.split()) < 2:
        return False
    if is_order(masked, at, sure=False) or re.match(r"(?:not )?to [a-z]+", masked[at:]):
        return True
    if re.match(r"(?:is|are|was|were|has|have|becomes?|any|if|when)\b", masked[at:]):
        return True
    return bool(re.match(r"[a-z]+ing\b", masked[at:])) or any(
        part.modality != "plain" for part in clauses(text)
    )


def _inherited(text: str, context: Context) -> list[Reading]:
    """Read an item together with its lead-in, when the lead-in carries the force."""
    assert context.lead is not None
    if context.frame in ("", "exempt"):
        return []
    parts = clauses(text, orders=True)
    own = [part for part in parts if part.modality not in ("plain", "order")]
    if own or not item_inherits(text):
        return []
    lead = lead_clause(context.lead.text)
    if lead is None:
        return []
    first = parts[0]
    joined = f"{_stem(context.lead.text)} {text[:1].lower() + text[1:]}"
    if context.frame == "never" and first.modality == "order" and first.negated:
        return [Reading(first, Force(Kind.PROHIBITION, 0.8), text)]
    if context.frame == "must":
        bearing = force(first) if first.modality == "order" else None
        negated = re.match(r"not to\b|not\b", text, re.IGNORECASE)
        kind = Kind.PROHIBITION if negated else bearing.kind if bearing else Kind.OBLIGATION
        return [Reading(_conditioned(first, context), Force(kind, 0.75), joined)]
    kind = Kind.PROHIBITION if context.frame == "never" else Kind.PERMISSION
    return [Reading(_conditioned(first, context), Force(kind, 0.7), joined)]


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
        is_step=context.step and not _HARD.search(sentence.text) and clause.modality in ("order", "plain"),
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


def _alone(text: str, block: Block) -> str:
    """Return a statement's words with its section in front where it would not be understood without."""
    if _ANAPHORA.match(text) and len(block.anchor.section) > 1:
        return f"{block.anchor.section[-1]}: {text}"
    return text


def _actor(clause: Clause) -> str | None:
    subject = clause.subject.strip(" ,")
    if not subject or len(subject) > 60:
        return "agent" if clause.modality == "order" else None
    return subject
