"""Dialogs of reviewing elsewhere: what travels, with which key it is signed, what would be merged, and more.

- A reply that is signed with a key which nobody here knows can be compared while it is merged: what one hears
  on the telephone is typed, and the key is remembered only where it matches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.panels.approvals import unsent_words
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label, set_tone
from studio.desktop.widgets.pane import row, scrolled
from studio.release.keys import compare_fingerprint

Leave = Literal["send", "keep", "discard", "stay"]
_SIGNS = {"new": "+", "known": "=", "moved on": "!", "held": "!", "different": "?", "void": "!"}


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
        signed: str = "",
        compare: str = "",
    ) -> None:
        """Take what would be done.

        `signed` tells whose key it bears, "" where it bears none; `compare` is one that nobody here knows.
        """
        text = f"{done}. Nobody's decision here is overruled; what differs is left for you to choose."
        if not signed:
            text += f" The check number is {number}: {who} was told the same, if nobody altered the file."
        words = [f"{_SIGNS[line.state]}  {line.sentence}" for line in lines]
        words = [*(f"!  {warning}" for warning in unsigned), *words]
        super().__init__(parent, f"Merge the decisions of {who}", text, words)
        self._wanted = compare
        self.heard, self.answer = QLineEdit(), label("", "muted", wrap=True)
        if signed:
            proves = signed.startswith("Signed by")
            self.column.addWidget(label(signed, "", "ok" if proves else "warn", wrap=True))
        if compare:
            self._ask_to_compare(who)
        self.yes = Button("Merge", self.accept, kind="primary")
        self.yes.setDefault(True)
        self.close_with(self.yes, Button("Cancel", self.reject))

    def compared(self) -> str:
        """Return the fingerprint that was heard, where it is that of the key; else nothing."""
        heard = self.heard.text().strip()
        return heard if heard and not compare_fingerprint(heard, self._wanted) else ""

    def _ask_to_compare(self, who: str) -> None:
        self.heard.setAccessibleName(f"The fingerprint that {who} reads to you")
        self.heard.setPlaceholderText(f"What {who} reads to you on the telephone; may be left empty")
        self.heard.textChanged.connect(self._compare)
        self.column.addWidget(self.heard)
        self.column.addWidget(self.answer)
        self._compare("")

    def _compare(self, heard: str) -> None:
        """Say whether it matches so far; what was heard wrong is neither merged nor forgotten."""
        difference = compare_fingerprint(heard, self._wanted) if heard.strip() else ""
        going_on = difference.startswith("The first")
        said = difference or "It matches: the key is known here as theirs from now on."
        unheard = "Left empty, the reply is merged, and counts as not signed."
        self.answer.setText(said if heard.strip() else unheard)
        tone: Tone = "none" if not heard.strip() or going_on else "bad" if difference else "ok"
        set_tone(self.answer, tone)
        if hasattr(self, "yes"):
            self.yes.setEnabled(not difference)


class SignReplyDialog(_Asking):
    """Asks with which key a reply is signed, if with any; `sign` signs, and returns what was in the way."""

    def __init__(
        self, parent: QWidget, keys: Mapping[str, str], to: str, sign: Callable[[str, str], str]
    ) -> None:
        text = (
            f"Signed, nobody can alter it on its way to {to}, or send another in your name. {to} sees your "
            "key's fingerprint, and has you read it out where your key is not known there yet."
        )
        super().__init__(parent, "Sign what you send back?", text, ())
        self._keys, self._sign = dict(keys), sign
        self.key = Choice("Key")
        for name in keys:
            self.key.addItem(name, name)
        self.key.addItem("Without a signature", "")
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.wrong = label("", "", "bad", wrap=True)
        self.wrong.hide()
        for widget in (self.key, self.secret, self.wrong):
            self.column.addWidget(widget)
        self.yes = Button("Sign and save…", self._go, kind="primary", icon="seal")
        self.yes.setDefault(True)
        self.close_with(self.yes, Button("Cancel", self.reject))
        self.key.currentIndexChanged.connect(self._show)
        self.secret.textChanged.connect(self._show)
        self._show()

    def _show(self) -> None:
        name = self.key.currentData()
        word = self._keys.get(name, "")
        self.secret.setVisible(bool(word))
        self.secret.setAccessibleName(f"{word} of {name}")
        self.secret.setPlaceholderText(f"{word} of “{name}”")
        self.yes.setText("Sign and save…" if name else "Save without a signature…")
        self.yes.setEnabled(not word or bool(self.secret.text()))

    def _go(self) -> None:
        name = self.key.currentData()
        fault = self._sign(name, self.secret.text() if self._keys.get(name) else "") if name else ""
        self.wrong.setText(fault)
        self.wrong.setVisible(bool(fault))
        if not fault:
            self.accept()


class LeaveDialog(_Asking):
    """Asks what becomes of decisions on a package that were not sent back."""

    def __init__(self, parent: QWidget, unsent: int, made_by: str) -> None:
        text = f"{unsent_words(unsent, f' to {made_by}')} Kept, it waits until you open the package again."
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
        self,
        parent: QWidget,
        roles: Sequence[tuple[str, str]],
        required: Sequence[str],
        apart: Sequence[str],
        signed: bool = False,
        keys: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Take the roles and what is chosen; `keys` are the reviewers' keys known here, by id, in words."""
        text = "Every review in this workspace needs an approval of these roles, on exactly its content."
        super().__init__(parent, "Who has to approve", text, ())
        self.required = self._boxes(roles, required, "")
        self.column.addWidget(label("Nobody may approve what they wrote or accepted themselves as:", "muted"))
        self.apart = self._boxes(roles, apart, "Not their own work: ")
        self.column.addWidget(label("What a reviewer sends back in a file:", "muted"))
        self.signed = QCheckBox("An approval in it counts only if signed with a key that is known here")
        self.signed.setAccessibleName(self.signed.text())
        self.signed.setChecked(signed)
        self.column.addWidget(self.signed)
        if keys:
            self.column.addWidget(label("Keys compared here; without its mark, one is forgotten:", "muted"))
        self.keys = self._boxes(keys, [key for key, _ in keys], "Known key: ")
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

    def forgotten(self) -> tuple[str, ...]:
        """Return the ids of the keys that shall be forgotten."""
        return tuple(key for key, box in self.keys.items() if not box.isChecked())
