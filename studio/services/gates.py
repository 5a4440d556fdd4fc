"""The gates of the present draft: content gates as they go into the bundle, then the approvals."""

from __future__ import annotations

from studio.domain.bundle import Approval, Gate, RunEvidence
from studio.domain.errors import StudioError
from studio.domain.review import Signature
from studio.release import gates as release_gates
from studio.release.evidence import summarise
from studio.services.standing import Standing

WAITING = "IT's approval policy is not here yet: choose its file."


def draft_evidence(stand: Standing) -> RunEvidence | None:
    """Return the summary of the run of exactly this draft, or None."""
    if stand.comparison is None or not stand.comparison_is_current:
        return None
    return summarise(stand.comparison.draft, "draft")


def content_gates(stand: Standing) -> tuple[Gate, ...]:
    """Return the gates on the draft's content."""
    changes = [stand.verdict(p, c) for p in stand.proposals for c in p.changes]
    inputs = release_gates.GateInputs(
        result_digest=stand.draft_digest,
        changes=len(changes),
        accepted=changes.count("accepted"),
        rejected=changes.count("rejected"),
        open_questions=tuple(question.text for _, question in stand.open_questions),
        checks=stand.checks,
        checked_digest=stand.draft_digest,
        run=draft_evidence(stand),
    )
    return release_gates.content_gates(inputs)


def gates(stand: Standing) -> tuple[Gate, ...]:
    """Return all gates, the approvals last."""
    return (*content_gates(stand), approval_gate(stand))


def approval_gate(stand: Standing) -> Gate:
    """Return the gate on approvals of exactly this content."""
    policy, plan = stand.policy, stand.plan
    if policy is None or plan is None:
        return Gate(id=release_gates.APPROVED, title="Approved", ok=False, evidence=WAITING)
    given = [as_approval(s, plan.environment) for s in current_signatures(stand)]
    return release_gates.approval_gate(policy, plan.environment, given)


def current_signatures(stand: Standing) -> tuple[Signature, ...]:
    """Return the signatures on exactly the present content; an edit voids all others."""
    from studio.services.release_content import present_manifest_digest

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
