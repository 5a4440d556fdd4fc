"""Verbs on a repository of releases: for those who run it, and for those who pull from it.

- Only `refresh` (alone or as the last part of `publish`) changes what readers see.
- Keys come from your key store by name or path; `--passphrase-file` stands once for all, or once for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say, table
from studio.cli.places import approval_policy, read_bytes
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.distribution import Refreshed, RepositoryStatus, WaitingRow
    from studio.ports import Signer

repo_app = typer.Typer(
    name="repo",
    help=(
        "A repository of releases that readers need not trust: init, sign, refresh, publish, status; pull. "
        "A folder, or any web server that shows it; the format is TUF's."
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
)
Folder = Annotated[Path, typer.Argument(help="The repository's folder.", metavar="FOLDER")]
Keys = Annotated[
    list[str] | None, typer.Option("--key", help="A key that signs: its name, or its file. Repeatable.")
]
Online = Annotated[str, typer.Option("--online-key", help="The online key, for snapshot and timestamp.")]
Passphrases = Annotated[
    list[Path] | None,
    typer.Option(
        "--passphrase-file", help="Read the passphrase from here; one, or one each.", metavar="FILE"
    ),
]
TrustedRoot = Annotated[
    Path | None,
    typer.Option(
        "--root",
        envvar="COBUILDER_REPO_ROOT",
        help="The root.json you trust; checked before anything is signed.",
    ),
]
Public = "public key (PEM) or key name; repeatable"


def public_half(given: str) -> str:
    """Return a public key in PEM: from a file, or of a key in the key store."""
    from studio.cli.key_places import key_store

    path = Path(given)
    if path.suffix == ".pem" or (path.is_file() and path.read_bytes().startswith(b"-----BEGIN PUBLIC")):
        text = read_bytes(path, "The public key").decode("utf-8", "replace")
        return text[max(text.find("-----BEGIN PUBLIC KEY-----"), 0) :]
    return key_store().find(given).public_pem


def unlock(names: Sequence[str], files: Sequence[Path]) -> list[Signer]:
    """Return the unlocked keys; `files` holds one passphrase for all, or one for each."""
    from studio.cli.key_places import key_store, secret_for

    if len(files) > 1 and len(files) != len(names):
        raise WrongUse(
            f"{len(names)} keys and {len(files)} passphrase files were given.",
            "Give one, or one for each key.",
        )
    store = key_store()
    found = []
    for at, name in enumerate(names):
        file = files[at if len(files) > 1 else 0] if files else None
        found.append(store.open(name, secret_for(store, name, file)))
    return found


def _counts(given: Sequence[str], what: str) -> dict[str, int]:
    """Return numbers by role, from options such as `production=2`."""
    found = {}
    for each in given:
        role, _, number = each.partition("=")
        if not number.isdigit() or not 0 < int(number) <= 3650:
            raise WrongUse(
                f"“{each}” is no {what}.", f"Write it as production={'2' if what == 'count' else '90'}."
            )
        found[role] = int(number)
    return found


def _tell_waiting(rows: Sequence[WaitingRow]) -> None:
    for row in rows:
        say(f"Waiting: {row.role}, version {row.version} ({row.file})")
        for line in row.says:
            say(f"    {line}")
        if row.missing:
            say(f"    still to sign, {row.wanted} of: {', '.join(row.missing)}")
        else:
            say("    signed by enough; `cobuilder repo refresh` makes it visible")


def _tell_left(folder: Path, rows: Sequence[WaitingRow]) -> None:
    """Tell briefly what is still to be signed; what it says, `init` and `status` told."""
    for row in rows:
        if row.missing:
            say(f"  {row.role}: still to sign, {row.wanted} of: {', '.join(row.missing)}")
    if any(row.missing for row in rows):
        say(f"What each of them says: cobuilder repo status {folder}")
    else:
        say(f"All is signed by enough: cobuilder repo refresh {folder} --online-key … makes it visible.")


def _tell_refreshed(done: Refreshed) -> None:
    took = f", with {', '.join(done.taken)}" if done.taken else ""
    say(f"Readers see version {done.timestamp_version}{took}.")
    say(f"It counts until {done.timestamp_expires:%Y-%m-%d %H:%M} UTC; refresh before, best every day.")
    if "root" in done.taken:
        say(f"Hand {done.root_file} to every reader yourself; fingerprint {done.root_fingerprint}")
    _tell_waiting(done.waiting)


@repo_app.command("init")
def repo_init(
    folder: Folder,
    policy: Annotated[Path, typer.Option(help="IT's approval policy; it is published, too.", metavar="FILE")],
    root_key: Annotated[list[str], typer.Option(help=f"Who signs the root: {Public}, usually three.")],
    staging_key: Annotated[list[str], typer.Option(help=f"Who publishes for staging: {Public}.")],
    production_key: Annotated[list[str], typer.Option(help=f"Who publishes for production: {Public}.")],
    online_key: Annotated[
        str, typer.Option(help="The key for snapshot and timestamp, used for nothing else.")
    ],
    targets_key: Annotated[
        list[str] | None,
        typer.Option(help=f"Who signs the policy: {Public}.", show_default="the root's keys"),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(help="How many must sign, as production=2.", show_default="root=2 targets=2, others 1"),
    ] = None,
    days: Annotated[
        list[str] | None,
        typer.Option(
            help="How long a document counts, as timestamp=1.",
            show_default="root 365, targets 365, environments 120, snapshot 14, timestamp 7",
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Draft a repository: who signs what. Public halves are enough; private keys stay where they are.

    \b
    Example:
      cobuilder repo init /srv/releases --policy approval-policy.json \\
        --root-key ana.pub.pem --root-key ben.pub.pem --root-key cleo.pub.pem \\
        --staging-key ida.pub.pem --production-key ida.pub.pem --online-key online.pub.pem
    """
    from studio import assembly

    given = {"root": root_key, "targets": targets_key or [], "staging": staging_key}
    given |= {"production": production_key, "snapshot": [online_key], "timestamp": [online_key]}
    pems = {role: [public_half(each) for each in names] for role, names in given.items() if names}
    counts, lasts = _counts(threshold or (), "count"), _counts(days or (), "number of days")
    rows = assembly.repository(folder).init(approval_policy(policy), pems, counts, lasts)
    if as_json:
        put_json(rows)
        return
    say(f"Drafted the repository {folder}. Nothing is visible yet.")
    _tell_waiting(rows)


