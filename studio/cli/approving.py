"""Verbs of approvals: approve, here or detached; ask for approvals, take them in, attach them to a bundle."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.key_places import PassphraseFile
from studio.cli.output import JsonFlag, meter, plural, put_json, say
from studio.cli.places import HERE, Who, Workspace, approval_policy, read_bytes, workbench
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.services.detached import Asked

ROLES = ("author", "compliance", "it")
Policy = Annotated[
    Path | None, typer.Option(help="IT's approval policy: judge the approval by it, too.", metavar="FILE")
]


def approve(
    role: Annotated[str, typer.Option(help="author, compliance or it.")],
    person: Annotated[str, typer.Option(help="Your name or id, as it stands in IT's policy.")],
    key: Annotated[str, typer.Option(help="Your key: a name, file:PATH, keyring:NAME or hsm:….")],
    detached: Annotated[
        Path | None,
        typer.Option(
            "--detached", help="Approve this bundle on its own; no workspace is needed.", metavar="BUNDLE"
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="With --detached: the approval to write.")
    ] = None,
    policy: Policy = None,
    reject: Annotated[bool, typer.Option("--reject", help="Sign a refusal instead.")] = False,
    comment: Annotated[str, typer.Option(help="A remark that is signed with it.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="With --detached: do not ask before signing.")] = False,
    module: Annotated[str, typer.Option("--module", help="The token's library.", metavar="FILE")] = "",
    passphrase_file: PassphraseFile = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Sign exactly the present content in a role. A signature cannot be undone; any edit voids it.

    With --detached you need no workspace: you are shown what the bundle holds, sign it, and send the small
    approval file back to the author. What does not verify up to the approvals is not signed.

    \b
    Examples:
      cobuilder approve --role compliance --person 'Ben Okoro' --key ben
      cobuilder approve --detached returns-assistant-2-to-approve.cobundle --role compliance \\
        --person ben --key ben --policy approval-policy.json
    """
    if role not in ROLES:
        raise WrongUse(f"“{role}” is no role.", f"Choose one of: {', '.join(ROLES)}.")
    decision = "reject" if reject else "approve"
    if detached is not None:
        _approve_detached(
            detached, output, policy, role, person, key, decision, comment, yes, module, passphrase_file
        )
        return
    if output is not None or policy is not None:
        raise WrongUse("--output and --policy belong to --detached.", "In a workspace the policy is known.")
    from studio.cli.key_places import key_store, secret_for
    from studio.services.commands import ApproveRelease

    if module:
        os.environ["COBUILDER_PKCS11"] = module  # the workspace opens the key, and knows no option
    with workbench(workspace, who or person) as bench:
        command = ApproveRelease(
            role=role,  # type: ignore[arg-type]
            person=person,
            key_uri=key,
            passphrase=secret_for(key_store(module), key, passphrase_file),
            decision=decision,  # type: ignore[arg-type]
            comment=comment,
        )
        say(bench.do(command).title)


def _approve_detached(
    bundle: Path,
    output: Path | None,
    policy: Path | None,
    role: str,
    person: str,
    key: str,
    decision: str,
    comment: str,
    yes: bool,
    module: str,
    passphrase_file: Path | None,
) -> None:
    from studio.assembly import now
    from studio.cli.key_places import check_free, key_store, put_new, secret_for
    from studio.services.detached import SUFFIX, read_asked, sign_detached

    moment = now()
    wanted = read_asked(read_bytes(bundle, "The bundle"), moment)
    rules = approval_policy(policy) if policy else None
    target = output or Path(f"{wanted.file_stem}-{role}{SUFFIX}")
    check_free(target)
    _show(wanted)
    if not yes and not sys.stdin.isatty():
        raise WrongUse("Nothing was signed: there is no terminal to ask on.", "Say --yes to sign unasked.")
    if not yes:
        said = "refuse this release" if decision == "reject" else "approve exactly this"
        typer.confirm(f"Do you, {person}, {said} as {role}?", abort=True)
    store = key_store(module)
    signer = store.open(key, secret_for(store, key, passphrase_file))
    signed = sign_detached(
        wanted,
        signer,
        role,
        person,
        moment,
        decision=decision,  # type: ignore[arg-type]
        comment=comment,
        policy=rules,
    )
    put_new(target, signed)
    say(f"Wrote {target}. Send it to the author, who takes it in: cobuilder release take {target.name}")
    if rules is None:
        say("Whether it counts was not judged here: that takes IT's policy (--policy FILE).")


