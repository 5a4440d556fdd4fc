"""Rows to domain values and back, by hand; immutable bodies are parsed once per process.

- Bodies are canonical JSON, so equal values have equal text and one cache entry.
"""

from __future__ import annotations

import json
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from studio.domain.agent import Agent
from studio.domain.finding import Analysis
from studio.domain.frozen import Frozen, Json, Model, canonical, to_json
from studio.domain.run import Comparison, Conversation, Differences, Run, RunFigures, RunSetup, Side
from studio.domain.source import Source, SourceDocument, SourceVersion
from studio.store import run_files
from studio.store.run_files import FiledConversations


def to_text(value: Frozen | Json) -> str:
    """Return the canonical JSON text of a value."""
    return canonical(value).decode()


def from_text(kind: type[Model], text: str) -> Model:
    """Return the value a canonical JSON text stands for."""
    return kind.model_validate_json(text)


@lru_cache(maxsize=8192)
def record_of(kind: type[Model], text: str) -> Model:
    """Return a record of a body: a decision, a remark, a proposal."""
    return from_text(kind, text)


@lru_cache(maxsize=64)
def agent_of(text: str) -> Agent:
    """Return the agent of a body."""
    return Agent.model_validate_json(text)


@lru_cache(maxsize=128)
def document_of(text: str) -> SourceDocument:
    """Return the document of a body."""
    return SourceDocument.model_validate_json(text)


@lru_cache(maxsize=128)
def analysis_of(text: str) -> Analysis:
    """Return the analysis of a body."""
    return Analysis.model_validate_json(text)


class _KeptRun(Frozen):
    agent_digest: str
    scenarios_digest: str
    seed: int
    customers: int
    engine: str
    figures: RunFigures
    sampled: str = ""


class _KeptComparison(Frozen):
    """A comparison without its conversations; `file` is the name of the run file that has them."""

    id: str
    file: str
    live: _KeptRun
    draft: _KeptRun
    differences: tuple[Differences, ...] | None = None
    setup: RunSetup | None = None


@lru_cache(maxsize=8)
def comparison_of(body: bytes, folder: Path) -> Comparison:
    """Return the comparison of a body; its conversations are read from the file as they are looked at."""
    kept = _KeptComparison.model_validate_json(zlib.decompress(body))
    file = folder / Path(kept.file).name

    def side(name: Side, run: _KeptRun) -> Run:
        return Run(
            agent_digest=run.agent_digest,
            scenarios_digest=run.scenarios_digest,
            seed=run.seed,
            customers=run.customers,
            engine=run.engine,
            conversations=FiledConversations(file, name),
            counted=run.figures,
            sampled=run.sampled,
        )

    return Comparison(
        kept.id, side("live", kept.live), side("draft", kept.draft), kept.differences, kept.setup
    )


def file_of(body: bytes) -> str:
    """Return the name of the run file of a body."""
    return _KeptComparison.model_validate_json(zlib.decompress(body)).file


def comparison_body(comparison: Comparison, folder: Path) -> bytes:
    """Return a comparison as compressed canonical JSON; its conversations go to a file of the folder."""

    def side(run: Run) -> _KeptRun:
        return _KeptRun(
            agent_digest=run.agent_digest,
            scenarios_digest=run.scenarios_digest,
            seed=run.seed,
            customers=run.customers,
            engine=run.engine,
            figures=run.figures,
            sampled=run.sampled,
        )

    kept = _KeptComparison(
        id=comparison.id,
        file=run_files.filed(comparison, folder),
        live=side(comparison.live),
        draft=side(comparison.draft),
        differences=comparison.differences,
        setup=comparison.setup,
    )
    return zlib.compress(canonical(kept), 6)


class _OldRun(Frozen):
    agent_digest: str
    scenarios_digest: str
    seed: int
    customers: int
    engine: str
    conversations: tuple[Conversation, ...]


class _OldComparison(Frozen):
    id: str
    live: _OldRun
    draft: _OldRun


def old_comparison_of(body: bytes) -> Comparison:
    """Return the comparison of a body of format 3 or older, which holds its conversations."""
    old = _OldComparison.model_validate_json(zlib.decompress(body))
    live, draft = (Run(**dict(run)) for run in (old.live, old.draft))
    return Comparison(old.id, live, draft)


def source_record(source: Source) -> dict[str, Json]:
    """Return a source's own record: its fields, and its versions by number only."""
    record = to_json(source.model_copy(update={"versions": ()}))
    return {**record, "versions": [version.number for version in source.versions]}


def version_row(source_id: str, version: SourceVersion) -> dict[str, Any]:
    """Return the row of one version; the document stands in a column of its own."""
    body = to_json(version)
    document = body.pop("document")
    return {
        "source_id": source_id,
        "number": version.number,
        "digest": version.digest,
        "body": to_text(body),
        "document": to_text(document),
    }


def version_of(body: str, document: str) -> SourceVersion:
    """Return the version of a row."""
    return SourceVersion(**{**json.loads(body), "document": document_of(document)})


def source_of(record: dict[str, Json], versions: dict[int, SourceVersion]) -> Source:
    """Return the source of its record and its version rows."""
    chosen = tuple(versions[number] for number in record["versions"])
    return Source.model_validate({**record, "versions": ()}).model_copy(update={"versions": chosen})
