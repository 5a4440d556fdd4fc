"""Fields that hold several things in order: lines that are typed, and things chosen from what there is.

- Alt+Up and Alt+Down move the line that has the keyboard, Ctrl+Delete removes it; buttons do the same.
- Every step is told as the whole new list.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S1
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Field, clear
from studio.desktop.widgets.form_fields import Combo, Option
from studio.desktop.widgets.labels import Elided


class LinesField(Field):
    """Short texts, one a line, with an empty line at the end to add one."""

    def __init__(
        self, title: str, help_text: str = "", *, hint: str = "Add one…", noun: str = "line"
    ) -> None:
        super().__init__(title, help_text)
        self._noun, self._hint = noun, hint
        self._value: tuple[str, ...] = ()
        self._lines: list[QLineEdit] = []
        holder = QWidget()
        self._rows = QVBoxLayout(holder)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(S1)
        self.put(holder)
        self._build()

    def show_value(self, value: Any) -> None:
        """Show the lines; those that are there already keep the cursor."""
        wanted = tuple(value or ())
        if wanted == self._value and len(self._lines) == len(wanted) + 1:
            return
        at = next((n for n, line in enumerate(self._lines) if line.hasFocus()), -1)
        draft = self._lines[-1].text() if self._lines and wanted == self._value else ""
        self._value = wanted
        self._build()
        self._lines[-1].setText(draft)
        if at >= 0:
            self._lines[min(at, len(self._lines) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def flush(self) -> None:
        """Tell the lines as they stand; empty ones are left out, twins are named and not told."""
        super().flush()
        if not self._lines:
            return
        found = [line.text().strip() for line in self._lines]
        told = tuple(each for each in found if each)
        twins = {each.casefold() for each in told if [t.casefold() for t in told].count(each.casefold()) > 1}
        if twins:
            twin = next(each for each in told if each.casefold() in twins)
            self.complain(f"“{twin}” is there twice.")
            return
        self.complain("")
        if told != self._value:
            self._value = told
            if len(self._lines) != len(told) + 1:
                self._show_again()
            self.committed.emit(told)

    def _show_again(self) -> None:
        """Lay the lines out as they are told, with an empty one below."""
        at = next((n for n, line in enumerate(self._lines) if line.hasFocus()), -1)
        self._build()
        if at >= 0:
            self._lines[min(at + 1, len(self._lines) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move and remove by key."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched in self._lines:
            at = self._lines.index(watched)
            held = event.modifiers()
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if held & Qt.KeyboardModifier.AltModifier and step:
                self._move(at, step)
                return True
            if held & Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_Delete:
                self._remove(at)
                return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._lines = []  # lines that go away have nothing to tell any more
        clear(self._rows)
        for number, text in enumerate((*self._value, "")):
            last = number == len(self._value)
            line = QLineEdit(text)
            line.setCursorPosition(0)  # a long text shows its beginning
            line.setPlaceholderText(self._hint if last else "")
            line.setAccessibleName(self._hint if last else f"{self._noun.capitalize()} {number + 1}")
            line.textEdited.connect(lambda _text: self.wait())
            line.returnPressed.connect(self.flush)
            self.on_leaving(line)
            self._lines.append(line)
            row = QHBoxLayout()
            row.setSpacing(S1)
            row.addWidget(line, 1)
            if not last:
                remove = Button(
                    "", partial(self._remove, number), kind="quiet", icon="cross",
                    name=f"Remove {self._noun} {number + 1}",
                )  # fmt: skip
                row.addWidget(remove)
            self._rows.addLayout(row)

    def _remove(self, at: int) -> None:
        if at < len(self._lines) - 1:
            self._lines[at].clear()
            self.flush()

    def _move(self, at: int, step: int) -> None:
        to = at + step
        if at < len(self._value) and 0 <= to < len(self._value):
            texts = [line.text() for line in self._lines]
            texts[at], texts[to] = texts[to], texts[at]
            for line, text in zip(self._lines, texts, strict=True):
                line.setText(text)
            self._lines[to].setFocus(Qt.FocusReason.OtherFocusReason)
            self.flush()


class PickField(Field):
    """Several of what there is, in order; `new` (when named) tells that something new is wanted."""

    new_wanted = Signal()
    opened = Signal(object)

    def __init__(
        self,
        title: str,
        options: Sequence[Option],
        help_text: str = "",
        *,
        add: str = "Add…",
        new: str = "",
        open_words: str = "",
        noun: str = "",
    ) -> None:
        super().__init__(title, help_text)
        self._options, self._add, self._new, self._open, self._noun = (
            tuple(options),
            add,
            new,
            open_words,
            noun,
        )
        self._value: tuple[Any, ...] = ()
        holder = QWidget()
        self._rows = QVBoxLayout(holder)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self.put(holder)
        self._built = False

    def show_value(self, value: Any) -> None:
        """Show what is chosen."""
        wanted = tuple(value or ())
        if wanted != self._value or not self._built:
            self._value, self._built = wanted, True
            self._build()

    def _build(self) -> None:
        clear(self._rows)
        words = {option.value: option.words for option in self._options}
        for number, value in enumerate(self._value):
            said = words.get(value, str(value))
            row = QHBoxLayout()
            row.setSpacing(2)
            row.addWidget(Elided(said), 1)
            if self._open:
                row.addWidget(
                    Button(
                        self._open,
                        partial(self.opened.emit, value),
                        kind="link",
                        name=f"{self._open} {said}",
                    )
                )
            up = Button("↑", partial(self._move, number, -1), kind="quiet", name=f"Move {said} up")
            up.setEnabled(number > 0)
            row.addWidget(up)
            row.addWidget(
                Button("", partial(self._remove, number), kind="quiet", icon="cross", name=f"Remove {said}")
            )
            self._rows.addLayout(row)
        rest = [option for option in self._options if option.value not in self._value]
        if self._new:
            rest.append(Option(_NEW, self._new))
        self.adder = Combo(self._add, rest)
        self.adder.setPlaceholderText(self._add)
        self.adder.setCurrentIndex(-1)
        self.adder.picked.connect(self._on_added)
        self._rows.addWidget(self.adder)
        self.adder.setHidden(not rest)

    def _on_added(self, value: Any) -> None:
        if value is _NEW:
            self.adder.setCurrentIndex(-1)
            self.new_wanted.emit()
            return
        self._tell((*self._value, value))

    def _remove(self, at: int) -> None:
        self._tell(self._value[:at] + self._value[at + 1 :])

    def _move(self, at: int, step: int) -> None:
        order = list(self._value)
        order[at], order[at + step] = order[at + step], order[at]
        self._tell(tuple(order))

    def _tell(self, value: tuple[Any, ...]) -> None:
        self._value = value
        self._build()
        self.adder.setFocus(Qt.FocusReason.OtherFocusReason)
        self.committed.emit(value)


_NEW = object()
