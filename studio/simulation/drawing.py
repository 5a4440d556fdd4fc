"""Further customers for a run: drawn by a seed from the tests there are, at every limit, from conversations.

- Drawn: a test's customer as another person, with one to three more manners that must not change where the
  conversation ends; so what the test expects stays, and any difference is the agent's.
- The same tests, seed and number give the same customers, whatever else is in the run; nobody comes twice.
- Numbered G-0001 on (drawn), L-001 on (at a limit) and C-001 on (from a conversation), past what there is.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from studio.domain.agent import Agent
from studio.domain.scenario import Behaviour, Persona, Scenario
from studio.simulation.generating import HARMLESS, at_decisions

MOST_DRAWN = 20_000
"""Tests that are drawn for one run; each is met by so many customers as the run has a test."""

PERSONS: Mapping[str, Persona] = {
    "worried": Persona(mood="worried", patience="medium", clarity="medium"),
    "angry and in a hurry": Persona(mood="angry", patience="low", clarity="medium"),
    "vague": Persona(mood="calm", patience="high", clarity="low"),
    "basic English": Persona(mood="calm", patience="medium", clarity="medium", language="basic"),
    "worried, basic English": Persona(mood="worried", patience="low", clarity="low", language="basic"),
    "by text message": Persona(mood="calm", patience="low", clarity="medium", channel="text message"),
    "by e-mail": Persona(mood="calm", patience="high", clarity="high", channel="e-mail"),
    "on the phone": Persona(mood="calm", patience="medium", clarity="medium", channel="phone"),
}
"""Persons whom every test can be met by."""


def _numbered(prefix: str, width: int, taken: Iterable[str]) -> Iterator[str]:
    there, number = set(taken), 0
    while True:
        number += 1
        name = f"{prefix}-{number:0{width}}"
        if name not in there:
            yield name


def drawn(scenarios: Sequence[Scenario], seed: int, count: int) -> tuple[Scenario, ...]:
    """Return so many further customers, or as many as there are different ones."""
    if not scenarios or count < 1:
        return ()
    names = _numbered("G", 4, (each.id for each in scenarios))
    pools = [_Pool(scenario, seed) for scenario in scenarios]
    found: list[Scenario] = []
    while pools and len(found) < count:
        for pool in tuple(pools):  # in turn, so that every test gets its share
            made = pool.next()
            if made is None:
                pools.remove(pool)
            elif len(found) < count:
                found.append(made.model_copy(update={"id": next(names)}))
    return tuple(found)


class _Pool:
    """The further customers of one test, in an order that the seed and the test decide."""

    def __init__(self, base: Scenario, seed: int) -> None:
        self._base = base
        mark = hashlib.sha256(f"{seed}:{base.id}".encode()).digest()
        self._draw = random.Random(int.from_bytes(mark[:8], "big"))
        told = any(fact.forbidden is not None for fact in base.facts)
        self._manners = [
            each
            for each in HARMLESS
            if each not in base.behaviours and not (told and each == "asks for what is forbidden")
        ]
        self._seen: set[tuple[str, tuple[Behaviour, ...]]] = set()
        ways = sum(sum(1 for _ in combinations(self._manners, n)) for n in (1, 2, 3))
        self._left = ways * len(PERSONS)

    def next(self) -> Scenario | None:
        """Return one who was not there yet; None when there is nobody left."""
        while len(self._seen) < self._left:
            person = self._draw.choice(tuple(PERSONS))
            many = self._draw.randint(1, min(3, len(self._manners)))
            picked = set(self._draw.sample(self._manners, many))
            added = tuple(each for each in self._manners if each in picked)
            if (person, added) in self._seen:
                continue
            self._seen.add((person, added))
            return self._base.model_copy(
                update={
                    "title": f"{self._base.title} ({person}; {', '.join(added)})",
                    "persona": PERSONS[person].model_copy(update={"name": self._base.persona.name}),
                    "behaviours": (*self._base.behaviours, *added),
                }
            )
        return None


def limits(agent: Agent, scenarios: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """Return a customer for each row of each table, and below, at and above each limit decided by."""
    names = _numbered("L", 3, (each.id for each in scenarios))
    seen: set[tuple[str, str]] = set()
    found = []
    for scenario in scenarios:
        for words, made in at_decisions(agent, scenario):
            if (scenario.workflow, words) not in seen:
                seen.add((scenario.workflow, words))
                found.append(made.model_copy(update={"id": next(names)}))
    return tuple(found)


def renumbered(cards: Sequence[Scenario], taken: Iterable[str]) -> tuple[Scenario, ...]:
    """Return the cards of conversations with ids that nobody has."""
    there = set(taken)
    spare = _numbered("C", 3, there | {card.id for card in cards})
    return tuple(card.model_copy(update={"id": next(spare)}) if card.id in there else card for card in cards)
