"""The verb `serve`: a released agent over HTTP, with the version in every reply; for a pilot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.handed_secrets import SERVE_TOKEN, handed
from studio.cli.output import JsonFlag, note, put_json, say
from studio.cli.places import read_bytes
from studio.cli.registry import DEFAULT_REGISTRY, Registry

if TYPE_CHECKING:
    from studio.assembly import Server

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(
    environment: Annotated[str, typer.Option(help="Where: whose releases answer.")] = "production",
    host: Annotated[str, typer.Option(help="The address to listen at; another one needs a token.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65_535)] = 8414,
    systems: Annotated[
        Path | None,
        typer.Option(
            help="Which of your endpoints answers which tool.",
            metavar="FILE",
            show_default="rehearsed: nothing real is called",
        ),
    ] = None,
    interactions: Annotated[
        Path, typer.Option(help="The folder that conversations are written to.", metavar="DIR")
    ] = Path("interactions"),
    token_file: Annotated[
        Path | None, typer.Option(help="A file with the token that callers send.", metavar="FILE")
    ] = None,
    most_open: Annotated[int, typer.Option(help="How many conversations may be open.", min=1)] = 1_000,
    idle_minutes: Annotated[
        float, typer.Option(help="After how many silent minutes a conversation is closed.", min=0.1)
    ] = 30.0,
    rate: Annotated[
        float, typer.Option(help="How many requests a second one address may send.", min=0.1)
    ] = 50.0,
    openapi: Annotated[bool, typer.Option("--openapi", help="Print the contract and stop.")] = False,
    registry: Registry = DEFAULT_REGISTRY,
    as_json: JsonFlag = False,
) -> None:
    """Serve the agent that runs, over HTTP, with the deterministic runtime; Ctrl-C or SIGTERM stops it.

    \b
    A conversation stays with the release it began with. Without --systems nothing real is called: systems
    are rehearsed on the agent's own tables, and every reply says so. What customers say, and what systems
    answer, is written to the folder of interactions, which is yours to protect and to delete.

    \b
    Examples:
      cobuilder serve --environment staging
      cobuilder serve --systems systems.json --interactions /var/lib/agent/interactions
      cobuilder serve --openapi > openapi.json
    """
    if openapi:
        from studio.assembly import serving_contract

        put_json(serving_contract())
        return
    wishes = {"host": host, "port": port, "token": _token(token_file), "open_conversations": most_open}
    wishes |= {"idle_seconds": idle_minutes * 60, "rate": rate, "burst": max(2, int(rate * 2))}
    _run(registry, environment, interactions, systems, wishes, as_json)


def _run(
    registry: str,
    environment: str,
    interactions: Path,
    systems: Path | None,
    wishes: dict[str, Any],
    as_json: bool,
) -> None:
    from studio import assembly

    mapped = (read_bytes(systems, "The mapping file"), str(systems)) if systems else None
    with (
        assembly.registry(registry) as opened,
        assembly.served(opened, environment, interactions, mapped, wishes, _fault) as server,
    ):
        _tell(server, wishes["host"], as_json)
        closed = server.run()
    note(f"Stopped; {closed} open conversation{'' if closed == 1 else 's'} closed.")


def _tell(server: Server, host: str, as_json: bool) -> None:
    if host not in _LOOPBACK:
        note(
            f"Warning: at {host} other computers reach this, and what customers say travels unencrypted. "
            "Put it behind your own web server with TLS, and keep the token secret."
        )
    if as_json:
        typer.echo(f'{{"address": "{server.address}"}}')
    else:
        say(f"Serving {server.about} at {server.address} (Ctrl-C stops it).")
        say(f"  {server.note}")
        say(f"  The contract: {server.address}/openapi.json")


def _token(file: Path | None) -> str:
    if file is not None:
        return read_bytes(file, "The token file").decode("utf-8", "replace").strip()
    return (handed(SERVE_TOKEN) or "").strip()


def _fault(error: Exception) -> None:
    note(f"cobuilder: an internal fault while answering ({type(error).__name__}: {error}).")


def register(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command("serve")(serve)
