"""What one customer turn tells: facts asked for, facts volunteered, corrections, wishes.

- The fact that was asked is read first if its type is distinctive, else after the distinctive ones.
- A known fact changes only when the customer says so ("sorry, I meant …") or names it.
- What is said after "actually …" or "on second thought …" counts more than what was said before it; a
  choice that reads like such words ("changed my mind") is none of them.
- Two slots that look the same are told apart by their label; without it, only the asked one is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from studio.domain.condition import Facts, Scalar
from studio.domain.workflow import Slot
from studio.runtime.values import ORDER, Found, Reader, reader

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
_BACK = (
    r"(?:actually|sorry|on second thoughts?|(?:no,? )?wait|hold on|scratch that|(?:have )?thought again"
    r"|i(?:'d| would) rather|(?:let me |can we )?change (?:that|it)(?: to)?|make (?:that|it)|after all"
    r"|i take (?:that|it|what i said|my words) back|i take back what i said"
    r"|(?:i(?:'ve| have)? )?changed? my mind|instead(?! of)|(?:no,? )?forget (?:that|it))"
)
_TAKES_BACK = re.compile(rf"\b{_BACK}\b", re.I)
_DROPS = re.compile(
    rf"\W*(?:(?:{_BACK}\W+)+(?:please\W+)?(?:cancel|drop|stop|leave) (?:that|it|this|everything)"
    rf"|(?:{_BACK}\W+)*(?:forget (?:that|it|about it)|never ?mind))(?:\W+(?:please|thanks|thank you))?\W*",
    re.I,
)
_CORRECTION = re.compile(
    rf"\b(?:{_BACK}|i meant?|correction|wrong|mistake|should be|should have been|typo)\b", re.I
)
_SIGNS = (
    *("actually", "sorry", "thought", "wait", "hold on", "scratch", "rather", "chang", "make", "after all"),
    *("back", "mind", "instead", "forget", "i mean", "correction", "wrong", "mistake", "should", "typo"),
)
"""Without one of these no turn corrects anything: most turns need no closer look."""
_THAT = re.compile(r"\b(?:make|change) (?:that|it)\b", re.I)
_NO_WAIT = re.compile(r"\bno,? (?=wait|forget)", re.I)
_NO_CUTS: tuple[int, ...] = ()
_NEAR = 30
"""So many characters after "actually" a yes or no is looked for: later ones belong to something else."""
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
    takes_back: bool = False


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


def drops(text: str) -> bool:
    """Return whether the customer does not want anything any more ("on second thought, cancel that")."""
    return bool(_DROPS.fullmatch(text))


def new_wish(text: str) -> str:
    """Return a turn without the words that take something back: what is left may name another wish."""
    return _TAKES_BACK.sub(" ", text)


def listen(
    text: str, ears: tuple[Ear, ...], asked: str | None, known: Facts, last: str | None = None
) -> Heard:
    """Return what a turn tells, given the fact that was asked for and the facts that are known.

    `last` is the fact told last, which "make that …" means where it cannot be what was asked.
    """
    heard = Heard(
        refuses=bool(_REFUSAL.search(text) or _UNKNOWN.search(text)), pleads=bool(_PLEA.search(text))
    )
    corrects, cuts = False, _NO_CUTS
    low = text.casefold()
    if any(sign in low for sign in _SIGNS):
        plain = _without_choices(text, ears)
        corrects = bool(_CORRECTION.search(plain))
        cuts = tuple(found.start() for found in _TAKES_BACK.finditer(plain))[::-1]
        heard.takes_back = bool(cuts)
        text = _NO_WAIT.sub(lambda found: "\x00" * len(found[0]), text)
    for one in _in_turn(text, ears, asked, known, corrects):
        text = _hear_one(one, text, asked, known, (corrects, cuts), heard)
    if cuts and last != asked and not heard.corrected and _THAT.search(text):
        _hear_that(text, ears, asked, last, known, cuts, heard)
    return heard


def _without_choices(text: str, ears: tuple[Ear, ...]) -> str:
    """Return a text with the choices blotted out, so that "wrong size" does not sound like a correction."""
    for choice in {choice for one in ears for choice in one.slot.choices}:
        text = re.sub(rf"\b{re.escape(choice)}\b", lambda found: "\x00" * len(found[0]), text, flags=re.I)
    return text


def _in_turn(text: str, ears: tuple[Ear, ...], asked: str | None, known: Facts, corrects: bool) -> list[Ear]:
    """Return the ears in order: a choice taken back by name, the asked fact if distinctive, the others."""
    first = [e for e in ears if e.slot.id == asked and e.distinctive and e.slot.type != "money"]
    if corrects:
        back = (e for e in ears if e.slot.id in known and e.slot.type in ("choice", "yes or no"))
        first = [*(e for e in back if e.slot.id != asked and e.label.search(text)), *first]
    return [*first, *(e for e in ears if e not in first)] if first else list(ears)


def _hear_that(
    text: str,
    ears: tuple[Ear, ...],
    asked: str | None,
    last: str | None,
    known: Facts,
    cuts: tuple[int, ...],
    heard: Heard,
) -> None:
    """Hear the fact told last in "make that a no", where the asked one is of another type."""
    by_id = {one.slot.id: one for one in ears}
    meant, wanted = by_id.get(last or ""), by_id.get(asked or "")
    if meant is None or last is None or last not in known or meant.slot.type not in ("yes or no", "number"):
        return
    if wanted is not None and (wanted.slot.type == meant.slot.type or asked in heard.facts):
        if wanted.slot.type != "text":
            return
        heard.facts.pop(wanted.slot.id, None)
    found = _read(meant, text, 0, True, cuts)
    if found is not None and found.value != known[last]:
        heard.corrected[last] = found.value


def _read(one: Ear, text: str, offset: int, asked: bool, cuts: tuple[int, ...]) -> Found | None:
    """Read a value, first behind the words that take something back, the last ones first."""
    kind = one.slot.type
    if kind != "text" and not (kind == "code" and not one.slot.pattern):
        for cut in (cut for cut in cuts if cut > offset):
            end = cut + _NEAR if kind == "yes or no" else len(text)
            if found := one.read(text[cut:end], asked):
                return Found(found.value, cut + found.start, cut + found.end)
    found = one.read(text[offset:], asked)
    return Found(found.value, offset + found.start, offset + found.end) if found else None


def _hear_one(
    one: Ear, text: str, asked: str | None, known: Facts, back: tuple[bool, tuple[int, ...]], heard: Heard
) -> str:
    corrects, cuts = back
    is_asked = one.slot.id == asked
    if is_asked and one.slot.type == "text" and (heard.refuses or heard.pleads or heard.corrected):
        return text
    named = one.label.search(text)
    if not is_asked and not named and not (one.distinctive and one.alone):
        return text
    if not is_asked and one.slot.id in known and not (corrects or named):
        return text
    offset = named.end() if named and not is_asked else 0
    found = _read(one, text, offset, is_asked or bool(named and one.slot.type != "text"), cuts)
    if found is None:
        return text
    if one.slot.id not in known or is_asked:
        heard.facts[one.slot.id] = found.value
    elif known[one.slot.id] != found.value:
        heard.corrected[one.slot.id] = found.value
    return _mask(text, found.start, found.end)


def ears_for(slots: Iterable[Slot]) -> tuple[Ear, ...]:
    """Return the ears for some slots, one for each id, the least easily confused first."""
    found = sorted({slot.id: slot for slot in slots}.values(), key=lambda slot: ORDER.index(slot.type))
    looks = [_looks(slot) for slot in found]
    return tuple(_ear(slot, looks.count(_looks(slot)) == 1) for slot in found)
