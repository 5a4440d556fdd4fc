"""Simulating: the live version and the draft meet the same customers with the same seed.

- A run with a set-up (some tests, harder customers, failing systems, another version) is a trial: it is kept
  in the history, and is never evidence of a release.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from studio.domain.agent import Agent
from studio.domain.errors import WrongUse
from studio.domain.frozen import digest
from studio.domain.run import Comparison, RunSetup
from studio.domain.scenario import Behaviour, Fault, Scenario
from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command, RecordComparison
from studio.services.jobs import Tools

DEFAULT_SEED = 7
DEFAULT_CUSTOMERS = 5
MOST = 1_000_000
"""Customers a test."""


@dataclass(frozen=True, slots=True)
class Simulate:
    """Run every test of the draft (or only `tests`) with `customers` customers each, on both sides.

    `manners` and `faults` are added to each test; `against` is the number of a version, else the live one.
    `drawn`, `limits` and `cards` bring further customers: so many drawn by the seed, those at every limit of
    a decision, those of imported conversations.
    """

    seed: int = DEFAULT_SEED
    customers: int = DEFAULT_CUSTOMERS
    tests: tuple[str, ...] = ()
    manners: tuple[Behaviour, ...] = ()
    faults: tuple[Fault, ...] = ()
    against: int | None = None
    drawn: int = 0
    limits: bool = False
    cards: tuple[Scenario, ...] = ()

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"Simulating, {self.customers} customers a test"

    def set_up(self, draft: Agent, against: int | None) -> RunSetup | None:
        """Return how this run differs from the whole, or None where it does not; raises WrongUse."""
        from studio.services.run_setup import Further, set_up

        further = Further(self.drawn, self.limits, self.cards)
        return set_up(draft, self.tests, self.manners, self.faults, against, further, self.seed)

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Comparison]:
        """Read both agents; return the simulating."""
        from studio.simulation.runner import simulate

        if not 1 <= self.customers <= MOST:
            raise WrongUse(
                f"{self.customers:,} customers a test cannot be simulated.", f"Choose 1 to {MOST:,}."
            )
        draft, number = unit.agents.draft(), unit.agents.live_number()
        against = None if self.against == number else self.against
        live = unit.agents.live() if against is None else unit.agents.version(_known(against, number))
        if not draft.scenarios and not self.cards:
            raise WrongUse("The draft has no tests to simulate.", "Accept proposed tests, or write one.")
        setup = self.set_up(draft, against)
        tried = draft if setup is None else draft.model_copy(update={"scenarios": setup.scenarios})
        run_id = f"Run {len(unit.comparisons.ids()) + 1}"

        def work(progress: Progress) -> Comparison:
            log = tools.run_log()
            made = simulate(run_id, live, tried, self.seed, self.customers, tools.workers, progress, log=log)
            if setup is None:
                return made
            # The tests are others for the time of the trial; it is still this draft that was tried.
            return replace(made, setup=setup, draft=replace(made.draft, agent_digest=digest(draft)))

        return work

    def record(self, result: Comparison) -> Command:
        """Return the command that keeps the result."""
        return RecordComparison(result)


def _known(number: int, newest: int) -> int:
    if not 1 <= number <= newest:
        raise WrongUse(f"There is no version {number} of the agent.", f"The newest is {newest}.")
    return number
