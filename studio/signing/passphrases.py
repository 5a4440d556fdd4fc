"""Passphrases in this computer's key store (Keychain, Credential Manager, Secret Service), by key id.

- The key store holds the passphrase of a key file at most; never a private key, never a token's PIN.
- The library is imported when it is needed; where there is no key store, that is said in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from studio.domain.errors import ProviderFailed, WrongUse

if TYPE_CHECKING:
    from types import ModuleType

SERVICE = "CoBuilder Studio signing keys"
Found = TypeVar("Found")


def keep(key_id: str, passphrase: str) -> None:
    """Let the key store hold the passphrase of a key."""
    _ask(lambda store: store.set_password(SERVICE, key_id, passphrase), "take the passphrase")


def find(key_id: str, name: str) -> str:
    """Return the passphrase that the key store holds; raises WrongUse where it holds none."""
    found: str | None = _ask(lambda store: store.get_password(SERVICE, key_id), "give the passphrase")
    if not found:
        raise WrongUse(
            f"This computer's key store holds no passphrase for the key “{name}”.",
            "Type it; it can be remembered anew afterwards.",
        )
    return found


def forget(key_id: str) -> None:
    """Take a passphrase out of the key store; nothing happens where none is there."""

    def remove(store: ModuleType) -> None:
        if store.get_password(SERVICE, key_id) is not None:
            store.delete_password(SERVICE, key_id)

    _ask(remove, "forget the passphrase")


def _ask(deed: Callable[[ModuleType], Found], words: str) -> Found:
    store = _store()
    try:
        return deed(store)
    except Exception as error:  # each key store fails in its own way; its text may hold anything
        if type(error).__name__ == "NoKeyringError":
            raise _none() from None
        raise ProviderFailed(
            f"This computer's key store did not {words}.",
            "Unlock it, then try again; or type the passphrase.",
        ) from None


def _store() -> ModuleType:
    try:
        import keyring
        from keyring.backends import fail, null
    except ImportError:
        raise ProviderFailed(
            "The part that opens this computer's key store is not installed.",
            "Install it: pip install 'cobuilder-studio[model]'; or type the passphrase each time.",
        ) from None
    if isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring):
        raise _none()
    store: ModuleType = keyring
    return store


def _none() -> ProviderFailed:
    what = "This computer has no key store that programs can use."
    return ProviderFailed(what, "Type the passphrase each time.")
