"""Recognising which workflow a customer wants, by the words of its example phrases.

- Words that only name a fact ("my order number is …") say nothing about the wish and do not count.
- A phrase's score is the weighted share of its words that were said; words that few workflows use
  weigh more. Misspelt and inflected words count (rapidfuzz). No model, no network.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rapidfuzz.distance import OSA

from studio.domain.workflow import Workflow

_WORD = re.compile(r"[a-z0-9']+")
_EMPTY = frozenset(
    word
    for line in (
        "a an the i i'm i'd i've me my mine we our you your it its it's is are was be been am to of in",
        "on at for with and or so that this these those do does did can could would will want like need",
        "please hi hello hey have has had just from by as about how what when where which there if some",
        "any get got not no yes but they them",
    )
    for word in line.split()
)
_COURTESY = re.compile(r"\b(?:thanks|thank you)(?: for [a-z]+(?: [a-z]+){0,3})?", re.I)
_WEAK = frozenset(
    "something anything thing things make makes made come came go going take takes get day days time times"
    " other another different old new long help one way work works done do else lot bit today now up out off"
    " down over in".split()
)
"""Words that hardly tell one wish from another: alone, they are no wish beyond doubt."""
_LIGHT = 0.3
_SOLID = 0.6
ENOUGH = 0.5
"""The lowest score that starts a workflow."""
MARGIN = 0.12
"""How far the best must stand before the second."""


REMEMBERED = 10_000
"""Unknown words whose likeness to known ones, and sets of known words whose ranking, are remembered."""


class Ranked(NamedTuple):
    """One workflow and how well it fits, 0 to 1."""

    score: float
    workflow: str


def content_words(text: str) -> tuple[str, ...]:
    """Return the words that carry meaning, in order, each once."""
    words = (word.removesuffix("'s") for word in _WORD.findall(text.casefold().replace("\u2019", "'")))
    return tuple(dict.fromkeys(word for word in words if word not in _EMPTY))


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 4:
        return False
    if long.startswith(short) and len(long) - len(short) <= 3:
        return True
    if len(short) == 4 and len(long) == 5 and short[0] == long[0]:
        return OSA.distance(one, other) <= 1
    return len(short) > 4 and (OSA.distance(one, other) <= 1 or sorted(one) == sorted(other))


class Intents:
    """The example phrases of all workflows that can be asked for."""

    def __init__(self, workflows: Iterable[Workflow], labels: Iterable[str] = ()) -> None:
        every = sorted({re.escape(label) for label in labels}, key=lambda n: (-len(n), n))
        names, long = "|".join(every), "|".join(name for name in every if " " in name)
        told = rf"\b(?:{names})\s*(?:is|:)" + (rf"|\b(?:{long})\b" if long else "")
        self._told = re.compile(told, re.I) if names else None
        self._phrases: dict[str, tuple[tuple[str, ...], ...]] = {}
        for flow in workflows:
            texts = (*flow.examples, flow.intent, flow.name)
            phrases = (content_words(text) for text in texts)
            self._phrases[flow.id] = tuple(dict.fromkeys(p for p in phrases if p))
        self._vocabulary = {key: frozenset(w for p in ps for w in p) for key, ps in self._phrases.items()}
        self._weights = self._weigh()
        self._solid = _SOLID * math.log(1 + len(self._vocabulary) / max(1, len(self._vocabulary)))
        self._near: dict[str, tuple[str, ...]] = {}
        self._ranked: dict[frozenset[str], tuple[Ranked, ...]] = {}

    def _weigh(self) -> Mapping[str, float]:
        used: dict[str, int] = {}
        for words in self._vocabulary.values():
            for word in sorted(words):
                used[word] = used.get(word, 0) + 1
        total = len(self._vocabulary)
        return {
            word: math.log(1 + total / count) * (_LIGHT if word in _WEAK else 1.0)
            for word, count in used.items()
        }

    def _said(self, text: str) -> frozenset[str]:
        """Return the known words that the text contains, however spelt."""
        found: set[str] = set()
        for word in content_words(text):
            found.update((word,) if word in self._weights else self._alike(word))
        return frozenset(found)

    def _alike(self, word: str) -> tuple[str, ...]:
        """Return the known words that a misspelt or inflected word may be; the last ones are remembered."""
        if word not in self._near:
            if len(self._near) >= REMEMBERED:
                self._near.clear()
            self._near[word] = tuple(known for known in self._weights if _same(known, word))
        return self._near[word]

    def strange(self, text: str) -> bool:
        """Return whether no word of a text belongs to any workflow."""
        return not self._said(text)

    def rank(self, text: str) -> tuple[Ranked, ...]:
        """Return all workflows, the best first (then in the agent's order)."""
        text = _COURTESY.sub(" ", text)
        said = self._said(self._told.sub(" ", text) if self._told else text)
        found = self._ranked.get(said)
        if found is None:
            if len(self._ranked) >= REMEMBERED:
                self._ranked.clear()
            found = self._ranked[said] = self._rank(said)
        return found

    def _rank(self, said: frozenset[str]) -> tuple[Ranked, ...]:
        weights = self._weights
        heard = sum(weights[word] for word in sorted(said)) or 1.0
        ranked = []
        for flow, phrases in self._phrases.items():
            best = 0.0
            for phrase in phrases:
                whole = sum(weights[word] for word in phrase)
                best = max(best, sum(weights[word] for word in phrase if word in said) / whole)
            share = sum(weights[word] for word in sorted(said) if word in self._vocabulary[flow]) / heard
            score = (0.7 * best + 0.3 * share) * min(1.0, heard / self._solid)
            ranked.append(Ranked(round(score, 6), flow))
        return tuple(sorted(ranked, key=lambda each: -each.score))


def clear_winner(ranked: tuple[Ranked, ...]) -> str | None:
    """Return the workflow that is clearly meant, or None."""
    if not ranked or ranked[0].score < ENOUGH:
        return None
    if len(ranked) > 1 and ranked[0].score - ranked[1].score < MARGIN:
        return None
    return ranked[0].workflow
