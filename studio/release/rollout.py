"""The staged rollout: a small state machine in Argo Rollouts' words, without a clock or a database.

- Steps are `setWeight` and `pause`; a stage is a share of conversations and the pauses behind it.
- Phases: Progressing while it goes on, Paused while it waits, Degraded once taken back, Healthy at the end.
- More failures of a guard than its `failureLimit`, counted over the whole rollout, roll back.
- More silence than a guard's `inconclusiveLimit` pauses until a person resumes; it never promotes.
- Time, conversations and guards hold a stage; a stage is never skipped but by a person who gives a reason.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from studio.domain.environment import GuardMetric, Measured, Rollout, RolloutPlan, RolloutView, SetWeight
from studio.domain.errors import BundleRefused, WrongUse
from studio.domain.frozen import Frozen
from studio.release import guards
from studio.release.guards import Feed

METRICS = "metrics"
Advice = Literal["roll back", "pause", "wait", "promote"]


class Stage(Frozen):
    """One stage: its share of conversations, how long it lasts in words, and the pauses themselves."""

    weight: int
    duration: str
    hours: int = 0
    conversations: int = 0
    until_resumed: bool = False


class Judgement(Frozen):
    """What is to be done now, the state it is done from, and why, in sentences.

    `unheard` says which readings came and could not count.
    """

    advice: Advice
    rollout: Rollout
    sentences: tuple[str, ...]
    unheard: tuple[str, ...] = ()


def next_weight(plan: RolloutPlan, weight: int) -> int | None:
    """Return the share of the stage after `weight`, or None at the end."""
    return next((stage.weight for stage in stages(plan) if stage.weight > weight), None)


def stages(plan: RolloutPlan) -> tuple[Stage, ...]:
    """Return the stages in order, for people to read; shares only grow, and the last is all."""
    found: list[Stage] = []
    for step in plan.steps:
        if isinstance(step, SetWeight):
            if step.weight > (found[-1].weight if found else 0):
                found.append(Stage(weight=step.weight, duration=""))
        elif found:
            last = found[-1]
            longer = Stage(
                weight=last.weight,
                duration="",
                hours=last.hours + (step.hours or 0),
                conversations=last.conversations + (step.conversations or 0),
                until_resumed=last.until_resumed or (step.hours is None and step.conversations is None),
            )
            found[-1] = longer.model_copy(update={"duration": _duration(longer)})
    if not found or found[-1].weight != 100:
        found.append(Stage(weight=100, duration=""))
    return tuple(found)


def guard_words(guard: GuardMetric) -> str:
    """Return a guard as a short clause: when the rollout stops."""
    return f"{guard.title} {guard.worse_when} {guard.bound:g}"


def begin(release: str, now: datetime, stage: int = 0) -> Rollout:
    """Return the state of a rollout that begins now."""
    return Rollout(release=release, stage=stage, since=now)


def enter(plan: RolloutPlan, rollout: Rollout, weight: int, now: datetime) -> Rollout:
    """Return the state after the share was set: failures stay counted, all else begins anew."""
    found = stages(plan)
    at = next(number for number, stage in enumerate(found) if stage.weight == weight)
    kept = tuple(Measured(guard=each.guard, failed=each.failed, at=each.at) for each in rollout.measured)
    return rollout.model_copy(
        update={
            "stage": at,
            "since": now,
            "ended": "Healthy" if weight == 100 else "",
            "message": "",
            "paused_by": "",
            "resumed": False,
            "conversations_before": rollout.conversations,
            "measured": kept,
        }
    )


def end(rollout: Rollout, who: str, message: str) -> Rollout:
    """Return the state after the rollout was taken back, by a person or by the guards."""
    return rollout.model_copy(update={"ended": "Degraded", "message": message, "paused_by": who})


def settle(release: str, message: str, now: datetime) -> Rollout:
    """Return the state after going back to a release that answers everyone."""
    return Rollout(release=release, stage=0, since=now, ended="Healthy", message=message)


def not_after(rollout: Rollout, now: datetime) -> Rollout:
    """Return the state without moments that lie ahead: a clock was wrong, and its time was taken back."""
    measured = tuple(
        each.model_copy(update={"at": min(each.at, now)}) if each.at else each for each in rollout.measured
    )
    return rollout.model_copy(update={"since": min(rollout.since, now), "measured": measured})


def failed_before(rollout: Rollout | None, release: str) -> bool:
    """Return whether the guards took this very release back."""
    return (
        rollout is not None
        and rollout.release == release
        and rollout.ended == "Degraded"
        and rollout.paused_by == METRICS
    )


def pause(rollout: Rollout, who: str, message: str) -> Rollout:
    """Return the state in which the rollout waits for a person."""
    return rollout.model_copy(update={"paused_by": who, "message": message})


def resume(rollout: Rollout) -> Rollout:
    """Return the state after a person let the rollout go on: silence is forgiven, failures are not."""
    forgiven = tuple(each.model_copy(update={"inconclusive": 0}) for each in rollout.measured)
    changed = {"paused_by": "", "message": "", "resumed": True, "measured": forgiven}
    return rollout.model_copy(update=changed)


def judge(plan: RolloutPlan, rollout: Rollout, feed: Feed, now: datetime) -> Judgement:
    """Take readings into account and return what is to be done: roll back before pause before promote."""
    measured = _measure(plan, rollout, feed, now)
    seen = max(rollout.conversations, feed.conversations or 0)
    kept = measured if any(each != Measured(guard=each.guard) for each in measured) else rollout.measured
    rollout = rollout.model_copy(update={"measured": kept, "conversations": seen})
    pairs = list(zip(plan.guards, measured, strict=True))
    sentences = tuple(guards.words(guard, each) for guard, each in pairs)
    unheard = tuple(
        told
        for guard, each in pairs
        if (told := guards.unheard(guard, each, _of(feed, guard), rollout.since))
    )
    failed = [guards.words(*pair) for pair in pairs if guards.has_failed(*pair)]
    if failed:
        return Judgement(
            advice="roll back", rollout=end(rollout, METRICS, " ".join(failed)), sentences=tuple(failed)
        )
    silent = [guards.words(*pair) for pair in pairs if guards.is_inconclusive(*pair)]
    if silent and not rollout.paused_by:
        told = f"Nothing can be concluded. {' '.join(silent)}"
        return Judgement(
            advice="pause", rollout=pause(rollout, METRICS, told), sentences=tuple(silent), unheard=unheard
        )
    waiting = waits(plan, rollout, now)
    if waiting:
        return Judgement(advice="wait", rollout=rollout, sentences=(waiting, *sentences), unheard=unheard)
    return Judgement(advice="promote", rollout=rollout, sentences=sentences, unheard=unheard)


def waits(plan: RolloutPlan, rollout: Rollout, now: datetime) -> str:
    """Return why the stage cannot be left yet, as one sentence; empty when it can."""
    if rollout.paused_by:
        by = "the guards" if rollout.paused_by == METRICS else rollout.paused_by
        return f"Paused by {by}{': ' + rollout.message if rollout.message else '.'}".strip()
    found = stages(plan)
    stage = found[min(rollout.stage, len(found) - 1)]
    parts = []
    left = rollout.since + timedelta(hours=stage.hours) - now
    if left > timedelta(0):
        parts.append(f"{_span(left)} more")
    missing = stage.conversations - (rollout.conversations - rollout.conversations_before)
    if stage.conversations and missing > 0:
        parts.append(f"{missing} more conversations")
    if stage.until_resumed and not rollout.resumed:
        parts.append("until a person resumes")
    for guard, measured in zip(plan.guards, _known(plan, rollout), strict=True):
        if wanted := guards.missing(guard, measured):
            parts.append(f"for {wanted} good reading{'' if wanted == 1 else 's'} of {guard.id}")
    return f"The plan waits at {stage.weight} %: {', '.join(parts)}." if parts else ""


def view(plan: RolloutPlan, rollout: Rollout | None, now: datetime) -> RolloutView:
    """Return a rollout as people look at it now."""
    if rollout is None:
        return RolloutView(phase="Healthy")
    if rollout.ended:
        return RolloutView(phase=rollout.ended, message=rollout.message, state=rollout)
    waiting = waits(plan, rollout, now)
    found = stages(plan)
    coming = next_weight(plan, found[min(rollout.stage, len(found) - 1)].weight)
    told = rollout.message or " ".join(
        guards.words(guard, each) for guard, each in zip(plan.guards, _known(plan, rollout), strict=True)
    )
    return RolloutView(
        phase="Paused" if waiting else "Progressing",
        message=told,
        waits=waiting,
        next_weight=coming,
        state=rollout,
    )


def check_share(plan: RolloutPlan, label: str, weight: int) -> None:
    """Raise WrongUse for a share of conversations that is no stage of the plan."""
    shares = [stage.weight for stage in stages(plan)]
    if weight not in shares:
        raise WrongUse(
            f"The plan of {label} has no stage of {weight} %.",
            f"Choose one of {', '.join(f'{share} %' for share in shares)}.",
        )


def choose(
    plan: RolloutPlan, label: str, at: int | None, weight: int | None, waiting: str, skip: bool
) -> tuple[int, str]:
    """Return the share a person's promotion leads to, and a sentence on what it skips.

    `at` is the present share, or None where the rollout has not begun. Without a `weight` the next stage is
    meant; while the plan waits that is the present one. Raises BundleRefused when it is not the share's turn.
    """
    shares = [stage.weight for stage in stages(plan)]
    turn = shares[0] if at is None else next((share for share in shares if share > at), at)
    if weight is None:
        weight = at if at is not None and waiting and not skip else turn
    check_share(plan, label, weight)
    if at is not None and weight < at:
        raise BundleRefused(f"The share is {at} % already and does not shrink.", "Roll back instead.")
    if weight == at:
        return weight, ""
    skipped = [share for share in shares if turn <= share < weight]
    told = [f"the stages {', '.join(f'{share} %' for share in skipped)}"] if skipped else []
    told += [waiting] if waiting else []
    if told and not skip:
        why = waiting or f"It is not the turn of {weight} %."
        raise BundleRefused(
            f"{why} The next stage of {label}, is {turn} %.",
            "Go there first, or say --skip with a --reason, which the log keeps.",
        )
    return weight, f"skipped {' and '.join(told)}" if told else ""


def _measure(plan: RolloutPlan, rollout: Rollout, feed: Feed, now: datetime) -> tuple[Measured, ...]:
    return tuple(
        guards.take(guard, before, _of(feed, guard), rollout.since, now)
        for guard, before in zip(plan.guards, _known(plan, rollout), strict=True)
    )


def _of(feed: Feed, guard: GuardMetric) -> list[guards.Reading]:
    return [each for each in feed.readings if each.guard == guard.id]


def _known(plan: RolloutPlan, rollout: Rollout) -> tuple[Measured, ...]:
    by_id = {each.guard: each for each in rollout.measured}
    return tuple(by_id.get(guard.id, Measured(guard=guard.id)) for guard in plan.guards)


def _duration(stage: Stage) -> str:
    parts = []
    if stage.hours:
        parts.append(f"{stage.hours} hours")
    if stage.conversations:
        parts.append(f"{stage.conversations} conversations")
    if stage.until_resumed:
        parts.append("until a person goes on")
    return " and ".join(parts) or "0 hours"


def _span(left: timedelta) -> str:
    minutes = -(-int(left.total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    said = [f"{hours} hour{'' if hours == 1 else 's'}"] if hours else []
    return " ".join([*said, f"{rest} minute{'' if rest == 1 else 's'}"] if rest or not said else said)
