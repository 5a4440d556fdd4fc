"""The verb ask: a request in plain words, answered or turned into one proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, workbench

if TYPE_CHECKING:
    from studio.domain.request import Reply

HEADS = {
    "refused": "Not done. ",
    "needs a language model": "Needs a language model. ",
    "unsure": "",
    "not understood": "",
}


def ask(
    words: Annotated[
        list[str] | None, typer.Argument(help="What should change, or a question.", metavar="REQUEST…")
    ] = None,
    kinds: Annotated[bool, typer.Option("--kinds", help="List every kind of request with examples.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Say in plain words what should change, or ask about the agent; a change becomes a proposal.

    Nothing is applied: what is proposed waits in `cobuilder review list`, and `cobuilder undo` takes it back.
    The embedded engine reads requests by rules, on this computer, without a language model. When a request
    can be read in several ways it asks back; when it is not understood, the exit code is 1.

    \b
    Examples:
      cobuilder ask "change the return window to 45 days"
      cobuilder ask "escalate when the customer mentions a lawyer"
      cobuilder ask "stop asking for the condition of the item"
      cobuilder ask "what does the agent do when the order lookup fails?"
      cobuilder ask "why is R-04 there?"
      cobuilder ask --kinds
    """
    from studio.domain.errors import WrongUse

    if kinds:
        _list_kinds(as_json)
        return
    request = " ".join(words or ()).strip()
    if not request:
        raise WrongUse(
            "Say what should change, or ask something.", "`cobuilder ask --kinds` lists what there is."
        )
    from studio.services.stages.requesting import AskCoBuilder

    with workbench(workspace, who) as bench:
        reply = bench.run(AskCoBuilder(request))
    if as_json:
        put_json(reply)
    else:
        _tell(reply)
    if not reply.understood:
        raise typer.Exit(1)


def _list_kinds(as_json: bool) -> None:
    from studio.services.queries.requests import request_families

    families = request_families()
    if as_json:
        put_json(families)
        return
    group = ""
    for family in families:
        if family.group != group:
            say(f"\n{family.group}" if group else family.group)
            group = family.group
        say(f"  {family.does}")
        for example in family.examples:
            say(f"      {example}")


def _tell(reply: Reply) -> None:
    say(HEADS.get(reply.verdict, "") + reply.text)
    for warning in reply.warnings:
        say(f"  ! {warning}")
    if reply.proposal is not None:
        proposal = reply.proposal
        table(("change", "title"), [(change.id, change.title) for change in proposal.changes])
        if proposal.unaffected:
            say("Looked at, unaffected:")
            for line in proposal.unaffected[:8]:
                say(f"  {line}")
        for citation in reply.citations:
            quote = " ".join(citation.quote.split())
            say(f"It stands on {citation.source_name}, {citation.anchor.label}: “{quote}”")
        say(f"Proposal {proposal.id}. Decide: cobuilder review list {proposal.id}. Take back: cobuilder undo")
    for choice in reply.choices:
        say(f"  {choice.label}: cobuilder ask '{_quoted(choice.request)}'")


def _quoted(text: str) -> str:
    return text.replace("'", "'\\''")


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("ask")(ask)
