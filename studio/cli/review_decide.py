"""Verbs that decide: accept, reject, edit, rebase, history; one change, a group, or all of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from studio.cli.output import JsonFlag, plural, put_json, say
from studio.cli.places import HERE, Who, Workspace, workbench

if TYPE_CHECKING:
    from studio.services.queries.deciding import ThreeColumns
    from studio.services.workbench import Workbench

Proposal = Annotated[str, typer.Argument(help="The proposal, as P-01.")]
Change = Annotated[str, typer.Argument(help="The change, as C-03.")]
ChangeOrAll = Annotated[str, typer.Argument(help="The change, as C-03; without it, all.")]
Changes = Annotated[
    list[str] | None, typer.Argument(help="The changes, as C-01 C-02.", metavar="CHANGE…", show_default=False)
]
Kind = Annotated[str, typer.Option(help="All of a kind that wait, as Rules, Steps or Tests.", metavar="KIND")]
Group = Annotated[
    str, typer.Option(help="All of a group of `review list` that wait, by its heading.", metavar="HEADING")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it would take along, and do nothing.")]


def review_accept(
    proposal: Proposal,
    changes: Changes = None,
    everything: Annotated[bool, typer.Option("--all", help="Accept every change not decided yet.")] = False,
    kind: Kind = "",
    group: Group = "",
    dry_run: DryRun = False,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Take changes into the draft, with what they cannot stand without.

    \b
    Examples:
      cobuilder review accept P-01 C-01 C-02
      cobuilder review accept P-01 --kind Tests
      cobuilder review accept P-01 --all
    """
    from studio.domain.errors import WrongUse
    from studio.services.commands import AcceptChange, AcceptRemaining
    from studio.services.deciding_commands import AcceptChanges

    if bool(changes) + everything + bool(kind) + bool(group) != 1:
        raise WrongUse("Say which changes to accept, or --all, --kind, or --group.")
    with workbench(workspace, who) as bench:
        if everything and not dry_run:
            say(bench.do(AcceptRemaining(proposal)).title)
            return
        chosen = tuple(changes or _chosen(bench, proposal, kind, group))
        if dry_run:
            _foretell(bench, proposal, chosen, "accept")
        elif changes:
            for change in changes:
                say(bench.do(AcceptChange(proposal, change)).title)
        else:
            say(bench.do(AcceptChanges(proposal, chosen)).title)


