"""Where a new document and the papers that stay in force do not agree.

- Two sentences are in conflict when they speak of one thing and give it different values of one
  measure, or when one permits what the other forbids.
- A sentence that still states the value which the document changes is in conflict, too.
- What replaces the other wins, then the weightier document; of equal ones the later. A person decides:
  it is a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from studio.cobuilder.collisions.candidates import Weights as Rarity
from studio.cobuilder.collisions.kinds import Pair, clash_of
from studio.cobuilder.collisions.readings import read
from studio.cobuilder.collisions.scopes import apart
from studio.cobuilder.rules.editions import replaces
from studio.cobuilder.sketch.desk import Desk, Paper, cite
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.matching import (
    Meeting,
    ValueChange,
    says_the_same,
    topic,
    turning_words,
    value_changes,
)
from studio.cobuilder.words.sentences import Sentence, sentences
from studio.cobuilder.words.values import values_in
from studio.domain.source import AUTHORITY_ORDER, Anchor, Authority, Citation, Source, words_fingerprint
from studio.domain.statement import Statement, StatementKind

ALIKE = 0.6
_OPPOSITE = {
    (StatementKind.PERMISSION, StatementKind.PROHIBITION),
    (StatementKind.PROHIBITION, StatementKind.PERMISSION),
}


@dataclass(frozen=True, slots=True)
class _Passage:
    """A sentence of another paper, with its place."""

    sentence: Sentence
    quote: str
    anchor: Anchor
    kind: StatementKind | None


def find_conflicts(desk: Desk, changed: Iterable[tuple[Meeting, list[ValueChange]]]) -> None:
    """Leave a question for each sentence of another paper that does not agree with the new document."""
    moved = [(meeting.statement, change) for meeting, changes in changed for change in changes]
    disputes = _Disputes(desk)
    found: dict[str, tuple[Statement, list[tuple[Source, _Passage]]]] = {}
    for paper in desk.others:
        for passage in _passages(paper):
            if words_fingerprint(passage.quote) in desk.asked_about:
                continue
            statement = _contradicted(desk, passage, moved)
            if statement is not None and not any(statement is each for each, _ in moved):
                said = next((s for s in paper[1].statements if s.start == passage.sentence.start), None)
                if said is not None and not disputes.clash(statement, paper[0], said):
                    continue
            if statement is not None:
                found.setdefault(statement.id, (statement, []))[1].append((paper[0], passage))
    for statement, against in found.values():
        _ask(desk, statement, against)


@dataclass(frozen=True, slots=True)
class Settled:
    """The meetings that may change the agent, and those that were none: two matters, no dispute."""

    kept: tuple[Meeting, ...]
    apart: tuple[Meeting, ...]


def settle(desk: Desk, changed: Iterable[Meeting]) -> Settled:
    """Return the meetings that may change the agent; others become questions, or are none.

    A sentence of a paper that stays in force is not overruled by a weaker one, nor turned into its
    opposite by a document that does not replace it. Where the two can both hold, nobody is asked.
    """
    kept: list[Meeting] = []
    none: list[Meeting] = []
    disputes = _Disputes(desk)
    for meeting in changed:
        other = _in_force(desk, meeting)
        moved = value_changes(meeting.target.text, meeting.statement.text)
        if other is None or (meeting.rule is None and not moved):
            kept.append(meeting)
            continue
        winner, _ = stronger(desk.source, other, desk.authority_order)
        if winner is None and not moved and not _turns(meeting):
            none.append(meeting)  # nobody words a rule anew that an equal paper stands for
            continue
        if (winner is not None and winner.id == other.id) or _turns(meeting):
            if not disputes.cannot_both_hold(meeting, other):
                none.append(meeting)
                continue
            quote = meeting.target.citation.core if meeting.target.citation else meeting.target.text
            _ask_about(desk, other, quote, meeting)
        else:
            kept.append(meeting)
    return Settled(tuple(kept), tuple(none))


class _Disputes:
    """Whether sentences cannot both hold, as the search for conflicts sees it; read at the first question."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @cached_property
    def _weights(self) -> Rarity:
        papers = (
            (self._desk.source, self._desk.statements),
            *((s, a.statements) for s, a in self._desk.others),
        )
        found = (read(source, each) for source, statements in papers for each in statements)
        return Rarity([reading for reading in found if reading is not None])

    def cannot_both_hold(self, meeting: Meeting, other: Source) -> bool:
        """Return whether a sentence and the one it meets in another paper exclude each other."""
        cited = meeting.target.citation
        analysis = next(found for source, found in self._desk.others if source.id == other.id)
        theirs = next((s for s in analysis.statements if cited and s.fingerprint == cited.fingerprint), None)
        return theirs is None or self.clash(meeting.statement, other, theirs)

    def clash(self, ours: Statement, other: Source, theirs: Statement) -> bool:
        """Return whether a statement of the document and one of another paper exclude each other."""
        left, right = read(self._desk.source, ours), read(other, theirs)
        if left is None or right is None:
            return False
        return not apart(left.scope, right.scope) and clash_of(Pair(left, right, self._weights)) is not None


