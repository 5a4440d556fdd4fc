"""Verbs on signing keys: new and list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say, table
from studio.cli.places import passphrase, settings_for

key_app = typer.Typer(
    name="key", help="Your signing keys: new, list.", no_args_is_help=True, rich_markup_mode=None
)

PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Read the passphrase from this file.", metavar="FILE")
]


@key_app.command("new")
def key_new(
    name: Annotated[str, typer.Argument(help="A name for the key, as ana.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a signing key (Ed25519), locked with a passphrase that cannot be recovered.

    \b
    Example:
      cobuilder key new ana
    """
    from studio.assembly import key_store

    store = key_store(settings_for(""))
    uri = store.new(name, passphrase(passphrase_file, new=True))
    info = next(key for key in store.list() if key.name == name)
    say(f"Made the key {uri}")
    say(f"Fingerprint to read to IT: {info.fingerprint}")
    say(f"Give IT the public half: {info.path.removesuffix('.key')}.pub.pem")


@key_app.command("list")
def key_list(as_json: JsonFlag = False) -> None:
    """List your signing keys with their fingerprints."""
    from studio.assembly import key_store

    keys = key_store(settings_for("")).list()
    if as_json:
        put_json(keys)
        return
    table(("name", "fingerprint", "file"), [(key.name, key.fingerprint, key.path) for key in keys])


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(key_app)
