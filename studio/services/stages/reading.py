"""Reading a document: its bytes to blocks and findings; the result is recorded as a source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from studio.domain.errors import BrokenInput
from studio.domain.finding import Analysis
from studio.domain.source import Authority, SourceDocument
from studio.domain.tool import Tool
from studio.ports import DocumentReader, Progress, UnitOfWork
from studio.services.commands import AddSource, Command
from studio.services.jobs import Tools

Read = tuple[SourceDocument, Analysis]


def reader_for(readers: tuple[DocumentReader, ...], file_name: str) -> DocumentReader:
    """Return the reader of this kind of file; raises BrokenInput that names the kinds there are."""
    suffix = PurePath(file_name).suffix.lower()
    for reader in readers:
        if suffix in reader.suffixes:
            return reader
    known = ", ".join(sorted(s for reader in readers for s in reader.suffixes))
    raise BrokenInput(
        f"“{file_name}” is of a kind that cannot be read here.", f"Hand in one of these kinds: {known}."
    )


def read(
    readers: tuple[DocumentReader, ...],
    file_name: str,
    data: bytes,
    systems: tuple[Tool, ...],
    progress: Progress,
) -> Read:
    """Return the document and what the embedded engine finds in it."""
    from studio.cobuilder.analysis import analyze

    progress(0.0, f"Reading {file_name}")
    document = reader_for(readers, file_name).read(data, file_name)
    progress(0.3, f"Looking for rules in {file_name}")
    found = analyze(document, systems)
    progress(1.0, f"Read {file_name}")
    return document, found


@dataclass(frozen=True, slots=True)
class ReadSource:
    """Read one document and add it."""

    file_name: str
    data: bytes
    authority: Authority | None = None
    owner: str | None = None
    effective_from: date | None = None
    supersedes: str | None = None

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"Reading {self.file_name}"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Read]:
        """Return the work: parse, then find what binds the agent."""
        systems = unit.agents.draft().tools
        return lambda progress: read(tools.readers, self.file_name, self.data, systems, progress)

    def record(self, result: Read) -> Command:
        """Return the command that adds the source."""
        document, analysis = result
        return AddSource(
            file_name=self.file_name,
            data=self.data,
            document=document,
            analysis=analysis,
            authority=self.authority,
            owner=self.owner,
            effective_from=self.effective_from,
            supersedes=self.supersedes,
        )
