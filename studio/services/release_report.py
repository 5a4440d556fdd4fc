"""The report that goes into a bundle: what changes, why, on what evidence, in words for people."""

from __future__ import annotations

from studio.diff.words_summary import in_words
from studio.domain.bundle import Evidence, LineageFile
from studio.domain.changeset import Change, ChangeSet
from studio.domain.finding import engine_of
from studio.domain.frozen import to_json
from studio.domain.places import place_name
from studio.domain.proposal import Proposal, ProposedChange
from studio.release.promotion import irreversible
from studio.release.report import Quote, Report, ReportChange, render
from studio.services.planning import ReleasePlan
from studio.services.standing import Standing
from studio.services.wording import describe
from studio.simulation.consequences import effects


def _proposed(stand: Standing, change: Change) -> tuple[Proposal, ProposedChange] | None:
    """Return the accepted proposal of the very place that a change is about."""
    for proposal in reversed(stand.proposals):
        for each in proposal.changes:
            near = change.path.startswith(each.change.path) or each.change.path.startswith(change.path)
            if near and stand.verdict(proposal, each) == "accepted":
                return proposal, each
    return None


def _report_change(stand: Standing, change: Change) -> ReportChange:
    trees = (to_json(stand.draft), to_json(stand.live))
    where = place_name(trees, change.path)
    before, after = describe(change.path, change.before), describe(change.path, change.after)
    found = _proposed(stand, change)
    if found is None:
        return ReportChange(title=where, before=before, after=after, reason="Changed by hand.")
    proposal, proposed = found
    decision = stand.decisions[f"{proposal.id}/{proposed.id}"]
    return ReportChange(
        title=proposed.title,
        place=where,
        before=before,
        after=after,
        reason=proposed.reason,
        quotes=tuple(
            Quote(
                source=f"{cite.source_name}, version {cite.version}",
                place=cite.anchor.label,
                text=" ".join(cite.quote.split()),
            )
            for cite in proposed.citations
        ),
        decided_by=decision.by,
        warnings=proposed.warnings,
        read_by=_read_by(proposal),
    )


def _read_by(proposal: Proposal) -> str:
    """Return who read the document, where it was not CoBuilder alone, and how that went."""
    if proposal.run is None:
        return ""
    who = "CoBuilder and a language model" if engine_of(proposal.engine) == "both" else "A language model"
    count = len(proposal.disagreements)
    differ = f" The two readings differ in {count} place{'' if count == 1 else 's'}." if count else ""
    return f"{who} read the document. {proposal.run.line}{differ}"


def _consequences(stand: Standing) -> tuple[str, ...]:
    """Return one sentence a test whose customers fare differently from today."""
    if stand.comparison is None:
        return ()
    found = effects(stand.comparison, stand.draft.scenarios)
    return tuple(
        f"{effect.id} {effect.title}: {' '.join(tally.words for tally in effect.differences)}"
        for effect in found
        if effect.differences and not effect.is_new
    )


def report_html(
    stand: Standing, changeset: ChangeSet, evidence: Evidence, lineage: LineageFile, planned: ReleasePlan
) -> str:
    """Return the report's page."""
    runs = evidence.runs.runs
    return render(
        Report(
            agent=stand.draft.name,
            environment=planned.environment,
            release_sequence=stand.live_number + 1,
            base_digest=stand.live_digest,
            result_digest=stand.draft_digest,
            not_after=planned.not_after,
            in_words=in_words(changeset, stand.live, stand.draft),
            changes=tuple(_report_change(stand, change) for change in changeset.changes),
            consequences=_consequences(stand),
            gates=evidence.gates.gates,
            runs=runs,
            checks=evidence.proofs.checks,
            coverage=evidence.coverage.lines,
            lineage=lineage,
            irreversible=irreversible(stand.draft),
            rollout=planned.rollout,
        )
    )
