"""Verbs for the world an agent is tried in: the tables of records that mock systems work on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.changeset import ChangeSet

Table = Annotated[str, typer.Argument(help="The table of records, by its name.")]

world = typer.Typer(
    name="world",
    no_args_is_help=True,
    help="Records that mock systems look up and change: sketch, import, new, column, show, put, effect …",
)


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


@world.command("new")
def new_table(
    name: Annotated[str, typer.Argument(help="What people call the table.")],
    key: Annotated[str, typer.Option(help="The column that tells its records apart.")] = "Number",
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Make an empty table of records.

    \b
    Examples:
      cobuilder world new Orders --key "Order number"
    """
    from studio.services.authoring.record_tables import new_record_table

    _change(workspace, who, lambda draft: new_record_table(draft, name, key))


@world.command("rename")
def rename_table(
    name: Table,
    to: Annotated[str, typer.Argument(help="Its other name.")],
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Give a table another name; systems find it as before."""
    from studio.services.authoring.record_tables import rename_record_table

    _change(workspace, who, lambda draft: rename_record_table(draft, name, to))


@world.command("column")
def column(
    name: Table,
    column_name: Annotated[str, typer.Argument(metavar="COLUMN", help="The column, new or known.")],
    to: Annotated[str, typer.Option("--rename", metavar="NAME", help="Call a known one otherwise.")] = "",
    holds: Annotated[str, typer.Option(help="text, number, yes or no, date.", metavar="KIND")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take it away, with its values.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Add a column to a table, or change or remove one that it has.

    \b
    Examples:
      cobuilder world column Orders Weight --holds number
      cobuilder world column Orders Weight --rename "Weight in kg"
      cobuilder world column Orders Weight --remove
    """
    from studio.services.authoring.record_tables import (
        column_kind,
        has_column,
        put_record_column,
        remove_record_column,
    )

    if remove and (to or holds):
        raise WrongUse("A column is removed or changed, not both.", "Leave one of the options out.")
    kind = column_kind(holds) if holds else None

    def made(draft: Agent) -> ChangeSet:
        if remove:
            return remove_record_column(draft, name, column_name)
        known = bool(to) or has_column(draft, name, column_name)
        return put_record_column(draft, name, column_name if known else "", to or column_name, kind)

    _change(workspace, who, made)


def _change(workspace: Path, who: str, make: Callable[[Agent], ChangeSet]) -> None:
    """Carry out one edit of the draft, and say it."""
    from studio.services.commands import EditAgent
    from studio.services.queries.agents import ShowAgent

    with workbench(workspace, who) as bench:
        say(bench.do(EditAgent(make(bench.ask(ShowAgent()).draft))).title)


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
    app.add_typer(world)
