"""Key files: an Ed25519 or P-256 key in OpenSSH's private key format, locked with a passphrase.

- bcrypt with 100 rounds guards the passphrase; a key without a passphrase is neither written nor used.
- Files are made with mode 0600 in a folder of 0700 and never overwritten, nor through a link; one that others
  may read is closed to them when it is used, where the file system has modes. What fails leaves nothing.
- The public half lies beside, as `NAME.pub.pem` (SPKI).
- `ssh-keygen -p` and `ssh-keygen -y` work on them.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.passphrase import strength
from studio.release import keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey

ROUNDS = 100
SUFFIX, PUBLIC_SUFFIX = ".key", ".pub.pem"
MAX_FILE = 16 * 1024
ONLY = "What counts is signed with Ed25519 or ECDSA P-256: make a new key."


class FileSigner:
    """An unlocked key; a `studio.ports.Signer`."""

    def __init__(self, private: PrivateKey) -> None:
        """Hold an unlocked private key."""
        self._private = private
        self.public_pem = public_pem(private)
        self.key_id = keys.key_id(self.public_pem)

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`: Ed25519, or ECDSA with SHA-256."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        if isinstance(self._private, ec.EllipticCurvePrivateKey):
            return keys.low_s(self._private.sign(data, ec.ECDSA(hashes.SHA256())))
        return self._private.sign(data)


def new_key(path: Path, passphrase: str, comment: str = "", names: tuple[str, ...] = ()) -> None:
    """Make an Ed25519 key, write it locked to `path` and its public half beside it.

    `names` are what a guesser knows of its owner. Raises WrongUse for a passphrase that is guessed at once.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    write_key(path, Ed25519PrivateKey.generate(), passphrase, comment, names)


def write_key(
    path: Path, private: PrivateKey, passphrase: str, comment: str = "", names: tuple[str, ...] = ()
) -> None:
    """Write a key locked to `path` and its public half beside it; nothing is ever overwritten."""
    from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat

    check_passphrase(passphrase, names)
    check_free(path)
    lock = PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(ROUNDS).build(passphrase.encode())
    body = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, lock)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_new(path, body, 0o600)
    try:
        write_public(path, public_pem(private), comment)
    except BaseException:
        path.unlink(missing_ok=True)  # a private half alone would hold the name and open nothing
        raise


def write_public(path: Path, pem: str, comment: str = "") -> None:
    """Write the public half beside where a key file is or would be."""
    note = " ".join(comment.replace("-----", "").split())
    write_new(public_path(path), f"{note}\n{pem}".lstrip().encode(), 0o644)


def load(path: Path, passphrase: str) -> FileSigner:
    """Return the unlocked key of a file; raises BrokenInput, or WrongUse for a wrong passphrase."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    body = read_small(path)
    _close_to_others(path)
    _check_locked(body, path)
    try:
        private = load_ssh_private_key(body, passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise WrongUse(
            f"The key “{path.name}” did not open: the passphrase is wrong or the file is damaged.",
            "Try again.",
        ) from None
    return FileSigner(accepted(private, path.name))


def accepted(private: object, name: str) -> PrivateKey:
    """Return a private key of a kind that may sign here; raises BrokenInput that names the kind."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private
    if isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1):
        return private
    kind = "of a kind that is not used for approvals"
    if isinstance(private, rsa.RSAPrivateKey):
        kind = f"an RSA key ({private.key_size} bits)"
    elif isinstance(private, ec.EllipticCurvePrivateKey):
        kind = f"an ECDSA key on the curve {private.curve.name}"
    elif isinstance(private, dsa.DSAPrivateKey):
        kind = "a DSA key"
    elif isinstance(private, ed448.Ed448PrivateKey):
        kind = "an Ed448 key"
    raise BrokenInput(f"“{name}” is {kind}.", ONLY)


def read_public(path: Path) -> str:
    """Return the public half (PEM) that lies beside a key file; no passphrase is needed."""
    raw = read_small(public_path(path)).decode("utf-8", "replace")
    return raw[max(raw.find("-----BEGIN PUBLIC KEY-----"), 0) :]


def public_pem(private: PrivateKey) -> str:
    """Return the public half as a PEM block "PUBLIC KEY" (SPKI)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def public_path(path: Path) -> Path:
    """Return where the public half of a key file lies."""
    return path.with_name(path.name.removesuffix(SUFFIX) + PUBLIC_SUFFIX)


def check_passphrase(passphrase: str, names: tuple[str, ...]) -> None:
    """Raise WrongUse for a passphrase that is too short, or guessed at once by who knows these names."""
    found = strength(passphrase, names)
    if found.grade == "too weak":
        raise WrongUse(
            f"This passphrase is too weak ({found.words.partition(': ')[2].rstrip('.')}).",
            found.advice or "Four unrelated words make a good one.",
        )


def check_free(path: Path) -> None:
    """Raise WrongUse where a key of this name is there already."""
    for each in (path, public_path(path)):
        if os.path.lexists(each):
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
            f"“{path.name}” is not an OpenSSH private key.",
            "Choose a file that ends in .key; `cobuilder key import` takes others.",
        ) from None
    raise BrokenInput(
        f"The key “{path.name}” has no passphrase, so anyone with the file could sign.",
        f"Give it one with `ssh-keygen -p -a {ROUNDS} -f {path}`.",
    )


def read_small(path: Path) -> bytes:
    """Return the bytes of a key file; raises BrokenInput with a sentence. What never ends is not read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BrokenInput(f"“{path}” is not a file.", "Choose a file that ends in .key.")
        with path.open("rb") as file:
            body = file.read(MAX_FILE + 1)
        if len(body) > MAX_FILE:
            raise BrokenInput(f"“{path}” is too large for a key file.", "Choose a file that ends in .key.")
        return body
    except OSError:
        raise BrokenInput(
            f"The key file “{path}” cannot be read.", "Check the name with `cobuilder key list`."
        ) from None


def write_new(path: Path, body: bytes, mode: int) -> None:
    """Write a file that is not there yet, with this mode from its first moment, whole or not at all."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise WrongUse(f"{path} cannot be written: {error.strerror}.", "Choose another place.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise WrongUse(f"{path} cannot be written: {error.strerror}.", "Make room for it.") from error


def _close_to_others(path: Path) -> None:
    """Take a key file of one's own out of others' sight; a file system without modes is left as it is."""
    with suppress(OSError):
        found = path.stat()
        if os.name == "posix" and found.st_mode & 0o077 and found.st_uid == os.geteuid():
            path.chmod(0o600)
