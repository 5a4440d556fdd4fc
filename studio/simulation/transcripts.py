"""Imported conversations become cards: what the customer wanted, told and did, as a test to be completed.

- How the files look is said in `conversation_files`.
- The agent's own ears read the conversation: what it could not understand is not on the card, and is told.
- A card expects nothing: what should have happened is for a person to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.domain.condition import Scalar
from studio.domain.scenario import Behaviour, Fact, Persona, Scenario
from studio.domain.workflow import Slot
from studio.runtime.asides import breaks_off, off_topic
from studio.runtime.intent import ENOUGH
from studio.runtime.listening import listen
from studio.runtime.program import Program
from studio.runtime.signals import Signals, sentences, signals
from studio.runtime.spelling import plain
from studio.runtime.wishes import several
from studio.simulation.conversation_files import Imported, Said

_ANGRY = re.compile(
    r"\b(?:ridiculous|unacceptable|fed up|furious|terrible|joke|disgusting)\b|!!|[A-Z]{4,} [A-Z]{3,}"
)
_SIGNALS: tuple[tuple[str, Behaviour], ...] = (
    ("person", "asks for a human"),
    ("pleads", "asks for an exception"),
    ("demands", "asks for what is forbidden"),
    ("manipulates", "talks the agent out of its rules"),
    ("others", "asks for another person's data"),
    ("challenges", "challenges the answer"),
    ("holds", "interrupts"),
)


@dataclass(slots=True)
class Reading:
    """What has been understood of a conversation so far."""

    facts: dict[str, Scalar] = field(default_factory=dict)
    wrong: dict[str, Scalar] = field(default_factory=dict)
    behaviours: list[Behaviour] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)

    def shows(self, behaviour: Behaviour) -> None:
        """Remember a behaviour, once."""
        if behaviour not in self.behaviours:
            self.behaviours.append(behaviour)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A card from a conversation, or why there is none; `unheard` are turns that were not understood."""

    conversation: str
    card: Scenario | None
    why: str = ""
    unheard: tuple[str, ...] = ()


def card_from(program: Program, imported: Imported, identifier: str) -> Recognised:
    """Return the card of one conversation, or why it gives none."""
    spoken = [turn.text for turn in imported.turns if turn.customer]
    opening = next((text for text in spoken if _wish(program, text)), None)
    if opening is None:
        return Recognised(
            imported.id, None, "No turn says what the customer wants of this agent.", tuple(spoken)
        )
    flow = program.flows[_wish(program, opening) or ""]
    reading = Reading()
    _read(program, imported.turns, opening, reading)
    slots = {one.slot.id for one in flow.ears}
    facts = tuple(
        Fact(id=name, value=value, wrong=reading.wrong.get(name))
        for name, value in reading.facts.items()
        if name in slots
    )
    card = Scenario(
        id=identifier,
        title=f"{flow.workflow.name.rstrip('?. ')}, as in conversation {imported.id}",
        workflow=flow.workflow.id,
        opening=opening,
        goal=flow.workflow.name,
        persona=_persona(spoken),
        facts=facts,
        behaviours=tuple(reading.behaviours),
        also=tuple(_further(program, opening)) or None,
    )
    return Recognised(imported.id, card, "", tuple(reading.unheard))


def cards_from(program: Program, conversations: Sequence[Imported]) -> tuple[Recognised, ...]:
    """Return a card for each conversation, numbered C-001 on."""
    return tuple(card_from(program, each, f"C-{number:03}") for number, each in enumerate(conversations, 1))


def _wish(program: Program, text: str) -> str | None:
    ranked = program.intents.rank(signals(text).rest)
    return ranked[0].workflow if ranked and ranked[0].score >= ENOUGH else None


def _further(program: Program, opening: str) -> list[str]:
    """Return the sentences of an opening that ask for something else."""
    if not (wanted := several(program, opening)):
        return []
    return [part for part in sentences(opening) if _wish(program, part) in wanted[1:]]


def _read(program: Program, turns: Sequence[Said], opening: str, reading: Reading) -> None:
    """Go through a conversation as the agent would have heard it."""
    flow = program.flows[_wish(program, opening) or ""]
    asked: Slot | None = None
    for turn in turns:
        if not turn.customer:
            asked = _asked(turn.text, [one.slot for one in flow.ears]) or asked
            continue
        said = signals(turn.text)
        heard = listen(turn.text, flow.ears, asked.id if asked else None, reading.facts)
        for name in heard.corrected:
            reading.wrong.setdefault(name, reading.facts[name])
            reading.shows("changes mind" if "mind" in turn.text.casefold() else "gives wrong then right data")
        answered = asked is not None and asked.id in heard.facts
        reading.facts.update(heard.facts | heard.corrected)
        _manner(said, turn.text, asked, answered, len(heard.facts), reading)
        if not heard.facts and not heard.corrected and not said.names and turn.text != opening:
            reading.unheard.append(turn.text)
        asked = None if answered else asked
    if several(program, opening):
        reading.shows("several questions at once")


def _manner(
    said: Signals, text: str, asked: Slot | None, answered: bool, facts: int, reading: Reading
) -> None:
    """Recognise how the customer behaves in one turn."""
    if not text:
        reading.shows("silent once")
    for name, behaviour in _SIGNALS:
        if name in said.names:
            reading.shows(behaviour)
    if "refuses" in said.names and not answered:
        reading.shows("refuses to identify")
    if facts > 1:
        reading.shows("facts out of order")
    if _ANGRY.search(text):
        reading.shows("angry")
    if plain(text) != text:
        reading.shows("typos")
    if facts == 0 and not said.names and asked is not None:
        if breaks_off(said, asked):
            reading.shows("incomplete sentences")
        elif off_topic(said, asked) is not None:
            reading.shows("changes topic")


def _asked(text: str, slots: Sequence[Slot]) -> Slot | None:
    """Return the fact an agent's turn asks for: the one whose label or prompt it repeats most."""
    if "?" not in text:
        return None
    words = set(re.findall(r"[a-z]{3,}", text.casefold()))

    def likeness(slot: Slot) -> float:
        own = set(re.findall(r"[a-z]{3,}", (slot.label or slot.id.replace("_", " ")).casefold()))
        return len(own & words) / len(own) if own else 0.0

    best = max(slots, key=likeness, default=None)
    return best if best is not None and likeness(best) >= 0.5 else None


def _persona(spoken: Sequence[str]) -> Persona:
    """Return the persona that the words of a customer show."""
    angry = any(_ANGRY.search(text) for text in spoken)
    worried = any(re.search(r"\b(?:worried|nervous|anxious|afraid)\b", text, re.I) for text in spoken)
    small = sum(text == text.casefold() for text in spoken) > len(spoken) / 2
    return Persona(
        mood="angry" if angry else "worried" if worried else "calm",
        channel="text message" if small else None,
    )
