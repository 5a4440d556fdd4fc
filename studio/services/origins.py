"""What was last found where the documents came from, and between them; kept with the workspace.

- Thousands of conflicts are kept in short beside: lists and counts need no more than who is in them.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import NamedTuple

from pydantic import TypeAdapter

from studio.domain.frozen import Json, canonical, digest, to_json
from studio.domain.governance import Collision, Collisions, OriginFinding
from studio.domain.source import AUTHORITY_ORDER, Authority, Source
from studio.ports import UnitOfWork
from studio.services.memory import Memory

ORIGINS, COLLISIONS, OUTLINES, ORDER = "origins", "collisions", "collisions-outline", "authority-order"
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


class Outline(NamedTuple):
    """One conflict in short: its id, and both statements as `SOURCE/STATEMENT`."""

    id: str
    left: str
    right: str

    @classmethod
    def of(cls, each: Collision) -> Outline:
        """Return a conflict in short."""
        left, right = (f"{ref.source_id}/{ref.statement_id}" for ref in (each.left, each.right))
        return cls(each.id, left, right)


class KeptCollisions:
    """The last comparison of sources by a job: in short at once, in full when somebody asks."""

    def __init__(self, key: str, outlines: tuple[Outline, ...], text: str) -> None:
        """Take what the comparison is of, the conflicts in short, and the whole as it was kept."""
        self.key, self.outlines, self._text = key, outlines, text

    @cached_property
    def found(self) -> tuple[Collision, ...]:
        """Return the conflicts in full."""
        return Collisions.model_validate_json(self._text).found


_COMPARED: Memory[tuple[str, str], KeptCollisions] = Memory(2)
"""The last comparisons by what was kept: every change asks for one, and few changes make another."""


def kept_collisions(unit: UnitOfWork) -> KeptCollisions | None:
    """Return the last comparison of sources by a job, or None."""
    text, short = unit.setting(COLLISIONS), unit.setting(OUTLINES)
    if text is None:
        return None
    key = digest(text.encode()), digest((short or "").encode())
    return _COMPARED.get(key, lambda: _kept(text, short))


def _kept(text: str, short: str | None) -> KeptCollisions:
    if short is None:  # kept by a program that did not keep them in short
        whole = Collisions.model_validate_json(text)
        return KeptCollisions(whole.key, tuple(Outline.of(each) for each in whole.found), text)
    known = json.loads(short)
    return KeptCollisions(known["key"], tuple(Outline(*each) for each in known["found"]), text)


def keep_collisions(unit: UnitOfWork, collisions: Collisions) -> None:
    """Keep a comparison of sources."""
    unit.keep_setting(COLLISIONS, canonical(collisions).decode())
    short: Json = {"key": collisions.key, "found": [list(Outline.of(each)) for each in collisions.found]}
    unit.keep_setting(OUTLINES, canonical(short).decode())


def kept_order(unit: UnitOfWork) -> tuple[Authority, ...]:
    """Return the kinds of documents from the weightiest on, as people chose; else as they usually weigh."""
    text = unit.setting(ORDER)
    return AUTHORITY_ORDER if text is None else tuple(Authority(name) for name in json.loads(text))


def keep_origins(unit: UnitOfWork, findings: tuple[OriginFinding, ...]) -> None:
    """Keep what a look found."""
    unit.keep_setting(ORIGINS, canonical([to_json(finding) for finding in findings]).decode())
