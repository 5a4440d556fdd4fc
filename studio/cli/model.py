"""Verbs on the language model: show, set, key, test, preview, policy, forget."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import JsonFlag, meter, plural, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, settings_for, workbench
from studio.domain.errors import Refused, WrongUse

if TYPE_CHECKING:
    from studio.domain.model import ModelPreview
    from studio.services.model_terms import ModelTerms
    from studio.settings import ModelSettings

model_app = typer.Typer(
    name="model",
    help="The language model that CoBuilder may ask: show, set, key, test, preview, policy, forget.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
USUAL_KEY = "keyring:{provider}"


@model_app.command("show")
def model_show(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show which model is asked, where text goes, and what this workspace allows; never a key."""
    from studio.assembly import model_destination, model_keys

    chosen = settings_for("").model
    destination, key = model_destination(chosen), model_keys().state(chosen.key)
    terms = _terms(workspace)
    if as_json:
        put_json(
            {
                "settings": chosen,
                "destination": destination,
                "key": key,
                "policy": terms.policy if terms else None,
                "confirmed": terms.consents if terms else None,
                "beyond_company_policy": terms.beyond(chosen.name) if terms else "",
            }
        )
        return
    if not chosen.name:
        say("No language model is set up; everything works without one.")
    else:
        say(f"Model: {chosen.name}\nText goes to: {destination}")
        say(f"Key: {chosen.key or 'none named'} ({key})")
        say(f"A run may use: {chosen.budget}; {plural(chosen.in_flight, 'question')} at the same time")
        say(f"Time-out: {chosen.patience:g} s; replies: {chosen.replies}")
    if terms is not None:
        _show_policy(terms)
        if beyond := terms.beyond(chosen.name):
            say(beyond)


def _terms(workspace: Any) -> ModelTerms | None:
    """Return the terms of a workspace, or None where there is none."""
    if not (workspace / "workspace.db").exists():
        return None
    from studio.services.model_terms import ShowModelTerms

    with workbench(workspace) as bench:
        return bench.ask(ShowModelTerms())


def _show_policy(terms: ModelTerms) -> None:
    policy = terms.policy
    if policy.forbidden:
        say("This workspace forbids language models.")
        return
    say(f"This workspace allows models: {', '.join(policy.models)}; to: {', '.join(policy.destinations)}")
    say(f"May leave: {', '.join(policy.contents) or 'nothing'}")
    say(f"Masked before: {', '.join(policy.masked) or 'nothing'}")
    if policy.id_shapes:
        say(f"Account numbers look like: {', '.join(policy.id_shapes)}")
    confirmed = [f"{c.id} (by {c.by}, {c.at:%d %b %Y})" for c in terms.consents]
    say(f"Confirmed destinations: {', '.join(confirmed) or 'none'}")


@model_app.command("set")
def model_set(
    name: Annotated[
        str,
        typer.Argument(help="Provider and model, as openai/gpt-4.1 or ollama/llama3.3; none for no model."),
    ],
    address: Annotated[
        str | None, typer.Option(help="Address of your own server; '' for the provider's.", metavar="URL")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="Where the key is: keyring:NAME or env:NAME; never the key itself.", metavar="REF"),
    ] = None,
    patience: Annotated[float | None, typer.Option(help="Seconds of silence until it is given up.")] = None,
    in_flight: Annotated[int | None, typer.Option(help="Questions under way at the same time.")] = None,
    most_tokens: Annotated[int | None, typer.Option(help="Tokens that a run may use; 0: no limit.")] = None,
    most_money: Annotated[
        float | None, typer.Option(help="US dollars that a run may use; 0: no limit.")
    ] = None,
    replies: Annotated[
        str | None, typer.Option(help="ask, reuse, kept only or renew: what kept replies are for.")
    ] = None,
) -> None:
    """Choose the language model; nothing is sent.

    \b
    Examples:
      cobuilder model set openai/gpt-4.1 --key env:OPENAI_API_KEY
      cobuilder model set openai/local --address http://localhost:8000/v1
    """
    chosen = {
        "address": address, "key": key, "patience": patience, "in_flight": in_flight,
        "most_tokens": most_tokens, "most_money": most_money, "replies": replies,
    }  # fmt: skip
    made = _keep(name="" if name == "none" else name, **chosen)
    say(f"CoBuilder asks {made.name} from now on." if made.name else "No language model is asked any more.")


