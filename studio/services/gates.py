"""The gates on the content of the present draft, as they go into the bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.checks.autonomy import performance_owner
from studio.domain.bundle import Gate, RunEvidence
from studio.domain.charter_terms import ROLE_WORDS
from studio.domain.governance import BLOCKING
from studio.release import gates as release_gates
from studio.release.evidence import summarise
from studio.services.access import all_checks
from studio.services.accounting import accounts
from studio.services.collisions import still_standing, undecided
from studio.services.memory import Memory
from studio.services.standing import Standing

if TYPE_CHECKING:
    from studio.cobuilder.changes.agreement import Disagreement

_DISAGREEMENTS: Memory[tuple[str, str], tuple[Disagreement, ...]] = Memory(4)
SOURCES, ONE_VALUE, PERFORMANCE = "sources", "one-value", "performance-owner"


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
        open_questions=(
            *(question.text for _, question in stand.open_questions),
            *(f"{ask.asks.words} was asked: {ask.text}" for ask in stand.open_asks if ask.asks),
        ),
        checks=all_checks(stand),
        checked_digest=stand.draft_digest,
        run=draft_evidence(stand),
        warned=tuple(
            f"{change.title} ({proposal.id}/{change.id})"
            for proposal in stand.proposals
            for change in proposal.changes
            if change.warnings and stand.verdict(proposal, change) == "accepted"
        ),
    )
    reviewed, *rest = release_gates.content_gates(inputs)
    return (reviewed, sources_gate(stand), one_value_gate(stand), *rest, performance_gate(stand))


def one_value_gate(stand: Standing) -> Gate:
    """Return the gate on facts: what changed in one place changed in every place that depends on it."""
    from studio.cobuilder.changes.agreement import disagreements

    key = stand.live_digest, stand.draft_digest
    found = _DISAGREEMENTS.get(key, lambda: disagreements(stand.live, stand.draft))
    evidence = "Every fact has one value in all places that depend on it."
    if found:
        more = f" ({len(found) - 1} more facts)" if len(found) > 1 else ""
        evidence = f"{found[0].sentence}{more}. `cobuilder impact mend` proposes the rest."
    return Gate(id=ONE_VALUE, title="One fact, one value", ok=not found, evidence=evidence)


def sources_gate(stand: Standing) -> Gate:
    """Return the gate on the sources: in force, no undecided conflict, nothing suspect."""
    pinned = {pin.id for pin in stand.draft.sources}
    trouble = [
        f"“{source.name}” is {state}"
        for source in stand.current_sources
        if source.id in pinned and (state := stand.state_of(source)) in BLOCKING
    ]
    conflicts, suspects = len(undecided(stand)), len(accounts(stand).suspects())
    trouble += [f"{conflicts} conflict{'s' * (conflicts > 1)} not decided"] if conflicts else []
    lost = [f"{rule.id} “{rule.title}”" for rule in still_standing(stand)]
    trouble += [f"decided against, but still in the draft: {', '.join(lost[:3])}"] if lost else []
    trouble += [f"{suspects} sentence{'s' * (suspects > 1)} suspect"] if suspects else []
    count = len([source for source in stand.current_sources if source.id in pinned])
    evidence = (
        f"{'; '.join(trouble)}." if trouble else f"{count} in force, no conflict open, nothing suspect."
    )
    return Gate(id=SOURCES, title="Sources are in force and agree", ok=not trouble, evidence=evidence)


def performance_gate(stand: Standing) -> Gate:
    """Return the gate on who owns performance after launch."""
    charter, missing = stand.draft.charter, performance_owner(stand.draft)
    evidence = f"{missing} Name somebody on the Charter page." if missing else ""
    if not missing and charter.performance_owner is not None:
        role = charter.performance_owner
        evidence = f"{charter.owner(role)} ({ROLE_WORDS[role]}) watches the figures after launch."
    return Gate(
        id=PERFORMANCE, title="Someone owns performance after launch", ok=not missing, evidence=evidence
    )
