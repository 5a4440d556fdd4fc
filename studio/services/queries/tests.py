"""What the Tests page and `cobuilder tests` show: the tests, one of them met now, and what none exercises."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.agent import Agent
from studio.domain.errors import WrongUse
from studio.domain.run import Conversation
from studio.domain.scenario import Fault, Scenario
from studio.ports import UnitOfWork
from studio.services.authoring.variations import Variation, variations
from studio.services.covering import TestCoverage, Tests, coverage_of, covered_by
from studio.services.run_setup import possible_faults, steps_of_fault
from studio.services.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class TestRows:
    """The tests of the live version and of the draft, and what forms of them can offer.

    `taken` are ids of tests that wait in proposals; `faults` are what can fail, each with the steps at
    which it can; `passes` are those that were met since their last edit.
    """

    live_number: int
    live: Agent
    draft: Agent
    taken: tuple[str, ...]
    faults: tuple[tuple[Fault, tuple[str, ...]], ...]
    passes: dict[str, bool]

    __test__ = False


@dataclass(frozen=True, slots=True)
class ShowTests:
    """Ask for the tests; with `meet`, so many of those that were not met yet are met first."""

    meet: int = 0

    def answer(self, unit: UnitOfWork) -> TestRows:
        """Return them."""
        stand = standing(unit)
        draft, tests = stand.draft, Tests.of(stand.draft)
        left, passes = self.meet, dict[str, bool]()
        for each in draft.scenarios:
            if not tests.known(each):
                if left <= 0:
                    continue
                left -= 1
            passes[each.id] = tests.met(each).passed
        faults = tuple((fault, steps_of_fault(draft, fault)) for fault in possible_faults(draft))
        return TestRows(stand.live_number, stand.live, draft, waiting_tests(stand), faults, passes)


def waiting_tests(stand: Standing) -> tuple[str, ...]:
    """Return the ids of tests that wait in proposals to be decided."""
    found = [change.change.segments for _, change in stand.undecided]
    return tuple(each[1] for each in found if each[0] == "scenarios" and len(each) == 2)


@dataclass(frozen=True, slots=True)
class MetTest:
    """A test met once on the draft: what was said, and kind, title and path of what it covers."""

    scenario: Scenario
    conversation: Conversation
    covers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class MeetTest:
    """Ask how one test goes on the draft now; nothing is recorded."""

    test: str

    def answer(self, unit: UnitOfWork) -> MetTest:
        """Return it; raises WrongUse where there is no such test."""
        draft = unit.agents.draft()
        scenario = scenario_of(draft, self.test)
        talk = Tests.of(draft).met(scenario)
        return MetTest(scenario, talk, covered_by(draft, talk))


@dataclass(frozen=True, slots=True)
class ShowVariations:
    """Ask how one test can be varied."""

    test: str

    def answer(self, unit: UnitOfWork) -> tuple[Variation, ...]:
        """Return the variations; raises WrongUse where there is no such test."""
        draft = unit.agents.draft()
        return variations(draft, scenario_of(draft, self.test))


@dataclass(frozen=True, slots=True)
class ShowTestCoverage:
    """Ask what the tests of the draft exercise, each met once."""

    def answer(self, unit: UnitOfWork) -> TestCoverage:
        """Return it."""
        return coverage_of(unit.agents.draft())


def scenario_of(draft: Agent, test_id: str) -> Scenario:
    """Return a test of the draft; raises WrongUse where there is none of this id."""
    found = next((each for each in draft.scenarios if each.id == test_id), None)
    if found is None:
        raise WrongUse(f"The draft has no test “{test_id}”.", "`cobuilder tests list` names them.")
    return found
