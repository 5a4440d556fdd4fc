"""The registry's verbs that move a rollout, in Argo Rollouts' words.

- promote, pause, resume, abort and rollback are a person's; advance and watch are the guards'.
- Exit code 1 also says that the guards rolled a release back or paused it.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from studio.cli.output import JsonFlag, note, put_json, say, working
from studio.cli.places import settings_for
from studio.cli.registry import DEFAULT_REGISTRY, Actor, Registry, Release, registry_app
from studio.cli.registry_metrics import Metrics, MetricsCommand, read_metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.domain.bundle import Recomputation
    from studio.domain.environment import Move, Rehearsal
    from studio.ports import Signer

Environment = Annotated[str, typer.Option("--environment", help="Where.")]
Generation = Annotated[
    int | None,
    typer.Option(
        help="Refuse unless the environment is at this generation; the same command sent again with the same "
        "generation changes nothing."
    ),
]
Key = Annotated[
    str,
    typer.Option("--key", help="Sign the end of the log with this key of IT's.", show_default="not signed"),
]
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Read the passphrase from this file.", metavar="FILE")
]
HeadFile = Annotated[
    Path | None,
    typer.Option(
        "--head", help="Write the signed end of the log here, to keep it elsewhere.", metavar="FILE"
    ),
]


def signer(key: str, file: Path | None) -> Signer | None:
    """Return IT's signer, or None where no key was named."""
    from studio.cli.key_places import key_store, secret_for

    if not key:
        return None
    store = key_store()
    return store.open(key, secret_for(store, key, file))


def tell_move(move: Move, as_json: bool, head: Path | None = None) -> None:
    """Print what was done, and keep the signed head where it is wanted."""
    if head is not None and move.signed_head:
        from studio.services.whole_file import write_whole

        write_whole(head, move.signed_head.encode())
    if as_json:
        put_json(move)
        return
    say(move.sentence if move.changed else f"Nothing to do. {move.sentence}")
    for sentence in move.unheard:
        say(f"  not counted: {sentence}")
    if move.rehearsal:
        tell_rehearsal(move.rehearsal)
    waits, why = move.rollout.waits if move.rollout else "", move.sentence.partition(": ")[2]
    if waits and waits not in move.sentence and not (why and why in waits):
        say(f"  {waits}")
    if _stopped(move) and move.pointer.candidate is not None:
        say("  next: `cobuilder registry resume` lets it go on, `cobuilder registry rollback` takes it back")
    if move.signed_head:
        say("  the end of the log is signed")
    say(f"  traffic file: {move.flag_file}")


def tell_rehearsal(rehearsal: Rehearsal) -> None:
    """Print a certificate in words."""
    for step in rehearsal.steps:
        say(f"  rehearsed: {step}")
    for sentence in rehearsal.irreversible:
        say(f"  cannot be taken back: {sentence}")
    if not rehearsal.irreversible:
        say("  cannot be taken back: nothing that the release does in other systems")


class Replays(Protocol):
    """A registry, as far as it plays releases again."""

    def note_replay(
        self, environment: str, release: str, results: Sequence[Recomputation], actor: str
    ) -> None:
        """Keep what was found; raises BundleRefused where anything differs."""


def play_again(opened: Replays, wanted: bytes, environment: str, release: str, who: str, quiet: bool) -> None:
    """Play the tests of a release's bundle again; raises where anything differs."""
    from studio import assembly

    with working("Playing all tests of the release again", quiet):
        results = assembly.recompute_apart(wanted)
    opened.note_replay(environment, release, results, who)
    note("All tests were played again: nothing differs from the evidence.")


