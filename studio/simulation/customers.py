"""Simulated customers: they want what the scenario says, know its facts, and behave as it says.

- A customer answers the question that was asked, in words; the runtime has to understand the words.
- Customer 0 of a scenario speaks its opening word for word; the others vary with the seed.
- What a scenario does not tell the customer, the customer does not know.
- Who changes mind says a fact's `wrong` value first and takes it back at the next question, or in the same
  breath where all else is told. Without such a fact, it is the wish that is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.domain.condition import Scalar
from studio.domain.scenario import Fact, Scenario
from studio.domain.workflow import Slot
from studio.simulation import phrasing
from studio.simulation.phrasing import Voice

PATIENCE = {"low": 12, "medium": 20, "high": 30}
"""Questions a customer answers before leaving."""
AGAIN_LIMIT = {"low": 3, "medium": 4, "high": 6}
"""How often a customer answers the same question before leaving."""


@dataclass(frozen=True, slots=True)
class World:
    """What is needed to put facts into words: the slots by id, and which of them prove identity.

    `wishes` are words for each workflow in which something is asked before anything is done.
    """

    slots: Mapping[str, Slot]
    identity: frozenset[str]
    wishes: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Customer:
    """One simulated customer in one conversation."""

    scenario: Scenario
    number: int
    seed: int
    world: World
    voice: Voice = field(init=False)
    replies: int = 0
    openings: int = 0
    told: dict[str, int] = field(default_factory=dict)
    misled: list[str] = field(default_factory=list)
    regretted: list[str] = field(default_factory=list)
    strayed: bool = False
    done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.voice = Voice(f"{self.seed}:{self.scenario.id}:{self.number}")

    def has(self, behaviour: str) -> bool:
        """Return whether the scenario gives this customer a behaviour."""
        return behaviour in self.scenario.behaviours

    @property
    def _typos(self) -> bool:
        return self.has("typos") or (
            self.number > 0 and self.scenario.persona.clarity == "low" and self.voice.chance(0.4, "typos")
        )

    @property
    def _angry(self) -> bool:
        return self.has("angry") or self.scenario.persona.mood == "angry"

    def _fact(self, name: str) -> Fact | None:
        return next((fact for fact in self.scenario.facts if fact.id == name), None)

    def open(self) -> str:
        """Return the customer's first words."""
        if (other := self._another_wish()) is not None:
            self.strayed = True
            return other
        vague = self.scenario.persona.clarity == "low" and self.number > 0
        if vague and self.voice.chance(0.5, "vague"):
            return self.voice.pick(phrasing.VAGUE, "vague/words")
        return self._wish()

    def _another_wish(self) -> str | None:
        """Return words for another workflow, of who changes mind about the wish and no fact."""
        if not self.has("changes mind") or any(fact.wrong is not None for fact in self.scenario.facts):
            return None
        others = [words for name, words in self.world.wishes.items() if name != self.scenario.workflow]
        return self.voice.pick(others, "wish/other") if others else None

    def _own_words(self) -> str:
        return self.scenario.opening or self.scenario.goal or self.scenario.title

    def _wish(self) -> str:
        self.openings += 1
        words = self._own_words()
        if self.number > 0:
            words = self.voice.pick(phrasing.GREETINGS, "greeting") + words
            if self.voice.chance(0.3, "casual"):
                words = words.lower().rstrip(".")
        if self._typos:
            words = self.voice.misspell(words, "opening")
        if self._angry and self.number > 0 and self.voice.chance(0.7, "angry"):
            words = self.voice.pick(phrasing.ANGRY, "angry/words") + words
        if self.has("facts out of order") and (extra := self._untold(None)):
            words = f"{words.rstrip('.')}. {self._volunteer(extra)}"
        return words

    def _untold(self, asked: str | None) -> Fact | None:
        """Return a fact the customer could mention unasked: one that stands out by its label."""
        rest = [
            fact
            for fact in self.scenario.facts
            if fact.id != asked
            and fact.id not in self.told
            and fact.id in self.world.slots
            and self.world.slots[fact.id].type not in ("text", "yes or no")
        ]
        return self.voice.pick(rest, f"untold/{asked}") if rest else None

    def _volunteer(self, fact: Fact) -> str:
        value = self._value(fact)
        return phrasing.volunteer(fact.id, value, self.world.slots.get(fact.id), self.voice)

    def _value(self, fact: Fact) -> Scalar:
        """Return what the customer says for a fact now: first the wrong value of who errs."""
        first = fact.id not in self.told
        if first and self._regrets(fact):
            self.told[fact.id] = 1
            self.regretted.append(fact.id)
            return fact.wrong if fact.wrong is not None else fact.value
        self.told[fact.id] = self.told.get(fact.id, 0) + 1
        if first and fact.wrong is not None and self.has("gives wrong then right data"):
            self.misled.append(fact.id)
            return fact.wrong
        if fact.id in self.misled:
            self.misled.remove(fact.id)
        if fact.id in self.regretted:
            self.regretted.remove(fact.id)
        return fact.value

    def _regrets(self, fact: Fact) -> bool:
        """Return whether the customer says something else first and takes it back: no free text, no slip."""
        slot = self.world.slots.get(fact.id)
        slips = self.has("gives wrong then right data")
        told = fact.wrong is not None and slot is not None and slot.type != "text"
        return told and self.has("changes mind") and not slips

    def reply(self, asked: Slot | None) -> str | None:
        """Return the next words ("" is silence), or None when the customer leaves."""
        self.replies += 1
        if self.replies > PATIENCE[self.scenario.persona.patience]:
            return None
        if (interlude := self._interlude()) is not None:
            return interlude
        if self.strayed and asked is not None:
            self.strayed = False
            self.openings += 1
            return phrasing.other_wish(self._own_words(), self.voice)
        if asked is None:
            return self._wish() if self.openings < 2 else self.scenario.goal or self._wish()
        return self._answer(asked)

    def _once(self, behaviour: str, at: int) -> bool:
        if self.has(behaviour) and self.replies >= at and behaviour not in self.done:
            self.done.add(behaviour)
            return True
        return False

    def _interlude(self) -> str | None:
        voice = self.voice
        if self._once("silent once", 1 + voice.number("silent") % 2):
            return ""
        if self._once("asks for a human", 1 + voice.number("human") % 2):
            return voice.pick(phrasing.PERSON, "human/words")
        if self._once("asks for an exception", 1 + voice.number("plea") % 2):
            return voice.pick(phrasing.PLEAS, "plea/words")
        return None

    def _answer(self, slot: Slot) -> str | None:
        voice, fact = self.voice, self._fact(slot.id)
        if self.has("refuses to identify") and slot.id in self.world.identity:
            self.told[slot.id] = self.told.get(slot.id, 0) + 1
            return voice.pick(phrasing.REFUSALS, f"refuse/{slot.id}/{self.told[slot.id]}")
        if self.told.get(slot.id, 0) >= AGAIN_LIMIT[self.scenario.persona.patience]:
            return None
        if fact is None:
            self.told[slot.id] = self.told.get(slot.id, 0) + 1
            return voice.pick(phrasing.UNKNOWN, f"unknown/{slot.id}/{self.told[slot.id]}")
        if (back := self._take_back(slot)) and self._only_that(slot):
            return back
        before = self._repair(slot.id) + back
        again = self.told.get(slot.id, 0) > 0 and slot.id not in self.misled
        value = self._value(fact)
        if again and (self.has("impatient") or self._angry) and not isinstance(value, bool):
            said = phrasing.spoken(value, slot, voice, f"again/{slot.id}")
            frame = voice.pick(phrasing.AGAIN, f"again/{slot.id}/{self.told[slot.id]}")
            return before + frame.format(value=said)
        words = phrasing.answer(value, slot, voice, self._typos)
        if slot.id in self.regretted and all(f.id in self.told for f in self.scenario.facts):
            self.regretted.remove(slot.id)
            return before + phrasing.in_one_breath(words, fact.value, slot, voice)
        return before + self._coloured(words, slot)

    def _take_back(self, asked: Slot) -> str:
        """Return the words that take the first answer back which the customer has thought better of."""
        name = next((name for name in self.regretted if name != asked.id), None)
        fact = self._fact(name) if name is not None else None
        if name is None or fact is None:
            return ""
        self.regretted.remove(name)
        return phrasing.taken_back(name, fact.value, self.world.slots.get(name), self.voice) + " "

    def _only_that(self, asked: Slot) -> bool:
        """Return whether the question is left for later: always where its answer could be mixed up."""
        return asked.type in ("text", "yes or no") or self.voice.chance(0.5, f"back/{asked.id}/only")

    def _repair(self, asked: str) -> str:
        """Return the correction of something wrong that was said, when the customer notices."""
        for name in self.misled:
            fact = self._fact(name)
            if fact is not None and name != asked and self.voice.chance(0.5, f"notice/{name}"):
                self.misled.remove(name)
                return phrasing.correction(name, fact.value, self.world.slots.get(name), self.voice) + " "
        return ""

    def _coloured(self, words: str, slot: Slot) -> str:
        """Return an answer with what mood and behaviours add to it."""
        voice, plain = self.voice, slot.type in ("text", "yes or no")
        if plain or self.has("impatient"):
            return words
        if self.has("facts out of order") and (extra := self._untold(slot.id)):
            added = self._volunteer(extra)
            return f"{added} {words}" if voice.chance(0.5, f"order/{slot.id}") else f"{words} {added}"
        if self._angry and voice.chance(0.3, f"angry/{slot.id}"):
            return voice.pick(phrasing.ANGRY, f"angry/{slot.id}/words") + words
        if self.number > 0 and slot.type != "choice" and voice.chance(0.3, f"thanks/{slot.id}"):
            return f"{words.rstrip('.')}. {voice.pick(phrasing.THANKS, f'thanks/{slot.id}/words')}"
        return words
