"""The plain fields of a form: a line, a longer text, a count, a choice, a switch.

- Each takes a value by `show_value` and tells `committed`; what was typed and cannot be read stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QPaintEvent, QPalette, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QCompleter,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from studio.desktop.theme.current import tokens
from studio.desktop.theme.tips import tip
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.form import Field
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row

Read = Callable[[str], Any]
"""Turns what was typed into a value; raises ValueError with a sentence."""


class LineField(Field):
    """One line; `read` makes a value of the words, `write` makes words of a value."""

    def __init__(
        self,
        title: str,
        help_text: str = "",
        *,
        read: Read = str,
        write: Callable[[Any], str] = lambda value: "" if value is None else str(value),
        hint: str = "",
        required: bool = False,
        suggestions: Sequence[str] = (),
    ) -> None:
        super().__init__(title, help_text, required)
        self._read, self._write = read, write
        self._value: Any = None
        self.line = QLineEdit()
        self.line.setPlaceholderText(hint)
        self.line.textEdited.connect(self._on_typed)
        self.line.returnPressed.connect(self.flush)
        self.put(self.line)
        self.on_leaving(self.line)
        self._dirty = False
        if suggestions:
            completer = QCompleter(list(suggestions), self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.activated.connect(lambda _words: self._on_typed())
            self.line.setCompleter(completer)

    def show_value(self, value: Any) -> None:
        """Show a value, unless it is shown already or a draft stands there that was not told."""
        if self._dirty or (value == self._value and self.line.text()):
            self._value = value
            return
        self._value = value
        if self.line.text() != (words := self._write(value)):
            self.line.setText(words)
            if not self.line.hasFocus():
                self.line.setCursorPosition(0)  # a long text shows its beginning
            self.line.setCursorPosition(0 if not self.line.hasFocus() else len(words))
        self.complain("")

    def flush(self) -> None:
        """Read what was typed: tell it, or say what is wrong and leave it there."""
        super().flush()
        if not self._dirty:
            return
        try:
            value = self._read(self.line.text().strip())
        except ValueError as error:
            self.complain(str(error))
            return
        self._dirty = False
        self.complain("")
        if value != self._value or type(value) is not type(self._value):
            self._value = value
            self.committed.emit(value)

    @property
    def untold(self) -> str:
        """Return what stands here and cannot be taken."""
        return self.line.text() if self._dirty else ""

    def put_back(self, draft: Any) -> None:
        """Let words stand here again, and say what is wrong with them."""
        self.line.setText(draft)
        self._dirty = True
        self.flush()

    def _on_typed(self) -> None:
        self._dirty = True
        self.wait()


class CountField(LineField):
    """A whole number within bounds; the arrow keys count up and down."""

    def __init__(self, title: str, low: int, high: int, help_text: str = "") -> None:
        super().__init__(title, "", read=self._whole)
        self._low, self._high = low, high
        self.line.setFixedWidth(64)
        self.column.removeWidget(self.line)
        line = row(self.line, label(help_text, "muted", wrap=True), stretch=False)
        line.setStretch(1, 1)
        self.column.insertLayout(1, line)
        self.line.setAccessibleName(f"{title} {help_text}".strip())
        self.line.setToolTip(f"{title}: {low} to {high}")

    def _whole(self, words: str) -> int:
        if not words.lstrip("-").isdigit() or not self._low <= int(words) <= self._high:
            raise ValueError(f"Give a whole number from {self._low} to {self._high}.")
        return int(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count with the arrows."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
            if step:
                now = self.line.text().strip()
                number = int(now) if now.lstrip("-").isdigit() else self._low
                self.line.setText(str(max(self._low, min(self._high, number + step))))
                self._on_typed()
                return True
        return super().eventFilter(watched, event)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose; options of one `group` stand under its heading. `value` None is a choice too."""

    value: Any
    words: str
    group: str = ""
    note: str = ""


