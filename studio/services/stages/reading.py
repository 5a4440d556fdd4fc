"""Reading a document: its bytes to blocks and findings; the result is recorded as a source.

- A new version is aligned with the one before, so that statements keep their ids; a document that
  replaces another source is aligned with that one, so that its sentences inherit the places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePath

from studio.domain.errors import BrokenInput
from studio.domain.finding import Analysis
from studio.domain.frozen import digest
from studio.domain.governance import Alignment
from studio.domain.pulse import watched
from studio.domain.source import Authority, Origin, Source, SourceDocument
from studio.domain.tool import Tool
from studio.ports import DocumentReader, Progress, UnitOfWork
from studio.services.commands import AddSource, Command
from studio.services.jobs import Tools
from studio.services.origins import version_of

SECONDS = 0.1
"""How often a reading says that it goes on, where it cannot tell how far it is."""
Earlier = tuple[str, int, SourceDocument, Analysis]


def reader_for(readers: tuple[DocumentReader, ...], file_name: str) -> DocumentReader:
    """Return the reader of this kind of file; raises BrokenInput that names the kinds there are."""
    suffix = PurePath(file_name).suffix.lower()
    for reader in readers:
        if suffix in reader.suffixes:
            return reader
    known = ", ".join(sorted(s for reader in readers for s in reader.suffixes if s))
    raise BrokenInput(
        f"“{file_name}” is of a kind that cannot be read here.", f"Hand in one of these kinds: {known}."
    )


def read(
    readers: tuple[DocumentReader, ...],
    file_name: str,
    data: bytes,
    systems: tuple[Tool, ...],
    progress: Progress,
) -> tuple[SourceDocument, Analysis]:
    """Return the document and what the embedded engine finds in it."""
    from studio.cobuilder.analysis import analyze

    progress(0.0, f"Reading {file_name}")
    with watched(lambda: progress(0.0, f"Reading {file_name}")):
        document = reader_for(readers, file_name).read(data, file_name)
    saying = f"Looking for rules in {file_name}"
    progress(0.3, saying)
    found = analyze(document, systems, lambda share: progress(0.3 + 0.6 * share, saying))
    return document, found


@dataclass(frozen=True, slots=True)
class Known:
    """What a reading has to know of the workspace: the systems, and every version there is."""

    systems: tuple[Tool, ...]
    sources: tuple[Source, ...]
    readings: dict[tuple[str, int], Analysis]

    @classmethod
    def of(cls, unit: UnitOfWork) -> Known:
        """Return what a unit of work knows."""
        sources = unit.sources.all()
        keys = [(source.id, version.number) for source in sources for version in source.versions]
        found = {key: analysis for key in keys if (analysis := unit.sources.analysis(*key)) is not None}
        return cls(unit.agents.draft().tools, sources, found)

    def earlier(self, source_id: str | None) -> Earlier | None:
        """Return the current version of a source with its reading, or None."""
        source = next((s for s in self.sources if s.id == source_id), None)
        reading = self.readings.get((source.id, source.current.number)) if source else None
        if source is None or reading is None:
            return None
        return source.id, source.current.number, source.current.document, reading

    def used_ids(self, source_id: str) -> frozenset[str]:
        """Return every statement id that any version of a source has used."""
        return frozenset(
            statement.id
            for (known, _), reading in self.readings.items()
            if known == source_id
            for statement in reading.statements
        )


def follow(
    known: Known, document: SourceDocument, found: Analysis, same: str | None, replaces: str | None
) -> tuple[Analysis, Alignment | None]:
    """Return the reading with carried ids, and how it stands to what it follows."""
    from studio.cobuilder.alignment.statements import align, carry_ids

    earlier = known.earlier(same) or known.earlier(replaces)
    if earlier is None:
        return found, None
    source_id, number, before, reading = earlier
    aligned = align((before, reading.statements), (document, found.statements))
    carried = carry_ids(reading, found, aligned, known.used_ids(source_id)) if same == source_id else found
    names = {raw.id: final.id for raw, final in zip(found.statements, carried.statements, strict=True)}
    return carried, aligned.renamed(names, (source_id, number))


@dataclass(frozen=True, slots=True)
class ReadSource:
    """Read one document and add it; `place` is the path it came from, where it is to be remembered."""

    file_name: str
    data: bytes
    authority: Authority | None = None
    owner: str | None = None
    effective_from: date | None = None
    supersedes: str | None = None
    place: str | None = None
    folder: str | None = None
    name: str | None = None

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"Reading {self.file_name}"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], AddSource]:
        """Return the work: parse, find what binds the agent, align with what it follows."""
        known = Known.of(unit)
        return lambda progress: self.work(known, tools, progress)

    def work(self, known: Known, tools: Tools, progress: Progress) -> AddSource:
        """Return the command that adds the document."""
        document, found = read(tools.readers, self.file_name, self.data, known.systems, progress)
        known_as = version_of(known.sources, self.file_name, self.place, self.folder)
        same = known_as.id if known_as else None
        saying = f"Comparing {self.file_name} with what it follows"
        with watched(lambda: progress(0.9, saying), SECONDS):
            analysis, alignment = follow(known, document, found, same, self.supersedes)
        progress(1.0, f"Read {self.file_name}")
        return AddSource(
            file_name=self.file_name,
            data=self.data,
            document=document,
            analysis=analysis,
            alignment=alignment,
            authority=self.authority,
            owner=self.owner,
            effective_from=self.effective_from,
            supersedes=self.supersedes,
            name=self.name,
            origin=self._origin(tools.clock()),
            source_id=same,
        )

    def _origin(self, now: datetime) -> Origin | None:
        if self.place is None:
            return None
        moment = now.replace(microsecond=0)
        return Origin(place=self.place, digest=digest(self.data), read_at=moment, folder=self.folder)

    def record(self, result: AddSource) -> Command:
        """Return the command that adds the source."""
        return result


def from_file(path: Path, **about: object) -> ReadSource:
    """Return the reading of a file, which remembers where it came from."""
    return ReadSource(path.name, path.read_bytes(), place=str(path.resolve()), **about)  # type: ignore[arg-type]
