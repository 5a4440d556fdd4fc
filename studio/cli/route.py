"""The verb `registry route`: which release answers a conversation, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import read_bytes
from studio.cli.registry import DEFAULT_REGISTRY, Registry, registry_app
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.release.traffic import Routing


@registry_app.command("route")
def registry_route(
    conversation: Annotated[
        str,
        typer.Argument(help="The conversation's id; empty for one that has none.", metavar="CONVERSATION_ID"),
    ],
    environment: Annotated[str, typer.Option(help="Where.")] = "production",
    flags: Annotated[
        Path | None,
        typer.Option(help="Explain from a flag file alone, where the registry is elsewhere.", metavar="FILE"),
    ] = None,
    registry: Registry = DEFAULT_REGISTRY,
    as_json: JsonFlag = False,
) -> None:
    """Explain which release answers a conversation: its bucket, the share, and why. Nothing is changed.

    \b
    Examples:
      cobuilder registry route conversation-4711
      cobuilder registry route conversation-4711 --flags registry.db.production.flagd.json --json
    """
    routing = (
        _from_flags(flags, conversation)
        if flags
        else _from_registry(str(registry), environment, conversation)
    )
    if as_json:
        put_json(routing)
        return
    say(f"{routing.label}{_comma(routing.label)} answers ({routing.answers}).")
    for sentence in routing.why:
        say(f"  {sentence}")


def _comma(label: str) -> str:
    """Return the comma that ends “, release 2” in the middle of a sentence."""
    return "," if "," in label else ""


def _from_flags(path: Path, conversation: str) -> Routing:
    from studio.release.flagd import read_flags, route

    return route(read_flags(read_bytes(path, "The flag file"), str(path)), conversation)


def _from_registry(place: str, environment: str, conversation: str) -> Routing:
    from studio import assembly
    from studio.release.traffic import explain
    from studio.release.verification import Verifier

    with assembly.registry(place) as opened:
        status = opened.status()
        row = next((row for row in status.environments if row.pointer.environment == environment), None)
        if row is None:
            known = ", ".join(each.pointer.environment for each in status.environments)
            raise WrongUse(f"The registry knows no environment “{environment}”.", f"It has: {known}.")
        if row.candidate is not None:  # the engine that the bundle pins must be this program's
            verifier = Verifier(opened.bundle_bytes(row.candidate.id))
            verifier.check_container()
            verifier.check_manifest()
    return explain(row, status.agent, conversation)


def register(_app: typer.Typer) -> None:
    """Add nothing more: the verb stands in the group of the registry."""