class Combo(Choice):
    """A choice with groups; the wheel scrolls the page and not the choice."""

    picked = Signal(object)

    def __init__(self, name: str, options: Sequence[Option]) -> None:
        super().__init__(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(2)
        self.options: tuple[Option, ...] = ()
        self.set_options(options)
        self.activated.connect(self._on_activated)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer these options; the headings of groups cannot be chosen."""
        self.options = tuple(options)
        self.clear()
        group = ""
        for place, option in enumerate(options):
            if option.group and option.group != group:
                self.addItem(option.group, None)
                self._silence(self.count() - 1)
            group = option.group
            self.addItem(option.words, place)
            if option.note:
                self.setItemData(self.count() - 1, tip(option.note), Qt.ItemDataRole.ToolTipRole)

    def _silence(self, place: int) -> None:
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(place)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setForeground(tokens_brush())

    def choose(self, value: Any) -> bool:
        """Show an option by its value; return False (and show none) where there is no such option."""
        for at in range(self.count()):
            place = self.itemData(at)
            if isinstance(place, int) and same_value(self.options[place].value, value):
                self.setCurrentIndex(at)
                return True
        self.setCurrentIndex(-1)
        return False

    def value(self) -> Any:
        """Return the value that is chosen."""
        place = self.currentData()
        return self.options[place].value if isinstance(place, int) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the choice with as much of its words as fits, told whole in a tip, and the arrow."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        if self.currentIndex() < 0:
            option.currentText = self.placeholderText()
            option.palette.setColor(QPalette.ColorRole.ButtonText, QColor(tokens().muted))
            option.palette.setColor(QPalette.ColorRole.Text, QColor(tokens().muted))
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = max(8, self.width() - 34)
        shown = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        self.setToolTip(tip(option.currentText) if shown != option.currentText else "")
        option.currentText = shown
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
        self.paint_arrow()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        event.ignore()

    def _on_activated(self, _row: int) -> None:
        if isinstance(self.currentData(), int):
            self.picked.emit(self.value())


class ChoiceField(Field):
    """One of several; a value that is not among them is shown as it is, in amber."""

    def __init__(
        self,
        title: str,
        options: Sequence[Option],
        help_text: str = "",
        *,
        lost: str = "",
        required: bool = False,
        spoken: str = "",
    ) -> None:
        super().__init__(title, help_text, required)
        self._lost = lost
        self._value: Any = None
        self.box = Combo(title, options)
        self.box.picked.connect(self._on_picked)
        self.put(self.box, spoken)

    def show_value(self, value: Any) -> None:
        """Show what is chosen."""
        self._value = value
        self.box.setPlaceholderText("Choose…")
        if not self.box.choose(value) and value not in (None, ""):
            self.box.setPlaceholderText(str(value))
            self.complain(self._lost or f"“{value}” is no longer there: choose another.", "warn")
        elif self.trouble.property("tone") == "warn":
            self.complain("")

    def _on_picked(self, value: Any) -> None:
        if not same_value(value, self._value):
            self._value = value
            self.committed.emit(value)


class SwitchField(Field):
    """Yes or no, as a box to tick."""

    def __init__(self, title: str, help_text: str = "") -> None:
        super().__init__("", help_text)
        self.box = QCheckBox(title)
        self.put(self.box, title)
        self.box.clicked.connect(lambda on: self.committed.emit(bool(on)))

    def show_value(self, value: Any) -> None:
        """Tick it or not."""
        self.box.setChecked(bool(value))


class Words(Field):
    """Words that are only shown."""

    def __init__(self, text: str = "", tone: str = "") -> None:
        super().__init__("", text)
        if tone:
            self.complain(text, "warn")
            self.help.hide()

    def show_value(self, value: Any) -> None:
        """Show other words."""
        if value is not None and not self.trouble.text():
            self.help.setText(str(value))
            self.help.setVisible(bool(value))


class Held(QWidget):
    """Any widget as a part of a form that has no value of its own."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(inner)


def same_value(one: Any, other: Any) -> bool:
    """Return whether two values are one: yes and 1 are not."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def tokens_brush() -> QBrush:
    """Return the brush for headings inside a list of choices."""
    return QBrush(QColor(tokens().muted))
