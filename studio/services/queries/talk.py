"""What was said and decided about the changes of a proposal: threads, whom one can ask, and the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from studio.domain.charter_terms import ROLE_WORDS
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Asked, Comment, Decision, waiting_for_reply
from studio.domain.review_approval import ROLE_NAMES
from studio.ports import UnitOfWork
from studio.services.standing import Standing, standing
from studio.services.wording import describe

_ALL_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class Thread:
    """A remark with its replies, oldest first; `waits` while it asks somebody and nobody has replied."""

    first: Comment
    replies: tuple[Comment, ...]
    waits: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history of a change: when, who, what in words, and what it said before that."""

    at: datetime
    by: str
    change_id: str
    title: str
    what: str
    before: str = ""


def threads_of(comments: tuple[Comment, ...]) -> tuple[Thread, ...]:
    """Return remarks as threads, in the order in which they began."""
    known = {comment.id for comment in comments}
    open_ids = {comment.id for comment in waiting_for_reply(comments)}
    replies: dict[str, list[Comment]] = {}
    for each in comments:
        if each.reply_to is not None:
            replies.setdefault(each.reply_to, []).append(each)
    return tuple(
        Thread(each, tuple(replies.get(each.id, ())), each.id in open_ids)
        for each in comments
        if each.reply_to is None or each.reply_to not in known
    )


def comments_on(comments: tuple[Comment, ...], proposal_id: str, change_id: str = "") -> tuple[Comment, ...]:
    """Return the remarks on a proposal, or on one of its changes, with the replies to them."""
    own = tuple(each for each in comments if each.proposal_id == proposal_id)
    if not change_id:
        return own
    first = {each.id for each in own if change_id in each.changes}
    return tuple(each for each in own if each.id in first or each.reply_to in first)


@dataclass(frozen=True, slots=True)
class ShowThreads:
    """Ask what was said about a proposal, or about one change of it."""

    proposal_id: str
    change_id: str = ""

    def answer(self, unit: UnitOfWork) -> tuple[Thread, ...]:
        """Return the threads."""
        return threads_of(comments_on(unit.comments.all(), self.proposal_id, self.change_id))


@dataclass(frozen=True, slots=True)
class WhoToAsk:
    """Ask who can be asked about a change: owners of its documents, its author, the agent's roles."""

    proposal_id: str
    change_id: str

    def answer(self, unit: UnitOfWork) -> tuple[Asked, ...]:
        """Return them, the nearest to the change first; raises WrongUse."""
        stand = standing(unit)
        proposal = unit.proposals.get(self.proposal_id)
        change = next((c for c in proposal.changes if c.id == self.change_id), None)
        found = [*_owners(stand, change), _author(unit, proposal, change), *_roles(stand)]
        return tuple(dict.fromkeys(each for each in found if each is not None))


def _owners(stand: Standing, change: ProposedChange | None) -> Iterator[Asked]:
    sources = {source.id: source for source in stand.sources}
    for citation in change.citations if change else ():
        source = sources.get(citation.source_id)
        name = (source.owner if source else None) or f"Whoever owns “{citation.source_name}”"
        yield Asked(kind="owner", name=name)


def _author(unit: UnitOfWork, proposal: Proposal, change: ProposedChange | None) -> Asked | None:
    """Return who edited the change last, or else who had the proposal made."""
    by = change.edited_by if change else ""
    if not by:
        noted = unit.ledger.recent(_ALL_ENTRIES)
        made = (
            who for _, who, event, said in noted if event == "ProposalMade" and f"({proposal.id}:" in said
        )
        by = next(made, "")
    return Asked(kind="author", name=by) if by else None


def _roles(stand: Standing) -> Iterator[Asked]:
    owners = {owner.id: owner.name for owner in stand.draft.charter.owners}
    for role, name in owners.items():
        yield Asked(kind="role", name=f"{ROLE_WORDS[role]}, {name}")
    for role in ROLE_NAMES:
        if role not in owners:
            yield Asked(kind="role", name=ROLE_NAMES[role])


@dataclass(frozen=True, slots=True)
class ShowHistory:
    """Ask what became of a proposal, or of one change of it: who decided, edited, fitted and said what."""

    proposal_id: str
    change_id: str = ""

    def answer(self, unit: UnitOfWork) -> tuple[Happened, ...]:
        """Return what happened, oldest first; raises WrongUse."""
        proposal = unit.proposals.get(self.proposal_id)
        decisions = {each.change_id: each for each in unit.decisions.all() if each.proposal_id == proposal.id}
        found: list[Happened] = []
        for change in proposal.changes:
            if self.change_id in ("", change.id):
                found += _reworked(change)
                found += _decided(change, decisions.get(change.id))
        titles = {change.id: change.title for change in proposal.changes}
        for each in comments_on(unit.comments.all(), proposal.id, self.change_id):
            found.append(
                Happened(each.at, each.by, each.change_id, titles.get(each.change_id, ""), _said(each))
            )
        return tuple(sorted(found, key=lambda line: line.at))


def _reworked(change: ProposedChange) -> Iterator[Happened]:
    words = {"edited": "edited the proposed value", "re-based": "fitted it to the draft"}
    for step in change.reworked or ():
        before = describe(step.was.path, step.was.after)
        yield Happened(step.at, step.by, change.id, change.title, words[step.how], before)


def _decided(change: ProposedChange, decision: Decision | None) -> Iterator[Happened]:
    for each in decision.as_earlier if decision is not None else ():
        taken = f" with {each.because_of}" if each.because_of else ""
        yield Happened(each.at, each.by, change.id, change.title, f"{each.verdict} it{taken}")


def _said(comment: Comment) -> str:
    verb = f"asked {comment.asks.words}" if comment.asks else "replied" if comment.reply_to else "said"
    return f"{verb}: {comment.text}"
