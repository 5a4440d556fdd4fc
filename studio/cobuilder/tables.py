"""Tables as rules: a cell binds together with its row's label and its column's title.

- A cell with an order or a modal is read like a sentence; “No refund” or “Yes” takes force from its column.
- A table of plain facts (prices, attributes) gives no rule.
"""

from __future__ import annotations

import re

from studio.cobuilder.clauses import Clause, clauses
from studio.cobuilder.force import Force, force
from studio.cobuilder.sentences import Sentence, sentences
from studio.domain.source import Block, SourceDocument, words_fingerprint
from studio.domain.statement import Statement
from studio.domain.statement import StatementKind as Kind

_GRANTS = re.compile(
    r"\b(?:allowed|permitted|eligible|refundable|returnable|can\b|may\b|entitled|accepted|possible)",
    re.IGNORECASE,
)
_DEMANDS = re.compile(r"\b(?:required|mandatory|must)\b", re.IGNORECASE)
_ACTS = re.compile(
    r"\b(?:action|response|what to do|resolution|outcome|decision|rule|treatment|handling|refund"
    r"|remedy|offer)",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"(?:no (?:refund|return|exchange|credit|cancellation|change|waiver)\w*|not (?:eligible"
    r"|allowed|permitted|refundable|possible|available))\b",
    re.I,
)
_AWARD = re.compile(
    r"(?:full|partial|prorated|store|free|\d+ ?%) ?(?:refund|credit|replacement|exchange|return"
    r"|compensation)\w*",
    re.IGNORECASE,
)


def table_statements(document: SourceDocument) -> list[Statement]:
    """Return the statements that a document's table cells make, not yet numbered."""
    found: list[Statement] = []
    header: dict[int, str] = {}
    label = ""
    for block in document.blocks:
        if block.kind != "cell":
            continue
        column = block.column or 0
        if block.header:
            header = {**header, column: block.text} if column else {0: block.text}
            continue
        if column == 0:
            label = block.text
        for sentence in sentences(document, block):
            bearing = _read(sentence.text, header.get(column, ""), column)
            if bearing is not None:
                found.append(_statement(document, block, sentence, bearing, label, header))
    return found


def _read(text: str, title: str, column: int) -> Force | None:
    if text.endswith("?"):
        return None
    if column and re.fullmatch(r"(?:yes|no)\.?", text, re.IGNORECASE):
        return _yes_or_no(text.lower().startswith("y"), title)
    part = clauses(text, orders=bool(_ACTS.search(title)) and len(text.split()) > 2)[0]
    bearing = force(part)
    if bearing is not None:
        return bearing._replace(sureness=bearing.sureness * (0.9 if column else 0.7))
    if column and _DENIAL.match(text):
        return Force(Kind.PROHIBITION, 0.6)
    if column and _AWARD.match(text):
        return Force(Kind.PERMISSION, 0.55)
    return None


def _yes_or_no(yes: bool, title: str) -> Force | None:
    if _GRANTS.search(title):
        return Force(Kind.PERMISSION if yes else Kind.PROHIBITION, 0.5)
    if _DEMANDS.search(title) and yes:
        return Force(Kind.OBLIGATION, 0.5)
    return None


def _statement(
    document: SourceDocument,
    block: Block,
    sentence: Sentence,
    bearing: Force,
    label: str,
    header: dict[int, str],
) -> Statement:
    part: Clause = clauses(sentence.text)[0]
    title = header.get(block.column or 0, "")
    before = " — ".join(word for word in (label if block.column else "", title) if word)
    return Statement(
        id="S-000",
        kind=bearing.kind,
        text=f"{before}: {sentence.text}" if before else sentence.text,
        quote=document.text[sentence.start : min(sentence.end, sentence.start + 400)],
        start=sentence.start,
        end=min(sentence.end, sentence.start + 400),
        block_id=block.id,
        anchor=block.anchor,
        fingerprint=words_fingerprint(document.text[sentence.start : sentence.end]),
        block_fingerprint=block.fingerprint,
        condition=part.condition or (f"{header.get(0, '')}: {label}".strip(": ") if block.column else None),
        exception=part.exception,
        actor=None,
        confidence=round(bearing.sureness, 2),
    )
