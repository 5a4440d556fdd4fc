"""IT's verbs on one received bundle: verify, show, report, diff. They need no workspace and no window."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import approval_policy, read_bytes, read_moment
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.bundle import Bundle, Verification

bundle_app = typer.Typer(
    name="bundle",
    help="A received bundle: verify, show, report, recompute, diff, export-standard. Needs no workspace.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
File = Annotated[Path, typer.Argument(help="The bundle, as NAME-2.cobundle.", metavar="BUNDLE")]
Policy = Annotated[Path, typer.Option(help="IT's approval policy.", metavar="FILE")]
MARKS = {"passed": "✓", "refused": "✗", "not reached": "·"}


def _tell(verdict: Verification, heard: str, as_json: bool) -> None:
    """Print a verdict; what was heard is compared with the fingerprint of the content, if there is one."""
    from studio.release.keys import compare_fingerprint, fingerprint

    shown = fingerprint(verdict.manifest_digest) if verdict.manifest_digest else ""
    difference = compare_fingerprint(heard, shown, "content") if heard and shown else ""
    ok = verdict.ok and not difference
    if as_json:
        matches = {"fingerprint_matches": bool(shown) and not difference} if heard else {}
        put_json({**verdict.model_dump(mode="json"), "ok": ok, "fingerprint": shown or None, **matches})
    else:
        for check in verdict.checks:
            say(f"{MARKS[check.verdict]} {check.name}: {check.sentence}")
        if shown:
            said = f". {difference or 'It is the one you were read.'}" if heard else ""
            say(f"Fingerprint of the content: {shown}{said}")
        say(f"{'Verified' if ok else 'Refused'}: {verdict.label or 'this file is no sound bundle'}")
    raise typer.Exit(0 if ok else 1)


@bundle_app.command("verify")
def bundle_verify(
    file: File,
    policy: Policy,
    at: Annotated[
        str,
        typer.Option(help="Judge as of this day or moment (UTC).", metavar="DATE", show_default="now"),
    ] = "",
    state: Annotated[
        Path | None,
        typer.Option(
            help="What is known of the environment, as JSON: judge whether it may enter.", metavar="FILE"
        ),
    ] = None,
    compare: Annotated[
        str,
        typer.Option(
            help="The fingerprint that the author read to you; exit code 1 if it differs.", show_default=False
        ),
    ] = "",
    as_json: JsonFlag = False,
) -> None:
    """Verify a bundle against IT's policy, in the one legal order; exit code 1 if it is refused.

    \b
    Examples:
      cobuilder bundle verify returns-assistant-2.cobundle --policy approval-policy.json
      cobuilder bundle verify returns-assistant-2.cobundle --policy approval-policy.json \\
        --compare '1F4E ZVKX GA7V WET0 7CR7 KWD2'
      cobuilder bundle verify returns-assistant-2.cobundle --policy approval-policy.json --json
    """
    from studio.release.verification import read_state, verify_bundle

    data = read_bytes(file, "The bundle")
    moment = read_moment(at, first=True) or datetime.now(UTC)
    known = read_state(read_bytes(state, "The state"), str(state)) if state else None
    _tell(verify_bundle(data, approval_policy(policy), moment, known), compare, as_json)


@bundle_app.command("show")
def bundle_show(
    file: File,
    report: Annotated[
        Path | None, typer.Option(help="Also write the report for people here.", metavar="FILE")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what a bundle says of itself; approvals and evidence are not judged here.

    \b
    Example:
      cobuilder bundle show returns-assistant-2.cobundle
    """
    from studio.release.keys import fingerprint
    from studio.release.policy import role_words
    from studio.release.verification import open_bundle
    from studio.services.whole_file import write_whole

    bundle = open_bundle(read_bytes(file, "The bundle"))
    if report is not None:
        write_whole(report, bundle.report_html.encode())
    if as_json:
        put_json(_as_json(bundle))
        return
    manifest = bundle.manifest
    say(f"{manifest.label}, for {manifest.environment}, valid until {manifest.not_after:%Y-%m-%d}")
    say(f"content {bundle.manifest_digest}, fingerprint {fingerprint(bundle.manifest_digest)}")
    say(f"from    {manifest.base_digest}\nto      {manifest.result_digest}")
    for sentence in _words(bundle.before, bundle.after):
        say(f"  {sentence}")
    for run in bundle.evidence.runs.runs:
        say(f"run of the {run.role}: {run.conversations_passed} of {run.conversations} conversations right")
    for signed in bundle.approvals:
        each = signed.approval
        say(
            f"{'approved' if each.decision == 'approve' else 'rejected'} by {each.person} "
            f"({role_words(each.role)}), {each.time:%Y-%m-%d %H:%M} UTC, key {fingerprint(signed.key_id)}"
        )
        if each.looked_words:
            say(f"  {each.looked_words}")


