"""What the Simulate page and `cobuilder simulate` show: live version against draft, test by test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from studio.domain.errors import WrongUse
from studio.domain.run import ASPECTS, Aspect, Comparison, Conversation, Run
from studio.domain.scenario import Scenario
from studio.ports import UnitOfWork
from studio.services.standing import Standing, standing
from studio.simulation.consequences import ScenarioEffect, effects
from studio.simulation.sampled import stopped


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One test: how many of its conversations were right, on both sides.

    `aspects` says for each aspect whether the draft was right every time; `live_total` is 0 where the
    live version could not run the test (it is new).
    """

    id: str
    title: str
    customer: str
    live_passed: int
    live_total: int
    draft_passed: int
    draft_total: int
    aspects: tuple[tuple[Aspect, bool], ...]
    differs: bool
    difference: str


@dataclass(frozen=True, slots=True)
class SideTotals:
    """The figures of one side over the whole run."""

    scenarios_passed: int
    scenarios: int
    conversations_passed: int
    conversations: int
    goals_reached: int
    limits_broken: int


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """One simulation; `current` says whether it ran exactly the present draft."""

    id: str
    live_number: int
    seed: int
    customers: int
    engine: str
    current: bool
    rows: tuple[ScenarioRow, ...]
    live: SideTotals
    draft: SideTotals
    live_digest: str
    draft_digest: str


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """One conversation on both sides; the live side is None where the test is new."""

    scenario: Scenario
    customer: int
    live: Conversation | None
    draft: Conversation | None


def _row(effect: ScenarioEffect) -> ScenarioRow:
    words = tuple(tally.words for tally in effect.differences)
    return ScenarioRow(
        id=effect.id,
        title=effect.title,
        customer=effect.manner,
        live_passed=effect.live_passed or 0,
        live_total=0 if effect.is_new else effect.customers,
        draft_passed=effect.draft_passed,
        draft_total=effect.customers,
        aspects=tuple((aspect, effect.aspects[aspect] == effect.customers) for aspect in ASPECTS),
        differs=bool(words),
        difference="New test." if effect.is_new else " ".join(words),
    )


def totals(run: Run) -> SideTotals:
    """Return the figures of one side."""
    figures = run.figures.scenarios
    return SideTotals(
        scenarios_passed=sum(each.passed == each.conversations for each in figures),
        scenarios=len(figures),
        conversations_passed=sum(each.passed for each in figures),
        conversations=sum(each.conversations for each in figures),
        goals_reached=sum(each.right.get("goal", 0) for each in figures),
        limits_broken=sum(each.conversations - each.right.get("limits", 0) for each in figures),
    )


def comparison_page(stand: Standing, comparison: Comparison) -> ComparisonPage:
    """Return the page of a comparison."""
    live, draft = comparison.live, comparison.draft
    return ComparisonPage(
        id=comparison.id,
        live_number=stand.live_number,
        seed=draft.seed,
        customers=draft.customers,
        engine=draft.engine,
        current=stand.comparison_is_current,
        rows=tuple(_row(effect) for effect in effects(comparison, stand.draft.scenarios)),
        live=totals(live),
        draft=totals(draft),
        live_digest=live.evidence_digest,
        draft_digest=draft.evidence_digest,
    )


@dataclass(frozen=True, slots=True)
class ShowComparison:
    """Ask for the newest simulation."""

    def answer(self, unit: UnitOfWork) -> ComparisonPage | None:
        """Return its page, or None where nothing was simulated yet."""
        stand = standing(unit)
        return comparison_page(stand, stand.comparison) if stand.comparison else None


@dataclass(frozen=True, slots=True)
class SamplePage:
    """The draft without and with a language model, over the same customers: a sample, never a proof.

    `stopped` is what of the model's answers was not let through, each with how often.
    """

    id: str
    model: str
    seed: int
    customers: int
    current: bool
    plain: SideTotals
    sampled: SideTotals
    rows: tuple[ScenarioRow, ...]
    stopped: tuple[tuple[str, int], ...]
    digest: str


@dataclass(frozen=True, slots=True)
class ShowSample:
    """Ask for the newest simulation with a language model."""

    def answer(self, unit: UnitOfWork) -> SamplePage | None:
        """Return its page, or None where there is none."""
        stand, found = standing(unit), unit.comparisons.latest_sample()
        if found is None:
            return None
        return SamplePage(
            id=found.id,
            model=found.draft.sampled,
            seed=found.draft.seed,
            customers=found.draft.customers,
            current=found.draft.agent_digest == stand.draft_digest,
            plain=totals(found.live),
            sampled=totals(found.draft),
            rows=tuple(_row(effect) for effect in effects(found, stand.draft.scenarios)),
            stopped=tuple(Counter(stopped(found.draft)).most_common()),
            digest=found.draft.evidence_digest,
        )


@dataclass(frozen=True, slots=True)
class ShowConversation:
    """Ask for one conversation of the newest simulation, on both sides."""

    scenario_id: str
    customer: int = 0

    def answer(self, unit: UnitOfWork) -> ConversationPage:
        """Return both transcripts; raises WrongUse."""
        stand = standing(unit)
        found = stand.comparison
        scenario = next((s for s in stand.draft.scenarios if s.id == self.scenario_id), None)
        if found is None or scenario is None:
            raise WrongUse(f"There is no simulated conversation of “{self.scenario_id}”.", "Simulate first.")
        pick = {
            side: _customer(run.of(self.scenario_id), self.customer)
            for side, run in (("live", found.live), ("draft", found.draft))
        }
        return ConversationPage(scenario, self.customer, pick["live"], pick["draft"])


def _customer(conversations: Sequence[Conversation], number: int) -> Conversation | None:
    """Return a customer's conversation; customers are numbered from 0 in every scenario."""
    return conversations[number] if 0 <= number < len(conversations) else None
