"""A proposal met by its tests with a language model, several times: better, worse, or not enough evidence.

- Nothing of it is proved and nothing is kept: it samples. What leaves, and whether it may, is decided as for
  any run with a model: policy, confirmation, masking, budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.domain.agent import Agent
from studio.domain.errors import WrongUse
from studio.domain.scenario import Scenario
from studio.ports import LanguageModel, Progress, UnitOfWork
from studio.services.consequences_plan import plan_of
from studio.services.jobs import Tools
from studio.services.models import as_error
from studio.services.standing import standing
from studio.simulation.change_evidence import Evidence, evidence_of_tests

DEFAULT_REPEATS = 5
MOST_REPEATS = 1_000


@dataclass(frozen=True, slots=True)
class SampledConsequences:
    """What was found, which model took part, and the tests that only the proposal has."""

    proposal_id: str
    model: str
    repeats: int
    evidence: tuple[Evidence, ...]
    new: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleConsequences:
    """Let a language model listen and word for the draft without and with a proposal, several times."""

    proposal_id: str
    repeats: int = DEFAULT_REPEATS
    seed: int = 7

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"Trying {self.proposal_id} with a language model, {self.repeats} times a test"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], SampledConsequences]:
        """Read the draft and the proposal; return the work. Raises WrongUse."""
        if not 2 <= self.repeats <= MOST_REPEATS:
            raise WrongUse(
                f"{self.repeats:,} times a test tell nothing.", f"Choose 2 to {MOST_REPEATS:,} repeats."
            )
        stand = standing(unit)
        proposal = next((each for each in stand.proposals if each.id == self.proposal_id), None)
        if proposal is None:
            raise WrongUse(f"There is no proposal “{self.proposal_id}”.")
        plan = plan_of(stand, proposal)
        flows = {flow.id for flow in plan.before.workflows}
        tests = plan.whole.scenarios
        known = tuple(test for test in tests if test.workflow in flows)
        if not known:
            raise WrongUse("There are no tests that both versions can meet.", "Accept tests, or write one.")

        def work(progress: Progress) -> SampledConsequences:
            model = tools.model()
            if model is None:
                raise WrongUse(
                    "No language model is chosen.",
                    "Choose one under Settings, or with `cobuilder model use`.",
                )
            before = self._right(plan.before, known, model, tools, lambda f, m="": progress(f / 2, m))
            after = self._right(plan.whole, known, model, tools, lambda f, m="": progress(0.5 + f / 2, m))
            new = tuple(test.id for test in tests if test.workflow not in flows)
            found = evidence_of_tests(before, after)
            return SampledConsequences(self.proposal_id, model.name, self.repeats, found, new)

        return work

    def _right(
        self,
        agent: Agent,
        tests: tuple[Scenario, ...],
        model: LanguageModel,
        tools: Tools,
        progress: Progress,
    ) -> dict[str, list[bool]]:
        """Return for each test how often it was right."""
        from studio.simulation.sampled import ModelStopped, run_sampled

        try:
            made = run_sampled(agent, tests, self.seed, self.repeats, model, progress)
        except ModelStopped as stop:
            raise as_error(stop.failure) from stop
        found: dict[str, list[bool]] = {}
        for conversation in made.conversations:
            found.setdefault(conversation.scenario, []).append(conversation.passed)
        return found

    def record(self, result: SampledConsequences) -> None:
        """Keep nothing: a sample is no evidence of a release."""
