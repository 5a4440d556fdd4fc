"""The runs of exactly the present draft in which a test failed: a release waits for all, not for the last.

- A sample and a trial are no evidence, and so are runs by another version of the runtime.
- What a run found never changes, so it is worked out once.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.run import Comparison
from studio.ports import UnitOfWork
from studio.services.memory import Memory


@dataclass(frozen=True, slots=True)
class FailedRun:
    """One run, and each test that failed in it, with how often of how many times."""

    id: str
    customers: int
    seed: int
    failing: tuple[tuple[str, int, int], ...]


_FOUND: Memory[tuple[str, str], FailedRun | None] = Memory(500)


def failed_runs(unit: UnitOfWork) -> tuple[FailedRun, ...]:
    """Return the runs of the present draft in which something failed, oldest first."""
    workspace = unit.stamp()[0]
    found = (
        _FOUND.get((workspace, run_id), lambda run_id=run_id: failed(unit.comparisons.get(run_id)))  # type: ignore[misc]
        for run_id in unit.comparisons.of_draft()
    )
    return tuple(each for each in found if each is not None)


def failed(comparison: Comparison) -> FailedRun | None:
    """Return what failed in a run, or None where all was right, or another runtime made it."""
    run = comparison.draft
    failing = tuple(
        (each.scenario, each.conversations - each.passed, each.conversations)
        for each in run.figures.scenarios
        if each.passed < each.conversations
    )
    return (
        FailedRun(comparison.id, run.customers, run.seed, failing)
        if failing and run.by_this_runtime
        else None
    )
