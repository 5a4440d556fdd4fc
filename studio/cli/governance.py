"""Verbs that govern sources: coverage, conflicts, suspects, drift, search, and the decisions on them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import JsonFlag, meter, plural, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.services.queries.governance import DoubtRow, SuspectRow

Source = Annotated[str, typer.Argument(help="The source, as S-01.")]
Statement = Annotated[str, typer.Argument(help="The statement, as S-03/S-007.")]
LISTS = ("regions", "segments", "channels", "products", "workflows")
FIELDS = (
    *("name", "authority", "owner", "effective_from", "effective_until", "review_by", "audience"),
    *("permission", "supersedes", *LISTS),
)
KINDS = {"modality": "allowed or not"}
QUESTION = "I"
DATES = ("effective_from", "effective_until", "review_by")


def day(text: str | None) -> date | None:
    """Return a date written as 2026-12-01; raises WrongUse."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUse(f"“{text}” is not a date.", "Write it as 2026-12-01.") from None


def _named(statement: str) -> tuple[str, str]:
    source, _, name = statement.partition("/")
    if not name:
        raise WrongUse(f"“{statement}” names no statement.", "Write it as S-03/S-007.")
    return source, name


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


def drift(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Compare every source with the file it came from, and change nothing; exit code 1 if one differs."""
    from studio.services.queries.governance import ShowOrigins
    from studio.services.stages.folders import LookAtOrigins

    with workbench(workspace) as bench:
        bench.run(LookAtOrigins(take=False), meter)
        page = bench.ask(ShowOrigins())
    if as_json:
        put_json({"ok": not page.drifted, "findings": page.findings})
    else:
        for finding in page.drifted:
            say(f"{finding.kind:<10} {finding.source_id or '-':<5} {finding.place}: {finding.detail}")
        say(
            f"{plural(len(page.findings), 'file')} looked at, "
            f"{len(page.drifted)} not as the workspace has them."
        )
    raise typer.Exit(1 if page.drifted else 0)


def refresh(workspace: Workspace = HERE, who: Who = "", as_json: JsonFlag = False) -> None:
    """Look at linked folders and other origins, and take what is new or changed as versions."""
    from studio.services.stages.folders import LookAtOrigins

    with workbench(workspace, who) as bench:
        found = bench.run(LookAtOrigins(), meter)
    if as_json:
        put_json(found.findings)
        return
    for document in found.documents:
        say(
            f"Took {document.file_name}"
            + (f" as the next version of {document.source_id}" if document.source_id else "")
        )
    for finding in found.findings:
        if finding.kind in ("vanished", "unreadable"):
            say(f"{finding.kind}: {finding.place}: {finding.detail}")
    say(f"{plural(len(found.findings), 'file')} looked at, {len(found.documents)} taken.")


def link(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder to watch; none shows those there are.")
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Link a folder: its documents become sources, and stay connected to their files.

    \b
    Example:
      cobuilder source link policies && cobuilder source refresh
    """
    from studio.services.commands import LinkFolder
    from studio.services.queries.governance import ShowOrigins

    if folder is None:
        with workbench(workspace, who) as bench:
            known = bench.ask(ShowOrigins()).folders
        table(("id", "folder"), [(each.id, each.path) for each in known])
        return
    if not folder.is_dir():
        raise WrongUse(f"{folder} is not a folder.", "Name a folder with documents.")
    with workbench(workspace, who) as bench:
        say(bench.do(LinkFolder(str(folder.resolve()))).title)


def unlink(
    folder: Annotated[str, typer.Argument(help="The linked folder, as F-01.")],
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Let go of a linked folder; its sources stay."""
    from studio.services.commands import UnlinkFolder

    with workbench(workspace, who) as bench:
        say(bench.do(UnlinkFolder(folder)).title)


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


def describe(
    source: Source,
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            help="FIELD=VALUE: name, authority, owner, effective_from, effective_until, review_by, audience, "
            "permission, supersedes, regions, segments, channels, products, workflows; empty clears.",
            metavar="FIELD=VALUE…",
        ),
    ] = None,
    take: Annotated[bool, typer.Option("--take", help="Take every value that the document states.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Say what a source is; without fields, show what the document states about itself.

    \b
    Examples:
      cobuilder source describe S-03
      cobuilder source describe S-03 owner='Returns team' regions=EU,US review_by=2027-03-01
      cobuilder source describe S-03 --take
    """
    from studio.services.commands import DescribeSource
    from studio.services.queries.governance import SuggestFields

    given = dict(_field(text) for text in fields or ())
    with workbench(workspace, who) as bench:
        rows = bench.ask(SuggestFields(source)) if take or not given else ()
        if take:
            given = {**{r.suggestion.field: r.suggestion.value for r in rows if r.kind == "confirm"}, **given}
        if given:
            scope = {name: _list(given.pop(name)) for name in LISTS if name in given}
            say(bench.do(DescribeSource(source, _values(given, scope, bench, source))).title)
            return
    if as_json:
        put_json(rows)
        return
    for row in rows:
        mark = "✓" if row.kind == "same" else "?"
        quote = " ".join(row.suggestion.quote.split())
        say(f"{mark} {row.suggestion.field}: {row.suggestion.value}  (the document says “{quote}”)")


def _field(text: str) -> tuple[str, str]:
    from studio.domain.source import Authority

    name, sign, value = text.partition("=")
    if not sign:
        raise WrongUse(f"“{text}” says no value.", "Write it as FIELD=VALUE.")
    if name not in FIELDS:
        raise WrongUse(f"A source has no field “{name}”.", f"Choose from: {', '.join(FIELDS)}.")
    chosen = {"authority": tuple(Authority), "permission": ("may be quoted", "internal")}.get(name)
    if chosen and value and value not in chosen:
        raise WrongUse(f"“{value}” is no {name}.", f"Choose from: {', '.join(chosen)}.")
    return name, value


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _values(given: dict[str, str], scope: dict[str, Any], bench: Any, source_id: str) -> dict[str, Any]:
    from studio.services.queries.sources import ShowSource

    values: dict[str, Any] = {n: (day(v) if n in DATES else v) or None for n, v in given.items()}
    if scope:
        known = bench.ask(ShowSource(source_id)).source.applies_to
        values["applies_to"] = known.model_copy(update=scope)
    return values


def waive(
    statement: Statement,
    why: Annotated[str, typer.Argument(help="Why it is not for this agent.")],
    until: Annotated[str | None, typer.Option(help="The last day, as 2026-12-31.", metavar="DATE")] = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Say that a sentence is not for this agent, why, and until when."""
    from studio.services.commands import WaiveStatement

    with workbench(workspace, who) as bench:
        say(bench.do(WaiveStatement(*_named(statement), why, day(until))).title)


def confirm(statement: Statement, workspace: Workspace = HERE, who: Who = "") -> None:
    """Say that what stands on a sentence still says what it demands."""
    from studio.services.commands import ConfirmStatement

    with workbench(workspace, who) as bench:
        say(bench.do(ConfirmStatement(*_named(statement))).title)


def mark(
    statement: Statement,
    permission: Annotated[str, typer.Argument(help="internal, or quotable.")],
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Say whether a sentence may be quoted to customers."""
    from studio.services.commands import MarkAccess

    if permission not in ("internal", "quotable"):
        raise WrongUse(f"“{permission}” is no mark.", "Choose internal or quotable.")
    with workbench(workspace, who) as bench:
        source, name = _named(statement)
        command = MarkAccess(source, name, "internal" if permission == "internal" else "may be quoted")
        say(bench.do(command).title)


def decide(
    conflict: Annotated[str, typer.Argument(help="The conflict, as C-4821; `conflicts` shows it.")],
    holds: Annotated[str, typer.Argument(help="left, right, both or neither.")],
    why: Annotated[str, typer.Argument(help="Why.")] = "",
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Decide a conflict; the decision is recorded with your name."""
    from studio.services.commands import DecideCollision
    from studio.services.queries.governance import ListCollisions, spoken_names

    if holds not in ("left", "right", "both", "neither"):
        raise WrongUse(f"“{holds}” decides nothing.", "Choose left, right, both or neither.")
    with workbench(workspace, who) as bench:
        ids = [row.collision.id for row in bench.ask(ListCollisions())]
        named = {name: each for each, name in spoken_names(ids).items()}
        conflict = named.get(conflict.upper(), conflict)
        say(bench.do(DecideCollision(conflict, holds, why)).title)  # type: ignore[arg-type]


def order(
    kinds: Annotated[
        list[str] | None,
        typer.Argument(help="Every kind of document, the weightiest first.", metavar="KIND…"),
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Show or change which kinds of documents weigh more where two disagree.

    \b
    Examples:
      cobuilder source order
      cobuilder source order regulation sop policy 'knowledge article' note
    """
    from studio.domain.source import Authority
    from studio.services.commands import OrderAuthorities
    from studio.services.queries.governance import ShowAuthorities

    unknown = [kind for kind in kinds or () if kind not in set(Authority)]
    if unknown:
        raise WrongUse(f"“{unknown[0]}” is no kind of document.", f"Name all of: {', '.join(Authority)}.")
    with workbench(workspace, who) as bench:
        if kinds:
            say(bench.do(OrderAuthorities(tuple(Authority(kind) for kind in kinds))).title)
            return
        now = bench.ask(ShowAuthorities())
    if as_json:
        put_json(now)
    else:
        for number, kind in enumerate(now, start=1):
            say(f"{number}. {kind}")


def same(
    doubt: Annotated[str, typer.Argument(help="The question, as I-4821; `suspects` shows it.")],
    different: Annotated[bool, typer.Option("--different", help="They are different statements.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Say that two sentences of two versions are the same statement, or different ones."""
    from studio.services.commands import DecideIdentity
    from studio.services.queries.governance import ListDoubts, spoken_names

    with workbench(workspace, who) as bench:
        ids = [row.id for row in bench.ask(ListDoubts())]
        named = {name: each for each, name in spoken_names(ids, QUESTION).items()}
        say(bench.do(DecideIdentity(named.get(doubt.upper(), doubt), not different)).title)


def register(app: typer.Typer) -> None:
    """Add these verbs to the group `source`."""
    verbs = (coverage, conflicts, suspects, drift, refresh, link, unlink, search)
    for verb in (*verbs, describe, waive, confirm, mark, decide, same, order):
        app.command(verb.__name__)(verb)
