"""Every situation a workflow can come to: a place, what is known there, whether identity is verified.

- Conditions, rows, guards and limits are judged, so a way that no customer can take is not gone.
- What nothing looks at any more is forgotten, so that paths meet again and the search stays small.
- Wherever the customer speaks they may also tell what was not asked, and correct what they told before: then
  the workflow begins anew.
- A wish may be a further one of its talk, and begin with what earlier ones left behind. And where nobody is
  there to take over, the talk may go on elsewhere. Such ways count, but are not exact.
- Where too many situations meet at one place they are joined into one that admits them all: what holds then
  still holds, but a path through it may be none, and is marked as not exact.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.checks.boxes import Store, meet, without
from studio.checks.earlier import Earlier, further_starts, told_start
from studio.checks.facts import MISSING
from studio.checks.graph import NOBODY, OPEN_ENDS, Graph
from studio.checks.moves import FAILED, Call, Ground, answers
from studio.domain.pulse import beat
from studio.domain.workflow import Ask, Decide, Disclose, End, Handoff, Step, ToolCall, Verify

NOTHING_EARLIER = Earlier()
CORRECTS = "corrects a fact"
"""The way back to the start that a customer takes by correcting what they told before."""
AFTERWARDS = "says more after the end"
"""What a customer may do after the end; it leads on only where a fact is corrected or told."""
MOST_AT_A_PLACE = 32
"""Situations kept apart at one place; further ones are joined."""
USUAL_SITUATIONS = 12_000
"""Situations kept apart in one workflow: the more places, the fewer at each, so that proofs stay quick."""
MOST_SITUATIONS = 40_000
"""Situations of one workflow; beyond that it is too large to prove."""


class Situation(NamedTuple):
    """Where a conversation can stand: `said` are the bits of the disclosures that guards ask for."""

    place: int
    store: Store
    verified: bool
    said: int


class Way(NamedTuple):
    """One way on: its label, the situation it leads to, whether the customer speaks on it."""

    label: str
    to: int
    waits: bool
    exact: bool


class Out(NamedTuple):
    """One way out of a situation, before it is known where it leads."""

    label: str
    store: Store
    verified: bool
    said: int
    waits: bool = False
    exact: bool = True


class TooManySituations(Exception):
    """The workflow can come to too many situations to be searched."""


@dataclass(slots=True)
class Situations:
    """All situations of one workflow (0 is the start), with the ways between them, and what was met.

    `later` are those in which a further wish of the same talk begins.
    `branches` are the (place, label) that some situation takes; `rows` the (place, row) that answer some.
    """

    ground: Ground
    found: list[Situation] = field(default_factory=list)
    ways: list[list[Way]] = field(default_factory=list)
    joined: list[bool] = field(default_factory=list)
    branches: set[tuple[int, str]] = field(default_factory=set)
    rows: set[tuple[int, int]] = field(default_factory=set)
    numbers: dict[Situation, int] = field(default_factory=dict)
    at: dict[int, list[int]] = field(default_factory=dict)
    waiting: deque[int] = field(default_factory=deque)
    apart: int = field(init=False)
    later: list[int] = field(default_factory=list)
    trees: dict[bool, dict[int, tuple[int, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        share = USUAL_SITUATIONS // max(1, len(self.ground.graph.places))
        self.apart = max(4, min(MOST_AT_A_PLACE, share))

    @property
    def graph(self) -> Graph:
        """Return the unfolded workflow."""
        return self.ground.graph

    def step(self, number: int) -> Step:
        """Return the step of a situation."""
        return self.graph.steps[self.found[number].place]


def explore(ground: Ground, earlier: Earlier = NOTHING_EARLIER) -> Situations:
    """Return every situation that a workflow can come to; raises TooManySituations."""
    made = Situations(ground)
    if ground.graph.places:
        _number(made, Situation(0, ground.start, False, 0))
        for start in further_starts(ground, earlier):
            number = _arrive(made, start[0], Out("", *start[1:]))[0]
            made.later += [number] if number and number not in made.later else []
    targets = [_targets(ways) for ways in ground.graph.ways]
    # Once something was written a person takes over instead, so such a path may be none.
    real = not any(call.tool is not None and call.tool.effect == "write" for call in ground.calls.values())
    again = told_start(ground, earlier)
    while made.waiting:
        beat()
        number = made.waiting.popleft()
        situation = made.found[number]
        ways: dict[Way, None] = {}
        for out in (*outs(ground, situation, made.rows), *_unusual(made, situation, targets, again)):
            made.branches.add((situation.place, out.label))
            for to in targets[situation.place].get(out.label, ()):
                there, exact = _arrive(made, to, out)
                ways[Way(out.label, there, out.waits, exact and out.exact)] = None
            if out.waits:
                for store in (ground.start,) if again == ground.start else (ground.start, again):
                    anew = Out(CORRECTS, store, False, out.said, True)
                    there, exact = _arrive(made, 0, anew)
                    exact = exact and out.exact and real and store == ground.start
                    ways[Way(CORRECTS, there, True, exact)] = None
        made.ways[number] = list(ways)
    return made


def _unusual(
    made: Situations, situation: Situation, targets: list[dict[str, list[int]]], again: Store
) -> Iterator[Out]:
    """Yield the ways a customer may take besides: to a person who is not there, and back after the end."""
    ground, (place, store, verified, said) = made.ground, situation
    if NOBODY in targets[place]:
        told = list(_more_told(ground, store))
        for at in ground.asked.get(place, ()):
            told[at] = ground.start[at]  # some of it told, or forgotten again
        yield Out(NOBODY, tuple(told), verified, said, exact=False)
    step = ground.graph.steps[place]
    if isinstance(step, End) and not ground.graph.places[place].calls and step.outcome in OPEN_ENDS:
        yield Out(AFTERWARDS, again, False, said, waits=True, exact=False)


def _targets(ways: list[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for label, to in ways:
        found.setdefault(label, []).append(to)
    return found


def _arrive(made: Situations, place: int, out: Out) -> tuple[int, bool]:
    """Return the number of the situation a way leads to, what nothing looks at forgotten."""
    live, start = made.ground.live[place], made.ground.start
    store = list(start)
    for at in live:
        store[at] = out.store[at]
    situation = Situation(place, tuple(store), out.verified, out.said)
    known = made.numbers.get(situation)
    if known is not None:
        return known, True
    if len(made.at.get(place, ())) < made.apart:
        return _number(made, situation), True
    return _join(made, situation), False


def _number(made: Situations, situation: Situation, joined: bool = False) -> int:
    if len(made.found) >= MOST_SITUATIONS:
        raise TooManySituations
    number = made.numbers[situation] = len(made.found)
    made.found.append(situation)
    made.ways.append([])
    made.joined.append(joined)
    made.at.setdefault(situation.place, []).append(number)
    made.waiting.append(number)
    return number


def _join(made: Situations, situation: Situation) -> int:
    """Return a situation of the place that admits this one too."""
    like = [
        number
        for number in made.at[situation.place]
        if made.joined[number] and made.found[number][2:] == situation[2:]
    ]
    store = made.found[like[-1]].store if like else situation.store
    both = tuple(a | b for a, b in zip(store, situation.store, strict=True))
    if like and both == store:
        return like[-1]
    wide = situation._replace(store=both)
    known = made.numbers.get(wide)
    if known is not None:
        made.joined[known] = True
        return known
    return _number(made, wide, joined=True)


# The ways out of a situation


def outs(ground: Ground, situation: Situation, rows: set[tuple[int, int]] | None = None) -> Iterator[Out]:
    """Yield every way out of a situation."""
    place, store, verified, said = situation
    step = ground.graph.steps[place]
    if isinstance(step, Ask):
        yield from _ask(ground, situation)
    elif isinstance(step, Verify):
        yield from _verify(ground, situation, step)
    elif isinstance(step, ToolCall):
        yield from _call(ground, ground.calls[place], situation)
    elif isinstance(step, Decide):
        yield from _decide(ground, situation, step, rows if rows is not None else set())
    elif isinstance(step, Disclose):
        yield Out("", store, verified, said | ground.disclosures.get(step.rule, 0))
    elif isinstance(step, Handoff):
        yield Out(FAILED, store, verified, said)
    elif isinstance(step, End):
        yield from (Out(label, store, verified, said) for label, _ in ground.graph.ways[place])
    else:
        yield Out("", store, verified, said)
        if ground.graph.ways[place] and all(label for label, _ in ground.graph.ways[place]):
            yield Out(FAILED, store, verified, said)


def _known(ground: Ground, store: Store, slots: tuple[int, ...]) -> Store | None:
    return meet(store, tuple((at, ground.present[at]) for at in slots))


def corrects(made: Situations, number: int, way: Way) -> bool:
    """Return whether the customer corrects a fact on a way; a branch may bear the same name."""
    return way.label == CORRECTS and isinstance(made.step(number), Ask | Verify | End)


def _told(ground: Ground, store: Store, slots: tuple[int, ...]) -> Store:
    """Return a situation after the customer told what was asked and not known, and may be more."""
    found = list(_more_told(ground, store))
    for at in slots:
        if store[at] & MISSING:
            found[at] = ground.present[at]
    return tuple(found)


def _more_told(ground: Ground, store: Store) -> Store:
    """Return a situation after the customer spoke: what was not known may have been told unasked."""
    found = list(store)
    for at in ground.tellable:
        if found[at] & MISSING:
            found[at] = ground.start[at]
    return tuple(found)


def _silent(ground: Ground, store: Store, at: int) -> Store:
    """Return a situation after the customer was asked for a fact and did not tell it."""
    found = list(_more_told(ground, store))
    found[at] = MISSING
    return tuple(found)


def _ask(ground: Ground, situation: Situation) -> Iterator[Out]:
    place, store, verified, said = situation
    slots = ground.asked[place]
    known = _known(ground, store, slots)
    if known is not None:
        yield Out("", known, verified, said)
    unknown = [at for at in slots if store[at] & MISSING]
    if unknown:
        yield Out("", _told(ground, store, slots), verified, said, waits=True)
        for at in unknown:
            yield Out(FAILED, _silent(ground, store, at), verified, said, waits=True)


def _verify(ground: Ground, situation: Situation, step: Verify) -> Iterator[Out]:
    place, store, verified, said = situation
    if verified:
        yield Out("verified", store, True, said)
        return
    slots = ground.asked[place]
    waits = any(store[at] & MISSING for at in slots)
    known = _known(ground, store, slots)
    told = _told(ground, store, slots)
    sent = list(passing(ground, ground.calls[place], situation._replace(store=told)))
    for through, exact in sent:
        yield Out("verified", through, True, said, waits, exact)
    if sent and slots and step.tries > 1:
        yield from _tried_again(ground, situation, told)
    if known is not None:
        yield Out("not verified", known, False, said)
    if waits:
        for at in (at for at in slots if store[at] & MISSING):
            yield Out("not verified", _silent(ground, store, at), False, said, True)
        yield Out("not verified", told, False, said, True)


def _tried_again(ground: Ground, situation: Situation, told: Store) -> Iterator[Out]:
    """Yield the ways after a mismatch: what did not match is forgotten and asked for once more."""
    place, said = situation.place, situation.said
    slots = ground.asked[place]
    forgotten = list(told)
    for at in slots:
        forgotten[at] = MISSING
    fresh = _told(ground, tuple(forgotten), slots)
    for through, exact in passing(ground, ground.calls[place], situation._replace(store=fresh)):
        yield Out("verified", through, True, said, True, exact)
    yield Out("not verified", fresh, False, said, True)
    for at in slots:
        yield Out("not verified", _silent(ground, tuple(forgotten), at), False, said, True)


def passing(ground: Ground, call: Call, situation: Situation) -> Iterator[tuple[Store, bool]]:
    """Yield the parts of a situation in which a call goes through, each with whether that is exact."""
    if call.tool is None:
        return
    left = meet(situation.store, tuple((at, ground.present[at]) for at in call.needed))
    parts = [left] if left is not None else []
    exact = True
    for stop in call.stops:
        if not stop.sure:
            exact = False
        elif stop.always or (stop.identity and not situation.verified):
            return
        elif stop.disclosure is not None:
            if not situation.said & ground.disclosures[stop.disclosure]:
                return
        elif stop.condition is not None:
            split = [ground.splitter.split(stop.condition, each) for each in parts]
            exact = exact and all(each.exact for each in split)
            parts = [part for each in split for part in each.fails]
        elif stop.box:
            parts = [part for each in parts for part in without(each, stop.box)]
    yield from ((part, exact) for part in parts)


def _call(ground: Ground, call: Call, situation: Situation) -> Iterator[Out]:
    """Yield the ways of a call; that a reply lacks something may never happen, so it is not exact."""
    _, store, verified, said = situation
    yield Out(FAILED, store, verified, said)
    parts = list(passing(ground, call, situation))
    if parts and call.bound:
        yield Out(FAILED, _lacking(ground, store, call.bound), verified, said, exact=False)
    for through, exact in parts:
        bound = list(through)
        for at in call.bound:
            bound[at] = ground.present[at]
        yield Out("", tuple(bound), verified, said, exact=exact)
        if call.optional:
            lacking = _lacking(ground, tuple(bound), tuple(call.optional))
            yield Out("", lacking, verified, said, exact=False)


def _lacking(ground: Ground, store: Store, given: tuple[int, ...]) -> Store:
    """Return a situation after a reply that may lack some of what was to be given."""
    found = list(store)
    for at in given:
        found[at] = ground.present[at] | MISSING
    return tuple(found)


def _decide(ground: Ground, situation: Situation, step: Decide, met: set[tuple[int, int]]) -> Iterator[Out]:
    place, store, verified, said = situation
    if step.table is not None:
        rows = ground.rows.get(place)
        if rows is None:
            yield Out("otherwise", store, verified, said)
            return
        found, left, exact = answers(rows, store)
        known = {branch.id for branch in step.branches}
        for number, part in found:
            met.add((place, number))
            answer = rows.boxes[number][1]
            yield Out(answer if answer in known else "otherwise", part, verified, said, exact=exact)
        yield from (Out("otherwise", part, verified, said, exact=exact) for part in left)
        return
    left, exact = [store], True
    for branch in step.branches:
        if branch.when is None:
            continue
        split = [ground.splitter.split(branch.when, each) for each in left]
        exact = exact and all(each.exact for each in split)
        for each in split:
            yield from (Out(branch.id, part, verified, said, exact=exact) for part in each.holds)
        left = [part for each in split for part in each.fails]
    yield from (Out("otherwise", part, verified, said, exact=exact) for part in left)
