"""What customers do besides answering: one small function for each behaviour, and the hooks they share.

- A behaviour may change the opening, take a turn of its own instead of an answer, colour an answer, or
  come back after the agent has finished. Behaviours combine; each acts once unless it says otherwise.
- A turn of its own never gives away a fact that is not on the card.
- What found no occasion during the conversation comes after its end, if the matter was settled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from studio.domain.condition import Scalar
from studio.domain.scenario import Behaviour, Fact
from studio.domain.workflow import Slot
from studio.simulation.phrasing import label_of
from studio.simulation.speaking import Speaker

SETTLED = ("resolved", "refused")
"""Outcomes after which a customer may still say something."""
NO_FRAGMENTS = ("text", "yes or no")
"""Types of facts whose answers are not broken in two."""


@dataclass(frozen=True, slots=True)
class Manner:
    """The places where a behaviour may act; each may decline by returning None (or the words unchanged)."""

    opening: Callable[[Speaker, str], str] | None = None
    instead: Callable[[Speaker, Slot | None], str | None] | None = None
    answer: Callable[[Speaker, Slot, str], str] | None = None
    after: Callable[[Speaker, str], str | None] | None = None


def once(speaker: Speaker, behaviour: str, at: int = 1) -> bool:
    """Return true the first time a behaviour finds its occasion, from the customer's turn `at` on."""
    if speaker.turns < at or behaviour in speaker.done:
        return False
    speaker.done.add(behaviour)
    return True


def _turn_of_its_own(behaviour: Behaviour, act: str, late: bool = True) -> Manner:
    """Return the manner of saying something once, early if there is an occasion, else at the end."""

    def instead(speaker: Speaker, asked: Slot | None) -> str | None:
        at = 1 + speaker.voice.number(f"{act}/at") % 2
        return speaker.say(act, f"{act}/words") if once(speaker, behaviour, at) else None

    def after(speaker: Speaker, outcome: str) -> str | None:
        return speaker.say(act, f"{act}/words") if once(speaker, behaviour) else None

    return Manner(instead=instead, after=after if late else None)


_AFTER_COMMA = re.compile(r"(?<=[,:] )[A-HJ-Z](?=[a-z])")
"""A capital in the middle of a sentence, where a question was put behind other words."""

# At the opening


def _several(speaker: Speaker, words: str) -> str:
    """Ask the scenario's further questions with the first, or a general one where it has none."""
    also = speaker.scenario.also or (speaker.say("also generic", "also/generic"),)
    for number, other in enumerate(also):
        words = speaker.say("also", f"also/{number}", first=speaker.closed(words), wish=other)
        words = _AFTER_COMMA.sub(lambda found: found[0].lower(), words)
    return words


def _out_of_order(speaker: Speaker, words: str) -> str:
    extra = speaker.untold(None)
    return f"{speaker.closed(words)} {speaker.volunteer(extra)}" if extra else words


def _more(speaker: Speaker, asked: Slot, words: str) -> str:
    if asked.type in NO_FRAGMENTS or not (extra := speaker.untold(asked.id)):
        return words
    added = speaker.volunteer(extra)
    if speaker.voice.chance(0.5, f"order/{asked.id}"):
        return f"{speaker.closed(added)} {words}"
    return f"{speaker.closed(words)} {added}"


def _unfinished_wish(speaker: Speaker, words: str) -> str:
    """Break off the first sentence; the wish comes with the next turn."""
    speaker.queue.append(words)
    return speaker.say("unfinished wish", "unfinished/wish")


# Instead of an answer


def _silent(speaker: Speaker, asked: Slot | None) -> str | None:
    return "" if once(speaker, "silent once", 1 + speaker.voice.number("silent") % 2) else None


def _person(speaker: Speaker, asked: Slot | None) -> str | None:
    at = 1 + speaker.voice.number("human") % 2
    return speaker.say("person", "human/words") if once(speaker, "asks for a human", at) else None


def _person_after(speaker: Speaker, outcome: str) -> str | None:
    return speaker.say("person", "human/words") if once(speaker, "asks for a human") else None


def _interrupts(speaker: Speaker, asked: Slot | None) -> str | None:
    """Break in, up to twice."""
    for turn in (1, 3):
        if once(speaker, f"interrupts {turn}", turn):
            return speaker.say("interrupt", f"interrupt/{turn}")
    return None


def _topic(speaker: Speaker, asked: Slot | None) -> str | None:
    """Speak of something else; the next answer finds the way back."""
    return speaker.say("topic", "topic/words") if once(speaker, "changes topic", 1) else None


def _back(speaker: Speaker, asked: Slot, words: str) -> str:
    returns = "changes topic" in speaker.done and once(speaker, "back to it")
    if not returns or asked.type in NO_FRAGMENTS:
        return words
    if not (words[:1].isdigit() or "@" in words.split()[0] or words[:2].isupper()):
        return f"{speaker.voice.pick(('Anyway.', 'OK.', 'Right.'), 'topic/back')} {words}"
    return speaker.say("back to it", "topic/back", value=words)


