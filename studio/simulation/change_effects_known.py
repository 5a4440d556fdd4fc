"""What is still known of an earlier comparison: who met what, and what was found, as far as it is still so.

- Of each customer it is kept which parts of each version their conversation met. While a version is the same
  in all of these, the conversation is the same, word for word, and so is whatever was found by it.
- So a rejection, an acceptance or an edited value lets only those come again who met what it changed.
- What comes of it is what working all of it out anew gives, to the story; a test holds both together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from studio.domain.condition import Scalar
from studio.domain.frozen import to_json
from studio.domain.scenario import Scenario
from studio.simulation.change_effects_parts import Part, Parts, touched
from studio.simulation.change_effects_playing import Version
from studio.simulation.change_effects_telling import counts
from studio.simulation.change_effects_trial import (
    STORIES,
    Due,
    Found,
    Note,
    Pair,
    Place,
    Trial,
    Tried,
    alike,
    likeness,
    sums_up,
)

Roles = Mapping[str, int]
"""What the versions are compared as ("before", "whole", "alone C-01", "without C-01"), with their numbers."""
_SHOWN_ANYWHERE = ("place", "citations")


@dataclass(frozen=True)
class Run:
    """One comparison: what conversations meet of its versions and tell of it, and what each version is."""

    shown: tuple[Parts, ...]
    roles: Roles


@dataclass(frozen=True, slots=True)
class _Entry:
    card: Scenario
    tried: Tried
    run: Run


@dataclass
class Plan:
    """What one task's customers leave to be done: those who come again, and what is known of everybody."""

    places: Sequence[Place]
    known: list[dict[Pair, Found | None]] = field(default_factory=list)
    notes: list[dict[int, Note]] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)


def shown_of(version: Version) -> dict[Part, object]:
    """Return what conversations meet of a version, with what only their stories tell: names of steps."""
    found: dict[Part, object] = dict(version.parts)
    agent = version.program.agent
    for flow in agent.workflows:
        for step in flow.steps:
            found["step", flow.id, step.id] = _told(to_json(step))
    for table in agent.tables:
        found["table", table.id] = to_json(table)
    return found


def _told(tree: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in tree.items() if name not in _SHOWN_ANYWHERE}


class Known:
    """Remembers the customers of the comparisons of one proposal; `again` counts who had to come again.

    `sought` are those who were found for a change that nobody showed, by what they were sought among.
    """

    def __init__(self) -> None:
        """Know nobody yet."""
        self._entries: dict[tuple[str, int], _Entry] = {}
        self.sought: dict[tuple[str, ...], tuple[Scenario, ...]] = {}
        self.again = 0

    def plan(self, trial: Trial, run: Run, chunk: Sequence[Place]) -> Plan:
        """Return what is known of some customers, and who has to come again for what."""
        made = Plan(chunk)
        for place in chunk:
            known, notes = self._known(trial, run, place)
            made.known.append(known)
            made.notes.append(notes)
            if _lacks(trial, known):
                made.due.append(Due(place, {pair: alike(found) for pair, found in known.items()}))
        self.again += len(made.due)
        return made

    def merge(self, trial: Trial, run: Run, plan: Plan, got: Sequence[Tried]) -> list[Tried]:
        """Return all customers of a task, those who came again and those who are known, and remember them."""
        fresh = {each.place: each for each in got}
        parts = zip(plan.places, plan.known, plan.notes, strict=True)
        tried = [_merged(trial, place, known, notes, fresh.get(place)) for place, known, notes in parts]
        tried = self._with_stories(trial, tried)
        for each in tried:
            if not each.broken:
                card = trial.cards[each.place[0]]
                self._entries[card.id, each.place[1]] = _Entry(card, each, run)
        return tried

    def forget_others(self, run: Run) -> None:
        """Forget the customers of earlier comparisons who are no part of this one."""
        self._entries = {name: each for name, each in self._entries.items() if each.run is run}

    def _known(
        self, trial: Trial, run: Run, place: Place
    ) -> tuple[dict[Pair, Found | None], dict[int, Note]]:
        """Return what is known of one customer: by pair what was found (None: the same), by version."""
        card = trial.cards[place[0]]
        entry = self._entries.get((card.id, place[1]))
        if entry is None or entry.card != card:
            return {}, {}
        olds = {number: self._same(entry, run, number) for number in set(run.roles.values())}
        notes = {n: _fullest([entry.tried.notes[old] for old in found]) for n, found in olds.items() if found}
        known: dict[Pair, Found | None] = {}
        for pair in trial.pairs:
            note = notes.get(pair[0])
            if note is None:
                continue
            if not trial.touched(pair) & note.met:
                known[pair] = None
                continue
            met = [(a, b) for a in olds[pair[0]] for b in olds[pair[1]] if (a, b) in entry.tried.met]
            if met:
                known[pair] = entry.tried.found.get(met[0], _NOTHING)
        return known, notes

    def _same(self, entry: _Entry, run: Run, number: int) -> list[int]:
        """Return the earlier versions with whom this customer's conversation was the one with a version."""
        roles = [role for role, its in run.roles.items() if its == number]
        found = dict.fromkeys(entry.run.roles[role] for role in roles if role in entry.run.roles)
        return [
            old
            for old in found
            if (note := entry.tried.notes.get(old)) is not None
            and not _reworked(entry.run, old, run, number) & note.met
        ]

    def _with_stories(self, trial: Trial, tried: list[Tried]) -> list[Tried]:
        """Return the customers of one task with the stories that are kept of them, and no others."""
        wanted = _wanted(trial, tried)
        lacking: list[Due] = []
        for each in tried:
            without = [p for p in wanted[each.place] if each.found[p].story is None]
            if without:
                known = {pair: alike(each.found.get(pair)) for pair in trial.pairs if pair not in without}
                lacking.append(Due(each.place, known))
        self.again += len(lacking)
        told = {each.place: each.found for each in (trial(lacking) if lacking else ())}
        return [
            replace(each, found=_storied(each, wanted[each.place], told.get(each.place, {})))
            for each in tried
        ]


