"""One fact, one value: what a draft says of a fact in one place, it says in every place that depends on it.

- The facts are those of the live version: every value, day and list that its rules and cited sentences
  state, and the names they hold. Each has its places there, found as for a complete change.
- In the draft, a fact's places have either all kept it or all have the same new one. Anything between is
  a disagreement, told with the places on both sides and the change that would mend it.
- A name is held only against what stands on the same sentence: sending one case to another desk is no
  new name for the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from studio.cobuilder.changes.impact import Completion, another, complete_change, plain_shift
from studio.cobuilder.changes.left import left_behind
from studio.cobuilder.changes.names import names_of
from studio.cobuilder.changes.places import read
from studio.cobuilder.changes.shifts import DateShift, ListShift, Shift, ValueShift, shifts_between
from studio.cobuilder.changes.stated import Stated, Way, stated, with_places
from studio.cobuilder.words.values import IN_DAYS, values_in
from studio.domain.agent import Agent
from studio.domain.changeset import identity, lookup
from studio.domain.errors import WrongUse
from studio.domain.frozen import Json, canonical, digest, to_json
from studio.domain.places import place_name
from studio.domain.proposal import ProposedChange


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A fact that has become another in some places only; paths and names of both sides."""

    old: str
    new: str
    where: str
    changed: tuple[str, ...]
    left: tuple[str, ...]
    left_paths: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Return what disagrees, in one sentence."""
        shown = "; ".join(self.left[:4]) + (f" and {len(self.left) - 4} more" if len(self.left) > 4 else "")
        now = f"“{self.new}”" if self.new else "something else"
        return f"“{self.old}” became {now} in {self.changed[0]}, but not in {shown}"


def disagreements(live: Agent, draft: Agent) -> tuple[Disagreement, ...]:
    """Return the facts of the live version that the draft states in two ways."""
    key = digest(live)
    if key == digest(draft):
        return ()
    before, after = read(live)[0], read(draft)[0]
    gone = _gone(before, after)
    told = [each for each in stated(live, key) if gone.concerns(each[0])]
    found = []
    named = _named(live, draft)
    for fact in (
        f for words, where, name in told for f in with_places(live, key, words, where, is_name=name)
    ):
        shift = plain_shift(fact.words, another(fact.words))
        moved = [path for path, ways in fact.places if _has_moved(before, after, path, ways, shift)]
        rules = [path for path in moved if not path.startswith("scenarios/")]
        if not rules:
            continue
        new = _new_words(before, after, fact, rules)
        left = _left(live, key, before, after, fact, moved, new)
        if left:
            found.append(Disagreement(fact.words, new, fact.where, named(rules), named(left), tuple(left)))
    found += [
        Disagreement(each.old, each.new, "", named(each.changed), named(each.left), each.left)
        for each in left_behind(before, after, names_of(live))
    ]
    return _distinct(found)


def _named(live: Agent, draft: Agent) -> Callable[[Iterable[str]], tuple[str, ...]]:
    """Return what tells the names of places."""
    (before, old), (after, new) = read(live), read(draft)
    labels = {leaf.path: leaf.label for leaf in (*old, *new)}
    return lambda paths: tuple(labels.get(path) or place_name((after, before), path) for path in paths)


def _distinct(found: list[Disagreement]) -> tuple[Disagreement, ...]:
    """Return the disagreements, those about the same places once."""
    kept: dict[tuple[str, ...], Disagreement] = {}
    for each in found:
        kept.setdefault((each.old.casefold(), *each.left_paths), each)
    return tuple(kept.values())


def mend(live: Agent, draft: Agent, found: Disagreement) -> Completion | None:
    """Return the rest of the change that a disagreement lacks, or None where the draft does not tell it.

    Places that are as they were live become what the whole change makes of them, tests with them; places
    that were edited since are changed where they stand.
    """
    whole = _completed(live, digest(live), found.old, found.new, found.where) if found.new else None
    if whole is None:
        return None
    tree = to_json(draft)
    rest = [c for c in whole.changes if c.change.path in found.left_paths and _fits(tree, c)]
    edited = set(found.left_paths) - {c.change.path for c in rest}
    if edited:
        rest += [c for c in _where_they_stand(draft, found, edited) if c.change.path in edited]
    ids = {c.id: f"C-{number:02}" for number, c in enumerate(rest, 1)}
    renamed = tuple(
        c.model_copy(update={"id": ids[c.id], "depends_on": tuple(ids[d] for d in c.depends_on if d in ids)})
        for c in rest
    )
    return Completion(renamed, unaffected=whole.unaffected) if renamed else None


def _fits(tree: Json, proposed: ProposedChange) -> bool:
    """Return whether a change made for the live version fits the draft."""
    now = lookup(tree, proposed.change.path)
    return canonical(now if now is not None else {}) == canonical(proposed.change.before or {})


def _where_they_stand(draft: Agent, found: Disagreement, edited: set[str]) -> list[ProposedChange]:
    for where in (*sorted(edited), ""):
        try:
            made = complete_change(draft, (), found.old, found.new, where)
        except WrongUse:
            continue
        return [c.model_copy(update={"id": f"{c.id} edited", "depends_on": ()}) for c in made.changes]
    return []


@dataclass(slots=True)
class _Gone:
    """What the draft no longer says: texts, and numbers."""

    texts: list[str] = field(default_factory=list)
    numbers: set[float] = field(default_factory=set)

    def concerns(self, words: str) -> bool:
        """Return whether a fact may have moved: one of its texts did, or a number that it can be."""
        shift = plain_shift(words, another(words))
        if any(shift.moved(text) != text for text in self.texts):
            return True
        amounts = {
            v.amount * IN_DAYS[a] / IN_DAYS[b] for v in values_in(words) for a in IN_DAYS for b in IN_DAYS
        }
        return any(abs(amount - number) < 1e-6 for amount in amounts for number in self.numbers)


def _gone(before: Json, after: Json) -> _Gone:
    found = _Gone()
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() - {"citations"}:
            _add(found, _gone(before[name], after.get(name)))
    elif isinstance(before, list) and isinstance(after, list):
        known = {identity(item): item for item in after}
        same = len(before) == len(after)
        for at, item in enumerate(before):
            other = known.get(identity(item)) if identity(item) else after[at] if same else None
            _add(found, _gone(item, other))
    elif before != after:
        _take(found, before)
    return found


def _take(found: _Gone, value: Json) -> None:
    if isinstance(value, str):
        found.texts.append(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found.numbers.add(float(value))
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            _take(found, each)


def _add(found: _Gone, other: _Gone) -> None:
    found.texts += other.texts
    found.numbers |= other.numbers


def _leaf(item: Json, way: Way) -> Json:
    for part in way:
        if isinstance(item, dict):
            item = item.get(part)
        elif isinstance(item, list) and isinstance(part, int) and part < len(item):
            item = item[part]
        else:
            return None
    return item


def _has_moved(before: Json, after: Json, path: str, ways: tuple[Way, ...], shift: Shift) -> bool:
    """Return whether a place no longer holds the old fact; one that is gone does not hold it."""
    item, now = lookup(before, path), lookup(after, path)
    return now is None or any(_is_other(_leaf(item, way), _leaf(now, way), shift) for way in ways)


def _is_other(old: Json, new: Json, shift: Shift) -> bool:
    if old == new:
        return False
    if isinstance(new, str) and isinstance(old, str):
        return shift.moved(new) == new or shift.moved(old) == old
    return True


def _new_words(before: Json, after: Json, fact: Stated, moved: list[str]) -> str:
    """Return what the fact became, in the words of the first changed place that tells it."""
    for path, ways in fact.places:
        for way in ways if path in moved else ():
            old, new = _leaf(lookup(before, path), way), _leaf(lookup(after, path), way)
            if isinstance(old, str) and isinstance(new, str) and (words := _became(fact.words, old, new)):
                return words
    return ""


def _became(words: str, old: str, new: str) -> str:
    shift = plain_shift(words, another(words))
    for each in shifts_between(old, new):
        if shift.moved(each.was) != each.was or each.was.casefold() == words.casefold():
            return _told(each)
    return ""


def _told(shift: Shift) -> str:
    if isinstance(shift, ValueShift):
        return shift.change.new.shown
    if isinstance(shift, ListShift):
        return f"{', '.join(shift.new[:-1])} or {shift.new[-1]}"
    return shift.new.words if isinstance(shift, DateShift) else shift.new


def _left(
    live: Agent, key: str, before: Json, after: Json, fact: Stated, moved: list[str], new: str
) -> list[str]:
    """Return the places that still hold the old fact, or hold a third one."""
    wanted = _wanted(live, key, fact, new)
    left = []
    for path, ways in fact.places:
        is_test = path.startswith("scenarios/")  # a test may try any number
        if path not in moved or not (is_test or _agrees(lookup(after, path), wanted.get(path), ways)):
            left.append(path)
    for path in wanted:  # tests that the new value concerns, though the probe did not
        if path not in dict(fact.places) and canonical(lookup(before, path)) == canonical(
            lookup(after, path) or {}
        ):
            left.append(path)
    return left


_COMPLETED: dict[tuple[str, str, str, str], Completion | None] = {}
"""Complete changes by the agent's digest, old, new and where; the last answers are kept."""


