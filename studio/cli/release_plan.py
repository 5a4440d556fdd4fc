"""Rollout plans on the command line: a stage as "5% 1d 500", a guard as "failure-rate > 2", or a file.

- A plan in a file is JSON in Argo Rollouts' words: steps `setWeight` and `pause`, guard metrics.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from studio.cli.places import read_bytes
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.environment import GuardMetric, RolloutPlan
    from studio.release.rollout_words import PlanStage

_GUARD = re.compile(
    r"(?P<id>[a-z][a-z0-9-]*)\s*(?P<way>[<>])\s*(?P<bound>-?\d+(?:\.\d+)?)\s*%?\s*"
    r"(?P<stable>over stable)?\s*(?:after\s+(?P<times>\d+))?"
)
_HOURS = {"h": 1, "d": 24, "w": 168}


def stage_of(text: str) -> PlanStage:
    """Return a stage: share, then hours (24h) or days (2d), conversations (500), or `person`."""
    from studio.domain.environment import Pause
    from studio.release.rollout_words import PlanStage

    share, *waits = text.split() or [""]
    if not re.fullmatch(r"\d{1,3}%?", share) or int(share.rstrip("%")) > 100:
        raise _no_stage(text)
    hours: int | None = None
    count: int | None = None
    for wait in waits:
        if found := re.fullmatch(r"(\d+)([hdw])", wait):
            hours = int(found[1]) * _HOURS[found[2]]
        elif wait.isdigit():
            count = int(wait)
        elif wait != "person" or len(waits) > 1:
            raise _no_stage(text)
    return PlanStage(int(share.rstrip("%")), Pause(hours=hours, conversations=count) if waits else None)


def _no_stage(text: str) -> WrongUse:
    return WrongUse(
        f"“{text}” is no stage.",
        "Write the share, then what it waits for: '5% 1d 500' (a day and 500 conversations), '50% 48h', "
        "'20% person' (until a person lets it go on).",
    )


def guard_of(text: str) -> GuardMetric:
    """Return a guard: measure, > or <, limit; `over stable` compares, `after 2` tolerates two readings."""
    from studio.domain.environment import GuardMetric
    from studio.release.rollout_words import MEASURES, measure_of

    found = _GUARD.fullmatch(text.strip())
    if found is None:
        known = ", ".join(measure.id for measure in MEASURES)
        raise WrongUse(
            f"“{text}” is no guard.",
            "Write it as 'failure-rate > 2', 'escalation-rate > 2 over stable' or "
            f"'satisfaction < 80 after 1'. Measures: {known}.",
        )
    measure = measure_of(found["id"])
    return GuardMetric(
        id=found["id"],
        title=measure.title if measure else found["id"].replace("-", " ").capitalize(),
        bound=float(found["bound"]),
        worse_when="above" if found["way"] == ">" else "below",
        against="stable" if found["stable"] else "nothing",
        failureLimit=int(found["times"] or 0),
    )


def rollout_of(
    file: Path | None,
    stages: Sequence[str],
    guards: Sequence[str],
    no_guards: bool,
    before: RolloutPlan,
    replay: bool | None = None,
) -> RolloutPlan | None:
    """Return the plan that was asked for, or None where nothing of it was; what is not said stays."""
    from studio.release.rollout_words import plan_of, stages_of

    if file is not None:
        if stages or guards or no_guards or replay is not None:
            raise WrongUse("A plan comes from a file or from options, not from both.", "Leave one out.")
        return _read(file)
    if not stages and not guards and not no_guards and replay is None:
        return None
    chosen = [stage_of(text) for text in stages] or list(stages_of(before))
    guarded = [guard_of(text) for text in guards] if guards or no_guards else list(before.guards)
    again = bool(before.staging) if replay is None else replay
    return plan_of(chosen, guarded, replay=again)


def _read(file: Path) -> RolloutPlan:
    from pydantic import ValidationError

    from studio.domain.environment import RolloutPlan
    from studio.domain.frozen import canonical
    from studio.release import strict_json

    tree = strict_json.parse(read_bytes(file, "The rollout plan"), str(file))
    try:
        return RolloutPlan.model_validate_json(canonical(tree))
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        raise WrongUse(
            f"{file} is no rollout plan: at “{place}”, {first['msg']}.",
            "`cobuilder release plan --json` shows how one is written.",
        ) from None


def last_moment(text: str) -> datetime:
    """Return the last moment of a day."""
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
    except ValueError:
        raise WrongUse(f"“{text}” is no day.", "Write it as 2026-12-31.") from None
