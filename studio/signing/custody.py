"""Custody: finds private keys by URI and lists those in the key folder.

- `file:PATH` (a bare name is looked up in the key folder). Other schemes are refused by name.
- A new key proves possession by signing a challenge before IT puts it on the list.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from studio.domain.errors import BrokenInput, WrongUse
from studio.ports import Signer
from studio.release import dsse, keys
from studio.signing.key_file import SUFFIX, FileSigner, KeyInfo, describe, load, new_key

CHALLENGE_TYPE = "application/vnd.cobuilder-studio.possession+text"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class FileKeyStore:
    """The keys in one folder; a `studio.ports.KeyStore`."""

    def __init__(self, folder: Path | None = None) -> None:
        """Take the folder; by default the user's own key folder."""
        self.folder = folder or key_folder()

    def new(self, name: str, passphrase: str, comment: str = "") -> str:
        """Make a key of this name; return its URI. Raises WrongUse if the name is taken."""
        if not NAME.fullmatch(name):
            raise WrongUse(
                f"“{name}” cannot name a key.", "Use letters, digits, dots, dashes and underscores."
            )
        path = self.folder / f"{name}{SUFFIX}"
        new_key(path, passphrase, comment)
        return path.resolve().as_uri()

    def open(self, uri: str, passphrase: str) -> FileSigner:
        """Unlock a key by URI, path or name; raises WrongUse for a wrong passphrase."""
        return open_signer(uri, passphrase, self.folder)

    def list(self) -> tuple[KeyInfo, ...]:
        """Return the keys of the folder, by name."""
        return list_keys(self.folder)


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
        raise WrongUse(f"Keys of the kind “{parts.scheme}:” are not supported.", "Use file:PATH.")
    else:
        path = Path(uri)
    if path.parent == Path(".") and not path.exists():
        path = (folder or key_folder()) / path
    return path if path.exists() or path.name.endswith(SUFFIX) else path.with_name(path.name + SUFFIX)


def open_signer(uri: str, passphrase: str, folder: Path | None = None) -> FileSigner:
    """Return the unlocked signer behind a key URI."""
    return load(locate(uri, folder), passphrase)


def list_keys(folder: Path | None = None) -> tuple[KeyInfo, ...]:
    """Return the readable keys of a folder by name; files that are no keys are passed over."""
    found = []
    for path in sorted((folder or key_folder()).glob(f"*{SUFFIX}")):
        try:
            found.append(describe(path))
        except BrokenInput:
            continue
    return tuple(found)


def new_challenge() -> bytes:
    """Return fresh random bytes for a key's owner to sign."""
    return secrets.token_hex(32).encode("ascii")


def prove_possession(signer: Signer, challenge: bytes) -> bytes:
    """Return the signature that shows that the signer holds the private key."""
    return signer.sign(dsse.pae(CHALLENGE_TYPE, challenge))


def possession_proved(public_pem: str, challenge: bytes, proof: bytes) -> bool:
    """Return whether the proof over this challenge was made by this key."""
    return keys.verify(public_pem, proof, dsse.pae(CHALLENGE_TYPE, challenge))
