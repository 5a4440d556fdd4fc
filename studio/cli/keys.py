"""Verbs on signing keys: make, list, show, import; what keys say to IT, and how IT checks it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.key_places import Module, PassphraseFile, compare_with, key_store, new_secret
from studio.cli.output import JsonFlag, put_json, say, table
from studio.cli.places import passphrase
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.key import KeyInfo

key_app = typer.Typer(
    name="key",
    help="Signing keys: new, list, show, import, tokens, keyring, challenge, rotate, revoke; check for IT.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

NewPassphraseFile = Annotated[
    Path | None,
    typer.Option("--new-passphrase-file", help="Read the new key's passphrase from here.", metavar="FILE"),
]
Name = Annotated[str, typer.Argument(help="The key's name, as ana.")]
Token = Annotated[str, typer.Option("--token", help="The label of the security token.")]
Serial = Annotated[str, typer.Option("--serial", help="The serial number of the security token.")]
Object = Annotated[str, typer.Option("--object", help="What the key is called inside the token.")]
Compare = Annotated[
    str, typer.Option("--compare", help="The fingerprint you were read; exit code 1 if it differs.")
]


def _tell(info: KeyInfo) -> None:
    say(f"{info.name}: {info.algorithm}, {info.place}, {info.standing}")
    say(f"Fingerprint to read to IT: {info.fingerprint}")


@key_app.command("new")
def key_new(
    name: Name,
    owner: Annotated[str, typer.Option(help="Whose key it is; stands above the public half.")] = "",
    token: Token = "",
    serial: Serial = "",
    module: Module = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a signing key: Ed25519, locked with a passphrase that cannot be recovered; or in a token (P-256).

    \b
    Examples:
      cobuilder key new ana --owner 'Ana Silva'
      cobuilder key new ana --token 'Ana card' --module /usr/lib/softhsm/libsofthsm2.so
    """
    store = key_store(module)
    if token or serial:
        from studio.domain.key import TokenKey

        store.new_in_token(
            name, TokenKey(token=token, serial=serial), passphrase(passphrase_file, word="PIN")
        )
    else:
        store.check_name(name)  # told before a passphrase is typed twice
        store.new(name, new_secret(passphrase_file, name, owner), owner)
    info = store.find(name)
    say(f"Made the key {info.path}")
    say(f"Fingerprint to read to IT: {info.fingerprint}")
    say(f"Give IT the public half: {store.folder / name}.pub.pem")
    say(f"Better: cobuilder key challenge {name} --person YOU, which also shows that the key is yours.")


@key_app.command("import")
def key_import(
    name: Name,
    file: Annotated[
        Path | None, typer.Argument(help="A private key: OpenSSH or PKCS#8, Ed25519 or P-256.")
    ] = None,
    owner: Annotated[str, typer.Option(help="Whose key it is.")] = "",
    token: Token = "",
    serial: Serial = "",
    object_: Object = "",
    module: Module = "",
    passphrase_file: PassphraseFile = None,
    new_passphrase_file: NewPassphraseFile = None,
) -> None:
    """Take in a key that is there already, locked anew (bcrypt, 100 rounds); or one that a token holds.

    \b
    Examples:
      cobuilder key import ana ~/.ssh/id_ed25519
      cobuilder key import ana --token 'Ana card' --object signing
    """
    store = key_store(module)
    if token or serial:
        from studio.domain.key import TokenKey

        _tell(store.take_from_token(name, TokenKey(token=token, serial=serial, object=object_ or name)))
        return
    if file is None:
        raise WrongUse("What shall be imported is not said.", "Name a file, or --token LABEL.")
    store.check_name(name)
    locked = store.is_locked(file)
    present = passphrase(passphrase_file, word="Present passphrase") if locked else ""
    _tell(store.import_file(name, file, present, new_secret(new_passphrase_file, name, owner), owner))
    say(f"{file} still opens as before. Delete it once you need it for nothing else.")


@key_app.command("list")
def key_list(as_json: JsonFlag = False) -> None:
    """List your signing keys with their fingerprints."""
    found = key_store().list()
    if as_json:
        put_json(found)
        return
    rows = [(k.name, k.fingerprint, k.algorithm, k.place, k.standing, k.path) for k in found]
    table(("name", "fingerprint", "kind", "kept in", "standing", "file"), rows)


@key_app.command("show")
def key_show(name: Name, compare: Compare = "", module: Module = "", as_json: JsonFlag = False) -> None:
    """Show a key; with --compare, whether the fingerprint that somebody read out is this one.

    \b
    Example:
      cobuilder key show ana --compare 'K3F2 9QXA'
    """
    info = key_store(module).find(name)
    if as_json:
        put_json(info)
    else:
        _tell(info)
        say(info.public_pem.rstrip())
    compare_with(compare, info.fingerprint)


@key_app.command("tokens")
def key_tokens(module: Module = "", as_json: JsonFlag = False) -> None:
    """List the security tokens that are plugged in, and the keys they show without a PIN."""
    found = key_store(module).tokens()
    if as_json:
        put_json(found)
        return
    table(
        ("token", "serial", "maker", "keys"), [(t.label, t.serial, t.maker, ", ".join(t.keys)) for t in found]
    )


@key_app.command("keyring")
def key_keyring(
    name: Name,
    forget: Annotated[bool, typer.Option("--forget", help="Take it out again.")] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Let this computer's key store hold the passphrase of a key file, so that it need not be typed."""
    store = key_store()
    if forget:
        store.forget_passphrase(name)
        say(f"The passphrase of “{name}” is typed from now on.")
        return
    store.keep_passphrase(name, passphrase(passphrase_file))
    say(f"This computer's key store holds the passphrase of “{name}” now; the key itself stays in its file.")


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    from studio.cli import key_words

    key_words.register(key_app)
    app.add_typer(key_app)
