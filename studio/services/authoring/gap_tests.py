"""A test for what no passing test exercises: drafted from the goal behind it, or of a way that leads there.

- Each draft is run before it is offered: it counts only if it really exercises what was wanted.
- First come the drafts of the same drafting that proposes tests, those about it before all others; then a
  test there is, with nobody who takes over; then a customer who takes a path to the step, expected to come
  there and to end as the draft ends today.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from studio.checks.graph import Path, TooLarge, Unfolding, as_path
from studio.checks.witness import witness
from studio.cobuilder.scenarios.goals import Goal
from studio.cobuilder.scenarios.plans import plan_tests
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.check import PathStep
from studio.domain.errors import WrongUse
from studio.domain.run import Conversation
from studio.domain.scenario import ExpectOutcome, ExpectStep, Scenario
from studio.domain.workflow import Disclose, Handoff, Workflow, ways_out
from studio.services.authoring.scenarios import added, free_id
from studio.services.authoring.variations import varied
from studio.services.counterexample import customer_of
from studio.services.covering import Item, Tests, coverage_of, places_of
from studio.simulation.coverage import Ground, Touched

PATHS_MOST, WALKS_MOST = 40, 4_000
"""Paths to a place that are tried with a customer, and walks from which they are found."""


@dataclass(frozen=True, slots=True)
class GapTest:
    """A test for a gap, the change that adds it, and why the draft fails it ("" where it passes)."""

    scenario: Scenario
    changeset: ChangeSet
    fails: str


def gap_test(agent: Agent, kind: str, name: str, taken: tuple[str, ...] = ()) -> GapTest:
    """Return a test that exercises one thing; raises WrongUse with the reason where none was found."""
    item = next((each for each in coverage_of(agent).items if (each.kind, each.id) == (kind, name)), None)
    if item is None:
        raise WrongUse("That is no longer in the draft.", "Look at what no test exercises once more.")
    wanted = _wanted(agent, item)
    tests, ground = Tests.of(agent), Ground(agent)
    failing: GapTest | None = None
    number = free_id(agent, taken)
    drafts, why = _drafts(agent, item, wanted, taken)
    others = (each.scenario for each in plan_tests(agent, names=taken).drafts)
    makers = (iter(drafts), _by_variation(agent, wanted, number), others, _by_paths(agent, wanted, number))
    for scenario in chain.from_iterable(makers):
        named = scenario.model_copy(update={"id": number})
        talk = tests.met(named)
        if not ground.touched(talk) & wanted and not _cites(item, named):
            continue
        made = _made(agent, named, talk)
        if not made.fails:
            return made
        failing = failing or made
    if failing is None:
        raise WrongUse(
            f"No test was found that exercises {item.title}.{f' {why}' if why else ''}",
            "Talk there yourself in Try it, and make a test of it.",
        )
    return failing


def _made(agent: Agent, scenario: Scenario, talk: Conversation) -> GapTest:
    wrong = " ".join(mark.note for mark in talk.marks if not mark.ok)
    return GapTest(scenario, added(agent, scenario), "" if talk.passed else wrong or "It does not pass.")


def _cites(item: Item, scenario: Scenario) -> bool:
    return item.kind == "sentences" and any(each.fingerprint == item.id for each in scenario.citations)


def _wanted(agent: Agent, item: Item) -> frozenset[Touched]:
    """Return what a test has to exercise, one of it at least."""
    if item.kind == "sentences":
        cited = places_of(agent)
        return frozenset(p for p, cites in cited if any(each.fingerprint == item.id for each in cites))
    return frozenset({(item.kind, item.id)})  # type: ignore[arg-type]


def _drafts(
    agent: Agent, item: Item, wanted: frozenset[Touched], taken: tuple[str, ...]
) -> tuple[list[Scenario], str]:
    """Return the drafts for goals that are about it, and why there is none."""
    places = {name.split("/")[1] for kind, name in wanted if kind in ("steps", "branches")}
    rules = {name for kind, name in wanted if kind in ("rules", "guards")}
    rows = {tuple(name.split("/", 1)) for kind, name in wanted if kind == "rows"}
    systems = {name.partition(" ")[2] for kind, name in wanted if kind == "faults"}

    def about(goal: Goal) -> bool:
        cites = item.kind == "sentences" and any(c.fingerprint == item.id for c in goal.citations)
        at = bool(rules & set(goal.rules)) or goal.place in places or goal.about[:2] in rows
        return bool(cites or at or (goal.about and goal.about[0] in systems))

    plan = plan_tests(agent, about, taken)
    if not plan.drafts and plan.tested:  # a test is there and fails, or its customer goes another way
        plain = agent.model_copy(update={"scenarios": tuple(t for t in agent.scenarios if not t.faults)[:1]})
        plan = plan_tests(plain, about, taken)
    return [each.scenario for each in plan.drafts], next((why for _, why in plan.untested), "")


# A way that leads there


def _by_variation(agent: Agent, wanted: frozenset[Touched], number: str) -> Iterator[Scenario]:
    """Yield tests that come to a handoff, with nobody there who takes over."""
    tests, ground = Tests.of(agent), Ground(agent)
    for flow in agent.workflows:
        for step in (each for each in flow.steps if isinstance(each, Handoff)):
            closed: Touched = ("faults", f"queue {step.queue}")
            way: Touched = ("branches", f"{flow.id}/{step.id}/if it fails")
            if not wanted & {closed, way}:
                continue
            for test in agent.scenarios:
                failing = {(each.id, each.failure) for each in test.faults}
                if (step.queue, "queue closed") in failing:
                    continue
                if ("steps", f"{flow.id}/{step.id}") in ground.touched(tests.met(test)):
                    yield varied(agent, test, f"fault:{step.queue}:queue closed", number).scenario
                    break


def _by_paths(agent: Agent, wanted: frozenset[Touched], number: str) -> Iterator[Scenario]:
    for kind, name in sorted(wanted):
        for flow in (each for each in agent.workflows if not each.reusable):
            for path in islice(paths_to(agent, flow, _targets(agent, kind, name)), PATHS_MOST):
                found = witness(agent, path)
                if found is not None:
                    last = path[-1]
                    made = customer_of(agent, found, f"Comes to: {last.title}")
                    yield _expecting(agent, made.model_copy(update={"id": number}), last.step)


def _targets(agent: Agent, kind: str, name: str) -> frozenset[tuple[str, str]]:
    """Return the steps (with their workflow) by which it is exercised: for a way out, where it leads."""
    if kind == "rules":
        return frozenset(
            (flow.id, step.id)
            for flow in agent.workflows
            for step in flow.steps
            if isinstance(step, Disclose) and step.rule == name
        )
    if kind not in ("steps", "branches"):
        return frozenset()
    flow_id, step_id, *label = name.split("/", 2)
    flow = next((each for each in agent.workflows if each.id == flow_id), None)
    step = next((each for each in flow.steps if each.id == step_id), None) if flow is not None else None
    if step is None or not label:
        return frozenset({(flow_id, step_id)})
    return frozenset((flow_id, to) for way, to in ways_out(step) if way == label[0] and to)


def paths_to(
    agent: Agent, flow: Workflow, targets: frozenset[tuple[str, str]]
) -> Iterator[tuple[PathStep, ...]]:
    """Yield paths from the start of a workflow to a step, blocks unfolded, short ones first, no loops."""
    try:
        graph = Unfolding(agent).graph(flow)
    except TooLarge:
        return
    if not any((place.workflow, place.step) in targets for place in graph.places):
        return
    waiting: deque[Path] = deque([[(0, "")]])
    for _ in range(WALKS_MOST):
        if not waiting:
            return
        path = waiting.popleft()
        at = path[-1][0]
        if (graph.places[at].workflow, graph.places[at].step) in targets:
            yield as_path(graph, path)
            continue
        seen = {place for place, _ in path}
        waiting.extend([*path[:-1], (at, way), (to, "")] for way, to in graph.ways[at] if to not in seen)


def _expecting(agent: Agent, scenario: Scenario, step: str) -> Scenario:
    outcome = Tests.of(agent).met(scenario).outcome
    return scenario.model_copy(
        update={"expectations": (ExpectOutcome(outcome=outcome), ExpectStep(step=step))}
    )
