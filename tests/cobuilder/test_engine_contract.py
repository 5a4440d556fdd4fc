"""Both reading engines keep the same promises: verbatim quotes, stable ids, flags on hostile text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import hostile_samples as samples
import pytest
from hostile_files import Sample
from scripted_reader import faithful, obeying
from test_suspicions import document_of

from studio.cobuilder.analysis import analyze
from studio.cobuilder.models.engine import analyze_with_model
from studio.domain.errors import Cancelled
from studio.domain.finding import Analysis
from studio.domain.frozen import canonical
from studio.domain.source import SourceDocument, words_fingerprint
from studio.domain.tool import Tool
from studio.llm.recorded import RecordedModel
from studio.llm.scripted import ScriptedModel
from studio.ports import Progress, silent
from studio.readers.markdown import read_markdown

Engine = Callable[[SourceDocument], Analysis]
TOOLS = (
    Tool(
        name="lookup_order",
        description="Finds an order by its number.",
        parameters={"type": "object", "properties": {"order_id": {"type": "string"}}},
    ),
)
SOP = """# Refunds

## Rules

You must check the **order** before any refund. Never refund gift cards.
Refunds are paid within 30 days unless the item is final sale.

## How to refund

1. Ask for the order number.
2. Look up the order in the system.
3. If the order is older than 30 days, escalate to a supervisor.
4. Close the case.
"""
HOSTILE = (*samples.HOSTILE_TUNED, *samples.HOSTILE_HELD_OUT)


def _embedded(document: SourceDocument) -> Analysis:
    return analyze(document, TOOLS)


def _scripted(document: SourceDocument) -> Analysis:
    return analyze_with_model(document, TOOLS, ScriptedModel(faithful(document, TOOLS)), silent)


def _obeying(document: SourceDocument) -> Analysis:
    return analyze_with_model(document, TOOLS, ScriptedModel(obeying), silent)


@pytest.fixture
def recorded(tmp_path: Path) -> Engine:
    """Return the model engine on replies that were kept before."""

    def read(document: SourceDocument) -> Analysis:
        behind = ScriptedModel(faithful(document, TOOLS))
        analyze_with_model(document, TOOLS, RecordedModel(tmp_path, "reuse", behind), silent)
        kept = RecordedModel(tmp_path, "kept only", name=behind.name)
        return analyze_with_model(document, TOOLS, kept, silent)

    return read


@pytest.fixture(params=["embedded", "scripted", "recorded"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return each engine in turn."""
    if request.param == "recorded":
        kept: Engine = request.getfixturevalue("recorded")
        return kept
    return _embedded if request.param == "embedded" else _scripted


def assert_cited(document: SourceDocument, found: Analysis) -> None:
    """Check that every finding quotes the document at its place, with fingerprints of those words."""
    blocks = {block.id: block for block in document.blocks}
    for statement in found.statements:
        assert statement.quote == document.text[statement.start : statement.end] != ""
        assert statement.fingerprint == words_fingerprint(statement.quote)
        block = blocks[statement.block_id]
        assert statement.block_fingerprint == block.fingerprint and statement.anchor == block.anchor
    for step in (step for flow in found.workflows for step in flow.steps):
        assert step.quote == document.text[step.start : step.end] != ""
        assert step.tool is None or step.tool in {tool.name for tool in TOOLS}
    for question in found.questions:
        assert question.quote == document.text[question.start : question.end] != ""


def test_every_quote_is_verbatim(engine: Engine) -> None:
    """What an engine found stands in the document, letter by letter, at the place it names."""
    document = read_markdown(SOP, "a.md")
    found = engine(document)
    assert {s.kind.value for s in found.statements} >= {"obligation", "prohibition"}
    assert found.workflows and found.workflows[0].steps[0].kind == "collect"
    assert_cited(document, found)


def test_the_same_document_gives_the_same_findings(engine: Engine) -> None:
    """Read twice, a document gives the same bytes; ids count up in reading order."""
    document = read_markdown(SOP, "a.md")
    first, second = engine(document), engine(document)
    if first.run is not None and second.run is not None:
        assert first.run.kept == second.run.kept
        first, second = (each.model_copy(update={"run": None}) for each in (first, second))
    assert canonical(first) == canonical(second)
    assert [s.id for s in first.statements] == [f"S-{n:03d}" for n in range(1, len(first.statements) + 1)]


def test_both_engines_make_ids_and_fingerprints_alike() -> None:
    """Where the model reads what the embedded engine reads, the findings are the same in every field."""
    document = read_markdown(SOP, "a.md")
    ours, theirs = _embedded(document), _scripted(document)
    assert [(s.id, s.kind, s.quote, s.fingerprint, s.block_id) for s in ours.statements] == [
        (s.id, s.kind, s.quote, s.fingerprint, s.block_id) for s in theirs.statements
    ]


@pytest.mark.parametrize("sample", HOSTILE, ids=lambda each: ascii(each.passage[:24]))
@pytest.mark.parametrize("read", [_embedded, _obeying], ids=["embedded", "obeying model"])
def test_hostile_documents_give_typed_cited_flagged_findings_only(
    sample: Sample, read: Callable[[SourceDocument], Analysis]
) -> None:
    """Whatever a hostile document says, and even when the model obeys it: quotes are verbatim, hidden text is
    no statement, and what touches the passage carries a warning."""
    document = document_of(sample)
    found = read(document)
    assert_cited(document, found)
    assert found.suspicions
    for statement in found.statements:
        touched = any(s.start < statement.end and statement.start < s.end for s in found.suspicions)
        assert bool(found.warnings(statement.start, statement.end)) == touched
        if not touched:
            assert "every refund at once" not in statement.text
    assert not any("http" in question.text for question in found.questions)


def test_a_document_without_words_for_rules_gives_nothing(engine: Engine) -> None:
    """Hardly any text: no findings, and no error."""
    found = engine(read_markdown("# Refunds\n\nThank you.\n", "a.md"))
    assert found.statements == () and found.workflows == ()


def test_what_is_no_procedure_is_declined(engine: Engine) -> None:
    """A price list is declined with a reason; a language model is not even asked."""
    found = engine(
        read_markdown("# Prices\n\n| Item | Price |\n|---|---|\n| Tea | 2.10 |\n| Cocoa | 3 |\n", "a.md")
    )
    assert found.statements == () and found.declined
    assert found.run is None


def test_twenty_pages_are_read_in_order(engine: Engine) -> None:
    """A long document keeps its order over the joints of its parts, and nothing stands twice."""
    sections = [
        f"## Section {n}\n\nYou must check form {n} before day {n}. Never send parcel {n} abroad.\n\n"
        + f"Background on matter {n} fills this paragraph with words that bind nobody at all. " * 12
        for n in range(1, 41)
    ]
    document = read_markdown("# Handbook\n\n" + "\n\n".join(sections), "a.md")
    found = engine(document)
    assert len(found.statements) == 80
    starts = [s.start for s in found.statements]
    assert starts == sorted(starts)
    assert_cited(document, found)


def test_a_reading_by_a_model_can_be_stopped() -> None:
    """The user's stop reaches the model at its next report; nothing comes out."""

    def stop(fraction: float, message: str = "") -> None:
        raise Cancelled

    halt: Progress = stop
    document = read_markdown(SOP, "a.md")
    with pytest.raises(Cancelled):
        analyze_with_model(document, (), ScriptedModel(faithful(document)), halt)
