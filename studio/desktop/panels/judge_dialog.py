"""The dialogs of a language model as judge: what it looks at, and what came of it beside people's labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import Elided, label
from studio.desktop.widgets.number import NumberField
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.table import Table

_ABOUT = (
    "A language model reads conversations of this run and says whether the agent answered what was asked. It "
    "is a sample and is never counted. To know how far it can be trusted, let people label some of them: "
    "write a sheet, fill in yes or no, and give it here; their agreement is shown."
)
_NO_MODEL = "No language model is chosen in Settings. A sheet for people can be written without one."


class JudgeDialog(QDialog):
    """Accepted where the judging shall begin; `sheet_asked` and `labels_asked` are for files."""

    sheet_asked = Signal()
    labels_asked = Signal()

    def __init__(self, parent: QWidget, model: str) -> None:
        super().__init__(parent)
        self.labels = ""
        self.setWindowTitle("A language model as judge")
        self.setMinimumWidth(560)
        self.customers = NumberField("Customers of each test", 1, 1, 100)
        self.file = Elided("no labels given", "muted")
        self.start = Button("Let it judge", self.accept, kind="primary")
        self.start.setEnabled(bool(model))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label("Was answered what was asked?", "title"))
        column.addWidget(label(_ABOUT, wrap=True))
        column.addLayout(row(label("Customers of each test", "muted"), self.customers))
        files = row(
            Button("Write a sheet for people…", self.sheet_asked.emit),
            Button("People's labels…", self.labels_asked.emit),
            stretch=False,
        )
        files.addWidget(self.file, 1)
        column.addLayout(files)
        column.addWidget(label(f"The judge is {model}." if model else _NO_MODEL, "muted", wrap=True))
        column.addLayout(row(self.start, Button("Cancel", self.reject)))

    def take_labels(self, text: str, words: str) -> None:
        """Hold people's labels, and say so."""
        self.labels = text
        self.file.setText(words)


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One conversation: what the judge says, what people say, and the question that was not answered."""

    place: str
    judge: str
    people: str
    question: str
    differ: bool


_COLUMNS: tuple[Column[JudgedLine], ...] = (
    Column("Conversation", lambda r: r.place, width=170, strong=True),
    Column("The judge", lambda r: r.judge, lambda r: "bad" if r.judge == "not answered" else "", width=110),
    Column("People", lambda r: r.people or "no label", lambda r: "warn" if r.differ else "none", width=110),
    Column("Question", lambda r: f"“{r.question}”" if r.question else ""),
)


class JudgedDialog(QDialog):
    """Shows what came of a judging: where judge and people differ first."""

    def __init__(self, parent: QWidget, words: str, lines: Sequence[JudgedLine]) -> None:
        super().__init__(parent)
        self.setWindowTitle("What the judge says")
        self.resize(760, 520)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label("What the judge says", "title"))
        column.addWidget(label(words, wrap=True))
        self.model: RowsModel[JudgedLine] = RowsModel(_COLUMNS, self)
        self.model.set_rows(sorted(lines, key=lambda each: (not each.differ, each.judge == "answered")))
        column.addWidget(Table("Conversations, the judge and people", self.model, stretch=3), 1)
        column.addLayout(row(Button("Close", self.accept)))
