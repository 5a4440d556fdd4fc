"""The value of a comparison: typed, chosen, or ticked from what the fact can be; always told as words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.panels.condition_words import read_value, write_value
from studio.desktop.widgets.date_line import DateLine
from studio.desktop.widgets.form import PAUSE
from studio.desktop.widgets.form_fields import Combo, Option
from studio.domain.workflow import SlotType

_HINTS: dict[SlotType, str] = {
    "number": "a number", "money": "an amount", "date": "31 March 2026", "email": "ada@example.com",
    "code": "a code", "phone": "a number", "text": "words",
}  # fmt: skip


class ValueEditor(QWidget):
    """Gives `given` with the words of a value."""

    given = Signal(str)

    def __init__(self, name: str, kind: SlotType, several: bool, choices: Sequence[str]) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._several = several
        self.line: QLineEdit | None = None
        self.box: Combo | None = None
        self.ticks: list[QCheckBox] = []
        if choices and several:
            for choice in choices:
                self._tick(choice)
        elif kind == "yes or no" or (choices and kind == "choice"):
            options = [Option(each, each) for each in (("yes", "no") if kind == "yes or no" else choices)]
            self.box = Combo(name, options)
            self.box.setPlaceholderText("Choose…")
            self.box.picked.connect(lambda value: self.given.emit(str(value)))
            self._column.addWidget(self.box)
        else:
            line = DateLine(_day_of, _day_words) if kind == "date" and not several else QLineEdit()
            self._type(name, line, "several, with commas" if several else _HINTS.get(kind, "a value"))

    def show_words(self, words: str) -> None:
        """Show a value by its words; one that is no choice any more is offered as well."""
        if self.line is not None:
            self.line.setText(words)
        elif self.box is not None:
            if words and not self.box.choose(words):
                gone = Option(words, f"{words} (no longer a choice)")
                self.box.set_options([*self.box.options, gone])
                self.box.choose(words)
            elif not words:
                self.box.setCurrentIndex(-1)
        else:
            ticked = {part.strip() for part in (words.split(";") if ";" in words else words.split(","))}
            for lost in sorted(ticked - {tick.text() for tick in self.ticks} - {""}):
                self._tick(lost)
            for tick in self.ticks:
                tick.setChecked(tick.text() in ticked)

    def flush(self) -> None:
        """Tell what was typed and not told yet."""
        if self.line is not None and self._pause.isActive():
            self._pause.stop()
            self.given.emit(self.line.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell what was typed when the keyboard leaves."""
        if event.type() == QEvent.Type.FocusOut:
            self.flush()
        return False

    def _type(self, name: str, line: QLineEdit, hint: str) -> None:
        self.line = line
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(hint)
        self.line.setMinimumWidth(60)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(lambda: self.given.emit(self.line.text() if self.line else ""))
        self.line.textEdited.connect(lambda _text: self._pause.start())
        self.line.returnPressed.connect(self.flush)
        self.line.installEventFilter(self)
        self._column.addWidget(self.line)

    def _tick(self, choice: str) -> None:
        tick = QCheckBox(choice)
        tick.setAccessibleName(choice)
        tick.clicked.connect(lambda _on: self._tell_ticks())
        self.ticks.append(tick)
        self._column.addWidget(tick)

    def _tell_ticks(self) -> None:
        chosen = [tick.text() for tick in self.ticks if tick.isChecked()]
        self.given.emit("; ".join(chosen) + (";" if len(chosen) == 1 else ""))


def _day_of(words: str) -> QDate | None:
    try:
        return QDate.fromString(str(read_value("date", words)), Qt.DateFormat.ISODate)
    except ValueError:
        return None


def _day_words(day: QDate) -> str:
    return write_value("date", day.toString(Qt.DateFormat.ISODate))
