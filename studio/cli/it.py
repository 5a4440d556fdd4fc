"""IT's verbs: bundle verify, show, recompute; registry init, import, promote, rollback, status, log."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import JsonFlag, put_json, say, table
from studio.cli.places import read_bytes, settings_for

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.bundle import RunEvidence, Verification
    from studio.domain.environment import ApprovalPolicy, Move
    from studio.domain.run import Run
    from studio.domain.scenario import Scenario

bundle_app = typer.Typer(
    name="bundle",
    help="A received bundle: verify, show, recompute. Needs no workspace and no window.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
registry_app = typer.Typer(
    name="registry",
    help="What runs where: init, policy, import, promote, rollback, status, log, verify-log.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

File = Annotated[Path, typer.Argument(help="The bundle, as NAME-2.cobundle.", metavar="BUNDLE")]
Registry = Annotated[
    Path,
    typer.Option("--registry", "-r", envvar="COBUILDER_REGISTRY", help="The registry's file."),
]
DEFAULT_REGISTRY = Path("registry.db")
Actor = Annotated[
    str,
    typer.Option("--as", envvar="COBUILDER_USER", help="The name for the log.", show_default="your settings"),
]
Policy = Annotated[Path, typer.Option(help="IT's approval policy.", metavar="FILE")]
MARKS = {"passed": "✓", "refused": "✗", "not reached": "·"}


def _policy(path: Path) -> ApprovalPolicy:
    from studio.release.policy import read_policy

    return read_policy(read_bytes(path, "The approval policy"), str(path))


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
    _tell(verify_bundle(data, _policy(policy), datetime.now(UTC)), as_json)


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


@registry_app.command("init")
def registry_init(
    policy: Policy,
    agent: Annotated[
        Path,
        typer.Option(help="What runs already: an agent as JSON, or a bundle made from it.", metavar="FILE"),
    ],
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
) -> None:
    """Make a registry for an agent that runs already, under IT's approval policy.

    \b
    Example:
      cobuilder registry init --policy approval-policy.json --agent live-agent.json
    """
    from studio import assembly
    from studio.release.verification import open_bundle
    from studio.services.agent_file import read_agent

    data = read_bytes(agent, "The agent file")
    running = open_bundle(data).before if data[:2] == b"PK" else read_agent(data, str(agent))
    with assembly.new_registry(registry, running, _policy(policy), settings_for(actor).who):
        pass
    say(f"Made the registry {registry} for {running.name}.")


@registry_app.command("policy")
def registry_policy(policy: Policy, registry: Registry = DEFAULT_REGISTRY, actor: Actor = "") -> None:
    """Take a newer version of the approval policy; it counts from now on."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        opened.set_policy(_policy(policy), settings_for(actor).who)
        say(f"The policy that counts is {opened.policy().id}, version {opened.policy().version}.")


@registry_app.command("import")
def registry_import(
    file: File, registry: Registry = DEFAULT_REGISTRY, actor: Actor = "", as_json: JsonFlag = False
) -> None:
    """Verify a bundle and keep it; importing it again changes nothing. Exit code 1 if it is refused."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        result = opened.import_bundle(read_bytes(file, "The bundle"), settings_for(actor).who)
    if as_json:
        put_json(result)
        return
    say(
        f"{'Imported' if result.new else 'There already'}: release {result.sequence} ({result.release[:12]})."
    )


def _moved(move: Move, as_json: bool) -> None:
    if as_json:
        put_json(move)
        return
    say(move.sentence if move.changed else f"Nothing to do. {move.sentence}")
    for step in move.rehearsal.steps if move.rehearsal else ():
        say(f"  rehearsed: {step}")
    for sentence in move.rehearsal.irreversible if move.rehearsal else ():
        say(f"  cannot be taken back: {sentence}")
    say(f"  traffic: {move.flag_file}")


@registry_app.command("promote")
def registry_promote(
    release: Annotated[str, typer.Argument(help="The release: its number, or the start of its digest.")],
    environment: Annotated[str, typer.Option(help="Where.")] = "production",
    weight: Annotated[
        int | None, typer.Option(help="The share of conversations in percent, one of the plan's stages.")
    ] = None,
    generation: Annotated[
        int | None, typer.Option(help="Refuse unless the environment is at this generation.")
    ] = None,
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Give an imported release its first share of conversations, or a later stage of its plan.

    \b
    Examples:
      cobuilder registry promote 2
      cobuilder registry promote 2 --weight 100
    """
    from studio import assembly

    with assembly.registry(registry) as opened:
        who = settings_for(actor).who
        move = opened.promote(environment, release, who, weight=weight, expected_generation=generation)
    _moved(move, as_json)


@registry_app.command("rollback")
def registry_rollback(
    environment: Annotated[str, typer.Option(help="Where.")] = "production",
    to: Annotated[
        str | None, typer.Option(help="The release to go back to.", show_default="the one before")
    ] = None,
    generation: Annotated[
        int | None, typer.Option(help="Refuse unless the environment is at this generation.")
    ] = None,
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Go back to the release before, at once; nothing outside the registry is needed."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        move = opened.roll_back(environment, settings_for(actor).who, to=to, expected_generation=generation)
    _moved(move, as_json)


@registry_app.command("status")
def registry_status(registry: Registry = DEFAULT_REGISTRY, as_json: JsonFlag = False) -> None:
    """Show what runs where, and every imported release."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        status = opened.status()
    if as_json:
        put_json(status)
        return
    say(f"{status.agent}, policy {status.policy_id} version {status.policy_version}")
    rows: list[tuple[Any, ...]] = []
    for row in status.environments:
        trying = f"{row.candidate.label} at {row.pointer.weight} %" if row.candidate else "-"
        rows.append(
            (row.pointer.environment, row.stable.label, trying, row.pointer.generation, row.flag_file)
        )
    table(("environment", "stable", "rolling out", "generation", "traffic"), rows)


@registry_app.command("log")
def registry_log(registry: Registry = DEFAULT_REGISTRY, as_json: JsonFlag = False) -> None:
    """Show everything that was done, oldest first."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        entries = opened.log()
    if as_json:
        put_json(entries)
        return
    lines = [
        (e.seq, f"{e.time:%Y-%m-%d %H:%M}", e.actor, e.action, e.subject[:12], e.hash[:12]) for e in entries
    ]
    table(("no", "time", "who", "what", "of", "hash"), lines)


@registry_app.command("verify-log")
def registry_verify_log(registry: Registry = DEFAULT_REGISTRY, as_json: JsonFlag = False) -> None:
    """Verify the chain of the log, its guards and its signed heads; exit code 1 if it has a fault."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        faults = opened.verify_log()
    if as_json:
        put_json({"ok": not faults, "faults": faults})
    else:
        say("\n".join(faults) or "The log is whole.")
    raise typer.Exit(1 if faults else 0)


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(bundle_app)
    app.add_typer(registry_app)
