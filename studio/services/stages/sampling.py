"""Sampling: the draft meets the same customers without and with the chosen language model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.domain.errors import WrongUse
from studio.domain.run import Comparison
from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command, RecordComparison
from studio.services.jobs import Tools
from studio.services.models import as_error
from studio.services.stages.simulating import DEFAULT_SEED

MOST = 10_000
"""Customers a test: each costs several questions."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Let a language model listen and word for the draft, under the same workflow and guards.

    With `whole` the model is the agent: it chooses what to say and which system to call, under the guards.

    What leaves, and whether it may, is decided as for reading: policy, confirmation, masking, budget.
    """

    seed: int = DEFAULT_SEED
    customers: int = 1
    whole: bool = False

    @property
    def title(self) -> str:
        """Return what is being done."""
        part = " as the whole agent" if self.whole else ""
        return f"Simulating with a language model{part}, {self.customers} customers a test"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Comparison]:
        """Read the draft; return the simulating."""
        from studio.simulation.runner import compare_runs, run
        from studio.simulation.sampled import ModelStopped, run_sampled

        if not 1 <= self.customers <= MOST:
            raise WrongUse(
                f"{self.customers:,} customers a test are not asked of a model.", f"Choose 1 to {MOST:,}."
            )
        draft = unit.agents.draft()
        if not draft.scenarios:
            raise WrongUse("The draft has no tests to simulate.", "Accept proposed tests, or write one.")
        run_id = f"Sample {len(unit.comparisons.ids()) + 1}"

        def work(progress: Progress) -> Comparison:
            model = tools.model()
            if model is None:
                raise WrongUse(
                    "No language model is chosen.",
                    "Choose one under Settings, or with `cobuilder model use`.",
                )
            try:
                sampled = run_sampled(
                    draft,
                    draft.scenarios,
                    self.seed,
                    self.customers,
                    model,
                    progress,
                    log=tools.run_log(),
                    part="whole" if self.whole else "words",
                )
            except ModelStopped as stop:
                raise as_error(stop.failure) from stop
            plain = run(draft, draft.scenarios, self.seed, self.customers, tools.workers)
            return compare_runs(run_id, plain, sampled)

        return work

    def record(self, result: Comparison) -> Command:
        """Return the command that keeps the result."""
        return RecordComparison(result)
