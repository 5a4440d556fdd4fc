"""Proofs of one workflow: its situations, explored once, and the search for a way that breaks a claim.

- What was explored is kept by the content it depends on: the workflow, its blocks, the tables, systems and
  guards. Typing in one workflow leaves the proofs of the others as they are.
- A search looks for an exact path first; one that is not exact is told as possible, never as real.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from studio.checks.earlier import Earlier, earlier_of, telling
from studio.checks.facts import FactBook
from studio.checks.graph import TooLarge, Unfolding
from studio.checks.moves import Ground
from studio.checks.situations import Situations, TooManySituations, Way, explore
from studio.domain.agent import Agent
from studio.domain.check import PathStep
from studio.domain.pulse import beat
from studio.domain.wishes import person_for, within
from studio.domain.workflow import CallBlock, Step, Workflow

KEPT = 256
"""Workflows whose situations are remembered."""
KEPT_SITUATIONS = 150_000
"""Situations that are remembered in all, so that typing in a long workflow does not fill the memory."""

_kept: OrderedDict[str, Situations | None] = OrderedDict()
_lock = Lock()


def family(agent: Agent, flow: Workflow) -> tuple[Workflow, ...]:
    """Return a workflow and the blocks it calls, however deep, in the agent's order."""
    by_id = {each.id: each for each in agent.workflows}
    found, waiting = {flow.id}, [flow]
    while waiting:
        for step in waiting.pop().steps:
            block = by_id.get(step.block) if isinstance(step, CallBlock) else None
            if block is not None and block.id not in found:
                found.add(block.id)
                waiting.append(block)
    return tuple(each for each in agent.workflows if each.id in found)


def ground_of(agent: Agent, flow: Workflow) -> tuple[tuple[Workflow, ...], tuple[str, str] | None]:
    """Return the workflows in which a talk of one workflow can come to stand, and where it goes on (workflow
    and step) while nobody is there to take over; None where the agent does not say."""
    own = family(agent, flow)
    found = person_for(agent, within(flow, {each.id: each for each in agent.workflows}))
    if found is None or found[1].on_failure is None:
        return own, None
    ids = {each.id for each in (*own, *family(agent, found[0]))}
    return tuple(e for e in agent.workflows if e.id in ids), (found[0].id, found[1].on_failure)


def _shared(agent: Agent) -> bytes:
    """Return what the proofs of every workflow depend on."""
    parts = [table.model_dump_json() for table in agent.tables]
    parts += [tool.model_dump_json(exclude={"description", "mock"}) for tool in agent.tools]
    parts += [rule.model_dump_json(exclude={"citations", "text"}) for rule in agent.charter.rules]
    return hashlib.sha256("\n".join(parts).encode()).digest()


@dataclass(slots=True)
class Prover:
    """The proofs of one agent."""

    agent: Agent
    shared: bytes = field(init=False)
    prints: dict[str, str] = field(default_factory=dict)
    earlier: Earlier = field(init=False)

    def __post_init__(self) -> None:
        self.earlier = earlier_of(self.agent)
        self.shared = _shared(self.agent) + repr(self.earlier).encode()
        self.prints = {
            flow.id: hashlib.sha256(flow.model_dump_json().encode()).hexdigest()
            for flow in self.agent.workflows
        }

    def key(self, flow: Workflow) -> str:
        """Return a fingerprint of everything that a workflow's proofs depend on."""
        flows, rescue = ground_of(self.agent, flow)
        parts = [self.prints[each.id] for each in flows]
        return hashlib.sha256(self.shared + "\n".join([flow.id, str(rescue), *parts]).encode()).hexdigest()

    def situations(self, flow: Workflow) -> Situations | None:
        """Return all situations of a workflow; None where it is too large to be searched."""
        key = self.key(flow)
        with _lock:
            if key in _kept:
                _kept.move_to_end(key)
                return _kept[key]
        made = self._explored(flow)
        with _lock:
            _kept[key] = made
            total = sum(len(each.found) for each in _kept.values() if each is not None)
            while len(_kept) > KEPT or (total > KEPT_SITUATIONS and len(_kept) > 1):
                _, oldest = _kept.popitem(last=False)
                total -= len(oldest.found) if oldest is not None else 0
        return made

    def _explored(self, flow: Workflow) -> Situations | None:
        flows, rescue = ground_of(self.agent, flow)
        own = self.agent.model_copy(update={"workflows": flows})
        try:
            ground = Ground(own, Unfolding(own).graph(flow, rescue), FactBook(telling(own, self.earlier)))
            return explore(ground, self.earlier)
        except (TooLarge, TooManySituations):
            return None


# Searching

