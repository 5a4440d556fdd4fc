"""A longer text in a form: it grows as one types, marks places in it, offers things to put in, previews.

- `marks` returns stretches of the text with whether each is known; unknown ones are underlined in red.
- Tab leaves the field; Return is a new line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QMenu, QPlainTextEdit, QSizePolicy

from studio.desktop.theme.current import tokens
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Field
from studio.desktop.widgets.form_fields import Option
from studio.desktop.widgets.labels import label

Marks = Callable[[str], Sequence[tuple[int, int, bool]]]
"""Returns (start, end, known) for the places in a text."""


class _Marker(QSyntaxHighlighter):
    """Colours the places in a text."""

    def __init__(self, document: QTextDocument, marks: Marks) -> None:
        super().__init__(document)
        self._marks = marks

    def highlightBlock(self, text: str) -> None:
        """Colour what is known, underline what is not."""
        for start, end, known in self._marks(text):
            look = QTextCharFormat()
            look.setForeground(QColor(tokens().accent if known else tokens().bad))
            if known:
                look.setBackground(QColor(tokens().accent_soft))
            else:
                look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                look.setUnderlineColor(QColor(tokens().bad))
            self.setFormat(start, end - start, look)


class Area(QPlainTextEdit):
    """A text box as high as its text, between two and ten lines."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._grow())
        self._grow()

    def sizeHint(self) -> QSize:
        """Be wide enough to read."""
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Grow where a narrow column needs more lines."""
        super().resizeEvent(event)
        self._grow()

    def _grow(self) -> None:
        lines = max(2, min(10, round(self.document().size().height())))
        high = lines * QFontMetrics(self.font()).lineSpacing() + 20
        if self.height() != high or self.minimumHeight() != high:
            self.setFixedHeight(high)


class TextField(Field):
    """A text of several lines."""

    def __init__(
        self,
        title: str,
        help_text: str = "",
        *,
        inserts: Sequence[Option] = (),
        insert_words: str = "Insert…",
        marks: Marks | None = None,
        preview: Callable[[str], str] | None = None,
        check: Callable[[str], str] | None = None,
        into: Callable[[str], str] = str,
        out_of: Callable[[str], str] = str,
        hint: str = "",
        required: bool = False,
        spoken: str = "",
    ) -> None:
        super().__init__(title, help_text, required)
        self._into, self._out_of, self._check, self._preview = into, out_of, check, preview
        self._value: str | None = None
        self._dirty = False
        self.area = Area()
        self.area.setPlaceholderText(hint)
        self.put(self.area, spoken)
        self.on_leaving(self.area)
        self.marker = _Marker(self.area.document(), marks) if marks else None
        self.area.textChanged.connect(self._on_typed)
        self._showing = False
        self.insert = Button(
            insert_words, kind="link", name=f"{insert_words.rstrip('…')} into “{spoken or title}”"
        )
        self._menu = QMenu(self)
        self._fill(inserts)
        self.insert.clicked.connect(
            lambda: self._menu.popup(self.insert.mapToGlobal(self.insert.rect().bottomLeft()))
        )
        self.column.insertWidget(2, self.insert)
        self.insert.setHidden(not inserts)
        self.shown = label("", "small", wrap=True)
        self.shown.hide()
        self.column.insertWidget(3, self.shown)

    def show_value(self, value: Any) -> None:
        """Show a text, unless a draft stands there that was not told."""
        text = "" if value is None else str(value)
        if self._dirty or text == self._value:
            self._value = text
            self._say(self.area.toPlainText())
            return
        self._value = text
        self._showing = True
        self.area.setPlainText(self._into(text))
        self._showing = False
        self._say(self.area.toPlainText())

    def put_in(self, words: str) -> None:
        """Put words in where the cursor is, and go on typing behind them."""
        self.area.insertPlainText(words)
        self.area.setFocus(Qt.FocusReason.OtherFocusReason)

    def flush(self) -> None:
        """Tell the text, or say what is wrong and leave it there."""
        super().flush()
        if not self._dirty:
            return
        text = self._out_of(self.area.toPlainText().strip())
        wrong = self._check(text) if self._check else ""
        if wrong.startswith("!"):
            self.complain(wrong[1:])
            return
        self._dirty = False
        if text != self._value:
            self._value = text
            self.committed.emit(text)
        self._say(self.area.toPlainText())

    @property
    def untold(self) -> str:
        """Return what stands here and cannot be taken."""
        return self.area.toPlainText() if self._dirty else ""

    def put_back(self, words: str) -> None:
        """Let words stand here again, and say what is wrong with them."""
        self._showing = True
        self.area.setPlainText(words)
        self._showing = False
        self._dirty = True
        self.flush()

    def _on_typed(self) -> None:
        if not self._showing:
            self._dirty = True
            self._say(self.area.toPlainText())
            self.wait()

    def _say(self, typed: str) -> None:
        """Show what is wrong with the text, and how it reads with examples in it."""
        text = self._out_of(typed.strip())
        wrong = self._check(text) if self._check else ""
        self.complain(wrong.removeprefix("!"), "bad" if wrong.startswith("!") else "warn")
        read = self._preview(text) if self._preview else ""
        self.shown.setText(f"Reads for example: “{read}”")
        self.shown.setVisible(bool(read))

    def _fill(self, inserts: Sequence[Option]) -> None:
        group = ""
        for option in inserts:
            if option.group != group:
                heading = self._menu.addAction(option.group)
                heading.setEnabled(False)
            group = option.group
            chosen = self._menu.addAction(option.words)
            chosen.triggered.connect(lambda _on=False, words=str(option.value): self.put_in(words))