@repo_app.command("sign")
def repo_sign(
    folder: Folder,
    key: Keys = None,
    copy: Annotated[
        list[Path] | None,
        typer.Option(
            "--add", help="Take the signatures of a draft that was signed elsewhere.", metavar="FILE"
        ),
    ] = None,
    passphrase_file: Passphrases = None,
    root: TrustedRoot = None,
    as_json: JsonFlag = False,
) -> None:
    """Sign what waits, after everything in it was checked; or take signatures that were made elsewhere.

    A root key may stay on its own computer: sign a copy of FOLDER there, and bring back its `draft` file.

    \b
    Examples:
      cobuilder repo sign /srv/releases --key ana
      cobuilder repo sign /srv/releases --add /media/stick/root.json
    """
    from studio import assembly

    if not key and not copy:
        raise WrongUse("Nothing to sign with was given.", "Use --key NAME, or --add FILE.")
    signers = unlock(key or (), passphrase_file or ())
    copies = [read_bytes(path, "The signed copy") for path in copy or ()]
    done, rows = assembly.repository(folder, _trusted(root)).sign(signers, copies)
    if as_json:
        put_json({"signed": done, "waiting": rows})
        return
    say(f"Signed: {', '.join(done)}.")
    _tell_left(folder, rows)


@repo_app.command("refresh")
def repo_refresh(
    folder: Folder,
    online_key: Online,
    passphrase_file: Passphrases = None,
    root: TrustedRoot = None,
    as_json: JsonFlag = False,
) -> None:
    """Make visible what is signed, and renew what tells readers that nothing is held back. Run it daily.

    \b
    Example:
      cobuilder repo refresh /srv/releases --online-key online --passphrase-file online.pass
    """
    from studio import assembly

    [signer] = unlock([online_key], passphrase_file or ())
    done = assembly.repository(folder, _trusted(root)).refresh(signer)
    if as_json:
        put_json(done)
        return
    _tell_refreshed(done)


