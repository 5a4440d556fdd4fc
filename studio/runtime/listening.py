"""What one customer turn tells: facts asked for, facts volunteered, corrections, wishes.

- The fact that was asked is read first if its type is distinctive, else after the distinctive ones.
- A known fact changes only when the customer says so ("sorry, I meant …") or names it.
- What is said after "actually …" or "on second thought …" counts more than what was said before it; a
  choice that reads like such words ("changed my mind") is none of them.
- Two slots that look the same are told apart by their label; without it, only the asked one is read.
- Slang and slips are read past (`spelling`); a text that was asked for is kept as it was written.
- What is said about somebody else, or to talk the agent out of its rules, holds no fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from studio.domain.condition import Facts, Scalar
from studio.domain.workflow import Slot
from studio.runtime.days import read_day
from studio.runtime.signals import signals
from studio.runtime.values import ORDER, Found, Reader, reader

LONGEST = 2000
"""Characters of one turn that are read; more is cut (a customer's turn is not a document)."""

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
_THAT = re.compile(r"\b(?:make|change) (?:that|it)\b", re.I)
_NO_WAIT = re.compile(r"\bno,? (?=wait|forget)", re.I)
_NO_CUTS: tuple[int, ...] = ()
_MOST_CUTS = 8
"""Of words that take something back, so many at most are heeded, the last ones."""
_NEAR = 30
"""So many characters after "actually" a yes or no is looked for: later ones belong to something else."""
_NO_TEXT_EITHER = frozenset({"refuses", "unknown"})
_PLEADS = frozenset({"pleads", "demands", "manipulates"})
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
    written: str = ""
    today: date | None = None


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


def _mask(text: str, start: int, end: int) -> str:
    return text[:start] + "\x00" * (end - start) + text[end:]


def drops(text: str) -> bool:
    """Return whether the customer does not want anything any more ("on second thought, cancel that")."""
    return bool(_DROPS.fullmatch(text))


def new_wish(text: str) -> str:
    """Return a turn without the words that take something back: what is left may name another wish."""
    return _TAKES_BACK.sub(" ", text)


def listen(
    text: str,
    ears: tuple[Ear, ...],
    asked: str | None,
    known: Facts,
    last: str | None = None,
    today: date | None = None,
) -> Heard:
    """Return what a turn tells, given the fact that was asked for and the facts that are known.

    `last` is the fact told last, which "make that …" means where it cannot be what was asked; `today` is
    the day from which "last Tuesday" counts.
    """
    said = signals(text)
    heard = Heard(refuses=bool(said.names & _NO_TEXT_EITHER), pleads=bool(said.names & _PLEADS))
    heard.written, heard.today = text if said.rest == said.plain else said.rest, today
    text = said.rest
    corrects, cuts = False, _NO_CUTS
    if said.back:
        plain = _without_choices(text, ears)
        corrects = bool(_CORRECTION.search(plain))
        cuts = tuple(found.start() for found in _TAKES_BACK.finditer(plain))[::-1][:_MOST_CUTS]
        heard.takes_back = bool(cuts)
        text = _NO_WAIT.sub(lambda found: "\x00" * len(found[0]), text)
    for one in _in_turn(text, ears, asked, known, corrects):
        if not text:
            break
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


def _read(
    one: Ear, text: str, offset: int, asked: bool, cuts: tuple[int, ...], today: date | None = None
) -> Found | None:
    """Read a value, first behind the words that take something back, the last ones first."""
    kind = one.slot.type
    if kind == "date" and today is not None:
        for start in (*(cut for cut in cuts if cut > offset), offset):
            if found := _read_day(one, text[start:], asked, today):
                return Found(found.value, start + found.start, start + found.end)
        return None
    if kind != "text" and not (kind == "code" and not one.slot.pattern):
        for cut in (cut for cut in cuts if cut > offset):
            end = cut + _NEAR if kind == "yes or no" else len(text)
            if found := one.read(text[cut:end], asked):
                return Found(found.value, cut + found.start, cut + found.end)
    found = one.read(text[offset:], asked)
    return Found(found.value, offset + found.start, offset + found.end) if found else None


def _read_day(one: Ear, text: str, asked: bool, today: date) -> Found | None:
    """Read a whole date, or a day told from today; unasked, only what no other fact could mean."""
    if found := one.read(text, asked):
        return found
    told = read_day(text, today)
    if told is None:
        return None
    day, start, end = told
    return Found(day.isoformat(), start, end)


def _hear_one(
    one: Ear, text: str, asked: str | None, known: Facts, back: tuple[bool, tuple[int, ...]], heard: Heard
) -> str:
    corrects, cuts = back
    is_asked = one.slot.id == asked
    if is_asked and one.slot.type == "text":
        _hear_text(one, text, heard)
        return text
    if is_asked and one.slot.type == "yes or no" and heard.pleads:
        return text
    named = one.label.search(text)
    if not is_asked and not named and not (one.distinctive and one.alone):
        return text
    if not is_asked and one.slot.id in known and not (corrects or named):
        return text
    offset = named.end() if named and not is_asked else 0
    generous = is_asked or bool(named and one.slot.type != "text")
    found = _read(one, text, offset, generous, cuts, heard.today)
    if found is None and offset and one.distinctive and one.alone:
        found = _read(one, text, 0, generous, cuts, heard.today)
    if found is None:
        return text
    if one.slot.id not in known or is_asked:
        heard.facts[one.slot.id] = found.value
    elif known[one.slot.id] != found.value:
        heard.corrected[one.slot.id] = found.value
    return _mask(text, found.start, found.end)


def _hear_text(one: Ear, text: str, heard: Heard) -> None:
    """Take what was written as the answer, unless the turn is something else, or facts are all there is."""
    if heard.refuses or heard.pleads or heard.corrected:
        return
    if found := one.read(heard.written, True):
        heard.facts[one.slot.id] = found.value


def ears_for(slots: Iterable[Slot]) -> tuple[Ear, ...]:
    """Return the ears for some slots, one for each id, the least easily confused first."""
    found = sorted({slot.id: slot for slot in slots}.values(), key=lambda slot: ORDER.index(slot.type))
    looks = [_looks(slot) for slot in found]
    return tuple(_ear(slot, looks.count(_looks(slot)) == 1) for slot in found)
