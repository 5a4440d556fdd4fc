"""Forms made from declared parts: fields that keep a draft, say what is wrong beside themselves, and commit.

- A field tells `committed` with a value when it is left, on Return, or after a short pause, so that several
  keystrokes are one value. What cannot be taken stays, with a sentence below it, and is told to nobody.
- `Form.show_parts` keeps the fields that are still the same, with the keyboard and the cursor in them, and
  replaces only those that were made otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S1, S3, Tone
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label, set_tone

_LEVELS = 4
"""Heights that follow from widths reach the page in so many rounds."""
PAUSE = 1_500
"""Milliseconds without a key after which a value is told."""


class Field(QWidget):
    """One titled field: title, editor, a word of help, and room for what is wrong with it."""

    committed = Signal(object)

    def __init__(self, title: str, help_text: str = "", required: bool = False) -> None:
        super().__init__()
        self.name = title
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(S1)
        self.title = label(f"{title} · required" if required else title, "note", wrap=True)
        self.help = label(help_text, "small", wrap=True)
        self.trouble = label("", "note", "bad", wrap=True)
        for each in (self.title, self.help, self.trouble):
            self.column.addWidget(each)
            each.setHidden(not each.text())  # only now: shown without a parent, it were a window
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self.flush)

    def put(self, editor: QWidget, spoken: str = "") -> None:
        """Place the editor below the title."""
        editor.setAccessibleName(spoken or self.name)
        editor.setAccessibleDescription(self.help.text())
        self.column.insertWidget(1, editor)

    def complain(self, sentence: str, tone: Tone = "bad") -> None:
        """Say what is wrong, or with "" that nothing is."""
        if not sentence and self.trouble.isHidden():
            return
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
        set_tone(self.trouble, tone)

    def show_value(self, value: Any) -> None:
        """Show a value; a draft that was not told yet is left alone."""
        raise NotImplementedError

    def flush(self) -> None:
        """Tell what was typed and not told yet."""
        self._pause.stop()

    @property
    def untold(self) -> str:
        """Return what stands here and cannot be taken; "" where everything was told."""
        return ""

    def put_back(self, words: str) -> None:
        """Let words stand here again that could not be taken, and say what is wrong with them."""

    def wait(self) -> None:
        """Begin to wait for the next key."""
        self._pause.start()

    def on_leaving(self, editor: QWidget) -> None:
        """Tell what was typed when the keyboard leaves an editor."""
        editor.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear that the keyboard left."""
        left = isinstance(event, QFocusEvent) and event.lostFocus()
        if left and event.reason() != Qt.FocusReason.PopupFocusReason:  # type: ignore[attr-defined]
            self.flush()
        return False


@dataclass(frozen=True)
class Part:
    """One field of a form: `key` names it, it is made anew when `mark` differs, `told` takes its values."""

    key: str
    make: Callable[[], QWidget]
    value: Any = None
    mark: Hashable = None
    told: Callable[[Any], object] | None = None
    warn: str = ""


@dataclass(frozen=True)
class Section:
    """Fields under one heading; without a title they stand without a frame."""

    title: str
    parts: Sequence[Part]
    tone: Tone = ""


@dataclass
class _Placed:
    part: Part
    widget: QWidget
    layout: QVBoxLayout
    warned: str = ""