@repo_app.command("publish")
def repo_publish(
    folder: Folder,
    bundle: Annotated[Path, typer.Argument(help="The bundle, as NAME-2.cobundle.", metavar="BUNDLE")],
    key: Keys = None,
    online_key: Online = "",
    passphrase_file: Passphrases = None,
    root: TrustedRoot = None,
    as_json: JsonFlag = False,
) -> None:
    """Publish a bundle for its environment, and move the environment's channel to it.

    The bundle is verified under the repository's approval policy first. Without the keys it waits for them.
    With an online key, the passphrase files are those of the keys and then of the online key.

    \b
    Example:
      cobuilder repo publish /srv/releases returns-assistant-2.cobundle --key ida --online-key online
    """
    from studio import assembly

    names = [*(key or ()), *([online_key] if online_key else ())]
    signers = unlock(names, passphrase_file or ())
    online = signers.pop() if online_key else None
    data = read_bytes(bundle, "The bundle")
    done = assembly.repository(folder, _trusted(root)).publish(data, signers, online)
    if as_json:
        put_json(done)
        return
    say(done.sentence)
    _tell_waiting(done.waiting)
    if done.refreshed:
        _tell_refreshed(done.refreshed)


@repo_app.command("policy")
def repo_policy(
    folder: Folder,
    policy: Annotated[Path, typer.Argument(help="The newer approval policy.", metavar="FILE")],
    root: TrustedRoot = None,
    as_json: JsonFlag = False,
) -> None:
    """Draft that a newer approval policy is published; sign and refresh make it visible.

    \b
    Example:
      cobuilder repo policy /srv/releases approval-policy.json
    """
    from studio import assembly

    row = assembly.repository(folder, _trusted(root)).set_policy(approval_policy(policy))
    put_json(row) if as_json else _tell_waiting([row])


@repo_app.command("renew")
def repo_renew(
    folder: Folder,
    role: Annotated[str, typer.Argument(help="root, targets, staging, production; timestamp with keys.")],
    add: Annotated[list[str] | None, typer.Option("--add-key", help=f"Signs from now on: {Public}.")] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove-key", help="Signs no more: fingerprint, as `status` shows it."),
    ] = None,
    threshold: Annotated[int | None, typer.Option(help="How many must sign from now on.", min=1)] = None,
    root: TrustedRoot = None,
    as_json: JsonFlag = False,
) -> None:
    """Draft the next version of a document: counting longer, or signed by other keys.

    \b
    Examples:
      cobuilder repo renew /srv/releases root
      cobuilder repo renew /srv/releases root --remove-key 7QK2-… --add-key dora.pub.pem
      cobuilder repo renew /srv/releases timestamp --remove-key … --add-key online-2.pub.pem
    """
    from studio import assembly

    opened = assembly.repository(folder, _trusted(root))
    pems = [public_half(each) for each in add or ()]
    rows = opened.change_keys(role, pems, remove or (), threshold)
    put_json(rows) if as_json else _tell_waiting(rows)


