"""Verbs of the simulation lab: what the tests exercise, and how strong they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, meter, plural, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, workbench

if TYPE_CHECKING:
    from studio.services.stages.strengthening import Strengthened


def coverage(
    missing: Annotated[bool, typer.Option("--missing", help="List what no test exercises.")] = False,
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Show what the newest simulation exercised of the draft, by passed and failed conversations.

    \b
    Examples:
      cobuilder simulate && cobuilder coverage --missing
    """
    from studio.services.queries.records import ShowCoverage
    from studio.simulation.coverage import KINDS

    with workbench(workspace) as bench:
        page = bench.ask(ShowCoverage())
    if as_json:
        put_json(page)
        return
    rows = []
    for kind in KINDS:
        total, passed, failed = page.coverage.share(kind)
        rows.append((kind, total, passed, failed, total - passed - failed))
    table(("kind", "in all", "passed", "only failed", "never"), rows)
    if missing:
        for item in page.coverage.missing:
            say(f"  never, {item.kind}: {item.title}")
    for rule in page.coverage.words_only:
        say(f"  in words only, no conversation can show it: {rule}")
    for verdict in page.verdicts:
        if verdict.outcome != "passes every time":
            say(f"{verdict.scenario}: {verdict.words} {' '.join(verdict.reasons)}".rstrip())
    say(f"{page.run}{'' if page.current else ', before the newest changes of the draft'}.")


def strength(
    offer: Annotated[bool, typer.Option("--offer", help="Propose tests for what none notices.")] = False,
    customers: Annotated[int, typer.Option(help="Customers a test.", min=1, max=100)] = 2,
    seed: Annotated[int, typer.Option(help="The seed of the customers.", min=0)] = 7,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Plant faults in the draft and see which its tests notice; exit code 1 if a new test would notice more.

    \b
    Examples:
      cobuilder strength
      cobuilder strength --offer && cobuilder review list P-02
    """
    from studio.services.stages.strengthening import MeasureStrength

    with workbench(workspace, who) as bench:
        found = bench.run(MeasureStrength(customers, seed, offer), meter)
    if as_json:
        put_json({"strength": found.strength, "proposal": found.proposal})
    else:
        _tell_strength(found)
    made = found.strength
    raise typer.Exit(1 if made.tests or made.failing or made.unsteady else 0)


def _tell_strength(found: Strengthened) -> None:
    from collections import Counter

    made = found.strength
    planted = Counter(each.mutant.kind for each in made.results)
    noticed = Counter(each.mutant.kind for each in made.results if each.by_test)
    checked = Counter(e.mutant.kind for e in made.survivors if e.by_check)
    table(
        ("fault planted", "in all", "by a test", "by a check"),
        [(kind, planted[kind], noticed[kind], checked[kind]) for kind in sorted(planted)],
    )
    for each in made.survivors:
        if each.by_check is None:
            say(f"  {each.mutant.title}. {each.words}")
    for name in made.failing:
        say(f"  {name} fails on the draft itself, and so notices nothing.")
    for name in made.unsteady:
        say(f"  {name} went otherwise when it was run again: an error of CoBuilder Studio. Please report it.")
    say(f"{made.by_tests} of {plural(len(made.results), 'planted fault')} are noticed by a test.")
    if found.proposal:
        say(f"{found.proposal.id}: {found.proposal.title} (`cobuilder review list {found.proposal.id}`).")
    elif made.tests:
        say(f"{plural(len(made.tests), 'new test')} would notice more (`cobuilder strength --offer`).")


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command("coverage")(coverage)
    app.command("strength")(strength)
