"""Reading a source again, by CoBuilder itself, by the language model, or by both, side by side.

- The result is kept as the reading of the current version; statements keep their ids.
- Nothing is recorded where the model read nothing at all: the first reason comes out as the error.
- What was read by the same engine and model already is not read again, unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from studio.domain.errors import ProviderFailed, WrongUse
from studio.domain.finding import Analysis, Engine
from studio.domain.model import Content, ModelFailure, ModelReply, ModelRequest, ModelUse
from studio.domain.pulse import watched
from studio.domain.source import Source, SourceDocument
from studio.domain.tool import Tool
from studio.ports import LanguageModel, Progress, UnitOfWork
from studio.services.commands import KeepReading
from studio.services.jobs import Tools
from studio.services.models import NONE_CHOSEN, as_error
from studio.services.queries.models import contents_of, is_read
from studio.services.stages.reading import SECONDS, Known
from studio.services.standing import standing

TITLES: dict[Engine, str] = {
    "embedded": "CoBuilder reads {} again",
    "model": "The language model reads {}",
    "both": "CoBuilder and the language model read {}",
}

READ = 0.9
"""How far a job is when the reading itself is done."""
OWN = 0.2
"""How far it is after CoBuilder's own reading, where a model reads as well."""


@dataclass(slots=True)
class _Overheard:
    """A language model whose failures are remembered."""

    behind: LanguageModel
    failures: list[ModelFailure] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self.behind.name

    @property
    def destination(self) -> str:
        """Return where the text goes."""
        return self.behind.destination

    @property
    def used(self) -> ModelUse:
        """Return what was used so far."""
        return self.behind.used

    def ask(
        self, requests: Sequence[ModelRequest], progress: Progress
    ) -> tuple[ModelReply | ModelFailure, ...]:
        """Ask the model behind."""
        outcomes = self.behind.ask(requests, progress)
        self.failures += [outcome for outcome in outcomes if isinstance(outcome, ModelFailure)]
        return outcomes


@dataclass(frozen=True, slots=True)
class Material:
    """What is read: a document, the systems that its steps may use, and what kind of text it is."""

    document: SourceDocument
    systems: Sequence[Tool]
    contents: tuple[Content, ...] = ("documents",)


def beside(
    own: Analysis, material: Material, engine: Engine, model: LanguageModel | None, progress: Progress
) -> Analysis:
    """Return CoBuilder's own reading, the model's, or both side by side; raises what the model failed of."""
    if engine == "embedded":
        return own
    if model is None:
        raise as_error(NONE_CHOSEN)
    from studio.cobuilder.models.engine import analyze_with_model
    from studio.cobuilder.models.two_readings import side_by_side

    heard = _Overheard(model)
    found = analyze_with_model(material.document, material.systems, heard, progress, material.contents)
    if found.run is not None and found.run.failed and not found.run.found:
        if heard.failures:
            raise as_error(heard.failures[0])
        raise ProviderFailed(f"{model.name} read nothing. {found.run.failed[0][1]}", "Try another model.")
    return side_by_side(own, found, engine)


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """Let a source be read by an engine; `anew` also where the same engine and model read it already."""

    source_id: str
    engine: Engine
    anew: bool = False

    @property
    def title(self) -> str:
        """Return what is being done."""
        return TITLES[self.engine].format(self.source_id)

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], KeepReading | None]:
        """Take the current version, how it was read, and the systems; return the reading."""
        source, known = unit.sources.get(self.source_id), Known.of(unit)
        kept = unit.sources.analysis(source.id, source.current.number)
        if kept is None:
            raise WrongUse(f"{source.id} has not been read yet.", "Add the document again.")

        contents = contents_of(source, standing(unit))
        material = Material(source.current.document, known.systems, contents)

        def work(progress: Progress) -> KeepReading | None:
            return self._read(source, kept, known, material, tools, progress)

        return work

    def record(self, result: KeepReading | None) -> KeepReading | None:
        """Return the command that keeps the reading, or None where it was read so already."""
        return result

    def _read(
        self,
        source: Source,
        kept: Analysis,
        known: Known,
        material: Material,
        tools: Tools,
        progress: Progress,
    ) -> KeepReading | None:
        model = None if self.engine == "embedded" else tools.model()
        if not self.anew and is_read(kept, self.engine, model.name if model else ""):
            return None
        saying = f"Reading “{source.name}”"
        progress(0.0, saying)
        own, done = kept, 0.0
        if kept.read_by != "embedded":
            done = READ if self.engine == "embedded" else OWN
            own = _embedded(material.document, known, lambda share: progress(done * share, saying))
        found = beside(own, material, self.engine, model, _after(progress, done))
        with watched(lambda: progress(READ, f"Comparing “{source.name}” with what was known"), SECONDS):
            whole = _with_ids(source, kept, found, known)
        return KeepReading(source.id, source.current.number, whole)


def _after(progress: Progress, done: float) -> Progress:
    """Return what tells how far the rest of a reading is, of which so much is done."""
    return lambda fraction, message="": progress(done + (READ - done) * fraction, message)


def _embedded(document: SourceDocument, known: Known, told: Callable[[float], object]) -> Analysis:
    from studio.cobuilder.analysis import analyze

    return analyze(document, known.systems, told)


def _with_ids(source: Source, kept: Analysis, found: Analysis, known: Known) -> Analysis:
    """Return the reading in which every statement that was known before has its id."""
    from studio.cobuilder.alignment.statements import align, carry_ids

    document = source.current.document
    aligned = align((document, kept.statements), (document, found.statements))
    return carry_ids(kept, found, aligned, known.used_ids(source.id))
