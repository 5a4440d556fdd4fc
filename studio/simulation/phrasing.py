"""How simulated customers put things: varied, natural wording that depends on nothing but its key.

- Each choice is a hash of (seed, scenario, customer, key), so the wording of one answer does not depend
  on what was asked before it: the live version and the draft meet the same customer.
- Typos touch only plain words, never a code, a number, an address or another value.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from studio.domain.condition import Scalar
from studio.domain.workflow import Slot

Option = TypeVar("Option")

GREETINGS = ("", "Hi, ", "Hello, ", "Hi there. ", "Good morning. ", "hey, ")
THANKS = ("Thanks.", "Thank you.")
VAGUE = ("Hi, I have a problem.", "Hello, can you help me?", "hey, something came up", "I need some help.")
ANGRY = (
    "This is ridiculous. ",
    "I am really fed up with this. ",
    "This is the third time I am trying. ",
    "Unbelievable. ",
)
PERSON = (
    "Can I talk to a real person?",
    "I want to speak to a human.",
    "Please put me through to a person.",
    "let me talk to someone please",
)
PLEAS = (
    "Can't you make an exception for me?",
    "Could you make an exception, just this once?",
    "Surely there is an exception for cases like mine?",
)
REFUSALS = (
    "I'd rather not say.",
    "I won't give you that.",
    "I'm not comfortable sharing that.",
    "I prefer not to tell you.",
)
UNKNOWN = ("I don't know.", "No idea, sorry.", "I can't find it.", "I'm not sure.")
CORRECTIONS = (
    "Sorry, I gave you the wrong {label}, it should be {value}.",
    "Wait, that was a mistake: my {label} is {value}.",
    "Correction, the {label} is {value}.",
)
TAKEN_BACK = (
    "Actually, make the {label} {value} instead.",
    "Sorry, I have thought again: the {label} should be {value}.",
    "On second thought, the {label} is {value}.",
    "Wait, scratch that. The {label} is {value}.",
    "Hold on, about the {label}: I'd rather say {value}.",
    "Hmm, I take back what I said. {label}: {value}.",
    "Sorry, let me change that: the {label} should be {value} after all.",
    "No wait, the {label} is {value}, actually.",
    "I've thought again, {label}: {value}, please.",
)
TAKEN_BACK_YES_NO = (
    "Actually, {label}: {value}.",
    "Sorry, I have thought again. {label}: {value}.",
    "On second thought, {label}: {value}.",
    "Wait, let me change that. {label}: {value}.",
    "Hold on, about “{label}”: make that a {value}.",
    "Hmm, I take back what I said. {label}: {value}.",
    "Sorry, I answered “{label}” too fast, it should be a {value}.",
    "No wait, {label}: {value} after all.",
)
IN_ONE_BREATH = (
    "{first} Actually, make that {value}.",
    "{first} Sorry, I'd rather say {value}.",
    "{first} On second thought, {value}.",
    "{first} Wait, scratch that: {value}.",
    "{first} Hmm, I take that back: {value}.",
    "{first} Hold on, let me change that to {value}.",
    "{first} Sorry, I have thought again: {value} after all.",
    "{first} No wait, make that {value}, actually.",
)
OTHER_WISH = (
    "Actually, I want it otherwise. {wish}",
    "On second thought, forget that. {wish}",
    "Sorry, I have thought again. {wish}",
    "Wait, scratch that. {wish}",
    "Hold on, let me change that. {wish}",
    "Hmm, I take that back. {wish}",
    "Sorry, this instead: {wish}",
    "No wait. {wish}",
)
AGAIN = ("I already told you: {value}", "As I said, {value}", "{value}!!")

_PLAIN = ("{value}", "It's {value}.", "{value}, thanks", "That would be {value}.", "it is {value}")
_NAMED = ("My {label} is {value}.", "The {label} is {value}.", "{label}: {value}")
_ADDED = ("My {label} is {value}.", "And the {label} is {value}.", "By the way, my {label} is {value}.")
_YES = ("Yes.", "Yes, it is.", "yeah", "Yep.", "Yes, that's right.")
_NO = ("No.", "No, it isn't.", "nope", "No, not at all.", "no")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WORD = re.compile(r"(?<![\w@.{-])[A-Za-z]{5,}(?![\w@}-])(?!\.\w)")


class Voice:
    """One customer's way of putting things; every choice has a key of its own."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def number(self, key: str) -> int:
        """Return the number that belongs to a key."""
        found = hashlib.blake2b(f"{self._seed}\0{key}".encode(), digest_size=6).digest()
        return int.from_bytes(found, "big")

    def pick(self, options: Sequence[Option], key: str) -> Option:
        """Return the option that belongs to a key."""
        return options[self.number(key) % len(options)]

    def chance(self, share: float, key: str) -> bool:
        """Return true for about this share of the keys."""
        return self.number(key) % 10_000 < share * 10_000

    def misspell(self, text: str, key: str) -> str:
        """Return the text with up to two plain words misspelt."""
        spans = [found.span() for found in _WORD.finditer(text)]
        for turn in range(min(2, len(spans))):
            start, end = self.pick(spans, f"{key}/word{turn}")
            at = start + 1 + self.number(f"{key}/at{turn}") % (end - start - 3)
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return text


