"""Custody: makes, imports, finds, unlocks, replaces and revokes signing keys; each is named by a URI.

- `file:PATH` or a bare name (looked up in the key folder), `keyring:NAME` (the key store holds the
  passphrase), `hsm:…` (a security token). Other schemes are refused by name.
- A key that was revoked here signs nothing any more, by whatever name or path it is asked for.
- What is said to IT of a key (`studio.release.key_statements`) is signed here and returned as bytes.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from studio.domain.errors import BrokenInput, Refused, WrongUse
from studio.domain.frozen import canonical
from studio.domain.key import SCHEME, KeyInfo, KeyNote, TokenFound, TokenKey
from studio.ports import Signer
from studio.release import key_statements, keys
from studio.signing import importing, key_file, passphrases, token
from studio.signing.key_file import PUBLIC_SUFFIX, SUFFIX

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
NOTE_SUFFIX = ".note.json"
KEYRING = "keyring:"


class FileKeyStore:
    """The keys in one folder, and those of security tokens; a `studio.ports.KeyStore`."""

    def __init__(self, folder: Path | None = None, module: str = "") -> None:
        """Take the folder (by default the user's own), and the library that speaks to tokens."""
        self.folder = folder or key_folder()
        self.module = module

    # Coming by keys.

    def new(self, name: str, passphrase: str, comment: str = "") -> str:
        """Make a key of this name; return its URI. Raises WrongUse if the name is taken."""
        path = self._free(name)
        key_file.new_key(path, passphrase, comment, (name, comment))
        return path.resolve().as_uri()

    def check_name(self, name: str) -> None:
        """Raise WrongUse where a key cannot be called so, or one is called so already."""
        self._free(name)

    def import_file(self, name: str, source: Path, present: str, passphrase: str, owner: str = "") -> KeyInfo:
        """Take in a key made elsewhere (`present` opens it now), locked anew; the old file stays."""
        path = self._free(name)
        key_file.check_passphrase(passphrase, (name, owner))
        private = importing.open_foreign(source, present)
        self._check_unknown(keys.key_id(key_file.public_pem(private)))
        key_file.write_key(path, private, passphrase, owner, (name, owner))
        return self.find(name)

    def is_locked(self, source: Path) -> bool:
        """Return whether a key made elsewhere has a passphrase; raises BrokenInput where it is none."""
        return importing.needs_passphrase(source)

    def tokens(self) -> tuple[TokenFound, ...]:
        """Return the security tokens that are plugged in."""
        return token.tokens(self.module)

    def new_in_token(self, name: str, where: TokenKey, pin: str) -> KeyInfo:
        """Make a key inside a token, under its own name there, and remember it here by this name."""
        self._free(name)
        wanted = TokenKey(token=where.token, serial=where.serial, object=where.object or name)
        return self._remember(name, wanted, token.make(self.module, wanted, pin))

    def new_beside(self, name: str, old: str, pin: str) -> KeyInfo:
        """Make a key inside the token that holds another one, and remember it here by its name."""
        where = token.parse(self.find(old).note.token)
        return self.new_in_token(name, TokenKey(token=where.token, serial=where.serial), pin)

    def take_from_token(self, name: str, where: TokenKey) -> KeyInfo:
        """Remember a key that a token holds already."""
        self._free(name)
        return self._remember(name, where, token.public_of(self.module, where))

    # Finding and unlocking them.

    def list(self) -> tuple[KeyInfo, ...]:
        """Return the keys of the folder, by name; files that are no keys are passed over."""
        found = []
        for path in sorted(self.folder.glob(f"*{PUBLIC_SUFFIX}")):
            try:
                found.append(self._describe(path.name.removesuffix(PUBLIC_SUFFIX), self.folder))
            except BrokenInput:
                continue
        return tuple(sorted(found, key=lambda info: info.name))

    def usable(self) -> dict[str, str]:
        """Return the keys that may sign, by name, each with what it asks for (`asks_for`)."""
        may = [info for info in self.list() if info.note.revoked_at is None]
        return {info.name: "" if info.note.keyring else info.secret for info in may}

    def find(self, uri: str) -> KeyInfo:
        """Return what may be shown of a key, by name, path or URI; raises WrongUse or BrokenInput."""
        if uri.startswith(SCHEME):
            where = token.parse(uri)
            return self._info(where.object, uri, token.public_of(self.module, where), KeyNote(token=uri))
        path = locate(uri.removeprefix(KEYRING), self.folder)
        return self._describe(path.name.removesuffix(SUFFIX), path.parent)

    def asks_for(self, uri: str) -> str:
        """Return what a person must type to unlock a key: “Passphrase”, “PIN”, or nothing."""
        if uri.startswith(SCHEME):
            return "PIN"
        try:
            info = self.find(uri)
        except BrokenInput:  # opening it says what is wrong
            return "Passphrase"
        return "" if info.note.keyring or uri.startswith(KEYRING) else info.secret

    def open(self, uri: str, passphrase: str = "") -> Signer:
        """Unlock a key by URI, path or name; the key store is asked where it holds the passphrase.

        Raises WrongUse for a wrong passphrase, Refused for a key that was revoked.
        """
        if uri.startswith(SCHEME):
            return self._in_token(uri, passphrase)
        path = locate(uri.removeprefix(KEYRING), self.folder)
        info = self._known(path)
        if info is not None:
            self._check_standing(info.key_id)
            if info.note.token:
                return self._in_token(info.note.token, passphrase)
            if uri.startswith(KEYRING) or (info.note.keyring and not passphrase):
                passphrase = passphrases.find(info.key_id, info.name)
        opened = key_file.load(path, passphrase)
        self._check_standing(opened.key_id)
        return opened

    def _in_token(self, uri: str, pin: str) -> Signer:
        """Return a key in a token; what stands there now counts, whatever was noted of it."""
        signer = token.TokenSigner(self.module, token.parse(uri), pin)
        self._check_standing(signer.key_id)
        return signer

    def keep_passphrase(self, name: str, passphrase: str) -> None:
        """Let this computer's key store hold the passphrase of a key file, after it opened the key."""
        info = self.find(name)
        if info.note.token:
            raise WrongUse("A token's PIN is never kept.", "It is typed each time.")
        self.open(name, passphrase)
        passphrases.keep(info.key_id, passphrase)
        self._note(name, keyring=True)

    def forget_passphrase(self, name: str) -> None:
        """Take the passphrase of a key out of this computer's key store."""
        self._note(name, keyring=False)  # first: where the key store is gone, it is typed from now on
        passphrases.forget(self.find(name).key_id)

    # What they say to IT.

    def challenge(self, name: str, secret: str, person: str, code: str, now: datetime) -> bytes:
        """Return the file by which IT sees that the owner holds the key."""
        return key_statements.possession(self.open(name, secret), self.find(name).name, person, code, now)

    def replace(
        self, old: str, old_secret: str, new: str, new_secret: str, person: str, now: datetime
    ) -> bytes:
        """Return the old key's word that the new one takes its place; keep it, then `mark_replaced`."""
        before, after = self.open(old, old_secret), self.open(new, new_secret)
        if before.key_id == after.key_id:
            raise WrongUse("A key cannot take its own place.", "Make a new key first.")
        return key_statements.replacement(before, after, self.find(new).name, person, now)

    def mark_replaced(self, old: str, new: str) -> None:
        """Mark a key as replaced; it signs on, until IT takes the new one up."""
        self._note(old, replaced_by=self.find(new).name)

    def last_word(self, name: str, reason: str, now: datetime, secret: str, person: str) -> bytes:
        """Return a key's own word that it ends. It signs on until `mark_revoked`: keep the word first."""
        return key_statements.revocation(self.open(name, secret), person, reason, now)

    def mark_revoked(self, name: str, reason: str, now: datetime) -> None:
        """Mark a key as revoked, which cannot be taken back: it signs nothing any more."""
        self._note(name, revoked_at=now, reason=reason)

    # Notes.

    def _free(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise WrongUse(
                f"“{name}” cannot name a key.", "Use letters, digits, dots, dashes and underscores."
            )
        path = self.folder / f"{name}{SUFFIX}"
        key_file.check_free(path)
        return path

    def _remember(self, name: str, where: TokenKey, pem: str) -> KeyInfo:
        self._check_unknown(keys.key_id(pem))
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{name}{SUFFIX}"
        self._write_note(path, KeyNote(token=where.uri))
        key_file.write_public(path, pem)
        return self.find(name)

    def _known(self, path: Path) -> KeyInfo | None:
        """Return what is known of the key of a file, or None where its public half is missing."""
        if not key_file.public_path(path).exists():
            return None
        return self._describe(path.name.removesuffix(SUFFIX), path.parent)

    def _describe(self, name: str, folder: Path) -> KeyInfo:
        path = folder / f"{name}{SUFFIX}"
        note = self._read_note(path)
        if not note.token and not path.exists():
            raise BrokenInput(
                f"There is no key called “{name}”.", "`cobuilder key list` shows those there are."
            )
        return self._info(name, note.token or str(path), key_file.read_public(path), note)

    def _info(self, name: str, place: str, pem: str, note: KeyNote) -> KeyInfo:
        identity = keys.key_id(pem)
        return KeyInfo(
            name=name,
            path=place,
            key_id=identity,
            fingerprint=keys.fingerprint(identity),
            public_pem=pem,
            algorithm=keys.algorithm(pem),
            note=note,
        )

    def _check_unknown(self, key_id: str) -> None:
        for info in self.list():
            if info.key_id == key_id:
                raise WrongUse(f"This very key is here already, as “{info.name}”.", "Use that one.")

    def _check_standing(self, key_id: str) -> None:
        for info in self.list():
            if info.key_id == key_id and info.note.revoked_at is not None:
                raise Refused(
                    f"The key “{info.name}” was {info.standing}; it signs nothing any more.",
                    "Use another key, or make a new one.",
                )

    def _note(self, name: str, **changes: Any) -> None:
        info = self.find(name)
        path = locate(name.removeprefix(KEYRING), self.folder)
        path = path if path.name.endswith(SUFFIX) else path.with_name(path.name + SUFFIX)
        self._write_note(path, KeyNote.model_validate({**info.note.model_dump(), **changes}))

    def _read_note(self, path: Path) -> KeyNote:
        file = _note_path(path)
        if not file.exists():
            return KeyNote()
        try:
            return KeyNote.model_validate_json(key_file.read_small(file))
        except ValidationError:
            raise BrokenInput(
                f"What is noted of the key “{path.name}” cannot be read.", f"Mend or delete {file}."
            ) from None

    def _write_note(self, path: Path, note: KeyNote) -> None:
        file = _note_path(path)
        part = file.with_name(file.name + ".part")
        part.unlink(missing_ok=True)
        key_file.write_new(part, canonical(note), 0o600)
        part.replace(file)


def key_folder() -> Path:
    """Return the folder in which this user's keys lie by default."""
    import platformdirs

    return Path(platformdirs.user_config_dir("cobuilder-studio", appauthor=False)) / "keys"


def locate(uri: str, folder: Path | None = None) -> Path:
    """Return the file that a key URI, a path or a bare key name stands for."""
    parts = urlsplit(uri)
    if parts.scheme == "file":
        path = Path(unquote(parts.path))
    elif parts.scheme and len(parts.scheme) > 1:
        raise WrongUse(
            f"Keys of the kind “{parts.scheme}:” are not supported.", "Use a name, file:, keyring: or hsm:."
        )
    else:
        path = Path(uri)
    if path.parent == Path(".") and not path.is_file():
        path = (folder or key_folder()) / path
    return path if path.is_file() or path.name.endswith(SUFFIX) else path.with_name(path.name + SUFFIX)


def open_signer(uri: str, passphrase: str, folder: Path | None = None) -> Signer:
    """Return the unlocked signer behind a key URI."""
    return FileKeyStore(folder).open(uri, passphrase)


def list_keys(folder: Path | None = None) -> tuple[KeyInfo, ...]:
    """Return the readable keys of a folder by name."""
    return FileKeyStore(folder).list()


def _note_path(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(SUFFIX) + NOTE_SUFFIX)
