"""Verbs of review: list, show, accept, reject, comment, answer."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli.output import JsonFlag, plural, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.cli.reader import say_reading

review_app = typer.Typer(
    name="review",
    help="Decide on proposed changes, one by one: list, show, accept, reject, comment, answer.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Proposal = Annotated[str, typer.Argument(help="The proposal, as P-01.")]
Change = Annotated[str, typer.Argument(help="The change, as C-03.")]
SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": "↕"}
STATES = {None: "to decide", "accepted": "accepted", "rejected": "rejected"}


@review_app.command("list")
def review_list(
    proposal: Annotated[str | None, typer.Argument(help="The proposal, as P-01; without it, all.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every line of what was looked at and left, not the first few.")
    ] = False,
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """List the proposals, or the changes and questions of one."""
    from studio.services.queries.review import ListProposals, ShowProposal

    with workbench(workspace) as bench:
        if proposal is None:
            rows = bench.ask(ListProposals())
            if as_json:
                put_json(rows)
                return
            lines = [(r.id, f"{r.decided}/{r.total}", r.open_questions, r.title) for r in rows]
            table(("id", "decided", "questions", "title"), lines)
            return
        page = bench.ask(ShowProposal(proposal))
    if as_json:
        put_json(page)
        return
    say(f"{page.id} “{page.title}”: {page.decided} of {plural(page.total, 'change')} decided")
    say_reading(page.run, page.disagreements)
    for group in page.groups:
        say(f"\n{group.heading}")
        for row in group.rows:
            taken = f" (with {row.because_of})" if row.because_of else ""
            say(f"  {SIGNS[row.sign]} {row.id}  {row.title} · {row.subtitle}  [{STATES[row.verdict]}{taken}]")
            for warning in row.warnings:
                say(f"      ! {warning}")
    for question in page.questions:
        state = (
            f"{'set aside' if question.waived else 'answered'}: {question.answer}"
            if question.answer
            else "open"
        )
        say(f"\n? {question.id} {question.text}\n  {question.reason}\n  [{state}]")
    if page.unaffected:
        from studio.domain.left_alone import left_text

        say(f"\nLooked at, unaffected ({len(page.unaffected)}):")
        for line in left_text(page.unaffected, everything=everything):
            say(f"  {line}")


@review_app.command("show")
def review_show(
    proposal: Proposal, change: Change, workspace: Workspace = HERE, as_json: JsonFlag = False
) -> None:
    """Show one change: before, after, the sentence that demands it, and what depends on it."""
    from studio.services.queries.review import ShowChange

    with workbench(workspace) as bench:
        page = bench.ask(ShowChange(proposal, change))
    if as_json:
        put_json(page)
        return
    say(f"{page.row.id} {page.row.title} [{STATES[page.row.verdict]}]\n{page.where}")
    for warning in page.row.warnings:
        say(f"\n! {warning}")
    for heading, text in (("Now", page.before), ("Proposed", page.after)):
        say(f"\n{heading}:")
        say("\n".join(f"  {line}" for line in (text or "(nothing)").splitlines()))
    say(f"\nWhy: {page.reason} (confidence {page.row.confidence:.0%})")
    for why in page.why:
        quote = " ".join(why.citation.quote.split())
        say(
            f"  {why.citation.source_name}, version {why.citation.version}, "
            f"{why.citation.anchor.label}: “{quote}”"
        )
    for heading, rows in (
        ("Cannot stand without", page.needs),
        ("Goes if this is rejected", page.dependents),
    ):
        if rows:
            say(f"{heading}: {', '.join(f'{row.id} {row.title}' for row in rows)}")
    for check in page.checks_broken:
        say(f"Would break a check: {check.detail}")
    for remark in page.comments:
        say(f"{remark.by}, {remark.at:%Y-%m-%d %H:%M}: {remark.text}")


@review_app.command("accept")
def review_accept(
    proposal: Proposal,
    changes: Annotated[
        list[str] | None, typer.Argument(help="The changes, as C-01 C-02.", metavar="CHANGE…")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Accept every change not decided yet.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Take changes into the draft, with what they cannot stand without.

    \b
    Examples:
      cobuilder review accept P-01 C-01 C-02
      cobuilder review accept P-01 --all
    """
    from studio.domain.errors import WrongUse
    from studio.services.commands import AcceptChange, AcceptRemaining

    if bool(changes) == everything:
        raise WrongUse("Say which changes to accept, or --all.")
    with workbench(workspace, who) as bench:
        if everything:
            say(bench.do(AcceptRemaining(proposal)).title)
        for change in changes or ():
            say(bench.do(AcceptChange(proposal, change)).title)


@review_app.command("reject")
def review_reject(
    proposal: Proposal,
    changes: Annotated[list[str], typer.Argument(help="The changes, as C-01 C-02.", metavar="CHANGE…")],
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Refuse changes, and with each of them what depends on it."""
    from studio.services.commands import RejectChange

    with workbench(workspace, who) as bench:
        for change in changes:
            say(bench.do(RejectChange(proposal, change)).title)


@review_app.command("comment")
def review_comment(
    proposal: Proposal,
    change: Change,
    text: Annotated[str, typer.Argument(help="What to say.")],
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Leave a remark on a change."""
    from studio.services.commands import CommentOnChange

    with workbench(workspace, who) as bench:
        say(bench.do(CommentOnChange(proposal, change, text)).title)


@review_app.command("answer")
def review_answer(
    proposal: Proposal,
    question: Annotated[str, typer.Argument(help="The question, as Q-01.")],
    text: Annotated[str, typer.Argument(help="The answer, or why it does not concern this agent.")],
    aside: Annotated[
        bool, typer.Option("--set-aside", help="The question does not concern this agent; the text says why.")
    ] = False,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Answer an open question of a document, or set it aside with a reason."""
    from studio.services.commands import AnswerQuestion

    with workbench(workspace, who) as bench:
        say(bench.do(AnswerQuestion(proposal, question, text, aside)).title)


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    from studio.cli import review_package

    review_package.register(review_app)
    app.add_typer(review_app)
