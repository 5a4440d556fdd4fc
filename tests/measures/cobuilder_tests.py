"""What drafted tests are worth: how many faults planted in the samples the tests notice, before and after.

- The faults are those that the product plants itself (`studio.simulation.mutants`). What no test notices is
  held against the checks too; a mutant that changes no conversation and no check counts as unnoticed.
- Covered is a goal (row, branch, limit and its neighbours, forbidden and excepted case, failure, identity,
  missing fact, manner, disclosure) that a test reaches; the others are named with the reason.
- Two tests are duplicates when everything but their names is the same.
- Each test runs with two customers on the mutant; one failing conversation notices it. The drafts are
  made from the sound agent, and each is run on it with five customers first: those that fail are told.
"""

from __future__ import annotations

from collections import Counter

from studio.checks.all import run_checks
from studio.cobuilder.scenarios.plans import plan_tests
from studio.domain.agent import Agent
from studio.domain.frozen import canonical
from studio.domain.scenario import Scenario
from studio.runtime.program import Program
from studio.simulation.mutants import mutants
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect
from tests.measures.cobuilder_impact import project

SAMPLES = ("returns_assistant", "appointment_desk")


def fails(agent: Agent, tests: list[Scenario], customers: int = 2) -> list[str]:
    """Return the ids of the tests that fail on an agent."""
    program = Program.of(agent)
    world = world_of(program)
    return [
        test.id
        for test in tests
        if any(
            not converse(program, world, test, number, 7, connect(test)).passed for number in range(customers)
        )
    ]


def figures(sample: str) -> tuple[Counter[str], Counter[str], Counter[str], Counter[str], list[str]]:
    """Return faults by kind, noticed before, after, by the checks alone; and drafts that fail unplanted."""
    agent, _, _ = project(sample)
    tests = list(agent.scenarios)
    drafted = [draft.scenario for draft in plan_tests(agent).drafts]
    planted, before, after, checked = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    sound = broken(agent)
    for each in mutants(agent):
        mutant, kind = each.plant(agent), each.kind
        planted[kind] += 1
        known = bool(fails(mutant, tests))
        before[kind] += known
        noticed = known or bool(fails(mutant, drafted))
        after[kind] += noticed
        checked[kind] += not noticed and bool(broken(mutant) - sound)
    return planted, before, after, checked, fails(agent, drafted, customers=5)


def broken(agent: Agent) -> set[str]:
    """Return the checks that do not hold."""
    return {each.id for each in run_checks(agent) if each.status != "holds"}


def duplicates(tests: list[Scenario]) -> int:
    """Return how many tests say nothing that another does not say."""
    bare = [canonical(test.model_copy(update={"id": "T-00", "title": "", "citations": ()})) for test in tests]
    return len(bare) - len(set(bare))


def coverage(sample: str) -> str:
    """Return how many goals of each kind are reached by tests and drafts, in a line."""
    agent, _, _ = project(sample)
    plan = plan_tests(agent)
    whole, reached = Counter[str](), Counter[str]()
    for goal in (*plan.tested, *(draft.goal for draft in plan.drafts)):
        whole[goal.kind] += 1
        reached[goal.kind] += 1
    impossible = [goal for goal, why in plan.untested if goal.kind == "limit"]
    for goal, _ in plan.untested:
        whole[goal.kind] += goal not in impossible
    parts = (f"{kind} {reached[kind]}/{whole[kind]}" for kind in sorted(whole) if whole[kind])
    return f"{reached.total()}/{whole.total()} ({reached.total() / whole.total():.2f}): {', '.join(parts)}"


def measure() -> None:
    """Print the drafts, and the planted faults noticed before and after, by kind."""
    planted, before, after, checked = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for sample in SAMPLES:
        agent, _, _ = project(sample)
        plan = plan_tests(agent)
        found = figures(sample)
        planted, before, after = planted + found[0], before + found[1], after + found[2]
        checked += found[3]
        doubled = duplicates([*agent.scenarios, *(draft.scenario for draft in plan.drafts)])
        cited = sum(bool(draft.scenario.citations) for draft in plan.drafts)
        print(
            f"Tests drafted for {sample}: {len(plan.drafts)} new beside {len(agent.scenarios)}; {cited} cite "
            f"a sentence; {len(plan.tested)} cases were tested already, {len(plan.untested)} are named as "
            f"untested; {len(found[4])} fail on the sound agent {' '.join(found[4])}; "
            f"{doubled} duplicates"
        )
        print(f"  goals reached {coverage(sample)}")
        for goal, why in plan.untested:
            print(f"  not tested: {goal.words}. {why}")
    for kind in sorted(planted):
        print(
            f"  {kind:<36} noticed {before[kind]:>2} → {after[kind]:>2} of {planted[kind]:>2}"
            + (f", {checked[kind]} more by the checks" if checked[kind] else "")
        )
    whole = planted.total()
    print(
        f"  {'all':<36} noticed {before.total()} → {after.total()} of {whole} "
        f"({before.total() / whole:.2f} → {after.total() / whole:.2f}), "
        f"with the checks {(after + checked).total()} ({(after + checked).total() / whole:.2f})"
    )


if __name__ == "__main__":
    measure()
