"""Rollout stages and guards: what comes next, and whether the measures allow it.

- A measure that is silent is *inconclusive*, and inconclusive means pause, never promote.
- More failures of a guard than its `failureLimit` mean roll back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from studio.domain.environment import GuardMetric, Pause, RolloutPlan, SetWeight
from studio.domain.frozen import Frozen

Advice = Literal["promote", "pause", "roll back"]


class Reading(Frozen):
    """One reading of a guard metric: of the new release and of the stable one; None where silent."""

    candidate: float | None = None
    stable: float | None = None


class Judgement(Frozen):
    """What the guards advise, with a sentence for each of them."""

    advice: Advice
    sentences: tuple[str, ...]


class Stage(Frozen):
    """One stage in words: share of conversations and how long it lasts."""

    weight: int
    duration: str


def next_weight(plan: RolloutPlan, weight: int) -> int | None:
    """Return the share of the stage after `weight`, or None at the end."""
    return next((share for share in plan.weights if share > weight), None)


def stages(plan: RolloutPlan) -> tuple[Stage, ...]:
    """Return the stages in order, for people to read."""
    found: list[Stage] = []
    for step in plan.steps:
        if isinstance(step, SetWeight):
            found.append(Stage(weight=step.weight, duration=""))
        elif found:
            found[-1] = Stage(weight=found[-1].weight, duration=_duration(step))
    if not found or found[-1].weight != 100:
        found.append(Stage(weight=100, duration=""))
    return tuple(found)


def guard_words(guard: GuardMetric) -> str:
    """Return a guard as a short clause: when the rollout stops."""
    return f"{guard.title} {guard.worse_when} {guard.bound:g}"


def judge(plan: RolloutPlan, readings: Mapping[str, Sequence[Reading]]) -> Judgement:
    """Return what all guards together advise: roll back before pause before promote."""
    verdicts = [_judge_guard(guard, readings.get(guard.id, ())) for guard in plan.guards]
    advices = [advice for advice, _ in verdicts]
    order: tuple[Advice, ...] = ("roll back", "pause", "promote")
    advice = next((each for each in order if each in advices), "promote")
    return Judgement(advice=advice, sentences=tuple(sentence for _, sentence in verdicts))


def _judge_guard(guard: GuardMetric, readings: Sequence[Reading]) -> tuple[Advice, str]:
    values = [_value(guard, reading) for reading in readings]
    failures = sum(1 for value in values if value is not None and _is_past(guard, value))
    if failures > guard.failureLimit:
        return "roll back", f"{guard.title}: past {guard.bound:g} in {failures} of {len(values)} readings."
    if not values or values[-1] is None:
        return "pause", f"{guard.title}: no reading, so nothing can be concluded."
    return "promote", f"{guard.title}: within bounds in {len(values) - failures} of {len(values)} readings."


def _value(guard: GuardMetric, reading: Reading) -> float | None:
    if guard.against == "nothing" or reading.candidate is None:
        return reading.candidate
    return None if reading.stable is None else reading.candidate - reading.stable


def _is_past(guard: GuardMetric, value: float) -> bool:
    return value > guard.bound if guard.worse_when == "above" else value < guard.bound


def _duration(pause: Pause) -> str:
    parts = []
    if pause.hours is not None:
        parts.append(f"{pause.hours} hours")
    if pause.conversations is not None:
        parts.append(f"{pause.conversations} conversations")
    return " and ".join(parts) or "until a person goes on"
