"""A customer who can speak: the card with its facts, a voice, and the manner in which all is put.

- What a scenario does not tell the customer, the customer does not know.
- The persona shows in every sentence: channel, language level, clarity, mood; the behaviours `typos` and
  `slang` do too. Noise never touches a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from studio.domain.condition import Scalar
from studio.domain.scenario import Behaviour, Fact, Scenario
from studio.domain.workflow import Slot
from studio.simulation import noise
from studio.simulation.phrasing import Wording, brief, built_in, label_of, spoken
from studio.simulation.voices import Voice

DISTINCT = frozenset({"code", "email", "date", "phone", "money", "choice", "number"})
"""Types of facts that can be told unasked, because their label or shape makes them out."""


@dataclass(frozen=True, slots=True)
class World:
    """What is needed to put facts into words: the slots by id, and which of them prove identity.

    `wishes` are words for each workflow in which something is asked before anything is done.
    """

    slots: Mapping[str, Slot]
    identity: frozenset[str]
    wishes: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=64)
def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@dataclass(slots=True)
class Speaker:
    """One simulated customer's knowledge and way of speaking, in one conversation."""

    scenario: Scenario
    number: int
    seed: int
    world: World
    wording: Wording = built_in
    voice: Voice = field(init=False)
    told: dict[str, int] = field(default_factory=dict)
    misled: list[str] = field(default_factory=list)
    regretted: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    queue: list[str] = field(default_factory=list)
    turns: int = 0
    today: date | None = field(init=False)
    facts: dict[str, Fact] = field(init=False)
    manners: frozenset[Behaviour] = field(init=False)

    def __post_init__(self) -> None:
        self.voice = Voice(f"{self.seed}:{self.scenario.id}:{self.number}")
        self.today = _day(self.scenario.today)
        self.facts = {fact.id: fact for fact in self.scenario.facts}
        self.manners = frozenset(self.scenario.behaviours)

    def has(self, behaviour: Behaviour) -> bool:
        """Return whether the scenario gives this customer a behaviour."""
        return behaviour in self.manners

    @staticmethod
    def closed(words: str) -> str:
        """Return words that end like a sentence."""
        return words if words.endswith((".", "!", "?")) else f"{words}."

    @property
    def angry(self) -> bool:
        """Return whether the customer is angry."""
        return "angry" in self.manners or self.scenario.persona.mood == "angry"

    @property
    def own_words(self) -> str:
        """Return what the customer wants, in the scenario's words."""
        return self.scenario.opening or self.scenario.goal or self.scenario.title

    def slot(self, name: str) -> Slot | None:
        """Return the slot of a fact."""
        return self.world.slots.get(name)

    # Words

    def say(self, act: str, key: str, **places: str) -> str:
        """Return a speech act in this customer's words, with its places filled."""
        frame = self.tinted(self.wording(act, self.voice, key), key)
        return frame.format(**places) if places else frame

    def tinted(self, text: str, key: str) -> str:
        """Return words as they arrive from this customer: by channel, language, haste and slips."""
        persona, voice, manners = self.scenario.persona, self.voice, self.manners
        if persona.language == "basic" or (persona.language == "good" and voice.chance(0.3, f"{key}/plain")):
            text = noise.basic(text)
        if "slang" in manners:
            text = noise.slang(text, voice, key)
        if "typos" in manners or self._slips():
            text = noise.typos(text, voice, key)
        if persona.channel == "phone":
            text = noise.aloud(text, voice, key)
        elif persona.channel == "text message":
            text = noise.short(text)
        elif self.number > 0 and persona.channel is None and voice.chance(0.2, f"{key}/haste"):
            text = noise.careless(text)
        return text

    def _slips(self) -> bool:
        unclear = self.number > 0 and self.scenario.persona.clarity == "low"
        return unclear and self.voice.chance(0.4, "typos")

    def value_of(self, value: Scalar, slot: Slot | None, key: str) -> str:
        """Return a value as this customer says it."""
        return spoken(value, slot, self.voice, key, self.today, self.scenario.persona.channel)

    def brief(self, value: Scalar, slot: Slot | None, key: str) -> str:
        """Return a value in the fewest words."""
        return brief(value, slot, self.voice, key, self.today)

    def naming(self, act: str, fact: str, value: Scalar, key: str) -> str:
        """Return a speech act about a fact, by its label and value."""
        slot = self.slot(fact)
        said = self.value_of(value, slot, f"{key}/value")
        return self.say(act, key, label=label_of(slot, fact), value=said)

    # Facts

    def untold(self, asked: str | None) -> Fact | None:
        """Return a fact the customer could mention unasked: one that stands out by its label."""
        secret = "refuses to identify" in self.manners
        rest = [
            fact
            for fact in self.scenario.facts
            if fact.id != asked and fact.id not in self.told and self._distinct(fact.id)
            if not (secret and fact.id in self.world.identity)
        ]
        return self.voice.pick(rest, f"untold/{asked}") if rest else None

    def _distinct(self, name: str) -> bool:
        slot = self.slot(name)
        return slot is not None and slot.type in DISTINCT

    def volunteer(self, fact: Fact) -> str:
        """Return a sentence that gives a fact nobody asked for."""
        return self.naming("add", fact.id, self.next_value(fact), f"volunteer/{fact.id}")

    def next_value(self, fact: Fact) -> Scalar:
        """Return what the customer says for a fact now: first the wrong value of who errs."""
        first = fact.id not in self.told
        self.told[fact.id] = self.told.get(fact.id, 0) + 1
        if fact.wrong is None:
            return fact.value
        if first and self.regrets(fact):
            self.regretted.append(fact.id)
            return fact.wrong
        if first and "gives wrong then right data" in self.manners:
            self.misled.append(fact.id)
            return fact.wrong
        if self.withholds(fact):
            return fact.wrong
        if fact.id in self.misled:
            self.misled.remove(fact.id)
        if fact.id in self.regretted:
            self.regretted.remove(fact.id)
        return fact.value

    def regrets(self, fact: Fact) -> bool:
        """Return whether the customer says something else first and takes it back: no free text, no slip."""
        slot = self.slot(fact.id)
        slips = "gives wrong then right data" in self.manners
        told = fact.wrong is not None and slot is not None and slot.type != "text"
        return told and "changes mind" in self.manners and not slips

    def withholds(self, fact: Fact) -> bool:
        """Return whether the truth about a fact comes only at the end."""
        others = self.manners & {"gives wrong then right data", "changes mind"}
        late = "adds information late" in self.manners and "late" not in self.done
        return late and not others and fact.wrong is not None and self._distinct(fact.id)