Trail = list[tuple[int, str]]
"""Situations by number, each with the way out that was taken ("" at the last)."""
Target = Callable[[int], bool]
Blocked = Callable[[int, Way], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """A way that breaks a claim; `real` where customers can truly take it."""

    trail: Trail
    real: bool

    @property
    def further(self) -> bool:
        """Return whether it begins with a further wish of the same talk."""
        return self.trail[0][0] != 0


def never(number: int, way: Way) -> bool:
    """Block no way."""
    return False


def seek(
    made: Situations,
    target: Target,
    blocked: Blocked = never,
    starts: Sequence[int] | None = None,
    over: Target | None = None,
) -> Found | None:
    """Return the shortest way from some situations to a target; an exact one before any other.

    Without `starts`: from the start, and from where further wishes begin, but for those that are `over`.
    """
    if not made.found:
        return None
    for exact in (True, False):
        if starts is not None:
            trail = _shortest(made, target, blocked, starts, exact)
        elif blocked is never:
            trail = _in_tree(made, target, exact)
        else:
            later = [] if exact else [n for n in made.later if over is None or not over(n)]
            trail = _shortest(made, target, blocked, (0, *later), exact)
        if trail is not None:
            return Found(trail, exact)
    return None


def verified_at(made: Situations) -> Target:
    """Return what tells whether identity holds in a situation."""
    return lambda number: made.found[number].verified


def said_at(made: Situations, rule: str) -> Target:
    """Return what tells whether a disclosure was said before a situation."""
    bit = made.ground.disclosures.get(rule, 0)
    return lambda number: bool(made.found[number].said & bit)


def way_to(made: Situations, number: int) -> Found | None:
    """Return the shortest way from the start to a situation."""
    for exact in (True, False):
        came_from = _tree(made, exact)
        if number in came_from:
            return Found(_back(came_from, number), exact)
    return None


def _tree(made: Situations, exact: bool) -> dict[int, tuple[int, str]]:
    """Return how each situation is come to from the start, nearest first; made once."""
    if exact not in made.trees:
        made.trees[exact] = _spread(made, never, (0,) if exact else (0, *made.later), exact)
    return made.trees[exact]


def _in_tree(made: Situations, target: Target, exact: bool) -> Trail | None:
    came_from = _tree(made, exact)
    return next((_back(came_from, number) for number in came_from if target(number)), None)


def _back(came_from: dict[int, tuple[int, str]], at: int) -> Trail:
    trail, label = [(at, "")], ""
    while came_from[at][0] >= 0:
        at, label = came_from[at]
        trail.append((at, label))
    return trail[::-1]


def reached(made: Situations, blocked: Blocked) -> frozenset[int]:
    """Return the situations that are come to without the blocked ways, exact or not."""
    return frozenset(_spread(made, blocked, (0, *made.later), exact=False))


def _spread(
    made: Situations, blocked: Blocked, starts: Iterable[int], exact: bool
) -> dict[int, tuple[int, str]]:
    """Return how each situation is come to, in the order in which it is."""
    came_from: dict[int, tuple[int, str]] = {}
    for start in starts:
        if not (exact and made.joined[start]):
            came_from.setdefault(start, (-1, ""))
    waiting = deque(came_from)
    while waiting:
        beat()
        at = waiting.popleft()
        for way in made.ways[at]:
            if way.to in came_from or (exact and (not way.exact or made.joined[way.to])):
                continue
            if not blocked(at, way):
                came_from[way.to] = (at, way.label)
                waiting.append(way.to)
    return came_from


def _shortest(
    made: Situations, target: Target, blocked: Blocked, starts: Iterable[int], exact: bool
) -> Trail | None:
    came_from: dict[int, tuple[int, str]] = {}
    waiting: deque[int] = deque()
    for start in starts:
        if not (exact and made.joined[start]):
            came_from.setdefault(start, (-1, ""))
    waiting.extend(came_from)
    while waiting:
        beat()
        at = waiting.popleft()
        if target(at):
            return _back(came_from, at)
        for way in made.ways[at]:
            if way.to in came_from or (exact and (not way.exact or made.joined[way.to])):
                continue
            if not blocked(at, way):
                came_from[way.to] = (at, way.label)
                waiting.append(way.to)
    return None


def joined(first: Trail, label: str, second: Trail) -> Trail:
    """Return two trails as one: the first ends where the way of this label begins."""
    return [*first[:-1], (first[-1][0], label), *second]


def steps_of(made: Situations, trail: Trail) -> tuple[PathStep, ...]:
    """Return a trail as a path for people: each step with the way out that was taken."""
    return tuple(_path_step(made, number, label) for number, label in trail)


def _path_step(made: Situations, number: int, label: str) -> PathStep:
    place = made.graph.places[made.found[number].place]
    return PathStep(workflow=place.workflow, step=place.step, title=made.step(number).title, label=label)


def route(steps: Iterable[PathStep]) -> str:
    """Return a path in one line."""
    return " → ".join(step.title + (f" ({step.label})" if step.label else "") for step in steps)


def further(found: Found | None) -> str:
    """Return the sentence that a way takes a further wish; "" where it takes none."""
    return " It takes a second wish in the same talk." if found is not None and found.further else ""


def top(made: Situations, number: int) -> bool:
    """Return whether a situation is in the workflow itself, not in a block it calls."""
    return not made.graph.places[made.found[number].place].calls


def at_step(made: Situations, wanted: Callable[[Step], bool]) -> list[int]:
    """Return the situations at the steps that are wanted."""
    places = [at for at, step in enumerate(made.graph.steps) if wanted(step)]
    return [number for at in places for number in made.at.get(at, ())]
