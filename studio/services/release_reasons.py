"""Why a change of a release is in it: the accepted proposal behind it, its sentences, and who decided."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.changeset import Change
from studio.domain.finding import engine_of
from studio.domain.proposal import Proposal, ProposedChange
from studio.services.standing import Standing


@dataclass(frozen=True, slots=True)
class ChangeReason:
    """Why one change is there: `quotes` are sentences with the place where they stand.

    `read_by` tells of the language model where one read the document.
    """

    reason: str
    quotes: tuple[tuple[str, str], ...] = ()
    decided_by: str = ""
    warnings: tuple[str, ...] = ()
    read_by: str = ""


def reason_of(stand: Standing, change: Change) -> ChangeReason:
    """Return why a change is in the release."""
    found = _proposed(stand, change)
    if found is None:
        return ChangeReason("Changed by hand.")
    proposal, proposed = found
    return ChangeReason(
        reason=proposed.reason,
        quotes=tuple(
            (
                " ".join(cite.quote.split()),
                f"{cite.source_name}, version {cite.version} · {cite.anchor.label}",
            )
            for cite in proposed.citations
        ),
        decided_by=stand.decisions[f"{proposal.id}/{proposed.id}"].by,
        warnings=proposed.warnings,
        read_by=_read_by(proposal),
    )


def _proposed(stand: Standing, change: Change) -> tuple[Proposal, ProposedChange] | None:
    """Return the accepted proposal of the very place that a change is about."""
    for proposal in reversed(stand.proposals):
        for each in proposal.changes:
            near = change.path.startswith(each.change.path) or each.change.path.startswith(change.path)
            if near and stand.verdict(proposal, each) == "accepted":
                return proposal, each
    return None


def _read_by(proposal: Proposal) -> str:
    """Return who read the document, where it was not CoBuilder alone, and how that went."""
    if proposal.run is None:
        return ""
    who = "CoBuilder and a language model" if engine_of(proposal.engine) == "both" else "A language model"
    count = len(proposal.disagreements)
    differ = f" The two readings differ in {count} place{'' if count == 1 else 's'}." if count else ""
    return f"{who} read the document. {proposal.run.line}{differ}"