def review_reject(
    proposal: Proposal,
    changes: Changes = None,
    kind: Kind = "",
    group: Group = "",
    dry_run: DryRun = False,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Refuse changes, and with each of them what depends on it."""
    from studio.domain.errors import WrongUse
    from studio.services.commands import RejectChange
    from studio.services.deciding_commands import RejectChanges

    if bool(changes) + bool(kind) + bool(group) != 1:
        raise WrongUse("Say which changes to reject, or --kind, or --group.")
    with workbench(workspace, who) as bench:
        chosen = tuple(changes or _chosen(bench, proposal, kind, group))
        if dry_run:
            _foretell(bench, proposal, chosen, "reject")
        elif changes:
            for change in changes:
                say(bench.do(RejectChange(proposal, change)).title)
        else:
            say(bench.do(RejectChanges(proposal, chosen)).title)


def _chosen(bench: Workbench, proposal: str, kind: str, group: str) -> list[str]:
    """Return the changes of a kind or a group that wait; all that wait where neither is named."""
    from studio.domain.errors import WrongUse
    from studio.services.queries.deciding import ShowKinds
    from studio.services.queries.review import ShowProposal

    if kind:
        found = {each.name: each.open_ids for each in bench.ask(ShowKinds(proposal))}
    else:
        page = bench.ask(ShowProposal(proposal))
        found = {
            each.heading: tuple(row.id for row in each.rows if row.verdict is None) for each in page.groups
        }
    if not kind and not group:
        return [each for ids in found.values() for each in ids]
    named = next((name for name in found if name.casefold() == (kind or group).casefold()), None)
    if named is None:
        raise WrongUse(f"{proposal} has no “{kind or group}”.", f"Choose one of: {', '.join(found)}.")
    if not found[named]:
        raise WrongUse(f"“{named}” is decided already.", "Name a change to decide it anew.")
    return list(found[named])


def _foretell(
    bench: Workbench, proposal: str, chosen: tuple[str, ...], deed: Literal["accept", "reject"]
) -> None:
    from studio.services.queries.deciding import ForetellDecision

    along = bench.ask(ForetellDecision(proposal, chosen, deed))
    verb = "Accepts" if deed == "accept" else "Rejects"
    say(f"{verb} {plural(len(chosen), 'change')}: {', '.join(chosen)}.")
    say(along or "Nothing comes along.")


def review_edit(
    proposal: Proposal,
    change: Change,
    value: Annotated[
        str | None, typer.Argument(help="The value, where it is one text, number or cell.")
    ] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", help="A field and its text.", metavar="FIELD=TEXT")
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Give a proposed change another value; without one, show its fields.

    \b
    Examples:
      cobuilder review edit P-01 C-15 --set "cells/days_elapsed=≤ 60"
      cobuilder review edit P-01 C-03 --set severity=high --set "text=Refunds of more than £500 …"
      cobuilder review edit P-01 C-07 --set "guard/forbidden_when=days_elapsed > 60 and vip = no"
      cobuilder review edit P-01 C-20 --set $'expectations=ends refused\\npasses explain-window'
    """
    from studio.domain.errors import WrongUse
    from studio.services.deciding_commands import EditProposedValue
    from studio.services.queries.deciding import ReadValue, ShowValueForm

    texts = [("", value)] if value is not None else []
    for each in sets or ():
        name, sign, text = each.partition("=")
        if not sign:
            raise WrongUse(f"“{each}” sets nothing.", "Write FIELD=TEXT.")
        texts.append((name.strip(), text))
    with workbench(workspace, who) as bench:
        if texts:
            after = bench.ask(ReadValue(proposal, change, tuple(texts)))
            say(bench.do(EditProposedValue(proposal, change, after)).title)
            return
        form = bench.ask(ShowValueForm(proposal, change))
    if as_json:
        put_json(form)
        return
    say(f"{form.change_id} {form.title}")
    for field in form.fields:
        shown = dict(field.choices).get(field.text, field.text).replace("\n", "\n      ")
        say(f"  {field.key or '(value)'}  {field.label}: {shown}")
        if field.choices:
            say(f"      one of: {', '.join(words for _, words in field.choices)}")
    if not form.fields:
        say("  It has no field to fill in: accept it, and edit it where it stands then.")
    _say_how({field.kind for field in form.fields})


def _say_how(kinds: set[str]) -> None:
    """Say how what is more than a text is written."""
    from studio.domain import condition_text, expectation_text

    if "condition" in kinds:
        say(f"A condition: {condition_text.HOW}")
    if "expectations" in kinds:
        say(f"What must happen, a line each. {expectation_text.HOW}.")


def review_rebase(
    proposal: Proposal,
    fields: Annotated[
        list[str] | None,
        typer.Argument(help="The places to choose for, or changes as C-01; without, all.", metavar="FIELD…"),
    ] = None,
    take: Annotated[
        str | None, typer.Option(help="theirs: the proposal counts there; mine: the draft.", metavar="SIDE")
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Fit a proposal to a draft that moved on; list what waits for a choice, or choose.

    \b
    Examples:
      cobuilder review rebase P-01
      cobuilder review rebase P-01 C-01 --take theirs
    """
    from studio.domain.errors import WrongUse
    from studio.services.deciding_commands import RebaseProposal
    from studio.services.queries.deciding import ShowThreeColumns

    if take not in (None, "theirs", "mine") or (fields and take is None):
        raise WrongUse("Say which side counts: --take theirs, or --take mine.")
    with workbench(workspace, who) as bench:
        shown = bench.ask(ShowThreeColumns(proposal))
        names = fields or ([row.path for row in shown.rows] if take else [])
        done = ""
        if names or shown.moved:
            side: Literal["theirs", "mine"] = "theirs" if take == "theirs" else "mine"
            done = bench.do(RebaseProposal(proposal, tuple((name, side) for name in names))).title
            shown = bench.ask(ShowThreeColumns(proposal))
    if as_json:
        put_json({"done": done, "waits": shown})
    else:
        say(
            done
            or (f"{proposal} fits the draft as it is." if not shown.rows else f"{proposal}: nothing changed.")
        )
        _say_columns(shown)
    if shown.rows:
        raise typer.Exit(1)


def _say_columns(shown: ThreeColumns) -> None:
    for row in shown.rows:
        say(f"\n{row.change_id} {row.name}\n  {row.path}")
        for heading, text in ((shown.live_is, row.live), ("Theirs", row.theirs), ("Mine", row.mine)):
            say(f"  {heading}: {' / '.join((text or '(nothing)').splitlines())}")
        if row.along:
            say(f"  From the proposal, whatever is chosen: {', '.join(row.along)}.")
        if not row.may_be_theirs:
            say("  What it belongs to is gone from the draft: only mine can stand.")
    if shown.rows:
        say(f"\n{plural(len(shown.rows), 'place')} to choose for: --take theirs, or --take mine.")


def review_history(
    proposal: Proposal,
    change: ChangeOrAll = "",
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Tell who decided, edited, fitted and said what, and when."""
    from studio.services.queries.talk import ShowHistory

    with workbench(workspace) as bench:
        lines = bench.ask(ShowHistory(proposal, change))
    if as_json:
        put_json(lines)
        return
    for line in lines:
        say(f"{line.at:%Y-%m-%d %H:%M}  {line.by}  {line.change_id} {line.title}: {line.what}")
        if line.before:
            say(f"    it was: {' / '.join(line.before.splitlines())}")
    if not lines:
        say("Nobody has decided or said anything yet.")


def register(review_app: typer.Typer) -> None:
    """Add these verbs to `review`."""
    review_app.command("accept")(review_accept)
    review_app.command("reject")(review_reject)
    review_app.command("edit")(review_edit)
    review_app.command("rebase")(review_rebase)
    review_app.command("history")(review_history)
