"""The waive dialog: why a sentence is not for this agent, and until when."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.desktop.dialogs import TextDialog
from studio.desktop.panels.add_documents import read_date
from studio.desktop.widgets.labels import label

NO_DAY = "Write the day like 2027-03-31, or leave it empty."
OVER = "This day is over. Write a later one, or leave it empty."


class WaiveDialog(TextDialog):
    """Asks for a reason and, if it shall end, a day."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Not for this agent", "Say why. It is kept with your name.", "Keep")
        self.day = QLineEdit()
        self.day.setPlaceholderText("Until, such as 2027-03-31; empty: no end")
        self.day.setAccessibleName("Until when")
        self.wrong = label(NO_DAY, "note", "bad")
        self.wrong.hide()
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.count() - 1, self.day)
        column.insertWidget(column.count() - 1, self.wrong)

    @property
    def until(self) -> date | None:
        """Return the last day, or None."""
        return read_date(self.day.text())

    def accept(self) -> None:
        """Close unless the day is none, or over."""
        until = self.until
        over = until is not None and until < date.today()
        if over or (self.day.text().strip() and until is None):
            self.wrong.setText(OVER if over else NO_DAY)
            self.wrong.show()
            self.day.setFocus()
            return
        super().accept()
