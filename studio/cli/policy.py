"""The verbs policy new, show and check: IT writes down who must approve, reads it, and looks for faults.

- The verbs that change a policy stand in `policy_edits`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import approval_policy, read_bytes
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.services.policy_file import Approver

policy_app = typer.Typer(
    name="policy",
    help="IT's approval policy: new, show, check, environment, person, key, revoke, valid, take.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
PolicyFile = Annotated[Path, typer.Argument(help="The approval policy.", metavar="POLICY")]


def public_key(path: Path) -> str:
    """Return the PEM block of a public key's file; what stands before it is a remark."""
    pem = read_bytes(path, "The public key").decode(errors="replace")
    if "PRIVATE KEY" in pem:
        raise WrongUse(
            f"{path} is a private key, which never leaves its owner.",
            "Ask them for the public one: `cobuilder key show NAME`.",
        )
    return pem[max(pem.find("-----BEGIN"), 0) :]


def _approver(text: str) -> Approver:
    from studio.services.policy_file import Approver

    parts = text.split(":", 3)
    if len(parts) != 4 or not all(parts):
        raise WrongUse(
            f"“{text}” does not say who may approve.",
            "Write it as ID:NAME:ROLE:PUBLIC-KEY-FILE; several roles with a plus sign, as author+it.",
        )
    strange = sorted(set(parts[2].split("+")) - {"author", "compliance", "it"})
    if strange:
        raise WrongUse(f"“{strange[0]}” is no role.", "Choose from author, compliance and it.")
    return Approver(parts[0], parts[1], tuple(parts[2].split("+")), public_key(Path(parts[3])))


@policy_app.command("new")
def policy_new(
    file: Annotated[Path, typer.Argument(help="The file to write, as approval-policy.json.")],
    agent: Annotated[
        str, typer.Option(help="The id of the agent it is for, as returns-assistant.", metavar="ID")
    ],
    person: Annotated[
        list[str],
        typer.Option(help="Who may approve; repeat for each.", metavar="ID:NAME:ROLE:PUBLIC-KEY-FILE"),
    ],
    as_json: JsonFlag = False,
) -> None:
    """Write an approval policy; its keys count from now on, for a year.

    Production asks for one author, one compliance and one IT, staging for author and compliance:
    `policy environment` says otherwise.

    \b
    Example:
      cobuilder policy new approval-policy.json --agent returns-assistant \\
        --person ana:'Ana Silva':author:ana.pub.pem \\
        --person ben:'Ben Okoro':compliance:ben.pub.pem \\
        --person chi:'Chi Nguyen':it:chi.pub.pem
    """
    from studio.assembly import now
    from studio.release.policy import check_policy
    from studio.services.policy_file import new_policy, write_policy

    if file.exists():
        raise WrongUse(
            f"{file} is there already.", "Name another file, or change it: `cobuilder policy --help`."
        )
    policy = new_policy(agent, [_approver(text) for text in person], now())
    check_policy(policy)
    write_policy(file, policy)
    if as_json:
        put_json(
            {"file": str(file), "version": policy.version, "people": [each.id for each in policy.people]}
        )
        return
    say(f"Wrote {file}: {len(policy.people)} people may approve releases of {agent}.")
    say(f"Read it in words, and have the fingerprints read to you: cobuilder policy show {file}")


@policy_app.command("show")
def policy_show(file: PolicyFile, as_json: JsonFlag = False) -> None:
    """Tell a policy in words: what each environment demands, who may approve, which keys count until when.

    \b
    Example:
      cobuilder policy show approval-policy.json
    """
    from studio.assembly import now
    from studio.domain.frozen import to_json
    from studio.release import keys
    from studio.release.policy import trusted_keys
    from studio.services import policy_words

    policy, moment = approval_policy(file), now()
    if as_json:
        known = [
            {"fingerprint": keys.fingerprint(identity), "key_id": identity, **to_json(key)}
            for identity, key in trusted_keys(policy).items()
        ]
        put_json({**to_json(policy), "keys": known})
        return
    for line in policy_words.described(policy, moment):
        say(line)
    for sentence in (*policy_words.troubles(policy, moment), *policy_words.remarks(policy, moment)):
        say(f"\n! {sentence}")


@policy_app.command("check")
def policy_check(file: PolicyFile, as_json: JsonFlag = False) -> None:
    """Check a policy, also one changed by hand: its form, and whether today's keys can meet what it demands.

    Exit code 3 for a broken file, with the line; 1 where it demands what nobody can give now; else 0.

    \b
    Example:
      cobuilder policy check approval-policy.json
    """
    from studio.assembly import now
    from studio.services import policy_words

    policy, moment = approval_policy(file), now()
    unmet, soon = policy_words.troubles(policy, moment), policy_words.remarks(policy, moment)
    if as_json:
        put_json(
            {"ok": not unmet, "id": policy.id, "version": policy.version, "troubles": unmet, "remarks": soon}
        )
    else:
        for sentence in (*unmet, *soon):
            say(f"! {sentence}")
        says = "cannot be met as it is" if unmet else "is sound"
        say(f"{file} {says}: {policy.id}, version {policy.version}.")
    raise typer.Exit(1 if unmet else 0)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    app.add_typer(policy_app)
