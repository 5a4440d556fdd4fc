"""What conversations of one scenario with one agent have in common, remembered: the same words in the same
place get the same answer, so it is worked out once.

- A place is where a conversation stands (the runtime's state) and where its systems stand. Both are compared
  by all they hold; only mock systems that leave nothing to chance are remembered.
- Two things are remembered: the answer to words heard before in the same place, and the steps carried out
  from the same place, whatever words led there.
- What is remembered is bounded, and is a shortcut only: with and without it every byte is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from studio.domain.scenario import Scenario
from studio.domain.trace import TraceEvent, Turn
from studio.ports import Connector
from studio.runtime import Program, State, advance, start
from studio.runtime.state import freeze, likeness, move
from studio.runtime.walking import Walk
from studio.simulation.concluding import Verdict
from studio.simulation.systems import Like, ScenarioSystems, Stage, Standing

MOST = 12_000
"""Answers and stretches that are remembered in all, some kilobytes each; then everything is forgotten."""


@dataclass(slots=True, eq=False)
class Place:
    """Where a conversation and its systems stand, and what was answered here to which words."""

    state: State
    systems: Standing
    answers: dict[str | None, Answer] = field(default_factory=dict)


Answer = tuple[Place, tuple[Turn, ...]]
"""The place that words lead to, with the turns since."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What steps led to: turns, what is not said yet, and where all stands then."""

    turns: tuple[Turn, ...]
    unsaid: tuple[tuple[str, ...], tuple[TraceEvent, ...]]
    state: State
    forgiving: bool
    rescued: bool
    systems: Standing


class Book:
    """The remembered conversations of one scenario with one agent."""

    def __init__(self, stage: Stage, program: Program) -> None:
        """Remember nothing yet."""
        self.stage = stage
        self._program = program
        self._places: dict[tuple[bytes, Like], Place] = {}
        self._standings: dict[Like, Standing] = {}
        self._stretches: dict[tuple[object, ...], _Stretch] = {}
        self._begun: tuple[Place, tuple[Turn, ...]] | None = None
        self._verdicts: dict[tuple[object, ...], tuple[tuple[Turn, ...], Verdict]] = {}

    def begin(self, systems: ScenarioSystems) -> tuple[Place, tuple[Turn, ...]] | None:
        """Return where a conversation begins, with the agent's first turns; None where it has no likeness."""
        if self._begun is None:
            state, turns = start(self._program, self.stage.scenario.today)
            place = self._place(state, systems)
            self._begun = (place, turns) if place else None
        return self._begun

    def advance(self, place: Place, text: str | None, systems: ScenarioSystems) -> Answer:
        """Work out what is answered in a place, and remember it."""
        systems.stand(place.systems)
        known = _Footsteps(self, systems)
        state, turns = advance(self._program, place.state, text, systems, known)
        there = self._place(state, systems)
        if there is None:
            return Place(state, systems.standing()), turns
        _make_room()
        place.answers[text] = there, turns
        return there, turns

    def run(self, walk: Walk, systems: ScenarioSystems, carry_out: Callable[[], None]) -> None:
        """Carry out steps, or bring the walk to where they led before from the same place."""
        memory = walk.memory
        here, like = systems.likeness(), likeness(memory)
        words, events = walk.log.unsaid
        if here is None or like is None or events:
            carry_out()
            return
        key = (like, here, words, walk.forgiving, walk.rescued)
        found = self._stretches.get(key)
        if found is not None:
            walk.log.go_on(found.turns, *found.unsaid)
            move(memory, found.state)
            walk.forgiving, walk.rescued = found.forgiving, found.rescued
            systems.stand(found.systems)
            return
        before = len(walk.log.turns)
        carry_out()
        if (there := systems.likeness()) is not None:
            _make_room()
            state = freeze(memory)
            move(memory, state)
            turns, standing = tuple(walk.log.turns[before:]), self._standing(systems, there)
            self._stretches[key] = _Stretch(
                turns, walk.log.unsaid, state, walk.forgiving, walk.rescued, standing
            )

    def judged(
        self, there: Standing, turns: tuple[Turn, ...], simulator: str, judge: Callable[[], Verdict]
    ) -> Verdict:
        """Return the verdict on a conversation; how a customer put things makes no difference to it.

        The turns are told apart by identity, which is safe because those that were judged are kept.
        """
        key = simulator, there.like, *(_way(turn) for turn in turns)
        found = self._verdicts.get(key)
        if found is None:
            _make_room()
            found = self._verdicts[key] = turns, judge()
        return found[1]

    def _standing(self, systems: ScenarioSystems, like: Like) -> Standing:
        found = self._standings.get(like)
        if found is None:
            found = self._standings[like] = systems.standing()
        return found

    def _place(self, state: State, systems: ScenarioSystems) -> Place | None:
        like, theirs = likeness(state), systems.likeness()
        if like is None or theirs is None:
            return None
        found = self._places.get((like, theirs))
        if found is None:
            found = self._places[like, theirs] = Place(state, self._standing(systems, theirs))
        return found


