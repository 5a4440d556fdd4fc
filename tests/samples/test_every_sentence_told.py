"""Every binding sentence of a document is told of in its proposal: none is dropped without a line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from studio.assembly import sample
from studio.cobuilder.analysis import analyze
from studio.cobuilder.proposals import propose
from studio.cobuilder.sketch.desk import sentence_of
from studio.domain.agent import Agent
from studio.domain.finding import Analysis
from studio.domain.frozen import Json, digest, to_json
from studio.domain.proposal import Proposal
from studio.domain.source import Authority, Source, SourceVersion
from studio.readers.markdown import read_markdown

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DOCUMENTS = Path(__file__).parents[1] / "measures" / "documents"
TUNED = ("policy/airline_rebooking_agent", "handbook/refunds_helpcentre", "procedure/lost_parcel_trace")
LEAFLET = """# At the counter

Never pay a refund for an order that carries a fraud hold. Garden tools must be oiled every spring.
Opened mattresses cannot be returned.

## Fetching the parcel

1. Look up the order.
2. Ask the customer for a photo.
"""


def _proposed(text: str, name: str, agent: Agent) -> tuple[Proposal, Analysis]:
    document = read_markdown(text, name)
    version = SourceVersion(
        number=1,
        file_name=name,
        digest=digest(text.encode()),
        size=len(text.encode()),
        added_at=NOW,
        document=document,
    )
    source = Source(id="S-09", name="The document", authority=Authority.POLICY, versions=(version,))
    read = analyze(document, agent.tools)
    return propose(agent, source, read, others=(), proposal_id="P-01", created_at=NOW), read


def _quotes(node: Json) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("source_id") == "S-09" and "quote" in node:
            yield " ".join(node["quote"].split())
        for value in node.values():
            yield from _quotes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _quotes(value)


def _untold(made: Proposal, read: Analysis) -> list[str]:
    tree = to_json(made)
    cited = [quote for part in ("changes", "questions") for quote in _quotes(tree[part])]
    told = {
        (statement.start, statement.end)
        for statement in read.statements
        if any(sentence_of(statement) in line for line in made.unaffected)
        or any(quote in (own := " ".join(statement.quote.split())) or own in quote for quote in cited)
    }
    return [
        each.quote
        for each in read.statements
        if not any(start <= each.start and each.end <= end for start, end in told)
    ]


def _documents() -> list[Any]:
    given = sample("returns_assistant")
    paths = [document.path for document in (*given.sources, given.new_document)]
    paths = [path for path in paths if path.suffix == ".md"]
    paths += [DOCUMENTS / case / "sop.md" for case in TUNED]
    texts = [
        pytest.param(path.read_text(encoding="utf-8"), id=f"{path.parent.name}/{path.name}") for path in paths
    ]
    return [*texts, pytest.param(LEAFLET, id="leaflet")]


@pytest.mark.parametrize("text", _documents())
def test_no_binding_sentence_is_dropped_without_a_line(text: str) -> None:
    """Each is cited by a change or a question, or stands among what was looked at, with the reason."""
    made, read = _proposed(text, "document.md", sample("returns_assistant").agent)
    assert read.statements
    assert _untold(made, read) == []


def test_the_reason_is_told_in_words() -> None:
    """A sentence about something else and a procedure that becomes no workflow each say why."""
    made, _ = _proposed(LEAFLET, "leaflet.md", sample("returns_assistant").agent)
    lines = "\n".join(made.unaffected)
    assert "not about what this agent does; if it is, ask for it: “Garden tools must be oiled" in lines
    assert "The procedure “Fetching the parcel” (2 steps) becomes no workflow: " in lines