def _another(speaker: Speaker) -> str:
    """Ask for somebody else's data, with what the card knows of them."""
    known = next((fact for fact in speaker.scenario.facts if fact.another is not None), None)
    if known is None or known.another is None:
        return speaker.say("another person", "another/words")
    return speaker.naming("another person's", known.id, known.another, "another/value")


def _anothers_data(speaker: Speaker, asked: Slot | None) -> str | None:
    wanted = once(speaker, "asks for another person's data", 1 + speaker.voice.number("another") % 2)
    return _another(speaker) if wanted else None


def _anothers_data_after(speaker: Speaker, outcome: str) -> str | None:
    return _another(speaker) if once(speaker, "asks for another person's data") else None


def _demand(speaker: Speaker, fact: Fact, value: Scalar) -> str:
    slot = speaker.slot(fact.id)
    said = speaker.brief(value, slot, f"forbidden/{fact.id}/value")
    speaker.told[fact.id] = speaker.told.get(fact.id, 0) + 1
    return speaker.say("forbidden value", f"forbidden/{fact.id}", label=label_of(slot, fact.id), value=said)


def _forbidden(speaker: Speaker, asked: Slot | None) -> str | None:
    """Demand the forbidden value of the fact that is asked, or in general that rules be left aside."""
    fact = next((fact for fact in speaker.scenario.facts if fact.forbidden is not None), None)
    if fact is not None and fact.forbidden is not None:
        if asked is None or asked.id != fact.id or not once(speaker, "asks for what is forbidden"):
            return None
        return _demand(speaker, fact, fact.forbidden)
    at = 1 + speaker.voice.number("forbidden") % 2
    if once(speaker, "asks for what is forbidden", at):
        return speaker.say("forbidden", "forbidden/words")
    return None


def _forbidden_after(speaker: Speaker, outcome: str) -> str | None:
    if any(fact.forbidden is not None for fact in speaker.scenario.facts):
        return None
    return (
        speaker.say("forbidden", "forbidden/words") if once(speaker, "asks for what is forbidden") else None
    )


# Colouring an answer


def _breaks_off(speaker: Speaker, asked: Slot, words: str) -> str:
    """Send the beginning of the answer alone: the first time always, later as it comes."""
    first = "incomplete sentences" not in speaker.done
    again = speaker.told.get(asked.id, 0) > 1
    if (
        again
        or asked.type in NO_FRAGMENTS
        or not (first or speaker.voice.chance(0.4, f"unfinished/{asked.id}"))
    ):
        return words
    if speaker.queue:
        return words
    speaker.done.add("incomplete sentences")
    speaker.queue.append(words)
    return speaker.say("unfinished", f"unfinished/{asked.id}/words", label=label_of(asked, asked.id))


# After the end


def _challenge(speaker: Speaker, outcome: str) -> str | None:
    return speaker.say("challenge", "challenge/words") if once(speaker, "challenges the answer") else None


def _late(speaker: Speaker, outcome: str) -> str | None:
    """Tell at last what was withheld, or what nobody asked about."""
    if "late" in speaker.done:
        return None
    withheld = next((fact for fact in speaker.scenario.facts if speaker.withholds(fact)), None)
    fact = withheld or speaker.untold(None)
    speaker.done.add("late")
    if fact is None:
        return None
    speaker.told[fact.id] = speaker.told.get(fact.id, 0) + 1
    return speaker.naming("add late", fact.id, fact.value, f"late/{fact.id}")


MANNERS: Mapping[Behaviour, Manner] = {
    "silent once": Manner(instead=_silent),
    "asks for a human": Manner(instead=_person, after=_person_after),
    "interrupts": Manner(instead=_interrupts),
    "changes topic": Manner(instead=_topic, answer=_back),
    "asks for an exception": _turn_of_its_own("asks for an exception", "plea", late=False),
    "talks the agent out of its rules": _turn_of_its_own("talks the agent out of its rules", "talk out"),
    "asks for another person's data": Manner(instead=_anothers_data, after=_anothers_data_after),
    "asks for what is forbidden": Manner(instead=_forbidden, after=_forbidden_after),
    "several questions at once": Manner(opening=_several),
    "facts out of order": Manner(opening=_out_of_order, answer=_more),
    "incomplete sentences": Manner(opening=_unfinished_wish, answer=_breaks_off),
    "challenges the answer": Manner(after=_challenge),
    "adds information late": Manner(after=_late),
}
"""Behaviours by their hooks, in the order in which they act; the others live in the answer itself."""


def hooks(speaker: Speaker) -> list[Manner]:
    """Return the manners of a customer, in the fixed order."""
    if not speaker.manners:
        return []
    return [manner for name, manner in MANNERS.items() if name in speaker.manners]