@dataclass(frozen=True, slots=True)
class _Footsteps:
    """A book and the systems of one conversation, which the runtime asks for steps carried out before."""

    book: Book
    systems: ScenarioSystems

    def run(self, walk: Walk, carry_out: Callable[[], None]) -> None:
        """Carry out steps, or bring the walk to where they led before."""
        self.book.run(walk, self.systems, carry_out)


def _way(turn: Turn) -> object:
    """Return what of a turn a verdict can see."""
    if turn.role != "customer":
        return id(turn)
    return bool(turn.text), *map(id, turn.events)


_BOOKS: dict[int, Book] = {}
_written = 0


def _make_room() -> None:
    """Count what is remembered, and forget all once it is too much."""
    global _written
    _written += 1
    if _written > MOST:
        _BOOKS.clear()
        _written = 0


class Talk:
    """One conversation as it is carried on: from its beginning, turn by turn."""

    def __init__(self, program: Program, today: str | None, systems: Connector) -> None:
        self._program, self._today, self._systems = program, today, systems
        self.state = State()

    def begin(self) -> tuple[Turn, ...]:
        """Return the agent's first turns."""
        self.state, turns = start(self._program, self._today)
        return turns

    def hear(self, text: str | None) -> tuple[Turn, ...]:
        """Take in one customer turn; return it with the answer."""
        self.state, turns = advance(self._program, self.state, text, self._systems)
        return turns

    def settle(self) -> None:
        """Leave the systems as the conversation leaves them."""

    def judged(self, turns: tuple[Turn, ...], simulator: str, judge: Callable[[], Verdict]) -> Verdict:
        """Return the verdict on the conversation."""
        return judge()


class RememberedTalk(Talk):
    """One conversation in the footsteps of others."""

    def __init__(
        self, program: Program, book: Book, place: Place, turns: tuple[Turn, ...], systems: ScenarioSystems
    ) -> None:
        super().__init__(program, None, systems)
        self._book, self._place, self._first, self._mocks = book, place, turns, systems
        self.state = place.state

    def begin(self) -> tuple[Turn, ...]:
        """Return the agent's first turns."""
        return self._first

    def hear(self, text: str | None) -> tuple[Turn, ...]:
        """Take in one customer turn; return it with the answer."""
        found = self._place.answers.get(text)
        self._place, turns = found or self._book.advance(self._place, text, self._mocks)
        self.state = self._place.state
        return turns

    def settle(self) -> None:
        """Leave the systems as the conversation leaves them."""
        self._mocks.stand(self._place.systems)

    def judged(self, turns: tuple[Turn, ...], simulator: str, judge: Callable[[], Verdict]) -> Verdict:
        """Return the verdict on the conversation."""
        return self._book.judged(self._place.systems, turns, simulator, judge)


def talk_of(program: Program, scenario: Scenario, systems: Connector) -> Talk:
    """Return a conversation that is to begin, in the footsteps of others where there are any.

    Only a scenario's own mock systems are remembered: others may answer anew each time.
    """
    if isinstance(systems, ScenarioSystems) and type(systems) is ScenarioSystems:
        book = _book_of(program, scenario, systems)
        if book is not None and (begun := book.begin(systems)) is not None:
            return RememberedTalk(program, book, *begun, systems)
    return Talk(program, scenario.today, systems)


def _book_of(program: Program, scenario: Scenario, systems: ScenarioSystems) -> Book | None:
    """Return the book for a conversation, or None where anything is left to chance."""
    stage = systems.stage
    if stage.program is not program or stage.scenario is not scenario:
        return None
    if any(fault.chance is not None for fault in stage.faults):
        return None
    found = _BOOKS.get(id(stage))
    if found is None or found.stage is not stage:
        found = _BOOKS[id(stage)] = Book(stage, program)
    return found
