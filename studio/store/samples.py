"""The sample projects that come with the program: an agent, the documents behind it, a new document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from studio.domain.agent import Agent
from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.frozen import Frozen
from studio.domain.source import Authority


class SampleDocument(Frozen):
    """One document of a sample, as its `project.json` lists it; `id` names it within the sample."""

    id: str
    file: str
    name: str
    authority: Authority
    owner: str | None = None
    effective_from: date | None = None
    supersedes: str | None = None
    effective_until: date | None = None
    review_by: date | None = None


class SampleProject(Frozen):
    """The `project.json` of a sample.

    - `later`: next versions of documents, read after all sources; `linked`: a folder that is copied beside
      the workspace and linked, from which the files in `gone` then vanish.
    - `internal` and `waived` name sentences by some of their words, by source.
    """

    name: str
    description: str
    agent: str
    sources: tuple[SampleDocument, ...]
    new_document: SampleDocument
    later: tuple[str, ...] = ()
    linked: str | None = None
    gone: tuple[str, ...] = ()
    internal: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    waived: dict[str, dict[str, str]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A document with its bytes, ready to be read."""

    document: SampleDocument
    path: Path
    supersedes: str | None

    def as_job(self) -> dict[str, Any]:
        """Return what reading it as a source takes."""
        return {
            "file_name": self.path.name,
            "data": self.path.read_bytes(),
            "authority": self.document.authority,
            "owner": self.document.owner,
            "effective_from": self.document.effective_from,
            "supersedes": self.supersedes,
        }


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample project, read; sources get the ids S-01, S-02, … in the order in which they are added."""

    project: SampleProject
    agent: Agent
    sources: tuple[SampleFile, ...]
    new_document: SampleFile
    place: Path


@cache
def folder() -> Path:
    """Return the folder of samples: inside an installed package, or at the root of a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "sample_projects"
    return inside if inside.is_dir() else package.parent / "sample_projects"


def names() -> tuple[str, ...]:
    """Return the names of all samples."""
    return tuple(sorted(path.parent.name for path in folder().glob("*/project.json")))


def load(name: str) -> Sample:
    """Return a sample; raises WrongUse that names those there are."""
    place = folder() / name
    if name not in names():
        raise WrongUse(f"There is no sample “{name}”.", f"There is: {', '.join(names()) or 'none'}.")
    try:
        project = SampleProject.model_validate_json((place / "project.json").read_bytes())
        agent = Agent.model_validate_json((place / project.agent).read_bytes())
    except (ValueError, OSError) as error:
        raise BrokenInput(
            f"The sample in {place} is damaged: {error}.", "Install the program again."
        ) from error
    ids = {document.id: f"S-{number:02}" for number, document in enumerate(project.sources, start=1)}

    def file(document: SampleDocument) -> SampleFile:
        return SampleFile(document, place / document.file, ids.get(document.supersedes or ""))

    return Sample(project, agent, tuple(file(d) for d in project.sources), file(project.new_document), place)
