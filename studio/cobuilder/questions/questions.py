"""Questions: the few points a careful reader would send back to the document's owner.

- A question names what is open, why it matters, and quotes the sentence.
- Few and good: one for each open term, the weightiest first, at most one for some 140 words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studio.cobuilder.questions import consistency
from studio.cobuilder.questions.gaps import Gap, ToolNames, unknown_tools, wording_gaps
from studio.cobuilder.questions.inner_conflicts import inner_conflicts
from studio.cobuilder.questions.missing_inputs import missing_inputs
from studio.cobuilder.questions.missing_systems import missing_systems
from studio.cobuilder.questions.open_cases import open_cases
from studio.cobuilder.questions.open_ranges import open_ranges
from studio.cobuilder.questions.open_terms import (
    absent_papers,
    open_terms,
    unknown_systems,
    unnamed_roles,
    words_of_tools,
)
from studio.cobuilder.questions.unanswered import unanswered
from studio.cobuilder.words.sentences import Sentence, sentences
from studio.cobuilder.words.spans import Spans
from studio.cobuilder.words.whole import Whole
from studio.domain.finding import WorkflowFinding
from studio.domain.pulse import beat
from studio.domain.source import Block, SourceDocument
from studio.domain.statement import Question, Statement
from studio.domain.tool import Tool

WORDS_PER_QUESTION = 140
MAX_QUOTE = 400
LEAST_BINDING = 0.12
"""The share of sentences that bind from which on a text is no mere report."""
_READERS = re.compile(r"\b(?:you|your)\b", re.IGNORECASE)


def read_questions(
    document: SourceDocument,
    statements: Sequence[Statement],
    tools: Sequence[Tool],
    workflows: Sequence[WorkflowFinding] = (),
) -> tuple[Question, ...]:
    """Return the questions that a document leaves open, in reading order; `workflows` are its procedures."""
    parts = [(block, sentence) for block in document.blocks for sentence in sentences(document, block)]
    best: dict[tuple[str, str], Gap] = {}
    for gap in _gaps(document, parts, statements, tools, workflows):
        best.setdefault((gap.category, gap.term), gap)
    words = sum(len(block.text.split()) for block in document.blocks)
    limit = max(3, round(words / WORDS_PER_QUESTION))
    chosen = sorted(best.values(), key=lambda gap: (-gap.weight, gap.sentence.start))[:limit]
    chosen = _one_each(sorted(chosen, key=lambda gap: (gap.sentence.start, -gap.weight)))
    return tuple(_question(document, gap, number) for number, gap in enumerate(chosen, 1))


def _gaps(
    document: SourceDocument,
    parts: list[tuple[Block, Sentence]],
    statements: Sequence[Statement],
    tools: Sequence[Tool],
    workflows: Sequence[WorkflowFinding],
) -> Iterator[Gap]:
    titles = " | ".join(block.text for block in document.blocks if block.kind == "heading").lower()
    known, names, whole = words_of_tools(tools), ToolNames(tools), Whole(document.text)
    told = " ".join(f"{tool.name} {tool.description}" for tool in tools).lower()
    speaks = _speaks_to_readers(document, len(statements) / max(1, len(parts)))
    bound = Spans(statement.span for statement in statements)
    for block, sentence in parts:
        if block.kind in ("heading", "code"):
            continue
        beat()
        binding = bound.meet(sentence.start, sentence.end)
        if not block.header:
            yield from wording_gaps(sentence, binding=binding, whole=whole)
        if block.kind != "cell" and speaks:
            yield from open_terms(sentence, whole, binding=binding)
            yield from unnamed_roles(sentence, whole, told)
            yield from absent_papers(sentence, whole, titles)
        if tools:
            yield from unknown_tools(sentence, names)
            yield from unknown_systems(sentence, known)
    at = {sentence.start: sentence for _, sentence in parts}
    sentence_of = {item.id: at.get(item.span[0]) or _as_sentence(item) for item in statements}
    yield from consistency.number_conflicts(statements, sentence_of)
    yield from consistency.polarity_conflicts(statements, sentence_of)
    yield from inner_conflicts(parts, bound)
    yield from consistency.dangling_references(document, parts)
    yield from consistency.unexplained_capabilities(document, parts)
    yield from consistency.one_sided_timing(document, parts)
    if tools:
        yield from missing_systems(parts, bound, tools, document.text)
        yield from missing_inputs(parts, workflows, tools, document.text)
    yield from open_cases(parts)
    yield from open_ranges(parts)
    yield from unanswered(parts)


def _speaks_to_readers(document: SourceDocument, binding: float) -> bool:
    """Say whether a document tells people what holds, by the share that binds or by whom it addresses."""
    words = document.text.split()
    addressed = len(_READERS.findall(document.text))
    return binding >= LEAST_BINDING or addressed * 100 >= len(words)


def _as_sentence(statement: Statement) -> Sentence:
    return Sentence(statement.core, *statement.span, statement.block_id)


def _one_each(gaps: list[Gap]) -> list[Gap]:
    """Keep one question a sentence, the weightiest, unless two are weighty."""
    kept: list[Gap] = []
    for gap in gaps:
        same = [other for other in kept if other.sentence.start == gap.sentence.start]
        if not same or (gap.weight >= 0.75 and gap.category not in {other.category for other in same}):
            kept.append(gap)
    return kept


def _question(document: SourceDocument, gap: Gap, number: int) -> Question:
    block = document.block(gap.sentence.block)
    end = min(gap.sentence.end, gap.sentence.start + MAX_QUOTE)
    return Question(
        id=f"Q-{number:02d}",
        text=gap.text,
        quote=document.text[gap.sentence.start : end],
        start=gap.sentence.start,
        end=end,
        anchor=block.anchor,
        reason=gap.reason,
        category=gap.category,
    )
