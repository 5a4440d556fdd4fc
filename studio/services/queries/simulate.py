"""What the Simulate page and `cobuilder simulate` show: live version against draft, test by test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.domain.errors import WrongUse
from studio.domain.run import ASPECTS, Aspect, Blame, Comparison, Conversation, Run
from studio.domain.scenario import Scenario
from studio.domain.trace import Turn
from studio.ports import UnitOfWork
from studio.services.run_setup import setup_in_words
from studio.services.standing import Standing, standing
from studio.simulation.consequences import ScenarioEffect, effects
from studio.simulation.sampled import stopped


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One test: how many of its conversations were right, on both sides.

    `aspects` says for each aspect whether the draft was right every time; `live_total` is 0 where the
    live version could not run the test (it is new). `blamed` says whose fault it was where the draft's
    conversations were not right, and how often.
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
    blamed: tuple[tuple[Blame, int], ...] = ()


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
    """One simulation; `current` says whether it ran exactly the present draft, by the runtime of today.

    `outdated` says that the program itself, not the draft, has changed since.
    `trial` says in words how it differs from the whole; it is empty for a run that is evidence. Of a sample,
    `model` is the language model and `stopped` what of its moves was not let through, with how often.
    """

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
    trial: str = ""
    model: str = ""
    stopped: tuple[tuple[str, int], ...] = ()
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """One conversation on both sides; the live side is None where the test is new.

    `parts_at` is the number of the first turn in which both sides differ, None where they never do.
    """

    scenario: Scenario
    customer: int
    live: Conversation | None
    draft: Conversation | None
    run: str = ""
    parts_at: int | None = None


def _row(effect: ScenarioEffect, blamed: Mapping[Blame, int] | None = None) -> ScenarioRow:
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
        blamed=tuple(sorted((blamed or {}).items(), key=lambda pair: (-pair[1], pair[0]))),
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
    live, draft, setup = comparison.live, comparison.draft, comparison.setup
    blamed = {each.scenario: each.blamed for each in draft.figures.scenarios}
    return ComparisonPage(
        id=comparison.id,
        live_number=setup.against if setup and setup.against is not None else stand.live_number,
        seed=draft.seed,
        customers=draft.customers,
        engine=draft.engine,
        current=stand.is_of_today(draft),
        rows=tuple(
            _row(effect, blamed.get(effect.id)) for effect in effects(comparison, tests_of(stand, comparison))
        ),
        live=totals(live),
        draft=totals(draft),
        live_digest=live.evidence_digest,
        draft_digest=draft.evidence_digest,
        trial=setup_in_words(setup),
        model=draft.sampled,
        stopped=tuple(Counter(stopped(draft)).most_common()) if draft.sampled else (),
        outdated=not draft.by_this_runtime,
    )


def tests_of(stand: Standing, comparison: Comparison) -> tuple[Scenario, ...]:
    """Return the tests as a run had them; for the whole, those of the present draft."""
    return comparison.setup.scenarios if comparison.setup else stand.draft.scenarios


def comparison_of(unit: UnitOfWork, run: str = "") -> Comparison | None:
    """Return the simulation with this id, or the newest one that is no sample; raises WrongUse."""
    if run:
        return unit.comparisons.get(run)
    newest = (unit.comparisons.get(each) for each in reversed(unit.comparisons.ids()))
    return next((found for found in newest if not found.draft.sampled), None)


@dataclass(frozen=True, slots=True)
class ShowComparison:
    """Ask for a simulation by its id, or for the newest one; with `whole`, only for one that is no trial."""

    run: str = ""
    whole: bool = False

    def answer(self, unit: UnitOfWork) -> ComparisonPage | None:
        """Return its page, or None where nothing was simulated yet."""
        found = unit.comparisons.latest() if self.whole else comparison_of(unit, self.run)
        return comparison_page(standing(unit), found) if found else None


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
    trial: str = ""


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
            current=stand.is_of_today(found.draft),
            plain=totals(found.live),
            sampled=totals(found.draft),
            rows=tuple(_row(effect) for effect in effects(found, tests_of(stand, found))),
            stopped=tuple(Counter(stopped(found.draft)).most_common()),
            digest=found.draft.evidence_digest,
            trial=setup_in_words(found.setup),
        )


@dataclass(frozen=True, slots=True)
class ShowConversation:
    """Ask for one conversation of a simulation (else the newest), on both sides."""

    scenario_id: str
    customer: int = 0
    run: str = ""

    def answer(self, unit: UnitOfWork) -> ConversationPage:
        """Return both transcripts; raises WrongUse."""
        stand = standing(unit)
        found = comparison_of(unit, self.run)
        tests = tests_of(stand, found) if found else ()
        scenario = next((s for s in tests if s.id == self.scenario_id), None)
        if found is None or scenario is None:
            raise WrongUse(f"There is no simulated conversation of “{self.scenario_id}”.", "Simulate first.")
        pick = {
            side: _customer(run.of(self.scenario_id), self.customer)
            for side, run in (("live", found.live), ("draft", found.draft))
        }
        live, draft = pick["live"], pick["draft"]
        parts_at = parting(live, draft) if live and draft else None
        return ConversationPage(scenario, self.customer, live, draft, found.id, parts_at)


_TOLD = ("call", "failure", "fault", "handoff", "guard", "disclosure")


def parting(live: Conversation, draft: Conversation) -> int | None:
    """Return the first turn in which two conversations differ: in words, or in what was done meanwhile."""

    def seen(turn: Turn) -> object:
        done = [(e.kind, e.tool, e.rule, e.label, e.arguments) for e in turn.events if e.kind in _TOLD]
        return turn.role, turn.text, done

    for at, (left, right) in enumerate(zip(live.turns, draft.turns, strict=False)):
        if seen(left) != seen(right):
            return at
    return None if len(live.turns) == len(draft.turns) else min(len(live.turns), len(draft.turns))


def _customer(conversations: Sequence[Conversation], number: int) -> Conversation | None:
    """Return a customer's conversation; customers are numbered from 0 in every scenario."""
    return conversations[number] if 0 <= number < len(conversations) else None
