"""Simulated customers: they want what the scenario says, know its facts, and behave as it says.

- A customer answers the question that was asked, in words; the runtime has to understand the words.
- Customer 0 of a scenario speaks its opening word for word; the others vary with the seed.
- What a scenario does not tell the customer, the customer does not know.
- Who changes mind says a fact's `wrong` value first and takes it back at the next question, or in the same
  breath where all else is told. Without such a fact, it is the wish that is changed.
- Patience counts answers, not interruptions: it is the agent's questions that wear it out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.domain.condition import Scalar
from studio.domain.scenario import Fact
from studio.domain.workflow import Slot
from studio.simulation.behaviours import SETTLED, Manner, hooks
from studio.simulation.phrasing import label_of, subject_of
from studio.simulation.speaking import Speaker, World

__all__ = ["AGAIN_LIMIT", "PATIENCE", "Customer", "World"]

PATIENCE = {"low": 12, "medium": 20, "high": 30}
"""Questions a customer answers before leaving."""
AGAIN_LIMIT = {"low": 3, "medium": 4, "high": 6}
"""How often a customer answers the same question before leaving; an angry one leaves one earlier."""
AFTERWORDS = 4
"""How often a customer comes back after the matter was settled."""
_BARE = frozenset({"number", "choice"})


@dataclass(slots=True)
class Customer(Speaker):
    """One simulated customer in one conversation."""

    replies: int = 0
    openings: int = 0
    strayed: bool = False
    afterwords: int = 0
    _hooks: list[Manner] = field(default_factory=list)

    def __post_init__(self) -> None:
        Speaker.__post_init__(self)
        self._hooks = hooks(self)

    # The beginning

    def open(self) -> str:
        """Return the customer's first words."""
        if (other := self._another_wish()) is not None:
            self.strayed = True
            return other
        vague = self.scenario.persona.clarity == "low" and self.number > 0
        if vague and self.voice.chance(0.5, "vague"):
            return self.say("vague", "vague/words")
        return self._wish()

    def _another_wish(self) -> str | None:
        """Return words for another workflow, of who changes mind about the wish and no fact."""
        if not self.has("changes mind") or any(fact.wrong is not None for fact in self.scenario.facts):
            return None
        others = [words for name, words in self.world.wishes.items() if name != self.scenario.workflow]
        return self.voice.pick(others, "wish/other") if others else None

    def _wish(self) -> str:
        self.openings += 1
        words = self.own_words
        if self.number > 0:
            words = self.tinted(self._greeted(words), f"opening/{self.openings}")
        elif "typos" in self.manners:
            words = self.tinted(words, "opening")
        if self.number > 0:
            words = self._felt(words)
        if self.openings == 1:
            for manner in self._hooks:
                if manner.opening is not None:
                    words = manner.opening(self, words)
        if self.scenario.persona.channel == "e-mail" and self.number > 0 and not self.queue:
            return (
                f"{self.closed(words)}\n{self.say('sign off', 'sign off', name=self.scenario.persona.name)}"
            )
        return words

    def _greeted(self, words: str) -> str:
        frame = self.wording("open", self.voice, "greeting")
        before, after = frame.split("{wish}", 1)
        if (
            before.endswith((", ", ": ", "- "))
            and not words.startswith(("I ", "I'"))
            and words[1:2].islower()
        ):
            words = words[:1].lower() + words[1:]
        return before + (self.closed(words) if after else words) + after

    def _felt(self, words: str) -> str:
        """Return the opening with the mood it is written in."""
        if self.angry and self.voice.chance(0.7, "angry"):
            return f"{self.closed(self.say('angry', 'angry/words'))} {words}"
        if self.scenario.persona.mood == "worried" and self.voice.chance(0.6, "worried"):
            return f"{self.closed(words)} {self.say('worried', 'worried/words')}"
        return words

    # The middle

    def reply(self, asked: Slot | None) -> str | None:
        """Return the next words ("" is silence), or None when the customer leaves."""
        self.turns += 1
        if self.queue:
            return self.queue.pop(0)
        for manner in self._hooks:
            if manner.instead is not None and (words := manner.instead(self, asked)) is not None:
                return words
        self.replies += 1
        if self.replies > PATIENCE[self.scenario.persona.patience]:
            return None
        if self.strayed and asked is not None:
            self.strayed = False
            self.openings += 1
            return self.say("other wish", "wish/back", wish=self.own_words)
        if asked is None:
            return self._wish() if self.openings < 2 else self.scenario.goal or self._wish()
        return self._answer(asked)

    def after(self, outcome: str | None) -> str | None:
        """Return what the customer still says to an agent that has finished, or None."""
        if outcome not in SETTLED or self.afterwords >= AFTERWORDS:
            return None
        self.afterwords += 1
        for manner in self._hooks:
            if manner.after is not None and (words := manner.after(self, outcome)) is not None:
                return words
        return None

    def _answer(self, slot: Slot) -> str | None:
        fact = self.facts.get(slot.id)
        if self.has("refuses to identify") and slot.id in self.world.identity:
            self.told[slot.id] = count = self.told.get(slot.id, 0) + 1
            return self.say("refuse", f"refuse/{slot.id}/{count}")
        limit = AGAIN_LIMIT[self.scenario.persona.patience] - self.angry
        if self.told.get(slot.id, 0) >= limit:
            return None
        if fact is None:
            self.told[slot.id] = count = self.told.get(slot.id, 0) + 1
            return self.say("unknown", f"unknown/{slot.id}/{count}")
        if (back := self._take_back(slot)) and self._only_that(slot):
            return back
        return self._repair(slot.id) + back + self._say_fact(fact, slot)

    def _say_fact(self, fact: Fact, slot: Slot) -> str:
        again = self.told.get(slot.id, 0) > 0 and slot.id not in self.misled
        value = self.next_value(fact)
        if again and (self.has("impatient") or self.angry) and not isinstance(value, bool):
            said = self.value_of(value, slot, f"again/{slot.id}")
            return self.say("again", f"again/{slot.id}/{self.told[slot.id]}", value=said)
        words = self._told(value, slot)
        if slot.id in self.regretted and all(f.id in self.told for f in self.scenario.facts):
            self.regretted.remove(slot.id)
            first = self.closed(words)
            rest = self.brief(fact.value, slot, f"back/{slot.id}/value")
            return self.say("in one breath", f"breath/{slot.id}", first=first, value=rest)
        return self._coloured(words, slot)

    def _told(self, value: Scalar, slot: Slot) -> str:
        """Return the answer to the question for a fact."""
        count = self.told[slot.id]
        key = f"answer/{slot.id}/{value}" if count < 2 else f"answer/{slot.id}/{value}/{count}"
        said = self.value_of(value, slot, f"{key}/value")
        if slot.type == "text":
            return said
        if isinstance(value, bool):
            return self.tinted(said, key)
        if slot.type == "choice":
            who = subject_of(said)
            act = "tell what happened" if who else "tell choice"
            return self.say(act, key, value=said, subject=who)
        by_name = slot.type not in _BARE and self.voice.chance(0.25, f"{key}/named")
        return self.say("tell by name" if by_name else "tell", key, value=said, label=label_of(slot, slot.id))

    def _take_back(self, asked: Slot) -> str:
        """Return the words that take the first answer back which the customer has thought better of."""
        name = next((name for name in self.regretted if name != asked.id), None)
        fact = self.facts.get(name) if name is not None else None
        if name is None or fact is None:
            return ""
        self.regretted.remove(name)
        slot = self.slot(name)
        act = "take back yes or no" if isinstance(fact.value, bool) else "take back"
        said = self.brief(fact.value, slot, f"back/{name}/value")
        words = self.say(act, f"back/{name}", label=label_of(slot, name), value=said)
        return words[:1].upper() + words[1:] + " "

    def _only_that(self, asked: Slot) -> bool:
        """Return whether the question is left for later: always where its answer could be mixed up."""
        return asked.type in ("text", "yes or no") or self.voice.chance(0.5, f"back/{asked.id}/only")

    def _repair(self, asked: str) -> str:
        """Return the correction of something wrong that was said, when the customer notices."""
        for name in self.misled:
            fact = self.facts.get(name)
            if fact is not None and name != asked and self.voice.chance(0.5, f"notice/{name}"):
                self.misled.remove(name)
                return self.naming("correct", name, fact.value, f"correct/{name}") + " "
        return ""

    def _coloured(self, words: str, slot: Slot) -> str:
        """Return an answer with what mood and behaviours add to it."""
        voice, plain = self.voice, slot.type in ("text", "yes or no")
        if plain:
            return words
        bare = words
        if not self.has("impatient"):
            for manner in self._hooks:
                if manner.answer is not None:
                    words = manner.answer(self, slot, words)
        if words is not bare or self.has("impatient"):
            return words
        if self.angry and voice.chance(0.3, f"angry/{slot.id}"):
            return f"{self.closed(self.say('angry', f'angry/{slot.id}/words'))} {words}"
        if self.number > 0 and slot.type != "choice" and voice.chance(0.2, f"thanks/{slot.id}"):
            return f"{self.closed(words)} {self.say('thanks', f'thanks/{slot.id}/words')}"
        return words
