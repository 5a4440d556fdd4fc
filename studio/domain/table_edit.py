"""Edits of a decision table by hand, as they are wished for in a grid: texts of cells, rows, columns.

- A wish holds what was typed; `services/authoring/tables` reads it, and makes one change set of it.
- `THEN` names the column of the answers.
"""

from __future__ import annotations

from typing import Literal

from studio.domain.frozen import Frozen

THEN = "/then"


class CellWanted(Frozen):
    """Another text in a cell."""

    row: str
    column: str
    text: str


class RowWanted(Frozen):
    """A new row at a place: the texts of its cells by column, or the row that it repeats."""

    at: int
    cells: tuple[tuple[str, str], ...] = ()
    like: str = ""


class RowsEdit(Frozen):
    """What a person did to a table's rows in one step; `moved` is a row and its new number."""

    table: str
    cells: tuple[CellWanted, ...] = ()
    added: tuple[RowWanted, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, int] | None = None


class ColumnEdit(Frozen):
    """A column by the fact it reads: add it, take it away, set it one place earlier or later."""

    table: str
    column: str
    deed: Literal["add", "remove", "earlier", "later"]


class GapRow(Frozen):
    """A row that answers what no row covers yet, with an answer."""

    table: str
    then: str


class TableWanted(Frozen):
    """A decision table for a step that decides, asking these facts."""

    workflow: str
    step: str
    name: str
    facts: tuple[str, ...] = ()


TableEdit = RowsEdit | ColumnEdit | GapRow | TableWanted
