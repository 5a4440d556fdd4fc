"""A rollout plan as people make it: stages with what each waits for, guards, and all of it in words.

- A stage is a share of conversations and the wait after it; the last stage is always everybody.
- `unsound` says what makes a plan wrong, `cautions` what a careful person would think over; in sentences.
- What a guard metric measures is known here by its id, which is also its name in the feed that IT reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.domain.environment import GuardMetric, Pause, RolloutPlan, RolloutStep, SetWeight

Unit = Literal["share", "count", "figure"]
MOST_HOURS, MOST_CONVERSATIONS, MOST_STAGES, LARGE_FIRST = 24 * 90, 10_000_000, 12, 25


@dataclass(frozen=True, slots=True)
class Measure:
    """What a guard may watch: `of` ends "more than 2 % …" or "more than 2 …", `noun` names it alone."""

    id: str
    title: str
    noun: str
    of: str
    unit: Unit = "share"
    worse_when: Literal["above", "below"] = "above"
    first_bound: float = 2


MEASURES: tuple[Measure, ...] = (
    Measure("failure-rate", "Conversations that fail", "conversations that fail", "of conversations fail"),
    Measure(
        "rule-broken",
        "Conversations in which a rule was broken",
        "conversations in which a rule is broken",
        "conversations break a rule",
        "count",
        first_bound=0,
    ),
    Measure("escalation-rate", "Escalations", "escalations", "of conversations go on to a person"),
    Measure(
        "repeat-contact",
        "Customers who come back about the same matter",
        "customers who come back about the same matter",
        "of customers come back about the same matter",
    ),
    Measure(
        "satisfaction",
        "Satisfied customers",
        "satisfied customers",
        "of customers are satisfied",
        worse_when="below",
        first_bound=80,
    ),
    Measure(
        "containment",
        "Conversations settled without a person",
        "conversations settled without a person",
        "of conversations are settled without a person",
        worse_when="below",
        first_bound=50,
    ),
)
STAGING_STAGE, STAGING_WAIT = "Staging", "a replay of all tests"
STAGING_STOP = "any difference from this evidence"
STAGING_SENTENCE = (
    "Before the first conversation IT plays all tests again; any difference from this evidence stops it."
)
_BY_ID = {measure.id: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class PlanStage:
    """One stage: the share in percent, and the wait after it; None goes on at once."""

    weight: int
    pause: Pause | None = None


@dataclass(frozen=True, slots=True)
class StageWords:
    """One stage as a line of a table."""

    name: str
    share: str
    wait: str


def measure_of(guard_id: str) -> Measure | None:
    """Return what a guard of this id measures, or None for one that only its title explains."""
    return _BY_ID.get(guard_id)


def stages_of(plan: RolloutPlan) -> tuple[PlanStage, ...]:
    """Return the stages of a plan; everybody comes last, as the rollout itself reads it."""
    found: list[PlanStage] = []
    for step in plan.steps:
        if isinstance(step, SetWeight):
            found.append(PlanStage(step.weight))
        elif found:
            found[-1] = PlanStage(found[-1].weight, _both(found[-1].pause, step))
    if not found or found[-1].weight != 100:
        found.append(PlanStage(100))
    return tuple(found)


def plan_of(
    stages: Sequence[PlanStage], guards: Sequence[GuardMetric], *, replay: bool = False
) -> RolloutPlan:
    """Return the plan with these stages and guards, and whether all tests are played again before it."""
    steps: list[RolloutStep] = []
    for stage in stages:
        steps.append(SetWeight(weight=stage.weight))
        if stage.pause is not None:
            steps.append(stage.pause)
    return RolloutPlan(steps=tuple(steps), guards=tuple(guards), staging="replay" if replay else None)


def _both(first: Pause | None, second: Pause) -> Pause:
    if first is None:
        return second

    def longer(one: int | None, other: int | None) -> int | None:
        known = [value for value in (one, other) if value is not None]
        return max(known) if known else None

    return Pause(
        hours=longer(first.hours, second.hours),
        conversations=longer(first.conversations, second.conversations),
    )


def wait_words(pause: Pause | None) -> str:
    """Return a wait as a clause: "a day and 500 conversations"; "" where there is none."""
    if pause is None:
        return ""
    if pause.hours is None and pause.conversations is None:
        return "until a person lets it go on"
    parts = [] if pause.hours is None else [_hours(pause.hours)]
    if pause.conversations is not None:
        parts.append(f"{pause.conversations:,} conversation{'' if pause.conversations == 1 else 's'}")
    return " and ".join(parts)


def _hours(hours: int) -> str:
    days, rest = divmod(hours, 24)
    if rest or not days:
        return "an hour" if hours == 1 else f"{hours} hours"
    return "a day" if days == 1 else f"{days} days"


def stage_words(plan: RolloutPlan) -> tuple[StageWords, ...]:
    """Return the stages as lines of a table, each with a name; what comes before any conversation first."""
    before = (StageWords(STAGING_STAGE, "–", STAGING_WAIT),) if plan.staging else ()
    return before + tuple(
        StageWords(_name(number, stage), f"{stage.weight} %", wait_words(stage.pause))
        for number, stage in enumerate(stages_of(plan), start=1)
    )


def _name(number: int, stage: PlanStage) -> str:
    if stage.weight == 100:
        return "All"
    if stage.weight == 50:
        return "Half"
    return "Canary" if number == 1 and stage.weight <= LARGE_FIRST else f"Stage {number}"


def guard_clause(guard: GuardMetric) -> str:
    """Return when a guard calls the release back, as a clause: "more than 2 % of conversations fail"."""
    measure = measure_of(guard.id)
    bound, above = abs(guard.bound), guard.worse_when == "above"
    if guard.against == "stable":
        noun = measure.noun if measure else _lower(guard.title)
        points = f"{bound:g} {'point' if bound == 1 else 'points'}"
        moved = "rise" if above else "fall"
        said = f"{noun} {moved} by more than {points} against the release that runs now"
    elif measure is None:
        said = f"{_lower(guard.title)} {'is above' if above else 'is below'} {guard.bound:g}"
    elif measure.unit == "count" and above and guard.bound == 0:
        said = "any of the conversations breaks a rule" if guard.id == "rule-broken" else f"any {measure.of}"
    else:
        sign = " %" if measure.unit == "share" else ""
        said = f"{'more' if above else 'fewer'} than {guard.bound:g}{sign} {measure.of}"
    if guard.failureLimit:
        times = "once" if guard.failureLimit == 1 else f"{guard.failureLimit} times"
        said += f", seen more than {times}"
    return said


def _lower(title: str) -> str:
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def plan_sentence(plan: RolloutPlan) -> str:
    """Return the whole plan in a few sentences."""
    stages = stages_of(plan)
    parts = []
    for number, stage in enumerate(stages):
        if stage.weight == 100:
            parts.append("then all" if number else "All conversations at once")
        else:
            parts.append(f"then {stage.weight} %" if number else f"First {stage.weight} % of conversations")
        if stage.pause is not None and stage.weight != 100:
            words = wait_words(stage.pause)
            parts.append(f"wait {words if words.startswith('until') else f'for {words}'}")
    told = "; ".join(parts) + "."
    told = f"{STAGING_SENTENCE} {told}" if plan.staging else told
    clauses = [guard_clause(guard) for guard in plan.guards]
    if not clauses:
        return f"{told} Nothing calls it back by itself."
    return f"{told} Back at once if {', or if '.join(clauses)}."


def unsound(plan: RolloutPlan) -> tuple[str, ...]:
    """Return what is wrong with a plan, each as a sentence that says where; nothing where it is sound."""
    return (*_wrong_stages(plan), *_wrong_guards(plan.guards))


def _wrong_stages(plan: RolloutPlan) -> tuple[str, ...]:
    told: list[str] = []
    if plan.steps and isinstance(plan.steps[0], Pause):
        told.append("The plan begins with a wait: a stage comes first.")
    shares = [step.weight for step in plan.steps if isinstance(step, SetWeight)]
    if len(shares) > MOST_STAGES:
        told.append(f"There are {len(shares)} stages; at most {MOST_STAGES} are followed by people.")
    for number, share in enumerate(shares, start=1):
        before = shares[number - 2] if number > 1 else 0
        if share == 0:
            told.append(f"Stage {number} sends nobody to the new release: at least 1 %.")
        elif share <= before:
            told.append(
                f"Stage {number} sends {share} %, which is not more than the {before} % of stage "
                f"{number - 1}: each stage sends more than the one before."
            )
    for number, stage in enumerate(stages_of(plan), start=1):
        told += _wrong_pause(number, stage.pause)
    return tuple(told)


def _wrong_pause(number: int, pause: Pause | None) -> list[str]:
    if pause is None:
        return []
    told = []
    if (pause.hours or 0) > MOST_HOURS:
        told.append(f"Stage {number} waits more than {MOST_HOURS // 24} days.")
    if (pause.conversations or 0) > MOST_CONVERSATIONS:
        told.append(f"Stage {number} waits for more than {MOST_CONVERSATIONS:,} conversations.")
    return told


def _wrong_guards(guards: Sequence[GuardMetric]) -> tuple[str, ...]:
    told: list[str] = []
    for place, guard in enumerate(guards):
        measure = measure_of(guard.id)
        if guard.id in [other.id for other in guards[:place]]:
            told.append(f"“{guard.title}” is guarded twice: one limit for each measure.")
        share = measure is not None and measure.unit == "share"
        if guard.against == "nothing" and (share or measure is not None) and guard.bound < 0:
            told.append(f"“{guard.title}” can never be below 0.")
        if guard.against == "nothing" and share and guard.bound > 100:
            told.append(f"“{guard.title}” is a share: its limit lies between 0 % and 100 %.")
        if guard.against == "stable" and (guard.bound < 0) == (guard.worse_when == "above") and guard.bound:
            told.append(
                f"“{guard.title}” against the release that runs now: a limit of {guard.bound:g} points would "
                "call back a release that does not get worse."
            )
    return tuple(told)


def cautions(plan: RolloutPlan) -> tuple[str, ...]:
    """Return what to think over in a plan that is sound, each as a sentence."""
    told, stages = [], stages_of(plan)
    if len(stages) == 1:
        told.append("Everybody gets it at once: nothing is seen on a few first.")
    elif stages[0].weight > LARGE_FIRST:
        told.append(f"The first stage is already {stages[0].weight} % of conversations.")
    for number, stage in enumerate(stages[:-1], start=1):
        if stage.pause is None or (stage.pause.hours == 0 and not stage.pause.conversations):
            told.append(f"Stage {number} does not wait: nothing is seen before the next one begins.")
    if not plan.staging:
        told.append("Customers meet it without its tests having been played again at IT.")
    if not plan.guards:
        told.append("No measure guards it: only a person can call it back.")
    return tuple(told)
