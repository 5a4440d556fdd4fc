"""Three-way merge: what two people made of one value, put together by field, by item, and by word.

- `base` is what stood there before both; `theirs` is what a proposal makes of it, `mine` what stands there.
- Where only one side changed something, that side counts. Items of a list are told apart by their ids, so
  that other rows of one table go together; a text is merged by its words, and a person has to read it.
- What only makes sense as a whole (a condition, a cell, an argument) is never mixed from both sides.
- Where both made something else of one place it is a clash. `take` says by path which side counts there;
  without a word, `mine` stays and the clash is told. None stands for a place that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from studio.domain.changeset import identities, identity, join_path, split_path
from studio.domain.frozen import Json, canonical

Side = Literal["theirs", "mine"]
ORDER = "order"
"""The last part of the path of a clash about the order of a list's items."""
_WHOLE = frozenset(
    ("cells", "arguments", "results", "expectations", "limits", "faults", "citations", "systems", "facts")
)
"""Lists whose items are taken as a whole."""
_ATOMS = frozenset(("when", "forbidden_when", "formal", "place", "mock", "parameters", "returns"))
"""Fields that are taken as a whole."""
_WORDS = re.compile(r"\s+|[^\s]+")
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Clash:
    """One place of which both sides made something else."""

    path: str
    base: Json
    theirs: Json
    mine: Json


@dataclass(frozen=True, slots=True)
class Merged:
    """What came out, the clashes nobody has decided, and the texts that hold words of both sides."""

    value: Json
    clashes: tuple[Clash, ...] = ()
    woven: tuple[str, ...] = ()


def same(one: Json, other: Json) -> bool:
    """Return whether two values are the same content."""
    return one is other or canonical(one) == canonical(other)


def merge(path: str, base: Json, theirs: Json, mine: Json, take: Mapping[str, Side] | None = None) -> Merged:
    """Return the merge of both sides of the value at a path."""
    work = _Merge(take or {})
    value = work.value(split_path(path) if path else (), base, theirs, mine)
    return Merged(value, tuple(work.clashes), tuple(work.woven))


@dataclass(slots=True)
class _Merge:
    """Goes down both sides at once, and notes what it cannot put together."""

    take: Mapping[str, Side]
    clashes: list[Clash] = field(default_factory=list)
    woven: list[str] = field(default_factory=list)

    def value(self, at: tuple[str, ...], base: Json, theirs: Json, mine: Json) -> Json:
        if same(theirs, mine) or same(base, theirs):
            return mine
        if same(base, mine):
            return theirs
        if _are_parts(at, base, theirs, mine):
            return self._fields(at, base or {}, theirs, mine)
        if isinstance(theirs, list) and isinstance(mine, list) and isinstance(base, list | None):
            return self._items(at, base or [], theirs, mine)
        if isinstance(base, str) and isinstance(theirs, str) and isinstance(mine, str):
            text = _words_of_both(base, theirs, mine)
            if text is not None:
                self.woven.append(join_path(*at))
                return text
        return self._clash(join_path(*at), base, theirs, mine)

    def _clash(self, path: str, base: Json, theirs: Json, mine: Json) -> Json:
        side = self.take.get(path)
        if side is None:
            self.clashes.append(Clash(path, base, theirs, mine))
        return theirs if side == "theirs" else mine

    def _fields(self, at: tuple[str, ...], base: Json, theirs: Json, mine: Json) -> Json:
        found = {}
        for key in dict.fromkeys((*mine, *theirs)):
            value = self.value((*at, key), base.get(key), theirs.get(key), mine.get(key))
            if value is not None:
                found[key] = value
        return found

    def _items(self, at: tuple[str, ...], base: list[Json], theirs: list[Json], mine: list[Json]) -> Json:
        names = [identities(items) for items in (base, theirs, mine)]
        if any(each is None for each in names):
            both = _in_sequence(base, theirs, mine)
            return both if both is not None else self._clash(join_path(*at), base, theirs, mine)
        sides = [{identity(item): item for item in items} for items in (base, theirs, mine)]
        merged: dict[str, Json] = {}
        for name in dict.fromkeys((*(names[2] or ()), *(names[1] or ()))):
            item = self.value((*at, name), *(side.get(name) for side in sides))
            if item is not None:
                merged[name] = item
        order = self._order(at, *(each or [] for each in names))
        return [merged[name] for name in order if name in merged]

    def _order(self, at: tuple[str, ...], base: list[str], theirs: list[str], mine: list[str]) -> list[str]:
        """Return all names in an order that keeps what either side moved."""
        common = set(base) & set(theirs) & set(mine)
        was, hers, own = ([name for name in side if name in common] for side in (base, theirs, mine))
        first, second = mine, theirs
        if hers not in (was, own):
            is_theirs = own == was or self._clash(join_path(*at, ORDER), was, hers, own) is hers
            if is_theirs:
                first, second = theirs, mine
        return _with_others(first, second)


