"""Verbs of complete updates: impact show, change, mend; and tests draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, meter, plural, put_json, say
from studio.cli.places import HERE, Who, Workspace, workbench

if TYPE_CHECKING:
    from studio.domain.proposal import Proposal

impact_app = typer.Typer(
    name="impact",
    help="What depends on a fact, and changing it everywhere at once: show, change, mend.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
tests_app = typer.Typer(
    name="tests",
    help="Tests of the draft: list, show, run, change, remove; find and draft what is missing.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Where = Annotated[
    str,
    typer.Option("--where", help="The rule that is meant, as R-03, or the path of a place.", metavar="PLACE"),
]


def _path(where: str) -> str:
    return f"charter/rules/{where}" if where and "/" not in where else where


Everything = Annotated[
    bool, typer.Option("--all", help="List every place that was looked at and left, not the first few.")
]


def _told(made: Proposal, as_json: bool, everything: bool) -> None:
    from studio.domain.left_alone import left_text

    if as_json:
        put_json(made)
        return
    say(f"{made.id} “{made.title}”: {plural(len(made.changes), 'change')}.")
    for change in made.changes:
        say(f"  {change.id} {change.title}")
    if made.unaffected:
        say("\nLooked at, unaffected:")
        for line in left_text(made.unaffected, everything=everything):
            say(f"  {line}")
    say(f"\nNext: cobuilder review list {made.id}" if made.changes else "\nNothing is proposed.")


@impact_app.command("show")
def show(
    fact: Annotated[str, typer.Argument(help="The fact as the agent says it, as '30 days'.")],
    where: Where = "",
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """List every place of the draft and of the documents that depends on a fact.

    \b
    Examples:
      cobuilder impact show '30 days'
      cobuilder impact show '£200' --where R-07
    """
    from studio.services.queries.impact import ShowDependents

    with workbench(workspace) as bench:
        found = bench.ask(ShowDependents(fact, _path(where)))
    if as_json:
        put_json(found)
        return
    for each in found:
        tail = f": “{each.states}”" if each.how == "document" else ""
        say(f"{each.how:<9} {each.name}{tail}")
    say(f"{plural(len(found), 'place')}.")


@impact_app.command("change")
def change(
    old: Annotated[str, typer.Argument(help="The fact as it is, as '30 days'.")],
    new: Annotated[str, typer.Argument(help="What it becomes, as '45 days'.")],
    where: Where = "",
    everything: Everything = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Propose that a fact becomes another wherever the agent depends on it; nothing is changed yet.

    \b
    Example:
      cobuilder impact change '30 days' '45 days' --where R-03
    """
    from studio.services.stages.completing import ChangeFact

    with workbench(workspace, who) as bench:
        made = bench.run(ChangeFact(old, new, _path(where)), meter)
    _told(made, as_json, everything)


@impact_app.command("mend")
def mend(
    everything: Everything = False, workspace: Workspace = HERE, who: Who = "", as_json: JsonFlag = False
) -> None:
    """Propose what a fact lacks that the draft has changed in some places only.

    Run it again after deciding, until every fact has one value.
    """
    from studio.services.stages.completing import MendFact

    with workbench(workspace, who) as bench:
        made = bench.run(MendFact(), meter)
    _told(made, as_json, everything)


@tests_app.command("draft")
def draft(
    rule: Annotated[
        str | None, typer.Option("--rule", help="Only tests of this rule.", metavar="R-07")
    ] = None,
    everything: Everything = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Propose the tests that the draft lacks, and name what is not tested and why.

    \b
    Examples:
      cobuilder tests draft
      cobuilder tests draft --rule R-07
    """
    from studio.services.stages.completing import DraftTests

    with workbench(workspace, who) as bench:
        made = bench.run(DraftTests(rule), meter)
    _told(made, as_json, everything)


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    from studio.cli import tests

    tests.register(tests_app)
    app.add_typer(impact_app)
    app.add_typer(tests_app)
