"""The matter of a change: which places speak of it, and what a change of a fact has touched so far.

- A place is of the matter when it cites the sentence that changed. When it cites another sentence
  that states the same fact, it is of another matter. Without either, its own clause decides.
- A clause is of the matter when it shares what the matter is called by, and enough of its other words;
  words that go with any value (costs, takes, within) say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from studio.cobuilder.changes.places import Leaf
from studio.cobuilder.changes.shifts import Shift, ValueShift
from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import Why
from studio.cobuilder.words.matching import Meeting, ValueChange, topic
from studio.cobuilder.words.values import states
from studio.domain.source import Citation

_ANY_VALUE = frozenset(
    "cost tak last be charg fee pay price within amount need giv day hour minut week month year tim pound "
    "euro dollar call possibl allow off onc more up agent custom user until since befor after".split()
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CLAUSE = re.compile(r"(?<=[.!?;:])\s+|,\s+(?:and|but|so|while|whereas)\s+|\s+–\s+")


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
    """Where one change of a fact went."""

    paths: list[str] = field(default_factory=list)
    facts: set[str] = field(default_factory=set)
    thresholds: list[Threshold] = field(default_factory=list)


def words_about(text: str) -> frozenset[str]:
    """Return the stems of a text that tell one matter from another."""
    return topic(text) - _ANY_VALUE


def core_of(meeting: Meeting) -> frozenset[str]:
    """Return what a matter is called by: its rule's title, or the sentence itself."""
    title = words_about(meeting.rule.title) if meeting.rule else frozenset[str]()
    return title or words_about(meeting.target.text)


def about(meeting: Meeting) -> frozenset[str]:
    """Return all words of a matter: of the old sentence, the new one, and the rule."""
    rule = f"{meeting.rule.title} {meeting.rule.text}" if meeting.rule else ""
    return words_about(meeting.target.text) | words_about(meeting.statement.text) | words_about(rule)


def cites(meeting: Meeting, prints: Iterable[str]) -> bool:
    """Return whether one of these fingerprints is the sentence that changed."""
    old = meeting.target.citation
    return old is not None and old.fingerprint in set(prints)


def of_matter(
    desk: Desk, meeting: Meeting, change: ValueChange, citations: Iterable[Citation], words: str
) -> bool:
    """Return whether a place that holds the old value is of the matter that changed."""
    cited = tuple(citations)
    if cites(meeting, (c.fingerprint for c in cited)):
        return True
    if any(states(c.core, change.old) for c in cited):
        return False
    return speaks_of(meeting, words)


def speaks_of(meeting: Meeting, words: str) -> bool:
    """Return whether a clause speaks of the matter: what it is called by, and enough of its other words."""
    said = words_about(words)
    shared, core = said & about(meeting), said & core_of(meeting)
    return bool(core) and (len(shared) >= 2 or 2 * len(shared) >= len(said))


def clauses(text: str) -> list[str]:
    """Return the clauses of a text."""
    return [part for part in _CLAUSE.split(text) if part.strip()]


def judge(meeting: Meeting, shift: Shift, leaf: Leaf, rivals: Iterable[str] = ()) -> bool:
    """Return whether a text that states the old fact is of the matter that changed.

    `rivals` are other sentences that state the same value and keep it: what is nearer to one of them stays.
    """
    if shift.scope == "everywhere":
        return True
    if cites(meeting, (print_ for print_, _ in leaf.cited)):
        return True
    if shift.scope == "linked" or any(shift.moved(quote) != quote for _, quote in leaf.cited):
        return False
    parts = clauses(leaf.text)
    return any(
        shift.moved(part) != part
        and (speaks_of(meeting, part) or _goes_on(meeting, parts, at) or _is_within(meeting, part, leaf.text))
        and not any(is_nearer(rival, meeting, part) for rival in rivals)
        for at, part in enumerate(parts)
    )


def _is_within(meeting: Meeting, part: str, text: str) -> bool:
    """Return whether a clause shares a word of the matter, in a sentence that as a whole speaks of it."""
    whole = next((s for s in _SENTENCE.split(text) if part in s), text)
    shared = words_about(part) & about(meeting)
    return bool(shared) and len(words_about(whole) & about(meeting)) >= 3 and speaks_of(meeting, whole)


def is_nearer(rival: str, meeting: Meeting, words: str) -> bool:
    """Return whether a clause says what another sentence says, which states the same value and stays."""
    said = words_about(words)
    theirs, ours = said & words_about(rival), said & words_about(meeting.target.text)
    return len(theirs) > len(ours) and 2 * len(theirs) >= len(said)


def _goes_on(meeting: Meeting, parts: list[str], at: int) -> bool:
    """Return whether a clause without a matter of its own follows one that speaks of the matter."""
    return at > 0 and not words_about(parts[at]) and speaks_of(meeting, parts[at - 1])


def why_shift(desk: Desk, meeting: Meeting, shift: Shift, where: str, confidence: float) -> Why:
    """Return why a place that states the old fact changes."""
    by = f"{desk.source.name} changes" if not desk.by else f"{desk.by} changes"
    return desk.why(
        f"{where}: {shift.shown}",
        f"It states “{shift.was}”, which {by}.",
        meeting.statement,
        confidence=min(confidence, 0.6 + meeting.score * 0.4),
    )


def why_value(desk: Desk, meeting: Meeting, change: ValueChange, where: str, confidence: float) -> Why:
    """Return why a place that holds the old value changes."""
    return why_shift(desk, meeting, ValueShift(change), where, confidence)


def recited(desk: Desk, meeting: Meeting, citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
    """Return citations in which the old sentence is replaced by the new one."""
    if desk.by:
        return citations  # nobody wrote a new sentence
    old = meeting.target.citation
    new = desk.cite(meeting.statement)
    if old is None or not any(c.fingerprint == old.fingerprint for c in citations):
        return citations if any(c.fingerprint == new.fingerprint for c in citations) else (*citations, new)
    swapped = (new if c.fingerprint == old.fingerprint else c for c in citations)
    return tuple({(c.source_id, c.fingerprint): c for c in swapped}.values())
