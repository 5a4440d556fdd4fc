"""Small forms of the review: the proposed value field by field, and a question to somebody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from studio.desktop.panels.scenario_rehearsal import Faults
from studio.desktop.panels.value_editors import (
    ConditionEditor,
    ExpectationsEditor,
    FaultsEditor,
    NamesEditor,
    RepliesEditor,
)
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row, scrolled
from studio.domain.agent import Agent
from studio.domain.known import Fact

Read = Callable[[dict[str, str]], str]
"""Takes the texts by field; returns what is wrong, or nothing where it was kept."""


class FieldLike(Protocol):
    """One field of a value, as it is read."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def choices(self) -> Sequence[tuple[str, str]]: ...  # noqa: D102


class GroundLike(Protocol):
    """What can be chosen from, as it is read."""

    @property
    def agent(self) -> Agent: ...  # noqa: D102
    @property
    def facts(self) -> Mapping[str, Fact]: ...  # noqa: D102
    @property
    def faults(self) -> Faults: ...  # noqa: D102


BUILT = (ConditionEditor, ExpectationsEditor, NamesEditor, RepliesEditor, FaultsEditor)
Built = ConditionEditor | ExpectationsEditor | NamesEditor | RepliesEditor | FaultsEditor
Editor = QLineEdit | QPlainTextEdit | Choice | Built


class _Dialog(QDialog):
    """A heading, a few lines, fields, and two buttons; what is wrong stands above them."""

    def __init__(self, parent: QWidget, title: str, text: str, action: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        column = self.column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(title, "title", wrap=True))
        column.addWidget(label(text, "muted", wrap=True))
        holder = QWidget()
        holder.setProperty("role", "scroll-body")
        self.form = QFormLayout(holder)
        self.form.setContentsMargins(0, 0, 8, 0)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.area = scrolled(holder)
        column.addWidget(self.area, 1)
        self.wrong = label("", "", "bad", wrap=True)
        self.wrong.setAccessibleName("What is wrong")
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.yes = Button(action, self._try, kind="primary")
        self.no = Button("Cancel", self.reject)
        column.addLayout(row(self.yes, self.no))
        self.yes.setDefault(True)
        self.yes.setToolTip(f"{action} (Ctrl+Enter)")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep with Ctrl and Enter, from every field."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._try()
        else:
            super().keyPressEvent(event)

    def put(self, name: str, editor: QWidget) -> None:
        """Put a field with its name into the form."""
        title = QLabel(name)
        title.setBuddy(editor)
        editor.setAccessibleName(name)
        self.form.addRow(title, editor)

    def _try(self) -> None:
        problem = self.keep()
        self.wrong.setText(problem)
        self.wrong.setVisible(bool(problem))
        if not problem:
            self.accept()

    def keep(self) -> str:
        """Keep what was filled in; return what is wrong, or nothing."""
        raise NotImplementedError


class ValueDialog(_Dialog):
    """The proposed value, field by field."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        proposed: str,
        fields: Sequence[FieldLike],
        read: Read,
        ground: GroundLike | None = None,
        figures: str = "",
    ) -> None:
        """Take the fields; `figures` tells those of the sentence, beside which another one can be kept."""
        said = " / ".join(proposed.splitlines())
        shown = f"{said[:240]}…" if len(said) > 241 else said
        told = f"CoBuilder proposed: “{shown}”. The sentences that demand it stay with it."
        super().__init__(parent, f"Edit: {title}", told, "Keep")
        self._read = read
        if figures:
            self.column.insertWidget(2, label(figures, wrap=True))
        self.editors: dict[str, Editor] = {}
        for field in fields:
            editor = self.editors[field.key] = _editor(field, ground)
            if isinstance(editor, BUILT):
                editor.setAccessibleName(field.label)
                self.form.addRow(editor)  # it says itself what it is called
            else:
                self.put(field.label, editor)
        large = any(isinstance(editor, BUILT) for editor in self.editors.values())
        self.resize(640 if large else 600, min(680, 250 + 58 * len(fields) + 260 * large))

    def keep(self) -> str:
        """Read the fields; the first thing that is wrong is told."""
        for editor in self.editors.values():
            if isinstance(editor, BUILT) and (trouble := editor.trouble):
                return trouble
        return self._read({key: _text(editor) for key, editor in self.editors.items()})


class AskDialog(_Dialog):
    """Whom to ask, and what."""

    def __init__(
        self, parent: QWidget, title: str, people: Sequence[str], ask: Callable[[str, str], str]
    ) -> None:
        super().__init__(
            parent,
            "Ask somebody",
            f"About “{title}”. It stays open until somebody replies, and the release waits for that.",
            "Ask",
        )
        self._ask = ask
        self.whom = Choice("Whom")
        self.whom.setEditable(True)
        self.whom.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        self.whom.addItems(list(people))
        self.question = QPlainTextEdit()
        self.question.setTabChangesFocus(True)
        self.question.setFixedHeight(96)
        self.put("Whom", self.whom)
        self.put("What", self.question)
        self.resize(560, 330)
        self.question.setFocus()

    def keep(self) -> str:
        """Ask; an empty question is told."""
        words, whom = self.question.toPlainText().strip(), self.whom.currentText().strip()
        if not words or not whom:
            return "Say whom you ask, and what."
        return self._ask(whom, words)


def _editor(field: FieldLike, ground: GroundLike | None) -> Editor:
    if ground is not None and (built := _built(field, ground)) is not None:
        return built
    if field.kind in ("choice", "yes or no"):
        choice = Choice(field.label)
        options = field.choices or (("yes", "yes"), ("no", "no"))
        for kept, words in options:
            choice.addItem(words, kept)
        choice.setCurrentIndex(max(0, choice.findData(field.text)))
        return choice
    if field.kind in ("text", "lines", "expectations", "replies", "faults"):
        area = QPlainTextEdit(field.text)
        area.setTabChangesFocus(True)
        area.setFixedHeight(84 if field.kind == "text" else 64)
        return area
    line = QLineEdit(field.text)
    line.setCursorPosition(0)
    return line


def _built(field: FieldLike, ground: GroundLike) -> Built | None:
    """Return the editor of what is more than a text."""
    if field.kind == "condition":
        return ConditionEditor(field.label, field.text, ground.facts)
    if field.kind == "expectations":
        return ExpectationsEditor(field.text, ground.agent)
    if field.kind == "replies":
        return RepliesEditor(field.text, ground.agent)
    if field.kind == "faults":
        return FaultsEditor(field.text, ground.faults)
    if field.kind == "lines" and field.choices:
        return NamesEditor(field.label, field.text, field.choices)
    return None


def _text(editor: Editor) -> str:
    if isinstance(editor, BUILT):
        return editor.text
    if isinstance(editor, QPlainTextEdit):
        return editor.toPlainText()
    return editor.text() if isinstance(editor, QLineEdit) else str(editor.currentData())
