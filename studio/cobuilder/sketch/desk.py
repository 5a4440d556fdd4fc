"""What lies on the desk when a proposal is made: the agent, the new document, and the papers around it.

- Statements with the same words are one; a sentence that only repeats what the agent cites is read
  too, even where the reading engine saw no rule in it, because what it replaces was one.
- The edition that a document replaces is found by its source, or by its own words ("replaces …").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from studio.cobuilder.analysis import analyze
from studio.cobuilder.rules.editions import replaces
from studio.cobuilder.sketch.drafting import Sketch, Why
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.matching import Target, Weights, targets_of
from studio.cobuilder.words.sentences import sentences
from studio.domain.agent import Agent
from studio.domain.charter import RuleKind
from studio.domain.finding import Analysis
from studio.domain.proposal import OpenQuestion
from studio.domain.source import AUTHORITY_ORDER, Anchor, Authority, Citation, Source, words_fingerprint
from studio.domain.statement import Statement, StatementKind

Paper = tuple[Source, Analysis]

ECHO = 0.72
"""How close a sentence without a rule of its own must be to a cited one to stand for it."""
_REPLACES = re.compile(r"\b(?:replac|supersed|instead of|supplant|takes the place)\w*", re.IGNORECASE)
_KEEPS = re.compile(
    r"\b(?:not|never|nor) (?:\w+ )?(?:replace|supersede|supplant|take the place)"
    r"|\b(?:replaced|superseded|supplanted) by\b",
    re.IGNORECASE,
)
"""What leaves the other document in force, or was replaced itself."""
_OF_RULE: dict[RuleKind, StatementKind] = {
    RuleKind.MUST: StatementKind.OBLIGATION,
    RuleKind.NEVER: StatementKind.PROHIBITION,
    RuleKind.ALLOW: StatementKind.PERMISSION,
    RuleKind.DISCLOSE: StatementKind.DISCLOSURE,
    RuleKind.ESCALATE: StatementKind.ESCALATION,
}


@dataclass(slots=True)
class Desk:
    """Everything one proposal is made from, and what it has come to so far.

    `by` says who demands the changes where no document does ("Your request"); `passed` says for which
    reason a statement, by its id, was passed over; `drafted` are the stretches that became steps;
    `unsettled` are fingerprints of what an earlier edition said, too, but nobody decided.
    """

    agent: Agent
    source: Source
    analysis: Analysis
    replaced: Paper | None
    others: tuple[Paper, ...]
    sketch: Sketch
    weights: Weights
    statements: tuple[Statement, ...]
    targets: tuple[Target, ...]
    questions: list[OpenQuestion] = field(default_factory=list)
    unaffected: list[str] = field(default_factory=list)
    asked_about: set[str] = field(default_factory=set)
    authority_order: Sequence[Authority] = AUTHORITY_ORDER
    by: str = ""
    drafted: list[tuple[int, int]] = field(default_factory=list)
    passed: dict[str, str] = field(default_factory=dict)
    unsettled: frozenset[str] = frozenset()

    def cite(self, statement: Statement) -> Citation:
        """Return the citation of a statement of the new document."""
        found = cite(self.source, statement.quote, statement.start, statement.end, statement.anchor)
        return found.model_copy(update={"fingerprint": statement.fingerprint, "value": statement.value})

    def why(self, title: str, reason: str, *said: Statement, confidence: float = 0.7) -> Why:
        """Return why something changes, with the sentences that demand it."""
        return Why(title, reason, tuple(self.cite(each) for each in said), confidence)

    def ask(self, text: str, reason: str, category: str, citation: Citation) -> None:
        """Leave a question open."""
        number = f"Q-{len(self.questions) + 1:02d}"
        if all(question.text != text for question in self.questions):
            self.questions.append(
                OpenQuestion(id=number, text=text, reason=reason, category=category, citation=citation)
            )


def cite(source: Source, quote: str, start: int, end: int, anchor: Anchor) -> Citation:
    """Return the citation of a span of a source's current version."""
    lines = source.current.document.text
    first, last = 1 + lines.count("\n", 0, start), 1 + lines.count("\n", 0, max(start, end - 1))
    return Citation(
        source_id=source.id,
        source_name=source.name,
        version=source.current.number,
        anchor=anchor.model_copy(update={"line_start": first, "line_end": last}),
        quote=quote,
        fingerprint=words_fingerprint(quote),
    )


