"""Verbs on a workspace: new, open, source add, list, show and read, propose."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli import governance
from studio.cli.describing import day
from studio.cli.output import JsonFlag, meter, plural, put_json, say, table, working
from studio.cli.places import HERE, Who, Workspace, read_bytes, settings_for, workbench
from studio.cli.reader import Confirm, EngineOption, engine_named, read_source, say_reading
from studio.domain.errors import WrongUse

source_app = typer.Typer(
    name="source",
    help="Documents the agent relies on: add, list, show, coverage, conflicts, suspects, drift, search …",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def new(
    folder: Annotated[Path, typer.Argument(help="An empty or missing folder for the workspace.")],
    agent: Annotated[
        Path | None, typer.Option(help="The agent that is live already, as a JSON file.", metavar="FILE")
    ] = None,
    sample: Annotated[
        str | None,
        typer.Option(help="A sample: returns_assistant, appointment_desk or governed_desk.", metavar="NAME"),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="Documents only: what their agent is called.", metavar="NAME"),
    ] = None,
    who: Who = "",
) -> None:
    """Make a workspace around an agent that is live already, around a sample, or around documents alone.

    \b
    Examples:
      cobuilder new returns --sample returns_assistant
      cobuilder new desk --agent live-agent.json
      cobuilder new repairs --name 'Repair desk'
    """
    from studio.assembly import new_from_sample, new_workbench
    from studio.services.agent_file import read_agent
    from studio.services.new_agent import new_agent

    if sum(each is not None for each in (agent, sample, name)) != 1:
        raise WrongUse(
            "Say what the workspace begins with: one of --agent FILE (an agent that is live), "
            "--sample NAME, or --name NAME (documents only)."
        )
    if sample is not None:
        bench = new_from_sample(folder, sample, settings_for(who))
    elif agent is not None:
        bench = new_workbench(
            folder, read_agent(read_bytes(agent, "The agent file"), str(agent)), settings_for(who)
        )
    else:
        bench = new_workbench(folder, new_agent(name or ""), settings_for(who))
    bench.close()
    if name is None:
        say(f"Made the workspace {folder}. The agent is live there as version 1.")
    else:
        say(f"Made the workspace {folder}. Its agent does nothing yet: CoBuilder drafts it from documents.")
    say(f"Next: cobuilder source add DOCUMENT -w {folder}")


OPENED_AS_FILES = (".cobundle", ".cobreview")


def open_(
    path: Annotated[Path, typer.Argument(help="A workspace folder, a bundle, or a review package.")] = HERE,
) -> None:
    """Open the window on a workspace; on a received bundle, IT's window, which needs no workspace.

    \b
    Examples:
      cobuilder open returns
      cobuilder open returns-assistant-2.cobundle
    """
    from studio.cli.window import open_window

    if path.suffix.lower() in OPENED_AS_FILES:
        read_bytes(path, "The file")
    else:
        with workbench(path):
            pass
    raise typer.Exit(open_window(path))


@source_app.command("add")
def source_add(
    files: Annotated[
        list[Path],
        typer.Argument(help="Markdown, text, Word, PDF, HTML, Excel, CSV or mail files.", metavar="FILE…"),
    ],
    authority: Annotated[
        str | None,
        typer.Option(
            help="regulation, policy, sop, knowledge article or note.", show_default="read from the name"
        ),
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for the document.")] = None,
    effective: Annotated[
        str | None, typer.Option(help="The first day it holds, as 2026-12-01.", metavar="DATE")
    ] = None,
    supersedes: Annotated[
        str | None, typer.Option(help="The source it replaces, as S-01.", metavar="ID")
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Add documents; a file of a known name becomes the next version of that source.

    \b
    Examples:
      cobuilder source add returns-policy-2026.md --supersedes S-01
      cobuilder source add *.md -w returns
    """
    from studio.domain.source import Authority
    from studio.services.queries.sources import ListSources
    from studio.services.stages.reading import ReadSource

    if authority is not None and authority not in set(Authority):
        raise WrongUse(f"“{authority}” is no authority.", f"Choose one of: {', '.join(Authority)}.")
    effective_from = day(effective)
    with workbench(workspace, who) as bench:
        for file in files:
            job = ReadSource(
                file_name=file.name,
                data=read_bytes(file, "The document"),
                authority=Authority(authority) if authority else None,
                owner=owner,
                effective_from=effective_from,
                supersedes=supersedes,
                place=str(file.resolve()),
            )
            with working(f"Reading {file.name}", as_json):
                bench.run(job, meter)
        names = {file.name for file in files}
        rows = [row for row in bench.ask(ListSources()).rows if row.file_name in names]
    if as_json:
        put_json(rows)
        return
    for row in rows:
        say(
            f"{row.id} “{row.name}” version {row.version}: "
            f"{plural(row.statements, 'sentence')} {'binds' if row.statements == 1 else 'bind'} the agent."
        )
    say(f"Next: cobuilder propose {rows[-1].id}")