_NOTHING = Found(())


def _fullest(notes: Sequence[Note]) -> Note:
    """Return of several notes of one conversation one with its facts."""
    return next((each for each in notes if each.facts is not None), notes[0])


def _storied(tried: Tried, wanted: set[Pair], told: Mapping[Pair, Found]) -> dict[Pair, Found]:
    found: dict[Pair, Found] = {}
    for pair, each in tried.found.items():
        if pair in wanted:
            found[pair] = told.get(pair, each) if each.story is None else each
        else:
            found[pair] = replace(each, story=None) if each.story is not None else each
    return found


def _wanted(trial: Trial, tried: Sequence[Tried]) -> dict[Place, set[Pair]]:
    """Return of whom which stories are kept: of the first of a task, by the way in which they differ."""
    kept: Counter[tuple[Pair, str]] = Counter()
    wanted: dict[Place, set[Pair]] = {each.place: set() for each in tried}
    for each in tried:
        for pair, found in each.found.items():
            grave = counts(found.differences) if pair in trial.telling else ()
            if grave:
                kept[pair, likeness(grave)] += 1
                if kept[pair, likeness(grave)] <= STORIES:
                    wanted[each.place].add(pair)
    return wanted


def _lacks(trial: Trial, known: Mapping[Pair, Found | None]) -> bool:
    """Return whether a pair is not known that has to be."""
    first = [pair for pair in trial.pairs if pair[0] == 0]
    if any(pair not in known for pair in first):
        return True
    if sums_up(trial, {pair: alike(known[pair]) for pair in first}):
        return False
    return any(pair not in known for pair in trial.pairs)


def _merged(
    trial: Trial,
    place: Place,
    known: Mapping[Pair, Found | None],
    notes: Mapping[int, Note],
    got: Tried | None,
) -> Tried:
    """Return one customer of whom a part is known, and a part was tried again."""
    if got is not None and not known:
        return got
    again = got.notes if got is not None else {}
    both: dict[int, Note] = {**notes, **again}
    for number in notes.keys() & again.keys():
        facts = again[number].facts if again[number].facts is not None else notes[number].facts
        both[number] = Note(again[number].met, facts)
    found, met = dict[Pair, Found](), list[Pair]()
    adds_up = sums_up(trial, {p: alike(_of(p, known, got)) for p in trial.pairs if p[0] == 0})
    for pair in trial.pairs:
        if pair[0] != 0 and adds_up:
            continue
        each = _of(pair, known, got)
        if each is not None:
            met.append(pair)
            if each.differences:
                found[pair] = each
    broken = got is not None and got.broken
    facts = _facts(trial, place, met, both)
    return Tried(place, facts, frozenset(met), found, adds_up, both, broken)


def _of(pair: Pair, known: Mapping[Pair, Found | None], got: Tried | None) -> Found | None:
    """Return what is found of a pair; None where both have the same conversation."""
    if pair in known or got is None:
        return known.get(pair)
    return got.found.get(pair, _NOTHING) if pair in got.met else None


def _facts(trial: Trial, place: Place, met: Sequence[Pair], notes: Mapping[int, Note]) -> dict[str, Scalar]:
    """Return what is known of a customer from all conversations that were looked at, the first foremost."""
    told: dict[str, Scalar] = {}
    for number in reversed(list(dict.fromkeys(number for pair in met for number in pair))):
        told.update(notes[number].facts or {})
    told.update({fact.id: fact.value for fact in trial.cards[place[0]].facts})
    return told


_TOUCHED: dict[tuple[int, int, int, int], tuple[Run, Run, frozenset[Part]]] = {}


def _reworked(old: Run, one: int, new: Run, other: int) -> frozenset[Part]:
    """Return the parts in which a version of an earlier comparison differs from one of this."""
    key = id(old), one, id(new), other
    found = _TOUCHED.get(key)
    if found is None or found[0] is not old or found[1] is not new:
        if len(_TOUCHED) > 512:
            _TOUCHED.clear()
        found = _TOUCHED[key] = old, new, touched(old.shown[one], new.shown[other])
    return found[2]
