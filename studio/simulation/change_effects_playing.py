"""Playing one customer before several versions: a conversation is gone on with from where they part.

- Until something is met in which two versions differ, both have the same conversation, word for word; so the
  second takes it over from the first, and goes on from the turn in which it is met first.
- Taken over is only what depends on nothing else: not where a test makes systems fail, not other records, not
  what everybody meets. Played from its beginning, every conversation is the same; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from studio.domain.agent import Agent
from studio.domain.scenario import Scenario
from studio.domain.trace import Turn
from studio.runtime import Program, State, advance, start
from studio.simulation.change_effects_customers import Touch
from studio.simulation.change_effects_parts import (
    EVERYBODY,
    Meeting,
    Part,
    Parts,
    fingerprint,
    parts_of,
    touched,
)
from studio.simulation.change_effects_telling import Played
from studio.simulation.concluding import BROKEN_OFF
from studio.simulation.customers import Customer, World
from studio.simulation.echoing import Echo, Heard, Noted, Script, Speaks
from studio.simulation.runner import conversation_seed, world_of
from studio.simulation.systems import ScenarioSystems, Standing, connect

_ANEW = ("records", "person", *(part[0] for part in EVERYBODY))
"""Kinds of parts that count before any step shows it."""


@dataclass(frozen=True)
class Version:
    """An agent made ready, with what of it can be met."""

    program: Program
    world: World
    parts: Parts
    meeting: Meeting
    fingerprint: str


@lru_cache(maxsize=128)
def version_of(agent: bytes) -> Version:
    """Return an agent in canonical JSON as a version."""
    program = Program.of(Agent.model_validate_json(agent))
    world = world_of(program)
    parts = parts_of(program, world)
    return Version(program, world, parts, Meeting(program), fingerprint(parts))


def touch_of(before: Version, after: Version) -> Touch:
    """Return what one version touches of another."""
    parts = touched(before.parts, after.parts)
    return Touch(before.program.agent, after.program.agent, before.parts, after.parts, parts)


@dataclass(frozen=True, slots=True)
class _Point:
    """Where a conversation stood before the customer spoke."""

    turns: int
    state: State
    systems: Standing


@dataclass(slots=True)
class Course(Played):
    """A conversation that others can go on from: where it stood before each turn of the customer."""

    script: Script = field(default_factory=Script)
    points: list[_Point] = field(default_factory=list)


def play(version: Version, scenario: Scenario, number: int, seed: int) -> Course:
    """Return one conversation; nothing is judged. A crash of the engine ends it, and is its outcome."""
    return _Playing(version, scenario, number, seed).whole()


def play_on(
    course: Course,
    before: Version,
    version: Version,
    parts: frozenset[Part],
    scenario: Scenario,
    number: int,
    seed: int,
) -> Course:
    """Return the conversation with another version, of which `parts` differ from the course's."""
    playing = _Playing(version, scenario, number, seed)
    at = _parting(course, before, parts)
    anew = any(part[0] in _ANEW for part in parts) or bool(scenario.faults)
    if at < 1 or anew or course.outcome == BROKEN_OFF:
        return playing.whole()
    return playing.from_point(course, at)


def _parting(course: Course, before: Version, parts: frozenset[Part]) -> int:
    """Return the customer's turn in whose course something of these parts is met first."""
    ends = [*(point.turns for point in course.points[1:]), len(course.turns)]
    for at, (point, end) in enumerate(zip(course.points, ends, strict=True)):
        if before.meeting.within(course.turns[point.turns : end]) & parts:
            return at
    return 0


class _Playing:
    """One customer before one version."""

    def __init__(self, version: Version, scenario: Scenario, number: int, seed: int) -> None:
        self._version, self._scenario, self._number = version, scenario, number
        self._seed = conversation_seed(seed, scenario.id, number)
        self._systems: ScenarioSystems = connect(scenario)
        self._systems.begin(version.program, self._seed)

    def _customer(self) -> Speaks:
        return Customer(self._scenario, self._number, self._seed, self._version.world)

    def whole(self) -> Course:
        """Play from the beginning."""
        course = Course("", ())
        state, turns = start(self._version.program, self._scenario.today)
        try:
            customer = Noted(self._customer(), course.script)
            return self._go_on(course, state, turns, customer, customer.open())
        except Exception:  # whatever broke, it broke in us, and the other conversations go on
            return Course(BROKEN_OFF, turns)

    def from_point(self, course: Course, at: int) -> Course:
        """Play on from before a turn of the customer, of whom all that was said before is known."""
        point, script = course.points[at], Script()
        script.heard, script.said = course.script.heard[: at + 1], course.script.said[: at + 1]
        made = Course("", (), script, course.points[:at])
        self._systems.stand(replace(point.systems, stage=self._systems.stage))
        turns = course.turns[: point.turns]
        try:
            customer = Echo(self._customer, course.script)
            _catch_up(customer, script.heard)
            return self._go_on(made, point.state, turns, Noted(customer, script), script.said[at])
        except Exception:
            return Course(BROKEN_OFF, turns)

    def _go_on(
        self, course: Course, state: State, turns: tuple[Turn, ...], customer: Speaks, words: str | None
    ) -> Course:
        program = self._version.program
        while True:
            course.points.append(_Point(len(turns), state, self._systems.standing()))
            state, more = advance(program, state, words, self._systems)
            turns += more
            if state.outcome is None:
                words = customer.reply(program.asked(state))
            elif (words := customer.after(state.outcome)) is None:
                return Course(state.outcome, turns, course.script, course.points)


def _catch_up(customer: Speaks, heard: Iterable[Heard]) -> None:
    for kind, value in heard:
        if kind == "open":
            customer.open()
        elif kind == "after":
            assert value is None or isinstance(value, str)
            customer.after(value)
        else:
            assert not isinstance(value, str)
            customer.reply(value)
