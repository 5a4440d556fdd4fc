"""The registry's verbs on its log and its time: log, verify-log, clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, note, put_json, say, table, working
from studio.cli.places import read_bytes, settings_for
from studio.cli.registry import DEFAULT_REGISTRY, Actor, Registry, registry_app
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.environment import RegistryClock
    from studio.domain.ledger import LedgerEntry

PAGE = 50
MOST = 2**62
"""A number of entries that no log has and every database takes."""
_DEEDS = {"point": "begin", "migrate": "new program"}


@registry_app.command("log")
def registry_log(
    limit: Annotated[
        int | None,
        typer.Option(
            help="The newest so many; with --since, the first so many from there.",
            min=1,
            max=MOST,
            metavar="COUNT",
            show_default=f"{PAGE}; all with --since, --all or --json",
        ),
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            help="What follows this entry, or was done since this day or moment (UTC).",
            metavar="NUMBER|DATE",
            show_default=False,
        ),
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="All of it.")] = False,
    lines: Annotated[
        bool, typer.Option("--json-lines", help="One JSON object a line, for programs that follow the log.")
    ] = False,
    registry: Registry = DEFAULT_REGISTRY,
    as_json: JsonFlag = False,
) -> None:
    """Show what was done, oldest first, the newest page of it; JSON also has what was signed and rehearsed.

    \b
    Examples:
      cobuilder registry log
      cobuilder registry log --since 2026-11-01
      cobuilder registry log --since 120 --limit 1000 --json-lines
    """
    from studio import assembly

    after, moment = _since(since)
    newest = first = None
    if since:
        first = limit
    elif limit is not None or not (everything or as_json or lines):
        newest = limit or PAGE
    with assembly.registry(registry) as opened:
        entries = opened.log(after, moment, first, newest)
        numbers = {} if as_json or lines else opened.sequences(_releases(entries))
    if as_json:
        put_json(entries)
    elif lines:
        for entry in entries:
            typer.echo(json.dumps(entry.model_dump(mode="json"), ensure_ascii=False))
    else:
        _tell(entries, {identity: f"release {number}" for identity, number in numbers.items()})
        if newest and entries and entries[0].seq > 1:
            note(f"{entries[0].seq - 1} earlier: see --limit, --since or --all.")


def _since(text: str) -> tuple[int, datetime | None]:
    """Return the entry behind which, or the moment since which, the log is wanted."""
    if text.isascii() and text.isdecimal():
        return min(int(text[:19]), MOST), None
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUse(
            f"“{text}” is neither an entry's number nor a date.",
            "Write 120, 2026-11-01 or 2026-11-01T12:00:00Z.",
        ) from None
    return 0, moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC) if moment else None


def _releases(entries: tuple[LedgerEntry, ...]) -> set[str]:
    named = {each for e in entries for each in (e.details.get("candidate"), e.details.get("stable")) if each}
    return named | {entry.subject for entry in entries if len(entry.subject) == 64}


def _tell(entries: tuple[LedgerEntry, ...], numbers: dict[str, str]) -> None:
    rows = [
        (
            e.seq,
            f"{e.time:%Y-%m-%d %H:%M}",
            e.actor,
            _DEEDS.get(e.action, e.action),
            _touched(e, numbers),
            e.hash[:12],
            e.details.get("reason", "") or e.details.get("readings", ""),
        )
        for e in entries
    ]
    table(("no", "time (UTC)", "who", "what", "of", "hash", "why"), rows)


def _touched(entry: LedgerEntry, numbers: dict[str, str]) -> str:
    """Return what an entry is about, and how it stands since: whose share, which version."""
    said = entry.details
    if len(entry.subject) == 64:
        return numbers.get(entry.subject, entry.subject[:12])
    if said.get("candidate"):
        return f"{entry.subject}: {numbers.get(said['candidate'], '?')} at {said.get('weight', '?')} %"
    if said.get("stable"):
        return f"{entry.subject}: {numbers.get(said['stable'], '?')} for all"
    if entry.action == "clock" and "from" in said:
        return f"from {said['from']} back to {said['to']}"
    version = said.get("version")
    return f"{entry.subject}, version {version}" if version and entry.action == "policy" else entry.subject


@registry_app.command("verify-log")
def registry_verify_log(
    head: Annotated[
        list[Path] | None,
        typer.Option(help="A head of the log that you kept elsewhere, plain or signed.", metavar="FILE"),
    ] = None,
    registry: Registry = DEFAULT_REGISTRY,
    as_json: JsonFlag = False,
) -> None:
    """Verify the chain of the log, its guards and its signed heads; exit code 1 if it has a fault.

    A chain alone does not show that its end was cut off: heads that IT signed (`promote --key`), or that you
    kept elsewhere, do.

    \b
    Example:
      cobuilder registry verify-log --head head.json
    """
    from studio import assembly

    kept = [read_bytes(each, "The head of the log") for each in head or []]
    with assembly.registry(registry, looking=True) as opened:
        with working("Verifying the log, every bundle and every agent", as_json):
            faults = opened.verify_log(kept)
        signed = 0 if faults else opened.signed_up_to()
        length = opened.log_length()
    if as_json:
        put_json({"ok": not faults, "faults": faults, "entries": length, "signed_up_to": signed})
    elif faults:
        say("\n".join(faults))
        say(
            "Somebody, or something, changed the registry behind its back: keep it as it is and look into it."
        )
    else:
        say(f"The log is whole: {'1 entry' if length == 1 else f'{length} entries'}.")
        say(
            f"IT's signatures cover it up to entry {signed}."
            if signed
            else "No head of it is signed: a cut end would only show by the head file (see promote --key)."
        )
    raise typer.Exit(1 if faults else 0)


@registry_app.command("clock")
def registry_clock(
    reset: Annotated[
        bool, typer.Option("--reset", help="Let this computer's time count from now on; needs --confirm.")
    ] = False,
    confirm: Annotated[
        bool,
        typer.Option(
            "--confirm", help="I have checked that this computer's time is right, and the other wrong."
        ),
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for the log.", show_default=False)] = "",
    registry: Registry = DEFAULT_REGISTRY,
    actor: Actor = "",
    as_json: JsonFlag = False,
) -> None:
    """Show the time that counts: the latest that was seen, so that no clock set back revives an expired key.

    A clock that once stood far ahead would stick. --reset takes its time back; the log keeps who and why.
    Exit code 1 while this computer's time does not count.

    \b
    Examples:
      cobuilder registry clock
      cobuilder registry clock --reset --confirm --reason "build-7 stood in 2031"
    """
    from studio import assembly

    with assembly.registry(registry) as opened:
        state = opened.clock_state()
        if reset and state.behind:
            if not confirm:
                raise WrongUse(
                    f"The time goes back from {state.seen:%Y-%m-%d %H:%M} to {state.here:%Y-%m-%d %H:%M} "
                    "UTC: keys, approvals and releases that ran out in between count again.",
                    "Check this computer's time, then say --confirm.",
                )
            state = opened.reset_clock(settings_for(actor).who, reason)
    if as_json:
        put_json({**state.model_dump(mode="json"), "behind": state.behind})
    else:
        say(_clock_words(state))
    raise typer.Exit(1 if state.behind else 0)


def _clock_words(state: RegistryClock) -> str:
    here = f"{state.here:%Y-%m-%d %H:%M} UTC"
    if state.taken_back is not None:
        return (
            f"From now on this computer's time counts, {here}; before: {state.taken_back:%Y-%m-%d %H:%M} UTC."
        )
    if not state.behind:
        return f"This computer's time counts, {here}; the registry has seen none later."
    return (
        f"{state.seen:%Y-%m-%d %H:%M} UTC counts, which the registry has seen; this computer says {here}. "
        "Set its clock right; was it another one that was wrong: see --reset."
    )


def register(_app: typer.Typer) -> None:
    """Add nothing more: the verbs stand in the group of the registry."""
