"""What one customer turn tells: facts asked for, facts volunteered, corrections, wishes.

- The fact that was asked is read first if its type is distinctive, else after the distinctive ones.
- A known fact changes only when the customer says so ("sorry, I meant …") or names it.
- Two slots that look the same are told apart by their label; without it, only the asked one is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from studio.domain.condition import Facts, Scalar
from studio.domain.workflow import Slot
from studio.runtime.values import ORDER, Reader, reader

LONGEST = 2000
"""Characters of one turn that are read; more is cut (a customer's turn is not a document)."""

_PERSON = re.compile(
    r"\b(?:speak|talk|chat|connect|transfer|pass|put|get|want|need|give|switch)\b.{0,40}?"
    r"\b(?:a|an|the|some|your|real|live|actual)\s+(?:real |live |actual )?"
    r"(?:person|human|humans|someone|somebody|representative|rep|operator|colleague|advisor|adviser"
    r"|supervisor|manager|agent)\b"
    r"|\b(?:speak|talk|chat) (?:to|with) (?:someone|somebody|staff)\b"
    r"|\b(?:real|live|actual) (?:person|human|agent)\b|\bhuman(?: being)?,? please\b",
    re.I,
)
_NOT_PERSON = re.compile(
    r"\b(?:don'?t|do not|no need to|without)\b.{0,20}\b(?:speak|talk|person|human)", re.I
)
_REFUSAL = re.compile(
    r"\b(?:rather not|won'?t (?:say|tell|give|share)|not (?:going to|telling|giving|sharing|comfortable)"
    r"|refuse to|prefer not|none of your business|don'?t want to (?:say|tell|give|share))",
    re.I,
)
_UNKNOWN = re.compile(
    r"\b(?:don'?t know|do not know|no idea|not sure|can'?t (?:find|remember)|don'?t have (?:it|that|one))\b",
    re.I,
)
_CORRECTION = re.compile(
    r"\b(?:actually|sorry|i meant?|correction|wrong|mistake|should be|should have been|instead|typo)\b", re.I
)
_PLEA = re.compile(r"\b(?:exception|just this once|bend the rules|make it work|can'?t you)\b", re.I)
_DISTINCTIVE = frozenset({"email", "date", "phone", "choice"})


@dataclass(frozen=True, slots=True, eq=False)
class Ear:
    """One slot and the reader that listens for it; `alone` if no other slot looks the same."""

    slot: Slot
    read: Reader
    distinctive: bool
    alone: bool
    label: re.Pattern[str]


@dataclass(slots=True)
class Heard:
    """What a turn told."""

    facts: dict[str, Scalar] = field(default_factory=dict)
    corrected: dict[str, Scalar] = field(default_factory=dict)
    refuses: bool = False
    pleads: bool = False


def _looks(slot: Slot) -> tuple[str, str | None, tuple[str, ...]]:
    return slot.type, slot.pattern, slot.choices


def _ear(slot: Slot, alone: bool) -> Ear:
    words = (slot.label or slot.id.replace("_", " ")).casefold().split()
    return Ear(
        slot,
        reader(slot),
        slot.type in _DISTINCTIVE or (slot.type == "code" and bool(slot.pattern)) or slot.type == "money",
        alone,
        re.compile(r"\b" + r"\W+".join(map(re.escape, words)) + r"\b", re.I),
    )


def wants_person(text: str) -> bool:
    """Return whether the customer asks for a human."""
    return bool(_PERSON.search(text)) and not _NOT_PERSON.search(text)


def _mask(text: str, start: int, end: int) -> str:
    return text[:start] + "\x00" * (end - start) + text[end:]


def listen(text: str, ears: tuple[Ear, ...], asked: str | None, known: Facts) -> Heard:
    """Return what a turn tells, given the fact that was asked for and the facts that are known."""
    heard = Heard(
        refuses=bool(_REFUSAL.search(text) or _UNKNOWN.search(text)), pleads=bool(_PLEA.search(text))
    )
    corrects = bool(_CORRECTION.search(text))
    first = [e for e in ears if e.slot.id == asked and e.distinctive and e.slot.type != "money"]
    for one in (*first, *(e for e in ears if e not in first)) if first else ears:
        text = _hear_one(one, text, asked, known, corrects, heard)
    return heard


def _hear_one(one: Ear, text: str, asked: str | None, known: Facts, corrects: bool, heard: Heard) -> str:
    is_asked = one.slot.id == asked
    if is_asked and one.slot.type == "text" and (heard.refuses or heard.pleads or heard.corrected):
        return text
    named = one.label.search(text)
    if not is_asked and not named and not (one.distinctive and one.alone):
        return text
    if not is_asked and one.slot.id in known and not (corrects or named):
        return text
    offset = named.end() if named and not is_asked else 0
    found = one.read(text[offset:], is_asked or bool(named and one.slot.type != "text"))
    if found is None:
        return text
    if one.slot.id not in known or is_asked:
        heard.facts[one.slot.id] = found.value
    elif known[one.slot.id] != found.value:
        heard.corrected[one.slot.id] = found.value
    return _mask(text, offset + found.start, offset + found.end)


def ears_for(slots: Iterable[Slot]) -> tuple[Ear, ...]:
    """Return the ears for some slots, one for each id, the least easily confused first."""
    found = sorted({slot.id: slot for slot in slots}.values(), key=lambda slot: ORDER.index(slot.type))
    looks = [_looks(slot) for slot in found]
    return tuple(_ear(slot, looks.count(_looks(slot)) == 1) for slot in found)
