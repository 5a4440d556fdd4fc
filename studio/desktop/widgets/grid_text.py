"""What a grid is made of and tells: columns, rows, notes on cells, one change; and the text of a clipboard.

- A change is one step to undo, however many cells were pasted, cleared or filled.
- A clipboard is read as spreadsheets write it: tabs between cells, lines between rows, quotes where needed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.desktop.theme.tokens import Tone


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column: `choices` are offered, `check` says in a sentence what is wrong with a text (or nothing).

    A `fixed` column is shown and cannot be edited; `number` sets its cells to the right.
    """

    id: str
    title: str
    help: str = ""
    choices: tuple[str, ...] = ()
    check: Callable[[str], str] | None = None
    fixed: bool = False
    number: bool = False
    width: int = 0

    def wrong(self, text: str) -> str:
        """Return what is wrong with a text, or nothing."""
        return self.check(text) if self.check is not None else ""


@dataclass(frozen=True, slots=True)
class CellNote:
    """What is to be seen about a cell (without a column: about the row): a tone and words."""

    column: str
    tone: Tone
    words: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row: an id, what it is called aloud, and one text a column."""

    id: str
    name: str
    cells: tuple[str, ...]
    notes: tuple[CellNote, ...] = ()


@dataclass(frozen=True, slots=True)
class CellEdit:
    """Another text in a cell."""

    row: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be added at a place; `like` is the row it repeats, if any."""

    at: int
    cells: tuple[tuple[str, str], ...] = ()
    like: str = ""


@dataclass(frozen=True, slots=True)
class GridChange:
    """What a person did to a grid, in one step; `moved` is a row and its new number."""

    cells: tuple[CellEdit, ...] = ()
    added: tuple[NewRow, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, int] | None = None


def copied(cells: Sequence[Sequence[str]]) -> str:
    """Return cells as a spreadsheet takes them from the clipboard."""
    if len(cells) == 1 and len(cells[0]) == 1:
        return cells[0][0]
    out = io.StringIO()
    csv.writer(out, dialect="excel-tab", lineterminator="\n").writerows(cells)
    return out.getvalue()


def pasted(text: str) -> list[list[str]]:
    """Return the cells of a clipboard; every row is as long as the longest."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    if not text:
        return []
    if '"' in text and not _quotes_close(text):
        rows = [line.split("\t") for line in text.split("\n")]
    else:
        rows = list(csv.reader(io.StringIO(text, newline=""), dialect="excel-tab"))
    width = max((len(row) for row in rows), default=0)
    return [[cell.strip() for cell in (*row, *[""] * (width - len(row)))] for row in rows] if width else []


def _quotes_close(text: str) -> bool:
    """Return whether quotes stand around whole cells, as a spreadsheet sets them, and all are closed."""
    try:
        list(csv.reader(io.StringIO(text, newline=""), dialect="excel-tab", strict=True))
    except csv.Error:
        return False
    return True
