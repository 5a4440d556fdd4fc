"""What was last found where the documents came from, and between them; kept with the workspace."""

from __future__ import annotations

from pydantic import TypeAdapter

from studio.domain.frozen import canonical, to_json
from studio.domain.governance import Collisions, OriginFinding
from studio.domain.source import Source
from studio.ports import UnitOfWork

ORIGINS, COLLISIONS = "origins", "collisions"
_FINDINGS: TypeAdapter[tuple[OriginFinding, ...]] = TypeAdapter(tuple[OriginFinding, ...])


def version_of(
    sources: tuple[Source, ...], file_name: str, place: str | None, folder: str | None
) -> Source | None:
    """Return the source that a file is the next version of, or None: from the same place, or of its name.

    A file of the same name elsewhere is the same document where a person adds it, but not in a folder.
    """
    placed = {s.current.origin.place: s for s in sources if s.current.origin is not None}
    if place is not None and place in placed:
        return placed[place]
    named = (s for s in sources if s.current.file_name == file_name)
    return next((s for s in named if folder is None or s.current.origin is None), None)


def kept_origins(unit: UnitOfWork) -> tuple[OriginFinding, ...]:
    """Return what the last look found; nothing before there was one."""
    text = unit.setting(ORIGINS)
    return () if text is None else _FINDINGS.validate_json(text)


def kept_collisions(unit: UnitOfWork) -> Collisions | None:
    """Return the last comparison of sources by a job, or None."""
    text = unit.setting(COLLISIONS)
    return None if text is None else Collisions.model_validate_json(text)


def keep_collisions(unit: UnitOfWork, collisions: Collisions) -> None:
    """Keep a comparison of sources."""
    unit.keep_setting(COLLISIONS, canonical(collisions).decode())


def keep_origins(unit: UnitOfWork, findings: tuple[OriginFinding, ...]) -> None:
    """Keep what a look found."""
    unit.keep_setting(ORIGINS, canonical([to_json(finding) for finding in findings]).decode())
