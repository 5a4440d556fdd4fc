"""A customer for a path: what they tell, what the systems answer and what goes wrong, so that it is taken.

- The path is gone again with nothing forgotten; each decision narrows the fact it looks at, and through it
  what the customer told or a system answered.
- A system answers the same every time. A path on which it would have to answer differently has no customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from studio.checks.boxes import Store, meet
from studio.checks.domains import natural
from studio.checks.facts import MISSING, FactBook
from studio.checks.graph import TooLarge, Unfolding
from studio.checks.moves import FAILED, Ground
from studio.checks.proving import family
from studio.checks.situations import Out, Situation, outs
from studio.domain.agent import Agent
from studio.domain.check import PathStep
from studio.domain.condition import Scalar
from studio.domain.workflow import Ask, Handoff, ToolCall, Verify

Source = tuple[str, str]
"""Where a fact comes from: ("", slot) for the customer, (tool, result) for a system."""
MOST_TRIED = 4_000
"""Situations that are tried for one path."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A system that fails at a step, or a closed queue (`step` is ""): so many times, None for every time."""

    name: str
    step: str
    times: int | None


@dataclass(frozen=True, slots=True)
class Witness:
    """What takes a path: values by source, facts that are never told, failures, whether identity holds."""

    workflow: str
    values: dict[Source, Scalar]
    untold: frozenset[str]
    failures: tuple[Failure, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class _Course:
    """What has been narrowed so far: the bits of each source, and where each fact comes from now."""

    bits: dict[Source, int] = field(default_factory=dict)
    untold: frozenset[str] = frozenset()
    failed: tuple[tuple[str, str], ...] = ()
    passed: frozenset[tuple[str, str]] = frozenset()
    closed: tuple[str, ...] = ()
    unverified: frozenset[str] = frozenset()
    verified: frozenset[str] = frozenset()


def witness(
    agent: Agent, path: Sequence[PathStep], case: Mapping[str, Scalar] | None = None
) -> Witness | None:
    """Return what makes a customer take a path from the start of a workflow; None where nothing does.

    With a `case`, these facts have these values where the path ends.
    """
    if not path:
        return None
    flow = next((each for each in agent.workflows if each.id == path[0].workflow), None)
    if flow is None or flow.reusable or flow.start != path[0].step:
        return None
    own = agent.model_copy(update={"workflows": family(agent, flow)})
    try:
        ground = Ground(own, Unfolding(own).graph(flow), FactBook(own))
    except TooLarge:
        return None
    return _Search(ground, path, case or {}).find()


class _Search:
    """Goes a path, choosing among the ways that fit its labels."""

    def __init__(self, ground: Ground, path: Sequence[PathStep], case: Mapping[str, Scalar]) -> None:
        self.ground = ground
        self.case = case
        self.path = path
        self.left = MOST_TRIED
        self.sources = [("", name) for name in ground.names]

    def find(self) -> Witness | None:
        """Return the first customer found."""
        start = Situation(0, self.ground.start, False, 0)
        for course in self._go(0, start, self.sources, _Course()):
            return self._made(course)
        return None

    def _go(self, at: int, now: Situation, sources: list[Source], course: _Course) -> Iterator[_Course]:
        self.left -= 1
        spot = self.ground.graph.places[now.place]
        step = self.path[at]
        if self.left < 0 or (spot.workflow, spot.step) != (step.workflow, step.step):
            return
        if at == len(self.path) - 1:
            ended = self._in_case(now.store)
            settled = self._settle(ended, sources, course) if ended is not None else None
            if settled is not None:
                yield settled
            return
        ways = dict(self.ground.graph.ways[now.place])
        for out in outs(self.ground, now):
            if out.label != step.label or out.label not in ways:
                continue
            narrowed = self._settle(out.store if not self._binds(now, out) else now.store, sources, course)
            further = self._noted(now, out, narrowed) if narrowed is not None else None
            if further is None:
                continue
            to = Situation(ways[out.label], out.store, out.verified, out.said)
            yield from self._go(at + 1, to, self._rebound(now, out, sources), further)

    def _in_case(self, store: Store) -> Store | None:
        """Return the end of the path narrowed to the case; None where it is none of it."""
        box = []
        for name, value in self.case.items():
            mask = self.ground.book.mask(name, "=", value)
            if name in self.ground.index and mask:
                box.append((self.ground.index[name], mask))
        return meet(store, tuple(box))

    def _binds(self, now: Situation, out: Out) -> bool:
        return isinstance(self.ground.graph.steps[now.place], ToolCall) and out.label == ""

    def _settle(self, store: Store, sources: list[Source], course: _Course) -> _Course | None:
        """Return a course narrowed to what a situation admits; None where that is a contradiction."""
        bits = dict(course.bits)
        for at, mask in enumerate(store):
            present = self.ground.present[at]
            allowed = mask & present
            if not allowed:
                continue
            kept = bits.get(sources[at], present) & allowed
            if not kept:
                return None
            bits[sources[at]] = kept
        return replace(course, bits=bits)

    def _noted(self, now: Situation, out: Out, course: _Course) -> _Course | None:
        """Return a course with what a way out takes: a failure, a refusal, an answer never given."""
        step = self.ground.graph.steps[now.place]
        if isinstance(step, Ask) and out.label == FAILED:
            silent = {
                self.ground.names[at] for at in self.ground.asked[now.place] if out.store[at] == MISSING
            }
            return replace(course, untold=course.untold | silent)
        if isinstance(step, Ask) and any(name in course.untold for name in step.slots):
            return None
        if isinstance(step, ToolCall):
            key = (step.tool, step.id)
            if out.label == FAILED:
                return replace(course, failed=(*course.failed, key)) if key not in course.passed else None
            return replace(course, passed=course.passed | {key})
        if isinstance(step, Verify):
            if out.label == "verified":
                return (
                    None
                    if step.tool in course.unverified
                    else replace(course, verified=course.verified | {step.tool})
                )
            return replace(course, unverified=course.unverified | {step.tool})
        if isinstance(step, Handoff):
            return replace(course, closed=(*course.closed, step.queue))
        return course

    def _rebound(self, now: Situation, out: Out, sources: list[Source]) -> list[Source]:
        step = self.ground.graph.steps[now.place]
        if not isinstance(step, ToolCall) or out.label != "":
            return sources
        found = list(sources)
        for binding in step.results:
            at = self.ground.index.get(binding.fact)
            if at is not None:
                found[at] = (step.tool, binding.result)
        return found

    def _made(self, course: _Course) -> Witness | None:
        values: dict[Source, Scalar] = {}
        facts = {name: self.ground.book.fact(name) for name in self.ground.names}
        by_source = {source: facts[source[1]] for source in self.sources}
        for step in self.ground.graph.steps:
            if not isinstance(step, ToolCall):
                continue
            for binding in step.results:
                if binding.fact in facts:
                    by_source[step.tool, binding.result] = facts[binding.fact]
        for source, bits in course.bits.items():
            fact = by_source[source]
            if bits != fact.present:
                chosen = [piece for i, piece in enumerate(fact.pieces) if bits >> (i + 1) & 1]
                values[source] = min(chosen, key=lambda p: (not natural(p.sample), p.low == p.high)).sample
        failures = [Failure(queue, "", None) for queue in course.closed]
        for tool, step_id in dict.fromkeys(course.failed):
            again = (tool, step_id) in course.passed
            failures.append(Failure(tool, step_id, self._tries(step_id) if again else None))
        return Witness(self.path[0].workflow, values, course.untold, tuple(failures), not course.unverified)

    def _tries(self, step_id: str) -> int:
        found = (s for s in self.ground.graph.steps if isinstance(s, ToolCall) and s.id == step_id)
        return next((max(0, step.retries) + 1 for step in found), 1)
