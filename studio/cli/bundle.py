"""IT's verbs on one received bundle: verify, show, recompute. They need no workspace and no window."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import approval_policy, read_bytes

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.bundle import RunEvidence, Verification
    from studio.domain.run import Run
    from studio.domain.scenario import Scenario

bundle_app = typer.Typer(
    name="bundle",
    help="A received bundle: verify, show, recompute. Needs no workspace and no window.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
File = Annotated[Path, typer.Argument(help="The bundle, as NAME-2.cobundle.", metavar="BUNDLE")]
Policy = Annotated[Path, typer.Option(help="IT's approval policy.", metavar="FILE")]
MARKS = {"passed": "✓", "refused": "✗", "not reached": "·"}


def _tell(verdict: Verification, as_json: bool) -> None:
    if as_json:
        put_json(verdict)
    else:
        for check in verdict.checks:
            say(f"{MARKS[check.verdict]} {check.name}: {check.sentence}")
        say(f"{'Verified' if verdict.ok else 'Refused'}: {verdict.label or 'no bundle'}")
    raise typer.Exit(0 if verdict.ok else 1)


@bundle_app.command("verify")
def bundle_verify(file: File, policy: Policy, as_json: JsonFlag = False) -> None:
    """Verify a bundle against IT's policy, in the one legal order; exit code 1 if it is refused.

    \b
    Example:
      cobuilder bundle verify returns-assistant-2.cobundle --policy approval-policy.json
    """
    from studio.release.verification import verify_bundle

    data = read_bytes(file, "The bundle")
    _tell(verify_bundle(data, approval_policy(policy), datetime.now(UTC)), as_json)


@bundle_app.command("show")
def bundle_show(
    file: File,
    report: Annotated[
        Path | None, typer.Option(help="Also write the report for people here.", metavar="FILE")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what a bundle says of itself; approvals and evidence are not judged here."""
    from studio.release.verification import open_bundle
    from studio.services.stages.exporting import write_whole

    bundle = open_bundle(read_bytes(file, "The bundle"))
    if report is not None:
        write_whole(report, bundle.report_html.encode())
    if as_json:
        approvals = [
            {"file": a.file, "key_id": a.key_id, **a.approval.model_dump()} for a in bundle.approvals
        ]
        put_json(
            {
                "manifest_digest": bundle.manifest_digest,
                "manifest": bundle.manifest,
                "changes": bundle.changeset,
                "approvals": approvals,
                "evidence": bundle.evidence,
                "lineage": bundle.lineage,
            }
        )
        return
    manifest = bundle.manifest
    say(f"{manifest.label}, for {manifest.environment}, valid until {manifest.not_after:%Y-%m-%d}")
    say(f"content {bundle.manifest_digest}")
    say(f"from    {manifest.base_digest}\nto      {manifest.result_digest}")
    for sentence in _words(bundle.before, bundle.after):
        say(f"  {sentence}")
    for run in bundle.evidence.runs.runs:
        say(f"run of the {run.role}: {run.conversations_passed} of {run.conversations} conversations right")
    for signed in bundle.approvals:
        each = signed.approval
        say(
            f"{each.decision} by {each.person} as {each.role}, {each.time:%Y-%m-%d %H:%M} UTC, "
            f"key {signed.key_id[:16]}"
        )


def _words(before: Agent, after: Agent) -> tuple[str, ...]:
    from studio.diff.agents import diff_agents
    from studio.diff.words_summary import in_words

    return in_words(diff_agents(before, after, ""), before, after)


def rerun(agent: Agent, scenarios: tuple[Scenario, ...], claimed: RunEvidence) -> Run:
    """Run an agent again over scenarios, with the seed and customers of the evidence."""
    from studio.assembly import workers
    from studio.ports import silent
    from studio.simulation.runner import run

    with closing(workers()) as where:
        return run(agent, scenarios, claimed.seed, claimed.customers, where, silent)


@bundle_app.command("recompute")
def bundle_recompute(file: File, as_json: JsonFlag = False) -> None:
    """Run every simulation of the bundle again, from the bundle alone, and compare the digests.

    Exit code 1 unless all evidence is verified or attested.
    """
    from studio.release.evidence import recompute
    from studio.release.verification import open_bundle

    results = recompute(open_bundle(read_bytes(file, "The bundle")), rerun)
    if as_json:
        put_json(results)
    else:
        for result in results:
            say(f"{result.verdict}: {result.sentence}")
            say(f"  claimed {result.claimed_digest}\n  here    {result.computed_digest}")
    raise typer.Exit(0 if results and all(r.verdict in ("verified", "attested") for r in results) else 1)


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(bundle_app)