def _in_force(desk: Desk, meeting: Meeting) -> Source | None:
    """Return the source of the cited sentence, if it stays in force beside the document."""
    cited = meeting.target.citation
    return next((source for source, _ in desk.others if cited and source.id == cited.source_id), None)


def _turns(meeting: Meeting) -> bool:
    negations = frozenset({"not", "never", "nor", "neither"})
    return bool(negations & turning_words(meeting.target.text)) != bool(
        negations & turning_words(meeting.statement.text)
    )


def _ask_about(desk: Desk, other: Source, quote: str, meeting: Meeting) -> None:
    winner, ground = stronger(desk.source, other, desk.authority_order)
    verdict = f"{winner.name} goes first, because {ground}." if winner else "Neither goes first."
    rule = f" (rule {meeting.rule.id})" if meeting.rule else ""
    said = _plain(desk.cite(meeting.statement))
    desk.asked_about.add(words_fingerprint(quote))
    desk.ask(
        f"{desk.source.name} says “{said}”, but the agent follows {other.name}{rule}: "
        f"“{readable(quote).text}” Which one holds? {verdict} Nothing is changed.",
        f"{other.name} stays in force, and the two do not agree.",
        "conflict",
        desk.cite(meeting.statement),
    )


def _passages(paper: Paper) -> list[_Passage]:
    source, analysis = paper
    document = source.current.document
    kinds = {(s.start, s.end): s.kind for s in analysis.statements}
    found = []
    for block in document.blocks:
        if block.kind not in ("paragraph", "item"):
            continue
        for sentence in sentences(document, block):
            quote = document.text[sentence.start : sentence.end]
            kind = kinds.get((sentence.start, sentence.end))
            found.append(_Passage(sentence, quote, block.anchor, kind))
    return found


def _contradicted(
    desk: Desk, passage: _Passage, moved: list[tuple[Statement, ValueChange]]
) -> Statement | None:
    """Return the statement of the new document that a passage does not agree with."""
    words = passage.sentence.text
    for statement, change in moved:
        if _states_old(desk, words, change, statement):
            return statement
    if passage.kind is None:
        return None
    best = max(desk.statements, key=lambda s: desk.weights.likeness(words, s.text), default=None)
    if best is None or desk.weights.likeness(words, best.text) < ALIKE:
        return None
    if says_the_same(words, best.text, desk.weights):
        return None
    differ = any(not pair.old.equals(pair.new) for pair in value_changes(words, readable(best.quote).text))
    return best if differ or (passage.kind, best.kind) in _OPPOSITE else None


def _states_old(desk: Desk, words: str, change: ValueChange, statement: Statement) -> bool:
    stated = [value for value in values_in(words) if value.equals(change.old)]
    if not stated or change.old.equals(change.new):
        return False
    return len(topic(words) & topic(statement.text)) >= 1


def _ask(desk: Desk, statement: Statement, against: list[tuple[Source, _Passage]]) -> None:
    ours = desk.cite(statement)
    theirs = [(other, _cited(other, passage)) for other, passage in against]
    said = " and ".join(f"{other.name} ({spoken(other)}) says “{_plain(c)}”" for other, c in theirs)
    places = " and ".join(f"{other.name}, {citation.anchor.label}" for other, citation in theirs)
    first, citation = theirs[0]
    winner, ground = stronger(desk.source, first, desk.authority_order)
    loser = desk.source if winner and winner.id == first.id else first
    verdict = (
        f"{winner.name} goes before {loser.name}, because {ground}; the change follows it."
        if winner
        else "Neither goes first: they weigh the same and no date tells them apart."
    )
    desk.ask(
        f"{desk.source.name} says “{_plain(ours)}”, but {said} Which one holds, and who corrects the "
        f"other? {verdict}",
        f"Both are in force for this agent, and people still follow {places}.",
        "conflict",
        ours if winner is None or winner.id == first.id else citation,
    )


def _cited(other: Source, passage: _Passage) -> Citation:
    return cite(other, passage.quote, passage.sentence.start, passage.sentence.end, passage.anchor)


def _plain(citation: Citation) -> str:
    return readable(citation.quote).text


def stronger(
    one: Source, other: Source, order: Sequence[Authority] = AUTHORITY_ORDER
) -> tuple[Source | None, str]:
    """Return which of two sources goes first, and why in words; what replaces the other comes before all."""
    for first, second in ((one, other), (other, one)):
        if (said := replaces(first, second)) is not None:
            return first, f"it replaces {second.name}: “{said.rstrip('.')}”"
    weigh = order.index(one.authority) - order.index(other.authority)
    if weigh:
        first, second = (one, other) if weigh < 0 else (other, one)
        return first, f"a {spoken(first)} weighs more than a {spoken(second)}".replace("a SOP", "an SOP")
    if one.effective_from and other.effective_from and one.effective_from != other.effective_from:
        first = one if one.effective_from > other.effective_from else other
        return first, f"it is in force since a later day, {first.effective_from:%d %B %Y}"
    return None, ""


def spoken(source: Source) -> str:
    """Return what kind of document a source is, as people say it."""
    return "SOP" if source.authority.value == "sop" else source.authority.value
