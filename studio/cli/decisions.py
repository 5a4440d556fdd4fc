"""Verbs that decide on sentences: waive, confirm, mark, decide a conflict, say what is the same."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli.describing import day
from studio.cli.output import say
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.domain.errors import WrongUse

Statement = Annotated[str, typer.Argument(help="The statement, as S-03/S-007.")]
QUESTION = "I"


def _named(statement: str) -> tuple[str, str]:
    source, _, name = statement.partition("/")
    if not name:
        raise WrongUse(f"“{statement}” names no statement.", "Write it as S-03/S-007.")
    return source, name


def waive(
    statement: Statement,
    why: Annotated[str, typer.Argument(help="Why it is not for this agent.")],
    until: Annotated[str | None, typer.Option(help="The last day, as 2026-12-31.", metavar="DATE")] = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Say that a sentence is not for this agent, why, and until when."""
    from studio.services.commands import WaiveStatement

    with workbench(workspace, who) as bench:
        say(bench.do(WaiveStatement(*_named(statement), why, day(until))).title)


def confirm(statement: Statement, workspace: Workspace = HERE, who: Who = "") -> None:
    """Say that what stands on a sentence still says what it demands."""
    from studio.services.commands import ConfirmStatement

    with workbench(workspace, who) as bench:
        say(bench.do(ConfirmStatement(*_named(statement))).title)


def mark(
    statement: Statement,
    permission: Annotated[str, typer.Argument(help="internal, or quotable.")],
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Say whether a sentence may be quoted to customers."""
    from studio.services.commands import MarkAccess

    if permission not in ("internal", "quotable"):
        raise WrongUse(f"“{permission}” is no mark.", "Choose internal or quotable.")
    with workbench(workspace, who) as bench:
        source, name = _named(statement)
        command = MarkAccess(source, name, "internal" if permission == "internal" else "may be quoted")
        say(bench.do(command).title)


def decide(
    conflict: Annotated[str, typer.Argument(help="The conflict, as C-4821; `conflicts` shows it.")],
    holds: Annotated[str, typer.Argument(help="left, right, both or neither.")],
    why: Annotated[str, typer.Argument(help="Why.")] = "",
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Decide a conflict; the decision is recorded with your name."""
    from studio.services.commands import DecideCollision
    from studio.services.queries.governance import ListCollisions, spoken_names

    if holds not in ("left", "right", "both", "neither"):
        raise WrongUse(f"“{holds}” decides nothing.", "Choose left, right, both or neither.")
    with workbench(workspace, who) as bench:
        ids = [row.collision.id for row in bench.ask(ListCollisions())]
        named = {name: each for each, name in spoken_names(ids).items()}
        conflict = named.get(conflict.upper(), conflict)
        say(bench.do(DecideCollision(conflict, holds, why)).title)  # type: ignore[arg-type]


def same(
    doubt: Annotated[str, typer.Argument(help="The question, as I-4821; `suspects` shows it.")],
    different: Annotated[bool, typer.Option("--different", help="They are different statements.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Say that two sentences of two versions are the same statement, or different ones."""
    from studio.services.commands import DecideIdentity
    from studio.services.queries.governance import ListDoubts, spoken_names

    with workbench(workspace, who) as bench:
        ids = [row.id for row in bench.ask(ListDoubts())]
        named = {name: each for each, name in spoken_names(ids, QUESTION).items()}
        say(bench.do(DecideIdentity(named.get(doubt.upper(), doubt), not different)).title)
