"""Keys of model providers: in this computer's key store or an environment variable, named by a reference.

- `keyring:NAME` is the system's key store (Keychain, Credential Manager, Secret Service); `env:NAME` means a
  variable. Only references are kept; a key is fetched when it is needed, and goes to the worker process only.
- The library is imported when a key is needed; where there is no key store, that is said plainly.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.domain.errors import ProviderFailed, WrongUse
from studio.domain.model import ModelFailure

if TYPE_CHECKING:
    from types import ModuleType

SERVICE = "CoBuilder Studio"
_SET = "`cobuilder model key` stores one; or name an environment variable, as env:OPENAI_API_KEY."


class KeyMissing(Exception):
    """The key that the settings name is not to be had; `failure` says so."""

    def __init__(self, what: str, todo: str) -> None:
        """Take what is wrong, and what to do."""
        super().__init__(what)
        self.failure = ModelFailure(kind="refused", sentence=what, advice=todo)


def find_key(reference: str) -> str | None:
    """Return the key that a reference means, None for an empty reference; raises KeyMissing."""
    if not reference:
        return None
    where, _, name = reference.partition(":")
    if where == "env":
        if value := os.environ.get(name, "").strip():
            return value
        raise KeyMissing(f"The environment variable {name}, which shall hold the key, is not set.", _SET)
    try:
        value = (_store().get_password(SERVICE, name) or "").strip()
    except ProviderFailed as error:
        raise KeyMissing(error.what, error.todo) from None
    except Exception as error:  # a key store may be locked, and each says so in its own way
        raise KeyMissing(f"The key store did not open ({type(error).__name__}).", "Unlock it.") from None
    if not value:
        raise KeyMissing(f"The key store holds no key named “{name}”.", _SET)
    return value


class ModelKeys:
    """The keys of model providers, by reference; a key itself is only taken in, never shown."""

    def state(self, reference: str, *, look: bool = True) -> str:
        """Return in words whether a key is there; without `look` the key store, which may ask, stays shut."""
        if not reference:
            return "none is named"
        if not look and reference.startswith("keyring:"):
            return f"in this computer's key store, as {reference}"
        try:
            find_key(reference)
        except KeyMissing as missing:
            return missing.failure.sentence
        return "it is there"

    def keep(self, reference: str, key: str) -> None:
        """Put a key into the key store; raises WrongUse or ProviderFailed."""
        name = _stored_name(reference)
        if not key.strip() or len(key) > 4096 or any(sign.isspace() for sign in key.strip()):
            raise WrongUse("That is no key: it is empty, too long, or has blanks in it.", "Copy it again.")
        _try(lambda: _store().set_password(SERVICE, name, key.strip()), "keep the key")

    def forget(self, reference: str) -> bool:
        """Take a key out of the key store; return whether one was there."""
        name = _stored_name(reference)
        found = []

        def remove() -> None:
            if _store().get_password(SERVICE, name) is not None:
                _store().delete_password(SERVICE, name)
                found.append(name)

        _try(remove, "forget the key")
        return bool(found)


def _stored_name(reference: str) -> str:
    where, _, name = reference.partition(":")
    if where != "keyring" or not name:
        raise WrongUse(
            f"“{reference}” does not name a key in this computer's key store.",
            "Write it as keyring:NAME, as in keyring:openai.",
        )
    return name


def _try(deed: Callable[[], None], words: str) -> None:
    try:
        deed()
    except ProviderFailed:
        raise
    except Exception as error:  # its text may hold anything, so only its kind is told
        raise ProviderFailed(
            f"The key store did not {words} ({type(error).__name__}).", "Unlock it, then try again."
        ) from None


def _store() -> ModuleType:
    try:
        import keyring
        from keyring.backends import fail, null
    except ImportError:
        raise ProviderFailed(
            "The part that opens this computer's key store is not installed.",
            "Install it: pip install 'cobuilder-studio[model]'; or use an environment variable (env:NAME).",
        ) from None
    if isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring):
        raise ProviderFailed(
            "This computer has no key store that programs can use.",
            "Put the key into an environment variable, and name it as env:NAME.",
        )
    store: ModuleType = keyring
    return store
