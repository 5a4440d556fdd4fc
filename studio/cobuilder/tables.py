"""Tables as rules: a cell binds together with its row's label and its column's title.

- A cell with an order or a modal is read like a sentence; “No refund” or “Yes” takes force from its column.
- A table of plain facts (prices, attributes) gives no rule.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from studio.cobuilder.bearing_units import Passage
from studio.cobuilder.clauses import Clause, clauses
from studio.cobuilder.force import Force, force
from studio.cobuilder.sentences import Sentence, sentences
from studio.cobuilder.structure import Context
from studio.domain.source import Block, SourceDocument, words_fingerprint
from studio.domain.statement import Statement
from studio.domain.statement import StatementKind as Kind

_GRANTS = re.compile(
    r"\b(?:allowed|permitted|eligible|refundable|returnable|can\b|may\b|entitled|accepted|possible)",
    re.IGNORECASE,
)
_DEMANDS = re.compile(r"\b(?:required|mandatory|must)\b", re.IGNORECASE)
_ACTS = re.compile(
    r"\b(?:action|response|what (?:to|we|you|they|agents) do|resolution|outcome|decision|rule"
    r"|treatment|handling|refund"
    r"|remedy|offer)",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"(?:no (?:refund|return|exchange|credit|cancellation|change|waiver)\w*|not (?:eligible"
    r"|allowed|permitted|refundable|possible|available))\b",
    re.I,
)
_AWARD = re.compile(
    r"(?:(?:full|partial|prorated|store|free|\d+ ?%) )?(?:refund|credit|replacement|exchange"
    r"|return|compensation|voucher|repair)s?\b(?! (?:policy|window|fee|id))",
    re.IGNORECASE,
)


class TableRow(NamedTuple):
    """A row of a table: what it tells to do in which case, and the statements that its cells make."""

    passage: Passage
    stated: tuple[Statement, ...]


def table_rows(document: SourceDocument) -> list[TableRow]:
    """Return the rows of a document's tables, without the rows of titles; statements are not yet numbered."""
    found: list[TableRow] = []
    header: dict[int, str] = {}
    cells: list[Block] = []
    for block in document.blocks:
        if block.kind == "cell":
            if cells and (block.header or (block.column or 0) <= (cells[-1].column or 0)):
                found += _row(document, header, cells)
                cells = []
            if block.header:
                column = block.column or 0
                header = {**header, column: block.text} if column else {0: block.text}
            else:
                cells.append(block)
        elif cells:
            found += _row(document, header, cells)
            cells = []
    return found + (_row(document, header, cells) if cells else [])


def _row(document: SourceDocument, header: dict[int, str], cells: list[Block]) -> list[TableRow]:
    row = {cell.column or 0: cell.text for cell in cells}
    stated = []
    acts = any(_ACTS.search(title) for column, title in header.items() if column)
    for cell in cells:
        column = cell.column or 0
        if not column and acts:
            continue
        for sentence in sentences(document, cell):
            bearing = _read(sentence.text, header.get(column, ""), column)
            if bearing is not None:
                case = "; ".join(_cell(header, row, other) for other in range(column) if other in row)
                stated.append(_statement(document, cell, sentence, bearing, case, header.get(column, "")))
    action = _action(header, cells)
    inside = sentences(document, action)
    if not inside:
        return (
            [
                TableRow(
                    Passage(action, Sentence("", action.start, action.end, action.id), Context()),
                    tuple(stated),
                )
            ]
            if stated
            else []
        )
    text = " ".join(each.text for each in inside)
    whole = Sentence(text, inside[0].start, inside[-1].end, action.id)
    others = [cell for cell in cells if cell.id != action.id and cell.text.strip()]
    case = "; ".join(_cell(header, row, cell.column or 0) for cell in others)
    head = header.get(action.column or 0, "")
    return [TableRow(Passage(action, whole, Context(), head=head, case=case), tuple(stated))]


def _action(header: dict[int, str], cells: list[Block]) -> Block:
    """Return the cell that tells what to do: by its column's title, else the longest behind the first."""
    behind = [cell for cell in cells if cell.column] or cells
    named = [cell for cell in behind if _ACTS.search(header.get(cell.column or 0, ""))]
    return named[0] if named else max(behind, key=lambda cell: (len(cell.text), -(cell.column or 0)))


def _cell(header: dict[int, str], row: dict[int, str], column: int) -> str:
    """Return a cell as the case it describes; the first column needs no title."""
    title = header.get(column, "")
    return f"{title.lower()} {row[column]}" if column and title else row[column]


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
    if column and _AWARD.match(text) and (_ACTS.search(title) or len(text.split()) > 1):
        return Force(Kind.PERMISSION, 0.55)
    return None


def _yes_or_no(yes: bool, title: str) -> Force | None:
    if _GRANTS.search(title):
        return Force(Kind.PERMISSION if yes else Kind.PROHIBITION, 0.5)
    if _DEMANDS.search(title) and yes:
        return Force(Kind.OBLIGATION, 0.5)
    return None


def _statement(
    document: SourceDocument, block: Block, sentence: Sentence, bearing: Force, case: str, title: str
) -> Statement:
    part: Clause = clauses(sentence.text)[0]
    before = " — ".join(word for word in (case, title) if word)
    end = min(sentence.end, sentence.start + 400)
    return Statement(
        id="S-000",
        kind=bearing.kind,
        text=f"{before}: {sentence.text}" if before else sentence.text,
        quote=document.text[sentence.start : end],
        start=sentence.start,
        end=end,
        block_id=block.id,
        anchor=block.anchor,
        fingerprint=words_fingerprint(document.text[sentence.start : end]),
        block_fingerprint=block.fingerprint,
        condition=part.condition or case or None,
        exception=part.exception,
        actor=None,
        confidence=round(bearing.sureness, 2),
    )