class Form(QWidget):
    """Fields in sections, kept in step with the parts that are declared."""

    def __init__(self) -> None:
        super().__init__()
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(S3)
        self._placed: dict[str, _Placed] = {}
        self._shape: Hashable = None

    def widget(self, key: str) -> QWidget | None:
        """Return the field of a part."""
        placed = self._placed.get(key)
        return placed.widget if placed else None

    def keys(self) -> tuple[str, ...]:
        """Return the keys of the parts in order."""
        return tuple(self._placed)

    def flush(self) -> None:
        """Let every field tell what was typed and not told yet."""
        for placed in tuple(self._placed.values()):
            if hasattr(placed.widget, "flush"):
                placed.widget.flush()

    def untold(self) -> dict[str, tuple[str, str]]:
        """Return, by the field's key, what stands there and cannot be taken: its name, and the words."""
        found = {
            key: (placed.widget.name, placed.widget.untold)
            for key, placed in self._placed.items()
            if isinstance(placed.widget, Field)
        }
        return {key: said for key, said in found.items() if said[1]}

    def put_back(self, words: Mapping[str, str]) -> None:
        """Let what could not be taken stand in its fields again."""
        for key, each in words.items():
            widget = self.widget(key)
            if isinstance(widget, Field):
                widget.put_back(each)

    def show_parts(self, sections: Sequence[Section]) -> None:
        """Show these fields with their values."""
        anew = False
        shape = tuple((each.title, each.tone, tuple(p.key for p in each.parts)) for each in sections)
        if shape != self._shape:
            self._lay_out(sections)
            self._shape = shape
            anew = True
        for section in sections:
            for part in section.parts:
                self._update(part)
        if anew and self.isVisible():
            self._settle()

    def _settle(self) -> None:
        """Find the new heights at once: left to the events, fields stand on each other for a moment."""
        hidden, on_purpose = (
            Qt.WidgetAttribute.WA_WState_Hidden,
            Qt.WidgetAttribute.WA_WState_ExplicitShowHide,
        )
        for inner in self.findChildren(QWidget):
            if inner.testAttribute(hidden) and not inner.testAttribute(on_purpose) and not inner.isWindow():
                inner.show()
        for _ in range(_LEVELS):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)

    def _lay_out(self, sections: Sequence[Section]) -> None:
        """Make room for other parts; fields that are still wanted move over with all they hold."""
        focused = self._focused()
        kept, self._placed = self._placed, {}
        wanted = {part.key: part for section in sections for part in section.parts}
        for key, placed in kept.items():
            again = wanted.get(key)
            if again is None or again.mark != placed.part.mark:
                _let_go(placed.widget)
        old = [self.body.takeAt(0) for _ in range(self.body.count())]
        for section in sections:
            frame, column = _frame(section)
            self.body.addWidget(frame)
            for part in section.parts:
                before = kept.get(part.key)
                stays = before is not None and before.part.mark == part.mark
                widget = before.widget if before is not None and stays else part.make()
                self._place(part, widget, column, heard=stays)
        for item in old:
            if item is not None and (frame_before := item.widget()) is not None:
                _let_go(frame_before)
        if focused and focused in self._placed:
            _take_focus(self._placed[focused].widget)

    def _place(self, part: Part, widget: QWidget, column: QVBoxLayout, heard: bool) -> None:
        column.addWidget(widget)
        widget.show()
        self._placed[part.key] = _Placed(part, widget, column)
        if not heard and hasattr(widget, "committed"):
            widget.committed.connect(lambda value, key=part.key: self._tell(key, value))

    def _update(self, part: Part) -> None:
        placed = self._placed[part.key]
        if placed.part.mark != part.mark:
            had = self._focused() == part.key
            made = part.make()
            placed.layout.replaceWidget(placed.widget, made)
            _let_go(placed.widget)
            made.show()
            self._placed[part.key] = _Placed(part, made, placed.layout)
            if hasattr(made, "committed"):
                made.committed.connect(lambda value, key=part.key: self._tell(key, value))
            if had:
                _take_focus(made)
        placed = self._placed[part.key]
        warned = placed.warned
        placed.part, placed.warned = part, part.warn
        if hasattr(placed.widget, "show_value"):
            placed.widget.show_value(part.value)
        if isinstance(placed.widget, Field) and (part.warn or warned):
            placed.widget.complain(part.warn, "warn")

    def _tell(self, key: str, value: Any) -> None:
        placed = self._placed.get(key)
        if placed is not None and placed.part.told is not None:
            placed.part.told(value)

    def _focused(self) -> str:
        """Return the key of the part that has the keyboard."""
        for key, placed in self._placed.items():
            now = placed.widget.window().focusWidget()
            if now is not None and (now is placed.widget or placed.widget.isAncestorOf(now)):
                return key
        return ""


def _frame(section: Section) -> tuple[QFrame, QVBoxLayout]:
    if section.title:
        card = Card(section.title, section.tone)
        card.content.setSpacing(10)
        return card, card.content
    plain = QFrame()
    column = QVBoxLayout(plain)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(10)
    return plain, column


def _let_go(widget: QWidget) -> None:
    """Take a widget out of sight and let it go; to take it from its parent as well would cost a new style."""
    widget.hide()
    widget.deleteLater()


def _take_focus(widget: QWidget) -> None:
    """Give the keyboard to a field, or to the first thing in it that takes it."""
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        return
    for inner in widget.findChildren(QWidget):
        if inner.focusPolicy() & Qt.FocusPolicy.TabFocus and not inner.isHidden():
            inner.setFocus(Qt.FocusReason.OtherFocusReason)
            return


def clear(layout: QLayout) -> None:
    """Take every widget out of a layout and let it go."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            _let_go(widget)
        elif (inner := item.layout()) is not None:
            clear(inner)
