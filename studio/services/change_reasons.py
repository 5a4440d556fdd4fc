"""Why a change is proposed: the sentences that demand it, and what is open or in conflict near them.

- Near is what stands in the same section of the document within a few lines, or is about the same sentence,
  wherever the other sentence of a conflict stands.
- A conflict that somebody decided is not told any more; one that CoBuilder asked about is told as that
  question, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from studio.domain.governance import Collision
from studio.domain.proposal import OpenQuestion, ProposedChange
from studio.domain.source import Block, Citation, Source
from studio.services.collisions import collisions, question_of, undecided_ids
from studio.services.standing import Standing

NEAR = 6
"""Lines from a sentence within which something open is near it."""


@dataclass(frozen=True, slots=True)
class Why:
    """The sentence that demands a change, in the block it stands in (`block` None: source is gone).

    `state` says where the document stands today ("current", "not in force yet", "superseded" …).
    """

    citation: Citation
    authority: str
    owner: str | None
    effective_from: str | None
    block: Block | None
    review_by: str | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class NearQuestion:
    """A question that nobody has answered near the sentences of a change."""

    proposal_id: str
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class NearConflict:
    """A conflict that nobody has decided, about one of the sentences of a change: what the other one says."""

    detail: str
    other: Citation


def reasons_of(stand: Standing, change: ProposedChange) -> tuple[Why, ...]:
    """Return every sentence that demands a change."""
    sources = {source.id: source for source in stand.sources}
    return tuple(_why(stand, sources.get(citation.source_id), citation) for citation in change.citations)


def _why(stand: Standing, source: Source | None, citation: Citation) -> Why:
    if source is None:
        return Why(citation, "", None, None, None)
    effective = source.effective_from.isoformat() if source.effective_from else None
    review = source.review_by.isoformat() if source.review_by else None
    block = _block(source, citation)
    state = stand.state_of(source)
    return Why(citation, source.authority.value, source.owner, effective, block, review, state)


def _block(source: Source, citation: Citation) -> Block | None:
    version = next((v for v in source.versions if v.number == citation.version), source.current)
    lines = range(citation.anchor.line_start, citation.anchor.line_end + 1)
    return next(
        (
            b
            for b in version.document.blocks
            if b.anchor.line_start in lines or citation.anchor.line_start in _lines(b)
            if citation.quote.strip() in version.document.text[b.start : b.end]
        ),
        None,
    )


def _lines(block: Block) -> range:
    return range(block.anchor.line_start, block.anchor.line_end + 1)


def _is_near(one: Citation, other: Citation) -> bool:
    if one.source_id != other.source_id or one.version != other.version:
        return False
    apart = abs(one.anchor.line_start - other.anchor.line_start)
    return one.anchor.section == other.anchor.section and apart <= NEAR


def near_questions(stand: Standing, change: ProposedChange) -> tuple[NearQuestion, ...]:
    """Return the open questions of any proposal near the sentences of a change, those about them first."""
    cited = {cite.fingerprint for cite in change.citations}
    asked = [question_of(stand, each) for each, _ in _undecided(stand, cited)]
    about = {(each[0].id, each[1].id) for each in asked if each is not None}
    found: dict[str, NearQuestion] = {}
    for wanted in (True, False):
        for other, question in stand.open_questions:
            is_about = (other.id, question.id) in about or _names(question, change)
            near = any(_is_near(cite, question.citation) for cite in change.citations)
            if is_about if wanted else near:
                found.setdefault(question.text, NearQuestion(other.id, question.id, question.text))
    return tuple(found.values())


def _names(question: OpenQuestion, change: ProposedChange) -> bool:
    """Return whether a question asks which of two sentences holds, and one of them demands a change."""
    quotes = (" ".join(cite.quote.split()) for cite in change.citations)
    return question.category == "conflict" and any(quote in question.text for quote in quotes)


def near_conflicts(stand: Standing, change: ProposedChange) -> tuple[NearConflict, ...]:
    """Return the undecided conflicts that one of the sentences of a change is part of."""
    return tuple(_conflicts(stand, {cite.fingerprint for cite in change.citations}))


def _conflicts(stand: Standing, cited: set[str]) -> Iterator[NearConflict]:
    for each, other in _undecided(stand, cited):
        if question_of(stand, each) is None:
            yield NearConflict(each.detail, other)


def _undecided(stand: Standing, cited: set[str]) -> Iterator[tuple[Collision, Citation]]:
    """Yield the undecided conflicts of which one of these sentences is a side, with the other side."""
    waiting = undecided_ids(stand)
    for each in collisions(stand) if waiting and cited else ():
        sides = each.left.citation, each.right.citation
        mine = [cite.fingerprint in cited for cite in sides]
        if each.id in waiting and any(mine) and not all(mine):
            yield each, sides[mine.index(False)]
