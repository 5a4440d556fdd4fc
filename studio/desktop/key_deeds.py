"""What a person does with signing keys in the window: make, take in, compare, show to IT, replace, revoke.

- The same key store as the command line's; what is handed to IT is a file of the same kind.
- A revocation says beforehand that it cannot be taken back; its signed word is written before it holds.
- What is wrong stands in the dialog, and what was typed stays: nobody fills in a form twice.
- Keys are made and unlocked apart from the window's thread: it takes a second or two, on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.apart import Apart
from studio.desktop.panels.key_dialogs import (
    NEW,
    PASSPHRASES,
    CompareDialog,
    Ended,
    Filled,
    KeyFormDialog,
    Line,
    ReadyTextDialog,
)
from studio.desktop.panels.keys import KeysPanel
from studio.domain.errors import StudioError, WrongUse
from studio.settings import load_settings

if TYPE_CHECKING:
    from studio.assembly import FileKeyStore
    from studio.domain.key import TokenFound, TokenKey

KEY_FILES = "Private keys (*)"
NO_MODULE = "Which program file speaks to your security token is not said yet."
NO_FILE = "No file for IT was chosen, so nothing was done."
UNFORESEEN = "That failed in a way nobody foresaw. Look whether the key is there, then try again."
STATEMENTS = "Key statements (*.key-statement.json)"
PERSON = Line("person", "Your id in IT's policy", hint="as ana", named=True)


class KeyDeeds:
    """Carries out what the keys panel asks for, and fills it."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        self._desk, self._parent = desk, parent
        self.panel = KeysPanel()
        self._apart: Apart[str] = Apart(parent)
        self._looking: Apart[tuple[TokenFound, ...] | StudioError] = Apart(parent)
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
        self,
        title: str,
        text: str,
        lines: list[Line],
        action: str,
        agree: str = "",
        attempt: Callable[[Filled], object] = lambda _filled: None,
        before: Callable[[Filled], bool] = lambda _filled: True,
    ) -> Filled | None:
        """Ask for lines until the attempt succeeds with them; return them, None where it is cancelled.

        The attempt is made apart; `before` comes first, here, and says whether to go on.
        """

        def tried(filled: Filled, ended: Ended) -> None:
            def work() -> str:
                try:
                    attempt(filled)
                except StudioError as error:
                    return str(error)
                except OSError as error:
                    return f"A file cannot be written: {error.strerror}."
                return ""

            if before(filled):
                self._apart.run(title, work, ended, lambda: ended(UNFORESEEN))
            else:
                ended(NO_FILE)

        dialog = KeyFormDialog(self._parent, title, text, lines, action, agree, tried)
        return dialog.filled() if dialog.exec() == QDialog.DialogCode.Accepted else None

    def _new(self) -> None:
        lines = [
            Line("name", "Name of the key", hint="as ana", named=True),
            Line("owner", "Whose it is", load_settings().who, named=True),
            *PASSPHRASES,
        ]
        text = "It is locked with a passphrase. Nobody can recover it: keep it where you find it again."

        def make(form: Filled) -> None:
            self._store().new(form.given("name"), form.given(NEW), form.given("owner"))

        if (form := self._ask("New signing key", text, lines, "Make the key", attempt=make)) is not None:
            self._made(form.given("name"))

    def _import(self) -> None:
        source = dialogs.choose_file(self._parent, "A private key that you have", KEY_FILES)
        if source is None:
            return
        store = self._store()
        present = [Line("present", "Its present passphrase", secret=True)] if store.is_locked(source) else []
        lines = [Line("name", "Name of the key", hint="as ana", named=True), *present, *PASSPHRASES]
        text = f"{source.name} stays as it is; what is kept here is locked anew, and more firmly."

        def take(form: Filled) -> None:
            store.import_file(form.given("name"), source, form.given("present"), form.given(NEW))

        if (form := self._ask("Take in a key", text, lines, "Take it in", attempt=take)) is not None:
            self._made(form.given("name"))

    def _token(self) -> None:
        """Look for tokens apart, for they take a while to answer; then ask which key it shall be."""
        store = self._store()
        if not store.module:
            raise WrongUse(
                NO_MODULE, "Name it above, under “Token library”; the maker of the token says which."
            )

        def look() -> tuple[TokenFound, ...] | StudioError:
            try:
                return store.tokens()
            except StudioError as error:
                return error

        def seen(found: tuple[TokenFound, ...] | StudioError) -> None:
            self.panel.show_busy("")
            self._try(lambda: self._choose_in(_held(_known(found))))

        self.panel.show_busy("Looking for security tokens…")
        self._looking.run("Looking for tokens", look, seen, lambda: self.panel.show_busy(""))

    def _choose_in(self, held: list[tuple[TokenKey, str]]) -> None:
        """Ask which key of a token it shall be, or for a new one in it."""
        if not held:
            raise WrongUse("No security token is plugged in.", "Plug it in, wait a moment, then try again.")
        choices = tuple((str(place), words) for place, (_, words) in enumerate(held))
        lines = [
            Line("name", "Name of the key", hint="as ana"),
            Line("which", "Key in the token", choices=choices),
            Line("pin", "PIN, for a new key", secret=True, wanted=False),
        ]
        text = "The key never leaves the token. The PIN is not kept; it is asked for whenever you sign."
        store = self._store()

        def take(form: Filled) -> None:
            key = held[int(form.given("which"))][0]
            if key.object:
                store.take_from_token(form.given("name"), key)
            else:
                store.new_in_token(form.given("name"), key, form.given("pin"))

        title = "Key in a security token"
        if (form := self._ask(title, text, lines, "Use this key", attempt=take)) is not None:
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
        made: list[bytes] = []

        def sign(form: Filled) -> None:
            given = form.given("secret"), form.given("person"), form.given("code")
            made.append(self._store().challenge(name, *given, _now()))

        title, action = "Show IT that the key is yours", "Choose where to save it…"
        form = self._ask(title, text, lines, action, attempt=sign)
        target = self._target(name) if form is not None else None
        if target is not None:
            self._hand_over(target, made[-1])

    def _replace(self, name: str) -> None:
        """Make a new key, in the token where the old one is in one, for which the old one speaks."""
        store = self._store()
        in_token = bool(store.find(name).note.token)
        lines = [
            PERSON,
            *self._secret(name),
            Line("new name", "Name of the new key", f"{name}-2", named=True),
            *(() if in_token else PASSPHRASES),
        ]
        text = f"“{name}” signs that a new key takes its place. Until IT takes that up, the old one counts."
        text += " The new key is made in the same token." if in_token else ""
        targets: list[Path] = []
        words: list[bytes] = []

        def choose(form: Filled) -> bool:
            if not targets and (target := self._target(form.given("new name"))) is not None:
                targets.append(target)
            return bool(targets)

        def replace(form: Filled) -> None:
            secret, new, person = form.given("secret"), form.given("new name"), form.given("person")
            store.check_name(new)
            store.open(name, secret)  # told before a new key is made
            if in_token:
                store.new_beside(new, name, secret)
            else:
                store.new(new, form.given(NEW), person)
            words.append(
                store.replace(name, secret, new, secret if in_token else form.given(NEW), person, _now())
            )

        title, action = f"Replace “{name}”", "Choose where to save it…"
        form = self._ask(title, text, lines, action, attempt=replace, before=choose)
        if form is not None:
            targets[0].write_bytes(words[-1])
            store.mark_replaced(name, form.given("new name"))
            self._hand_over(targets[0], words[-1])

    def _revoke(self, name: str) -> None:
        lines = [
            PERSON,
            Line("reason", "Why", hint="as: laptop stolen", wanted=False, most=500),
            *(_may_lack(line) for line in self._secret(name)),
        ]
        text = (
            f"“{name}” will sign nothing any more. Where the passphrase or token is lost, leave it empty: "
            "IT can revoke the key without your signature."
        )
        agree = "I know that this cannot be taken back"
        store, moment, words = self._store(), _now(), list[bytes]()

        def sign(form: Filled) -> None:
            secret = form.given("secret")
            if secret or not store.asks_for(name):
                words.append(
                    store.last_word(name, form.given("reason"), moment, secret, form.given("person"))
                )

        form = self._ask(f"Revoke “{name}”", text, lines, "Revoke", agree, sign)
        if form is None:
            return
        if not words:
            store.mark_revoked(name, form.given("reason"), moment)
            said = f'"revoked_at": "{moment:%Y-%m-%dT%H:%M:%SZ}"'
            self._show_ready(f"Call IT. The key's fingerprint: {store.find(name).fingerprint}.", said)
            return
        target = self._target(name)
        if target is None:
            self._desk.tell(f"“{name}” was not revoked: no file for IT was chosen.", "warn")
            return
        target.write_bytes(words[-1])
        store.mark_revoked(name, form.given("reason"), moment)
        self._hand_over(target, words[-1])

    def _keep(self, name: str) -> None:
        text = "This computer's key store holds the passphrase then, for whoever is signed in as you."
        title = f"Remember the passphrase of “{name}”"

        def keep(form: Filled) -> None:
            self._store().keep_passphrase(name, form.given("secret"))

        if self._ask(title, text, self._secret(name), "Remember", attempt=keep) is not None:
            said = f"The passphrase of “{name}” need not be typed on this computer any more."
            self._desk.tell(said, "ok", "Ask each time", lambda: self._try(lambda: self._forget(name)))

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
            f"Written: {target}. Send it to IT, and read them the fingerprint on the telephone: "
            f"{found.fingerprint}."
        )
        self._show_ready(text, policy_line(found, _now()))

    def _show_ready(self, text: str, ready: str) -> None:
        ReadyTextDialog(self._parent, "For IT", text, ready).exec()


def _known(found: tuple[TokenFound, ...] | StudioError) -> tuple[TokenFound, ...]:
    if isinstance(found, StudioError):
        raise found
    return found


def _held(found: Sequence[TokenFound]) -> list[tuple[TokenKey, str]]:
    """Return what can be used of the tokens: a new key in each, and those they hold, in words."""
    from studio.domain.key import TokenKey

    labels, held = [token.label for token in found], list[tuple[TokenKey, str]]()
    for token in found:
        alike = labels.count(token.label) > 1
        serial, where = token.serial if alike else "", token.label + (f" ({token.serial})" if alike else "")
        for name in ("", *token.keys):
            words = f"“{name}”, which “{where}” holds" if name else f"A new key in “{where}”"
            held.append((TokenKey(token=token.label, serial=serial, object=name), words))
    return held


def _may_lack(line: Line) -> Line:
    return Line(line.id, line.name, secret=True, wanted=False)


def _now() -> datetime:
    from studio.assembly import now

    return now()
