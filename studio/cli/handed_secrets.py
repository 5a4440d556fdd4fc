"""Secrets that this program is handed by its environment: taken out at the start, so that no child has them.

- Children are metrics commands, worker processes, sandboxes, and whatever a library starts: all of them
  inherit the environment, and none of them needs these.
- Variables that a user names, for a model's key or a system's token, are the user's own and are left alone.
- Other programs of the same user can still read what this program was started with: a file or a terminal is
  better.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

PASSPHRASE, SERVE_TOKEN = "COBUILDER_PASSPHRASE", "COBUILDER_SERVE_TOKEN"
NAMES = (PASSPHRASE, SERVE_TOKEN)
_taken: dict[str, str] = {}


def take() -> None:
    """Take the secrets out of this program's environment and keep them; for its very start."""
    for name in NAMES:
        if name in os.environ:
            _taken[name] = os.environ.pop(name)


def handed(name: str) -> str | None:
    """Return a secret that this program was handed, or None."""
    return os.environ.get(name, _taken.get(name))


def for_children(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for somebody else's program: without secrets, and no database's password."""
    given = os.environ if environment is None else environment
    return {
        name: value
        for name, value in given.items()
        if name not in NAMES and not (name == "COBUILDER_REGISTRY" and _holds_password(value))
    }


def _holds_password(place: str) -> bool:
    """Return whether a database's address holds a password."""
    account = place.partition("://")[2].rpartition("@")[0]
    return ":" in account or "password=" in place.lower()
