"""Verbs of the simulation lab: coverage, strength, and the records that mock systems work on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, meter, plural, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.services.stages.strengthening import Strengthened

Table = Annotated[str, typer.Argument(help="The table of records, by its name.")]

world = typer.Typer(
    name="world",
    no_args_is_help=True,
    help="Records that mock systems look up and change: sketch, import, show, put, effect, export …",
)


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


# Records


@world.command("list")
def list_tables(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """List the tables of records, and which systems work on them."""
    from studio.services.queries.records import ShowRecords

    with workbench(workspace) as bench:
        page = bench.ask(ShowRecords())
    if as_json:
        put_json(page)
        return
    systems = dict(page.systems)
    rows = [
        (t.name, len(t.rows), ", ".join(c.id for c in t.columns), ", ".join(systems[t.id]))
        for t in page.tables
    ]
    if rows:
        table(("table", "records", "columns", "systems"), rows)
    else:
        say("There are no records yet; import a table with `cobuilder world import NAME FILE.csv`.")


@world.command("show")
def show_table(name: Table, workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show the records of a table."""
    from studio.domain.condition import spell
    from studio.simulation.records import table_of

    with workbench(workspace) as bench:
        from studio.services.queries.agents import ShowAgent

        found = table_of(bench.ask(ShowAgent()).draft, name)
    if as_json:
        put_json(found)
        return
    names = [column.id for column in found.columns if column.id != found.key]
    rows = [
        (row.id, *(spell(row.values[name]) if name in row.values else "" for name in names))
        for row in found.rows
    ]
    table((found.key, *names), rows)


@world.command("put")
def put(
    name: Table,
    record: Annotated[str, typer.Argument(help="The record, by the value of its key column.")],
    values: Annotated[list[str], typer.Argument(help="COLUMN=VALUE; nothing after the sign takes it away.")],
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Add a record, or change values of it.

    \b
    Examples:
      cobuilder world put Orders LH-204418 status=delivered amount=64.50
    """
    from studio.services.commands import PutRecord

    with workbench(workspace, who) as bench:
        say(bench.do(PutRecord(name, record, _pairs(values))).title)


def _pairs(values: list[str] | None) -> tuple[tuple[str, str], ...]:
    pairs = []
    for value in values or ():
        column, sign, text = value.partition("=")
        if not sign:
            raise WrongUse(f"“{value}” sets no column.", "Write COLUMN=VALUE.")
        pairs.append((column.strip(), text.strip()))
    return tuple(pairs)


@world.command("effect")
def effect(
    tool: Annotated[str, typer.Argument(help="The system, by its name.")],
    name: Table,
    sets: Annotated[list[str] | None, typer.Option("--set", metavar="COLUMN=VALUE", help="Becomes.")] = None,
    adds: Annotated[list[str] | None, typer.Option("--add", metavar="COLUMN=VALUE", help="Grows by.")] = None,
    subtracts: Annotated[
        list[str] | None, typer.Option("--subtract", metavar="COLUMN=VALUE", help="Shrinks by.")
    ] = None,
    only_when: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="Else the system refuses.")
    ] = None,
    new_in: Annotated[str, typer.Option(help="The table that gets a new record.", metavar="TABLE")] = "",
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Say what a system does to the record it is about; a value may be the name of one of its arguments.

    \b
    Examples:
      cobuilder world effect issue_refund Orders --set status=refunded --subtract balance=amount
    """
    from studio.services.commands import SetMock

    command = SetMock(tool, name, _pairs(sets), _pairs(adds), _pairs(subtracts), _pairs(only_when), new_in)
    with workbench(workspace, who) as bench:
        say(bench.do(command).title)


@world.command("remove")
def remove(
    name: Table,
    records: Annotated[
        list[str] | None, typer.Argument(help="Records; without any, the whole table.")
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Take records away, or a whole table; undo brings them back."""
    from studio.services.commands import EditRecords, RemoveRecord

    command = EditRecords(name, removed=tuple(records)) if records else RemoveRecord(name)
    with workbench(workspace, who) as bench:
        say(bench.do(command).title)


@world.command("sketch")
def sketch(workspace: Workspace = HERE, who: Who = "") -> None:
    """Make the tables that the systems' schemas suggest, with the records that the tests speak of."""
    from studio.services.commands import SketchRecords

    with workbench(workspace, who) as bench:
        say(bench.do(SketchRecords()).title)


@world.command("import")
def import_table(
    name: Table,
    file: Annotated[Path, typer.Argument(help="A CSV file; its first line names the columns.")],
    key: Annotated[str, typer.Option(help="The column that tells records apart; else the first.")] = "",
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Take in a CSV file, whole or not at all: a new table, or more and other records of a known one."""
    from studio.services.commands import ImportRecords
    from studio.services.text_files import read_text

    with workbench(workspace, who) as bench:
        say(bench.do(ImportRecords(name, read_text(file), key)).title)


@world.command("export")
def export_table(name: Table, workspace: Workspace = HERE) -> None:
    """Print a table as CSV, which can be imported again."""
    from studio.services.queries.agents import ShowAgent
    from studio.simulation.records import as_csv, table_of

    with workbench(workspace) as bench:
        typer.echo(as_csv(table_of(bench.ask(ShowAgent()).draft, name)), nl=False)


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command("coverage")(coverage)
    app.command("strength")(strength)
    app.add_typer(world)
