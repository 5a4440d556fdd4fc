"""The graph of everything that can happen in one workflow, its reusable blocks unfolded in place.

- A place is a step together with the calls that led to it, so a block that is called twice is two
  places, and its ends return to the right caller.
- Conditions are not judged: each way out counts as possible. So what holds here holds at run time.
- A block that calls itself is passed over, as if it had ended either way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.domain.agent import Agent
from studio.domain.check import PathStep
from studio.domain.workflow import CallBlock, End, Handoff, Step, Verify, Workflow, ways_out

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

    def graph(self, root: Workflow) -> Graph:
        """Return the graph of a workflow; raises TooLarge."""
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
        while waiting:
            place = waiting.popleft()
            found = ((label, number(to)) for label, to in self._ways(place))
            graph.ways.append([(label, to) for label, to in found if to is not None])
        return graph

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
        elif not isinstance(step, Handoff | End):
            yield from ((label, Place(calls, workflow, to)) for label, to in ways_of(step))

    def _can_enter(self, step: CallBlock, place: Place) -> bool:
        open_calls = {place.workflow, *(flow for flow, _ in place.calls)}
        return step.block in self._flows and step.block not in open_calls


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
