"""Signing keys as people see them: name, kind, fingerprint, standing; and what a key says of itself to IT.

- Nothing here is secret: a private key, a passphrase or a PIN never becomes a domain object.
- A statement is a claim until `studio.release.key_statements` has checked its signatures.
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import StringConstraints

from studio.domain.environment import Label, Moment, Sha256
from studio.domain.frozen import Frozen

KeyKind = Literal["file", "token"]
Pem = Annotated[str, StringConstraints(max_length=4096)]
Code = Annotated[str, StringConstraints(max_length=200)]
Remark = Annotated[str, StringConstraints(max_length=500)]


SCHEME = "hsm:"


class TokenKey(Frozen):
    """Which key of which security token; the token by label, by serial number, or by both."""

    token: str = ""
    serial: str = ""
    object: str = ""

    @property
    def uri(self) -> str:
        """Return its URI: `hsm:token=LABEL;serial=NUMBER;object=LABEL`, percent-encoded."""
        parts = (("token", self.token), ("serial", self.serial), ("object", self.object))
        return SCHEME + ";".join(f"{name}={quote(value, safe='')}" for name, value in parts if value)


class TokenFound(Frozen):
    """A token that is plugged in, with the labels of the P-256 keys that it shows without a PIN."""

    label: str
    serial: str
    maker: str
    keys: tuple[str, ...]


class KeyNote(Frozen):
    """What is remembered of a key beside its public half.

    `token` is the `hsm:` URI of a key in a security token; `keyring` says that this computer's key store
    holds the passphrase; `replaced_by` is the name of the newer key.
    """

    token: str = ""
    keyring: bool = False
    replaced_by: str = ""
    revoked_at: Moment | None = None
    reason: str = ""


class KeyInfo(Frozen):
    """What may be shown of a key: where it is, its id, its fingerprint, its public half, its standing."""

    name: str
    path: str
    key_id: str
    fingerprint: str
    public_pem: str
    algorithm: str = "Ed25519"
    note: KeyNote = KeyNote()

    @property
    def kind(self) -> KeyKind:
        """Return where the private half is: in a locked file, or in a security token."""
        return "token" if self.note.token else "file"

    @property
    def secret(self) -> str:
        """Return what unlocks it, in a word for people."""
        return "PIN" if self.note.token else "Passphrase"

    @property
    def standing(self) -> str:
        """Return in words whether it may be used."""
        if self.note.revoked_at is not None:
            return f"revoked on {self.note.revoked_at:%Y-%m-%d}"
        return f"replaced by {self.note.replaced_by}" if self.note.replaced_by else "in use"

    @property
    def place(self) -> str:
        """Return in words where the private half is and who holds its passphrase."""
        if self.note.token:
            return "security token"
        return "locked file, passphrase in the key store" if self.note.keyring else "locked file"


class Possession(Frozen):
    """A key's own word that its owner holds the private half; `code` is what IT asked to be repeated."""

    kind: Literal["possession"] = "possession"
    name: Label
    person: Label
    public_pem: Pem
    code: Code = ""
    made_at: Moment


class Replacement(Frozen):
    """The old key's word that a new one takes its place; inside, the new key's own possession, sealed."""

    kind: Literal["replacement"] = "replacement"
    person: Label
    old_public_pem: Pem
    new_possession: Annotated[str, StringConstraints(max_length=16_384)]
    made_at: Moment


class Revocation(Frozen):
    """A key's own word that it must no longer count."""

    kind: Literal["revocation"] = "revocation"
    person: Label
    public_pem: Pem
    reason: Remark = ""
    made_at: Moment


class CheckedStatement(Frozen):
    """A statement of a key whose signatures hold: what it says, and whom IT has to call."""

    kind: Literal["possession", "replacement", "revocation"]
    person: Label
    name: str = ""
    key_id: Sha256
    fingerprint: str
    public_pem: str
    old_key_id: Sha256 | None = None
    old_fingerprint: str = ""
    code: str = ""
    reason: str = ""
    made_at: Moment
