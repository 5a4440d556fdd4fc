"""Rollout: stages in words, and guards for which silence means pause."""

from __future__ import annotations

import pytest

from studio.domain.environment import DEFAULT_ROLLOUT, GuardMetric, Pause, RolloutPlan, SetWeight
from studio.release.rollout import Reading, guard_words, judge, next_weight, stages

PLAN = RolloutPlan(
    steps=DEFAULT_ROLLOUT.steps,
    guards=(
        GuardMetric(id="broken", title="Rules broken", bound=0),
        GuardMetric(id="rate", title="Escalations", bound=2, against="stable", failureLimit=1),
        GuardMetric(id="csat", title="Satisfaction", bound=4, worse_when="below"),
    ),
)
GOOD = {
    "broken": [Reading(candidate=0)],
    "rate": [Reading(candidate=11, stable=10)],
    "csat": [Reading(candidate=4.5)],
}


def test_the_stages_are_told_in_words() -> None:
    """Share and duration of each stage; the last is all."""
    assert [(stage.weight, stage.duration) for stage in stages(PLAN)] == [
        (5, "24 hours and 500 conversations"),
        (50, "48 hours"),
        (100, ""),
    ]
    assert [next_weight(PLAN, share) for share in (0, 5, 50, 100)] == [5, 50, 100, None]
    assert guard_words(PLAN.guards[1]) == "Escalations above 2"


def test_a_plan_always_ends_with_everyone() -> None:
    """A plan that stops at 20 % has a last stage of 100 %; an empty one has only that."""
    short = RolloutPlan(steps=(SetWeight(weight=20), Pause()))
    assert short.weights == (20, 100) and stages(short)[0].duration == "until a person goes on"
    assert RolloutPlan(steps=()).weights == (100,)


def test_good_readings_allow_promotion() -> None:
    """Every guard within its bound."""
    assert judge(PLAN, GOOD).advice == "promote"


@pytest.mark.parametrize("silent", ["broken", "rate", "csat"])
def test_a_silent_guard_means_pause(silent: str) -> None:
    """No reading, or a reading without a value, is inconclusive, and inconclusive never promotes."""
    assert judge(PLAN, {name: reading for name, reading in GOOD.items() if name != silent}).advice == "pause"
    assert judge(PLAN, {**GOOD, silent: [Reading()]}).advice == "pause"
    assert judge(PLAN, {**GOOD, "rate": [Reading(candidate=5)]}).advice == "pause"
    assert judge(PLAN, {}).advice == "pause"


def test_failures_beyond_the_limit_roll_back() -> None:
    """One failure is allowed for escalations, none for broken rules; rolling back beats pausing."""
    bad = Reading(candidate=20, stable=10)
    assert judge(PLAN, {**GOOD, "rate": [bad, *GOOD["rate"]]}).advice == "promote"
    assert judge(PLAN, {**GOOD, "rate": [bad, bad]}).advice == "roll back"
    assert judge(PLAN, {"broken": [Reading(candidate=1)]}).advice == "roll back"
    assert judge(PLAN, {**GOOD, "csat": [Reading(candidate=3.9)]}).advice == "roll back"
    assert "past 2 in 2 of 2 readings" in " ".join(judge(PLAN, {**GOOD, "rate": [bad, bad]}).sentences)
