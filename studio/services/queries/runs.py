"""What can be set up for a run, and the history of runs with their trend."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.scenario import Behaviour, Fault, fault_in_words
from studio.ports import UnitOfWork
from studio.services.queries.simulate import comparison_of, totals
from studio.services.run_setup import possible_faults, setup_in_words, steps_of_fault
from studio.services.standing import standing
from studio.simulation.generating import HARMLESS

MOST_RUNS = 60
"""Runs that the history shows, the newest ones."""


@dataclass(frozen=True, slots=True)
class SetupChoices:
    """What can be chosen: tests, manners, what goes wrong (with its words), and earlier versions.

    `failing` and `differing` are the tests that the newest run found so; `fault_steps` says for what goes
    wrong the steps at which it can.
    """

    tests: tuple[tuple[str, str], ...]
    manners: tuple[Behaviour, ...]
    faults: tuple[tuple[str, Fault], ...]
    versions: tuple[int, ...]
    live_number: int
    failing: tuple[str, ...]
    differing: tuple[str, ...]
    fault_steps: tuple[tuple[Fault, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ShowSetup:
    """Ask what a run can be set up with."""

    def answer(self, unit: UnitOfWork) -> SetupChoices:
        """Return the choices."""
        stand, found = standing(unit), comparison_of(unit)
        there = {scenario.id for scenario in stand.draft.scenarios}
        figures = found.draft.figures.scenarios if found else ()
        differences = (found.differences if found else None) or ()
        faults = possible_faults(stand.draft)
        return SetupChoices(
            tests=tuple((scenario.id, scenario.title) for scenario in stand.draft.scenarios),
            manners=HARMLESS,
            faults=tuple((fault_in_words(fault), fault) for fault in faults),
            versions=tuple(range(stand.live_number, 0, -1)),
            live_number=stand.live_number,
            failing=tuple(
                each.scenario
                for each in figures
                if each.passed < each.conversations and each.scenario in there
            ),
            differing=tuple(
                each.scenario for each in differences if each.affected and each.scenario in there
            ),
            fault_steps=tuple((fault, steps_of_fault(stand.draft, fault)) for fault in faults),
        )


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of the history; `kind` is whole, trial or sample, `setup` says how a trial differs."""

    id: str
    kind: str
    setup: str
    customers: int
    seed: int
    tests: int
    tests_passed: int
    conversations: int
    goals: float
    limits_broken: int
    current: bool
    digest: str
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class ListRuns:
    """Ask for the history of runs, oldest first."""

    def answer(self, unit: UnitOfWork) -> tuple[RunRow, ...]:
        """Return the newest runs."""
        stand = standing(unit)
        found = []
        for each in (unit.comparisons.get(run) for run in unit.comparisons.ids()[-MOST_RUNS:]):
            sums, draft = totals(each.draft), each.draft
            found.append(
                RunRow(
                    id=each.id,
                    kind="sample" if draft.sampled else "trial" if each.setup else "whole",
                    setup=" · ".join(
                        filter(
                            None,
                            (f"with {draft.sampled}" if draft.sampled else "", setup_in_words(each.setup)),
                        )
                    ),
                    customers=draft.customers,
                    seed=draft.seed,
                    tests=sums.scenarios,
                    tests_passed=sums.scenarios_passed,
                    conversations=sums.conversations,
                    goals=sums.goals_reached / sums.conversations if sums.conversations else 0.0,
                    limits_broken=sums.limits_broken,
                    current=stand.is_of_today(draft),
                    digest=draft.evidence_digest,
                    outdated=not draft.by_this_runtime,
                )
            )
        return tuple(found)
