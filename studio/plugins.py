"""Plug-ins by entry point: a closed list of kinds; one that fails is listed with its reason, not fatal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from studio.ports import DocumentReader
from studio.readers.markdown import MarkdownReader
from studio.readers.pasted import PastedTextReader
from studio.readers.sandbox import SANDBOXED
from studio.readers.text import TextReader

READERS = "cobuilder.readers"


@dataclass(frozen=True, slots=True)
class Failure:
    """A plug-in that could not be loaded, and why."""

    kind: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Readers:
    """The document readers there are, and those that failed."""

    working: tuple[DocumentReader, ...]
    failed: tuple[Failure, ...]


@cache
def readers() -> Readers:
    """Return the built-in readers and those of plug-ins; a built-in one wins for its file endings."""
    working: list[DocumentReader] = [MarkdownReader(), TextReader(), *SANDBOXED, PastedTextReader()]
    failed: list[Failure] = []
    for entry in entry_points(group=READERS):
        try:
            working.append(entry.load()())
        except Exception as error:  # a plug-in may fail in any way
            failed.append(Failure(READERS, entry.name, f"{type(error).__name__}: {error}"))
    return Readers(tuple(working), tuple(failed))
