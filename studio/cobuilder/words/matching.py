"""What belongs together: sentences of a document set against sentences and places of an agent.

- Words are compared by stem, weighted by how rare they are among the sentences at hand, and values
  are masked: "within 30 days" and "within 45 days" are the same words about the same thing.
- A rule is met through its own text or through a sentence it cites, whichever is closer.
- Each sentence goes to at most one rule; a rule may be met by several sentences, the closest leads.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from studio.cobuilder.words.dates import written_dates
from studio.cobuilder.words.values import Value, masked, values_in
from studio.cobuilder.words.vocabulary import stems
from studio.domain.agent import Agent
from studio.domain.charter import Rule, RuleKind
from studio.domain.source import Citation
from studio.domain.statement import Statement, StatementKind

MATCH = 0.52
"""The lowest likeness at which a sentence speaks of what a rule speaks of."""
SAME = 0.93
"""From this likeness on, with equal values and equal turning words, two sentences say the same."""

KINDS: dict[StatementKind, RuleKind] = {
    StatementKind.OBLIGATION: RuleKind.MUST,
    StatementKind.PROHIBITION: RuleKind.NEVER,
    StatementKind.PERMISSION: RuleKind.ALLOW,
    StatementKind.DISCLOSURE: RuleKind.DISCLOSE,
    StatementKind.ESCALATION: RuleKind.ESCALATE,
}
_TURNING = re.compile(
    r"\b(?:not|no|never|cannot|without|unless|except|only|before|after|once|until|instead|nor|neither)\b"
    r"|n['’]t\b|\b(?:cannot)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=16384)
def topic(text: str) -> frozenset[str]:
    """Return the stems a text is about, without its values and the words that only bound them."""
    words = stems(re.sub(r"#\w+", " ", masked(text)))
    return frozenset(_NOUN.sub("", word) for word in words if not word.isdigit()) - _BOUNDING


@lru_cache(maxsize=16384)
def turning_words(text: str) -> frozenset[str]:
    """Return the words that turn a sentence's sense or order: negations, exceptions, before and after."""
    found = (word.lower().replace("’", "'") for word in _TURNING.findall(text))
    return frozenset("not" if word in ("n't", "cannot", "no") else word for word in found)


_NOUN = re.compile(r"(?<=[a-z]{3}[vwst])al$")
_BOUNDING = frozenset(
    {"abov", "over", "under", "below", "within", "least", "up", "need", "than", "exceed", "now"}
)


_GENERIC = frozenset("tel user say inform ask tak agent assist custom hear know get giv mak".split())
"""Stems that stand in sentences about anything: who is told something, and that it is told."""


