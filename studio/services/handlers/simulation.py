"""Keeping what a simulation found."""

from __future__ import annotations

from dataclasses import replace

from studio.services.commands import RecordComparison
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event


def record_comparison(command: RecordComparison, around: Surroundings) -> Effect:
    """Keep a comparison of live version and draft."""
    comparison = command.comparison
    if comparison.id in around.unit.comparisons.ids():  # another one was kept meanwhile
        number = len(around.unit.comparisons.ids()) + 1
        comparison = replace(comparison, id=f"{comparison.id.partition(' ')[0]} {number}")
    around.unit.comparisons.keep(comparison)
    figures = comparison.draft.figures.scenarios
    passed, total = sum(each.passed for each in figures), sum(each.conversations for each in figures)
    with_model = f" with {comparison.draft.sampled}" if comparison.draft.sampled else ""
    sentence = f"Simulated the draft{with_model} ({comparison.id}): {passed} of {total} conversations right"
    return Effect(
        title=sentence, events=(Event("RunRecorded", sentence, frozenset({"run"}), (comparison.id,)),)
    )
