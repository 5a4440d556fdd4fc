"""Reading a request: every kind whose words fit, with the items it names, best first.

- A reading is as good as the share of the request that its pattern accounts for, and as its items are
  certain.
- An item that fits several names, or none, makes the reading incomplete: it leads only where no other does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from studio.cobuilder.requests.items import Index, Item, Match
from studio.cobuilder.requests.kinds import SLOT_KINDS, Kind, compiled
from studio.cobuilder.requests.wording import bare

SURE_ENOUGH = 0.7
"""The least score of an item that is to be taken away or shown; below it, whoever asked is asked back."""
_HOLDERS = {"row": ("table",), "branch": ("deciding",), "step": ("flow",), "fact": ("flow",)}
_ORDER = (
    *("flow", "table", "test", "tool", "rule", "source", "deciding", "trying", "calling", "paying", "step"),
    *("place", "demand", "fact", "row", "branch", "item"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a request; `unclear` names the slot whose words fit several items, or none."""

    kind: Kind
    score: float
    found: dict[str, Item]
    words: dict[str, str]
    unclear: str = ""
    match: Match | None = None
    pattern: str = ""

    @property
    def complete(self) -> bool:
        """Return whether every item it names is known."""
        return not self.unclear


def _one_name(items: tuple[Item, ...]) -> bool:
    """Return whether items bear one name, so that a question about any of them is about the first."""
    return len({item.name.casefold() for item in items}) == 1


def _base(slot: str) -> str:
    return slot.rstrip("0123456789")


def _holder(slot: str, found: dict[str, Item]) -> str:
    for name in _HOLDERS.get(_base(slot), ()):
        if name in found:
            at = found[name]
            return f"{at.holder}/{at.id}" if at.kind == "step" else at.id
    if slot == "step2":
        return next((found[name].holder for name in ("step", "deciding") if name in found), "")
    return ""


def _ordered(words: dict[str, str]) -> list[str]:
    named = [slot for slot in words if _base(slot) in SLOT_KINDS]
    return sorted(named, key=lambda slot: (_ORDER.index(_base(slot)), slot))


def _read(kind: Kind, words: dict[str, str], literal: float, index: Index) -> Reading:
    found: dict[str, Item] = {}
    total, unclear, match = [], "", None
    for slot in _ordered(words):
        kinds = SLOT_KINDS[_base(slot)]
        here = index.find(words[slot], kinds, _holder(slot, found))
        if not here.items and slot == "step2":
            here = index.find(words[slot], kinds)
        if not here.certain and not kind.changes and _one_name(here.items):
            here = replace(here, certain=True)
        sure = kind.id.endswith("-remove") or kind.id == "ask-show"
        if here.certain and sure and here.score < SURE_ENOUGH:
            here = replace(here, certain=False)
        if here.certain:
            found[slot] = here.items[0]
            total.append(here.score)
        elif not unclear or (not here.items and match is not None and match.items):
            unclear, match = slot, here
    score = 0.5 * literal + 0.5 * (sum(total) / len(total) if total else 0.9)
    if unclear:
        score = 0.5 * literal + (0.3 if match and match.items else 0.0)
    return Reading(kind, score, found, words, unclear, match)


def readings(text: str, kinds: Iterable[Kind], index: Index) -> list[Reading]:
    """Return every reading of a plain request, the likeliest first; complete ones before incomplete."""
    made: list[Reading] = []
    for kind in kinds:
        best: Reading | None = None
        for pattern in kind.patterns:
            fits = compiled(pattern).fullmatch(text)
            if fits is None:
                continue
            words = {slot: said.strip() for slot, said in fits.groupdict().items() if said and bare(said)}
            free = sum(len(said) for said in words.values())
            reading = replace(_read(kind, words, 1 - free / max(1, len(text)), index), pattern=pattern)
            if best is None or (reading.complete, reading.score) > (best.complete, best.score):
                best = reading
        if best is not None:
            made.append(best)
    return sorted(made, key=lambda r: (-_rank(r), not r.complete))


def other_splits(reading: Reading, text: str, index: Index) -> list[Reading]:
    """Return the readings of the same kind that divide the words otherwise, complete ones only."""
    found = []
    for pattern in reading.kind.patterns:
        fits = compiled(pattern, greedy=True).fullmatch(text)
        words = (
            {slot: said.strip() for slot, said in fits.groupdict().items() if said and bare(said)}
            if fits
            else {}
        )
        if words and words != reading.words:
            other = _read(reading.kind, words, reading.score, index)
            if other.complete:
                found.append(other)
    return found


def _rank(reading: Reading) -> float:
    if reading.complete:
        return reading.score
    several = reading.match is not None and reading.match.items
    return reading.score - (0.1 if several else 0.35)


def nearest(text: str, kinds: Sequence[Kind], most: int = 3) -> list[Kind]:
    """Return the kinds whose examples are closest to a request that nobody understood."""
    from rapidfuzz import fuzz, utils

    scored = [
        (
            max(
                fuzz.token_set_ratio(text, example, processor=utils.default_process)
                for example in kind.examples
            ),
            kind,
        )
        for kind in kinds
    ]
    scored.sort(key=lambda each: -each[0])
    return [kind for score, kind in scored[:most] if score >= 58]
