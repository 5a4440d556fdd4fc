"""Key files: an Ed25519 key in OpenSSH's private key format, locked with a passphrase.

- bcrypt with 100 rounds guards the passphrase; a key without a passphrase is neither written nor read.
- Files are made with mode 0600 and never overwritten; the public half lies beside, as `NAME.pub.pem` (SPKI).
- `ssh-keygen -p` and `ssh-keygen -y` work on them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.frozen import Frozen
from studio.release import keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROUNDS = 100
MIN_PASSPHRASE = 8
SUFFIX, PUBLIC_SUFFIX = ".key", ".pub.pem"
MAX_FILE = 16 * 1024


class KeyInfo(Frozen):
    """What may be shown of a key file: where it lies, its id, its fingerprint, its public half."""

    name: str
    path: str
    key_id: str
    fingerprint: str
    public_pem: str


class FileSigner:
    """An unlocked key file; a `studio.ports.Signer`."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        """Hold an unlocked private key."""
        self._private = private
        self.public_pem = public_pem(private)
        self.key_id = keys.key_id(self.public_pem)

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature over `data`."""
        return self._private.sign(data)


def new_key(path: Path, passphrase: str, comment: str = "") -> KeyInfo:
    """Make a key, write it locked to `path` and its public half beside it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat

    _check_new(path, passphrase)
    private = Ed25519PrivateKey.generate()
    lock = PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(ROUNDS).build(passphrase.encode())
    body = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, lock)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = public_pem(private)
    _write_new(path, body, 0o600)
    note = " ".join(comment.replace("-----", "").split())
    _write_new(public_path(path), f"{note}\n{public}".lstrip().encode(), 0o644)
    return describe(path)


def load(path: Path, passphrase: str) -> FileSigner:
    """Return the unlocked key of a file; raises BrokenInput, or WrongUse for a wrong passphrase."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    body = _read(path)
    _check_locked(body, path)
    try:
        private = load_ssh_private_key(body, passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise WrongUse(
            f"The key “{path.name}” did not open: the passphrase is wrong or the file is damaged.",
            "Try again.",
        ) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise BrokenInput(f"“{path.name}” is not an Ed25519 key.", "Make a new key with `cobuilder key new`.")
    return FileSigner(private)


def describe(path: Path) -> KeyInfo:
    """Return what may be shown of a key file, from its public half; the passphrase is not needed."""
    raw = _read(public_path(path)).decode("utf-8", "replace")
    start = raw.find("-----BEGIN PUBLIC KEY-----")
    pem = raw[max(start, 0) :]
    identity = keys.key_id(pem)
    return KeyInfo(
        name=path.name.removesuffix(SUFFIX),
        path=str(path),
        key_id=identity,
        fingerprint=keys.fingerprint(identity),
        public_pem=pem,
    )


def public_pem(private: Ed25519PrivateKey) -> str:
    """Return the public half as a PEM block "PUBLIC KEY" (SPKI)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def public_path(path: Path) -> Path:
    """Return where the public half of a key file lies."""
    return path.with_name(path.name.removesuffix(SUFFIX) + PUBLIC_SUFFIX)


def _check_new(path: Path, passphrase: str) -> None:
    if len(passphrase) < MIN_PASSPHRASE:
        raise WrongUse(
            f"A passphrase needs at least {MIN_PASSPHRASE} characters.",
            "Four unrelated words make a good one.",
        )
    for each in (path, public_path(path)):
        if each.exists():
            raise WrongUse(
                f"There is already a key file {each}.", "Choose another name; keys are never overwritten."
            )


def _check_locked(body: bytes, path: Path) -> None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    try:
        load_ssh_private_key(body, None)
    except TypeError:
        return
    except (ValueError, UnsupportedAlgorithm):
        raise BrokenInput(
            f"“{path.name}” is not an OpenSSH private key.", "Choose a file that ends in .key."
        ) from None
    raise BrokenInput(
        f"The key “{path.name}” has no passphrase, so anyone with the file could sign.",
        f"Give it one with `ssh-keygen -p -a {ROUNDS} -f {path}`.",
    )


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise BrokenInput(f"“{path}” is too large for a key file.", "Choose a file that ends in .key.")
        return path.read_bytes()
    except OSError:
        raise BrokenInput(
            f"The key file “{path}” cannot be read.", "Check the name with `cobuilder key list`."
        ) from None


def _write_new(path: Path, body: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
