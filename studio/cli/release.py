"""Verbs of a release on the author's side: release plan, show, notes, export, live; export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, meter, note, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, read_bytes, workbench

if TYPE_CHECKING:
    from studio.services.queries.release import PlanPage

release_app = typer.Typer(
    name="release",
    help="The next release of this draft: plan, show, notes, export, request, take, live.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


MARKS = {"met": "✓", "not met": "✗", "stale": "!", "looking": "…", "waiting": "○"}


@release_app.command("plan")
def release_plan(
    policy: Annotated[
        Path | None, typer.Option(help="IT's approval policy; needed once.", metavar="FILE")
    ] = None,
    environment: Annotated[str, typer.Option(help="Where it shall run; at first production.")] = "",
    stage: Annotated[
        list[str] | None,
        typer.Option(help="A stage, as '5% 1d 500': share, then what it waits for; repeat for each."),
    ] = None,
    guard: Annotated[
        list[str] | None, typer.Option(help="What calls it back, as 'failure-rate > 2'; repeat for each.")
    ] = None,
    no_guards: Annotated[bool, typer.Option("--no-guards", help="Let only a person call it back.")] = False,
    replay: Annotated[
        bool | None,
        typer.Option(
            "--replay/--no-replay",
            help="Whether IT plays all tests again before the first conversation.",
            show_default="as it is; at first yes",
        ),
    ] = None,
    rollout: Annotated[
        Path | None, typer.Option(help="The rollout plan as a JSON file.", metavar="FILE")
    ] = None,
    until: Annotated[str, typer.Option(help="The last day it may be taken, as 2026-12-31.")] = "",
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Show or set where the release shall run, by which stages, guarded by what; hand in IT's policy.

    What is not said stays as it is; all but the policy is taken back by `cobuilder undo`.

    \b
    Examples:
      cobuilder release plan --policy approval-policy.json
      cobuilder release plan --stage '5% 1d 500' --stage '50% 2d' --guard 'failure-rate > 2'
      cobuilder release plan --json
    """
    from studio.cli.release_plan import last_moment, rollout_of
    from studio.release.policy import read_policy
    from studio.services.commands import PlanRelease
    from studio.services.queries.release import ShowPlan

    given = read_policy(read_bytes(policy, "The approval policy"), str(policy)) if policy else None
    with workbench(workspace, who) as bench:
        shown = bench.ask(ShowPlan())
        chosen = rollout_of(rollout, stage or (), guard or (), no_guards, shown.plan, replay)
        if policy or environment or chosen is not None or until:
            last = last_moment(until) if until else None
            done = bench.do(PlanRelease(environment or None, last, chosen, given))
            note(done.title)
            shown = bench.ask(ShowPlan())
    if as_json:
        put_json(shown.plan)
        return
    table(("Stage", "Share", "For", "Back at once if"), _plan_rows(shown))
    say(shown.sentence)
    for caution in shown.cautions:
        say(f"Think over: {caution}")


def _plan_rows(shown: PlanPage) -> list[tuple[str, ...]]:
    return [(row.stage, row.share, row.wait or "–", row.stop_if or "–") for row in shown.rows]


@release_app.command("show")
def release_show(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show the gates, what changes in words, and the signatures; exit code 1 while a gate is not met."""
    from studio.services.queries.release import ShowRelease

    with workbench(workspace) as bench:
        page = bench.ask(ShowRelease())
    if as_json:
        put_json(page)
        raise typer.Exit(0 if page.can_export else 1)
    for row in page.gates:
        mend = f"  → {row.way.command}" if row.way.command else ""
        say(f"{MARKS[row.state]} {row.gate.title}: {row.gate.evidence}{mend}")
    say(f"\nWhat changes since version {page.live_number}:")
    for sentence in page.in_words:
        say(f"  {sentence}")
    say(f"\n{page.rollout.sentence}")
    say(f"\nTwelve questions before scaling: {page.scaling.sentence}")
    for signature in page.signatures:
        say(f"{signature.role}: {signature.state} {signature.person}".rstrip())
        for line in (signature.void, *(f"Not looked at: {missed}" for missed in signature.not_looked)):
            if line:
                say(f"  {line}")
    if page.fingerprint:
        say(f"Fingerprint of this content: {page.fingerprint}")
    raise typer.Exit(0 if page.can_export else 1)


@release_app.command("questions")
def release_questions(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show the twelve questions before scaling, each with its answer; exit code 1 while one is open.

    \b
    Example:
      cobuilder release questions --json
    """
    from studio.services.queries.release import ShowScaling

    with workbench(workspace) as bench:
        found = bench.ask(ShowScaling())
    if as_json:
        put_json({"sentence": found.sentence, "questions": found.questions})
        raise typer.Exit(1 if found.open else 0)
    for each in found.questions:
        mend = f"  → {each.way.command}" if each.way.command else ""
        say(f"{MARKS['met' if each.state == 'answered' else 'not met']} {each.text} {each.evidence}{mend}")
    say(f"\n{found.sentence}")
    raise typer.Exit(1 if found.open else 0)


@release_app.command("notes")
def release_notes(
    introduction: Annotated[
        str | None, typer.Option(help="Your own words above the notes; '' takes them away.")
    ] = None,
    introduction_file: Annotated[
        Path | None, typer.Option(help="A text file with your own words.", metavar="FILE")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the notes here, as Markdown.", metavar="FILE")
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Show the release notes, each change once in words; or set the introduction above them.

    \b
    Examples:
      cobuilder release notes --out notes.md
      cobuilder release notes --introduction 'Takes over the returns policy of 2026.'
    """
    from studio.services.commands import PlanRelease
    from studio.services.queries.release import ShowNotes
    from studio.services.release_notes import as_markdown
    from studio.services.text_files import read_text
    from studio.services.whole_file import write_whole

    words = read_text(introduction_file) if introduction_file else introduction
    with workbench(workspace, who) as bench:
        if words is not None:
            note(bench.do(PlanRelease(introduction=words)).title)
        notes, agent = bench.ask(ShowNotes())
    if out is not None:
        write_whole(out, as_markdown(notes, agent).encode())
    if as_json:
        put_json(notes)
    elif out is not None:
        say(f"Wrote {out}.")
    else:
        say(as_markdown(notes, agent).rstrip())


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
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite another bundle there.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Write the signed bundle; refused while a gate is not met.

    \b
    Example:
      cobuilder export outbox
    """
    from studio.release.keys import fingerprint
    from studio.services.stages.exporting import Export

    with workbench(workspace, who) as bench:
        written = bench.run(Export(target, replace), meter)
    if as_json:
        put_json(written)
        return
    say(f"Wrote {written.path} ({written.size:,} bytes), content {written.manifest_digest}")
    spoken = fingerprint(written.manifest_digest)
    say(f"Send this file to IT, and read the fingerprint to each other: {spoken}")
    say(f"Next, at IT: cobuilder bundle verify {written.path.name} --policy approval-policy.json")


def register(app: typer.Typer) -> None:
    """Add these verbs to the command, and those of approvals."""
    from studio.cli import approving

    release_app.command("request")(approving.release_request)
    release_app.command("take")(approving.release_take)
    release_app.command("export")(export)
    app.add_typer(release_app)
    app.command("export")(export)
