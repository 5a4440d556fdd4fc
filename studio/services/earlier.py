"""What older proposals of a document have left undecided, so that proposing again loses none of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.source import Source
from studio.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Earlier:
    """What older proposals of a document, or of the one it replaces, have left: changes nobody decided.

    `unsettled` are the fingerprints of sentences that were proposed and never decided by a person, or never
    compared with the agent at all.
    """

    waiting: tuple[tuple[Proposal, ProposedChange], ...]
    unsettled: frozenset[str]

    @property
    def line(self) -> str:
        """Return what happens to them, in a sentence; nothing where none waits."""
        if not self.waiting:
            return ""
        counts = Counter(proposal.id for proposal, _ in self.waiting)
        shown = " and ".join(f"{count} of {name}" for name, count in counts.items())
        several = len(self.waiting) > 1
        return (
            f"{shown} {'are' if several else 'is'} not decided yet: what still holds goes over into the new "
            "proposal, and the rest is named there. `cobuilder undo` takes the new proposal back."
        )


def earlier(unit: UnitOfWork, source: Source) -> Earlier:
    """Return what older proposals of a source, or of the one it replaces, have left."""
    decisions = {decision.id: decision for decision in unit.decisions.all()}
    own = {source.id, source.supersedes or source.id}
    older = [proposal for proposal in unit.proposals.all() if own & set(proposal.source_ids)]
    waiting, unsettled = [], set[str]()
    for proposal in older:
        for change in proposal.changes:
            decision = decisions.get(f"{proposal.id}/{change.id}")
            if decision is None and set(proposal.source_ids) & {source.id}:
                waiting.append((proposal, change))
            if decision is None or (decision.because_of or "").startswith("P-"):
                unsettled |= {citation.fingerprint for citation in change.citations}
    if not older and not any(pin.id in own for pin in unit.agents.draft().sources):
        unsettled |= _said_before(unit, source)
    return Earlier(tuple(waiting), frozenset(unsettled))


def _said_before(unit: UnitOfWork, source: Source) -> set[str]:
    """Return what the earlier versions said, where nobody ever compared them with the agent."""
    readings = (unit.sources.analysis(source.id, version.number) for version in source.versions[:-1])
    return {statement.fingerprint for found in readings if found for statement in found.statements}
