"""The matter of a change: which places speak of it, and what a change of value has touched so far.

- A place is of the matter when it cites the sentence that changed. When it cites another sentence
  that states the same value, it is of another matter. Without either, its words decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from studio.cobuilder.desk import Desk
from studio.cobuilder.drafting import Why
from studio.cobuilder.matching import Meeting, ValueChange, topic
from studio.cobuilder.values import states
from studio.domain.source import Citation


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of a decision table that moved: which table and fact, from where to where."""

    table: str
    fact: str
    old: float
    new: float
    change: ValueChange
    meeting: Meeting
    fact_now: str = ""

    @property
    def name(self) -> str:
        """Return what the fact is called after the change."""
        return self.fact_now or self.fact


@dataclass(slots=True)
class Spread:
    """Where one value change went."""

    paths: list[str] = field(default_factory=list)
    facts: set[str] = field(default_factory=set)
    thresholds: list[Threshold] = field(default_factory=list)


def of_matter(
    desk: Desk, meeting: Meeting, change: ValueChange, citations: Iterable[Citation], words: str
) -> bool:
    """Return whether a place that states the old value speaks of the matter that changed."""
    old = meeting.target
    cited = tuple(citations)
    if old.citation and any(c.fingerprint == old.citation.fingerprint for c in cited):
        return True
    if any(states(c.quote, change.old) for c in cited):
        return False
    about = topic(old.text) | topic(meeting.statement.text)
    return desk.weights.covered(topic(words), about) >= 0.3 or len(topic(words) & about) >= 3


def _shift(change: ValueChange) -> str:
    return f"{change.old.shown} → {change.new.shown}{change.new.event_words if change.moved_event else ''}"


def why_value(desk: Desk, meeting: Meeting, change: ValueChange, where: str, confidence: float) -> Why:
    """Return why a place that states the old value changes."""
    old = f"{change.old.shown}{change.old.event_words if change.moved_event else ''}"
    return desk.why(
        f"{where}: {_shift(change)}",
        f"It states “{old}”, which {desk.source.name} changes.",
        meeting.statement,
        confidence=min(confidence, 0.6 + meeting.score * 0.4),
    )


def recited(desk: Desk, meeting: Meeting, citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
    """Return citations in which the old sentence is replaced by the new one."""
    old = meeting.target.citation
    new = desk.cite(meeting.statement)
    if old is None:
        return citations if any(c.fingerprint == new.fingerprint for c in citations) else (*citations, new)
    swapped = (new if c.fingerprint == old.fingerprint else c for c in citations)
    return tuple({(c.source_id, c.fingerprint): c for c in swapped}.values())
