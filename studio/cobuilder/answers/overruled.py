"""Which sentences lost a decided conflict, and what stands on them alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.domain.agent import Agent
from studio.domain.charter import Rule
from studio.domain.governance import Collision, StatementRef
from studio.domain.source import Citation


def losing(collision: Collision, holds: str) -> tuple[StatementRef, ...]:
    """Return the sentences that no longer hold once it is decided which of two holds."""
    sides = {
        "left": (collision.right,),
        "right": (collision.left,),
        "neither": (collision.left, collision.right),
    }
    return sides.get(holds, ())


def is_overruled(citations: Iterable[Citation], lost: Sequence[StatementRef]) -> bool:
    """Return whether something stands on losing sentences and on nothing else."""
    told = tuple(citations)
    return bool(told) and all(any(stands_on(cited, ref) for ref in lost) for cited in told)


def standing_on(agent: Agent, lost: Sequence[StatementRef]) -> tuple[Rule, ...]:
    """Return the rules of an agent that stand on losing sentences alone."""
    return tuple(rule for rule in agent.charter.rules if is_overruled(rule.citations, lost))


def stands_on(cited: Citation, ref: StatementRef) -> bool:
    """Return whether a citation is of a sentence, in whichever version it stands."""
    return cited.source_id == ref.source_id and (
        cited.fingerprint == ref.citation.fingerprint
        or " ".join(ref.citation.quote.split()) == " ".join(cited.quote.split())
    )
