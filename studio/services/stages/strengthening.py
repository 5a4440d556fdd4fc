"""Strength of the tests: faults are planted in the draft, and tests offered for those nobody notices.

- Offered tests make one proposal, decided test by test like any other; nothing else is changed.
- Tests that CoBuilder drafts from rules and rows are tried first, for they cite a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from studio.domain.agent import Agent
from studio.domain.changeset import Change, join_path
from studio.domain.errors import Stale, WrongUse
from studio.domain.frozen import digest, to_json
from studio.domain.proposal import Proposal, ProposedChange
from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command, RecordProposal
from studio.services.jobs import Tools
from studio.services.stages.proposing import next_number
from studio.simulation.strength import NewTest, Strength

DEFAULT_SEED = 7


@dataclass(frozen=True, slots=True)
class Strengthened:
    """How strong the tests are, and the proposal of new ones, if any were found."""

    strength: Strength
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class MeasureStrength:
    """Plant faults in the draft; with `offer`, propose tests for those that no test notices."""

    customers: int = 2
    seed: int = DEFAULT_SEED
    offer: bool = False

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Planting faults to see which the tests notice"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Strengthened]:
        """Read the draft; return the planting. Raises WrongUse where there is no test."""
        from studio.cobuilder.requests.waiting import new_places

        draft, number, now = unit.agents.draft(), next_number(unit), tools.clock().replace(microsecond=0)
        if not 1 <= self.customers <= 100:
            raise WrongUse(f"{self.customers} customers a test cannot be tried.", "Choose 1 to 100.")
        if not draft.scenarios:
            raise WrongUse("The draft has no tests.", "Accept proposed tests, or write one.")
        reserved = new_places(tuple(unit.proposals.all()), unit.decisions.all())
        taken = [path.rpartition("/")[2] for path in reserved if path.startswith("scenarios/")]

        def work(progress: Progress) -> Strengthened:
            return self._plant(draft, number, now, taken, progress)

        return work

    def _plant(
        self, draft: Agent, number: int, now: datetime, taken: Sequence[str], progress: Progress
    ) -> Strengthened:
        from studio.cobuilder.scenarios.plans import plan_tests
        from studio.simulation.strength import strength

        drafts = [each.scenario for each in plan_tests(draft).drafts]
        made = strength(draft, draft.scenarios, self.seed, self.customers, progress, drafts, taken)
        offered = self.offer and made.tests
        return Strengthened(made, _proposal(draft, made, number, now) if offered else None)

    def record(self, result: Strengthened) -> Command | None:
        """Return the command that keeps the proposal, or None where nothing is offered."""
        return RecordProposal(result.proposal) if result.proposal else None


@dataclass(frozen=True, slots=True)
class OfferTests:
    """Propose the new tests that an earlier planting found; refused where the draft has changed since."""

    strength: Strength

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Proposing new tests"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Strengthened]:
        """Make the proposal; raises Stale where the tests were found for another draft, or are proposed."""
        from studio.cobuilder.requests.waiting import new_places

        draft, number, now = unit.agents.draft(), next_number(unit), tools.clock().replace(microsecond=0)
        if digest(draft) != self.strength.agent_digest:
            raise Stale("The draft has changed since the faults were planted.", "Plant faults again.")
        reserved = new_places(tuple(unit.proposals.all()), unit.decisions.all())
        if any(join_path("scenarios", test.scenario.id) in reserved for test in self.strength.tests):
            raise Stale("Tests of these numbers are proposed already.", "Decide them, or plant faults again.")
        return lambda _: Strengthened(self.strength, _proposal(draft, self.strength, number, now))

    def record(self, result: Strengthened) -> Command | None:
        """Return the command that keeps the proposal."""
        return RecordProposal(result.proposal) if result.proposal else None


def _proposal(agent: Agent, made: Strength, number: int, now: datetime) -> Proposal:
    titles = {each.mutant.id: each.mutant.title for each in made.results}
    count = len(made.tests)
    return Proposal(
        id=f"P-{number:02}",
        title=f"{count} test{'s' * (count != 1)} that notice{'s' * (count == 1)} what no other does",
        base_digest=digest(agent),
        created_at=now,
        changes=tuple(_change(at, test, titles) for at, test in enumerate(made.tests, 1)),
        unaffected=tuple(f"{each.mutant.title}. {each.words}" for each in made.unnoticed),
    )


def _change(number: int, test: NewTest, titles: dict[str, str]) -> ProposedChange:
    scenario = test.scenario
    others = len(test.notices) - 1
    more = f" It also notices {others} other planted fault{'s' * (others != 1)}." if others else ""
    return ProposedChange(
        id=f"C-{number:02}",
        title=f"New test {scenario.id} {scenario.title}",
        change=Change(path=join_path("scenarios", scenario.id), before=None, after=to_json(scenario)),
        reason=f"{test.reason}{more} It was run: the draft passes it, and with the fault it fails.",
        citations=scenario.citations,
        confidence=0.8,
    )
