"""What verbs of review share: a role, a change as people write it, what was looked at, files to write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.review_approval import Looked, ReviewRole
    from studio.services.workbench import Workbench

Role = Annotated[str, typer.Option("--role", help="operations, compliance, qa or it.")]
LookedAt = Annotated[
    list[str] | None,
    typer.Option(
        "--looked-at",
        help="What you looked at: a change, all, consequences, proofs, coverage; several times. The rest is "
        "named in the approval as not looked at.",
    ),
]


def role_of(name: str) -> ReviewRole:
    """Return a role by its name; raises WrongUse."""
    from studio.domain.review_approval import ROLES

    if name not in ROLES:
        raise WrongUse(f"There is no role “{name}”.", f"Roles are: {', '.join(ROLES)}.")
    return name


def place_of(bench: Workbench, named: str) -> tuple[str, str]:
    """Return proposal and change of `P-01/C-03`, or of `C-03` where there is one proposal."""
    from studio.services.queries.review import ListProposals

    proposal, slash, change = named.partition("/")
    if slash:
        return proposal, change
    known = [row.id for row in bench.ask(ListProposals())]
    if len(known) != 1:
        raise WrongUse(f"“{named}” may be in {', '.join(known)}.", f"Write it as {known[0]}/{named}.")
    return known[0], named


def seen_of(bench: Workbench, named: list[str] | None) -> Looked | None:
    """Return what a person says they looked at, or None where they say nothing."""
    from studio.domain.review_approval import Looked
    from studio.services.queries.review import ListProposals, ShowProposal

    if not named:
        return None
    changes: list[str] = []
    for each in named:
        if each == "all":
            for row in bench.ask(ListProposals()):
                page = bench.ask(ShowProposal(row.id))
                changes += [f"{row.id}/{change.id}" for group in page.groups for change in group.rows]
        elif each not in ("consequences", "proofs", "coverage"):
            changes.append("/".join(place_of(bench, each)))
    return Looked(
        changes=tuple(dict.fromkeys(changes)),
        consequences="consequences" in named,
        proofs="proofs" in named,
        coverage="coverage" in named,
        stated=True,
    )


def write_file(file: Path, data: bytes) -> None:
    """Write a file; raises WrongUse with a sentence."""
    try:
        file.write_bytes(data)
    except OSError as error:
        raise WrongUse(f"{file} cannot be written: {error.strerror}.", "Choose another place.") from error
