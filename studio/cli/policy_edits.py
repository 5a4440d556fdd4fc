"""The verbs that change an approval policy: environment, person, key, revoke, valid, take.

- Each tells what changes, in sentences, before the file is replaced in one step; --dry-run only tells.
- A change after which an environment could not be released to any more is told, and made only by an explicit
  yes: at the terminal, or with --yes.
- A change raises the version, so that the registry takes it as the newer one; what changes nothing does not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.key_words import tell_statement
from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import approval_policy, read_bytes, read_moment
from studio.cli.policy import PolicyFile, policy_app, public_key
from studio.domain.errors import Refused, WrongUse

if TYPE_CHECKING:
    from studio.domain.environment import ApprovalPolicy

Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", help="Write the new version here.", metavar="FILE", show_default="the same file"
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would change; write nothing.")]
Yes = Annotated[
    bool,
    typer.Option("--yes", help="Also where nobody could approve for an environment afterwards; do not ask."),
]
KeyName = Annotated[
    str,
    typer.Argument(
        help="The key: its fingerprint, the first signs of it, or a person with one key in use.",
        metavar="KEY",
    ),
]


def environment(
    file: PolicyFile,
    name: Annotated[str, typer.Argument(help="The environment, as production.")],
    require: Annotated[
        list[str] | None,
        typer.Option(help="How many of a role must approve; repeat for each role.", metavar="ROLE=COUNT"),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the environment out.")] = False,
    output: Output = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """Say how many of which role an environment demands; a new name adds the environment.

    Roles that are not named are not asked for. However many are: each person signs once, in one role.

    \b
    Examples:
      cobuilder policy environment approval-policy.json production --require author=1 \\
        --require compliance=1 --require it=2
      cobuilder policy environment approval-policy.json pilot --require author=1 --require it=1
    """
    from studio.services import policy_edits

    wanted = dict(_count(each) for each in require or [])
    if remove and wanted:
        raise WrongUse("An environment is taken out or asked for approvals, not both.", "Leave one out.")
    change(
        file,
        lambda policy: (
            policy_edits.without_environment(policy, name)
            if remove
            else policy_edits.demand(policy, _word(name), wanted)
        ),
        output,
        dry_run,
        as_json,
        yes,
    )


def person(
    file: PolicyFile,
    who: Annotated[str, typer.Argument(help="The person's id, as dora.", metavar="ID")],
    name: Annotated[str, typer.Option(help="Their name.", show_default=False)] = "",
    role: Annotated[
        list[str] | None, typer.Option(help="author, compliance or it; repeat for several.")
    ] = None,
    leaves: Annotated[
        bool, typer.Option("--leaves", help="They leave: all their keys are revoked as of now.")
    ] = False,
    output: Output = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """Add somebody who may approve, change their name or roles, or let them leave.

    Nobody is ever taken out of the list: what they signed before must stay readable.

    \b
    Examples:
      cobuilder policy person approval-policy.json dora --name 'Dora Lane' --role compliance
      cobuilder policy person approval-policy.json ben --leaves
    """
    from studio.assembly import now
    from studio.services import policy_edits

    if leaves and (name or role):
        raise WrongUse("Somebody leaves or is changed, not both.", "Leave one out.")
    moment = now()
    change(
        file,
        lambda policy: (
            policy_edits.leaves(policy, who, moment, moment)
            if leaves
            else policy_edits.put_person(policy, who, name, role or ())
        ),
        output,
        dry_run,
        as_json,
        yes,
    )


def key(
    file: PolicyFile,
    public: Annotated[
        Path, typer.Argument(help="The public key's file, as dora.pub.pem.", metavar="PUBLIC-KEY-FILE")
    ],
    person: Annotated[str, typer.Option(help="Whose key it is: their id in the policy.", metavar="ID")],
    since: Annotated[
        str, typer.Option("--from", help="From when it counts.", metavar="DATE", show_default="now")
    ] = "",
    until: Annotated[
        str, typer.Option(help="Until when it counts.", metavar="DATE", show_default="a year")
    ] = "",
    output: Output = None,
    dry_run: DryRun = False,
    as_json: JsonFlag = False,
) -> None:
    """Add a person's key. Have its fingerprint read to you by them before the registry takes the policy.

    Better still: `policy take` takes a key whose owner proved to hold it (`cobuilder key challenge`).

    \b
    Example:
      cobuilder policy key approval-policy.json dora.pub.pem --person dora --until 2027-06-30
    """
    from studio.assembly import now
    from studio.services import policy_edits

    pem, begins = public_key(public), read_moment(since, first=True) or now()
    ends = read_moment(until, first=False)
    change(
        file, lambda policy: policy_edits.put_key(policy, person, pem, begins, ends), output, dry_run, as_json
    )


def revoke(
    file: PolicyFile,
    named: KeyName,
    on: Annotated[
        str, typer.Option(help="As of when: a date that is past.", metavar="DATE", show_default="now")
    ] = "",
    output: Output = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """Revoke a key: nothing that it signed counts for a release any more. This is for good.

    The key stays in the policy with its date, so that old heads of the log can still be checked.

    \b
    Examples:
      cobuilder policy revoke approval-policy.json ben
      cobuilder policy revoke approval-policy.json CR2M-7CD4 --on 2026-11-20
    """
    from studio.assembly import now
    from studio.services import policy_edits

    moment = now()
    at = read_moment(on, first=True) or moment
    change(file, lambda policy: policy_edits.revoke(policy, named, at, moment), output, dry_run, as_json, yes)


def valid(
    file: PolicyFile,
    named: KeyName,
    since: Annotated[
        str, typer.Option("--from", help="From when it counts.", metavar="DATE", show_default="as it is")
    ] = "",
    until: Annotated[
        str,
        typer.Option(help="Until when: the end of that day.", metavar="DATE", show_default="as it is"),
    ] = "",
    output: Output = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """Say from when until when a key counts.

    \b
    Example:
      cobuilder policy valid approval-policy.json ana --until 2028-01-31
    """
    from studio.services import policy_edits

    begins, ends = read_moment(since, first=True), read_moment(until, first=False)
    change(
        file, lambda policy: policy_edits.validity(policy, named, begins, ends), output, dry_run, as_json, yes
    )


def take(
    file: PolicyFile,
    sent: Annotated[Path, typer.Argument(help="What the owner of a key sent.", metavar="FILE")],
    code: Annotated[str, typer.Option(help="The code that you asked to be repeated.", metavar="CODE")] = "",
    name: Annotated[
        str, typer.Option(help="The name of someone whom the policy does not know yet.", show_default=False)
    ] = "",
    role: Annotated[
        list[str] | None,
        typer.Option(help="Their role: author, compliance or it; repeat for several."),
    ] = None,
    output: Output = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """Take a checked statement of a key into the policy: a new key, a replacement, or a revocation.

    \b
    Examples:
      cobuilder policy take approval-policy.json ana.key-statement.json
      cobuilder policy take approval-policy.json dora.key-statement.json \\
        --name 'Dora Lane' --role compliance
    """
    from studio.assembly import now
    from studio.release.key_statements import check_statement
    from studio.services.policy_file import policy_with, with_person

    found = check_statement(read_bytes(sent, "The file"), code, str(sent))

    def taken(known: ApprovalPolicy) -> ApprovalPolicy:
        if name or role:
            known = with_person(known, found.person, name, role or ())
        return policy_with(known, found, now())

    if not as_json:
        tell_statement(found)
    change(file, taken, output, dry_run, as_json, yes)


def change(
    file: Path,
    edit: Callable[[ApprovalPolicy], ApprovalPolicy],
    output: Path | None,
    dry_run: bool,
    as_json: bool,
    yes: bool = False,
) -> None:
    """Change a policy, tell what changes, and write it in one step; ask first where nobody could approve."""
    from studio.assembly import now
    from studio.services import policy_words
    from studio.services.policy_file import write_policy

    old = approval_policy(file)
    new = edit(old)
    target, moment = output or file, now()
    told, changed = policy_words.changes(old, new), new != old
    unmet = policy_words.troubles(new, moment)
    written = not dry_run and (changed or target != file)
    if written:
        _check_wanted(policy_words.lost(old, new, moment), told, as_json, yes)
        write_policy(target, new)
    if as_json:
        put_json(
            {
                "file": str(target),
                "version": new.version,
                "changed": changed,
                "written": written,
                "changes": told,
                "troubles": unmet,
            }
        )
        return
    for sentence in told or ("Nothing to do: the policy says so already.",):
        say(sentence)
    for sentence in unmet:
        say(f"! {sentence}")
    if written:
        say(f"Wrote {target}, version {new.version}. It counts once the registry took it:")
        say(f"  cobuilder registry policy --policy {target}")
    elif changed:
        say("Nothing was written (--dry-run).")


def _check_wanted(lost: tuple[str, ...], told: tuple[str, ...], as_json: bool, yes: bool) -> None:
    """Go on only by an explicit yes where nothing could be released to an environment any more."""
    if not lost or yes:
        return
    if as_json or not sys.stdin.isatty():
        raise Refused(
            f"Nothing was written, because afterwards nobody could release any more: {' '.join(lost)}",
            "Add somebody with a key first (`cobuilder policy person`, `policy key`); or say --yes.",
        )
    for sentence in (*told, *(f"! {each}" for each in lost)):
        say(sentence)
    typer.confirm("Write it all the same?", abort=True)


def _count(text: str) -> tuple[str, int]:
    role, _, count = text.partition("=")
    if not count.isascii() or not count.isdecimal() or not 0 <= int(count) <= 20:
        raise WrongUse(
            f"“{text}” does not say how many of a role.", "Write it as ROLE=COUNT, as it=2; at most 20."
        )
    return role.strip().lower(), int(count)


def _word(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        raise WrongUse(
            f"An environment cannot be called “{name}”.",
            "Use small letters, digits and dashes, a letter first.",
        )
    return name


def register(_app: typer.Typer) -> None:
    """Add these verbs to the group `policy`."""
    for verb in (environment, person, key, revoke, valid, take):
        policy_app.command(verb.__name__)(verb)
