"""One trial: customers meet all versions that are to be compared, each version only where it can differ.

- A version is played only for customers who met something in which it differs from the version it is held
  against; all others have the same conversation, word for word (`change_effects_parts`).
- What a customer says depends on the customer and on what is asked, never on which versions are tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice, product

from studio.domain.collector import uncollected
from studio.domain.condition import Scalar
from studio.domain.consequence import Difference, Story, Talk
from studio.domain.scenario import Scenario
from studio.running import beat
from studio.simulation.change_effects_customers import near
from studio.simulation.change_effects_parts import Part, touched
from studio.simulation.change_effects_playing import Course, Version, play, play_on, touch_of, version_of
from studio.simulation.change_effects_telling import (
    Deeds,
    counts,
    deeds_of,
    differences_of,
    parts_at,
)
from studio.simulation.concluding import BROKEN_OFF

STORIES = 2
"""Conversations that a task keeps of each way in which a version differs."""
MOST_SOUGHT = 300
"""Customers who are tried for a change that nobody showed yet."""
ENOUGH_FOUND = 4
"""Customers after whom the search ends."""
MOST_AGAIN = 12
OTHER_WORDS = 12
"""Customers who were not understood, and how often each comes again in other words to show a change."""
_UNHEARD = frozenset({"refuses", "unclear"})

Pair = tuple[int, int]
"""Two versions that are compared, by their numbers: the one held against, and the other."""
Place = tuple[int, int]
"""A customer: the card, by its number, and the number of the person."""


@dataclass(frozen=True, slots=True)
class Found:
    """In what one customer is treated differently by one pair; `story` where it is kept."""

    differences: tuple[Difference, ...]
    story: Story | None = None
    amounts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted of one conversation: the parts of the version that it met, and the facts it told."""

    met: frozenset[Part]
    facts: Mapping[str, Scalar] | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """One customer before all versions: what is known of them, which pairs they met, and what they found.

    `adds_up`: all changes do what each does alone, and nothing else; no version without a change was tried.
    `notes` are by version; `broken` says that a conversation broke off, so that nothing holds of another.
    """

    place: Place
    facts: Mapping[str, Scalar]
    met: frozenset[Pair]
    found: Mapping[Pair, Found]
    adds_up: bool = True
    notes: Mapping[int, Note] = field(default_factory=dict)
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A customer who comes: of the pairs in `known` it is known what differs, the others are tried."""

    place: Place
    known: Mapping[Pair, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """The work: call it with some customers; it can be sent to another process.

    `agents` are the versions in canonical JSON, `pairs` what is compared: the `whole`, each change `alone`,
    then the whole without a change, where the parts do not add up; of those in `telling` stories are kept.
    """

    agents: tuple[bytes, ...]
    pairs: tuple[Pair, ...]
    whole: Pair
    alone: tuple[Pair, ...]
    telling: frozenset[Pair]
    cards: tuple[Scenario, ...]
    seed: int
    skipping: bool = True

    def __call__(self, dues: Sequence[Due]) -> list[Tried]:
        """Return what these customers find."""
        kept: Counter[tuple[Pair, str]] = Counter()
        with uncollected():
            found = []
            for due in dues:
                beat()
                found.append(_Customer(self, due.place, due.known).tried(kept))
        return found

    def touched(self, pair: Pair) -> frozenset[Part]:
        """Return the parts in which both versions of a pair differ."""
        return _touched(self.agents[pair[0]], self.agents[pair[1]])

    def version(self, number: int) -> Version:
        """Return one version."""
        return version_of(self.agents[number])


@lru_cache(maxsize=1024)
def _touched(before: bytes, after: bytes) -> frozenset[Part]:
    return touched(version_of(before).parts, version_of(after).parts)


@dataclass(slots=True)
class _Customer:
    """One customer of a trial, and what was played with them."""

    trial: Trial
    place: Place
    known: Mapping[Pair, frozenset[str]]
    played: dict[int, Course] = field(default_factory=dict)
    met: dict[int, frozenset[Part]] = field(default_factory=dict)
    deeds: dict[int, Deeds] = field(default_factory=dict)

    def tried(self, kept: Counter[tuple[Pair, str]]) -> Tried:
        """Return what this customer finds; `kept` counts the stories there are."""
        met: set[Pair] = set()
        found: dict[Pair, Found] = {}
        likes = dict(self.known)
        adds_up = None
        for pair in self.trial.pairs:
            if pair[0] != 0 and adds_up is None:
                adds_up = sums_up(self.trial, likes)
            if (pair[0] != 0 and adds_up) or pair in self.known or not self._may_differ(pair):
                continue
            met.add(pair)
            if differences := self._differences(pair):
                found[pair] = self._found(pair, differences, kept)
                likes[pair] = alike(found[pair])
        told = adds_up is not False
        return Tried(self.place, self._facts(), frozenset(met), found, told, self._notes(met), self._broken())

    def _notes(self, met: set[Pair]) -> dict[int, Note]:
        """Return what is noted of each conversation that something is known by."""
        numbers = {*self.met, *(number for pair in met for number in pair)}
        facts = {number: self.deeds[number].facts for number in numbers if number in self.deeds}
        return {number: Note(self._met(number), facts.get(number)) for number in sorted(numbers)}

    def _broken(self) -> bool:
        return any(course.outcome == BROKEN_OFF for course in self.played.values())

    def _facts(self) -> dict[str, Scalar]:
        card = self.trial.cards[self.place[0]]
        told: dict[str, Scalar] = {}
        for number in reversed(self.deeds):
            told.update(self.deeds[number].facts)
        told.update({fact.id: fact.value for fact in card.facts})
        return told

    def _play(self, number: int, after: int | None = None) -> Course:
        """Return the conversation with a version, gone on from that with the version `after` where given."""
        found = self.played.get(number)
        if found is None:
            card, person, seed = self.trial.cards[self.place[0]], self.place[1], self.trial.seed
            version = self.trial.version(number)
            if after is None:
                found = play(version, card, person, seed)
            else:
                parts = _touched(self.trial.agents[after], self.trial.agents[number])
                before = self.trial.version(after)
                found = play_on(self._play(after), before, version, parts, card, person, seed)
            self.played[number] = found
        return found

    def _met(self, number: int) -> frozenset[Part]:
        found = self.met.get(number)
        if found is None:
            found = self.met[number] = self.trial.version(number).meeting.met(self._play(number).turns)
        return found

    def _may_differ(self, pair: Pair) -> bool:
        """Return whether the customer met something in which both versions differ; else both go alike."""
        if pair[0] == pair[1]:
            return False
        parts = self.trial.touched(pair)
        meets = bool(parts & self._met(pair[0])) or self._play(pair[0]).outcome == BROKEN_OFF
        if not meets and self.trial.skipping:
            self.played.setdefault(pair[1], self.played[pair[0]])
        if meets or (parts and not self.trial.skipping):
            self._play(pair[1], pair[0] if self.trial.skipping else None)
            return True
        return False

    def _deeds(self, number: int) -> Deeds:
        found = self.deeds.get(number)
        if found is None:
            found = self.deeds[number] = deeds_of(self._play(number), self.trial.version(number).program)
        return found

    def _differences(self, pair: Pair) -> tuple[Difference, ...]:
        return differences_of(self._deeds(pair[0]), self._deeds(pair[1]))

    def _found(
        self, pair: Pair, differences: tuple[Difference, ...], kept: Counter[tuple[Pair, str]]
    ) -> Found:
        grave = counts(differences)
        key = pair, likeness(grave)
        if not grave or pair not in self.trial.telling:
            return Found(differences)
        amounts = tuple(_new_amounts(self._deeds(pair[0]), self._deeds(pair[1])))
        kept[key] += 1
        return Found(differences, self._story(pair, differences) if kept[key] <= STORIES else None, amounts)

    def _story(self, pair: Pair, differences: tuple[Difference, ...]) -> Story:
        card, (before, after) = self.trial.cards[self.place[0]], (self._play(each) for each in pair)
        return Story(
            customer=card.id,
            number=self.place[1],
            title=card.title,
            workflow=card.workflow,
            before=Talk(outcome=before.outcome, queue=self._deeds(pair[0]).queue, turns=before.turns),
            after=Talk(outcome=after.outcome, queue=self._deeds(pair[1]).queue, turns=after.turns),
            parts_at=parts_at(before.turns, after.turns),
            differences=differences,
        )


def sums_up(trial: Trial, likes: Mapping[Pair, frozenset[str]]) -> bool:
    """Return whether what all changes do together is what each does alone; `likes` are told by `alike`."""
    nothing: frozenset[str] = frozenset()
    parts = {each for pair in trial.alone for each in likes.get(pair, nothing)}
    return parts == likes.get(trial.whole, nothing)


def alike(found: Found | None) -> frozenset[str]:
    """Return what differs for one customer, without the length."""
    grave = counts(found.differences) if found is not None else ()
    return frozenset(each.alike for each in grave if each.kind != "length")


def likeness(grave: Sequence[Difference]) -> str:
    """Return by what customers are grouped: another end; else all that differs, the length only if alone."""
    if grave and grave[0].kind == "outcome":
        return grave[0].alike
    alike = [each.alike for each in grave if each.kind != "length"]
    return "; ".join(dict.fromkeys(alike or [each.alike for each in grave]))


def _new_amounts(before: Deeds, after: Deeds) -> list[tuple[str, float]]:
    """Return the numbers that calls carry which only one side makes."""
    was, now = ({event.tool for event in deeds.calls} for deeds in (before, after))
    only = [event for deeds in (before, after) for event in deeds.calls if event.tool in was ^ now]
    return [
        (name, float(value))
        for event in only
        for name, value in event.arguments.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


@dataclass(frozen=True, slots=True)
class Search:
    """The work for changes that nobody showed yet: call it with a version; it looks until somebody does."""

    agents: tuple[bytes, ...]
    tests: tuple[Scenario, ...]
    known: frozenset[str]
    seed: int

    def __call__(self, number: int) -> list[Scenario]:
        """Return customers who are treated differently by a version, or who at least get where it differs."""
        before, after = version_of(self.agents[0]), version_of(self.agents[number])
        touch = touch_of(before, after)
        found: list[Scenario] = []
        there: list[Scenario] = []
        fresh = (card for card in near(touch, self.tests) if card.id not in self.known)
        unheard: list[Scenario] = []
        for card in chain(islice(fresh, MOST_SOUGHT), _again(unheard, found)):
            beat()
            was = play(before, card, 0, self.seed)
            if not touch.parts & before.meeting.met(was.turns):
                continue
            now = play_on(was, before, after, touch.parts, card, 0, self.seed)
            if counts(differences_of(deeds_of(was, before.program), deeds_of(now, after.program))):
                found.append(card)
            there.append(card)
            if any(event.label in _UNHEARD for turn in was.turns for event in turn.events):
                unheard.append(card)
            if len(found) >= ENOUGH_FOUND:
                break
        return found or there[:ENOUGH_FOUND]


def _again(unheard: list[Scenario], found: list[Scenario]) -> Iterator[Scenario]:
    """Yield those who were not understood once more, in other words, where nobody else shows the change."""
    if not found:
        for number, card in product(range(1, OTHER_WORDS + 1), unheard[:MOST_AGAIN]):
            yield card.model_copy(update={"id": f"{card.id} · in other words {number}"})
