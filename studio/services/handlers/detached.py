"""Taking in approvals that were signed on other computers: never undone, superseded in the ledger."""

from __future__ import annotations

from studio.domain.bundle import SignedApproval
from studio.domain.errors import WrongUse
from studio.domain.review import Signature
from studio.release.policy import approver
from studio.services.approvals import as_approval, current_signatures
from studio.services.detached import as_spelt_here, check_received
from studio.services.detached_commands import TakeApproval
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event
from studio.services.release_content import present_manifest_digest
from studio.services.release_state import content_of
from studio.services.standing import standing


def take_approval(command: TakeApproval, around: Surroundings) -> Effect:
    """Keep a received approval (or no); refused where it would not count on the present content."""
    stand = standing(around.unit)
    policy, planned = stand.policy, stand.plan
    if policy is None or planned is None:
        raise WrongUse(
            "IT's approval policy is not here yet, so no approval can be judged.",
            "Hand it in first: `cobuilder release plan --policy FILE`, or on the Release page.",
        )
    manifest = content_of(stand).digest or present_manifest_digest(stand)  # which says why there is none
    here = current_signatures(stand)
    data = as_spelt_here(command.name, command.data, policy)
    if any(signature.envelope.encode() == data for signature in here):
        return Effect(title=f"“{command.name}” was taken in before", events=())
    given = tuple(
        SignedApproval(
            file=f"the one of {s.person}",
            manifest_digest=manifest,
            approval=as_approval(s, planned.environment),
            key_id=s.key_id,
        )
        for s in here
    )
    signed = check_received(command.name, data, manifest, planned.environment, given, policy, around.now)
    approval = signed.approval
    signature = Signature(
        id=f"{manifest}/{approval.role}/{signed.key_id}",
        manifest_digest=manifest,
        role=approval.role,
        person=approval.person,
        decision=approval.decision,
        key_id=signed.key_id,
        at=approval.time,
        envelope=data.decode(),
        parts=dict(content_of(stand).parts),
        not_looked=approval.not_looked or None,
    )
    around.unit.approvals.put(signature.id, signature)
    verb = "approval" if approval.decision == "approve" else "refusal"
    sentence = f"Took in the {verb} of {approver(policy, approval)}, on exactly this content"
    event = Event("ReleaseApproved", sentence, frozenset({"approval"}), (signature.id,))
    return Effect(title=sentence, events=(event,))
