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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from operator import mul
from typing import NamedTuple

from studio.cobuilder.systems.profiles import ToolProfile
from studio.cobuilder.systems.words import Met, ToolWords
from studio.cobuilder.words.concepts import concept_stem, doings, meaningful, plain_words
from studio.cobuilder.words.mood import mood_of, without_lead_in
from studio.cobuilder.words.vocabulary import is_verb_form

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
    """A clause as it is compared, with the lines around it; its words are taken apart when asked for."""

    text: str
    stands_in: str

    @classmethod
    def of(cls, text: str, around: str = "") -> Clause:
        """Take a clause, without what leads in, and the words that stand around it."""
        return cls(without_lead_in(_NUMBERING.sub("", text.strip())), around)

    @property
    def verbs(self) -> frozenset[str]:
        """Return the stems of what is done."""
        return _verbs(self.text)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the stems of the words that carry meaning."""
        return _meanings(self.text)

    @property
    def around(self) -> Iterable[str]:
        """Return the stems of the words that stand around it, each once."""
        return dict.fromkeys(chain.from_iterable(map(_meanings, self.stands_in.split("\n"))))

    @property
    def tells(self) -> bool:
        """Tell whether it tells somebody to act."""
        return mood_of(self.text) in {"imperative", "directive"}


@lru_cache(maxsize=8192)
def _verbs(text: str) -> frozenset[str]:
    plain = plain_words(text)
    return frozenset(
        concept_stem(word)
        for at, word in enumerate(plain)
        if "_" in word or ((not at or plain[at - 1] not in _NOUN_AHEAD) and _may_do(word))
    )


@lru_cache(maxsize=8192)
def _meanings(text: str) -> tuple[str, ...]:
    return tuple(meaningful(plain_words(text)))


@lru_cache(maxsize=8192)
def _may_do(word: str) -> bool:
    return is_verb_form(word) or concept_stem(word) in doings()


_NOUN_AHEAD = frozenset("the a an their its of this that no his her your our".split())


class _Here(NamedTuple):
    """What a clause's words and those around it meet, what weighs of them, and whether it points back."""

    met: Sequence[Mapping[int, Met]]
    around: Sequence[Mapping[int, Met]]
    about: Sequence[tuple[float, Mapping[int, Met]]]
    points: bool

    def fits(self, at: int) -> tuple[float, float]:
        """Return which part of what the clause is about meets a tool, and how far it meets an argument."""
        total: float = sum(weight for weight, _ in self.about)
        own = [(weight, met[at]) for weight, met in self.about if at in met]
        share = sum(weight * met.most for weight, met in own) / total if total else 0.0
        return share, max((met.typed for _, met in own), default=0.0)


class ToolLikeness:
    """Compares the clauses of one document with the tools of one agent."""

    def __init__(self, profiles: Iterable[ToolProfile], clauses: Sequence[Clause] = ()) -> None:
        self._words = ToolWords(profiles)
        self._names = [side.name for side in self._words.sides]
        self._base: dict[Clause, list[float]] = {}
        self._best: list[float] = []
        self.compare(clauses)

    def compare(self, clauses: Sequence[Clause]) -> None:
        """Note how well each tool fits the clause of a document that it fits best."""
        self._base.clear()
        self._best = [0.0] * len(self.names)
        for clause in clauses:
            self._best = [max(pair) for pair in zip(self._best, self.scores(clause), strict=True)]

    def scores(self, clause: Clause) -> list[float]:
        """Return how well each tool fits a clause by itself, 0 to 1."""
        if clause not in self._base:
            scores = [logistic(BASE[0])] * len(self.names)
            for at, signs in self._signs(clause).items():
                scores[at] = logistic(weighed(BASE, signs))
            self._base[clause] = scores
        return self._base[clause]

    def signs(self, clause: Clause, at: int) -> tuple[float, ...]:
        """Return the signs of one clause and the tool at a place in the list."""
        return self._signs(clause).get(at, _NO_SIGNS)

    def _signs(self, clause: Clause) -> dict[int, tuple[float, ...]]:
        """Return the signs of a clause and each tool that shares a word or a concept with it."""
        done: dict[int, float] = {}
        for verb in clause.verbs:
            for at, share in self._words.done(verb).items():
                done[at] = max(share, done.get(at, 0.0))
        met = [self._words.met(word) for word in clause.words]
        touched = sorted({*done, *chain.from_iterable(met)})
        if not touched:
            return {}
        about = [at for at, word in enumerate(clause.words) if word not in clause.verbs]
        here = _Here(
            met,
            [self._words.met(word) for word in clause.around],
            [(self._words.weight(clause.words[at]), met[at]) for at in about],
            not about or bool(_POINTS.search(clause.text)),
        )
        most = sorted(done.values(), reverse=True)[:2]
        alone = most[0] if most and (len(most) == 1 or most[0] > most[1]) else 0.0
        return {at: self._signs_of(at, done.get(at, 0.0), alone, here) for at in touched}

    def _signs_of(self, at: int, verb: float, alone: float, here: _Here) -> tuple[float, ...]:
        """Return the signs of a clause and one tool; `alone` is how far a verb means one tool only."""
        words = self._words
        own = [met[at] for met in here.met if at in met]
        near = [met[at] for met in here.around if at in met]
        wanted, given = words.things[at], 0.0
        covered = wanted.covered(met.things for met in own) if wanted.words else verb
        nearby = wanted.covered(met.things for met in (*own, *near)) if wanted.words else verb
        told = words.described[at].covered(met.described for met in own)
        if here.points:
            given = words.arguments[at].covered(met.arguments for met in near)
        only = bool(verb) and verb == alone
        return (
            *(verb, float(verb == 1.0), covered, nearby - covered, told, *here.fits(at)),
            *(float(only), float(only and here.points), given, float(given and verb)),
        )

    def whole_signs(self, clause: Clause, at: int) -> tuple[float, ...]:
        """Return the signs that compare a clause and a tool with all others."""
        scores = self.scores(clause)
        score = scores[at]
        others = max((s for i, s in enumerate(scores) if i != at), default=0.0)
        share = min(1.0, score / self._best[at]) if self._best[at] else 0.0
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
        if not self.names:
            return None
        scores = self.scores(clause)
        at = max(range(len(scores)), key=lambda i: scores[i])
        others = max((score for i, score in enumerate(scores) if i != at), default=0.0)
        if scores[at] < 0.02 or others > TIE * scores[at]:
            return None
        return Likely(self.names[at], logistic(weighed(WHOLE, self.whole_signs(clause, at))))

    @property
    def names(self) -> list[str]:
        """Return the tools' names in their order."""
        return self._names


def weighed(weights: Sequence[float], signs: Sequence[float]) -> float:
    """Return the weighted sum of signs; the first weight is the constant."""
    rest: float = sum(map(mul, islice(weights, 1, None), signs))
    return weights[0] + rest


def logistic(value: float) -> float:
    """Return the probability of log-odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def _logit(share: float) -> float:
    share = min(0.999, max(0.001, share))
    return math.log(share / (1 - share))
