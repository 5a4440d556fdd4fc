"""The verb ask: a request in plain words, answered or turned into one proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, meter, note, put_json, say, table, working
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.cli.reader import Confirm, engine_named, let_leave

if TYPE_CHECKING:
    from studio.domain.finding import Engine
    from studio.domain.request import Reply
    from studio.services.workbench import Workbench

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
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            help="Who reads the request: embedded (CoBuilder itself), model (the language model), or both: "
            "the model only where CoBuilder is not sure.",
            metavar="ENGINE",
        ),
    ] = "embedded",
    confirm: Confirm = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Say in plain words what should change, or ask about the agent; a change becomes a proposal.

    Nothing is applied: what is proposed waits in `cobuilder review list`, and `cobuilder undo` takes it back.
    The embedded engine reads requests by rules, on this computer, without a language model. When a request
    can be read in several ways it asks back; when it is not understood, the exit code is 1. A language model
    is asked only with --engine, after a line that says what leaves this computer.

    \b
    Examples:
      cobuilder ask "change the return window to 45 days"
      cobuilder ask "escalate when the customer mentions a lawyer"
      cobuilder ask "stop asking for the condition of the item"
      cobuilder ask "what does the agent do when the order lookup fails?"
      cobuilder ask "why is R-04 there?"
      cobuilder ask --engine both "make the greeting sound warmer"
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
    chosen = engine_named(engine)
    with workbench(workspace, who) as bench:
        reply = _asked(bench, request, chosen, confirm, as_json)
        passable = engine == "embedded" and _passable(bench, reply)
    if as_json:
        put_json(reply)
    else:
        _tell(reply)
        if passable:
            say(f"Ask the language model: cobuilder ask --engine model '{_quoted(request)}'")
    if not reply.understood:
        raise typer.Exit(1)


def _asked(bench: Workbench, request: str, engine: Engine, confirm: bool, quiet: bool = False) -> Reply:
    """Return the reply of who is asked; the model comes last, and only where it was chosen."""
    from studio.services.commands import ConfirmDestination
    from studio.services.stages.requesting import PASSED_ON, AskCoBuilder, RequestsForAsking

    if engine != "model":
        with working("CoBuilder reads your request", quiet):
            reply = bench.run(AskCoBuilder(request))
        if engine == "embedded" or reply.verdict not in PASSED_ON:
            return reply
        note(f"CoBuilder itself: {HEADS.get(reply.verdict, '')}{reply.text}")
    preview = bench.outside.models.preview(bench.ask(RequestsForAsking(request)))

    def confirmed() -> None:
        assert preview is not None
        bench.do(ConfirmDestination(preview.destination, preview.model))

    let_leave(
        preview, confirmed if confirm else None, "The request, the agent and the closest passages leave. "
    )
    return bench.run(AskCoBuilder(request, "model"), meter)


def _passable(bench: Workbench, reply: Reply) -> bool:
    """Return whether a language model could be asked what CoBuilder is not sure of."""
    from studio.services.stages.requesting import PASSED_ON

    return reply.verdict in PASSED_ON and bench.outside.models.preview(()) is not None


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
    if reply.run is not None:
        say(f"From the language model. {reply.run.line}")
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
        way = f"cobuilder {choice.deed}" if choice.deed else f"cobuilder ask '{_quoted(choice.request)}'"
        say(f"  {choice.label}: {way}")
    if reply.proposal is None and reply.run is not None:
        for citation in reply.citations:
            quote = " ".join(citation.quote.split())
            say(f"It stands on {citation.source_name}, {citation.anchor.label}: “{quote}”")


def _quoted(text: str) -> str:
    return text.replace("'", "'\\''")


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("ask")(ask)
