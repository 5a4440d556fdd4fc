"""Dialogs of reviewing elsewhere: what travels, what would be merged, what is unsent, who must approve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row, scrolled

Leave = Literal["send", "keep", "discard", "stay"]
_SIGNS = {"new": "+", "known": "=", "moved on": "!", "held": "!", "different": "?"}


class LineLike(Protocol):
    """One line of a merge, as it is read."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def sentence(self) -> str: ...  # noqa: D102


class _Asking(QDialog):
    """A heading, a sentence, and lines that scroll where they are many."""

    def __init__(self, parent: QWidget, title: str, text: str, lines: Sequence[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 18, 20, 16)
        self.column.setSpacing(10)
        self.column.addWidget(label(title, "title", wrap=True))
        self.column.addWidget(label(text, "muted", wrap=True))
        if lines:
            holder = QWidget()
            holder.setProperty("role", "scroll-body")
            inner = QVBoxLayout(holder)
            inner.setContentsMargins(0, 0, 8, 0)
            for line in lines:
                inner.addWidget(label(line, "", wrap=True))
            inner.addStretch(1)
            area = scrolled(holder)
            area.setAccessibleName(title)
            area.setMinimumHeight(min(300, 34 * len(lines) + 20))
            self.column.addWidget(area, 1)

    def close_with(self, *buttons: Button) -> None:
        """Put the buttons at the end."""
        self.column.addLayout(row(*buttons))


class SendDialog(_Asking):
    """Says what travels in a review package, and takes a note to the reviewer."""

    def __init__(self, parent: QWidget, contents: Sequence[str]) -> None:
        text = "One file for a reviewer on another computer, who needs no workspace. In it travel:"
        super().__init__(parent, "Send for review", text, contents)
        self.note = QLineEdit()
        self.note.setAccessibleName("Note to the reviewer")
        self.note.setPlaceholderText("What you want to say to the reviewer; may be empty")
        self.column.addWidget(self.note)
        yes = Button("Save the package…", self.accept, kind="primary", icon="export")
        yes.setDefault(True)
        self.close_with(yes, Button("Cancel", self.reject))


class MergeDialog(_Asking):
    """Shows, line by line, what merging a reply would do."""

    def __init__(
        self,
        parent: QWidget,
        who: str,
        number: str,
        lines: Sequence[LineLike],
        done: str,
        unsigned: Sequence[str] = (),
    ) -> None:
        text = (
            f"{done}. The check number is {number}: it is the one that {who} was told, if nobody altered the "
            "file. Nobody's decision here is overruled; what differs is left for you to choose."
        )
        words = [f"{_SIGNS[line.state]}  {line.sentence}" for line in lines]
        words = [*(f"!  {warning}" for warning in unsigned), *words]
        super().__init__(parent, f"Merge the decisions of {who}", text, words)
        yes = Button("Merge", self.accept, kind="primary")
        yes.setDefault(True)
        self.close_with(yes, Button("Cancel", self.reject))


class LeaveDialog(_Asking):
    """Asks what becomes of decisions on a package that were not sent back."""

    def __init__(self, parent: QWidget, unsent: int, made_by: str) -> None:
        count = f"{unsent} of what you said {'is' if unsent == 1 else 'are'}"
        text = f"{count} not sent back to {made_by} yet. Kept, it waits until you open the package again."
        super().__init__(parent, "Leave the review package?", text, ())
        self.chosen: Leave = "stay"
        self.close_with(
            self._way("Send decisions back…", "send", "primary"),
            self._way("Keep for later", "keep"),
            self._way("Discard", "discard"),
            self._way("Stay", "stay"),
        )

    def _way(self, words: str, what: Leave, kind: Literal["", "primary"] = "") -> Button:
        def choose() -> None:
            self.chosen = what
            self.accept()

        return Button(words, choose, kind=kind)


class RolesDialog(_Asking):
    """Asks which roles have to approve, and in which nobody may approve their own work."""

    def __init__(
        self, parent: QWidget, roles: Sequence[tuple[str, str]], required: Sequence[str], apart: Sequence[str]
    ) -> None:
        text = "Every review in this workspace needs an approval of these roles, on exactly its content."
        super().__init__(parent, "Who has to approve", text, ())
        self.required = self._boxes(roles, required, "")
        self.column.addWidget(label("Nobody may approve what they wrote or accepted themselves as:", "muted"))
        self.apart = self._boxes(roles, apart, "Not their own work: ")
        usual = Button("What most choose", self._take_usual)
        usual.setToolTip("Compliance and Quality approve, and nobody approves their own work as Compliance")
        yes = Button("Keep", self.accept, kind="primary")
        yes.setDefault(True)
        self.close_with(yes, usual, Button("Cancel", self.reject))

    def _take_usual(self) -> None:
        for boxes, on in ((self.required, ("compliance", "qa")), (self.apart, ("compliance",))):
            for role, box in boxes.items():
                box.setChecked(role in on)

    def _boxes(
        self, roles: Sequence[tuple[str, str]], on: Sequence[str], before: str
    ) -> dict[str, QCheckBox]:
        made = {}
        for role, name in roles:
            made[role] = QCheckBox(name)
            made[role].setAccessibleName(before + name)
            made[role].setChecked(role in on)
            self.column.addWidget(made[role])
        return made

    def chosen(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the roles that have to approve, and those that are kept apart."""
        required = tuple(role for role, box in self.required.items() if box.isChecked())
        return required, tuple(role for role, box in self.apart.items() if box.isChecked())
