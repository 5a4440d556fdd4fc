"""Rules that a document words anew: text, title, kind, guard and citations change as one.

- A sentence that says the same as before changes nothing; the rule is listed as unaffected.
- The rule takes the new sentence where it had the old one's words; else its own words are kept and
  only the values in them change.
"""

from __future__ import annotations

from rapidfuzz import fuzz

from studio.cobuilder.changes.matters import Spread, recited
from studio.cobuilder.changes.names import word_shifts
from studio.cobuilder.changes.propagation import spread, spread_words
from studio.cobuilder.changes.shifts import Shift
from studio.cobuilder.sketch.desk import Desk, sentence_of
from studio.cobuilder.sketch.drafting import rule_path
from studio.cobuilder.sketch.say_before import Precedence, precedence, put_before
from studio.cobuilder.words.matching import KINDS, Meeting, ValueChange, says_the_same, topic, value_changes
from studio.cobuilder.words.values import patched, states
from studio.domain.charter import Rule, RuleKind
from studio.domain.statement import Statement


def reword(desk: Desk, meeting: Meeting) -> Spread:
    """Carry a sentence that changed into its rule and into every place of its matter."""
    rule = meeting.rule
    changes = value_changes(meeting.target.text, sentence_of(meeting.statement))
    shifts = word_shifts(desk, meeting.target.text, sentence_of(meeting.statement))
    home = rule_path(rule.id) if rule else None
    if rule is not None and home is not None:
        _rewrite(desk, meeting, desk.sketch.agent.charter.rule(rule.id), changes, shifts)
    whole = Spread()
    for shift in shifts:
        whole.paths += spread_words(desk, meeting, shift, home).paths
    for change in changes:
        went = spread(desk, meeting, change, home)
        whole.paths += went.paths
        whole.facts |= went.facts
        whole.thresholds += went.thresholds
        _note_the_rest(desk, meeting, change)
    if rule is not None:
        _reorder(desk, meeting, rule)
    return whole


def _rewrite(
    desk: Desk, meeting: Meeting, rule: Rule, changes: list[ValueChange], words: list[Shift]
) -> None:
    text = _new_text(meeting, rule, changes, words)
    title = rule.title
    for change in changes:
        title = patched(title, change.old, change.new)
    for shift in words:
        title = shift.moved(title)
    if meeting.statement.value and rule.title == rule.text.rstrip("."):
        title = text.rstrip(".")  # a value may change without a number or a name: “No” to “Yes”
    citations = recited(desk, meeting, rule.citations)
    kind = _new_kind(desk, meeting, rule)
    told = [*(_shift(change) for change in changes), *(shift.shown for shift in words)]
    shifts = ", ".join(dict.fromkeys(told))
    why = desk.why(
        f"Rule {rule.id} {title}" + (f" ({shifts})" if shifts else " (worded anew)"),
        _reason(desk, meeting, shifts),
        meeting.statement,
        confidence=min(0.95, 0.35 + 0.35 * meeting.score + 0.3 * meeting.statement.confidence),
    )
    desk.sketch.edit(rule_path(rule.id), rule, why, text=text, title=title, kind=kind, citations=citations)


def _shift(change: ValueChange) -> str:
    events = (f" of {change.old.event}", change.new.event_words) if change.moved_event else ("", "")
    return f"{change.old.shown}{events[0]} → {change.new.shown}{events[1]}"


def _reason(desk: Desk, meeting: Meeting, shifts: str) -> str:
    if shifts:
        return f"{desk.source.name} says “{sentence_of(meeting.statement)}” The agent follows the old value."
    return f"{desk.source.name} words this rule anew: “{sentence_of(meeting.statement)}”"


def _new_text(meeting: Meeting, rule: Rule, changes: list[ValueChange], words: list[Shift]) -> str:
    new = sentence_of(meeting.statement)
    if meeting.target.citation is None or fuzz.ratio(rule.text, meeting.target.text) >= 85:
        return new
    text = rule.text
    for change in changes:
        text = patched(text, change.old, change.new)
    for shift in words:
        text = shift.moved(text)
    if text != rule.text:
        return text
    kept = [c.core for c in rule.citations if meeting.target.citation and c != meeting.target.citation]
    return " ".join([*(" ".join(quote.split()) for quote in kept), new])


def _new_kind(desk: Desk, meeting: Meeting, rule: Rule) -> RuleKind:
    """Return another kind only where the old sentence was read as the old kind, and the new one was not."""
    new = KINDS.get(meeting.statement.kind)
    old = next(
        (s for s in old_statements(desk) if says_the_same(s.text, meeting.target.text, desk.weights)), None
    )
    if new is None or old is None or KINDS.get(old.kind) != rule.kind:
        return rule.kind
    return new


def old_statements(desk: Desk) -> tuple[Statement, ...]:
    """Return the statements of the edition that the document replaces."""
    return desk.replaced[1].statements if desk.replaced else ()


def _note_the_rest(desk: Desk, meeting: Meeting, change: ValueChange) -> None:
    left = [
        rule.id
        for rule in desk.sketch.agent.charter.rules
        if states(rule.text, change.old) and len(topic(rule.text) & topic(meeting.target.text)) >= 2
    ]
    if not left:
        desk.unaffected.append(f"No other place of this matter states “{change.old.shown}”.")


def _reorder(desk: Desk, meeting: Meeting, rule: Rule) -> None:
    """Move what has to be said before a system is called in front of that call."""
    if rule.kind != RuleKind.DISCLOSE:
        return
    order: Precedence | None = precedence(desk.sketch.agent, sentence_of(meeting.statement))
    if order is None or order == precedence(desk.agent, meeting.target.text):
        return
    put_before(desk, desk.sketch.agent.charter.rule(rule.id), order, meeting.statement)