def promote(
    release: Release,
    environment: Environment = "production",
    weight: Annotated[
        int | None, typer.Option(help="The share of conversations in percent; it must be the plan's next.")
    ] = None,
    generation: Generation = None,
    skip: Annotated[
        bool, typer.Option("--skip", help="Go past stages, waits and guards; needs --reason, and is logged.")
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Begin a release anew that its guards took back; needs --reason.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for the log.", show_default=False)] = "",
    metrics: Metrics = None,
    metrics_command: MetricsCommand = "",
    key: Key = "",
    passphrase_file: PassphraseFile = None,
    head: HeadFile = None,
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Give an imported release its first share of conversations, or take the next stage of its plan.

    Before the first share all tests of the bundle are played again where its plan says so, and nothing is
    promoted where anything differs from its evidence; what was played at staging counts for production.
    While the plan waits (for time, conversations, guards or a person) this changes nothing and says what for.

    \b
    Examples:
      cobuilder registry promote 2
      cobuilder registry promote 2 --metrics readings.json
      cobuilder registry promote 2 --weight 100 --skip --reason "Tried out in the pilot"
    """
    from studio import assembly

    who, signs = settings_for(actor).who, signer(key, passphrase_file)
    with assembly.registry(registry) as opened:
        if weight is not None:  # before readings are taken or anything is played again
            opened.check_share(environment, release, weight)
        feed = read_metrics(metrics, metrics_command)
        if feed is not None:
            beat = opened.advance(environment, who, feed, signs, go_on=False)
            if beat.changed and beat.rollout is not None and beat.rollout.phase == "Degraded":
                tell_move(beat, as_json, head)
                raise typer.Exit(1)
        wanted = opened.replay_wanted(
            environment, release, who, weight, generation, signs, skip=skip, retry=retry, reason=reason
        )
        if wanted is not None:
            play_again(opened, wanted, environment, release, who, as_json)
        move = opened.promote(
            environment, release, who, weight, generation, signs, skip=skip, retry=retry, reason=reason
        )
    tell_move(move, as_json, head)


def rollback(
    environment: Environment = "production",
    to: Annotated[
        str | None, typer.Option(help="The release to go back to.", show_default="the one before")
    ] = None,
    generation: Generation = None,
    reason: Annotated[str, typer.Option(help="Why, for the log.", show_default=False)] = "",
    key: Key = "",
    passphrase_file: PassphraseFile = None,
    head: HeadFile = None,
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Go back to the release before, at once; nothing outside the registry is needed.

    \b
    Examples:
      cobuilder registry rollback
      cobuilder registry rollback --to 4 --reason "Refunds were booked twice"
    """
    from studio import assembly

    who, signs = settings_for(actor).who, signer(key, passphrase_file)
    with assembly.registry(registry) as opened:
        move = opened.roll_back(environment, who, to, generation, signs, reason)
    tell_move(move, as_json, head)


def abort(
    reason: Annotated[str, typer.Option(help="Why, for the log.")],
    environment: Environment = "production",
    key: Key = "",
    passphrase_file: PassphraseFile = None,
    head: HeadFile = None,
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Stop what rolls out: the stable release answers everyone again. Exit code 2 if nothing rolls out.

    \b
    Example:
      cobuilder registry abort --reason "Complaints by telephone"
    """
    from studio import assembly

    who, signs = settings_for(actor).who, signer(key, passphrase_file)
    with assembly.registry(registry) as opened:
        move = opened.abort(environment, who, reason, signs)
    tell_move(move, as_json, head)


def pause(
    environment: Environment = "production",
    reason: Annotated[str, typer.Option(help="Why, for the log.", show_default=False)] = "",
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Hold what rolls out at its share until someone resumes; its guards still roll it back.

    \b
    Example:
      cobuilder registry pause --reason "Over the weekend"
    """
    from studio import assembly

    with assembly.registry(registry) as opened:
        move = opened.pause(environment, settings_for(actor).who, reason)
    tell_move(move, as_json)


def resume(
    environment: Environment = "production",
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Let a paused rollout go on; what its plan still waits for stays to be waited for.

    \b
    Example:
      cobuilder registry resume
    """
    from studio import assembly

    with assembly.registry(registry) as opened:
        move = opened.resume(environment, settings_for(actor).who)
    tell_move(move, as_json)


def advance(
    environment: Environment = "production",
    metrics: Metrics = None,
    metrics_command: MetricsCommand = "",
    key: Key = "",
    passphrase_file: PassphraseFile = None,
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Take readings once: roll back on a failed guard, pause on silence, else go on when the plan allows it.

    Exit code 1 if the release was rolled back or is paused. For a timer, or use `registry watch`.

    \b
    Example:
      cobuilder registry advance --metrics readings.csv
    """
    move = _beat(registry, environment, actor, metrics, metrics_command, signer(key, passphrase_file))
    tell_move(move, as_json)
    raise typer.Exit(1 if _stopped(move) else 0)


def watch(
    environment: Environment = "production",
    metrics: Metrics = None,
    metrics_command: MetricsCommand = "",
    every: Annotated[float, typer.Option(help="Seconds between readings.", min=0.0)] = 300.0,
    key: Key = "",
    passphrase_file: PassphraseFile = None,
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Take readings again and again until the rollout is complete, rolled back or paused.

    What stays as it is, is told once.

    \b
    Example:
      cobuilder registry watch --metrics-command ./readings.sh --every 300
    """
    signs, told = signer(key, passphrase_file), ""
    while True:
        move = _beat(registry, environment, actor, metrics, metrics_command, signs)
        over = move.pointer.candidate is None or _stopped(move)
        if over or (not as_json and move.sentence != told):
            tell_move(move, as_json)
            told = move.sentence
        if over:
            raise typer.Exit(1 if _stopped(move) else 0)
        time.sleep(every)


def _beat(
    registry: str, environment: str, actor: str, metrics: Path | None, command: str, signs: Signer | None
) -> Move:
    from studio import assembly
    from studio.release.guards import Feed

    feed = read_metrics(metrics, command) or Feed()
    with assembly.registry(registry) as opened:
        return opened.advance(environment, settings_for(actor).who, feed, signs)


def _stopped(move: Move) -> bool:
    shown = move.rollout
    if shown is None or shown.state is None:
        return False
    return shown.phase == "Degraded" or bool(shown.state.paused_by)


def certificate(
    release: Release,
    environment: Environment = "production",
    registry: Registry = DEFAULT_REGISTRY,
    as_json: JsonFlag = False,
) -> None:
    """Rehearse the next step of a release on a copy (forward, back, forward), without taking it.

    Says what a rollback cannot take back. Of a release that runs, the certificate kept at its promotion.

    \b
    Example:
      cobuilder registry certificate 2
    """
    from studio import assembly

    with assembly.registry(registry) as opened:
        rehearsal = opened.certificate(release, environment)
    if as_json:
        put_json(rehearsal)
        return
    say(f"{rehearsal.label}, in {environment}: the way back leads to {rehearsal.back_to}.")
    tell_rehearsal(rehearsal)


def register(_app: typer.Typer) -> None:
    """Add these verbs to the registry's group."""
    for verb in (promote, pause, resume, advance, watch, abort, rollback, certificate):
        registry_app.command(verb.__name__)(verb)
