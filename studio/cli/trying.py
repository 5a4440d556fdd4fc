"""The verb `try`: talk with the draft, from a script or by typing; the same words give the same talk."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import HERE, Who, Workspace, workbench

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.services.queries.try_it import Said, Trial
    from studio.services.workbench import Workbench

BACK, AGAIN, KEEP, QUIT = ":back", ":again", ":keep", ":quit"


def try_it(
    said: Annotated[
        list[str] | None,
        typer.Option("--say", help="What the customer says; give it once for each turn.", metavar="WORDS"),
    ] = None,
    as_in: Annotated[
        str, typer.Option("--as-in", help="Let the systems answer as in this test.", metavar="TEST")
    ] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Make a test of it.")] = False,
    title: Annotated[str, typer.Option(help="What that test is called.")] = "",
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Talk with the draft, turn by turn; without --say, type what the customer says.

    \b
    While typing: :back takes the last turn back, :again starts anew, :keep [title] makes a test of it,
    :quit ends. Nothing real is called.

    \b
    Examples:
      cobuilder try --as-in T-01
      cobuilder try --as-in T-01 --say "I want to return my order" --say "A-1001" --json
    """
    from studio.services.queries.try_it import TryIt

    with workbench(workspace, who) as bench:
        if not said:
            _converse(bench, as_in)
            return
        trial = bench.ask(TryIt(tuple(said), as_in))
        kept = _kept(bench, trial, title) if keep else ""
        if as_json:
            put_json(trial)
            return
        _tell(trial, trial.lines)
        if kept:
            say(kept)


def _kept(bench: Workbench, trial: Trial, title: str) -> str:
    from studio.services.commands import KeepTrial

    return bench.do(KeepTrial(trial.said, trial.as_in, title)).title


def _converse(bench: Workbench, as_in: str) -> None:
    """Answer line by line until the input ends."""
    from studio.domain.errors import StudioError
    from studio.services.queries.try_it import TryIt

    said: tuple[str, ...] = ()
    trial = bench.ask(TryIt(said, as_in))
    _tell(trial, trial.lines)
    for line in sys.stdin:
        words = line.rstrip("\n")
        if words == QUIT:
            return
        before = len(trial.lines)
        if words.startswith(KEEP):
            try:
                say(_kept(bench, trial, words.removeprefix(KEEP).strip()))
            except StudioError as error:
                say(str(error))
            continue
        if words in (BACK, AGAIN):
            said, before = said[:-1] if words == BACK else (), 0
        else:
            said = (*trial.said, words)
        trial = bench.ask(TryIt(said, as_in))
        said = trial.said
        _tell(trial, trial.lines[before:])


def _tell(trial: Trial, lines: Sequence[Said]) -> None:
    for line in lines:
        if line.text:
            say(f"{line.role}: {line.text}")
        for note in line.notes:
            say(f"    {'!' if note.bad else '·'} {note.words}")
    known = ", ".join(f"{fact.label.lower()} {fact.value}" for fact in trial.facts)
    identity = "identity verified" if trial.verified else "identity not verified"
    say(f"    [{'; '.join(part for part in (known, identity, trial.outcome) if part)}]")


def register(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command("try")(try_it)