class Weights:
    """How much each stem tells, by its rarity among some texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        topics = [topic(text) for text in texts]
        counts = Counter(word for words in topics for word in words)
        total = max(1, len(topics))
        self._weight = {
            word: math.log(1 + total / count) * (0.25 if word in _GENERIC else 1.0)
            for word, count in sorted(counts.items())
        }
        self._unseen = math.log(1 + total)

    def of(self, words: Iterable[str]) -> float:
        """Return the summed weight of some stems."""
        return sum(self._weight.get(word, self._unseen) for word in sorted(words))

    def overlap(self, left: frozenset[str], right: frozenset[str]) -> float:
        """Return the weighted Dice coefficient of two sets of stems, 0 to 1."""
        both = self.of(left) + self.of(right)
        return 2 * self.of(left & right) / both if both else 0.0

    def covered(self, part: frozenset[str], whole: frozenset[str]) -> float:
        """Return how much of `part` stands in `whole`, by weight, 0 to 1."""
        return self.of(part & whole) / (self.of(part) or 1.0)

    def likeness(self, left: str, right: str) -> float:
        """Return how alike two sentences are, 0 to 1, blind to their values."""
        words = self.overlap(topic(left), topic(right))
        letters = fuzz.token_sort_ratio(masked(left).lower(), masked(right).lower()) / 100
        return 0.65 * words + 0.35 * letters


def value_keys(text: str) -> Counter[tuple[str, str, float, float | None, bool, str | None]]:
    """Return the values of a text as comparable keys, with the side and the event they hang on."""
    keys = ((*v.measure, v.amount, v.high, v.inclusive, v.event) for v in values_in(text) if v.kind != "date")
    return Counter(keys)


def _names_the_same(old: str, new: str) -> bool:
    """Return whether two sentences name the same things: no other word that matters, number or day."""
    days = [[(day.day, day.month) for day in written_dates(text)] for text in (old, new)]
    digits = [sorted(re.findall(r"\b\d[\w.,:/-]*\b", masked(text))) for text in (old, new)]
    return topic(old) ^ topic(new) <= _GENERIC and days[0] == days[1] and digits[0] == digits[1]


def says_the_same(old: str, new: str, weights: Weights) -> bool:
    """Return whether two sentences bind in the same way, in whatever wording."""
    if " ".join(old.split()).casefold() == " ".join(new.split()).casefold():
        return True
    return (
        not _of_other_cells(old, new)
        and value_keys(old) == value_keys(new)
        and turning_words(old) == turning_words(new)
        and _names_the_same(old, new)
        and weights.likeness(old, new) >= SAME
    )


def _of_another_row(value: str, rule: str) -> bool:
    """Return whether a table's value and a rule that was made of one belong to two cases."""
    one, dash, _ = value.casefold().partition(" — ")
    two, also, told = rule.casefold().partition(" — ")
    if not (dash and also and ": " in told):
        return False
    return re.findall(r"\d+", one) != re.findall(r"\d+", two) or fuzz.ratio(one, two) < _ONE_CASE


_ONE_CASE = 85
"""How alike two rows must be titled so that one may be the other, reworded."""


def _of_other_cells(old: str, new: str) -> bool:
    """Return whether two values of tables (“late check-out — fee: £20”) differ, or stand in other rows."""
    cells = []
    for text in (old, new):
        case, _, told = text.casefold().partition(" — ")
        value = told.partition(": ")[2]
        if not value:
            return False
        cells.append((case.split(), value.rstrip(".").split()))
    return cells[0] != cells[1]


class Said:
    """Sentences, of which those that say the same as another one are found without trying all of them.

    What says the same names the same things with the same values and turns; only such are compared.
    """

    def __init__(self, texts: Iterable[str], weights: Weights) -> None:
        """Take the sentences that are said already."""
        self._weights = weights
        self._plain: set[str] = set()
        self._alike: dict[Hashable, list[str]] = {}
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """Take in one more sentence."""
        self._plain.add(" ".join(text.split()).casefold())
        self._alike.setdefault(_sense(text), []).append(text)

    def has(self, text: str) -> bool:
        """Return whether one of the sentences says the same."""
        if " ".join(text.split()).casefold() in self._plain:
            return True
        return any(says_the_same(each, text, self._weights) for each in self._alike.get(_sense(text), ()))


def _sense(text: str) -> Hashable:
    return topic(text) - _GENERIC, frozenset(value_keys(text).items()), turning_words(text)


@dataclass(frozen=True, slots=True)
class Target:
    """A sentence that the agent stands on: one it cites, or a rule's own words."""

    text: str
    rule: Rule | None
    citation: Citation | None

    @property
    def key(self) -> str:
        """Return what tells targets apart."""
        return self.citation.fingerprint if self.citation else f"text of {self.rule.id if self.rule else ''}"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A sentence of a document that speaks of what a target speaks of; `same` if it says the same."""

    statement: Statement
    target: Target
    score: float
    same: bool

    @property
    def rule(self) -> Rule | None:
        """Return the rule that is met, if the target belongs to one."""
        return self.target.rule


@dataclass(frozen=True, slots=True)
class Encounters:
    """How a document's sentences meet an agent: meetings, repeats of those, and the unmatched."""

    meetings: tuple[Meeting, ...]
    repeats: tuple[Statement, ...]
    unmatched: tuple[Statement, ...]


