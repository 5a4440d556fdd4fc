"""The material of a report: everything that the workspace knows of one proposal, read at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from studio.domain.agent import Agent
from studio.domain.errors import StudioError
from studio.domain.proposal import Proposal
from studio.ports import UnitOfWork
from studio.services.change_sides import whole
from studio.services.queries.consequences import ConsequencesPage, ShowConsequences
from studio.services.queries.governance import CoverageReport, ShowCoverage
from studio.services.queries.proposal_words import SummariseProposal, SummaryPage
from studio.services.queries.review import ChangePage, ProposalPage, ShowChange, ShowProposal
from studio.services.queries.review_package import ApprovalPage, ShowApprovals
from studio.services.queries.talk import Happened, ShowHistory, ShowThreads, Thread
from studio.services.rebasing import as_it_fits
from studio.services.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made of; `proposal` is as it fits the draft, `every` the draft with all of it."""

    stand: Standing
    proposal: Proposal
    live: Agent
    every: Agent
    page: ProposalPage
    summary: SummaryPage
    changes: tuple[ChangePage, ...]
    consequences: ConsequencesPage
    coverage: CoverageReport
    approvals: ApprovalPage
    history: tuple[Happened, ...]
    threads: tuple[Thread, ...]

    @property
    def as_of(self) -> datetime:
        """Return when the last thing in this review happened; no clock is asked."""
        moments = [self.proposal.created_at, *(each.at for each in self.history)]
        mine = self.proposal.id
        moments += [each.at for each in self.stand.answers.values() if each.proposal_id == mine]
        moments += [each.at for each in self.stand.role_approvals if mine in each.scope]
        return max(_aware(each) for each in moments)


def _aware(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def when(moment: datetime) -> str:
    """Return a moment as people read it; no month names, which follow the computer's language."""
    return f"{_aware(moment):%Y-%m-%d %H:%M} UTC"


def gather(unit: UnitOfWork, proposal_id: str) -> Material:
    """Read what is known of a proposal; raises WrongUse where there is none."""
    page = ShowProposal(proposal_id).answer(unit)
    stand = standing(unit)
    kept = next(each for each in stand.proposals if each.id == proposal_id)
    proposal = as_it_fits(stand, kept)
    live, every = whole(stand, proposal)
    return Material(
        stand=stand,
        proposal=proposal,
        live=live,
        every=every,
        page=page,
        summary=SummariseProposal(proposal_id).answer(unit),
        changes=tuple(ShowChange(proposal_id, change.id).answer(unit) for change in proposal.changes),
        consequences=_consequences(unit, proposal_id),
        coverage=ShowCoverage().answer(unit),
        approvals=ShowApprovals("", (proposal_id,)).answer(unit),
        history=ShowHistory(proposal_id).answer(unit),
        threads=ShowThreads(proposal_id).answer(unit),
    )


def _consequences(unit: UnitOfWork, proposal_id: str) -> ConsequencesPage:
    try:
        return ShowConsequences(proposal_id).answer(unit)
    except StudioError:  # a plan that cannot be made has no consequences to show
        return ConsequencesPage(proposal_id, None, False)
