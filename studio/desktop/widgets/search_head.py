"""The head of a list that is searched: words to look for, and a choice of which items are shown."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.desktop.widgets.form_fields import Combo, Option


class SearchHead(QWidget):
    """`words` and `filter` for the things of a list, named as people call them: “rules”."""

    def __init__(self, things: str, filters: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        line = QVBoxLayout(self)
        line.setContentsMargins(14, 10, 14, 8)
        line.setSpacing(6)
        self.words = QLineEdit()
        self.words.setPlaceholderText(f"Search the {things}")
        self.words.setAccessibleName(f"Search the {things}")
        self.words.setClearButtonEnabled(True)
        self.filter = Combo(f"Which {things}", [Option(name, words) for name, words in filters])
        self.filter.choose("")
        line.addWidget(self.words)
        line.addWidget(self.filter)
