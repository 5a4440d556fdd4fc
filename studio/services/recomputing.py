"""Recomputing: the evidence of a bundle worked out again, from the bundle alone.

- Both versions meet the same customers again; coverage and consequences follow from that, as when the bundle
  was made. Every check that needs no document is made again.
- Nothing is read and nothing is written; it is meant to run in a process that could do neither.
"""

from __future__ import annotations

from studio.checks.all import run_checks
from studio.checks.results import ENGINE
from studio.domain.bundle import Bundle, ConsequenceLine, ConsequencesFile, Recomputation
from studio.domain.errors import BundleRefused
from studio.domain.frozen import digest
from studio.domain.run import Comparison, Tally
from studio.domain.scenario import Scenario
from studio.ports import Progress, Workers, silent
from studio.release.evidence import Again, judge_again
from studio.simulation.consequences import effects
from studio.simulation.coverage import coverage
from studio.simulation.runner import simulate


def consequences_file(
    base_digest: str, result_digest: str, comparison: Comparison, scenarios: tuple[Scenario, ...]
) -> ConsequencesFile:
    """Return whom the draft of a comparison treats differently, test by test, in an order of its own."""
    return ConsequencesFile(
        agent_digest=result_digest,
        base_digest=base_digest,
        lines=tuple(
            ConsequenceLine(
                scenario=effect.id,
                title=effect.title,
                customers=effect.customers,
                affected=effect.affected,
                is_new=effect.is_new,
                differences=_ordered(effect.differences),
            )
            for effect in effects(comparison, scenarios)
        ),
    )


def _ordered(tallies: tuple[Tally, ...]) -> tuple[Tally, ...]:
    return tuple(sorted(tallies, key=lambda tally: (-tally.customers, tally.words)))


def recompute(bundle: Bundle, workers: Workers, progress: Progress = silent) -> tuple[Recomputation, ...]:
    """Return the verdict on every part of the evidence; raises BundleRefused where there is no run."""
    claimed = next((run for run in bundle.evidence.runs.runs if run.role == "draft"), None)
    if claimed is None:
        raise BundleRefused(
            "The bundle holds no run of its result.", "Ask for a new bundle with its own runs."
        )
    before, after = bundle.before, bundle.after
    comparison = simulate("again", before, after, claimed.seed, claimed.customers, workers, progress)
    again = Again(
        comparison=comparison,
        coverage=coverage(after, comparison.draft),
        consequences=consequences_file(digest(before), digest(after), comparison, after.scenarios).lines,
        checks=run_checks(after),
        checks_engine=ENGINE,
    )
    return judge_again(bundle, again)
