"""Approvals of the present content: which signatures count, and the gate they make; then all gates."""

from __future__ import annotations

from collections.abc import Container

from studio.domain.bundle import Approval, Gate
from studio.domain.review import Signature
from studio.release import gates as release_gates
from studio.services.gates import content_gates
from studio.services.proofs import Found
from studio.services.release_state import content_of
from studio.services.reviewing import role_gate
from studio.services.standing import Standing

LOOKING = "What is signed is being worked out…"
WAITING = "IT's approval policy is not here yet: choose its file."


def gates(
    stand: Standing, known: Found | None = None, *, looking: bool = False, later: Container[str] = ()
) -> tuple[Gate, ...]:
    """Return all gates, the approvals last: of roles in the review, then of IT's keys on the release.

    With what is `known` of the checks none is waited for, nor for the gates that come `later`; while
    `looking`, no signature counts.
    """
    roles = role_gate(stand)
    approved = approval_gate(stand, looking=looking or (known is not None and known.looking))
    return (*content_gates(stand, known, later), *((roles,) if roles else ()), approved)


def approval_gate(stand: Standing, *, looking: bool = False) -> Gate:
    """Return the gate on approvals of exactly this content; none counts while its checks are looked for."""
    policy, plan = stand.policy, stand.plan
    if policy is None or plan is None:
        return Gate(id=release_gates.APPROVED, title="Approved", ok=False, evidence=WAITING)
    if looking:
        return Gate(id=release_gates.APPROVED, title="Approved", ok=False, evidence=LOOKING)
    signed = current_signatures(stand)
    given = [as_approval(s, plan.environment) for s in signed]
    return release_gates.approval_gate(policy, plan.environment, given)


def current_signatures(stand: Standing) -> tuple[Signature, ...]:
    """Return the signatures on exactly the present content; an edit voids all others."""
    if not stand.signatures:
        return ()
    manifest = content_of(stand).digest  # content that is not ready has none, and no signatures
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
