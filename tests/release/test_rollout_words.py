"""A rollout plan in words: what people read is what the plan does, and what is wrong with one is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.cli.release_plan import guard_of, last_moment, rollout_of, stage_of
from studio.domain.environment import (
    DEFAULT_ROLLOUT,
    USUAL_ROLLOUT,
    GuardMetric,
    Pause,
    RolloutPlan,
    SetWeight,
)
from studio.domain.errors import WrongUse
from studio.domain.frozen import to_json
from studio.release.rollout_words import (
    PlanStage,
    cautions,
    guard_clause,
    plan_of,
    plan_sentence,
    stage_words,
    stages_of,
    unsound,
    wait_words,
)


def test_the_usual_plan_reads_as_a_sentence() -> None:
    """Stages, waits and guards stand in one sentence that needs no explaining."""
    assert plan_sentence(DEFAULT_ROLLOUT) == (
        "First 5 % of conversations; wait for a day and 500 conversations; then 50 %; wait for 2 days; "
        "then all. Back at once if any of the conversations breaks a rule, or if escalations rise by more "
        "than 2 points against the release that runs now."
    )
    assert not unsound(DEFAULT_ROLLOUT) and not cautions(USUAL_ROLLOUT)


@pytest.mark.parametrize(
    ("guard", "clause"),
    [
        ("failure-rate > 2", "more than 2 % of conversations fail"),
        ("satisfaction < 80", "fewer than 80 % of customers are satisfied"),
        (
            "satisfaction < -3 over stable",
            "satisfied customers fall by more than 3 points against the release that runs now",
        ),
        ("rule-broken > 0", "any of the conversations breaks a rule"),
        ("rule-broken > 4", "more than 4 conversations break a rule"),
        ("cost-per-call > 1.5 after 2", "cost per call is above 1.5, seen more than 2 times"),
    ],
)
def test_a_guard_reads_as_what_it_does(guard: str, clause: str) -> None:
    """The words of the command line become the guard, and the guard is said in plain words."""
    assert guard_clause(guard_of(guard)) == clause


@pytest.mark.parametrize(
    ("stage", "weight", "wait"),
    [
        ("5% 1d 500", 5, "a day and 500 conversations"),
        ("5% 36h", 5, "36 hours"),
        ("20 person", 20, "until a person lets it go on"),
        ("50% 1", 50, "1 conversation"),
        ("100%", 100, ""),
    ],
)
def test_a_stage_is_written_in_a_few_letters(stage: str, weight: int, wait: str) -> None:
    """Share and wait of a stage are one short text on the command line."""
    made = stage_of(stage)
    assert (made.weight, wait_words(made.pause)) == (weight, wait)


@pytest.mark.parametrize("text", ["", "five", "5% soon", "120%", "5% person 2d"])
def test_what_is_no_stage_is_told(text: str) -> None:
    """A stage that cannot be understood is refused with examples."""
    with pytest.raises(WrongUse, match="no stage"):
        stage_of(text)


def test_what_is_wrong_is_said_with_its_place() -> None:
    """Shares that do not grow, nobody, a wait at the start, limits beyond a share, a measure twice."""
    plan = RolloutPlan(
        steps=(Pause(hours=1), SetWeight(weight=0), SetWeight(weight=50), SetWeight(weight=20)),
        guards=(
            GuardMetric(id="failure-rate", title="Conversations that fail", bound=120),
            GuardMetric(id="failure-rate", title="Conversations that fail", bound=2),
            GuardMetric(id="satisfaction", title="Satisfied", bound=3, against="stable", worse_when="below"),
        ),
    )
    said = " ".join(unsound(plan))
    for part in ("begins with a wait", "Stage 1 sends nobody", "Stage 3 sends 20 %", "between 0 % and 100 %"):
        assert part in said
    assert "guarded twice" in said and "does not get worse" in said


def test_what_to_think_over_is_no_fault() -> None:
    """All at once without a guard is allowed, and not passed over in silence."""
    plan = plan_of([PlanStage(100)], [])
    assert not unsound(plan)
    assert len(cautions(plan)) == 3


def test_options_change_only_what_they_name() -> None:
    """Stages keep the guards, guards keep the stages; no option is no plan; a day lasts to its end."""
    stages = rollout_of(None, ["10% 2d"], [], False, DEFAULT_ROLLOUT)
    assert stages is not None and stages.guards == DEFAULT_ROLLOUT.guards and stages.weights == (10, 100)
    guards = rollout_of(None, [], [], True, DEFAULT_ROLLOUT)
    assert guards is not None and not guards.guards and guards.steps == DEFAULT_ROLLOUT.steps
    assert rollout_of(None, [], [], False, DEFAULT_ROLLOUT) is None
    assert last_moment("2026-12-31").isoformat() == "2026-12-31T23:59:59+00:00"
    with pytest.raises(WrongUse):
        last_moment("soon")


_PAUSES = st.none() | st.builds(
    Pause, hours=st.none() | st.integers(0, 500), conversations=st.none() | st.integers(0, 9_999)
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 99), _PAUSES), max_size=5, unique_by=lambda pair: pair[0]))
def test_a_plan_is_its_stages(parts: list[tuple[int, Pause | None]]) -> None:
    """A plan that was taken apart and put together again is the same; growing shares are sound."""
    stages = [*(PlanStage(*part) for part in sorted(parts, key=lambda part: part[0])), PlanStage(100)]
    plan = plan_of(stages, DEFAULT_ROLLOUT.guards)
    assert list(stages_of(plan)) == stages
    assert plan_of(stages_of(plan), plan.guards) == plan
    assert not unsound(plan)
    assert plan_sentence(plan).endswith(".")


def test_the_replay_before_the_first_conversation_is_a_stage_of_its_own() -> None:
    """It stands in the table and in the sentence, stays where other options change, and can be left out."""
    assert stage_words(USUAL_ROLLOUT)[0].name == "Staging"
    assert plan_sentence(USUAL_ROLLOUT).startswith("Before the first conversation IT plays all tests again")
    kept = rollout_of(None, ["10% 2d"], [], False, USUAL_ROLLOUT)
    assert kept is not None and kept.staging == "replay"
    without = rollout_of(None, [], [], False, USUAL_ROLLOUT, replay=False)
    assert without == DEFAULT_ROLLOUT and "Staging" not in [each.name for each in stage_words(without)]
    assert "staging" not in to_json(DEFAULT_ROLLOUT)
