"""The approve panel: who signs in which role, with which key; the passphrase is used once and not kept.

- Where signing fails, a mistyped passphrase above all, it says why and stays: nothing has to be entered anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import clear_layout, row, scrolled
from studio.desktop.widgets.states import Spinner

Role = Literal["author", "compliance", "it"]
Ended = Callable[[str], object]
"""Hears how signing ended: what was in the way, or ""."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What the person entered; `approve` False signs a refusal."""

    role: Role
    person: str
    key: str
    passphrase: str
    comment: str
    approve: bool


class ApproveDialog(QDialog):
    """Asks for role, person, key and passphrase; the button signs."""

    def __init__(
        self,
        parent: QWidget,
        roles: Sequence[tuple[str, str, Sequence[str]]],
        keys: Sequence[str],
        in_words: Sequence[str],
        looks: Callable[[str], tuple[Sequence[str], Sequence[str]]] | None = None,
        me: str = "",
        unlocks: Mapping[str, str] | None = None,
        sign: Callable[[Approval, Ended], object] = lambda _given, ended: ended(""),
    ) -> None:
        """Take who may sign, and the names of the keys; `unlocks` is what a key asks for, by its name.

        That is a passphrase, a PIN, or nothing, where this computer's key store holds it. `looks` tells what
        a person looked at, and what not. `sign` signs, which takes a while, and then tells what was in the
        way, or "".
        """
        super().__init__(parent)
        self.setWindowTitle("Approve this release")
        self.setMinimumWidth(560)
        self.resize(600, 640)
        self._unlocks, self._sign = dict(unlocks or {}), sign
        self._people = {role: list(people) for role, _, people in roles}
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label("Approve this release", "title"))
        text = "You sign exactly what is here now. A signature cannot be taken back; any edit voids it."
        column.addWidget(label(text, "muted", wrap=True))
        self._looks, self._looked_by, self._looked = looks, "", QVBoxLayout()
        self._looked.setContentsMargins(0, 0, 0, 0)
        column.addWidget(_read(_words(in_words), self._looked), 1)
        column.addLayout(self._fields(roles, keys))
        self.refuse = QCheckBox("Refuse instead: sign that this must not go live")
        column.addWidget(self.refuse)
        self.wrong = label("", "", "bad", wrap=True)
        self.wrong.setAccessibleName("What is in the way")
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.yes = Button("Sign", self._go, kind="primary", icon="seal")
        self.yes.setDefault(True)
        self.no = Button("Cancel", self.reject)
        self.turning = Spinner(20)
        self.turning.hide()
        column.addLayout(row(self.yes, self.no, self.turning))
        self.signing = False
        self._listen()
        self._begin_as(me)
        self._show_people()

    def _listen(self) -> None:
        """Look again at what was entered whenever anything changes."""
        self.role.currentIndexChanged.connect(self._show_people)
        self.passphrase.textChanged.connect(self._check)
        self.key.editTextChanged.connect(self._check)
        self.person.editTextChanged.connect(self._check)
        self.refuse.toggled.connect(lambda on: self.yes.setText("Sign the refusal" if on else "Sign"))

    def _fields(self, roles: Sequence[tuple[str, str, Sequence[str]]], keys: Sequence[str]) -> QGridLayout:
        """Lay out who signs, with which key."""
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self.role, self.person, self.key = Choice(""), Choice(""), Choice("")
        for role, words, _ in roles:
            self.role.addItem(words, role)
        for editable in (self.person, self.key):
            editable.setEditable(True)
        self.key.addItems(list(keys))
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.comment = QLineEdit()
        self.comment.setPlaceholderText("A remark that is signed with it; may be empty")
        for name, field in (
            ("Role", self.role), ("Your name", self.person), ("Your key", self.key),
            ("Passphrase", self.passphrase), ("Remark", self.comment),
        ):  # fmt: skip
            self._line(name, field)
        return self._grid

    def given(self) -> Approval:
        """Return what was entered."""
        return Approval(
            cast(Role, self.role.currentData()),
            self.person.currentText().strip(),
            self.key.currentText().strip(),
            self.passphrase.text(),
            self.comment.text().strip(),
            not self.refuse.isChecked(),
        )

    def reject(self) -> None:
        """Close without a signature; not while one is being made, for it would be made all the same."""
        if not self.signing:
            super().reject()

    def _go(self) -> None:
        """Sign, and close where that went well; opening a key takes a moment, which is shown."""
        self.wrong.hide()
        self._show_signing(True)
        self._sign(self.given(), self._ended)

    def _show_signing(self, signing: bool) -> None:
        self.signing = signing
        for part in (self.role, self.person, self.key, self.comment, self.refuse, self.no, self.yes):
            part.setEnabled(not signing)
        self.passphrase.setReadOnly(signing)
        self.turning.setVisible(signing)
        words = "Sign the refusal" if self.refuse.isChecked() else "Sign"
        self.yes.setText("Signing…" if signing else words)

    def _ended(self, wrong: str) -> None:
        self._show_signing(False)
        if not wrong:
            self.accept()
            return
        self._unlocks[self.given().key] = self._unlocks.get(self.given().key) or "Passphrase"
        self._check()  # what the key store did not give can be typed
        self.wrong.setText(wrong)
        self.wrong.show()
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)
        self.passphrase.selectAll()

    def _begin_as(self, me: str) -> None:
        """Begin with the role in which whoever sits here may sign."""
        mine = (at for at in range(self.role.count()) if me in self._people.get(self.role.itemData(at), []))
        self.role.setCurrentIndex(next(mine, 0))

    def _line(self, name: str, field: QWidget) -> None:
        field.setAccessibleName(name)
        place, words = self._grid.rowCount(), label(name, "muted")
        self._grid.addWidget(words, place, 0)
        self._grid.addWidget(field, place, 1)
        if field is self.passphrase:
            self._secret_words = words

    def _show_secret(self) -> bool:
        """Name what the chosen key asks for; return whether it asks for anything."""
        word = self._unlocks.get(self.key.currentText().strip(), "Passphrase")
        self._secret_words.setText(word or "Passphrase")
        self.passphrase.setAccessibleName(word or "Passphrase")
        self.passphrase.setEnabled(bool(word))
        self.passphrase.setPlaceholderText("" if word else "This computer's key store holds it")
        return bool(word)

    def _show_people(self) -> None:
        self.person.clear()
        self.person.addItems(self._people.get(self.role.currentData(), []))
        self._check()

    def _show_looked(self, person: str) -> None:
        """Show what this very person looked at: nobody signs with what another one saw."""
        if self._looks is None or person == self._looked_by:
            return
        self._looked_by = person
        clear_layout(self._looked)
        looked, not_looked = self._looks(person)
        if looked or not_looked:
            self._looked.addWidget(_looked(looked, not_looked))

    def _check(self) -> None:
        given = self.given()
        self._show_looked(given.person)
        asks = self._show_secret()
        self.yes.setEnabled(bool(given.person and given.key and (given.passphrase or not asks)))


