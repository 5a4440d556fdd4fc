"""Where readings of guard metrics come from: a file of JSON or CSV, or a command that prints one.

- A command is run as it stands, without a shell; what it prints counts only when it ends with exit code 0 in
  time. Otherwise nothing was read, and a guard that is silent pauses the rollout.
- It is told no secret that this program was handed by the environment.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.handed_secrets import for_children
from studio.cli.output import note
from studio.cli.places import read_bytes
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.release.guards import Feed

COMMAND_SECONDS = 60.0

Metrics = Annotated[
    Path | None, typer.Option("--metrics", help="Readings of the guards, as JSON or CSV.", metavar="FILE")
]
MetricsCommand = Annotated[
    str,
    typer.Option(
        "--metrics-command",
        help="A command that prints readings as JSON or CSV and ends with 0.",
        metavar="COMMAND",
        show_default=False,
    ),
]


def read_metrics(file: Path | None, command: str, seconds: float = COMMAND_SECONDS) -> Feed | None:
    """Return the readings, or None where neither a file nor a command was named."""
    from studio.release.guards import Feed, read_feed

    if file is not None and command:
        raise WrongUse("Readings come from a file or from a command, not from both.", "Leave one out.")
    if file is not None:
        return read_feed(read_bytes(file, "The metrics"), str(file))
    if not command:
        return None
    printed = _printed(command, seconds)
    return Feed() if printed is None else read_feed(printed, "What the metrics command printed")


def words_of(command: str, posix: bool = os.name == "posix") -> list[str]:
    """Return the words of a command line; a backslash belongs to a path where paths have them."""
    if posix:
        return shlex.split(command)
    return [word.strip('"') for word in shlex.split(command, posix=False)]


def _printed(command: str, seconds: float) -> bytes | None:
    try:
        words = words_of(command)
        ended = subprocess.run(
            words,
            capture_output=True,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            env=for_children(),
        )
    except (ValueError, IndexError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise WrongUse(f"The metrics command “{command}” cannot be run: {why}.", "Check its name.") from None
    except subprocess.TimeoutExpired:
        note(f"The metrics command did not end within {seconds:g} s, so nothing was read.")
        return None
    if ended.returncode != 0:
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        note(
            f"The metrics command ended with exit code {ended.returncode}, so nothing was read"
            f"{': ' + said[-1] if said else '.'}"
        )
        return None
    return ended.stdout
