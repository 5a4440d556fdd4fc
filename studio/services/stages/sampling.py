"""Sampling: the draft meets the same customers without and with the chosen language model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from studio.domain.errors import WrongUse
from studio.domain.model import ModelRequest
from studio.domain.run import Comparison
from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command, RecordComparison
from studio.services.jobs import Tools
from studio.services.models import as_error
from studio.services.stages.simulating import DEFAULT_SEED, Simulate

if TYPE_CHECKING:
    from studio.simulation.sampled import Part

MOST = 10_000
"""Customers a test: each costs several questions."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Let a language model listen and word for the draft, under the same workflow and guards.

    With `whole` the model is the agent: it chooses what to say and which system to call, under the guards.
    With `customers_speak` the model words the customers, and the draft answers alone, by its steps.
    `as_in` is a run whose tests, manners, faults and further customers it takes.

    What leaves, and whether it may, is decided as for reading: policy, confirmation, masking, budget.
    """

    seed: int = DEFAULT_SEED
    customers: int = 1
    whole: bool = False
    as_in: Simulate | None = None
    customers_speak: bool = False

    @staticmethod
    def like(job: Simulate, whole: bool, customers_speak: bool = False) -> Sample:
        """Return the sample with the set-up of a run; raises WrongUse."""
        if job.against is not None:
            raise WrongUse(
                "A sample compares the draft without and with the model, not with a version.",
                "Leave out the version.",
            )
        if whole and customers_speak:
            raise WrongUse("One model cannot be agent and customer at once.", "Choose one of both.")
        return Sample(job.seed, job.customers, whole, job, customers_speak)

    @property
    def part(self) -> Part:
        """Return what the model does."""
        return "whole" if self.whole else "customers" if self.customers_speak else "words"

    @property
    def title(self) -> str:
        """Return what is being done."""
        part = {"words": "", "whole": " as the whole agent", "customers": " as the customers"}[self.part]
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
        setup = self.as_in.set_up(draft, None) if self.as_in else None
        tests = setup.scenarios if setup else draft.scenarios
        if not tests:
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
                    tests,
                    self.seed,
                    self.customers,
                    model,
                    progress,
                    log=tools.run_log(),
                    part=self.part,
                )
            except ModelStopped as stop:
                raise as_error(stop.failure) from stop
            plain = run(draft, tests, self.seed, self.customers, tools.workers)
            return replace(compare_runs(run_id, plain, sampled), setup=setup)

        return work

    def record(self, result: Comparison) -> Command:
        """Return the command that keeps the result."""
        return RecordComparison(result)


@dataclass(frozen=True, slots=True)
class RequestsForSample:
    """Ask for the first question of each conversation of a sample, before anything is masked or sent."""

    sample: Sample

    def answer(self, unit: UnitOfWork) -> tuple[ModelRequest, ...]:
        """Return one request a test; raises WrongUse as the sample itself would."""
        from studio.simulation.sampled import first_requests

        draft = unit.agents.draft()
        like = self.sample.as_in
        setup = like.set_up(draft, None) if like else None
        tests = setup.scenarios if setup else draft.scenarios
        return first_requests(draft, tests, self.sample.seed, self.sample.part)