def _words(in_words: Sequence[str]) -> Card:
    card = Card("What you approve")
    for sentence in in_words[:6] or ("The draft is the same as the live version.",):
        card.say(sentence)
    if len(in_words) > 6:
        card.say(f"and {len(in_words) - 6} more; the report shows all.", muted=True)
    return card


def _read(words: Card, looked: QVBoxLayout) -> QWidget:
    """Return what is to be read, which scrolls: the fields below stay in sight in a small window."""
    holder = QWidget()
    inner = QVBoxLayout(holder)
    inner.setContentsMargins(0, 0, 8, 0)
    inner.addWidget(words)
    inner.addLayout(looked)
    area = scrolled(holder)
    area.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # else the keyboard could not scroll it
    area.setAccessibleName("What you approve")
    area.setMinimumHeight(220)
    return area


def _looked(looked: Sequence[str], not_looked: Sequence[str]) -> Card:
    card = Card("What you looked at")
    card.say("\n".join(f"✓  {line}" for line in looked) or "Nothing of this release yet.", muted=not looked)
    if not_looked:
        card.say("You did not look at; it is kept with your signature", muted=True)
        shown = not_looked[:5]
        more = [f"and {len(not_looked) - 5} more"] if len(not_looked) > 5 else []
        card.say("\n".join(f"○  {line}" for line in (*shown, *more)))
    return card
