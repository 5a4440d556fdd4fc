"""The worklist: every sentence that waits for a person, and any state to look through; J and K walk it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.row_list import RowItem, RowList

TO_DO = "Everything to do"
MOST = 300
"""So many rows are shown at once; more come up as these are worked off."""


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do: its heading, the sentence (`SOURCE/STATEMENT` or a question's id), and why."""

    group: str
    id: str
    title: str
    note: str
    to_do: bool = True
    chip: str = ""
    tone: Tone = ""


class Worklist(QWidget):
    """Shows work in groups; `chosen` tells the id of what was chosen."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(12, 8, 12, 8)
        self.filter = Choice("Show sentences in this state")
        self.filter.addItem(TO_DO)
        inner.addWidget(self.filter)
        self.count = label("", "note", wrap=True)
        inner.addWidget(self.count)
        self.list = RowList("To do")
        column.addWidget(holder)
        column.addWidget(self.list, 1)
        self._work: tuple[Work, ...] = ()
        self._left_at = 0
        self.filter.currentTextChanged.connect(lambda _text: self._show())
        self.list.chosen.connect(self.chosen.emit)

    @property
    def waiting(self) -> int:
        """Return how many things there are to do."""
        return sum(each.to_do for each in self._work)

    def show_work(self, work: Sequence[Work]) -> None:
        """Show other work; the filter and the chosen row stay."""
        self._work = tuple(work)
        groups = list(dict.fromkeys(each.group for each in work))
        known = [self.filter.itemText(n) for n in range(1, self.filter.count())]
        if groups != known:
            kept = self.filter.currentText()
            self.filter.blockSignals(True)
            self.filter.clear()
            self.filter.addItems([TO_DO, *groups])
            self.filter.setCurrentText(kept if kept in groups else TO_DO)
            self.filter.blockSignals(False)
        self._show()

    def show_group(self, group: str) -> None:
        """Show only one group, or everything to do where there is none of that name."""
        self.filter.setCurrentText(group if self.filter.findText(group) >= 0 else TO_DO)

    def step(self, by: int) -> None:
        """Choose the next row, or the one before."""
        items = self.list.items()
        if not items:
            return
        here = self._here()
        # What was worked off has left; the next thing to do has taken its place.
        wanted = here + by if here is not None else self._left_at + min(by, 0)
        self.list.choose(items[max(0, min(len(items) - 1, wanted))].id)

    def _here(self) -> int | None:
        chosen = self.list.current_id()
        return next((n for n, item in enumerate(self.list.items()) if item.id == chosen), None)

    def _show(self) -> None:
        wanted = self.filter.currentText()
        shown = [w for w in self._work if (w.to_do if wanted == TO_DO else w.group == wanted)]
        rows: list[RowItem] = []
        for number, each in enumerate(shown[:MOST]):
            if number == 0 or shown[number - 1].group != each.group:
                count = sum(w.group == each.group for w in shown)
                rows.append(RowItem("", f"{each.group} · {count}"))
            rows.append(RowItem(each.id, each.title, each.note, chip=each.chip, chip_tone=each.tone))
        if (here := self._here()) is not None:
            self._left_at = here
        self.list.show_rows(rows)
        rest = len(shown) - MOST
        words = "Nothing is left to do here." if not shown else "J and K go to the next and the one before."
        self.count.setText(f"{words} {rest:,} more come up as you go." if rest > 0 else words)
