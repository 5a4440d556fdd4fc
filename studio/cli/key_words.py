"""Verbs by which keys speak to IT, challenge, rotate, revoke; and by which IT listens: check."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.key_places import Module, PassphraseFile
from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import read_bytes

if TYPE_CHECKING:
    from studio.domain.key import CheckedStatement

PersonOption = Annotated[str, typer.Option(help="Your id in IT's policy, as ana.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="The file to write.", metavar="FILE")]
_SAID = {
    "possession": "{person} holds the key “{name}”",
    "replacement": "{person} replaces a key by “{name}”",
    "revocation": "{person} revokes a key",
}


def challenge(
    name: Annotated[str, typer.Argument(help="The key's name.")],
    person: PersonOption,
    code: Annotated[str, typer.Option(help="The code that IT gave you, if they gave one.")] = "",
    output: Output = None,
    module: Module = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write the file by which IT sees that you hold this key; send it, and read them the fingerprint.

    \b
    Example:
      cobuilder key challenge ana --person ana --code 4711
    """
    from studio.assembly import now
    from studio.cli.key_places import key_store, put_new, secret_for

    store = key_store(module)
    info = store.find(name)
    said = store.challenge(name, secret_for(store, name, passphrase_file), person, code, now())
    target = output or Path(f"{info.name}.key-statement.json")
    put_new(target, said)
    say(f"Wrote {target}. Send it to IT, and read them over the phone: {info.fingerprint}")


def rotate(
    name: Annotated[str, typer.Argument(help="The key that is replaced.")],
    new: Annotated[str, typer.Argument(help="The key that takes its place; made now unless it is there.")],
    person: PersonOption,
    output: Output = None,
    module: Module = "",
    passphrase_file: Annotated[
        Path | None, typer.Option("--passphrase-file", help="The old key's passphrase.", metavar="FILE")
    ] = None,
    new_passphrase_file: Annotated[
        Path | None, typer.Option("--new-passphrase-file", help="The new key's.", metavar="FILE")
    ] = None,
) -> None:
    """Replace a key: the old one signs that the new one takes its place. IT has to take it up.

    \b
    Example:
      cobuilder key rotate ana ana-2027 --person ana
    """
    from studio.assembly import now
    from studio.cli.key_places import check_free, key_store, new_secret, put_new, secret_for

    store = key_store(module)
    target = output or Path(f"{new}.key-statement.json")
    check_free(target)
    before = store.find(name)
    old_secret = secret_for(store, name, passphrase_file)
    store.open(name, old_secret)  # a wrong passphrase is told before a new key is made
    if new in {key.name for key in store.list()}:
        fresh = secret_for(store, new, new_passphrase_file)
    else:
        store.check_name(new)
        fresh = new_secret(new_passphrase_file, new, person)
        store.new(new, fresh, person)
    put_new(target, store.replace(name, old_secret, new, fresh, person, now()))
    store.mark_replaced(name, new)
    say(f"“{before.name}” is replaced by “{new}”: {store.find(new).fingerprint}")
    say(f"Wrote {target}. Send it to IT; until they take it up, the old key counts and the new does not.")
    _tell_policy(target)


def revoke(
    name: Annotated[str, typer.Argument(help="The key.")],
    person: PersonOption,
    reason: Annotated[str, typer.Option(help="Why: lost, seen by others, …")] = "",
    lost: Annotated[bool, typer.Option("--lost", help="The passphrase or token is lost.")] = False,
    output: Output = None,
    module: Module = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Revoke a key: it signs nothing here any more, which cannot be taken back; IT must be told.

    \b
    Example:
      cobuilder key revoke ana --person ana --reason 'laptop stolen'
    """
    from studio.assembly import now
    from studio.cli.key_places import check_free, key_store, put_new, secret_for

    store = key_store(module)
    info, moment = store.find(name), now()
    target = output or Path(f"{info.name}.key-statement.json")
    if not lost:
        check_free(target)
        said = store.last_word(name, reason, moment, secret_for(store, name, passphrase_file), person)
        put_new(target, said)  # before the key is marked: it could not sign this a second time
    store.mark_revoked(name, reason, moment)
    say(f"“{info.name}” ({info.fingerprint}) is revoked: it signs nothing here any more.")
    if not lost:
        say(f"Wrote {target}. Send it to IT at once.")
        _tell_policy(target)
    else:
        say("Tell IT at once, who revoke it in their policy:")
        say(f"  cobuilder policy revoke approval-policy.json {info.fingerprint}")


def check(
    file: Annotated[Path, typer.Argument(help="What the owner of a key sent: NAME.key-statement.json.")],
    code: Annotated[str, typer.Option(help="The code that you asked to be repeated.")] = "",
    compare: Annotated[
        str, typer.Option("--compare", help="The fingerprint you were read; exit code 1 if it differs.")
    ] = "",
    as_json: JsonFlag = False,
) -> None:
    """Check, at IT, what the owner of a key sent: that they hold it, replace it, or revoke it.

    \b
    Example:
      cobuilder key check ana.key-statement.json --compare 'K3F2 9QXA 11CD 0PQR 5STV 7WXY'
    """
    from studio.cli.key_places import compare_with
    from studio.release.key_statements import check_statement

    data = read_bytes(file, "The file")
    found = check_statement(data, code, str(file))
    if as_json:
        put_json(found)
    else:
        tell_statement(found)
        _tell_policy(file)
    compare_with(compare, found.fingerprint)


def tell_statement(found: CheckedStatement) -> None:
    """Print what the owner of a key said, and that its signatures hold."""
    said = _SAID[found.kind].format(person=found.person, name=found.name)
    say(f"✓ The signatures hold. {said}, signed on {found.made_at:%Y-%m-%d %H:%M} UTC.")
    if found.old_fingerprint:
        say(f"Old fingerprint: {found.old_fingerprint}")
    say(f"Fingerprint: {found.fingerprint}")
    say("Have it read to you by the person, on a number you know, before you take it up.")


def _tell_policy(file: Path) -> None:
    say("Into IT's policy, at IT:")
    say(f"  cobuilder policy take approval-policy.json {shlex.quote(str(file))}")


def register(key_app: typer.Typer) -> None:
    """Add these verbs to the group `key`."""
    for verb in (challenge, rotate, revoke, check):
        key_app.command(verb.__name__)(verb)
