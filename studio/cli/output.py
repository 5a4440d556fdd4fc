"""How the command line speaks: tables and sentences for people, JSON for programs, errors on stderr.

- Exit codes: 0 done, 1 the answer is no, 2 wrong use, 3 broken input, 4 internal fault.
- `--json` prints exactly one JSON document on stdout, and nothing else there.
- What a text holds to steer a terminal, or to turn the order of its letters, is spelled out: a bundle, a
  comment or a file's name must not rewrite what somebody reads before signing.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Timer
from typing import Annotated, Any

import typer

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
_PASSWORD = re.compile(r"(?<=:)[^\s/:]\S*(?=@)|(?<=password=)[^\s)]+", re.IGNORECASE)
_STEERING = re.compile("\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return a text in which signs that steer a terminal, or turn the order of letters, are spelled out."""
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def say(text: str = "") -> None:
    """Print a line for people on stdout."""
    typer.echo(plain(text))


def note(text: str) -> None:
    """Print a line on stderr: progress and remarks that are no part of the answer; never a password."""
    typer.echo(_PASSWORD.sub("…", plain(text)), err=True)


def put_json(value: Any) -> None:
    """Print a value as one JSON document."""
    from pydantic_core import to_jsonable_python

    typer.echo(json.dumps(to_jsonable_python(value), indent=2, ensure_ascii=False))


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headers, in columns as wide as they need; the last is never padded."""
    cells = [[plain(str(cell)) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(headers), *cells]) for i in range(len(headers))]
    for line in ([header.upper() for header in headers], *cells):
        padded = [cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=False)]
        typer.echo("  ".join([*padded, line[-1]]).rstrip())


def meter(fraction: float, message: str = "") -> None:
    """Show progress on a terminal's stderr, in place; silent where stderr is no terminal."""
    if sys.stderr.isatty():
        end = "\n" if fraction >= 1 else ""
        print(f"\r\033[K{fraction:4.0%} {message}", end=end, file=sys.stderr, flush=True)


@contextmanager
def working(words: str, quiet: bool = False, after: float = 0.3) -> Iterator[None]:
    """Say on a terminal's stderr what is done once it takes a moment; silent where it is none."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    said = Event()

    def tell() -> None:
        said.set()
        print(f"\r\033[K{words} …", end="", file=sys.stderr, flush=True)

    timer = Timer(after, tell)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if said.is_set():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def plural(count: int, noun: str) -> str:
    """Return a count with its noun."""
    many = f"{noun[:-1]}ies" if noun.endswith("ply") else f"{noun}s"
    return f"{count} {noun if count == 1 else many}"
