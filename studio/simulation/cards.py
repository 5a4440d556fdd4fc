"""The card of a simulated customer, and whether the customer kept to it: the simulator checks itself.

- The card holds every value that this customer may state: facts with what is said first, of another person
  or in demand, and whatever stands in the scenario's own words.
- A customer is at fault who states another value, gives away what the scenario says is refused, or goes
  round in circles. The check reads what was said, not what the customer meant to say, and never the agent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from studio.domain.condition import Scalar
from studio.domain.scenario import Scenario
from studio.domain.trace import Turn
from studio.runtime.values import Reader, reader, together
from studio.simulation.speaking import World

_START = re.compile(r"[\w#/.,:+-]")
_LOCAL = re.compile(r"[\w.+'’-]*")
_HOST = re.compile(r"@[\w-]+(?:\.[\w-]+)+")
_RUN = re.compile(r"[\w#/.,:-]*")
_LAST_DIGIT = re.compile(r".*\d", re.DOTALL)
_VALUE = re.compile(r"[\d@]| at ")
_SEPARATED = re.compile(r"[^a-z0-9]+")
_ENDING = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")
_IN_A_ROW = {1: 8, 2: 8, 3: 4, 4: 4}
"""So often the same words in a row are a loop, by the number of words; of a sentence, three times."""
_ROUND = 6
"""So many turns that alternate between two sentences are a loop."""
_KEPT = 2_000
_READ = 2_000


@dataclass(frozen=True, slots=True)
class Card:
    """What one scenario's customer may state, made ready for reading; `read` is what was read before."""

    scenario: Scenario
    world: World
    values: frozenset[str]
    refused: frozenset[str]
    choices: tuple[tuple[Reader, re.Pattern[str], frozenset[Scalar], str], ...]
    read: dict[str, str] = field(default_factory=dict)


_CARDS: dict[int, Card] = {}


def stated_in(text: str) -> Iterator[str]:
    """Yield the e-mail addresses and the words with a digit of a text; each character is looked at once."""
    at = local = run = digit = 0
    host: re.Match[str] | None = None
    while (begin := _START.search(text, at)) is not None:
        at = begin.start()
        if at >= local and (word := _LOCAL.match(text, at)):
            local = word.end()
            host = _HOST.match(text, local) if local > at else None
        if at >= run and (word := _RUN.match(text, at)):
            run = word.end()
            last = _LAST_DIGIT.match(text, at, run)
            digit = last.end() if last else at
        if host is not None and at < local:
            yield text[at : host.end()]
            at = host.end()
        elif at < digit:
            cut = text.find("#", digit, run)
            end = run if cut < 0 else cut
            yield text[at:end]
            at = end
        else:  # nothing begins before the shorter of the two stretches ends
            at = max(at + 1, min(local, run))


def _norm(words: str) -> str:
    return _ENDING.sub("", _SEPARATED.sub("", words.casefold()))


def _forms(value: Scalar, today: date | None) -> Iterator[str]:
    """Yield the ways in which a value may show as words with digits."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        plain = f"{value:g}" if abs(value) < 100_000 else str(value)
        yield from (_norm(str(value)), _norm(plain), _norm(f"{value:.2f}"), _norm(f"{value:,.2f}"))
        return
    yield _norm(value)
    for part in _SEPARATED.split(value.casefold()):
        if any(c.isdigit() for c in part):
            yield part
            yield part.lstrip("0")
    if today is not None:
        yield from _from_today(value, today)


def _from_today(value: str, today: date) -> Iterator[str]:
    try:
        apart = abs((today - date.fromisoformat(value)).days)
    except ValueError:
        return
    yield from (str(apart), str(apart // 7))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def card_of(scenario: Scenario, world: World) -> Card:
    """Return the card of a scenario's customer; the last ones are kept."""
    found = _CARDS.get(id(scenario))
    if found is not None and found.scenario is scenario and found.world is world:
        return found
    if len(_CARDS) >= _KEPT:
        _CARDS.clear()
    made = _CARDS[id(scenario)] = _card(scenario, world)
    return made


def _card(scenario: Scenario, world: World) -> Card:
    today = _day(scenario.today)
    values, refused, choices = set[str](), set[str](), []
    for fact in scenario.facts:
        known = [v for v in (fact.value, fact.wrong, fact.another, fact.forbidden) if v is not None]
        values.update(form for value in known for form in _forms(value, today))
        slot = world.slots.get(fact.id)
        if "refuses to identify" in scenario.behaviours and fact.id in world.identity:
            refused.add(_norm(str(fact.value)))
        if slot is not None and slot.type == "choice":
            others = [re.escape(each.replace("_", " ")) for each in slot.choices if each not in known]
            if others:
                spelt = re.compile("|".join(others), re.I)
                choices.append((reader(slot), spelt, frozenset(known), slot.label or fact.id))
    texts = (scenario.opening, scenario.goal, scenario.title, scenario.persona.name, *(scenario.also or ()))
    for text in (*texts, *world.wishes.values()):
        values.update(_norm(found) for found in stated_in(text))
    return Card(scenario, world, frozenset(values), frozenset(refused - {""}), tuple(choices))


def fault_of(card: Card, turns: Iterable[Turn]) -> str:
    """Return what the customer did wrong in a conversation, as a sentence; "" where nothing."""
    said = [turn.text for turn in turns if turn.role == "customer"]
    for words in said:
        if words and (why := _read(card, words)):
            return why
    return _loop(said)


def _read(card: Card, words: str) -> str:
    """Return what is wrong with a sentence; the last ones are remembered, for customers repeat each other."""
    found = card.read.get(words)
    if found is None:
        if len(card.read) >= _READ:
            card.read.clear()
        found = card.read[words] = _off_the_card(card, words)
    return found


def _off_the_card(card: Card, words: str) -> str:
    if card.refused or _VALUE.search(words):
        for found in stated_in(together(words)):
            stated = _norm(found)
            if stated in card.refused:
                return f"The customer refuses to identify, and yet said “{found}”."
            if stated and stated not in card.values:
                return f"The customer said “{found.strip('.,:')}”, which is not on the card."
    for read, spelt, known, label in card.choices:
        if spelt.search(words):
            heard = read(words, False)
            if heard is not None and heard.value not in known and not _TAKES_BACK.search(str(heard.value)):
                return f"The customer said “{heard.value}” for {label.lower()}, which is not on the card."
    return ""


_TAKES_BACK = re.compile(r"\bmind\b|\binstead\b|\bactually\b", re.I)
"""Choices that read like words with which something is taken back."""


def _loop(said: list[str]) -> str:
    row = 1
    for before, now in pairwise(said):
        row = row + 1 if now and now == before else 1
        if row > 2 and row >= _IN_A_ROW.get(len(now.split()), 3):
            return f"The customer went round in circles: “{now}” {row} times in a row."
    for at in range(len(said) - _ROUND + 1):
        part = said[at : at + _ROUND]
        if part[0] and part[0] != part[1] and part == part[:2] * (_ROUND // 2):
            return f"The customer went round in circles between “{part[0]}” and “{part[1]}”."
    return ""
