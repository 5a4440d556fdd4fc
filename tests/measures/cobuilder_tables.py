"""How many rows of small tables are read right: what each cell binds to, in which case, and nothing besides.

- The tables of `tables/labelled.txt` served to build the reader of columns; those of `second.txt` came later,
  and their first figure (19 of 31 rows) was taken before anything was mended for them.
- Each is read alone and in the midst of a handbook, and as Markdown, HTML, CSV and Word.
- A row is right when every expected reading is found (kind, and the words of case, column and value) and no
  other statement speaks of the row. Tables of plain facts expect nothing.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import NamedTuple

from studio.cobuilder.analysis import RULE_KINDS
from studio.cobuilder.rules.statements import read_statements
from studio.domain.source import SourceDocument
from studio.domain.statement import Statement
from studio.readers.docx import read_docx
from studio.readers.markdown import read_markdown
from studio.readers.sheets import read_csv
from studio.readers.web import read_html
from tests.measures.document_files import word_tables

FOLDER = Path(__file__).parent / "tables"
SETS = ("labelled", "second")
BEFORE = """# Customer handbook

We answer every message within one working day. Agents must check the order number first.
Never give out another customer's address. You may offer a call back.

Our shop opened in a small street by the harbour, and the harbour can still be smelt.

"""
AFTER = """
# Complaints

Complaints go to the care team. Tell the customer when they will hear from us. Please be kind.
Refunds must not be promised on the phone.
"""


class Row(NamedTuple):
    """A row that is expected: the words of its case, and the kinds with the words of column and value."""

    case: str
    readings: tuple[tuple[str, str], ...]


class Labelled(NamedTuple):
    """A table with what is expected of its rows."""

    name: str
    text: str
    rows: tuple[Row, ...]


def labelled_tables(name_of_set: str) -> list[Labelled]:
    """Return the labelled tables of a set, in order."""
    found = []
    for part in (FOLDER / f"{name_of_set}.txt").read_text(encoding="utf-8").split("== ")[1:]:
        name, _, rest = part.partition("\n")
        text, _, expected = rest.partition("\n--\n")
        rows = [_row(line) for line in expected.splitlines() if ":" in line]
        found.append(Labelled(name.strip(), text, tuple(rows)))
    return found


def _row(line: str) -> Row:
    case, _, readings = line.partition(":")
    parts = [reading.strip().partition(" ") for reading in readings.split(";")]
    return Row(case.strip().lower(), tuple((kind, words.lower()) for kind, _, words in parts))


def _grid(text: str) -> list[list[str]]:
    lines = [
        line for line in text.splitlines() if line.startswith("|") and not re.fullmatch(r"[|\s-]+", line)
    ]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]


def _title(text: str) -> str:
    return text.splitlines()[0].lstrip("# ")


def as_html(text: str) -> bytes:
    """Return a table with its title as a web page."""
    first, *rest = _grid(text)
    head = "".join(f"<th>{escape(cell)}</th>" for cell in first)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rest)
    return f"<h1>{escape(_title(text))}</h1><table><tr>{head}</tr>{body}</table>".encode()


def as_csv(text: str) -> bytes:
    """Return a table as values separated by semicolons."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(_grid(text))
    return out.getvalue().encode()


def _markdown(text: str) -> SourceDocument:
    return read_markdown(text, "table.md")


def _framed(text: str) -> SourceDocument:
    return read_markdown(BEFORE + text + AFTER, "table.md")


WAYS: dict[str, Callable[[str], SourceDocument]] = {
    "alone": _markdown,
    "in a handbook": _framed,
    "as HTML": lambda text: read_html(as_html(text), "table.html"),
    "as CSV": lambda text: read_csv(as_csv(text), "table.csv"),
    "as Word": lambda text: read_docx(word_tables(_title(text), _grid(text)), "table.docx"),
}


def _of_cells(document: SourceDocument) -> list[Statement]:
    cells = {block.id for block in document.blocks if block.kind == "cell"}
    return [each for each in read_statements(document) if each.block_id in cells and each.kind in RULE_KINDS]


def _bears(statement: Statement, words: str) -> bool:
    text = statement.text.lower()
    return all(re.search(rf"(?<![\w.]){re.escape(word)}(?![\w])", text) for word in words.split())


def wrong_rows(table: Labelled, document: SourceDocument) -> tuple[list[str], int]:
    """Return what is wrong, row by row, and how many statements of cells no row expects."""
    stated, used, wrong = _of_cells(document), set(), []
    for row in table.rows:
        missing = []
        for kind, words in row.readings:
            hits = [
                at
                for at, each in enumerate(stated)
                if at not in used and RULE_KINDS[each.kind] == kind and _bears(each, f"{row.case} {words}")
            ]
            used.update(hits[:1])
            missing += [] if hits else [f"{kind} {words}"]
        if missing:
            wrong.append(f"{table.name}, {row.case}: missed {'; '.join(missing)}")
    for at, each in enumerate(stated):
        if at not in used:
            wrong.append(f"{table.name}: surplus {RULE_KINDS[each.kind]} {each.text}")
    spoiled = sum(
        any(_bears(each, row.case) for at, each in enumerate(stated) if at not in used) for row in table.rows
    )
    return wrong, spoiled


def measured(name_of_set: str, way: Callable[[str], SourceDocument]) -> tuple[int, int, int, list[str]]:
    """Return rows right, rows in all, statements too many, and what is wrong, over all tables."""
    right = every = surplus = 0
    errors: list[str] = []
    for table in labelled_tables(name_of_set):
        wrong, spoiled = wrong_rows(table, way(table.text))
        missed = sum("missed" in line for line in wrong)
        right += max(0, len(table.rows) - missed - spoiled)
        every += len(table.rows)
        surplus += sum("surplus" in line for line in wrong)
        errors += wrong
    return right, every, surplus, errors


def main() -> int:
    """Print rows right for every way of reading; what is wrong in those that are named."""
    for name_of_set in SETS:
        print(f"Tables with labels, {name_of_set}: {len(labelled_tables(name_of_set))}")
        for name, way in WAYS.items():
            right, every, surplus, errors = measured(name_of_set, way)
            print(f"  {name:<14} rows right {right}/{every} ({right / every:.2f}), too many {surplus}")
            if name in sys.argv:
                print("\n".join(f"      {line}" for line in errors))
    return 0


if __name__ == "__main__":
    sys.exit(main())
