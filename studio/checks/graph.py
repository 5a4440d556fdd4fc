"""The graph of everything that can happen in one workflow, its reusable blocks unfolded in place.

- A place is a step together with the calls that led to it, so a block that is called twice is two
  places, and its ends return to the right caller.
- Conditions are not judged: each way out counts as possible. So what holds here holds at run time.
- Where nobody takes over from a customer who asks for a person, the talk goes on where the agent says so.
- A block that calls itself is passed over, as if it had ended either way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.domain.agent import Agent
from studio.domain.check import PathStep
from studio.domain.workflow import Ask, CallBlock, End, Handoff, Step, Verify, Workflow, ways_out

NOBODY = "asks for a person, and nobody is there"
"""The way from where a person may be asked for, or be needed, to where it goes on while nobody is there."""
OPEN_ENDS = ("resolved", "refused")
"""Outcomes after which the customer may still say something."""
MOST_PLACES = 50_000
"""Places in one unfolded workflow; beyond that it is too large to prove."""


class Place(NamedTuple):
    """A step, and the (workflow, step) calls that led to it, outermost first."""

    calls: tuple[tuple[str, str], ...]
    workflow: str
    step: str


class TooLarge(Exception):
    """The unfolded workflow has too many places to be searched."""


@dataclass(slots=True)
class Graph:
    """Places by number (0 is the start) and the ways out of each: (label, number)."""

    places: list[Place] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    ways: list[list[tuple[str, int]]] = field(default_factory=list)
    rescue: int | None = None


def ways_of(step: Step) -> Iterator[tuple[str, str]]:
    """Yield (label, successor) of a step as a person would name the ways, without missing ones."""
    for label, to in ways_out(step):
        if to is not None:
            if isinstance(step, Verify):
                label = "verified" if label == "" else "not verified"
            yield label, to


class Unfolding:
    """Makes the graph of one workflow."""

    def __init__(self, agent: Agent) -> None:
        self._flows = {flow.id: flow for flow in agent.workflows}
        self._steps = {flow.id: {step.id: step for step in flow.steps} for flow in agent.workflows}

    def graph(self, root: Workflow, rescue: tuple[str, str] | None = None) -> Graph:
        """Return the graph of a workflow; raises TooLarge.

        `rescue` is the step (with its workflow) where it goes on while nobody is there to take over.
        """
        graph, numbers = Graph(), dict[Place, int]()
        waiting: deque[Place] = deque()

        def number(place: Place) -> int | None:
            step = self._steps.get(place.workflow, {}).get(place.step)
            if step is None:
                return None
            if place not in numbers:
                if len(numbers) >= MOST_PLACES:
                    raise TooLarge
                numbers[place] = len(numbers)
                graph.places.append(place)
                graph.steps.append(step)
                waiting.append(place)
            return numbers[place]

        number(Place((), root.id, root.start))
        graph.rescue = number(Place((), *rescue)) if rescue is not None else None
        while waiting:
            place = waiting.popleft()
            named = ((label, number(to)) for label, to in self._ways(place))
            found = [(label, to) for label, to in named if to is not None]
            graph.ways.append(found)
        if graph.rescue is not None:
            round_and_round = _in_circles(graph)
            for at, place in enumerate(graph.places):
                if at in round_and_round or self._may_need_a_person(place):
                    graph.ways[at].append((NOBODY, graph.rescue))
        return graph

    def _may_need_a_person(self, place: Place) -> bool:
        """Return whether a customer may ask for a person at a place, or come to one for want of a way on."""
        step = self._steps[place.workflow][place.step]
        if isinstance(step, Ask | Verify):
            return True
        if isinstance(step, Handoff):
            return False
        if isinstance(step, End):
            return step.outcome in OPEN_ENDS if not place.calls else not list(self._ways(place))
        if isinstance(step, CallBlock) and self._can_enter(step, place):
            return False
        known = self._steps[place.workflow]
        return any(to is None or to not in known for _, to in ways_out(step))

    def _ways(self, place: Place) -> Iterator[tuple[str, Place]]:
        calls, workflow, name = place
        step = self._steps[workflow][name]
        if isinstance(step, CallBlock) and self._can_enter(step, place):
            block = self._flows[step.block]
            yield "", Place((*calls, (workflow, name)), block.id, block.start)
        elif isinstance(step, End) and calls:
            caller, at = calls[-1]
            call = self._steps[caller][at]
            assert isinstance(call, CallBlock)
            fine = step.outcome == "resolved"
            to = call.next if fine else call.on_failure
            if to is not None:
                yield "" if fine else "if it fails", Place(calls[:-1], caller, to)
        elif not isinstance(step, End):
            yield from ((label, Place(calls, workflow, to)) for label, to in ways_of(step))

    def _can_enter(self, step: CallBlock, place: Place) -> bool:
        open_calls = {place.workflow, *(flow for flow, _ in place.calls)}
        return step.block in self._flows and step.block not in open_calls


def _in_circles(graph: Graph) -> set[int]:
    """Return the places on circles, and between two of them: who only goes round comes to a person."""
    left = set(range(len(graph.places)))
    after = [{to for _, to in ways} for ways in graph.ways]
    before: list[set[int]] = [set() for _ in graph.places]
    for at, further in enumerate(after):
        for to in further:
            before[to].add(at)
    for ways, back in ((before, after), (after, before)):
        open_ways = [len(each & left) for each in ways]
        waiting = [at for at in sorted(left) if not open_ways[at]]
        while waiting:
            at = waiting.pop()
            left.discard(at)
            for other in sorted(back[at] & left):
                open_ways[other] -= 1
                if not open_ways[other]:
                    waiting.append(other)
    return left


Blocks = Callable[[Step, str], bool]
"""Takes a step and the label of a way out; tells whether the search may not take it."""


Path = list[tuple[int, str]]
"""Places by number, each with the way out that was taken ("" at the last)."""


def shortest(graph: Graph, target: Callable[[Step], bool], blocked: Blocks) -> Path | None:
    """Return the shortest path to a target, without the blocked ways; None where there is none."""
    if not graph.places:
        return None
    came_from: dict[int, tuple[int, str]] = {0: (-1, "")}
    waiting = deque([0])
    while waiting:
        at = waiting.popleft()
        if target(graph.steps[at]):
            return _back_to_start(at, came_from)
        for label, to in graph.ways[at]:
            if to not in came_from and not blocked(graph.steps[at], label):
                came_from[to] = (at, label)
                waiting.append(to)
    return None


def _back_to_start(at: int, came_from: dict[int, tuple[int, str]]) -> Path:
    path, label = [(at, "")], ""
    while came_from[at][0] >= 0:
        at, label = came_from[at]
        path.append((at, label))
    return path[::-1]


def as_path(graph: Graph, path: Path) -> tuple[PathStep, ...]:
    """Return a path as a counterexample: each step with the way out that was taken."""
    return tuple(
        PathStep(
            workflow=graph.places[at].workflow,
            step=graph.places[at].step,
            title=graph.steps[at].title,
            label=label,
        )
        for at, label in path
    )


def count_paths(graph: Graph, target: Callable[[Step], bool]) -> int:
    """Return how many paths lead from the start to a target, loops left out."""
    ways = _paths_to(graph)
    return sum(ways[at] for at in range(len(ways)) if target(graph.steps[at]))


def count_all_paths(graph: Graph) -> int:
    """Return how many paths there are from the start to where nothing follows, loops left out."""
    ways = _paths_to(graph)
    return sum(ways[at] for at in range(len(ways)) if not graph.ways[at])


def _paths_to(graph: Graph) -> list[int]:
    """Return how many paths lead to each place."""
    if not graph.places:
        return []
    order, back = _order(graph)
    ways = [0] * len(graph.places)
    ways[0] = 1
    for at in order:
        for index, (_, to) in enumerate(graph.ways[at]):
            if (at, index) not in back:
                ways[to] += ways[at]
    return ways


def _order(graph: Graph) -> tuple[list[int], set[tuple[int, int]]]:
    """Return the places in topological order, and the ways back that close loops."""
    done: list[int] = []
    state = [0] * len(graph.places)
    back: set[tuple[int, int]] = set()
    stack = [(0, 0)]
    state[0] = 1
    while stack:
        at, index = stack.pop()
        if index == len(graph.ways[at]):
            state[at] = 2
            done.append(at)
            continue
        stack.append((at, index + 1))
        to = graph.ways[at][index][1]
        if state[to] == 1:
            back.add((at, index))
        elif state[to] == 0:
            state[to] = 1
            stack.append((to, 0))
    return done[::-1], back
