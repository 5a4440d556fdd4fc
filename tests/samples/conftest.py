"""The sample projects, opened as the product opens them, and the proposal for the new document of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import pytest

from studio.cobuilder.analysis import analyze
from studio.cobuilder.proposals import propose
from studio.cobuilder.sketch.desk import Paper
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.frozen import Json, digest
from studio.domain.proposal import Proposal
from studio.domain.source import Authority, Source, SourceVersion
from studio.readers.markdown import read_markdown

SAMPLES = Path(__file__).resolve().parents[2] / "sample_projects"
NAMES = ("appointment_desk", "returns_assistant")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    """One sample: its live agent, the papers it stands on, the new document, and the proposal for it."""

    name: str
    folder: Path
    agent: Agent
    papers: tuple[Paper, ...]
    new: Paper
    proposal: Proposal
    draft: Agent

    @property
    def sources(self) -> dict[str, Source]:
        """Return every source by id."""
        return {source.id: source for source, _ in (*self.papers, self.new)}


def _paper(folder: Path, entry: Json, agent: Agent) -> Paper:
    data = (folder / entry["file"]).read_bytes()
    document = read_markdown(data.decode(), Path(entry["file"]).name)
    version = SourceVersion(
        number=1,
        file_name=Path(entry["file"]).name,
        digest=digest(data),
        size=len(data),
        added_at=NOW,
        document=document,
    )
    source = Source(
        id=entry["id"],
        name=entry["name"],
        authority=Authority(entry["authority"]),
        owner=entry["owner"],
        effective_from=date.fromisoformat(entry["effective_from"]),
        versions=(version,),
    )
    return source, analyze(document, agent.tools)


@lru_cache
def opened(name: str) -> Sample:
    """Return a sample with its proposal and the draft that accepts all of it."""
    folder = SAMPLES / name
    project = json.loads((folder / "project.json").read_text())
    agent = Agent.model_validate_json((folder / project["agent"]).read_bytes())
    papers = tuple(_paper(folder, entry, agent) for entry in project["sources"])
    new = _paper(folder, project["new_document"], agent)
    proposal = propose(agent, *new, others=papers, proposal_id="P-1", created_at=NOW)
    return Sample(name, folder, agent, papers, new, proposal, apply(agent, proposal.changeset))


@pytest.fixture(scope="session", params=NAMES)
def sample(request: pytest.FixtureRequest) -> Sample:
    """Each of the sample projects in turn."""
    return opened(request.param)


@pytest.fixture(scope="session")
def returns() -> Sample:
    """The returns assistant."""
    return opened("returns_assistant")


@pytest.fixture(scope="session")
def clinic() -> Sample:
    """The appointment desk."""
    return opened("appointment_desk")