def _as_json(bundle: Bundle) -> dict[str, Any]:
    approvals = [{"file": a.file, "key_id": a.key_id, **a.approval.model_dump()} for a in bundle.approvals]
    return {
        "manifest_digest": bundle.manifest_digest,
        "manifest": bundle.manifest,
        "changes": bundle.changeset,
        "approvals": approvals,
        "evidence": bundle.evidence,
        "lineage": bundle.lineage,
    }


@bundle_app.command("report")
def bundle_report(
    file: File,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the page here.", metavar="FILE")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="IT's approval policy: judge the signatures, too.", metavar="FILE")
    ] = None,
) -> None:
    """Tell a bundle for people: on the terminal, or with -o as one web page with all signatures.

    The page is the one that everybody approved, with who signed it below; without --policy nobody judges
    the signatures. On the terminal, the changes are told by this program from the signed content.
    Exit code 1 where a policy refuses the bundle.

    \b
    Examples:
      cobuilder bundle report returns-assistant-2.cobundle
      cobuilder bundle report returns-assistant-2.cobundle --policy approval-policy.json -o report.html
    """
    from studio.release.report_approvals import lines_for_people, with_approvals
    from studio.release.verification import open_bundle, verify_bundle
    from studio.services.whole_file import write_whole

    data = read_bytes(file, "The bundle")
    bundle = open_bundle(data)
    rules = approval_policy(policy) if policy else None
    verdict = verify_bundle(data, rules, datetime.now(UTC)) if rules else None
    if output is not None:
        write_whole(output, with_approvals(bundle, verdict, rules).encode())
        say(f"Written: {output}")
    else:
        for line in lines_for_people(bundle, _words(bundle.before, bundle.after), rules):
            say(line)
    if verdict is not None and not verdict.ok:
        say(f"Refused: {verdict.refusal}")
        raise typer.Exit(1)


@bundle_app.command("diff")
def bundle_diff(
    file: File,
    registry: Annotated[
        str,
        typer.Option(
            "--registry",
            "-r",
            envvar="COBUILDER_REGISTRY",
            help="The registry that says what runs: a file, or a database's URL.",
            metavar="PLACE",
        ),
    ] = "registry.db",
    against: Annotated[
        Path | None,
        typer.Option(help="What runs, without a registry: an agent as JSON, or a bundle.", metavar="FILE"),
    ] = None,
    environment: Annotated[
        str, typer.Option(help="Which one.", show_default="the bundle's own environment")
    ] = "",
    as_json: JsonFlag = False,
) -> None:
    """Tell what would change if this bundle replaced what runs.

    Exit code 1 if it was built on something else than what runs.

    \b
    Examples:
      cobuilder bundle diff returns-assistant-2.cobundle
      cobuilder bundle diff returns-assistant-2.cobundle --against live-agent.json
    """
    from studio.diff.agents import diff_agents
    from studio.domain.frozen import digest
    from studio.release.verification import open_bundle

    bundle = open_bundle(read_bytes(file, "The bundle"))
    where = environment or bundle.manifest.environment
    running = _agent_in(against) if against is not None else _running(registry, where)
    fits, runs = digest(running) == bundle.manifest.base_digest, running == bundle.after
    words = _words(running, bundle.after)
    if as_json:
        put_json(
            {
                "release": bundle.manifest.label,
                "environment": where,
                "running": digest(running),
                "base": bundle.manifest.base_digest,
                "based_on_what_runs": fits,
                "runs_already": runs,
                "words": words,
                "changes": diff_agents(running, bundle.after, bundle.manifest.label),
            }
        )
    else:
        said = "was built on exactly what runs" if fits else "was built on something else than what runs"
        say(f"{bundle.manifest.label}, {'runs already' if runs else said}.")
        for sentence in words or ("Nothing would change.",):
            say(f"  {sentence}")
    raise typer.Exit(0 if fits or runs else 1)


def _agent_in(path: Path) -> Agent:
    from studio.release.verification import open_bundle
    from studio.services.agent_file import read_agent

    data = read_bytes(path, "The agent file")
    return open_bundle(data).after if data[:2] == b"PK" else read_agent(data, str(path))


def _running(place: str, environment: str) -> Agent:
    from studio import assembly

    try:
        registry = assembly.registry(place)
    except WrongUse as error:
        raise WrongUse(error.what, f"{error.todo} Or name a file that says what runs: --against.") from None
    with registry as opened:
        return opened.agent(opened.environment(environment).pointer.stable)


def _words(before: Agent, after: Agent) -> tuple[str, ...]:
    from studio.services.told_changes import told_between

    return told_between(before, after)


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    from studio.cli import approving, bundle_evidence

    bundle_app.command("attach")(approving.bundle_attach)
    bundle_evidence.register(bundle_app)
    app.add_typer(bundle_app)