def _completed(agent: Agent, key: str, old: str, new: str, where: str) -> Completion | None:
    name = (key, old, new, where)
    if name not in _COMPLETED:
        made: Completion | None = None
        with suppress(WrongUse):
            made = complete_change(agent, (), old, new, where)
        while len(_COMPLETED) > 64:
            _COMPLETED.pop(next(iter(_COMPLETED)), None)
        _COMPLETED[name] = made
        return made
    return _COMPLETED[name]


def _wanted(live: Agent, key: str, fact: Stated, new: str) -> dict[str, Json]:
    """Return what each place would be after the complete change."""
    made = _completed(live, key, fact.words, new, fact.where) if new else None
    known = {path for path, _ in fact.places}
    changes = made.changes if made else ()
    return {
        c.change.path: c.change.after
        for c in changes
        if c.change.before is not None or c.change.path in known
    }


def _agrees(now: Json, wanted: Json, ways: tuple[Way, ...]) -> bool:
    """Return whether the numbers of a place are those that the complete change gives it."""
    if now is None or wanted is None:
        return True
    pairs = ((_leaf(now, way), _leaf(wanted, way)) for way in ways)
    return all(
        one == other or isinstance(one, str | list | dict) or isinstance(other, str | list | dict)
        for one, other in pairs
        if one is not None and other is not None
    )
