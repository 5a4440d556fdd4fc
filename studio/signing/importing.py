"""Imported keys: opens a private key that was made elsewhere, so that it can be locked anew here.

- OpenSSH and PKCS#8 (PEM), with or without a passphrase; Ed25519 and P-256 only. Other kinds are named.
- What was imported is not deleted: whoever imports is told that the old file still opens with the old lock.
"""

from __future__ import annotations

import base64
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from studio.domain.errors import BrokenInput, WrongUse
from studio.signing.key_file import ONLY, accepted, read_small

if TYPE_CHECKING:
    from studio.signing.key_file import PrivateKey

_OTHERS = {
    b"ssh-rsa": "an RSA key",
    b"ssh-dss": "a DSA key",
    b"ecdsa-sha2-nistp384": "an ECDSA key on the curve secp384r1",
    b"ecdsa-sha2-nistp521": "an ECDSA key on the curve secp521r1",
    b"sk-ssh-ed25519@openssh.com": "a key in a FIDO token, which can only sign in to SSH",
    b"sk-ecdsa-sha2-nistp256@openssh.com": "a key in a FIDO token, which can only sign in to SSH",
}
_PUBLIC = (b"-----BEGIN PUBLIC KEY-----", b"ssh-ed25519 ", b"ecdsa-sha2-nistp256 ", b"ssh-rsa ")


def needs_passphrase(path: Path) -> bool:
    """Return whether a private key file is locked; raises BrokenInput where it is none that may sign.

    An OpenSSH file says its kind openly even where it is locked; others say it once they are open.
    """
    from cryptography.exceptions import UnsupportedAlgorithm

    body = _private(path)
    try:
        found = _open(body, None)
    except TypeError:
        _check_kind(body, path)
        return True
    except (ValueError, UnsupportedAlgorithm):
        raise _unreadable(path) from None
    accepted(found, path.name)
    return False


def _check_kind(body: bytes, path: Path) -> None:
    """Raise BrokenInput where a locked OpenSSH file is of a kind that may not sign."""
    _, _, rest = body.partition(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    if not rest:
        return
    try:
        told = base64.b64decode(b"".join(rest.partition(b"-----END")[0].split()), validate=True)
    except ValueError:
        raise _unreadable(path) from None
    for mark, kind in _OTHERS.items():
        if struct.pack(">I", len(mark)) + mark in told[:400]:
            raise BrokenInput(f"“{path.name}” is {kind}.", ONLY)


def open_foreign(path: Path, passphrase: str) -> PrivateKey:
    """Return the private key of a file made elsewhere; raises BrokenInput or WrongUse with a sentence."""
    from cryptography.exceptions import UnsupportedAlgorithm

    locked = needs_passphrase(path)
    try:
        found = _open(_private(path), passphrase.encode() if locked else None)
    except UnsupportedAlgorithm:
        raise _unreadable(path) from None
    except (ValueError, TypeError):
        raise WrongUse(
            f"The key “{path.name}” did not open: its present passphrase is wrong or the file is damaged.",
            "Try again.",
        ) from None
    return accepted(found, path.name)


def _open(body: bytes, passphrase: bytes | None) -> object:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    if b"-----BEGIN OPENSSH PRIVATE KEY-----" in body:
        return load_ssh_private_key(body, passphrase)
    return load_pem_private_key(body, passphrase)


def _private(path: Path) -> bytes:
    body = read_small(path)
    if any(mark in body for mark in _PUBLIC) and b"PRIVATE KEY-----" not in body:
        raise BrokenInput(
            f"“{path.name}” is the public half of a key; it cannot sign.", "Choose the private key's file."
        )
    if b"-----BEGIN" not in body:
        raise _unreadable(path)
    return body


def _unreadable(path: Path) -> BrokenInput:
    return BrokenInput(
        f"“{path.name}” is not a private key in OpenSSH's or PKCS#8's form.",
        "Export it as PEM, or make a new key.",
    )
