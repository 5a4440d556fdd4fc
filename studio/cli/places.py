"""Where the command line finds things: the workspace, the person, passphrases, input files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.handed_secrets import PASSPHRASE, handed
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.environment import ApprovalPolicy
    from studio.ports import Workers
    from studio.services.workbench import Workbench
    from studio.settings import Settings

Workspace = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        envvar="COBUILDER_WORKSPACE",
        help="The workspace folder.",
        show_default="the current folder",
    ),
]
Who = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="COBUILDER_USER",
        help="The name to write beside what is done.",
        show_default="your settings",
    ),
]
HERE = Path(".")
LARGEST = 256 * 1024 * 1024
"""As much as the largest file that anything here takes, which is a bundle."""


def settings_for(who: str) -> Settings:
    """Return this user's settings, under another name if one is given."""
    from studio.settings import load_settings

    settings = load_settings()
    return settings.model_copy(update={"name": who}) if who else settings


@contextmanager
def workbench(folder: Path, who: str = "", workers: Workers | None = None) -> Iterator[Workbench]:
    """Open the workspace, and close it at the end; `workers` are where conversations run."""
    from studio.assembly import open_workbench

    opened = open_workbench(folder, settings_for(who), workers)
    try:
        yield opened
    finally:
        opened.close()


def read_bytes(path: Path, what: str) -> bytes:
    """Return a file's bytes; raises WrongUse with a sentence.

    Of an endless one no more is read than it takes for whoever looks at it to say that it is too large.
    """
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise WrongUse(f"{what} {path} cannot be read: {error.strerror}.", "Check the path.") from error


def approval_policy(path: Path) -> ApprovalPolicy:
    """Read IT's approval policy."""
    from studio.release.policy import read_policy

    data = read_bytes(path, "The approval policy")
    if data[:2] == b"PK":
        raise WrongUse(
            f"{path} is a bundle, not an approval policy.",
            "Name IT's own policy after --policy; none that came with a bundle counts.",
        )
    return read_policy(data, str(path))


def passphrase(file: Path | None, *, new: bool = False, word: str = "Passphrase") -> str:
    """Return a passphrase (or PIN) from a file, from COBUILDER_PASSPHRASE, or asked for on the terminal."""
    if file is not None:
        return _line_of(file)
    if (given := handed(PASSPHRASE)) is not None:
        return given
    if not sys.stdin.isatty():
        raise WrongUse(
            f"No {word if word.isupper() else word.lower()} was given, and there is no terminal to ask on.",
            "Use --passphrase-file FILE, or set COBUILDER_PASSPHRASE.",
        )
    answer: str = typer.prompt(word, hide_input=True, confirmation_prompt=new)
    return answer


def _line_of(file: Path) -> str:
    try:
        return read_bytes(file, "The passphrase file").decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise WrongUse(f"The passphrase file {file} is not text in UTF-8.", "Save it as UTF-8.") from None


def read_agent(path: Path) -> bytes:
    """Return the bytes of an agent file."""
    return read_bytes(path, "The agent file")


def read_moment(text: str, *, first: bool) -> datetime | None:
    """Return the moment of a date (its first or its last second, UTC) or of a full time; None for none."""
    if not text:
        return None
    try:
        if len(text) == len("2027-01-31"):
            day = datetime.strptime(text, "%Y-%m-%d").date()
            return datetime.combine(day, time(0, 0, 0) if first else time(23, 59, 59), UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"“{text}” is no date.", "Write it as 2027-01-31, or 2027-01-31T12:00:00Z.") from None
    if found.tzinfo is None:
        raise WrongUse(
            f"“{text}” does not say its time zone.", "Write it as 2027-01-31, or 2027-01-31T12:00:00Z."
        )
    return found.astimezone(UTC).replace(microsecond=0)
