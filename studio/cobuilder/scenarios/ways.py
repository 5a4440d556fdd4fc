"""The ways through a workflow: customers who turn off at each decision, found by following one to the next.

- A way is found by walking a world and changing, at each decision on it, only the facts which that decision
  reads, until it is answered otherwise. So the work grows with the decisions, not with their combinations.
- The first ways that come to a place stand for it: what is tried there starts from them.
- One `Effort` holds for all that is drafted at once. It counts steps walked, so that the same agent gets the
  same tests on every machine; it beats, so that a person may stop it; when it is spent, `TooMuch` is raised.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from studio.cobuilder.scenarios.goals import Goal, Key, reached, read_by, steps_of
from studio.cobuilder.scenarios.worlds import domains_at, domains_of, with_value, worlds_of
from studio.cobuilder.sketch.rehearsal import Walk, walk
from studio.cobuilder.words.known_facts import compares
from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.pulse import beat
from studio.domain.scenario import Scenario
from studio.domain.workflow import Decide, Step, ToolCall, Workflow

FEW = 6
"""A workflow whose decisions read no more facts than these is searched through, whatever changes together."""
STEPS = 2_000_000
"""So many steps are walked for all tests that are drafted at once."""
_OVERHEAD = 20
"""A walk costs as much as so many steps before it begins."""
_TURNS = 3
"""A decision is turned on so many of the ways that come to it."""
_VALUES = 40
"""So many values are tried for one turn."""
_STARTS = 20
"""So many of the tests that the workflow has are followed."""
_NEAR = 20
"""So many ways are looked at for one goal."""
_ABOUT = 9_000
"""So many steps are walked, at most, on variations of them for one goal."""

Domains = Mapping[str, Sequence[Scalar]]


class TooMuch(Exception):
    """The effort for one drafting is spent; what is left is named, not tried."""


@dataclass(slots=True)
class Effort:
    """How many steps may still be walked."""

    left: int = STEPS

    def spend(self, steps: int) -> None:
        """Count a walk; raise where nothing is left for it."""
        beat()
        self.left -= steps + _OVERHEAD
        if self.left < 0:
            raise TooMuch


@dataclass(frozen=True, slots=True)
class Way:
    """A world, the course it takes, and the goals that it reaches."""

    world: Scenario
    course: Walk
    keys: frozenset[Key]


@dataclass(slots=True)
class Ways:
    """The worlds that are tried for the goals of one workflow."""

    agent: Agent
    flow: Workflow
    effort: Effort
    steps: dict[str, Step] = field(init=False)
    domains: dict[str, list[Scalar]] = field(init=False)
    _found: list[Way] | None = None
    _turnings: dict[str, Domains] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = {step.id: step for _, step in steps_of(self.agent, self.flow)}
        self.domains = domains_of(self.agent, self.flow)

    def walk(self, world: Scenario) -> Walk | None:
        """Return the walk of a world, which counts as effort."""
        course = walk(self.agent, world)
        self.effort.spend(len(course.steps) if course else 0)
        return course

    def reached(self, world: Scenario) -> frozenset[Key]:
        """Return what a world reaches, which counts as effort."""
        self.effort.spend(len(self.steps))
        return reached(self.agent, world)

    def searched(self, most: int, pinned: Mapping[str, Scalar], limit: int) -> Iterator[Scenario]:
        """Yield worlds with no fact changed, then one, two, up to `most`, where there are few facts."""
        if len(self.domains) <= FEW:
            facts = {name: values for name, values in self.domains.items() if name not in pinned}
            worlds = [self._with(world, pinned) for world in worlds_of(self.agent, self.flow)]
            yield from itertools.islice(self._changed(worlds, facts, most), limit)

    def towards(self, goal: Goal, most: int, pinned: Mapping[str, Scalar]) -> Iterator[Scenario]:
        """Yield the ways to the place of a goal, then the same with the facts changed that count there."""
        ways = self._near(goal)
        facts = {name: values for name, values in self._facts(goal).items() if name not in pinned}
        worlds = [self._with(way.world, pinned) for way in ways]
        fair = max(2 * len(worlds), _ABOUT // max(len(self.steps), 1))
        yield from itertools.islice(self._changed(worlds, facts, most), fair)

    def all(self) -> list[Way]:
        """Return the ways that were found, in that order."""
        if self._found is None:
            self._found = []
            self._follow(self._found)
        return self._found

    def _near(self, goal: Goal) -> list[Way]:
        """Return the ways that reach a goal, then those that come to its place, in the order found."""
        hits = [way for way in self.all() if goal.key in way.keys]
        others = [way for way in self.all() if goal.key not in way.keys and _comes_to(way.course, goal.place)]
        return [*hits, *others][:_NEAR]

    def _facts(self, goal: Goal) -> Domains:
        """Return the facts that decide at the place of a goal, with the values worth trying."""
        at = [
            s for s in self.steps.values() if goal.place and goal.place in (s.id, getattr(s, "table", None))
        ]
        names = {name for step in at for name in self._reads(step)}
        for rule in self.agent.charter.rules:
            if rule.guard is not None and goal.about[:1] == (rule.id,):
                names |= {test.field for test in compares(rule.guard.forbidden_when)}
        return {name: values for name, values in self.domains.items() if name in names}

    def _reads(self, step: Step) -> frozenset[str]:
        """Return the facts that a step goes by: a decision's, or those that forbid a call."""
        if isinstance(step, Decide):
            return read_by(self.agent, step)
        if not isinstance(step, ToolCall):
            return frozenset()
        guards = [rule.guard for rule in self.agent.charter.rules if rule.guard]
        tests = [t for g in guards if step.tool in g.tools for t in compares(g.forbidden_when)]
        return frozenset(test.field for test in tests)

    # Following

    def _follow(self, found: list[Way]) -> None:
        """Add each way that goes somewhere new, and the ways that turn off from it."""
        seen: set[Key] = set()
        turned = Counter[str]()
        worlds = worlds_of(self.agent, self.flow)
        waiting = deque([*worlds[:-1][:_STARTS], worlds[-1]])
        while waiting:
            way = self._way(waiting.popleft())
            if way is None or not (new := _places(way) - seen):
                continue
            seen |= new
            found.append(way)
            for name in dict.fromkeys(way.course.steps):
                if turned[name] < _TURNS and not self._is_done(name, seen) and (facts := self._turning(name)):
                    turned[name] += 1
                    waiting.extend(self._turned(way, name, facts))

    def _way(self, world: Scenario) -> Way | None:
        course = self.walk(world)
        return Way(world, course, self.reached(world)) if course is not None else None

    def _is_done(self, name: str, seen: set[Key]) -> bool:
        """Return whether all branches of a decision were gone, or there is nothing to decide."""
        step = self.steps.get(name)
        if not isinstance(step, Decide) or step.table is not None:
            return step is None
        ids = (*(branch.id for branch in step.branches), "otherwise")
        return all(("branch", self.flow.id, name, each) in seen for each in ids)

    def _turning(self, name: str) -> Domains:
        if name not in self._turnings:
            step = self.steps[name]
            reads = self._reads(step)
            own = domains_at(self.agent, self.flow, step) if reads else {}
            self._turnings[name] = {fact: values for fact, values in own.items() if fact in reads}
        return self._turnings[name]

    def _turned(self, way: Way, name: str, domains: Domains) -> Iterator[Scenario]:
        """Yield worlds that come to the same step and go on otherwise, one for each way on."""
        step = self.steps[name]
        table = step.table if isinstance(step, Decide) else None
        goes = {_goes(way.course, name, table)}
        worlds = self._changed([way.world], domains, min(len(domains), 3))
        for world in itertools.islice(worlds, 1, 1 + _VALUES):
            course = self.walk(world)
            if course is not None and name in course.steps and _goes(course, name, table) not in goes:
                goes.add(_goes(course, name, table))
                yield world

    def _changed(self, worlds: Iterable[Scenario], domains: Domains, most: int) -> Iterator[Scenario]:
        worlds = list(worlds)
        for count in range(most + 1):
            for world in worlds:
                for names in itertools.combinations(domains, count):
                    for values in itertools.product(*(domains[name] for name in names)):
                        yield self._with(world, dict(zip(names, values, strict=True)))

    def _with(self, world: Scenario, values: Mapping[str, Scalar]) -> Scenario:
        for name, value in values.items():
            world = with_value(self.agent, world, name, value)
        return world


def _comes_to(course: Walk, place: str) -> bool:
    return not place or place in course.steps or place in course.facts_at


def _places(way: Way) -> set[Key]:
    """Return where a way comes; a number alone is no place."""
    return {key for key in way.keys if key[0] != "limit"} | {("step", each) for each in way.course.steps}


def _goes(course: Walk, name: str, table: str | None) -> tuple[str, str]:
    """Return how a course goes on from a step: to which, and with which answer of its table."""
    at = course.steps.index(name) + 1
    return course.steps[at] if at < len(course.steps) else "", course.answers.get(table or "", "")
