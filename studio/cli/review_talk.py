"""Verbs for talking about a change: comment, reply, ask, threads, and answers to a document's questions."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.cli.review_decide import Change, ChangeOrAll, Proposal

Text = Annotated[str, typer.Argument(help="What to say.")]
Also = Annotated[list[str] | None, typer.Option(help="A further change that it is about.", metavar="CHANGE")]


def review_comment(
    proposal: Proposal,
    change: Change,
    text: Text,
    also: Also = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Leave a remark on a change."""
    from studio.services.commands import CommentOnChange

    with workbench(workspace, who) as bench:
        say(bench.do(CommentOnChange(proposal, change, text, about=tuple(also or ()))).title)


def review_reply(
    proposal: Proposal,
    remark: Annotated[str, typer.Argument(help="The remark's number, as `threads` shows it.")],
    text: Text,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Reply to a remark; a question to somebody is answered by that."""
    from studio.domain.errors import WrongUse
    from studio.services.commands import CommentOnChange
    from studio.services.queries.talk import ShowThreads

    with workbench(workspace, who) as bench:
        known = {
            each.id.rpartition("/")[2]: each.change_id
            for thread in bench.ask(ShowThreads(proposal))
            for each in (thread.first, *thread.replies)
        }
        if remark not in known:
            raise WrongUse(
                f"{proposal} has no remark “{remark}”.", f"`cobuilder review threads {proposal}` shows them."
            )
        say(bench.do(CommentOnChange(proposal, known[remark], text, reply_to=remark)).title)


def review_ask(
    proposal: Proposal,
    change: Change,
    text: Text,
    to: Annotated[
        str,
        typer.Option(help="owner, author, a role such as compliance, or a person's name.", metavar="WHOM"),
    ] = "owner",
    also: Also = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Ask the document's owner, the author, a role or a person; it is open until somebody replies.

    \b
    Examples:
      cobuilder review ask P-01 C-03 "Is £350 right for gift cards, too?"
      cobuilder review ask P-01 C-03 "May we promise this?" --to compliance
    """
    from studio.domain.review import Asked
    from studio.services.commands import CommentOnChange
    from studio.services.queries.talk import WhoToAsk

    with workbench(workspace, who) as bench:
        known = bench.ask(WhoToAsk(proposal, change))
        wanted = to.casefold()
        asked = next(
            (each for each in known if wanted == each.kind or each.name.casefold().startswith(wanted)),
            Asked(kind="person", name=to),
        )
        command = CommentOnChange(proposal, change, text, asks=asked, about=tuple(also or ()))
        say(bench.do(command).title)


def review_threads(
    proposal: Proposal,
    change: ChangeOrAll = "",
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Show the remarks, with their numbers, their replies, and what still waits for one."""
    from studio.services.queries.talk import ShowThreads

    with workbench(workspace) as bench:
        threads = bench.ask(ShowThreads(proposal, change))
    if as_json:
        put_json(threads)
        return
    for thread in threads:
        for each in (thread.first, *thread.replies):
            number = each.id.rpartition("/")[2]
            to = f" asks {each.asks.words}" if each.asks else ""
            indent = "" if each is thread.first else "    "
            where = f" on {', '.join(each.changes)}" if each is thread.first else ""
            say(f"{indent}{number}. {each.by}{to}{where}, {each.at:%Y-%m-%d %H:%M}: {each.text}")
        if thread.waits:
            say("    waits for a reply")
    if not threads:
        say("Nobody has said anything yet.")


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


def register(review_app: typer.Typer) -> None:
    """Add these verbs to `review`."""
    review_app.command("comment")(review_comment)
    review_app.command("reply")(review_reply)
    review_app.command("ask")(review_ask)
    review_app.command("threads")(review_threads)
    review_app.command("answer")(review_answer)