@source_app.command("list")
def source_list(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """List the documents, and how much of them is in the agent."""
    from studio.services.queries.sources import ListSources

    with workbench(workspace) as bench:
        found = bench.ask(ListSources())
    if as_json:
        put_json(found)
        return
    table(
        ("id", "version", "state", "authority", "sentences", "name"),
        [(r.id, r.version, r.chip, r.authority, r.statements, r.name) for r in found.rows],
    )
    say()
    for row in found.coverage:
        if row.count:
            say(f"{row.share:6.1%}  {row.state} ({row.count})")


@source_app.command("show")
def source_show(
    source: Annotated[str, typer.Argument(help="The source, as S-01.")],
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Show a document sentence by sentence: what binds the agent, and where it lives."""
    from studio.services.queries.sources import ShowSource

    with workbench(workspace) as bench:
        page = bench.ask(ShowSource(source))
    if as_json:
        put_json(page)
        return
    say(f"{page.source.id} “{page.source.name}” · {page.source.authority} · {page.chip}")
    for block in page.blocks:
        for sentence in block.sentences:
            where = ", ".join(dict.fromkeys(place.name for place in sentence.places))
            kind = sentence.statement.kind.value
            say(f"\n[{sentence.state}] {kind}, {sentence.statement.anchor.label}")
            say(f"  “{' '.join(sentence.statement.quote.split())}”")
            if where:
                say(f"  lives in: {where}")
            for warning in sentence.warnings:
                say(f"  ! {warning}")
    for question in page.questions:
        state = question.answer or "open"
        say(f"\n[question {question.id}] {question.text}\n  {state}")
    if page.declined:
        say(f"\nNothing was read from it. {page.declined}")
    for row in page.suspicions:
        say(f"\n! {row.suspicion.anchor.label}: {row.suspicion.reason}")
        say(f"  “{' '.join(row.suspicion.quote.split())}”")


@source_app.command("read")
def source_read(
    source: Annotated[str, typer.Argument(help="The source, as S-03.")],
    engine: EngineOption = "embedded",
    confirm: Confirm = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Read a document again: by CoBuilder itself, by the language model, or by both, side by side.

    \b
    Examples:
      cobuilder source read S-03 --engine both --confirm
      cobuilder source read S-03 --engine embedded
    """
    from studio.services.queries.models import ShowReading

    chosen = engine_named(engine)
    with workbench(workspace, who) as bench:
        read_source(bench, source, chosen, confirm, anew=True)
        found = bench.ask(ShowReading(source))
    if as_json:
        put_json(found)
        return
    bind = "binds" if found.statements == 1 else "bind"
    say(f"{source}: {plural(found.statements, 'sentence')} {bind} the agent.")
    say_reading(found.run, found.disagreements)
    say(f"Next: cobuilder propose {source}")


def propose(
    source: Annotated[str, typer.Argument(help="The source, as S-03.")],
    engine: EngineOption = "",
    confirm: Confirm = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Ask CoBuilder what a document demands of the agent; nothing is changed before you accept it.

    \b
    Examples:
      cobuilder propose S-03
      cobuilder propose S-03 --engine both
    """
    from studio.cli.reader import read_by
    from studio.services.queries.proposal_words import ShowEarlier
    from studio.services.queries.review import ShowProposal
    from studio.services.stages.proposing import Propose

    chosen = engine_named(engine) if engine else None
    with workbench(workspace, who) as bench:
        read_by(bench, source, chosen, confirm)
        waiting = bench.ask(ShowEarlier(source))
        if waiting and not as_json:
            say(waiting)
        with working(f"Comparing {source} with the agent", as_json):
            made = bench.run(Propose(source), meter)
        page = bench.ask(ShowProposal(made.id))
    if as_json:
        put_json(page)
        return
    say(
        f"{made.id} “{made.title}”: {plural(len(made.changes), 'change')}, "
        f"{plural(len(made.questions), 'question')}."
    )
    for line in made.unaffected:
        if line.startswith("Not taken over from P-"):
            say(f"  {line}")
    for warning in (w for group in page.groups for row in group.rows for w in row.warnings):
        say(f"  ! {warning}")
    say_reading(made.run, made.disagreements, most=6)
    say(f"Next: cobuilder review list {made.id}")


def undo(workspace: Workspace = HERE, who: Who = "") -> None:
    """Take back the last change; works after a restart too."""
    with workbench(workspace, who) as bench:
        say(f"Took back: {bench.undo()}")


def redo(workspace: Workspace = HERE, who: Who = "") -> None:
    """Do again what was taken back last."""
    with workbench(workspace, who) as bench:
        say(f"Did again: {bench.redo()}")


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command("new")(new)
    app.command("open")(open_)
    governance.register(source_app)
    app.add_typer(source_app)
    app.command("propose")(propose)
    app.command("undo")(undo)
    app.command("redo")(redo)
