"""The dialogs of a table of records: a column with what it holds, and a new table with its first column."""

from __future__ import annotations

from typing import get_args

from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.domain.world import Column, ColumnType

KINDS: tuple[ColumnType, ...] = get_args(ColumnType)
KIND_WORDS: dict[ColumnType, str] = {
    "text": "Any text", "number": "Numbers", "yes or no": "Yes or no", "date": "Dates",
}  # fmt: skip
_NEW = (
    "A system that answers something of this name answers what stands in this column. Call it as the system "
    "does: “delivered on” for “delivered_on”."
)
_KNOWN = "Another name is for people only: systems find the column as before."
_KEYED = "This column tells records apart. Another name is for people only."
_TABLE = (
    "A system that is told the first column (an order number, say) looks its record up in this table. More "
    "columns are added afterwards."
)


class _Asking(QDialog):
    """A heading, a sentence, fields below each other, and a button that waits for the first field."""

    def __init__(self, parent: QWidget, title: str, text: str, action: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(title, "title", wrap=True))
        column.addWidget(label(text, "muted", wrap=True))
        self.fields = QFormLayout()
        self.fields.setSpacing(10)
        column.addLayout(self.fields)
        self.yes = Button(action, self.accept, kind="primary")
        self.yes.setDefault(True)
        self.name = self.line("Name")
        self.name.textChanged.connect(lambda: self.yes.setEnabled(bool(self.words(self.name))))
        self.yes.setEnabled(False)
        column.addLayout(row(self.yes, Button("Cancel", self.reject)))

    def line(self, name: str, text: str = "") -> QLineEdit:
        """Add a field for a few words."""
        made = QLineEdit(text)
        made.setAccessibleName(name)
        self.fields.addRow(label(name, "muted"), made)
        return made

    @staticmethod
    def words(field: QLineEdit) -> str:
        """Return what stands in a field."""
        return " ".join(field.text().split())


class ColumnDialog(_Asking):
    """Asks for a column's name and what it holds; `column` is the one that is changed."""

    def __init__(self, parent: QWidget, column: Column | None = None, key: bool = False) -> None:
        if column is None:
            super().__init__(parent, "A new column", _NEW, "Add column")
        else:
            super().__init__(parent, "Change a column", _KEYED if key else _KNOWN, "Change")
        self.holds = Choice("What it holds")
        self.holds.addItems([KIND_WORDS[kind] for kind in KINDS])
        self.holds.setEnabled(not key)
        self.fields.addRow(label("Holds", "muted"), self.holds)
        if column is not None:
            self.holds.setCurrentIndex(KINDS.index(column.type))
            self.name.setText(column_words(column))
            self.name.selectAll()

    @property
    def answer(self) -> tuple[str, ColumnType]:
        """Return the name and the kind."""
        return self.words(self.name), KINDS[self.holds.currentIndex()]


class TableDialog(_Asking):
    """Asks for a new table's name and the column that tells its records apart."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "A new table of records", _TABLE, "Make table")
        self.key = self.line("First column", "Number")

    @property
    def answer(self) -> tuple[str, str]:
        """Return the name and the first column's name."""
        return self.words(self.name), self.words(self.key)


def column_words(column: Column) -> str:
    """Return what people call a column."""
    return column.label or column.id.replace("_", " ").capitalize()
