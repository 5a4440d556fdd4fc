"""What verbs on keys share: the key store, what unlocks a key, a fingerprint that was heard, new files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import note, say
from studio.cli.places import passphrase, settings_for
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.assembly import FileKeyStore

PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="Read the passphrase (or PIN) from this file.", metavar="FILE"),
]
Module = Annotated[
    str, typer.Option("--module", help="The library that speaks to the token (PKCS#11).", metavar="FILE")
]


def key_store(module: str = "") -> FileKeyStore:
    """Return this user's keys."""
    from studio import assembly

    return assembly.key_store(settings_for(""), module)


def secret_for(store: FileKeyStore, key: str, file: Path | None) -> str:
    """Return what unlocks a key: read or asked for; nothing where the key store holds it."""
    word = store.asks_for(key)
    return passphrase(file, word=word) if word else ""


def new_secret(file: Path | None, *names: str) -> str:
    """Return a new passphrase, and say on the terminal how hard it is to guess."""
    from studio.domain.passphrase import strength

    given = passphrase(file, new=True)
    found = strength(given, names)
    if found.grade != "too weak":  # that is refused, and said there
        note(f"{found.words} {found.advice}".rstrip())
    return given


def compare_with(heard: str, shown: str) -> None:
    """Say whether what was heard is this fingerprint; exit code 1 where it is not."""
    from studio.release.keys import compare_fingerprint

    if heard:
        difference = compare_fingerprint(heard, shown)
        say(difference or "It matches.")
        if difference:
            raise typer.Exit(1)


def put_new(target: Path, data: bytes) -> None:
    """Write a file that must not be there yet."""
    from studio.services.whole_file import write_whole

    check_free(target)
    write_whole(target, data)


def check_free(target: Path) -> None:
    """Raise WrongUse where a file is there already."""
    if target.exists():
        raise WrongUse(f"{target} is there already.", "Name another file.")
