"""The add panel: what a document is, before it is read: how much it weighs, whose it is, since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QDialog, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.domain.source import Authority

AUTHORITY_WORDS = {
    Authority.REGULATION: "Regulation: the law, or a contract with a regulator",
    Authority.POLICY: "Policy: what the company decided",
    Authority.SOP: "SOP: how the work is done",
    Authority.ARTICLE: "Knowledge article",
    Authority.NOTE: "Note, macro, call flow",
}


@dataclass(frozen=True, slots=True)
class AboutDocument:
    """What the user said about a document."""

    authority: Authority
    owner: str
    effective_from: date | None
    supersedes: str


def read_date(text: str) -> date | None:
    """Return a date written as 2026-12-01, or None."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


class AddDialog(QDialog):
    """Asks what a document is; one that is `there` already shows what is said of it, and stays that."""

    def __init__(
        self,
        parent: QWidget,
        file_name: str,
        known: Sequence[tuple[str, str]],
        *,
        pasted: bool = False,
        count: str = "",
        there: AboutDocument | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add document")
        self.setMinimumWidth(480)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        title = "Add the pasted text" if pasted else f"Add “{file_name}” {count}".strip()
        column.addWidget(label(title, "title", wrap=True))
        text = "When two documents disagree, the stronger one wins, then the newer one. So: what is this?"
        if there is not None:
            text = "It is here already and becomes its next version. Is this still what it is?"
        column.addWidget(label(text, "muted", wrap=True))
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(12)
        self.grid.setVerticalSpacing(8)
        self.authority = Choice("")
        for authority, words in AUTHORITY_WORDS.items():
            self.authority.addItem(words, authority)
        self.authority.setCurrentIndex(1 if "policy" in file_name.casefold() else 2)
        self.owner = QLineEdit()
        self.owner.setPlaceholderText("Who answers for it")
        self.effective = QLineEdit()
        self.effective.setPlaceholderText("2026-12-01, or empty")
        self.replaces = Choice("")
        self.replaces.addItem("Nothing", "")
        for source_id, name in known:
            self.replaces.addItem(name, source_id)
        self.named = QLineEdit(file_name)
        if pasted:
            self._line("Name", self.named)
        self._line("Kind", self.authority)
        self._line("Owner", self.owner)
        self._line("In force from", self.effective)
        if there is None:
            self._line("Replaces", self.replaces)
        else:
            self._fill(there)
        column.addLayout(self.grid)
        self.wrong = label("", "note", "bad", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.yes = Button("Add", self._check, kind="primary")
        self.yes.setDefault(True)
        column.addLayout(row(self.yes, Button("Cancel", self.reject)))

    def about(self) -> AboutDocument:
        """Return what was said."""
        return AboutDocument(
            Authority(self.authority.currentData()),
            self.owner.text().strip(),
            read_date(self.effective.text()),
            self.replaces.currentData(),
        )

    @property
    def typed_name(self) -> str:
        """Return the name of a pasted text."""
        return self.named.text().strip() or "Pasted text"

    def _fill(self, there: AboutDocument) -> None:
        self.authority.setCurrentIndex(list(AUTHORITY_WORDS).index(there.authority))
        self.owner.setText(there.owner)
        self.effective.setText(there.effective_from.isoformat() if there.effective_from else "")

    def _line(self, name: str, field: QWidget) -> None:
        field.setAccessibleName(name)
        place = self.grid.rowCount()
        self.grid.addWidget(label(name, "muted"), place, 0)
        self.grid.addWidget(field, place, 1)
        self.grid.setColumnStretch(1, 1)

    def _check(self) -> None:
        if self.effective.text().strip() and read_date(self.effective.text()) is None:
            self.wrong.setText("Write the date as year-month-day, such as 2026-12-01, or leave it empty.")
            self.wrong.show()
            self.effective.setFocus()
            return
        self.accept()
