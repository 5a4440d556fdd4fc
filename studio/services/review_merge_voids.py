"""Which approvals of a reply would be void as soon as it is merged, told before anybody merges it.

- It is found out on what the workspace would be after the merge, as an approval is checked ever after.
- What follows from an answer is worked out only while merging: of a proposal that gets one, an approval is
  told as void only where its own reply brings a value that was edited after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import ValidationError

from studio.domain.agent import Agent
from studio.domain.review_approval import RoleApproval
from studio.services.review_merge_plan import MergeLine, MergePlan
from studio.services.reviewing import moved
from studio.services.standing import Standing

_VOID = "Void: since then "


def told_voids(stand: Standing, plan: MergePlan) -> tuple[MergeLine, ...]:
    """Return the lines of a plan; a new approval that would count no more says so, and why.

    Where no sound draft would come out, merging refuses it with its own words; here nothing is added.
    """
    if not plan.approvals:
        return tuple(plan.lines)
    try:
        after, given = _after(stand, plan), iter(plan.approvals)
    except ValidationError:
        return tuple(plan.lines)
    return tuple(_told(line, after, plan, given) for line in plan.lines)


def _told(line: MergeLine, after: Standing, plan: MergePlan, given: Iterator[RoleApproval]) -> MergeLine:
    if (line.what, line.state) != ("approval", "new"):
        return line
    approval = next(given)
    why = _why(after, plan, approval)
    if not why:
        return line
    return replace(line, state="void", sentence=f"{line.sentence.rstrip('.')}. It counts no more: {why}")


def _why(after: Standing, plan: MergePlan, approval: RoleApproval) -> str:
    """Return why an approval would be void, without the word itself; nothing where it would hold."""
    if any(answer.proposal_id in approval.scope for answer in plan.answers):
        edited = [
            name for name in plan.redone if name in approval.scope and _edited_since(plan, name, approval)
        ]
        return f"since then {edited[0]} itself changed." if edited else ""
    why = moved(after, approval)
    return f"since then {why.removeprefix(_VOID)}" if why else ""


def _edited_since(plan: MergePlan, proposal_id: str, approval: RoleApproval) -> bool:
    steps = [step for change in plan.redone[proposal_id].changes for step in change.reworked or ()]
    return any(step.how == "edited" and step.at > approval.at for step in steps)


def _after(stand: Standing, plan: MergePlan) -> Standing:
    """Return where the workspace would stand once the plan is carried out."""
    return replace(
        stand,
        draft=Agent.model_validate(plan.draft),
        proposals=tuple(plan.redone.get(each.id, each) for each in stand.proposals),
        decisions={**stand.decisions, **{each.id: each for each in plan.decisions}},
    )
