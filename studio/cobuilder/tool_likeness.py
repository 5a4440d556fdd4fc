"""How likely it is that a clause means a tool which it does not name, by what both speak of.

- Signs: the verbs, the things in the tool's name and description, its arguments, the words around the clause,
  how the tool fits other clauses of the document, and how other tools fit this clause.
- The weights were fitted on labelled documents by `tests/measures/tool_weights.py`, one document left
  out at a time; they weigh signs, never words.
- Nothing is learned while reading: same document and tools, same answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from studio.cobuilder.concepts import concept_stem, doings, meaningful, plain_words, same_doing, same_thing
from studio.cobuilder.mood import mood_of, without_lead_in
from studio.cobuilder.tool_profiles import ToolProfile
from studio.cobuilder.vocabulary import is_base_verb, is_verb_form, name_words

_NEGATED = re.compile(
    r"\b(?:not|never|cannot|no one|nobody|nothing|without|avoid)\b|n['’]t\b"
    r"|\bno (?:\w+ ){1,2}(?:is|are|can|may)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"^(?:tell|say|explain|apologi[sz]e|thank|remind|advise|warn|mention|offer|ask|state|read out|give|"
    r"inform|greet|reassure|compare|decide|treat|propose|repeat|refuse|wait|go to|go on)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^(?:if|when|where|once|after|before|unless|while|to|for|in case|because|since|as)\b", re.I
)
_ALLOWS = re.compile(
    r"\b(?:can|could|may|must|should|shall|is|are|was|were|has|have|had) "
    r"(?:\w+ly |also |then |only |always )?\w+",
    re.I,
)
_POINTS = re.compile(r"\b(?:it|them|him|her|this|that|these|one|again|same|both)\b", re.IGNORECASE)
_NUMBERING = re.compile(r"^(?:\(?\d+(?:\.\d+)*[.)]?|[a-z][.)])\s+")
_VAGUE = frozenset(
    {"detail", "information", "data", "record", "list", "id", "type", "name", "number", "user"}
)

BASE: tuple[float, ...] = (-7.01, 2.99, 0.13, 1.3, 0.94, 1.19, 3.58, -0.79, 0.7, 0.56, 1.14, 0.32)
"""Weights of the signs of one clause and one tool alone; the first is the constant."""
WHOLE: tuple[float, ...] = (-3.14, 0.31, 0.51, 1.86, 0.18, -1.39, -1.11, 2.28, 0.81, -0.87)
"""Weights of the signs that compare with other clauses and tools; the first is the constant."""

_NO_SIGNS = (0.0,) * 11
TIE = 0.9
"""From this share of the best on, another tool fits as well, and none is chosen."""


class Likely(NamedTuple):
    """A tool that a clause probably means, and how probable that is."""

    tool: str
    probability: float


@dataclass(frozen=True)
class Clause:
    """A clause as it is compared: its verbs, its words, the words around it, and its mood."""

    text: str
    verbs: frozenset[str]
    words: tuple[str, ...]
    around: tuple[str, ...]
    tells: bool

    @classmethod
    def of(cls, text: str, around: str = "") -> Clause:
        """Read a clause with the words that stand around it."""
        text = without_lead_in(_NUMBERING.sub("", text.strip()))
        plain = plain_words(text)
        verbs = {concept_stem(word) for at, word in enumerate(plain) if _doing(word, plain[:at])}
        about = tuple(meaningful(plain_words(around)))
        tells = mood_of(text) in {"imperative", "directive"}
        return cls(text, frozenset(verbs), tuple(meaningful(plain)), about, tells)


def _doing(word: str, before: Sequence[str]) -> bool:
    if "_" in word:
        return True
    if not (is_verb_form(word) or concept_stem(word) in doings()):
        return False
    return not before or before[-1] not in _NOUN_AHEAD


_NOUN_AHEAD = frozenset("the a an their its of this that no his her your our".split())


class _Side:
    """A tool as it is compared: verbs, things of its name, words of its description, arguments."""

    def __init__(self, profile: ToolProfile) -> None:
        tool = profile.tool
        self.name = tool.name
        words = [word for word in name_words(tool.name) if not word.isdigit()]
        lead = plain_words(tool.description.split(".")[0])[:1]
        self.verbs = {concept_stem(word) for word in (*words[:1], *lead) if _is_doing(word)}
        if len(words) > 1 and not is_base_verb(words[0]) and is_base_verb(words[-1]):
            self.verbs.add(concept_stem(words[-1]))
        names = meaningful(words)
        self.things = tuple(word for word in names if word not in self.verbs)
        told = meaningful(plain_words(tool.description.split("\n\n")[0][:240]))
        self.described = tuple(word for word in told if word not in self.verbs)
        arguments = meaningful([word for name in tool.argument_names for word in name_words(name)])
        self.arguments = tuple(word for word in arguments if word not in _VAGUE)
        self.every = frozenset((*self.things, *self.described, *self.arguments))
        self._met: dict[str, tuple[tuple[float, ...], tuple[float, ...], float, float]] = {}
        self._done: dict[str, float] = {}

    def met(self, word: str) -> tuple[tuple[float, ...], tuple[float, ...], float, float]:
        """Return how far a word meets each thing, each word described, anything at all, and an argument."""
        if word not in self._met:
            things = tuple(_alike(word, each) for each in self.things)
            described = tuple(_alike(word, each) for each in self.described)
            typed = max((same_thing(word, each) for each in self.arguments), default=0.0)
            done = max((0.8 * same_doing(word, each) for each in self.verbs), default=0.0)
            self._met[word] = (things, described, max((*things, *described, typed, done)), typed)
        return self._met[word]

    def done(self, verb: str) -> float:
        """Return how far a verb means what the tool does."""
        if verb not in self._done:
            self._done[verb] = max((same_doing(verb, each) for each in self.verbs), default=0.0)
        return self._done[verb]


def _is_doing(word: str) -> bool:
    return "_" in word or is_base_verb(word) or concept_stem(word) in doings()


def _alike(word: str, other: str) -> float:
    return max(same_thing(word, other), 0.8 * same_doing(word, other))


class ToolLikeness:
    """Compares the clauses of one document with the tools of one agent."""

    def __init__(self, profiles: Iterable[ToolProfile], clauses: Sequence[Clause] = ()) -> None:
        self._sides = [_Side(profile) for profile in profiles]
        self._rare = self._rarity([side.every for side in self._sides])
        self._base: dict[Clause, list[float]] = {}
        self._best: list[float] = []
        self.compare(clauses)

    def compare(self, clauses: Sequence[Clause]) -> None:
        """Note how well each tool fits the clause of a document that it fits best."""
        self._base.clear()
        self._best = [0.0] * len(self._sides)
        for clause in clauses:
            for at, score in enumerate(self.scores(clause)):
                self._best[at] = max(self._best[at], score)

    @staticmethod
    def _rarity(groups: Sequence[frozenset[str]]) -> dict[str, float]:
        count: dict[str, int] = {}
        for group in groups:
            for word in group:
                count[word] = count.get(word, 0) + 1
        whole = max(1, len(groups))
        return {word: math.log(1 + whole / n) / math.log(1 + whole) for word, n in count.items()}

    def _weight(self, word: str) -> float:
        return (0.25 if word in _VAGUE else 1.0) * self._rare.get(word, 0.6)

    def scores(self, clause: Clause) -> list[float]:
        """Return how well each tool fits a clause by itself, 0 to 1."""
        if clause not in self._base:
            self._base[clause] = [
                logistic(weighed(BASE, self.signs(clause, side))) for side in range(len(self._sides))
            ]
        return self._base[clause]

    def signs(self, clause: Clause, at: int) -> tuple[float, ...]:
        """Return the signs of one clause and the tool at a place in the list."""
        side = self._sides[at]
        verb = max((side.done(each) for each in clause.verbs), default=0.0)
        if not verb and not any(side.met(word)[2] for word in clause.words):
            return _NO_SIGNS
        alone = verb > 0 and all(
            max((other.done(each) for each in clause.verbs), default=0.0) < verb
            for other in self._sides
            if other is not side
        )
        about = [word for word in clause.words if word not in clause.verbs]
        met = [side.met(word) for word in clause.words]
        here = self._covered(side.things, [each[0] for each in met])
        here = here if side.things else verb
        near = (
            here
            if not side.things
            else self._covered(
                side.things, [*(each[0] for each in met), *(side.met(w)[0] for w in clause.around)]
            )
        )
        told = self._covered(side.described, [each[1] for each in met])
        total = sum(self._weight(word) for word in about)
        fits = sum(self._weight(word) * side.met(word)[2] for word in about) / total if total else 0.0
        typed = max((side.met(word)[3] for word in about), default=0.0)
        points = not about or bool(_POINTS.search(clause.text))
        given = self._argued(side, clause.around) if points else 0.0
        return (
            *(verb, float(verb == 1.0), here, near - here, told, fits, typed),
            *(float(alone), float(alone and points), given, float(given and verb)),
        )

    def _argued(self, side: _Side, around: Sequence[str]) -> float:
        """Return how much of what a tool is told stands just before a clause that points back to it."""
        total = sum(self._weight(word) for word in side.arguments)
        met = sum(
            self._weight(word) * max((same_thing(word, each) for each in around), default=0.0)
            for word in side.arguments
        )
        return met / total if total else 0.0

    def _covered(self, wanted: Sequence[str], met: Sequence[tuple[float, ...]]) -> float:
        total: float = sum(self._weight(word) for word in wanted)
        if not total or not met:
            return 0.0
        best: list[float] = [max(column) for column in zip(*met, strict=True)]
        return sum(self._weight(word) * share for word, share in zip(wanted, best, strict=True)) / total

    def whole_signs(self, clause: Clause, at: int) -> tuple[float, ...]:
        """Return the signs that compare a clause and a tool with all others."""
        scores = self.scores(clause)
        score = scores[at]
        others = max((s for i, s in enumerate(scores) if i != at), default=0.0)
        share = score / self._best[at] if self._best[at] else 0.0
        return (
            _logit(score),
            score - others,
            share,
            float(share >= 0.999),
            float(bool(_SAYS.match(clause.text))),
            float(bool(_NEGATED.search(clause.text))),
            float(clause.tells),
            float(bool(_CONDITION.match(clause.text))),
            float(not clause.tells and bool(_ALLOWS.search(clause.text))),
        )

    def likely(self, clause: Clause) -> Likely | None:
        """Return the tool that a clause most probably means."""
        if not self._sides:
            return None
        scores = self.scores(clause)
        at = max(range(len(scores)), key=lambda i: scores[i])
        others = max((score for i, score in enumerate(scores) if i != at), default=0.0)
        if scores[at] < 0.02 or others > TIE * scores[at]:
            return None
        return Likely(self._sides[at].name, logistic(weighed(WHOLE, self.whole_signs(clause, at))))

    @property
    def names(self) -> list[str]:
        """Return the tools' names in their order."""
        return [side.name for side in self._sides]


def weighed(weights: Sequence[float], signs: Sequence[float]) -> float:
    """Return the weighted sum of signs; the first weight is the constant."""
    return weights[0] + sum(w * s for w, s in zip(weights[1:], signs, strict=True))


def logistic(value: float) -> float:
    """Return the probability of log-odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def _logit(share: float) -> float:
    share = min(0.999, max(0.001, share))
    return math.log(share / (1 - share))
