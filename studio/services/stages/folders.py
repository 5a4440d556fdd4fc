"""Looking at the origins: what is new, changed or gone in linked folders and at other known places."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.domain.errors import Cancelled, StudioError
from studio.domain.frozen import digest
from studio.domain.governance import OriginFinding
from studio.domain.source import Source
from studio.ports import Progress, UnitOfWork
from studio.services.commands import AddSource, Command, RecordOrigins
from studio.services.jobs import Tools
from studio.services.stages.reading import Known, ReadSource

MOST_FILES = 2_000


def _files(folder: Path, suffixes: frozenset[str]) -> Iterator[Path]:
    """Yield the documents of a folder and below, in order; hidden ones are passed over."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith((".", "~$")) and Path(name).suffix.lower() in suffixes:
                yield Path(root) / name


@dataclass(frozen=True, slots=True)
class Look:
    """What is where: linked folders by id, sources by the place they came from."""

    folders: tuple[tuple[str, Path], ...]
    sources: dict[str, Source]

    def places(self, suffixes: frozenset[str]) -> dict[str, str | None]:
        """Return every place to look at, with the folder it belongs to."""
        found: dict[str, str | None] = dict.fromkeys(self.sources)
        for folder_id, folder in self.folders:
            for path in _files(folder, suffixes):
                if len(found) < MOST_FILES:
                    found[str(path)] = folder_id
        return found

    def at(self, place: str) -> tuple[OriginFinding, bytes | None]:
        """Return what is found at a place, and the bytes where they are new or changed."""
        source = self.sources.get(place)
        source_id = source.id if source else None
        try:
            data = Path(place).read_bytes()
        except FileNotFoundError:
            return OriginFinding(
                kind="vanished", place=place, source_id=source_id, detail="The file is gone."
            ), None
        except OSError as error:
            detail = f"The file cannot be read: {error.strerror}."
            return OriginFinding(kind="unreadable", place=place, source_id=source_id, detail=detail), None
        if source is None:
            detail = "Not among the sources yet."
            return OriginFinding(kind="new", place=place, detail=detail, digest=digest(data)), data
        if source.current.digest == digest(data):
            return OriginFinding(
                kind="unchanged", place=place, source_id=source_id, digest=digest(data)
            ), None
        detail = f"Changed since version {source.current.number} was read."
        print_ = digest(data)
        return OriginFinding(
            kind="changed", place=place, source_id=source_id, detail=detail, digest=print_
        ), data


def look_of(unit: UnitOfWork) -> Look:
    """Return what a unit of work knows about origins."""
    known = {s.current.origin.place: s for s in unit.sources.all() if s.current.origin is not None}
    return Look(tuple((f.id, Path(f.path)) for f in unit.folders.all()), known)


@dataclass(frozen=True, slots=True)
class LookAtOrigins:
    """Look at every origin; take new and changed documents as versions unless only asked to report."""

    take: bool = True

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Looking for changed documents"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], RecordOrigins]:
        """Return the work: look, and read what is new or changed."""
        look, known = look_of(unit), Known.of(unit)
        return lambda progress: self._work(look, known, tools, progress)

    def _work(self, look: Look, known: Known, tools: Tools, progress: Progress) -> RecordOrigins:
        suffixes = frozenset(s for reader in tools.readers for s in reader.suffixes)
        places = look.places(suffixes)
        findings: list[OriginFinding] = []
        documents: list[AddSource] = []
        for number, (place, folder) in enumerate(places.items()):
            progress(number / len(places), f"Looking at {Path(place).name}")
            finding, data = look.at(place)
            if data is not None and self.take:
                part = _part(progress, number, len(places))
                finding, document = _take(finding, data, folder, known, tools, part)
                documents += [document] if document else []
            findings.append(finding)
        progress(1.0, f"Looked at {len(places)} files")
        return RecordOrigins(tuple(findings), tuple(documents))

    def record(self, result: RecordOrigins) -> Command:
        """Return the command that keeps what was found."""
        return result


def _part(progress: Progress, number: int, count: int) -> Progress:
    """Return what hears how far one of several equal parts is."""
    return lambda fraction, message="": progress((number + fraction) / count, message)


def _take(
    finding: OriginFinding,
    data: bytes,
    folder: str | None,
    known: Known,
    tools: Tools,
    progress: Progress,
) -> tuple[OriginFinding, AddSource | None]:
    """Return what stands after reading a new or changed file: taken, or not readable and why."""
    path = Path(finding.place)
    job = ReadSource(path.name, data, place=finding.place, folder=folder)
    try:
        document = job.work(known, tools, progress)
    except Cancelled:
        raise
    except StudioError as error:
        return finding.model_copy(update={"kind": "unreadable", "detail": str(error)}), None
    return finding.model_copy(update={"kind": "unchanged", "detail": "Taken as a new version."}), document