def targets_of(agent: Agent) -> list[Target]:
    """Return what sentences can meet: those that rules cite, rules' texts, those that others cite."""
    found: dict[str, Target] = {}
    for rule in agent.charter.rules:
        for target in (*(Target(c.core, rule, c) for c in rule.citations), Target(rule.text, rule, None)):
            found.setdefault(target.key, target)
    steps = (step for flow in agent.workflows for step in flow.steps)
    rows = (row for table in agent.tables for row in table.rows)
    for item in (*steps, *rows, *agent.scenarios):
        for citation in item.citations:
            target = Target(citation.core, None, citation)
            found.setdefault(target.key, target)
    return list(found.values())


def _score(statement: Statement, target: Target, weights: Weights) -> Meeting:
    if target.rule is not None and statement.value and _of_another_row(statement.text, target.rule.text):
        return Meeting(statement, target, 0.0, False)
    # A table cell alone says too little; only its statement tells the row and the column.
    whole = 2 * len(statement.core) > len(statement.text)
    said = (statement.text, statement.core) if whole else (statement.text,)
    if any(says_the_same(target.text, each, weights) for each in said):
        return Meeting(statement, target, 1.0, True)
    score = max(weights.likeness(target.text, each) for each in said)
    score -= 0.02 * (target.citation is None) + 0.05 * (target.rule is None)
    if target.rule is not None and KINDS.get(statement.kind) not in (target.rule.kind, None):
        score -= 0.05
    return Meeting(statement, target, score, False)


def meet(statements: Sequence[Statement], targets: Sequence[Target], weights: Weights) -> Encounters:
    """Return which sentence meets which target, one to one, the closest first."""
    pairs = [_score(statement, target, weights) for statement in statements for target in targets]
    pairs = sorted((p for p in pairs if p.score >= MATCH), key=lambda p: (-p.same, -p.score))
    taken: dict[str, Meeting] = {}
    settled: dict[str, Meeting] = {}
    repeats: dict[str, Statement] = {}
    for pair in pairs:
        first = taken.get(pair.target.key)
        if pair.statement.id in settled:
            continue
        if first is None:
            taken[pair.target.key] = settled[pair.statement.id] = pair
        elif pair.same or says_the_same(first.statement.text, pair.statement.text, weights):
            repeats[pair.statement.id] = pair.statement
    _drop_rule_texts(settled)
    left = [s for s in statements if s.id not in settled and s.id not in repeats]
    return Encounters(
        tuple(settled.values()), tuple(r for k, r in repeats.items() if k not in settled), tuple(left)
    )


def _drop_rule_texts(settled: dict[str, Meeting]) -> None:
    """Let a rule's own words yield where a sentence it cites is met with a change."""
    cited = {m.rule.id for m in settled.values() if m.rule and m.target.citation}
    for key, meeting in list(settled.items()):
        if meeting.rule and not meeting.target.citation and not meeting.same and meeting.rule.id in cited:
            del settled[key]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value of a sentence that became another of the same measure."""

    old: Value
    new: Value

    @property
    def moved_event(self) -> bool:
        """Return whether the value is counted from another event than before."""
        return bool(self.old.event and self.new.event and topic(self.old.event) != topic(self.new.event))

    @property
    def moved(self) -> bool:
        """Return whether amount, side or event differ."""
        same = self.old.equals(self.new) and self.old.inclusive == self.new.inclusive
        return not same or self.moved_event


def _measure(value: Value) -> tuple[str, str]:
    return (value.kind, "") if value.kind == "duration" else value.measure


def value_changes(old: str, new: str) -> list[ValueChange]:
    """Return the values that changed between two sentences about one thing, paired in their order."""
    before: dict[tuple[str, str], list[Value]] = {}
    for value in values_in(old):
        before.setdefault(_measure(value), []).append(value)
    after: dict[tuple[str, str], list[Value]] = {}
    for value in values_in(new):
        after.setdefault(_measure(value), []).append(value)
    pairs = [
        ValueChange(one, other)
        for measure, values in before.items()
        if measure[0] != "date" and len(values) == len(after.get(measure, ()))
        for one, other in zip(values, after[measure], strict=True)
    ]
    return [pair for pair in pairs if pair.moved]
