"""Planning, approving and exporting a release: never undone, superseded in the ledger."""

from __future__ import annotations

from studio.domain.bundle import Approval, in_brief
from studio.domain.environment import ApprovalPolicy, Person
from studio.domain.errors import NotApproved, Refused, WrongUse
from studio.domain.frozen import digest, to_json
from studio.domain.history import RecordChange
from studio.domain.review import Signature
from studio.release import bundle as bundles
from studio.release.gates import ROLE_NAMES, require
from studio.release.policy import check_policy, may_approve
from studio.release.rollout_words import unsound
from studio.services.approvals import as_approval, current_signatures
from studio.services.commands import ApproveRelease, PlanRelease, RecordExport, TakeLive
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event
from studio.services.gates import content_gates
from studio.services.planning import (
    MOST_INTRODUCTION,
    PLAN,
    ReleasePlan,
    default_plan,
    keep_plan,
    keep_policy,
    kept_plan,
)
from studio.services.release_content import present_manifest_digest
from studio.services.release_state import content_of
from studio.services.standing import standing


def plan(command: PlanRelease, around: Surroundings) -> Effect:
    """Keep what the next release is for; what was signed for another plan no longer counts."""
    unit = around.unit
    if command.policy is not None:
        _check_agent(command.policy, unit.agents.draft().id)
        check_policy(command.policy)
        keep_policy(unit, command.policy)
    before = kept_plan(unit)
    base = before or default_plan(around.now)
    chosen = ReleasePlan(
        environment=command.environment or base.environment,
        not_after=command.not_after or base.not_after,
        rollout=command.rollout or base.rollout,
        introduction=base.introduction if command.introduction is None else _words(command.introduction),
    )
    _check_plan(command, around)
    sentence = _planned(before, chosen, command.policy is not None)
    records: tuple[RecordChange, ...] = ()
    if command.policy is not None and before is None:
        keep_plan(unit, chosen)
    elif chosen != before:
        # Taken back, the first plan leaves the usual one: a policy that is here needs a plan.
        records = (RecordChange(kind="setting", id=PLAN, before=to_json(base), after=to_json(chosen)),)
    event = Event("ReleasePlanned", sentence, frozenset({"plan", "setting"}))
    return Effect(title=sentence, events=(event,), records=records)


def _words(text: str) -> str | None:
    return text.strip() or None


def _check_plan(command: PlanRelease, around: Surroundings) -> None:
    wrong = unsound(command.rollout) if command.rollout is not None else ()
    if wrong:
        raise WrongUse(f"This rollout plan cannot be kept. {' '.join(wrong)}", "Mend it, then try again.")
    if command.not_after is not None and command.not_after <= around.now:
        raise WrongUse(
            f"A release that is valid until {command.not_after:%d %b %Y} could never run.",
            "Choose a day that is still to come.",
        )
    if len(command.introduction or "") > MOST_INTRODUCTION:
        raise WrongUse(f"The introduction has more than {MOST_INTRODUCTION:,} letters.", "Make it shorter.")


def _planned(before: ReleasePlan | None, chosen: ReleasePlan, with_policy: bool) -> str:
    """Return what was planned, or what of the plan is another now."""
    until = f"{chosen.not_after:%d %b %Y}"
    if with_policy:
        return f"IT's approval policy is here; the release is for {chosen.environment}, valid until {until}"
    if before is None:
        return f"Planned a release for {chosen.environment}, valid until {until}"
    parts = [] if before.rollout == chosen.rollout else ["another rollout"]
    parts += [] if before.introduction == chosen.introduction else ["another introduction"]
    parts += [] if before.environment == chosen.environment else [f"for {chosen.environment}"]
    parts += [] if before.not_after == chosen.not_after else [f"valid until {until}"]
    return (
        f"Planned the release anew: {', '.join(parts)}" if parts else "The plan of the release stays as it is"
    )


def _check_agent(policy: ApprovalPolicy, agent_id: str) -> None:
    if policy.agent != agent_id:
        raise WrongUse(
            f"This approval policy is for the agent “{policy.agent}”, not for “{agent_id}”.",
            "Ask IT for the policy of this agent.",
        )


def _person(policy: ApprovalPolicy, named: str) -> Person:
    found = [p for p in policy.people if named.casefold() in (p.id.casefold(), p.name.casefold())]
    if not found:
        names = ", ".join(person.name for person in policy.people)
        raise NotApproved(f"IT's policy does not know “{named}”.", f"It knows: {names}.")
    return found[0]


def approve_release(command: ApproveRelease, around: Surroundings) -> Effect:
    """Sign exactly the present content; refused beforehand where the signature would not count."""
    unit = around.unit
    stand = standing(unit)
    policy, planned = stand.policy, stand.plan
    if policy is None or planned is None:
        raise WrongUse(
            "IT's approval policy is not here yet, so nobody can approve.",
            "Hand it in first: `cobuilder release plan --policy FILE`, or on the Release page.",
        )
    if command.decision == "approve":
        require(content_gates(stand))
    given = current_signatures(stand)
    approval = Approval(
        role=command.role,
        person=_person(policy, command.person).id,
        decision=command.decision,
        environment=planned.environment,
        comment=command.comment,
        time=around.now,
        not_looked=in_brief(command.not_looked) if command.looked or command.not_looked else None,
    )
    signer = around.keys.open(command.key_uri, command.passphrase)
    others = [as_approval(signature, planned.environment) for signature in given]
    may_approve(policy, planned.environment, signer.key_id, approval, others, around.now)
    manifest = present_manifest_digest(stand)
    if command.shown not in (None, manifest):
        raise Refused(
            "The content changed while you looked at it, so nothing was signed.",
            "Look at what it is now, then approve.",
        )
    envelope = bundles.approve(manifest, approval, signer)
    signature = Signature(
        id=f"{manifest}/{approval.role}/{signer.key_id}",
        manifest_digest=manifest,
        role=approval.role,
        person=approval.person,
        decision=approval.decision,
        key_id=signer.key_id,
        at=around.now,
        envelope=envelope.decode(),
        parts=dict(content_of(stand).parts),
        looked=command.looked or None,
        not_looked=command.not_looked or None,
    )
    unit.approvals.put(signature.id, signature)
    verb = "Approved" if command.decision == "approve" else "Refused"
    sentence = f"{verb} by {command.person} as {ROLE_NAMES[command.role]}, content {manifest[:12]}"
    event = Event("ReleaseApproved", sentence, frozenset({"approval"}), (signature.id,))
    return Effect(title=sentence, events=(event,))


def take_live(command: TakeLive, around: Surroundings) -> Effect:
    """Keep a promoted release as the live version; refused unless it was built on the present one."""
    agents = around.unit.agents
    if digest(command.before) != digest(agents.live()):
        raise WrongUse(
            f"This release was not built on the live version here, which is {agents.live_number()}.",
            "Take the releases in the order in which IT promoted them.",
        )
    agents.keep(command.number, command.after)
    sentence = f"Release {command.number} is live now"
    event = Event("ReleaseTakenLive", sentence, frozenset({"agent", "run", "approval"}))
    return Effect(title=sentence, events=(event,))


def record_export(command: RecordExport, around: Surroundings) -> Effect:
    """Note that a bundle was written."""
    sentence = (
        f"Exported {command.file_name} ({command.size:,} bytes), content {command.manifest_digest[:12]}"
    )
    event = Event("BundleExported", sentence, frozenset({"bundle"}), (command.manifest_digest,))
    return Effect(title=sentence, events=(event,))
