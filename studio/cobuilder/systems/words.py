"""What the words of clauses share with the words of tools, each word compared once for all tools.

- A word is compared only with words of tools that stand in a group of concepts with it, found by an index.
- What a word shares with no tool is not kept: most words meet few tools, and most clauses none.
- A word weighs the more the fewer tools speak of it; words that say little weigh a quarter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from operator import mul
from typing import NamedTuple

from studio.cobuilder.systems.profiles import ToolProfile
from studio.cobuilder.words.concepts import (
    concept_stem,
    doings,
    meaningful,
    plain_words,
    same_doing,
    same_thing,
    things,
)
from studio.cobuilder.words.vocabulary import is_base_verb, name_words

VAGUE = frozenset({"detail", "information", "data", "record", "list", "id", "type", "name", "number", "user"})
UNHEARD_OF = 0.6
"""What a word weighs of which no tool speaks."""
BESIDE = 0.8
"""How much what is done counts where a thing is sought."""


class Met(NamedTuple):
    """How far one word meets a tool: each thing, each word described, each argument, and anything at all."""

    things: tuple[float, ...] | None
    described: tuple[float, ...] | None
    arguments: tuple[float, ...] | None
    typed: float
    most: float


class Wanted(NamedTuple):
    """Words of a tool that a clause may speak of, with what each weighs."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    total: float

    def covered(self, rows: Iterable[tuple[float, ...] | None]) -> float:
        """Return which part of the words is met by rows that say how far each one is met."""
        met = [row for row in rows if row is not None]
        if not met or not self.total:
            return 0.0
        best = met[0] if len(met) == 1 else list(map(max, *met))
        share: float = sum(map(mul, self.weights, best))
        return share / self.total


class Side:
    """A tool as it is compared: verbs, things of its name, words of its description, arguments."""

    def __init__(self, profile: ToolProfile) -> None:
        """Take a tool's words apart."""
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
        self.arguments = tuple(word for word in arguments if word not in VAGUE)
        self.spoken_of = frozenset((*self.things, *self.described, *self.arguments))


def _is_doing(word: str) -> bool:
    return "_" in word or is_base_verb(word) or concept_stem(word) in doings()


class ToolWords:
    """The words of all tools of one agent, ready to be met by the words of clauses."""

    def __init__(self, profiles: Iterable[ToolProfile]) -> None:
        """Take the tools' words, weigh them, and index them by their groups of concepts."""
        self.sides = [Side(profile) for profile in profiles]
        self._rare = self._rarity()
        self.things = [self._wanted(side.things) for side in self.sides]
        self.described = [self._wanted(side.described) for side in self.sides]
        self.arguments = [self._wanted(side.arguments) for side in self.sides]
        self._holders: dict[str, set[int]] = {}
        for at, side in enumerate(self.sides):
            for word in side.spoken_of | side.verbs:
                self._holders.setdefault(word, set()).add(at)
        self._by_thing = _by_group(self._holders, things())
        self._by_doing = _by_group(self._holders, doings())
        self._met: dict[str, dict[int, Met]] = {}
        self._done: dict[str, dict[int, float]] = {}

    def weight(self, word: str) -> float:
        """Return how much a word counts."""
        return (0.25 if word in VAGUE else 1.0) * self._rare.get(word, UNHEARD_OF)

    def _rarity(self) -> dict[str, float]:
        count: dict[str, int] = {}
        for side in self.sides:
            for word in side.spoken_of:
                count[word] = count.get(word, 0) + 1
        whole = max(1, len(self.sides))
        return {word: math.log(1 + whole / n) / math.log(1 + whole) for word, n in count.items()}

    def _wanted(self, words: tuple[str, ...]) -> Wanted:
        weights = tuple(self.weight(word) for word in words)
        return Wanted(words, weights, sum(weights))

    def met(self, word: str) -> Mapping[int, Met]:
        """Return how far a word meets each tool, by the tool's place; tools not met are left out."""
        if word not in self._met:
            self._met[word] = self._meet(word)
        return self._met[word]

    def done(self, verb: str) -> Mapping[int, float]:
        """Return how far a verb means what each tool does, by the tool's place; 0 is left out."""
        if verb not in self._done:
            self._done[verb] = {}
            for other in self._near(verb, doings(), self._by_doing):
                share = same_doing(verb, other)
                for at in self._holders[other]:
                    if share and other in self.sides[at].verbs:
                        self._done[verb][at] = max(share, self._done[verb].get(at, 0.0))
        return self._done[verb]

    def _meet(self, word: str) -> dict[int, Met]:
        thing = {each: same_thing(word, each) for each in self._near(word, things(), self._by_thing)}
        alike = dict(thing)
        for each in self._near(word, doings(), self._by_doing):
            alike[each] = max(alike.get(each, 0.0), BESIDE * same_doing(word, each))
        holders = sorted({at for each in alike for at in self._holders[each]})
        done = self.done(word) if alike else {}
        found = {at: self._meet_one(self.sides[at], thing, alike, done.get(at, 0.0)) for at in holders}
        return {at: met for at, met in found.items() if met.most}

    @staticmethod
    def _meet_one(side: Side, thing: dict[str, float], alike: dict[str, float], done: float) -> Met:
        named = _row(side.things, alike)
        described = _row(side.described, alike)
        arguments = _row(side.arguments, thing)
        typed = max(arguments) if arguments else 0.0
        most = max((*(named or ()), *(described or ()), typed, BESIDE * done))
        return Met(named, described, arguments, typed, most)

    def _near(
        self, word: str, groups: Mapping[str, frozenset[int]], index: Mapping[int, set[str]]
    ) -> set[str]:
        """Return the tools' words that stand in a group with a word, and the word itself if it is one."""
        near = {word} if word in self._holders else set()
        return near.union(*(index.get(group, ()) for group in groups.get(word, ())))


def _by_group(words: Iterable[str], groups: Mapping[str, frozenset[int]]) -> dict[int, set[str]]:
    index: dict[int, set[str]] = {}
    for word in words:
        for group in groups.get(word, ()):
            index.setdefault(group, set()).add(word)
    return index


def _row(words: Sequence[str], alike: dict[str, float]) -> tuple[float, ...] | None:
    row = tuple(alike.get(word, 0.0) for word in words)
    return row if any(row) else None
