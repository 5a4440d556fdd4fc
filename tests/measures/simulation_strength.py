"""Strength of the samples' own tests, with the new tests that the product offers, and the cost of judging.

- Planted faults by kind: noticed by a test, by a check only, by a new test only, by nothing. What nothing
  notices is printed with the reason; most are second locks (a guard that the workflow never needs).
- A new test counts only where the sound agent passes it with five customers and the mutant does not.
- The cost is processor time of this process: one conversation with everything, and its verdict alone.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from studio.cobuilder.scenarios.plans import plan_tests
from studio.domain.agent import Agent
from studio.domain.collector import uncollected
from studio.runtime.program import Program
from studio.simulation.coverage import KINDS, exercised
from studio.simulation.grading import grade
from studio.simulation.runner import converse, world_of
from studio.simulation.strength import Strength, strength
from studio.simulation.systems import connect

ROOT = Path(__file__).parents[2]
AGENTS = {
    "shop of the tests": ROOT / "tests" / "simulation" / "shop.json",
    "returns_assistant": ROOT / "sample_projects" / "returns_assistant" / "agent.json",
    "appointment_desk": ROOT / "sample_projects" / "appointment_desk" / "agent.json",
}


def _by_kind(found: Strength) -> None:
    planted = Counter(each.mutant.kind for each in found.results)
    noticed = Counter(each.mutant.kind for each in found.results if each.by_test)
    checked = Counter(each.mutant.kind for each in found.survivors if each.by_check)
    new = Counter(e.mutant.kind for e in found.survivors if e.by_new_test and not e.by_check)
    for kind in sorted(planted):
        print(
            f"  {kind:<36} {planted[kind]:>3} planted: {noticed[kind]:>3} by a test, "
            f"{checked[kind]:>2} more by a check, {new[kind]:>2} more by a new test"
        )
    for each in found.unnoticed:
        print(f"    nothing: {each.mutant.title}. {each.words}")


def _holds(agent: Agent, found: Strength) -> int:
    """Return how many new tests the sound agent passes with five customers."""
    program = Program.of(agent)
    world = world_of(program)
    return sum(
        all(converse(program, world, t.scenario, n, 7, connect(t.scenario)).passed for n in range(5))
        for t in found.tests
    )


def _cost(name: str, agent: Agent) -> None:
    program = Program.of(agent)
    world = world_of(program)
    with uncollected():
        start = time.process_time()
        made = [converse(program, world, s, n, 7, connect(s)) for s in agent.scenarios for n in range(50)]
        whole = time.process_time() - start
        start = time.process_time()
        for each in made:
            grade(program, agent.scenario(each.scenario), each.outcome, each.turns)
        judged = time.process_time() - start
    right = sum(each.passed for each in made)
    print(
        f"Cost on {name}: {whole / len(made) * 1e3:.2f} ms a conversation, of which the verdict "
        f"{judged / len(made) * 1e3:.3f} ms; {right} of {len(made)} right"
    )


def measure() -> None:
    """Print the figures of each agent."""
    for name, path in AGENTS.items():
        agent = Agent.model_validate_json(path.read_bytes())
        start = time.process_time()
        drafts = [draft.scenario for draft in plan_tests(agent).drafts]
        found = strength(agent, agent.scenarios, 7, 2, drafts=drafts)
        took = time.process_time() - start
        checked = sum(each.by_check is not None for each in found.survivors)
        new = sum(e.by_new_test is not None and e.by_check is None for e in found.survivors)
        print(
            f"{name}: {len(found.results)} faults planted, {found.by_tests} noticed by "
            f"{len(agent.scenarios)} tests, {checked} more by checks, {new} more by {len(found.tests)} "
            f"new tests ({_holds(agent, found)} of them pass on the sound agent), "
            f"{len(found.unnoticed)} by nothing; {len(found.unsteady)} tests unsteady; "
            f"{took:.1f} s of processor time"
        )
        _by_kind(found)
        program = Program.of(agent)
        world = world_of(program)
        talks = [converse(program, world, s, n, 7, connect(s)) for s in agent.scenarios for n in range(5)]
        cover = exercised(agent, talks)
        shares = ((kind, *cover.share(kind)) for kind in KINDS)
        print("  covered: " + ", ".join(f"{kind} {passed}/{total}" for kind, total, passed, _ in shares))
        _cost(name, agent)


if __name__ == "__main__":
    measure()
