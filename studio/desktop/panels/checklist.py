"""The checklist panel: gates with a mark, what proves them, and the way to the place that mends them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S3, Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import Mark, Rule, label


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One gate: its state, name, evidence, and the button that leads to where it is mended."""

    tone: Tone
    title: str
    evidence: str
    way: str = ""
    go: Callable[[], object] | None = None


_SAID: dict[Tone, str] = {"ok": "met", "bad": "not met", "warn": "waiting", "none": "being worked out"}


def _looks(item: CheckItem) -> tuple[str, ...]:
    return item.tone, item.title, item.evidence, item.way


class Checklist(QFrame):
    """A list of gates."""

    def __init__(self, heads: tuple[str, str] = ("Gate", "Evidence")) -> None:
        super().__init__()
        self._heads = heads
        self._items: tuple[CheckItem, ...] = ()
        self._buttons: dict[str, Button] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(S3)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 4)
        self._grid.setColumnStretch(2, 6)

    def show_items(self, items: Sequence[CheckItem]) -> None:
        """Show other gates; what looks the same stays, and so does the keyboard."""
        before, self._items = self._items, tuple(items)
        if [_looks(item) for item in before] == [_looks(item) for item in items]:
            return
        held = next((title for title, button in self._buttons.items() if button.hasFocus()), "")
        if held:  # else it would go wherever the next widget is, and the page would scroll there
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._buttons = {}
        self._fill(items)
        button = self._buttons.get(held) or next(iter(self._buttons.values()), None)
        if held and button is not None:
            button.setFocus()

    def _go(self, number: int) -> None:
        go = self._items[number].go
        if go is not None:
            go()

    def _fill(self, items: Sequence[CheckItem]) -> None:
        while self._grid.count():
            taken = self._grid.takeAt(0)
            widget = taken.widget() if taken else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for column, head in enumerate(self._heads, 1):
            made = label(head, "group")
            made.setContentsMargins(0, 4, 0, 6)
            self._grid.addWidget(made, 0, column)
        self._grid.addWidget(Rule(), 1, 0, 1, 4)
        for number, item in enumerate(items):
            self._put(number, item)

    def _put(self, number: int, item: CheckItem) -> None:
        line = 2 + 2 * number
        mark = Mark(item.tone, f"{item.title}: {_SAID.get(item.tone, '')}")
        title = label(item.title, wrap=True)
        evidence = label(item.evidence, "muted", wrap=True)
        for part in (title, evidence):
            part.setContentsMargins(0, 9, 0, 9)
            part.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        holder = QWidget()
        QVBoxLayout(holder).setContentsMargins(0, 11, 0, 0)
        holder.layout().addWidget(mark)  # type: ignore[union-attr]
        self._grid.addWidget(holder, line, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(title, line, 1)
        self._grid.addWidget(evidence, line, 2)
        if item.go is not None:
            button = Button(item.way, partial(self._go, number), name=f"{item.way}: {item.title}")
            self._buttons[item.title] = button
            # All buttons stand in one column, at the line that their gate begins with.
            place = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
            self._grid.addWidget(self._beside(button), line, 3, place)
        self._grid.addWidget(Rule(), line + 1, 0, 1, 4)

    def _beside(self, button: Button) -> QWidget:
        holder = QWidget()
        around = QVBoxLayout(holder)
        around.setContentsMargins(0, 4, 0, 4)
        around.addWidget(button)
        return holder
