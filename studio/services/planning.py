"""The plan of the next release, kept with the workspace: where, until when, by which stages and policies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import StringConstraints

from studio.domain.environment import DEFAULT_ROLLOUT, PRODUCTION, USUAL_ROLLOUT, ApprovalPolicy, RolloutPlan
from studio.domain.frozen import Frozen, canonical
from studio.domain.review_approval import ReviewPolicy
from studio.domain.review_package import ReviewerKeys
from studio.ports import UnitOfWork

PLAN, POLICY, REVIEW_POLICY = "release-plan", "approval-policy", "review-policy"
REVIEWER_KEYS = "reviewer-keys"
MOST_INTRODUCTION = 20_000
VALID_FOR = timedelta(days=90)


class ReleasePlan(Frozen):
    """What a release is for; part of what approvers sign.

    `introduction` is what its author says above the notes that rules write; absent where nothing is said.
    """

    environment: str = PRODUCTION
    not_after: datetime
    rollout: RolloutPlan = DEFAULT_ROLLOUT
    introduction: Annotated[str, StringConstraints(max_length=MOST_INTRODUCTION)] | None = None


def kept_plan(unit: UnitOfWork) -> ReleasePlan | None:
    """Return the plan, or None before one was made."""
    text = unit.setting(PLAN)
    return None if text is None else ReleasePlan.model_validate_json(text)


def kept_policy(unit: UnitOfWork) -> ApprovalPolicy | None:
    """Return the copy of IT's policy, or None before it was handed in."""
    text = unit.setting(POLICY)
    return None if text is None else ApprovalPolicy.model_validate_json(text)


def kept_review_policy(unit: UnitOfWork) -> ReviewPolicy:
    """Return which roles have to approve a review here; nobody has to before a person says so."""
    text = unit.setting(REVIEW_POLICY)
    return ReviewPolicy() if text is None else ReviewPolicy.model_validate_json(text)


def kept_reviewer_keys(unit: UnitOfWork) -> ReviewerKeys:
    """Return the keys that are known here as those of reviewers."""
    text = unit.setting(REVIEWER_KEYS)
    return ReviewerKeys() if text is None else ReviewerKeys.model_validate_json(text)


def keep_plan(unit: UnitOfWork, plan: ReleasePlan) -> None:
    """Keep the plan."""
    unit.keep_setting(PLAN, canonical(plan).decode())


def keep_policy(unit: UnitOfWork, policy: ApprovalPolicy) -> None:
    """Keep a copy of IT's policy."""
    unit.keep_setting(POLICY, canonical(policy).decode())


def default_plan(now: datetime) -> ReleasePlan:
    """Return the plan that is used unless a person makes another: production, 90 days, from midnight."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return ReleasePlan(not_after=midnight + VALID_FOR, rollout=USUAL_ROLLOUT)