def _show(wanted: Asked) -> None:
    """Show on the terminal what is about to be signed."""
    from studio.release.keys import fingerprint
    from studio.release.policy import role_words

    manifest = wanted.manifest
    say(f"{manifest.label}, for {manifest.environment}, valid until {manifest.not_after:%Y-%m-%d}")
    say(f"content {wanted.manifest_digest}, fingerprint {fingerprint(wanted.manifest_digest)}")
    say(f"from    {manifest.base_digest}\nto      {manifest.result_digest}")
    say("What changes:")
    for sentence in wanted.words or ("Nothing.",):
        say(f"  {sentence}")
    say("What speaks for it, as the author's program found it:")
    for gate in wanted.gates:
        say(f"  {'✓' if gate.ok else '✗'} {gate.title}: {gate.evidence}")
    say(f"  {wanted.evidence}")
    for signed in wanted.given:
        each = signed.approval
        say(f"Signed already: {each.person} as {role_words(each.role)}, {each.time:%Y-%m-%d %H:%M} UTC")


def release_request(
    target: Annotated[Path, typer.Argument(help="A folder, or the file to write.")] = HERE,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Write what is to be approved, for people who sign on their own computers.

    \b
    Example:
      cobuilder release request outbox
    """
    from studio.release.keys import fingerprint
    from studio.services.stages.asking_approval import AskApproval

    with workbench(workspace, who) as bench:
        written = bench.run(AskApproval(target), meter)
    say(f"Wrote {written.path} ({written.size:,} bytes), content {written.manifest_digest}")
    say(f"Fingerprint to read to those who sign: {fingerprint(written.manifest_digest)}")
    say(f"Next, at who signs: cobuilder approve --detached {written.path.name} --role … --person … --key …")


def release_take(
    files: Annotated[list[Path], typer.Argument(help="Approval files that were sent back.", metavar="FILE…")],
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Take in approvals that were signed elsewhere; exit code 1 if one does not count on what is here now.

    \b
    Example:
      cobuilder release take returns-assistant-2-compliance.approval.json
    """
    from studio.domain.errors import StudioError
    from studio.services.detached_commands import TakeApproval

    refused = 0
    with workbench(workspace, who) as bench:
        for file in files:
            try:
                say(f"✓ {bench.do(TakeApproval(file.name, read_bytes(file, 'The approval'))).title}")
            except StudioError as error:
                refused += 1
                say(f"✗ {error}")
    raise typer.Exit(1 if refused else 0)


def bundle_attach(
    file: Annotated[Path, typer.Argument(help="The bundle, as NAME-2.cobundle.", metavar="BUNDLE")],
    approvals: Annotated[list[Path], typer.Argument(help="Approval files.", metavar="APPROVAL…")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The new bundle.", metavar="NEW")],
    policy: Policy = None,
    as_json: JsonFlag = False,
) -> None:
    """Put approvals that were signed elsewhere into a bundle; exit code 1 if one does not belong to it.

    What was signed stays as it is: the bundle keeps its digest. Without --policy the signatures are not
    judged; `bundle verify` does that.

    \b
    Example:
      cobuilder bundle attach returns-assistant-2-to-approve.cobundle *.approval.json \\
        --policy approval-policy.json -o returns-assistant-2.cobundle
    """
    from studio.assembly import now
    from studio.cli.key_places import check_free, put_new
    from studio.release.policy import role_words
    from studio.services.detached import attach

    check_free(output)
    received = {str(each): read_bytes(each, "The approval") for each in approvals}
    rules = approval_policy(policy) if policy else None
    done = attach(read_bytes(file, "The bundle"), received, rules, now())
    if done.taken:
        put_new(output, done.data)
    if as_json:
        put_json({"taken": done.taken, "refused": dict(done.refused), "written": bool(done.taken)})
    else:
        for signed in done.taken:
            say(f"✓ {signed.approval.person} as {role_words(signed.approval.role)}")
        for _, why in done.refused:
            say(f"✗ {why}")
        wrote = f"Wrote {output} with {plural(len(done.taken), 'more approval')}."
        say(wrote if done.taken else "Nothing was written.")
    raise typer.Exit(1 if done.refused else 0)


def register(app: typer.Typer) -> None:
    """Add the verb to the command; the groups `release` and `bundle` add theirs."""
    app.command("approve")(approve)
