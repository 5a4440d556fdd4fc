"""Simulating: the live version and the draft meet the same customers with the same seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.domain.errors import WrongUse
from studio.domain.run import Comparison
from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command, RecordComparison
from studio.services.jobs import Tools

DEFAULT_SEED = 7
DEFAULT_CUSTOMERS = 5
MOST = 1_000_000
"""Customers a test."""


@dataclass(frozen=True, slots=True)
class Simulate:
    """Run every test of the draft with `customers` customers each, on both sides."""

    seed: int = DEFAULT_SEED
    customers: int = DEFAULT_CUSTOMERS

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"Simulating, {self.customers} customers a test"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Comparison]:
        """Read both agents; return the simulating."""
        from studio.simulation.runner import simulate

        if not 1 <= self.customers <= MOST:
            raise WrongUse(
                f"{self.customers:,} customers a test cannot be simulated.", f"Choose 1 to {MOST:,}."
            )
        live, draft = unit.agents.live(), unit.agents.draft()
        if not draft.scenarios:
            raise WrongUse("The draft has no tests to simulate.", "Accept proposed tests, or write one.")
        run_id = f"Run {len(unit.comparisons.ids()) + 1}"

        def work(progress: Progress) -> Comparison:
            log = tools.run_log()
            return simulate(run_id, live, draft, self.seed, self.customers, tools.workers, progress, log=log)

        return work

    def record(self, result: Comparison) -> Command:
        """Return the command that keeps the result."""
        return RecordComparison(result)
