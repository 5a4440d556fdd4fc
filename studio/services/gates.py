"""The gates on the content of the present draft, as they go into the bundle."""

from __future__ import annotations

from studio.domain.bundle import Gate, RunEvidence
from studio.release import gates as release_gates
from studio.release.evidence import summarise
from studio.services.standing import Standing


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
