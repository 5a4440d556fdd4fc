"""Verbs of review that show: list and show; those that decide and talk stand beside it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, plural, put_json, say, table
from studio.cli.places import HERE, Workspace, workbench
from studio.cli.reader import say_reading

if TYPE_CHECKING:
    from studio.services.queries.review import ChangePage

review_app = typer.Typer(
    name="review",
    help="Decide on proposed changes, one by one or together; edit, comment, ask, and fit them to the draft.",
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
    from studio.cli.review_forms import say_summary
    from studio.services.queries.proposal_words import SummariseProposal
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
        summary = bench.ask(SummariseProposal(proposal, patient=True))
    if as_json:
        put_json(page)
        return
    say(f"{page.id} “{page.title}”: {page.decided} of {plural(page.total, 'change')} decided")
    say_reading(page.run, page.disagreements)
    say_summary(summary)
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

        say(f"\nLooked at and left ({len(page.unaffected)}):")
        for line in left_text(page.unaffected, everything=everything):
            say(f"  {line}")


@review_app.command("show")
def review_show(
    proposal: Proposal, change: Change, workspace: Workspace = HERE, as_json: JsonFlag = False
) -> None:
    """Show one change: before, after, the sentence that demands it, and what depends on it."""
    from studio.cli.review_forms import say_forms
    from studio.services.queries.review import ProveChange, ShowChange

    with workbench(workspace) as bench:
        page = bench.ask(ShowChange(proposal, change, patient=True))
        proofs = bench.ask(ProveChange(proposal, change))
    if as_json:
        put_json({**asdict(page), "proofs": asdict(proofs)})
        return
    say(f"{page.row.id} {page.row.title} [{STATES[page.row.verdict]}]\n{page.where}\n{page.words}")
    for warning in page.row.warnings:
        say(f"\n! {warning}")
    say_forms(page.forms)
    say(f"\nWhy: {page.reason} (confidence {page.row.confidence:.0%})")
    _say_reasons(page)
    for check in proofs.broken:
        say(f"Would break a check: {check.detail}")
    for check in proofs.mended:
        say(f"Would mend a check: {check.detail}")
    for remark in page.comments:
        say(f"{remark.by}, {remark.at:%Y-%m-%d %H:%M}: {remark.text}")


def _say_reasons(page: ChangePage) -> None:
    """Print the sentences that demand a change, what it hangs together with, and what is open near it."""
    for why in page.why:
        quote = " ".join(why.citation.quote.split())
        standing = ", ".join(
            part
            for part in (why.authority, why.effective_from and f"from {why.effective_from}", why.state)
            if part
        )
        say(
            f"  {why.citation.source_name}, version {why.citation.version}, "
            f"{why.citation.anchor.label}{f' ({standing})' if standing else ''}: “{quote}”"
        )
    for heading, rows in (
        ("Cannot stand without", page.needs),
        ("Goes if this is rejected", page.dependents),
    ):
        if rows:
            say(f"{heading}: {', '.join(f'{row.id} {row.title}' for row in rows)}")
    if page.users:
        say(f"Used by: {', '.join(page.users)}")
    for question in page.questions:
        say(f"Open near it: {question.text} ({question.proposal_id}/{question.id})")
    for conflict in page.conflicts:
        say(f"In conflict near it: {conflict.detail}")


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    from studio.cli import consequences, review_decide, review_package, review_report, review_talk

    review_decide.register(review_app)
    review_talk.register(review_app)
    review_package.register(review_app)
    consequences.register(review_app)
    review_report.register(review_app)
    app.add_typer(review_app)
