"""The keys panel: a person's signing keys, each with its fingerprint, its standing, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import clear_layout
from studio.domain.key import KeyInfo


class KeysPanel(Card):
    """Shows keys; `new_asked` tells a way to come by one, `deed_asked` what shall be done with which."""

    new_asked = Signal(str)
    deed_asked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("Your signing keys")
        self.say(
            "With a key you sign approvals. Its private half never leaves this computer, or the token it is "
            "in; IT gets the public half, and compares the fingerprint with you over the phone.",
            muted=True,
        )
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.content.addLayout(self._rows)
        ways = (("new", "New key…"), ("import", "Take in a key file…"), ("token", "Key in a token…"))
        self.ways = {way: Button(words, partial(self.new_asked.emit, way)) for way, words in ways}
        self.buttons(*self.ways.values())
        self.busy = label("", "muted", wrap=True)
        self.busy.setAccessibleName("What is being done")
        self.busy.hide()
        self.add(self.busy)

    def show_busy(self, words: str) -> None:
        """Say what is being done, and let no other key be asked for meanwhile; "" where it is done."""
        self.busy.setText(words)
        self.busy.setVisible(bool(words))
        for button in self.ways.values():
            button.setEnabled(not words)

    def show_keys(self, keys: Sequence[KeyInfo]) -> None:
        """Show other keys."""
        clear_layout(self._rows)
        if not keys:
            self._rows.addWidget(label("There is none yet. Make one to sign approvals.", "muted", wrap=True))
        for key in keys:
            self._rows.addWidget(self._row(key))

    def _row(self, key: KeyInfo) -> Card:
        revoked = key.note.revoked_at is not None
        tone: Tone = "bad" if revoked else "warn" if key.note.replaced_by else "ok"
        card = Card(key.name)
        card.setAccessibleName(f"Key {key.name}, {key.standing}")
        card.add(label(key.standing.capitalize(), "", tone))
        card.say(f"{key.algorithm}, {key.place}", muted=True)
        print_ = label(key.fingerprint)
        print_.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        print_.setAccessibleName(f"Fingerprint of {key.name}")
        card.add(print_)
        card.buttons(*(self._button(key, deed, words) for deed, words in _deeds(key)))
        return card

    def _button(self, key: KeyInfo, deed: str, words: str) -> Button:
        return Button(
            words, partial(self.deed_asked.emit, deed, key.name), kind="link", name=f"{words} “{key.name}”"
        )


def _deeds(key: KeyInfo) -> list[tuple[str, str]]:
    """Return what can be done with a key as it stands."""
    always = [("compare", "Compare…")]
    if key.note.revoked_at is not None:
        return always
    deeds = [*always, ("challenge", "Show IT it is yours…"), ("replace", "Replace…"), ("revoke", "Revoke…")]
    if not key.note.token:
        deeds.append(("forget", "Ask each time") if key.note.keyring else ("keep", "Remember passphrase…"))
    return deeds