def _keep(**choices: Any) -> ModelSettings:
    """Keep choices in the user's settings; raises WrongUse with the first that cannot be."""
    from pydantic import ValidationError

    from studio.settings import load_settings, model_settings_with, save_settings

    settings = load_settings()
    given = {name: value for name, value in choices.items() if value is not None}
    try:
        made = model_settings_with(settings.model, given)
    except ValidationError as error:
        from studio.settings import ModelSettings

        field = str(error.errors()[0]["loc"][0])
        # What was given may be a key by mistake: it is never repeated.
        raise WrongUse(
            f"That cannot be the {field.replace('_', ' ')} of a language model.",
            ModelSettings.model_fields[field].description or "",
        ) from None
    save_settings(settings.model_copy(update={"model": made}))
    return made


@model_app.command("key")
def model_key(
    reference: Annotated[
        str, typer.Argument(help="A name for it: keyring:NAME; without one, the provider's name.")
    ] = "",
) -> None:
    """Put a key into this computer's key store; it is asked for, or read from standard input.

    \b
    Examples:
      cobuilder model key
      cobuilder model key keyring:openai < key.txt
    """
    from studio.assembly import model_keys

    chosen = settings_for("").model
    if not reference:
        if not chosen.name:
            raise WrongUse("No language model is set up.", "Choose one first: `cobuilder model set`.")
        reference = USUAL_KEY.format(provider=chosen.name.partition("/")[0])
    if not reference.startswith("keyring:"):
        raise WrongUse("A key is named as keyring:NAME.", "Leave the key itself away: it is asked for.")
    if sys.stdin.isatty():
        key = typer.prompt("Key (it is not shown)", hide_input=True)
    else:
        key = sys.stdin.readline(5000)
    model_keys().keep(reference, key)
    if chosen.name:
        _keep(key=reference)
    say(f"Kept as {reference}.")


@model_app.command("test")
def model_test(workspace: Workspace = HERE, who: Who = "", as_json: JsonFlag = False) -> None:
    """Ask the model for one word; nothing of the workspace leaves."""
    from studio.domain.model import ModelFailure
    from studio.services.models import as_error
    from studio.services.stages.testing_model import TryModel

    with workbench(workspace, who) as bench:
        outcome = bench.run(TryModel(), meter)
    if isinstance(outcome, ModelFailure):
        raise as_error(outcome)
    if as_json:
        put_json(outcome)
        return
    cost = "cost not known" if outcome.cost is None else f"{outcome.cost:.6f} US dollars"
    say(f"{outcome.model} answered in {outcome.seconds:.1f} s: “{' '.join(outcome.text.split())[:60]}”")
    say(f"{outcome.input_tokens} tokens sent, {outcome.output_tokens} received, {cost}.")