def _are_parts(at: Sequence[str], base: Json, theirs: Json, mine: Json) -> bool:
    """Return whether both sides are made of fields that make sense one by one."""
    sides = (theirs, mine) if base is None else (base, theirs, mine)
    if not all(isinstance(side, dict) for side in sides):
        return False
    if any(segment in _ATOMS for segment in at) or (len(at) > 1 and at[-2] in _WHOLE):
        return False
    return len({side.get("kind") for side in sides}) == 1


def _with_others(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Return the first order, and what only the second has, each behind what it stands behind there."""
    found = list(first)
    for at, name in enumerate(second):
        if name in found:
            continue
        front = next((each for each in reversed(second[:at]) if each in found), None)
        found.insert(0 if front is None else found.index(front) + 1, name)
    return found


# Sequences: words of a text, and lists whose items have no ids


Edit = tuple[int, int, list[Json]]
"""From where to where a side replaced what was there, and by what."""


def _edits(base: Sequence[str], side: Sequence[str], items: Sequence[Json]) -> list[Edit]:
    steps = SequenceMatcher(None, base, side, autojunk=False).get_opcodes()
    return [(i1, i2, list(items[j1:j2])) for kind, i1, i2, j1, j2 in steps if kind != "equal"]


def _woven(base: Sequence[Json], one: Iterable[Edit], other: Iterable[Edit]) -> list[Json]:
    found, at = [], 0
    for start, end, items in sorted((*one, *other), key=lambda edit: (edit[0], edit[1])):
        found += [*base[at:start], *items]
        at = max(at, end)
    return [*found, *base[at:]]


def _in_sequence(base: list[Json], theirs: list[Json], mine: list[Json]) -> list[Json] | None:
    """Return a list without ids with the changes of both sides, or None where they meet.

    What both put in at one spot stands there side by side, what is mine first.
    """
    keys = [[canonical(item).decode() for item in side] for side in (base, theirs, mine)]
    hers, own = _edits(keys[0], keys[1], theirs), _edits(keys[0], keys[2], mine)
    for start, end, items in own:
        for s, e, put in hers:
            both_put_in = start == end == s == e
            if not both_put_in and start < max(e, s + 1) and s < max(end, start + 1):
                return None
            if both_put_in:
                known = [canonical(each) for each in items]
                put[:] = [each for each in put if canonical(each) not in known]
    return _woven(base, own, hers)


def _words_of_both(base: str, theirs: str, mine: str) -> str | None:
    """Return a text with the changed words of both sides, or None where they are not clearly apart.

    Apart means that a word which neither side touched stands between what the two changed.
    """
    was, hers, own = (_WORDS.findall(text) for text in (base, theirs, mine))
    if len(base.split()) < _FEWEST_WORDS:
        return None
    one, other = _edits(was, own, own), _edits(was, hers, hers)
    for start, end, _ in one:
        for s, e, _put in other:
            between = was[min(end, e) : max(start, s)]
            if not any(piece.strip() for piece in between):
                return None
    return "".join(_woven(was, one, other))
