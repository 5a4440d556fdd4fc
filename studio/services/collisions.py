"""Conflicts between statements: found once for the same sources, with what people decided about them.

- Many statements are compared by a job, whose result is kept with the workspace.
- Only current, valid sources are compared. A conflict that CoBuilder already asked about in a
  proposal is the same conflict: answering the question decides it.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache

from studio.cobuilder.collisions import find_collisions
from studio.domain.frozen import digest, to_json
from studio.domain.governance import Collision
from studio.domain.proposal import OpenQuestion, Proposal
from studio.domain.source import Source
from studio.domain.statement import Statement
from studio.services.standing import Standing

AT_ONCE = 600
"""So many statements are compared within the blink that a page takes to open; more take a job."""

Paper = tuple[Source, tuple[Statement, ...]]
_FOUND: OrderedDict[str, tuple[Collision, ...]] = OrderedDict()


def _papers_key(stand: Standing, sources: tuple[Source, ...]) -> str:
    fields = [
        [source.current.digest, source.current.number, to_json(source.model_copy(update={"versions": ()}))]
        for source in sources
    ]
    return digest([fields, [[source.id, stand.state_of(source)] for source in sources]])


@lru_cache(maxsize=4)
def compared(stand: Standing) -> tuple[Source, ...]:
    """Return the sources that are compared with one another: those that are in force, or will be."""
    return tuple(s for s in stand.current_sources if stand.state_of(s) != "expired")


def papers(stand: Standing) -> list[Paper]:
    """Return the sources that are compared, with their statements."""
    return [(source, stand.statements(source)) for source in compared(stand)]


@lru_cache(maxsize=4)
def key_of_papers(stand: Standing) -> str:
    """Return what names a comparison: the very sources, their versions and their scope."""
    return _papers_key(stand, compared(stand))


@lru_cache(maxsize=4)
def is_compared(stand: Standing) -> bool:
    """Return whether the sources were compared as they are now, or are few enough to do it at once."""
    key = key_of_papers(stand)
    few = sum(len(statements) for _, statements in papers(stand)) <= AT_ONCE
    return few or key in _FOUND or (stand.kept_collisions is not None and stand.kept_collisions.key == key)


def collisions(stand: Standing) -> tuple[Collision, ...]:
    """Return every conflict between statements of the sources; nothing before many were compared."""
    key = key_of_papers(stand)
    if key not in _FOUND:
        if not is_compared(stand):
            return ()
        kept = stand.kept_collisions
        known = kept is not None and kept.key == key
        remember(key, kept.found if kept and known else find_collisions(papers(stand), today=stand.today))
    return _FOUND[key]


@lru_cache(maxsize=4)
def conflicts_by_statement(stand: Standing) -> dict[str, tuple[str, ...]]:
    """Return the ids of the conflicts of each statement, by `SOURCE/STATEMENT`."""
    found: dict[str, tuple[str, ...]] = {}
    for each in collisions(stand):
        for ref in (each.left, each.right):
            name = f"{ref.source_id}/{ref.statement_id}"
            found[name] = (*found.get(name, ()), each.id)
    return found


def remember(key: str, found: tuple[Collision, ...]) -> None:
    """Keep a comparison for this process."""
    while len(_FOUND) > 7:
        _FOUND.popitem(last=False)
    _FOUND[key] = found


def question_of(stand: Standing, collision: Collision) -> tuple[Proposal, OpenQuestion] | None:
    """Return the question in which CoBuilder already asked about a conflict, or None."""
    quotes = [" ".join(ref.citation.quote.split()) for ref in (collision.left, collision.right)]
    for proposal in reversed(stand.proposals):
        for question in proposal.questions:
            asked = " ".join(f"{question.text} {question.citation.quote}".split())
            if question.category == "conflict" and all(_named(quote, asked) for quote in quotes):
                return proposal, question
    return None


def _named(quote: str, asked: str) -> bool:
    return quote.rstrip(".") in asked


def is_decided(stand: Standing, collision: Collision) -> bool:
    """Return whether a person has decided a conflict, here or by answering CoBuilder's question."""
    if collision.id in stand.collision_decisions:
        return True
    asked = question_of(stand, collision)
    answer = stand.answer(*asked) if asked is not None else None
    return answer is not None and not answer.waived


@lru_cache(maxsize=4)
def open_collisions(stand: Standing) -> tuple[Collision, ...]:
    """Return the conflicts that nobody has decided."""
    return tuple(each for each in collisions(stand) if not is_decided(stand, each))
