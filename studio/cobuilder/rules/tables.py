"""Tables as rules: a cell binds together with its row's case and its column's title.

- A cell with an order or a modal is read like a sentence; “No refund” or “Yes” takes force from its column.
- An amount, a limit, a term, who approves: what its column is for says how it binds (`table_columns`).
- A case that is left blank is the one above; a mark in a cell brings the note below the table as exception.
- A table of plain facts (attributes, contacts) gives no rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from studio.cobuilder.rules.bearing_units import Passage
from studio.cobuilder.rules.force import Force, force
from studio.cobuilder.rules.structure import Context
from studio.cobuilder.rules.table_columns import (
    MARKS,
    Table,
    force_of,
    is_mere_list,
    named,
    read_table,
    repeats,
)
from studio.cobuilder.words.clauses import Clause, clauses
from studio.cobuilder.words.sense import without_number
from studio.cobuilder.words.sentences import Sentence, sentences
from studio.domain.source import Block, SourceDocument, words_fingerprint
from studio.domain.statement import Statement
from studio.domain.statement import StatementKind as Kind

MAX_QUOTE = 400
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
    """A row of a table: what it tells to do in which case, and the statements that its cells make.

    - `firm`: what its columns are for says how its cells bind, better than their words could.
    """

    passage: Passage
    stated: tuple[Statement, ...]
    firm: bool = False


class _Cell(NamedTuple):
    """A cell that binds: what it says, in which case, under which title, and except when.

    - `starts`: where its quote may begin if it is a value that says nothing alone, the fullest first: at the
      row that names its case, at its own row, at a later cell of it.
    """

    block: Block
    sentence: Sentence
    force: Force
    case: str
    title: str
    except_when: str | None = None
    starts: tuple[int, ...] = ()


class _Grid(NamedTuple):
    """A table: its titles, its rows, what its columns are for, its section, and the notes below it."""

    header: dict[int, str]
    rows: list[list[Block]]
    table: Table | None
    section: tuple[str, ...]
    notes: dict[str, str]


def table_rows(document: SourceDocument) -> list[TableRow]:
    """Return the rows of a document's tables, without the rows of titles; statements are not yet numbered."""
    found: list[TableRow] = []
    for grid in _grids(document.blocks):
        above: dict[int, str] = {}
        begin = 0
        lowest = min((cell.column or 0 for cells in grid.rows for cell in cells), default=0)
        for cells in grid.rows:
            row = {cell.column or 0: cell.text for cell in cells}
            first = min(row)
            begin = begin if first > lowest and above else cells[0].start
            row = {**{at: text for at, text in above.items() if at < first}, **row}
            row = {at: above.get(at, text) if repeats(text) else text for at, text in row.items()}
            found += _row(document, grid, cells, row, begin)
            above = row
    return found


def decides(document: SourceDocument) -> bool:
    """Say whether a table of a document tells more than prices: limits, terms, approval, what is allowed."""
    for grid in _grids(document.blocks):
        if grid.table is not None:
            titles = " ".join([*grid.section[-1:], *grid.header.values()])
            if grid.table.across or _CHARGES.search(titles):
                return True
            if set(grid.table.purposes.values()) - {"", "case", "fee"}:
                return True
    return False


_CHARGES = re.compile(r"\b(?:fees?|charges?|surcharges?|penalt(?:y|ies)|fines?|deposits?)\b", re.IGNORECASE)
"""What is asked for under rules, unlike a price."""


def _grids(blocks: Sequence[Block]) -> list[_Grid]:
    """Return the tables of a document, in order."""
    found: list[_Grid] = []
    at = 0
    while at < len(blocks):
        end = at
        while end < len(blocks) and blocks[end].kind == "cell":
            end += 1
        if end > at:
            below = blocks[end : end + _NOTES]
            found += [_grid(part, below) for part in _parted(blocks[at:end])]
        at = max(end, at + 1)
    return found


_NOTES = 8
"""How many blocks below a table are looked at for its notes."""


def _parted(cells: Sequence[Block]) -> list[list[Block]]:
    """Return cells that follow each other by the tables they belong to: a row of titles opens a new one."""
    found: list[list[Block]] = []
    for cell in cells:
        fresh = not found or (cell.row or 0) < (found[-1][-1].row or 0)
        if fresh or (cell.header and not found[-1][-1].header):
            found.append([])
        found[-1].append(cell)
    return found


def _grid(cells: Sequence[Block], below: Sequence[Block]) -> _Grid:
    header: dict[int, str] = {}
    rows: dict[int, list[Block]] = {}
    for cell in cells:
        if cell.header:
            column = cell.column or 0
            header[column] = f"{header[column]} {cell.text}" if column in header else cell.text
        else:
            rows.setdefault(cell.row or 0, []).append(cell)
    every = list(rows.values())
    if not header and len(every) > 1 and _has_empty_corner(every):
        header = {cell.column or 0: cell.text for cell in every.pop(0)}
    texts = [{cell.column or 0: cell.text for cell in row} for row in every]
    titles = header or {column: "" for row in texts for column in row}
    section = cells[0].anchor.section
    return _Grid(header, every, read_table(titles, texts, section), section, _notes(below))


def _has_empty_corner(rows: Sequence[Sequence[Block]]) -> bool:
    """Say whether the first row names the columns: it alone leaves the first cell empty."""
    return bool(rows[0][0].column) and not any(row[0].column for row in rows[1:])


def _notes(below: Sequence[Block]) -> dict[str, str]:
    """Return the notes below a table by their marks."""
    found: dict[str, str] = {}
    for block in below:
        if block.kind not in ("paragraph", "item"):
            break
        if note := _NOTE.match(block.text):
            found[note["mark"]] = note["note"].strip()
        elif block.kind == "item" and block.marker == "*":
            found.setdefault("*", block.text)
    return found


