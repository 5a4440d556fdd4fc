"""What a person does with signing keys in the window: make, take in, compare, show to IT, replace, revoke.

- The same key store as the command line's; what is handed to IT is a file of the same kind.
- A revocation says beforehand that it cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.panels.key_dialogs import (
    NEW,
    PASSPHRASES,
    CompareDialog,
    KeyFormDialog,
    Line,
    ReadyTextDialog,
)
from studio.desktop.panels.keys import KeysPanel
from studio.domain.errors import StudioError
from studio.settings import load_settings

if TYPE_CHECKING:
    from studio.assembly import FileKeyStore
    from studio.domain.key import TokenFound

KEY_FILES = "Private keys (*)"
STATEMENTS = "Key statements (*.key-statement.json)"
PERSON = Line("person", "Your id in IT's policy", hint="as ana", named=True)


class KeyDeeds:
    """Carries out what the keys panel asks for, and fills it."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        self._desk, self._parent = desk, parent
        self.panel = KeysPanel()
        self.panel.new_asked.connect(lambda way: self._try(self._ways()[way]))
        self.panel.deed_asked.connect(lambda deed, name: self._try(lambda: self._deeds()[deed](name)))

    def fill(self) -> None:
        """Show the keys there are."""
        self.panel.show_keys(self._store().list())

    def _ways(self) -> dict[str, Callable[[], None]]:
        return {"new": self._new, "import": self._import, "token": self._token}

    def _deeds(self) -> dict[str, Callable[[str], None]]:
        return {
            "compare": self._compare,
            "challenge": self._challenge,
            "replace": self._replace,
            "revoke": self._revoke,
            "keep": self._keep,
            "forget": self._forget,
        }

    def _store(self) -> FileKeyStore:
        from studio.assembly import key_store

        return key_store(load_settings())

    def _try(self, deed: Callable[[], None]) -> None:
        """Do something, tell a foreseen error, and show the keys as they are then."""
        try:
            deed()
        except StudioError as error:
            self._desk.tell(str(error), "bad")
        except OSError as error:
            self._desk.tell(f"A file cannot be written: {error.strerror}. Choose another place.", "bad")
        self.fill()

    def _ask(
        self, title: str, text: str, lines: list[Line], action: str, agree: str = ""
    ) -> KeyFormDialog | None:
        dialog = KeyFormDialog(self._parent, title, text, lines, action, agree)
        return dialog if dialog.exec() == QDialog.DialogCode.Accepted else None

    def _new(self) -> None:
        lines = [
            Line("name", "Name of the key", hint="as ana", named=True),
            Line("owner", "Whose it is", load_settings().who, named=True),
            *PASSPHRASES,
        ]
        text = "It is locked with a passphrase. Nobody can recover it: keep it where you find it again."
        if (form := self._ask("New signing key", text, lines, "Make the key")) is not None:
            with _Waiting():
                self._store().new(form.given("name"), form.given(NEW), form.given("owner"))
            self._made(form.given("name"))

    def _import(self) -> None:
        source = dialogs.choose_file(self._parent, "A private key that you have", KEY_FILES)
        if source is None:
            return
        store = self._store()
        present = [Line("present", "Its present passphrase", secret=True)] if store.is_locked(source) else []
        lines = [Line("name", "Name of the key", hint="as ana", named=True), *present, *PASSPHRASES]
        text = f"{source.name} stays as it is; what is kept here is locked anew, and more firmly."
        if (form := self._ask("Take in a key", text, lines, "Take it in")) is not None:
            with _Waiting():
                store.import_file(form.given("name"), source, form.given("present"), form.given(NEW))
            self._made(form.given("name"))

    def _token(self) -> None:
        from studio.domain.key import TokenKey

        store = self._store()
        found = store.tokens()
        there = "; ".join(_token_words(each) for each in found)
        lines = [
            Line("name", "Name of the key", hint="as ana"),
            Line("token", "Label of the token", found[0].label if len(found) == 1 else ""),
            Line("serial", "Serial number, where labels are alike", wanted=False),
            Line("object", "Key that it holds already, if any", wanted=False),
            Line("pin", "PIN, to make a new key in it", secret=True, wanted=False),
        ]
        text = f"Plugged in: {there or 'no token'}. The key never leaves the token; the PIN is not kept."
        if (form := self._ask("Key in a security token", text, lines, "Go on")) is None:
            return
        key = TokenKey(token=form.given("token"), serial=form.given("serial"), object=form.given("object"))
        if key.object:
            store.take_from_token(form.given("name"), key)
        else:
            store.new_in_token(form.given("name"), key, form.given("pin"))
        self._made(form.given("name"))

    def _made(self, name: str) -> None:
        text = f"The key “{name}” is here. Show IT that it is yours, so that it counts."
        self._desk.tell(text, "ok", "Show IT…", lambda: self._challenge(name))

    def _compare(self, name: str) -> None:
        CompareDialog(self._parent, name, self._store().find(name).fingerprint).exec()

    def _challenge(self, name: str) -> None:
        lines = [
            PERSON,
            Line("code", "Code that IT gave you", hint="where they gave one", wanted=False),
            *self._secret(name),
        ]
        text = "You get a small file for IT. It shows that you hold this key, and holds nothing secret."
        form = self._ask("Show IT that the key is yours", text, lines, "Choose where to save it…")
        target = self._target(name) if form is not None else None
        if form is None or target is None:
            return
        with _Waiting():
            said = self._store().challenge(
                name, form.given("secret"), form.given("person"), form.given("code"), _now()
            )
        self._hand_over(target, said)

    def _replace(self, name: str) -> None:
        lines = [
            PERSON,
            *self._secret(name),
            Line("new name", "Name of the new key", f"{name}-2", named=True),
            *PASSPHRASES,
        ]
        text = f"“{name}” signs that a new key takes its place. Until IT takes that up, the old one counts."
        form = self._ask(f"Replace “{name}”", text, lines, "Choose where to save it…")
        target = self._target(form.given("new name")) if form is not None else None
        if form is None or target is None:
            return
        store, new, person = self._store(), form.given("new name"), form.given("person")
        with _Waiting():
            store.open(name, form.given("secret"))  # a wrong passphrase is told before a new key is made
            store.new(new, form.given(NEW), person)
            said = store.replace(name, form.given("secret"), new, form.given(NEW), person, _now())
        self._hand_over(target, said)

    def _revoke(self, name: str) -> None:
        lines = [
            PERSON,
            Line("reason", "Why", hint="as: laptop stolen", wanted=False),
            *(_may_lack(line) for line in self._secret(name)),
        ]
        text = (
            f"“{name}” will sign nothing any more. Where the passphrase or token is lost, leave it empty: "
            "IT can revoke the key without your signature."
        )
        agree = "I know that this cannot be taken back"
        form = self._ask(f"Revoke “{name}”", text, lines, "Revoke", agree)
        if form is None:
            return
        store, moment, secret = self._store(), _now(), form.given("secret")
        if not secret and store.asks_for(name):
            store.mark_revoked(name, form.given("reason"), moment)
            said = f'"revoked_at": "{moment:%Y-%m-%dT%H:%M:%SZ}"'
            self._show_ready(f"Call IT. The key's fingerprint: {store.find(name).fingerprint}", said)
            return
        target = self._target(name)
        if target is not None:
            with _Waiting():
                signed = store.revoke(name, form.given("reason"), moment, secret, form.given("person"))
            self._hand_over(target, signed)

    def _keep(self, name: str) -> None:
        text = "This computer's key store holds the passphrase then, for whoever is signed in as you."
        title = f"Remember the passphrase of “{name}”"
        if (form := self._ask(title, text, self._secret(name), "Remember")) is not None:
            with _Waiting():
                self._store().keep_passphrase(name, form.given("secret"))

    def _forget(self, name: str) -> None:
        self._store().forget_passphrase(name)

    def _secret(self, name: str) -> list[Line]:
        word = self._store().asks_for(name)
        return [Line("secret", f"{word} of “{name}”", secret=True)] if word else []

    def _target(self, name: str) -> Path | None:
        return dialogs.choose_target(
            self._parent, "Save the file for IT", f"{name}.key-statement.json", STATEMENTS
        )

    def _hand_over(self, target: Path, said: bytes) -> None:
        from studio.release.key_statements import check_statement, policy_line

        target.write_bytes(said)
        found = check_statement(said)
        text = (
            f"Written: {target}. Send it to IT, and read them the fingerprint: {found.fingerprint}. "
            "Their policy needs:"
        )
        self._show_ready(text, policy_line(found, _now()))

    def _show_ready(self, text: str, ready: str) -> None:
        ReadyTextDialog(self._parent, "For IT", text, ready).exec()


def _token_words(token: TokenFound) -> str:
    held = f" with {', '.join(token.keys)}" if token.keys else ""
    return f"{token.label} ({token.serial}){held}"


def _may_lack(line: Line) -> Line:
    return Line(line.id, line.name, secret=True, wanted=False)


def _now() -> datetime:
    from studio.assembly import now

    return now()


class _Waiting:
    """Shows that the computer is busy: unlocking a key takes about a second, on purpose."""

    def __enter__(self) -> None:
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)

    def __exit__(self, *_: object) -> None:
        QApplication.restoreOverrideCursor()
