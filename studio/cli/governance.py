"""Verbs that show how sources are accounted for: coverage, conflicts, suspects, search.

- The verbs that say what a source is (`describing`), decide on its sentences (`decisions`) and keep it
  connected to its file (`origins`) join the same group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.decisions import QUESTION, confirm, decide, mark, same, waive
from studio.cli.describing import describe, order
from studio.cli.origins import drift, link, refresh, unlink
from studio.cli.output import JsonFlag, meter, plural, put_json, say, table
from studio.cli.places import HERE, Workspace, workbench

if TYPE_CHECKING:
    from studio.services.queries.governance import DoubtRow, SuspectRow

KINDS = {"modality": "allowed or not"}


def coverage(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show how every sentence that binds the agent is accounted for; exit code 1 if one is not."""
    from studio.services.queries.governance import ShowCoverage

    with workbench(workspace) as bench:
        report = bench.ask(ShowCoverage())
    settled = ("in the agent and tested", "waived")
    whole = all(row.state in settled or not row.count for row in report.total) and not report.suspects
    if as_json:
        put_json({"complete": whole, "coverage": report})
    else:
        for row in report.total:
            say(f"{row.share:6.1%}  {row.state} ({row.count})")
        say(f"suspect on top: {report.suspects}")
        for source in report.sources:
            counts = ", ".join(f"{row.count} {row.state}" for row in source.rows if row.count)
            say(f"{source.source_id} “{source.name}” ({source.state}): {counts or 'nothing binds the agent'}")
    raise typer.Exit(0 if whole else 1)


def conflicts(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show sentences that cannot both hold, and which wins; exit code 1 while one is not decided."""
    from studio.services.queries.governance import ListCollisions, NeedsComparing, spoken_names
    from studio.services.stages.comparing import CompareSources

    with workbench(workspace) as bench:
        if bench.ask(NeedsComparing()):
            bench.run(CompareSources(), meter)
        rows = bench.ask(ListCollisions())
    undecided = [row for row in rows if not row.decided]
    if as_json:
        put_json({"ok": not undecided, "conflicts": rows})
    else:
        names = spoken_names(row.collision.id for row in rows)
        for row in rows:
            found = row.collision
            kind, state = KINDS.get(found.kind, found.kind), "decided" if row.decided else "to decide"
            say(f"{names[found.id]}  {kind}  [{state}]  {found.detail}")
            for side, name in (("left", row.left_name), ("right", row.right_name)):
                cite = found.left.citation if side == "left" else found.right.citation
                say(f"  {side}: {name}, {cite.anchor.label}: “{' '.join(cite.quote.split())}”")
            say(f"  {found.why}")
        say(f"{plural(len(rows), 'conflict')}, {len(undecided)} to decide.")
    raise typer.Exit(1 if undecided else 0)


def suspects(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show what stands on a sentence that changed, or changed itself; exit code 1 if anything does."""
    from studio.services.queries.governance import ListDoubts, ListSuspects, spoken_names

    with workbench(workspace) as bench:
        rows, doubts = bench.ask(ListSuspects()), bench.ask(ListDoubts())
    asked = [doubt for doubt in doubts if doubt.same is None]
    if as_json:
        put_json({"ok": not rows, "suspects": rows, "identity": doubts})
    else:
        for row in rows:
            _say_suspect(row)
        names = spoken_names((doubt.id for doubt in doubts), QUESTION)
        for doubt in asked:
            _say_doubt(names[doubt.id], doubt)
        questions = plural(len(asked), "question")
        say(f"{plural(len(rows), 'suspect sentence')}, {questions} whether a sentence is still the same.")
    raise typer.Exit(1 if rows else 0)


def _say_suspect(row: SuspectRow) -> None:
    place = row.statement.anchor.label
    say(f"{row.source_id}/{row.statement.id}  {row.source_name}, {place}: “{_one_line(row.statement.quote)}”")
    say(f"  {row.about}")
    for name in dict.fromkeys(place.name for place in row.places):
        say(f"    {name}")


def _say_doubt(name: str, doubt: DoubtRow) -> None:
    at = ", ".join(filter(None, (doubt.source_name, doubt.where)))
    say(f"{name}  {at}: still the same sentence?")
    say(f"  before: “{_one_line(doubt.old_quote)}”")
    say(f"  now:    “{_one_line(doubt.new_quote)}”")
    say(f"  {doubt.why}")
    say(f"  If so: cobuilder source same {name}; if not, add --different.")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def search(
    words: Annotated[list[str], typer.Argument(help="Words that stand together in a paragraph.")],
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Search all sources; exit code 1 where nothing is found."""
    from studio.services.queries.governance import SearchSources

    with workbench(workspace) as bench:
        rows = bench.ask(SearchSources(" ".join(words)))
    if as_json:
        put_json(rows)
    else:
        if not rows:
            say("Nothing holds these words together.")
            raise typer.Exit(1)
        table(
            ("source", "where", "text"), [(r.source_id, r.where, " ".join(r.snippet.split())) for r in rows]
        )
    raise typer.Exit(0 if rows else 1)


def register(app: typer.Typer) -> None:
    """Add these verbs to the group `source`."""
    verbs = (coverage, conflicts, suspects, drift, refresh, link, unlink, search)
    for verb in (*verbs, describe, waive, confirm, mark, decide, same, order):
        app.command(verb.__name__)(verb)
