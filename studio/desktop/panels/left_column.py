"""The left column of the sources: search, then the documents, the work to do, or where the words stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from studio.desktop.panels.coverage import CoveragePanel
from studio.desktop.panels.worklist import Work, Worklist
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.row_list import RowItem, RowList


class Hit(Protocol):
    """A place where words were found."""

    @property
    def source_id(self) -> str: ...  # noqa: D102
    @property
    def source_name(self) -> str: ...  # noqa: D102
    @property
    def block_id(self) -> str: ...  # noqa: D102
    @property
    def where(self) -> str: ...  # noqa: D102
    @property
    def snippet(self) -> str: ...  # noqa: D102


class LeftColumn(QWidget):
    """`asked` tells the words to look for, `way_asked` where to go."""

    asked = Signal(str)
    way_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QWidget()
        inner = QVBoxLayout(top)
        inner.setContentsMargins(12, 10, 12, 8)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search in all sources")
        self.field.setAccessibleName("Search in all sources")
        self.field.setClearButtonEnabled(True)
        inner.addWidget(self.field)
        self.documents = Button("Documents", lambda: self._turn(0))
        self.to_do = Button("To do", lambda: self.show_worklist())
        inner.addLayout(row(Switch("What is listed", self.documents, self.to_do)))
        column.addWidget(top)
        self.list, self.work, self.hits = RowList("Documents"), Worklist(), RowList("Where the words stand")
        self.stack = QStackedWidget()
        for part in (self.list, self.work, self.hits):
            self.stack.addWidget(part)
        column.addWidget(self.stack, 1)
        self.coverage = CoveragePanel()
        column.addWidget(self.coverage)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(150)
        self._rest.timeout.connect(lambda: self.asked.emit(self.field.text().strip()))
        self.field.textChanged.connect(lambda _text: self._rest.start())
        self.field.returnPressed.connect(self.hits.setFocus)
        self.hits.chosen.connect(lambda hit: self.way_asked.emit(hit.partition("|")[2]))
        self.work.chosen.connect(self.way_asked.emit)

    def show_work(self, work: Sequence[Work]) -> None:
        """Show what there is to do."""
        self.work.show_work(work)
        count = self.work.waiting
        self.to_do.setText(f"To do {count:,}" if count else "To do")
        self.to_do.setAccessibleName(f"To do: {count}")

    def show_worklist(self, group: str = "") -> None:
        """Bring the work into sight, or only one group of it."""
        if group:
            self.work.show_group(group)
        self.to_do.setChecked(True)
        self._turn(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room to the list where it is short."""
        super().resizeEvent(event)
        self.coverage.fit(event.size().height())

    def show_hits(self, words: str, hits: Sequence[Hit]) -> None:
        """Show where the words stand; without words, the documents again."""
        if not words:
            self._turn(1 if self.to_do.isChecked() else 0)
            return
        rows = [RowItem("", _places(len(hits)) if hits else "Found nowhere. Try fewer or other words.")]
        for number, hit in enumerate(hits):
            snippet, found = _found_in(hit.snippet)
            way = f"{number}|{hit.source_id}#{hit.block_id}"
            rows.append(RowItem(way, snippet, f"{hit.source_name} · {hit.where}", found=found))
        self.hits.show_rows(rows)
        self.stack.setCurrentWidget(self.hits)

    def _turn(self, place: int) -> None:
        self.stack.setCurrentIndex(place)


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"


def _found_in(snippet: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the readable snippet, and where the words stand in it that were looked for (between ⟦ and ⟧)."""
    text, found, start = "", [], -1
    for letter in " ".join(snippet.split()):
        if letter == "⟦":
            start = len(text)
        elif letter == "⟧" and start >= 0:
            found.append((start, len(text)))
            start = -1
        else:
            text += letter
    return text, tuple(found)
