"""What would leave this computer for a language model, and how a source was read; asking sends nothing."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.errors import WrongUse
from studio.domain.finding import BESIDE, Analysis, Disagreement, Engine, ModelRun
from studio.domain.model import Content, ModelRequest
from studio.domain.source import Source
from studio.ports import UnitOfWork
from studio.services.standing import Standing, standing


def contents_of(source: Source, stand: Standing) -> tuple[Content, ...]:
    """Return what kind of text a source is, for the policy on language models.

    A document that may be quoted is both where single sentences of it are marked internal.
    """
    from studio.services.access import internal_sentences

    if source.permission == "internal":
        return ("internal documents",)
    return ("documents", "internal documents") if internal_sentences(stand, source) else ("documents",)


@dataclass(frozen=True, slots=True)
class RequestsForSource:
    """Ask for the requests by which a model would read a source, before anything is masked.

    Without a source: the one that was added last; nothing where there is none.
    """

    source_id: str = ""

    def answer(self, unit: UnitOfWork) -> tuple[ModelRequest, ...]:
        """Return one request a part of the current version."""
        from studio.cobuilder.models.engine import requests_for

        if self.source_id:
            source = unit.sources.get(self.source_id)
        else:
            sources = unit.sources.all()
            if not sources:
                return ()
            source = sources[-1]
        document, tools = source.current.document, unit.agents.draft().tools
        return requests_for(document, tools, contents_of(source, standing(unit)))


def is_read(reading: Analysis | None, engine: Engine, model: str) -> bool:
    """Return whether a reading is one to its end by this engine, and by this model where one is asked."""
    if reading is None or reading.read_by != engine:
        return False
    whole = reading.run is None or not reading.run.failed
    by = reading.engine.removeprefix(BESIDE)
    return engine == "embedded" or (whole and (not model or by == model))


@dataclass(frozen=True, slots=True)
class NeedsReading:
    """Ask whether a source has still to be read by an engine, with this model."""

    source_id: str
    engine: Engine
    model: str

    def answer(self, unit: UnitOfWork) -> bool:
        """Return whether it has; raises WrongUse."""
        source = unit.sources.get(self.source_id)
        return not is_read(standing(unit).analyses.get(source.id), self.engine, self.model)


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """How the current version of a source was read: by whom, what came of it, where two readings differ."""

    source_id: str
    name: str
    read_by: Engine
    statements: int
    run: ModelRun | None
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class ShowReading:
    """Ask how a source was read last."""

    source_id: str

    def answer(self, unit: UnitOfWork) -> ReadingPage:
        """Return who read it; raises WrongUse."""
        source = unit.sources.get(self.source_id)
        found = standing(unit).analyses.get(source.id)
        if found is None:
            raise WrongUse(f"{source.id} has not been read yet.", "Add the document again.")
        return ReadingPage(
            source.id, source.name, found.read_by, len(found.statements), found.run, found.disagreements
        )


@dataclass(frozen=True, slots=True)
class ShowWantedEngine:
    """Ask who is to read a source: whoever read it, or else its last edition, beside CoBuilder.

    A new version is first read by CoBuilder alone; that was nobody's choice.
    """

    source_id: str

    def answer(self, unit: UnitOfWork) -> Engine:
        """Return the engine."""
        source = unit.sources.get(self.source_id)
        editions = [(source.id, version.number) for version in reversed(source.versions)]
        if source.supersedes is not None:
            before = unit.sources.get(source.supersedes)
            editions.append((before.id, before.current.number))
        readings = (unit.sources.analysis(*edition) for edition in editions)
        return next(
            (found.read_by for found in readings if found and found.read_by != "embedded"), "embedded"
        )