@model_app.command("preview")
def model_preview(
    source: Annotated[str, typer.Argument(help="A source, as S-01; without one, the last added.")] = "",
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Say that text may go there from now on, in this workspace.")
    ] = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Show what would leave this computer, masked as it would be; exit code 1 while it may not leave."""
    from studio.services.commands import ConfirmDestination
    from studio.services.models import NONE_CHOSEN, as_error
    from studio.services.queries.models import RequestsForSource

    with workbench(workspace, who) as bench:
        found = bench.outside.models.preview(bench.ask(RequestsForSource(source)))
        if found is None:
            raise as_error(NONE_CHOSEN)
        if confirm and not found.refusal and not found.confirmed:
            bench.do(ConfirmDestination(found.destination, found.model))
            found = found.model_copy(update={"confirmed": True})
    if as_json:
        put_json(found)
    else:
        _show_preview(found)
    if found.refusal:
        raise Refused(found.refusal)
    raise typer.Exit(0 if found.confirmed else 1)


def _show_preview(found: ModelPreview) -> None:
    say(f"Model: {found.model}\nText goes to: {found.destination}")
    size = f"{found.characters:,} characters, about {found.tokens:,} tokens"
    say(f"Leaves: {plural(len(found.requests), 'question')}, {size}")
    table(("masked", "different"), found.masked or (("nothing", "0"),))
    say("Names of people, and whatever has no form of its own, are not masked.")
    for number, request in enumerate(found.requests, start=1):
        say(f"\n── {number} · {request.purpose}")
        for message in request.messages:
            say(message.text)
    say()
    say(
        "Confirmed for this workspace."
        if found.confirmed
        else "Not confirmed yet: `cobuilder model preview --confirm`."
    )


@model_app.command("policy")
def model_policy(
    forbid: Annotated[
        bool | None, typer.Option("--forbid/--allow", help="Forbid language models, or allow them.")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="A model that is allowed, as openai/*; repeat for each.")
    ] = None,
    destination: Annotated[
        list[str] | None, typer.Option(help="A place text may go to, as localhost; repeat for each.")
    ] = None,
    content: Annotated[
        list[str] | None,
        typer.Option(
            help="A kind of text that may leave: documents, internal documents, agent, requests, "
            "conversations; repeat for each, none for nothing."
        ),
    ] = None,
    mask: Annotated[
        list[str] | None, typer.Option(help="What is masked, as 'phone number'; repeat, none for nothing.")
    ] = None,
    id_shape: Annotated[
        list[str] | None,
        typer.Option(
            help="How an account number looks: # a digit, @ a letter, as ORD-######; none for none."
        ),
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Show what this workspace lets leave for a language model, or change it.

    \b
    Examples:
      cobuilder model policy --forbid
      cobuilder model policy --allow --model 'ollama/*' --destination localhost
    """
    from studio.services.commands import SetModelPolicy
    from studio.services.model_terms import ShowModelTerms

    changes = {
        "forbidden": forbid, "models": model, "destinations": destination,
        "contents": content, "masked": mask, "id_shapes": id_shape,
    }  # fmt: skip
    given = {name: [] if value == ["none"] else value for name, value in changes.items() if value is not None}
    with workbench(workspace, who) as bench:
        terms = bench.ask(ShowModelTerms())
        if given:
            bench.do(SetModelPolicy(_policy_with(terms, given)))
            terms = bench.ask(ShowModelTerms())
    if as_json:
        put_json({"policy": terms.policy, "confirmed": terms.consents})
    else:
        _show_policy(terms)


def _policy_with(terms: ModelTerms, given: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    from studio.domain.model import ModelPolicy

    try:
        return ModelPolicy.model_validate({**terms.policy.model_dump(), **given})
    except ValidationError as error:
        first = error.errors()[0]
        raise WrongUse(f"“{first['input']}” is not known here.", f"{first['msg']}.") from None


@model_app.command("forget")
def model_forget(
    key: Annotated[
        bool, typer.Option("--key", help="Take the key out of this computer's key store, too.")
    ] = False,
    replies: Annotated[
        bool, typer.Option("--replies", help="Delete the replies kept in this workspace, too.")
    ] = False,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Take back what was confirmed in this workspace: nothing leaves before it is confirmed again."""
    from studio.services.commands import TakeBackConsents

    with workbench(workspace, who) as bench:
        say(f"{bench.do(TakeBackConsents()).title}.")
        if replies:
            say(f"Deleted {plural(bench.outside.models.forget_replies(), 'kept reply')}.")
    if key:
        from studio.assembly import model_keys

        reference = settings_for("").model.key
        gone = model_keys().forget(reference)
        say(f"Took {reference} out of the key store." if gone else f"There was no key {reference}.")


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(model_app)
