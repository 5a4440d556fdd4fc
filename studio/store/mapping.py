"""Rows to domain values and back, by hand; immutable bodies are parsed once per process.

- Bodies are canonical JSON, so equal values have equal text and one cache entry.
"""

from __future__ import annotations

import json
import zlib
from functools import lru_cache
from typing import Any

from studio.domain.agent import Agent
from studio.domain.finding import Analysis
from studio.domain.frozen import Frozen, Json, Model, canonical, to_json
from studio.domain.run import Comparison
from studio.domain.source import Source, SourceDocument, SourceVersion


def to_text(value: Frozen | Json) -> str:
    """Return the canonical JSON text of a value."""
    return canonical(value).decode()


def from_text(kind: type[Model], text: str) -> Model:
    """Return the value a canonical JSON text stands for."""
    return kind.model_validate_json(text)


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


@lru_cache(maxsize=8)
def comparison_of(body: bytes) -> Comparison:
    """Return the comparison of a compressed body."""
    return Comparison.model_validate_json(zlib.decompress(body))


def comparison_body(comparison: Comparison) -> bytes:
    """Return a comparison as compressed canonical JSON."""
    return zlib.compress(canonical(comparison), 6)


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