def sentence_of(statement: Statement) -> str:
    """Return the words a rule takes from a statement: the whole sentence where it stands alone."""
    quote = readable(statement.core).text
    words = " ".join(statement.text.split())
    inside = words.rstrip(".;,").casefold() in quote.casefold()
    text = quote if inside or fuzz.ratio(quote, words) > 97 else words
    return text if text.endswith((".", "!", "?")) else f"{text}."


def lay_out(
    agent: Agent,
    source: Source,
    analysis: Analysis,
    others: Sequence[Paper],
    previous: Paper | None,
    reserved: frozenset[str] = frozenset(),
) -> Desk:
    """Return the desk for one proposal; `reserved` are the new places of proposals that wait."""
    replaced = previous or _replaced(source, others) or _last_version(agent, source)
    around = tuple(
        p for p in others if p[0].id != source.id and (replaced is None or p[0].id != replaced[0].id)
    )
    targets = tuple(targets_of(agent))
    texts = [target.text for target in targets] + [s.text for s in analysis.statements]
    weights = Weights(texts)
    statements = _merged(analysis.statements)
    statements += _echoes(source, statements, targets, weights)
    return Desk(
        agent,
        source,
        analysis,
        replaced,
        around,
        Sketch(agent, reserved),
        weights,
        tuple(sorted(statements, key=lambda s: s.start)),
        targets,
    )


def _merged(statements: Sequence[Statement]) -> list[Statement]:
    """Return the statements, one for each stretch of text, the surest reading first."""
    best: dict[tuple[int, int], Statement] = {}
    for statement in statements:
        kept = best.get((statement.start, statement.end))
        if kept is None or statement.confidence > kept.confidence:
            best[statement.start, statement.end] = statement
    return list(best.values())


def _echoes(
    source: Source, statements: Sequence[Statement], targets: Sequence[Target], weights: Weights
) -> list[Statement]:
    """Return sentences that stand for a cited one though they were read as no rule."""
    document = source.current.document
    taken = [(s.start, s.end) for s in statements]
    found: list[Statement] = []
    for block in document.blocks:
        if block.kind not in ("paragraph", "item"):
            continue
        for sentence in sentences(document, block):
            if any(start < sentence.end and sentence.start < end for start, end in taken):
                continue
            target = max(targets, key=lambda t: weights.likeness(t.text, sentence.text), default=None)
            if target is None or weights.likeness(target.text, sentence.text) < ECHO:
                continue
            quote = document.text[sentence.start : sentence.end]
            found.append(
                Statement(
                    id=f"E-{len(found) + 1:03}",
                    kind=_OF_RULE[target.rule.kind] if target.rule else StatementKind.OBLIGATION,
                    text=sentence.text,
                    quote=quote,
                    start=sentence.start,
                    end=sentence.end,
                    block_id=block.id,
                    anchor=block.anchor,
                    fingerprint=words_fingerprint(quote),
                    block_fingerprint=block.fingerprint,
                    confidence=0.6,
                )
            )
    return found


def _last_version(agent: Agent, source: Source) -> Paper | None:
    """Return the version before the current one, read anew."""
    if len(source.versions) < 2:
        return None
    last = source.model_copy(update={"versions": source.versions[:-1]})
    return last, analyze(last.current.document, agent.tools)


def _replaced(source: Source, others: Sequence[Paper]) -> Paper | None:
    """Return the paper that this document says it replaces."""
    if source.supersedes:
        return next((paper for paper in others if paper[0].id == source.supersedes), None)
    named = [paper for paper in others if replaces(source, paper[0]) is not None]
    if named:
        return named[0]
    document = source.current.document
    opening = [block.text for block in document.blocks if block.kind == "paragraph"][:8]
    words = " ".join(text for text in opening if _REPLACES.search(text) and not _KEEPS.search(text))
    if not words:
        return None
    scored = [(_named(words, paper[0]), at) for at, paper in enumerate(others)]
    score, at = max(scored, key=lambda each: (each[0], -each[1]), default=(0.0, 0))
    return others[at] if score >= 85 else None


def _named(words: str, source: Source) -> float:
    names = {source.name, source.current.document.title}
    tail = words[max(0, words.lower().find("replac")) :]
    return max(fuzz.partial_ratio(_bare(name), _bare(tail)) for name in names if _bare(name))


def _bare(name: str) -> str:
    return " ".join(re.findall(r"[a-z]+", name.lower()))
