"""Approvals of the present content: which signatures count, and the gate they make; then all gates."""

from __future__ import annotations

from studio.domain.bundle import Approval, Gate
from studio.domain.errors import StudioError
from studio.domain.review import Signature
from studio.release import gates as release_gates
from studio.services.gates import content_gates
from studio.services.release_content import present_manifest_digest
from studio.services.reviewing import role_gate
from studio.services.standing import Standing

WAITING = "IT's approval policy is not here yet: choose its file."


def gates(stand: Standing) -> tuple[Gate, ...]:
    """Return all gates, the approvals last: of roles in the review, then of IT's keys on the release."""
    roles = role_gate(stand)
    return (*content_gates(stand), *((roles,) if roles else ()), approval_gate(stand))


def approval_gate(stand: Standing) -> Gate:
    """Return the gate on approvals of exactly this content."""
    policy, plan = stand.policy, stand.plan
    if policy is None or plan is None:
        return Gate(id=release_gates.APPROVED, title="Approved", ok=False, evidence=WAITING)
    given = [as_approval(s, plan.environment) for s in current_signatures(stand)]
    return release_gates.approval_gate(policy, plan.environment, given)


def current_signatures(stand: Standing) -> tuple[Signature, ...]:
    """Return the signatures on exactly the present content; an edit voids all others."""
    if not stand.signatures:
        return ()
    try:
        manifest = present_manifest_digest(stand)
    except StudioError:  # content that is not ready has no signatures
        return ()
    return tuple(signature for signature in stand.signatures if signature.manifest_digest == manifest)


def as_approval(signature: Signature, environment: str) -> Approval:
    """Return a kept signature as the approval it carries."""
    return Approval.model_validate(
        {
            "role": signature.role,
            "person": signature.person,
            "decision": signature.decision,
            "environment": environment,
            "time": signature.at,
        }
    )