def spoken(value: Scalar, slot: Slot | None, voice: Voice, key: str) -> str:
    """Return a value as a customer writes it."""
    kind = slot.type if slot else "text"
    if isinstance(value, bool):
        return voice.pick(_YES if value else _NO, key)
    if kind == "money" and isinstance(value, int | float):
        return voice.pick((f"${value:,.2f}", f"{value:g} dollars", f"${value:g}"), key)
    if kind == "date":
        return _day(str(value), voice, key)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _day(value: str, voice: Voice, key: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    month = _MONTHS[day.month - 1]
    return voice.pick((value, f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}"), key)


def label_of(slot: Slot | None, name: str) -> str:
    """Return what a customer calls a fact."""
    return (slot.label if slot and slot.label else name.replace("_", " ")).lower()


def answer(value: Scalar, slot: Slot, voice: Voice, typos: bool) -> str:
    """Return an answer to the question for this slot."""
    key = f"answer/{slot.id}/{value}"
    said = spoken(value, slot, voice, key + "/value")
    if isinstance(value, bool) or slot.type == "text":
        return said
    frames = _PLAIN if slot.type in ("choice", "number") else (*_PLAIN, *_NAMED)
    frame: str = voice.pick(frames, key)
    if typos:
        frame = voice.misspell(frame, key)
    return frame.format(label=label_of(slot, slot.id), value=said)


def volunteer(name: str, value: Scalar, slot: Slot | None, voice: Voice) -> str:
    """Return a sentence that gives a fact nobody asked for."""
    said = spoken(value, slot, voice, f"volunteer/{name}/value")
    return voice.pick(_ADDED, f"volunteer/{name}").format(label=label_of(slot, name), value=said)


def correction(name: str, value: Scalar, slot: Slot | None, voice: Voice) -> str:
    """Return a sentence that corrects a fact."""
    said = spoken(value, slot, voice, f"correct/{name}/value")
    return voice.pick(CORRECTIONS, f"correct/{name}").format(label=label_of(slot, name), value=said)


def _brief(name: str, value: Scalar, slot: Slot | None, voice: Voice) -> str:
    """Return a value in the fewest words: what is taken back is put plainly."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return spoken(value, slot, voice, f"back/{name}/value")


def taken_back(name: str, value: Scalar, slot: Slot | None, voice: Voice) -> str:
    """Return a sentence that takes an earlier answer back, naming what it is about."""
    frames = TAKEN_BACK_YES_NO if isinstance(value, bool) else TAKEN_BACK
    frame: str = voice.pick(frames, f"back/{name}")
    said = frame.format(label=label_of(slot, name), value=_brief(name, value, slot, voice))
    return said[:1].upper() + said[1:]


def in_one_breath(first: str, value: Scalar, slot: Slot, voice: Voice) -> str:
    """Return an answer that is taken back as soon as it is given."""
    frame: str = voice.pick(IN_ONE_BREATH, f"breath/{slot.id}")
    first = first if first.endswith((".", "!", "?")) else f"{first}."
    return frame.format(first=first, value=_brief(slot.id, value, slot, voice))


def other_wish(wish: str, voice: Voice) -> str:
    """Return a turn that takes the wish back for another one."""
    return voice.pick(OTHER_WISH, "wish/back").format(wish=wish)
