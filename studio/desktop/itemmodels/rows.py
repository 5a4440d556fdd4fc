"""One generic table model: any rows, shown by declared columns.

- A column says how a row reads (`text`), how it looks (`tone`, `marks`) and how it sorts (`key`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import Tone

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

TONE_ROLE = Qt.ItemDataRole.UserRole + 1
MARKS_ROLE = Qt.ItemDataRole.UserRole + 2
ROW_ROLE = Qt.ItemDataRole.UserRole + 3
STRONG_ROLE = Qt.ItemDataRole.UserRole + 4


def _no_tone(row: Any) -> Tone:
    return ""


def _no_marks(row: Any) -> tuple[tuple[Tone, str], ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """How one property of a row is shown.

    `marks` are small coloured squares, each with its word; a `spare` column goes where room is short.
    """

    title: str
    text: Callable[[Row], str]
    tone: Callable[[Row], Tone] = _no_tone
    marks: Callable[[Row], tuple[tuple[Tone, str], ...]] = _no_marks
    tip: Callable[[Row], str] | None = None
    key: Callable[[Row], Any] | None = None
    right: bool = False
    strong: bool = False
    width: int | None = None
    spare: bool = False


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Rows of any type as a table."""

    def __init__(self, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[Row, ...] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def set_columns(self, columns: Sequence[Column[Row]]) -> None:
        """Show the rows by other columns."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self.endResetModel()

    def row_at(self, index: Index) -> Row | None:
        """Return the row of an index, or None outside the table."""
        return self.rows[index.row()] if index.isValid() and index.row() < len(self.rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns were declared."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | _side(self.columns[section].right)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says in the given role."""
        row = self.row_at(index)
        if row is None:
            return None
        column = self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _words(column, row) if role == Qt.ItemDataRole.AccessibleTextRole else column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(column.tip(row) if column.tip else _words(column, row))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | _side(column.right)
        extra = {TONE_ROLE: column.tone, MARKS_ROLE: column.marks}.get(role)
        if extra is not None:
            return extra(row)
        return {ROW_ROLE: row, STRONG_ROLE: column.strong}.get(role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column's key, or by its text."""
        if not 0 <= column < len(self.columns):
            return
        key = self.columns[column].key or self.columns[column].text
        self.set_rows(sorted(self.rows, key=key, reverse=order == Qt.SortOrder.DescendingOrder))


def _side(right: bool) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft


def _words(column: Column[Any], row: Any) -> str:
    marks = ", ".join(word for _, word in column.marks(row))
    return " ".join(part for part in (column.text(row), marks) if part)