@repo_app.command("discard")
def repo_discard(
    folder: Folder, role: Annotated[str, typer.Argument(help="The role whose draft is thrown away.")]
) -> None:
    """Throw away what waits for signatures of a role.

    \b
    Example:
      cobuilder repo discard /srv/releases production
    """
    from studio import assembly

    assembly.repository(folder).discard(role)
    say(f"What waited of {role} is gone; readers saw nothing of it.")


@repo_app.command("status")
def repo_status(folder: Folder, root: TrustedRoot = None, as_json: JsonFlag = False) -> None:
    """Show what readers see, who signs it, how long it counts, and what waits. Exit code 1 if it ran out.

    \b
    Example:
      cobuilder repo status /srv/releases
    """
    from studio import assembly

    status = assembly.repository(folder, _trusted(root)).status()
    if as_json:
        put_json(status)
    else:
        _tell_status(status)
    raise typer.Exit(1 if any(row.expired for row in status.roles) else 0)


def _tell_status(status: RepositoryStatus) -> None:
    say(f"{status.folder}: {status.agent or 'nothing is published yet'}, {status.policy or 'no policy yet'}")
    rows = [
        (r.role, r.version, f"{r.expires:%Y-%m-%d}", f"{r.threshold} of {len(r.keys)}", " ".join(r.keys))
        for r in status.roles
    ]
    if rows:
        table(("document", "version", "counts until", "signed by", "keys"), rows)
    for channel in status.channels:
        say(f"{channel.environment} takes release {channel.release_sequence}: {channel.bundle}")
    _tell_waiting(status.waiting)
    for warning in status.warnings:
        say(f"Mind: {warning}")


@repo_app.command("pull")
def repo_pull(
    source: Annotated[str, typer.Argument(help="The repository: a folder, or an address.", metavar="SOURCE")],
    environment: Annotated[str, typer.Option(help="For which environment.")] = "production",
    to: Annotated[Path, typer.Option(help="The folder for the bundle.")] = Path("."),
    state: Annotated[
        Path,
        typer.Option(help="The folder that remembers what was seen; keep it.", envvar="COBUILDER_REPO_STATE"),
    ] = Path("repo-state"),
    root: Annotated[
        Path | None, typer.Option(help="The root.json that IT handed to you; needed at the first pull.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="IT's approval policy: the bundle is judged by it.", metavar="FILE")
    ] = None,
    policy_from_repository: Annotated[
        bool, typer.Option("--policy-from-repository", help="Judge it by the policy that is published there.")
    ] = False,
    seconds: Annotated[int, typer.Option(help="How long it may take in all.", min=1, max=86400)] = 900,
    as_json: JsonFlag = False,
) -> None:
    """Bring the release that an environment is to take. Exit code 1 if anything on the way is refused.

    \b
    Example:
      cobuilder repo pull https://releases.example.com --root root.json --policy approval-policy.json
    """
    from studio import assembly
    from studio.domain.distribution import PullWish

    wish = PullWish(
        environment=environment,
        target=to,
        root=read_bytes(root, "The root file") if root else None,
        policy=approval_policy(policy) if policy else None,
        policy_from_repository=policy_from_repository,
    )
    pulled = assembly.pull(source, state, wish, seconds)
    if as_json:
        put_json(pulled)
        return
    say(f"{'Pulled' if pulled.new else 'Nothing new:'} {pulled.sentence}")
    say(f"  file: {pulled.file}  (SHA-256 {pulled.sha256})")
    if pulled.verification is None:
        say("  Its approvals were not judged: give --policy, or let `cobuilder registry import` do it.")
    else:
        whose = "your approval policy" if pulled.policy == "file" else "the repository's own policy"
        say(f"  Verified under {whose}.")
    say(f"  Trust began with root.json {pulled.root_fingerprint}; now it is version {pulled.root_version}.")
    say(f"  The repository counts until {pulled.timestamp_expires:%Y-%m-%d %H:%M} UTC.")


def _trusted(root: Path | None) -> bytes | None:
    return read_bytes(root, "The trusted root file") if root else None


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(repo_app)