_NOTE = re.compile(r"(?P<mark>\*{1,3}|†|‡|[¹²³⁴⁵])\s*(?P<note>\S.*)", re.DOTALL)


def _row(
    document: SourceDocument, grid: _Grid, cells: list[Block], row: dict[int, str], begin: int
) -> list[TableRow]:
    header = grid.header
    acts = grid.table is None and any(_ACTS.search(title) for column, title in header.items() if column)
    told: list[_Cell] = []
    for cell in cells:
        if (cell.column or 0) or not (acts or grid.table):
            starts = (begin, *(each.start for each in cells if each.start <= cell.start))
            told += _told(document, grid, cell, row, starts)
    stated = tuple(_statement(document, each) for each in told)
    if not told and is_mere_list(header):
        return []
    action = told[0].block if grid.table and told else _action(header, cells)
    inside = sentences(document, action)
    if not inside:
        bare = Passage(action, Sentence("", action.start, action.end, action.id), Context())
        return [TableRow(bare, stated)] if stated else []
    text = " ".join(each.text for each in inside)
    whole = Sentence(text, inside[0].start, inside[-1].end, action.id)
    others = [at for at in row if at != action.column and row[at].strip()]
    case = "; ".join(_cell(header, row, at) for at in sorted(others))
    head = header.get(action.column or 0, "")
    return [TableRow(Passage(action, whole, Context(), head=head, case=case), stated, grid.table is not None)]


def _told(
    document: SourceDocument, grid: _Grid, cell: Block, row: dict[int, str], starts: tuple[int, ...]
) -> list[_Cell]:
    """Return what a cell binds to: as the value that its column holds, else as a sentence of its own.

    - `starts`: where the row and its cells begin; a value is quoted with its row: alone it says nothing.
    """
    column, table = cell.column or 0, grid.table
    title = grid.header.get(column, "")
    inside = sentences(document, cell)
    if table is not None and column and inside:
        purpose = named(row.get(0, "")) if table.across else table.purposes.get(column, "")
        value = force_of(purpose, row[column])
        if value is not None:
            case, title = _case(grid, row, column)
            mark = MARKS.search(document.text[cell.start : cell.end].strip())
            note = grid.notes.get(mark["mark"]) if mark else None
            text = MARKS.sub("", row[column].strip())
            whole = Sentence(text, inside[0].start, inside[-1].end, cell.id)
            return [_Cell(cell, whole, value, case, title, note, starts)]
        if purpose not in ("", "case"):
            return []
    case = "; ".join(_cell(grid.header, row, other) for other in range(column) if other in row)
    read = [(sentence, _read(sentence.text, title, column)) for sentence in inside]
    bare = column and len(inside) == 1 and len(inside[0].text.split()) <= BARELY
    return [
        _Cell(cell, sentence, found, case, title, starts=starts if bare else ())
        for sentence, found in read
        if found is not None
    ]


BARELY = 3
"""A cell of as few words says nothing without its row."""


def _case(grid: _Grid, row: dict[int, str], column: int) -> tuple[str, str]:
    """Return the case that a value belongs to, and what the value is."""
    header, table = grid.header, grid.table
    assert table is not None
    if table.across:
        return header.get(column, ""), row.get(0, "")
    cases = [at for at in sorted(row) if at != column and table.purposes.get(at) == "case"]
    case = "; ".join(_cell(header, row, at) for at in cases)
    title = header.get(column, "")
    if not named(title) and grid.section:
        above = without_number(grid.section[-1]).rstrip(" :")
        title = f"{above}, {title}" if title else above
    return case, title


def _action(header: dict[int, str], cells: list[Block]) -> Block:
    """Return the cell that tells what to do: by its column's title, else the longest behind the first."""
    behind = [cell for cell in cells if cell.column] or cells
    named = [cell for cell in behind if _ACTS.search(header.get(cell.column or 0, ""))]
    return named[0] if named else max(behind, key=lambda cell: (len(cell.text), -(cell.column or 0)))


def _cell(header: dict[int, str], row: dict[int, str], column: int) -> str:
    """Return a cell as the case it describes; the first column needs no title."""
    title = header.get(column, "")
    bare = column or _BARE.fullmatch(row[column])
    return f"{title.lower()} {row[column]}" if bare and title else row[column]


_BARE = re.compile(r"[\d.,<>≤≥=+\s–—-]+")
"""A number or a range that needs its column's title to be understood."""


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


def _statement(document: SourceDocument, cell: _Cell) -> Statement:
    sentence, block = cell.sentence, cell.block
    part: Clause = clauses(sentence.text)[0]
    before = " — ".join(word for word in (cell.case, cell.title) if word)
    end = min(sentence.end, sentence.start + MAX_QUOTE)
    start = next((each for each in cell.starts if end - each <= MAX_QUOTE), sentence.start)
    text = f"{before}: {sentence.text}" if before else sentence.text
    quote = document.text[start:end]
    return Statement(
        id="S-000",
        kind=cell.force.kind,
        text=text,
        quote=quote,
        start=start,
        end=end,
        block_id=block.id,
        anchor=block.anchor,
        fingerprint=words_fingerprint(text if cell.starts else quote),
        block_fingerprint=block.fingerprint,
        condition=part.condition or cell.case or None,
        exception=part.exception or cell.except_when,
        actor=None,
        confidence=round(cell.force.sureness, 2),
        value=document.text[sentence.start : end] if cell.starts else None,
    )
