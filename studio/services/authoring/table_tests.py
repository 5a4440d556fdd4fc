"""A test of a case that no row of a decision covers: it fails until a row does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from studio.checks.witness import witness
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.check import CheckResult
from studio.domain.errors import WrongUse
from studio.domain.scenario import Expectation, ExpectOutcome, ExpectStep, Scenario
from studio.domain.workflow import Decide
from studio.services.authoring.gap_tests import PATHS_MOST, paths_to
from studio.services.authoring.scenarios import added, free_id
from studio.services.counterexample import customer_of
from studio.services.covering import Tests


def uncovered_case_test(agent: Agent, result: CheckResult) -> ChangeSet:
    """Return the change that adds a test of a table's uncovered case; raises WrongUse where none shows it."""
    table = result.path.rpartition("/")[2]
    for flow in agent.workflows:
        for step in flow.steps:
            if isinstance(step, Decide) and step.table == table:
                for plain in _customers(agent, (flow.id, step.id), result):
                    for expected in _expected(step):
                        made = plain.model_copy(update={"expectations": (expected,)})
                        if _fails_there(agent, made, (flow.id, step.id)):
                            return added(agent, made)
    raise WrongUse("No customer was found who comes to that case.", "Add a row for it instead.")


def _customers(agent: Agent, place: tuple[str, str], result: CheckResult) -> Iterator[Scenario]:
    for flow in (each for each in agent.workflows if not each.reusable):
        for path in islice(paths_to(agent, flow, frozenset({place})), PATHS_MOST):
            found = witness(agent, path, result.case)
            if found is not None:
                made = customer_of(agent, found, f"{result.subject}: a case that no row covers")
                yield made.model_copy(update={"id": free_id(agent)})


def _expected(step: Decide) -> Iterator[Expectation]:
    """Yield what a decision that answers would come to: not where it goes for want of an answer."""
    if step.otherwise is not None and all(branch.next != step.otherwise for branch in step.branches):
        yield ExpectStep(step=step.otherwise, never=True)
    yield ExpectOutcome(outcome="resolved")


def _fails_there(agent: Agent, test: Scenario, place: tuple[str, str]) -> bool:
    talk = Tests.of(agent).met(test)
    return not talk.passed and any((e.workflow, e.step) == place for turn in talk.turns for e in turn.events)
