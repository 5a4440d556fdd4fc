"""The notes panel: what the author says of a release, beside what the rules write of every change.

- Long notes are shown in part; the rest is one click away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S3
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import clear_layout, group, row

FEW = 5
"""So many sentences are shown at first."""


class GroupLike(Protocol):
    """The sentences on one part of the agent."""

    @property
    def heading(self) -> str: ...  # noqa: D102
    @property
    def sentences(self) -> Sequence[str]: ...  # noqa: D102


class NotesPanel(QWidget):
    """Shows the notes of a release."""

    edit_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._groups: Sequence[GroupLike] = ()
        self._all = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S3)
        words = Card("In words")
        self.introduction = label("", "", wrap=True)
        self.introduction.setAccessibleName("Introduction")
        words.add(self.introduction)
        self.total = label("", "muted", wrap=True)
        words.add(self.total)
        holder = QWidget()
        self.body = QVBoxLayout(holder)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(4)
        words.add(holder)
        self.more = Button("", self._turn, kind="link")
        self.edit = Button("Write an introduction…", self.edit_asked.emit, kind="link")
        words.buttons(self.more, self.edit)
        self.more.hide()  # until there is more than is shown
        column.addWidget(words)

    def show_notes(
        self, introduction: str, groups: Sequence[GroupLike], total: str, looking: bool = False
    ) -> None:
        """Show the notes of a release; `looking`: they are still being written."""
        self.introduction.setText(introduction)
        self.introduction.setVisible(bool(introduction))
        words = "Edit the introduction…" if introduction else "Write an introduction…"
        self.edit.setText(words)
        self.edit.setAccessibleName(words)
        same = "Being worked out…" if looking else "The draft is the same as the live version."
        self.total.setText(f"{total} changed." if total else same)
        if groups != self._groups:
            self._groups = groups
            self._fill()

    def _fill(self) -> None:
        clear_layout(self.body)
        room = 10_000 if self._all else FEW
        for each in self._groups:
            if room <= 0:
                break
            self.body.addWidget(group(each.heading))
            for sentence in each.sentences[:room]:
                self.body.addWidget(label(sentence, "", wrap=True))
            room -= len(each.sentences)
        count = sum(len(each.sentences) for each in self._groups)
        self.more.setVisible(count > FEW)
        self.more.setText("Show less" if self._all else f"Show all {count:,}")
        self.more.setAccessibleName(self.more.text())

    def _turn(self) -> None:
        self._all = not self._all
        self._fill()
        self.more.setFocus()


class IntroductionDialog(QDialog):
    """Asks for the author's own words."""

    def __init__(self, parent: QWidget, text: str, most: int) -> None:
        super().__init__(parent)
        self._most = most
        self.setWindowTitle("Introduction")
        self.resize(620, 380)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(S3)
        column.addWidget(label("Introduction to this release", "title"))
        note = (
            "Your own words, above the notes that are written by rules. They stand in the report, and "
            "approvers sign them: a signature that was given before no longer counts."
        )
        column.addWidget(label(note, "muted", wrap=True))
        self.field = QPlainTextEdit(text)
        self.field.setAccessibleName("Introduction")
        self.field.setTabChangesFocus(True)
        column.addWidget(self.field, 1)
        self.wrong = label("", "", "bad", wrap=True)
        column.addWidget(self.wrong)
        self.yes = Button("Keep", self.accept, kind="primary")
        column.addLayout(row(self.yes, Button("Cancel", self.reject)))
        self.field.textChanged.connect(self._check)
        self._check()

    @property
    def words(self) -> str:
        """Return what was written."""
        return self.field.toPlainText().strip()

    def _check(self) -> None:
        over = len(self.words) - self._most
        self.wrong.setText(f"{over:,} letters too many." if over > 0 else "")
        self.wrong.setVisible(over > 0)
        self.yes.setEnabled(over <= 0)
