"""The dialog that gives a rule its ground: the binding sentences of the documents, found by words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.row_list import RowItem, RowList
from studio.domain.source import Citation

_MOST = 200
_NONE = "No binding sentence has these words in it."
_EMPTY = "There is no document yet, or those there are bind the agent to nothing. Add one on Sources."


class CiteDialog(QDialog):
    """Lets the user choose one sentence."""

    def __init__(self, parent: QWidget, title: str, citations: Sequence[Citation]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Where it is written")
        self.resize(620, 520)
        self._citations = tuple(citations)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(title, "title", wrap=True))
        self.words = QLineEdit()
        self.words.setPlaceholderText("Words of the sentence")
        self.words.setAccessibleName("Words of the sentence")
        self.words.textChanged.connect(lambda _text: self._look())
        column.addWidget(self.words)
        self.list = RowList("Sentences")
        self.list.chosen.connect(lambda _id: self._read())
        self.list.opened.connect(lambda _id: self.accept())
        column.addWidget(self.list, 1)
        self.none = label("", "muted", wrap=True)
        column.addWidget(self.none)
        self.quote = label("", wrap=True)
        column.addWidget(self.quote)
        self.yes = Button("It stands on this sentence", self.accept, kind="primary")
        self.yes.setDefault(True)
        column.addLayout(row(self.yes, Button("Cancel", self.reject)))
        self._look()

    @property
    def chosen(self) -> Citation | None:
        """Return the sentence that was chosen."""
        at = self.list.current_id()
        return self._citations[int(at)] if at else None

    def _look(self) -> None:
        wanted = self.words.text().casefold().split()
        rows = []
        for number, each in enumerate(self._citations):
            said = each.quote.casefold()
            if all(word in said for word in wanted):
                about = f"{each.source_name} · {each.anchor.label}"
                rows.append(RowItem(str(number), " ".join(each.quote.split()), about))
        more = len(rows) - _MOST
        self.list.show_rows(rows[:_MOST])
        self.list.choose_first()
        empty = _EMPTY if not self._citations else _NONE if not rows else ""
        self.none.setText(empty or (f"{more} more: type words to narrow them." if more > 0 else ""))
        self.none.setVisible(bool(self.none.text()))
        self._read()

    def _read(self) -> None:
        found = self.chosen
        self.quote.setText(f"“{' '.join(found.quote.split())}”" if found else "")
        self.yes.setEnabled(found is not None)
