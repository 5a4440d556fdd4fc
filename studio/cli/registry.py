"""IT's registry of what runs where: init, policy, import, promote, rollback, status, log, verify-log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.bundle import File, Policy
from studio.cli.output import JsonFlag, put_json, say, table
from studio.cli.places import approval_policy, read_bytes, settings_for

if TYPE_CHECKING:
    from studio.domain.environment import Move

registry_app = typer.Typer(
    name="registry",
    help="What runs where: init, policy, import, promote, rollback, status, log, verify-log.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Registry = Annotated[
    str,
    typer.Option(
        "--registry",
        "-r",
        envvar="COBUILDER_REGISTRY",
        help="The registry: a file, or a database as postgresql+psycopg://USER@HOST/NAME.",
        metavar="PLACE",
    ),
]
DEFAULT_REGISTRY = "registry.db"
Actor = Annotated[
    str,
    typer.Option("--as", envvar="COBUILDER_USER", help="The name for the log.", show_default="your settings"),
]


@registry_app.command("init")
def registry_init(
    policy: Policy,
    agent: Annotated[
        Path,
        typer.Option(help="What runs already: an agent as JSON, or a bundle made from it.", metavar="FILE"),
    ],
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
) -> None:
    """Make a registry for an agent that runs already, under IT's approval policy.

    \b
    Example:
      cobuilder registry init --policy approval-policy.json --agent live-agent.json
    """
    from studio import assembly
    from studio.release.verification import open_bundle
    from studio.services.agent_file import read_agent

    data = read_bytes(agent, "The agent file")
    running = open_bundle(data).before if data[:2] == b"PK" else read_agent(data, str(agent))
    with assembly.new_registry(registry, running, approval_policy(policy), settings_for(actor).who):
        pass
    say(f"Made the registry {registry} for {running.name}.")


@registry_app.command("policy")
def registry_policy(policy: Policy, registry: Registry = DEFAULT_REGISTRY, actor: Actor = "") -> None:
    """Take a newer version of the approval policy; it counts from now on."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        opened.set_policy(approval_policy(policy), settings_for(actor).who)
        say(f"The policy that counts is {opened.policy().id}, version {opened.policy().version}.")


@registry_app.command("import")
def registry_import(
    file: File, registry: Registry = DEFAULT_REGISTRY, actor: Actor = "", as_json: JsonFlag = False
) -> None:
    """Verify a bundle and keep it; importing it again changes nothing. Exit code 1 if it is refused."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        result = opened.import_bundle(read_bytes(file, "The bundle"), settings_for(actor).who)
    if as_json:
        put_json(result)
        return
    say(
        f"{'Imported' if result.new else 'There already'}: release {result.sequence} ({result.release[:12]})."
    )


def _moved(move: Move, as_json: bool) -> None:
    if as_json:
        put_json(move)
        return
    say(move.sentence if move.changed else f"Nothing to do. {move.sentence}")
    for step in move.rehearsal.steps if move.rehearsal else ():
        say(f"  rehearsed: {step}")
    for sentence in move.rehearsal.irreversible if move.rehearsal else ():
        say(f"  cannot be taken back: {sentence}")
    say(f"  traffic: {move.flag_file}")


@registry_app.command("promote")
def registry_promote(
    release: Annotated[str, typer.Argument(help="The release: its number, or the start of its digest.")],
    environment: Annotated[str, typer.Option(help="Where.")] = "production",
    weight: Annotated[
        int | None, typer.Option(help="The share of conversations in percent, one of the plan's stages.")
    ] = None,
    generation: Annotated[
        int | None, typer.Option(help="Refuse unless the environment is at this generation.")
    ] = None,
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Give an imported release its first share of conversations, or a later stage of its plan.

    \b
    Examples:
      cobuilder registry promote 2
      cobuilder registry promote 2 --weight 100
    """
    from studio import assembly

    with assembly.registry(registry) as opened:
        who = settings_for(actor).who
        move = opened.promote(environment, release, who, weight=weight, expected_generation=generation)
    _moved(move, as_json)


@registry_app.command("rollback")
def registry_rollback(
    environment: Annotated[str, typer.Option(help="Where.")] = "production",
    to: Annotated[
        str | None, typer.Option(help="The release to go back to.", show_default="the one before")
    ] = None,
    generation: Annotated[
        int | None, typer.Option(help="Refuse unless the environment is at this generation.")
    ] = None,
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Go back to the release before, at once; nothing outside the registry is needed."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        move = opened.roll_back(environment, settings_for(actor).who, to=to, expected_generation=generation)
    _moved(move, as_json)


@registry_app.command("status")
def registry_status(registry: Registry = DEFAULT_REGISTRY, as_json: JsonFlag = False) -> None:
    """Show what runs where, and every imported release."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        status = opened.status()
    if as_json:
        put_json(status)
        return
    say(f"{status.agent}, policy {status.policy_id} version {status.policy_version}")
    rows: list[tuple[Any, ...]] = []
    for row in status.environments:
        trying = f"{row.candidate.label} at {row.pointer.weight} %" if row.candidate else "-"
        rows.append(
            (row.pointer.environment, row.stable.label, trying, row.pointer.generation, row.flag_file)
        )
    table(("environment", "stable", "rolling out", "generation", "traffic"), rows)


@registry_app.command("log")
def registry_log(registry: Registry = DEFAULT_REGISTRY, as_json: JsonFlag = False) -> None:
    """Show everything that was done, oldest first."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        entries = opened.log()
    if as_json:
        put_json(entries)
        return
    lines = [
        (e.seq, f"{e.time:%Y-%m-%d %H:%M}", e.actor, e.action, e.subject[:12], e.hash[:12]) for e in entries
    ]
    table(("no", "time", "who", "what", "of", "hash"), lines)


@registry_app.command("verify-log")
def registry_verify_log(registry: Registry = DEFAULT_REGISTRY, as_json: JsonFlag = False) -> None:
    """Verify the chain of the log, its guards and its signed heads; exit code 1 if it has a fault."""
    from studio import assembly

    with assembly.registry(registry) as opened:
        faults = opened.verify_log()
    if as_json:
        put_json({"ok": not faults, "faults": faults})
    else:
        say("\n".join(faults) or "The log is whole.")
    raise typer.Exit(1 if faults else 0)


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(registry_app)
