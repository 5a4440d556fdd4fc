"""Verbs of a release on the author's side: release plan, release show, release live, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import JsonFlag, meter, put_json, say
from studio.cli.places import HERE, Who, Workspace, read_bytes, workbench

release_app = typer.Typer(
    name="release",
    help="The next release of this draft: plan, show, request, take, live.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@release_app.command("plan")
def release_plan(
    policy: Annotated[
        Path | None, typer.Option(help="IT's approval policy; needed once.", metavar="FILE")
    ] = None,
    environment: Annotated[str, typer.Option(help="Where it shall run.")] = "production",
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Say where the release shall run, and hand in IT's approval policy.

    \b
    Example:
      cobuilder release plan --policy approval-policy.json
    """
    from studio.release.policy import read_policy
    from studio.services.commands import PlanRelease

    given = read_policy(read_bytes(policy, "The approval policy"), str(policy)) if policy else None
    with workbench(workspace, who) as bench:
        say(bench.do(PlanRelease(environment=environment, policy=given)).title)


@release_app.command("show")
def release_show(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show the gates, what changes in words, and the signatures; exit code 1 while a gate is not met."""
    from studio.services.queries.release import ShowRelease

    with workbench(workspace) as bench:
        page = bench.ask(ShowRelease())
    if as_json:
        put_json(page)
    else:
        for row in page.gates:
            say(f"{'✓' if row.gate.ok else '✗'} {row.gate.title}: {row.gate.evidence}")
        say(f"\nWhat changes since version {page.live_number}:")
        for sentence in page.in_words:
            say(f"  {sentence}")
        for signature in page.signatures:
            say(f"{signature.role}: {signature.state} {signature.person}".rstrip())
    raise typer.Exit(0 if page.can_export else 1)


@release_app.command("live")
def release_live(
    bundle: Annotated[Path, typer.Argument(help="The bundle that IT promoted.")],
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Let a release that IT promoted be the live version here, so that the next one builds on it.

    \b
    Example:
      cobuilder release live returns-assistant-2.cobundle
    """
    from studio.release.verification import open_bundle
    from studio.services.commands import TakeLive

    found = open_bundle(read_bytes(bundle, "The bundle"))
    with workbench(workspace, who) as bench:
        command = TakeLive(found.manifest.release_sequence, found.before, found.after)
        say(bench.do(command).title)


def export(
    target: Annotated[Path, typer.Argument(help="A folder, or the file to write.")] = HERE,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Write the signed bundle; refused while a gate is not met.

    \b
    Example:
      cobuilder export outbox
    """
    from studio.services.stages.exporting import Export

    with workbench(workspace, who) as bench:
        written = bench.run(Export(target), meter)
    if as_json:
        put_json(written)
        return
    say(f"Wrote {written.path} ({written.size:,} bytes), content {written.manifest_digest}")
    say(f"Next, at IT: cobuilder bundle verify {written.path.name} --policy approval-policy.json")


def register(app: typer.Typer) -> None:
    """Add these verbs to the command, and those of approvals."""
    from studio.cli import approving

    approving.register(app, release_app)
    app.add_typer(release_app)
    app.command("export")(export)
