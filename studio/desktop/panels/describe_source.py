"""The describe dialog: what a source is, with what the document itself says about it, one click to take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QDialog, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.panels.add_documents import AUTHORITY_WORDS, read_date
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row, scrolled
from studio.domain.governance import Suggestion
from studio.domain.source import Source

DATES = ("effective_from", "effective_until", "review_by")
SCOPES = ("regions", "segments", "channels", "products")
_TITLES = {
    "authority": "Kind", "owner": "Owner", "effective_from": "In force from",
    "effective_until": "In force until", "review_by": "Review by", "regions": "Regions",
    "segments": "Customers", "channels": "Channels", "products": "Products", "audience": "Written for",
    "permission": "Customers may read it", "supersedes": "Replaces",
}  # fmt: skip


class DescribeDialog(QDialog):
    """Asks what a source is; `fields` returns only what was changed."""

    def __init__(
        self,
        parent: QWidget,
        source: Source,
        known: Sequence[tuple[str, str]],
        suggestions: Sequence[Suggestion],
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Describe document")
        self.resize(620, 640)
        self._source = source
        self._fields: dict[str, QLineEdit | Choice] = {}
        self.takes: dict[str, Button] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.addWidget(label(f"What “{source.name}” is", "title", wrap=True))
        text = "It decides which document wins, when it counts, and for whom. Several values: with commas."
        column.addWidget(label(text, "muted", wrap=True))
        holder = QWidget()
        holder.setProperty("role", "scroll-body")
        self._grid = QGridLayout(holder)
        self._grid.setColumnStretch(1, 1)
        stated: dict[str, Suggestion] = {each.field: each for each in suggestions}
        for name in _TITLES:
            self._add(name, self._field(name, known), stated.get(name))
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        column.addWidget(scrolled(holder), 1)
        self.wrong = label("", "note", "bad", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.yes = Button("Keep", self._check, kind="primary")
        self.yes.setDefault(True)
        every = Button("Take all that it says", self._take_all, name="Take all that the document says")
        column.addLayout(row(self.yes, Button("Cancel", self.reject), every))
        every.setVisible(len(self.takes) > 1)  # only in the layout: alone it would be a window of its own

    def fields(self) -> dict[str, Any]:
        """Return the fields that were changed, by name."""
        made: dict[str, Any] = {}
        for name, widget in self._fields.items():
            text = _text_of(widget)
            if name not in SCOPES and text != _now(self._source, name):
                made[name] = (read_date(text) if name in DATES else text) or None
        scope = {name: _list_of(_text_of(self._fields[name])) for name in SCOPES}
        if any(scope[name] != getattr(self._source.applies_to, name) for name in SCOPES):
            made["applies_to"] = self._source.applies_to.model_copy(update=scope)
        return made

    def take(self, name: str, value: str) -> None:
        """Put a value that the document states into its field."""
        widget = self._fields[name]
        if isinstance(widget, Choice):
            place = max(widget.findData(value), widget.findText(value))
            widget.setCurrentIndex(place if place >= 0 else widget.currentIndex())
        else:
            widget.setText(value)
        self.takes[name].setEnabled(False)

    def _take_all(self) -> None:
        for take in self.takes.values():
            if take.isEnabled():
                take.click()

    def _field(self, name: str, known: Sequence[tuple[str, str]]) -> QLineEdit | Choice:
        options: list[tuple[str, str]] = []
        if name == "authority":
            options = [(each.value, words) for each, words in AUTHORITY_WORDS.items()]
        elif name == "permission":
            options = [("may be quoted", "May be quoted"), ("internal", "Internal: never to customers")]
        elif name == "supersedes":
            options = [("", "Nothing"), *((i, n) for i, n in known if i != self._source.id)]
        else:
            line = QLineEdit(_now(self._source, name))
            line.setPlaceholderText(
                "2026-12-01, or empty" if name in DATES else "All" if name in SCOPES else ""
            )
            return line
        choice = Choice(_TITLES[name])
        for value, words in options:
            choice.addItem(words, value)
        choice.setCurrentIndex(max(0, choice.findData(_now(self._source, name))))
        return choice

    def _add(self, name: str, field: QLineEdit | Choice, stated: Suggestion | None) -> None:
        self._fields[name] = field
        value, shown = (stated.value, stated.value) if stated else ("", "")
        if stated is not None and isinstance(field, Choice):
            option = max(field.findData(value), _named(field, value))
            value, shown = (field.itemData(option), field.itemText(option)) if option >= 0 else ("", "")
        field.setAccessibleName(_TITLES[name])
        place = self._grid.rowCount()
        self._grid.addWidget(label(_TITLES[name], "muted"), place, 0)
        self._grid.addWidget(field, place, 1)
        if stated is None or value.casefold() == _now(self._source, name).casefold():
            return
        quote = " ".join(stated.quote.split())
        says = label(f"The document says: “{quote[:140]}” ({stated.anchor.label})", "note", wrap=True)
        self._grid.addWidget(says, place + 1, 1)
        if not value:
            self._grid.addWidget(label("No document here has that name.", "note"), place + 2, 1)
            return
        take = Button(
            f"Take “{shown[:30]}”", partial(self.take, name, value), kind="link",
            name=f"{_TITLES[name]}: take “{shown}”",
        )  # fmt: skip
        self.takes[name] = take
        self._grid.addWidget(take, place + 2, 1)

    def _check(self) -> None:
        for name in DATES:
            text = _text_of(self._fields[name])
            if text and read_date(text) is None:
                self.wrong.setText(f"“{_TITLES[name]}”: write the date like 2026-12-01, or leave it empty.")
                self.wrong.show()
                self._fields[name].setFocus()
                return
        self.accept()


def _named(choice: Choice, words: str) -> int:
    """Return the option whose text the words name, such as “Returns policy of March 2024”; -1 for none."""
    places = [n for n in range(choice.count()) if choice.itemData(n)]
    named = [n for n in places if choice.itemText(n).casefold() in words.casefold()]
    return max(named, key=lambda n: len(choice.itemText(n)), default=-1)


def _text_of(widget: QLineEdit | Choice) -> str:
    return str(widget.currentData() or "") if isinstance(widget, Choice) else widget.text().strip()


def _list_of(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _now(source: Source, name: str) -> str:
    value = getattr(source.applies_to if name in SCOPES else source, name)
    if isinstance(value, tuple):
        return ", ".join(value)
    return value.isoformat() if isinstance(value, date) else str(value or "")
