"""IT's registry of what runs where: init, policy, import, withdraw, status.

- The verbs that move a rollout stand in `registry_moves`, those of the log in `registry_log`; others add
  theirs onto `registry_app`.
- A registry is a file or a database's URL; a password in the URL is never printed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.bundle import File, Policy
from studio.cli.output import JsonFlag, note, plural, put_json, say, table
from studio.cli.places import approval_policy, read_bytes, settings_for

if TYPE_CHECKING:
    from studio.domain.environment import EnvironmentRow

registry_app = typer.Typer(
    name="registry",
    help="What runs where: import, promote by stages, pause, resume, roll back, status, log.",
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

Release = Annotated[str, typer.Argument(help="The release: its number, or the start of its id.")]


@registry_app.command("init")
def registry_init(
    policy: Policy,
    agent: Annotated[
        Path,
        typer.Option(help="What runs already: an agent as JSON, or a bundle made from it.", metavar="FILE"),
    ],
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Make a registry for an agent that runs already, under IT's approval policy.

    \b
    Example:
      cobuilder registry init --policy approval-policy.json --agent live-agent.json
      cobuilder registry init -r postgresql+psycopg://cobuilder@db/registry --policy P --agent A
    """
    from studio import assembly
    from studio.release.verification import open_bundle
    from studio.services.agent_file import read_agent

    data = read_bytes(agent, "The agent file")
    running = open_bundle(data).before if data[:2] == b"PK" else read_agent(data, str(agent))
    with assembly.new_registry(registry, running, approval_policy(policy), settings_for(actor).who) as opened:
        shown = opened.place.shown
    if as_json:
        put_json({"registry": shown, "agent": running.id})
        return
    say(f"Made the registry {shown} for {running.name}.")
    say("Next: cobuilder registry import BUNDLE")


@registry_app.command("policy")
def registry_policy(
    policy: Policy, registry: Registry = DEFAULT_REGISTRY, actor: Actor = "", as_json: JsonFlag = False
) -> None:
    """Take a newer version of the approval policy, and tell what it changes; it counts from now on.

    \b
    Example:
      cobuilder registry policy --policy approval-policy.json
    """
    from studio import assembly
    from studio.services import policy_words

    with assembly.registry(registry) as opened:
        before = opened.policy()
        opened.set_policy(approval_policy(policy), settings_for(actor).who)
        counts = opened.policy()
    told = policy_words.changes(before, counts)
    if as_json:
        put_json({"policy": counts.id, "version": counts.version, "changes": told})
        return
    for sentence in (*told, *(f"! {each}" for each in policy_words.troubles(counts, assembly.now()))):
        say(sentence)
    say(f"The policy that counts is {counts.id}, version {counts.version}.")


@registry_app.command("import")
def registry_import(
    file: File, registry: Registry = DEFAULT_REGISTRY, actor: Actor = "", as_json: JsonFlag = False
) -> None:
    """Verify a bundle and keep it; importing it again changes nothing. Exit code 1 if it is refused.

    \b
    Example:
      cobuilder registry import returns-assistant-2.cobundle
    """
    from studio import assembly

    with assembly.registry(registry) as opened:
        result = opened.import_bundle(read_bytes(file, "The bundle"), settings_for(actor).who)
        environment = opened.release(result.release).environment or ""
    if as_json:
        put_json(result)
        return
    label = result.verification.label or f"release {result.sequence}"
    say(f"{'Imported' if result.new else 'There already'}: {label} ({result.release[:12]}).")
    where = "" if environment in ("", "production") else f" --environment {environment}"
    say(f"Next: cobuilder registry certificate {result.sequence}{where}, which rehearses it; then promote.")


@registry_app.command("withdraw")
def registry_withdraw(
    release: Release,
    reason: Annotated[str, typer.Option(help="Why, for the log.")],
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Mark a release as never to be promoted or gone back to; refused while it runs. This is for good.

    \b
    Example:
      cobuilder registry withdraw 2 --reason "Wrong refund table"
    """
    from studio import assembly

    with assembly.registry(registry) as opened:
        row = opened.withdraw(release, reason, settings_for(actor).who)
    if as_json:
        put_json(row)
        return
    say(f"{row.label}, was withdrawn: {row.withdrawn_reason}")


@registry_app.command("status")
def registry_status(
    registry: Registry = DEFAULT_REGISTRY,
    all_releases: Annotated[
        bool, typer.Option("--all", help="List every release, not only the newest.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show what runs where, how far a rollout is and what it waits for, and the newest releases.

    \b
    Examples:
      cobuilder registry status
      cobuilder registry status -r postgresql+psycopg://it@db/registry --json
    """
    from studio import assembly

    with assembly.registry(registry) as opened:
        status = opened.status(None) if all_releases else opened.status()
    if as_json:
        put_json(status)
        return
    say(f"{status.agent}, policy {status.policy_id} version {status.policy_version}")
    if status.clock_behind:
        note(
            f"This computer's clock stands before {status.clock_behind:%Y-%m-%d %H:%M} UTC, which the "
            "registry has seen already: that time counts. Set the clock right; was it another one that was "
            "wrong: cobuilder registry clock"
        )
    headers = ("environment", "phase", "stable", "rolling out", "generation", "traffic")
    table(headers, [_environment(row) for row in status.environments])
    for row in status.environments:
        waits, message = row.rollout.waits, row.rollout.message
        for sentence in filter(None, (waits, "" if message in waits else message)):
            say(f"  {row.pointer.environment}: {sentence}")
    say(f"\n{plural(status.releases_total, 'release')}{'' if all_releases else ', the newest:'}")
    lines = [
        (
            row.sequence,
            row.id[:12],
            row.environment or "-",
            f"{row.imported_at:%Y-%m-%d}",
            f"withdrawn: {row.withdrawn_reason}" if row.withdrawn else row.label,
        )
        for row in reversed(status.releases)
    ]
    table(("release", "id", "for", "imported", "what"), lines)
    say(f"\nThe log ends with entry {status.log_length}; its head is kept in {status.head_file}.")


_PHASES = {
    "Progressing": "goes on by its plan",
    "Paused": "waits",
    "Degraded": "was taken back",
    "Healthy": "nothing rolls out",
}
"""What the phases of a rollout, in the words of Argo Rollouts, mean."""


def _environment(row: EnvironmentRow) -> tuple[object, ...]:
    trying = f"{row.candidate.label} at {row.pointer.weight} %" if row.candidate else "-"
    name, phase = row.pointer.environment, row.rollout.phase
    return name, f"{phase}: {_PHASES[phase]}", row.stable.label, trying, row.pointer.generation, row.flag_file


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(registry_app)
