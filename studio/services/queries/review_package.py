"""What faces show of approvals by role, of review packages, and of a reply before it is merged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from studio.domain.proposal import Proposal
from studio.domain.review_approval import ROLE_NAMES, ROLES, ReviewRole, RoleApproval, same_person
from studio.domain.review_package import Difference, check_number
from studio.domain.review_package import PackageManifest as PackageManifest
from studio.ports import UnitOfWork
from studio.release.keys import fingerprint
from studio.services.review_files import open_reply, reply_bytes
from studio.services.review_merge_plan import MergeLine
from studio.services.review_merge_voids import told_voids
from studio.services.review_merging import check_sent, ground_of, merge_sentence, plan_merge
from studio.services.review_merging_more import people_in
from studio.services.review_package import PACKAGE_DIGEST, REPLY_SENT, Packed, pack, reply_of, said_digest
from studio.services.review_signing import (
    SealState,
    compared_key,
    counts,
    seal_of,
    unsigned,
    untold,
    with_key,
)
from studio.services.reviewing import (
    authors,
    looked_by,
    looked_within,
    moved,
    newest_of_each,
    not_looked,
    open_differences,
    package_here,
    parts_of,
    scope_of,
    standing_approvals,
)
from studio.services.standing import Standing, standing

_FEW = 6
UNPROVEN = "Does not count: it came in a file that is not signed with a key known here as theirs."
UNTOLD = (
    "Does not count: an earlier version of this program did not note whether it was given here or came in a "
    "file. Have it approved once more."
)
RoleState = Literal["approved", "changes requested", "waiting"]


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role: whether it has to approve, what it says now, and why this person may not, if so."""

    role: ReviewRole
    name: str
    required: bool
    state: RoleState
    by: str
    closed: str


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """One approval in the history; `void` says why it counts no more, `replaced` that a later one holds."""

    role: str
    by: str
    at: str
    decision: str
    comment: str
    scope: tuple[str, ...]
    looked: tuple[str, ...]
    not_looked: tuple[str, ...]
    void: str
    replaced: bool


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A change on which a reviewer decided otherwise, to be chosen by a person.

    `along` says what taking the reviewer's decision would take along, and whose decisions those are.
    """

    reply_id: str
    proposal_id: str
    change_id: str
    title: str
    here: str
    theirs: str
    along: str = ""


@dataclass(frozen=True, slots=True)
class KnownKeyRow:
    """A reviewer's key that somebody here compared: whose it is, and who compared it when."""

    key_id: str
    person: str
    fingerprint: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """The approvals of the present review, and what the person who asks has looked at."""

    content: str
    scope: tuple[str, ...]
    undecided: int
    roles: tuple[RoleRow, ...]
    looked: tuple[str, ...]
    not_looked: tuple[str, ...]
    history: tuple[ApprovalRow, ...]
    differences: tuple[DifferenceRow, ...]
    apart: tuple[str, ...]
    signed: bool = False
    keys: tuple[KnownKeyRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ShowApprovals:
    """Ask for the approvals of the review, as one person sees them."""

    who: str
    scope: tuple[str, ...] = ()

    def answer(self, unit: UnitOfWork) -> ApprovalPage:
        """Return roles, history and what was looked at."""
        stand, package = standing(unit), package_here(unit)
        scope = scope_of(stand, self.scope or (package.proposals if package else ()))
        seen = looked_within(stand, scope, looked_by(unit, self.who, stand))
        elsewhere = package.elsewhere if package else ()
        own = any(same_person(self.who, each) for each in authors(unit, stand, scope))
        return ApprovalPage(
            content=RoleApproval(
                role="qa",
                by="-",
                at=datetime.now().astimezone(),
                decision="approve",
                parts=parts_of(stand, scope),
            ).content[:12],
            scope=scope,
            undecided=sum(p.id in scope for p, _ in stand.undecided),
            roles=tuple(_role_row(stand, role, own) for role in ROLES),
            looked=_looked_words(seen.changes, seen.consequences, seen.proofs, seen.coverage),
            not_looked=not_looked(stand, scope, seen, elsewhere),
            history=_history(stand),
            differences=tuple(_difference_row(stand, *each) for each in open_differences(stand)),
            apart=tuple(ROLE_NAMES[role] for role in stand.review_policy.apart),
            signed=bool(stand.review_policy.signed),
            keys=tuple(
                KnownKeyRow(k.key_id, k.person, fingerprint(k.key_id), k.by, k.at.isoformat())
                for k in stand.reviewer_keys
            ),
        )


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What a person has opened so far, by `PROPOSAL/CHANGE`; the roles where nobody approves their own."""

    opened: frozenset[str]
    apart: tuple[ReviewRole, ...]


@dataclass(frozen=True, slots=True)
class ShowReviewer:
    """Ask what somebody who decides has opened, and which roles are kept apart here."""

    who: str

    def answer(self, unit: UnitOfWork) -> Reviewer:
        """Return both."""
        stand = standing(unit)
        return Reviewer(frozenset(looked_by(unit, self.who, stand).changes), stand.review_policy.apart)


def _role_row(stand: Standing, role: ReviewRole, own: bool) -> RoleRow:
    said = [each for each in standing_approvals(stand) if each.role == role]
    wished = [each for each in said if each.decision == "request changes"]
    state: RoleState = "changes requested" if wished else "approved" if said else "waiting"
    by = ", ".join(each.by for each in (wished or said))
    closed = ""
    if own and role in stand.review_policy.apart:
        closed = f"You wrote or accepted part of this, so somebody else approves it for {ROLE_NAMES[role]}."
    return RoleRow(role, ROLE_NAMES[role], role in stand.review_policy.required, state, by, closed)


def _looked_words(
    changes: tuple[str, ...], consequences: bool, proofs: bool, coverage: bool
) -> tuple[str, ...]:
    count = len(changes)
    told = [f"{count} change{'' if count == 1 else 's'} opened."] if count else []
    told += ["Who would be treated differently."] if consequences else []
    told += ["The proofs on every path."] if proofs else []
    return (*told, *(("What the tests cover.",) if coverage else ()))


def _history(stand: Standing) -> tuple[ApprovalRow, ...]:
    counting = [each for each in stand.role_approvals if counts(stand, each)]
    newest = {each.id for each in newest_of_each(counting)}
    rows = []
    for each in sorted(stand.role_approvals, key=lambda a: a.at, reverse=True):
        seen = each.looked
        words = _looked_words(seen.changes, seen.consequences, seen.proofs, seen.coverage)
        said = tuple(f"{word} (as they say)" for word in words) if seen.stated else words
        rows.append(
            ApprovalRow(
                role=ROLE_NAMES[each.role],
                by=each.by,
                at=each.at.isoformat(),
                decision=each.decision,
                comment=each.comment,
                scope=each.scope,
                looked=said,
                not_looked=each.not_looked,
                void=moved(stand, each) or _uncounted(stand, each),
                replaced=each in counting and each.id not in newest,
            )
        )
    return tuple(rows)


def _uncounted(stand: Standing, approval: RoleApproval) -> str:
    """Return why an approval of the present content does not count; empty where it does."""
    if counts(stand, approval):
        return ""
    return UNTOLD if untold(stand, approval) else UNPROVEN


def _difference_row(stand: Standing, reply_id: str, each: Difference) -> DifferenceRow:
    proposal = next(p for p in stand.proposals if p.id == each.proposal_id)
    return DifferenceRow(
        reply_id=reply_id,
        proposal_id=each.proposal_id,
        change_id=each.change_id,
        title=proposal.change(each.change_id).title,
        here=f"{each.here_by} {each.here}",
        theirs=f"{each.theirs_by} {each.theirs}",
        along=_taken_along(stand, proposal, each),
    )


def _taken_along(stand: Standing, proposal: Proposal, each: Difference) -> str:
    """Return what goes with a change that is settled as the reviewer decided; "" where nothing does."""
    accepts = each.theirs == "accepted"
    names = proposal.requirements(each.change_id) if accepts else proposal.dependents(each.change_id)
    told = []
    for name in names:
        change = proposal.change(name)
        verdict = stand.verdict(proposal, change)
        if verdict == each.theirs:
            continue
        present = stand.decisions.get(f"{proposal.id}/{name}")
        by = f", which {present.by} {present.verdict}" if present else ""
        told.append(f"{name} {change.title}{by}")
    if not told:
        return ""
    shown = "; ".join(told[:_FEW]) + (f"; and {len(told) - _FEW} more" if len(told) > _FEW else "")
    return f"Taking it also {'accepts' if accepts else 'rejects'} {shown}."


@dataclass(frozen=True, slots=True)
class PackReview:
    """Ask for the review package of some proposals (none: all that wait)."""

    who: str
    now: datetime
    proposals: tuple[str, ...] = ()
    note: str = ""

    def answer(self, unit: UnitOfWork) -> Packed:
        """Return its bytes and what is in it; raises WrongUse."""
        return pack(unit, standing(unit), self.proposals, self.who, self.now, self.note)


@dataclass(frozen=True, slots=True)
class PackagePage:
    """The package that this workspace was made from, and how much of one's decisions is not sent yet."""

    agent: str
    made_by: str
    made_at: str
    note: str
    proposals: tuple[str, ...]
    digest: str
    unsent: int


@dataclass(frozen=True, slots=True)
class ShowPackage:
    """Ask whether this workspace was made from a review package, and what of it."""

    def answer(self, unit: UnitOfWork) -> PackagePage | None:
        """Return the package, or None for an ordinary workspace."""
        manifest = package_here(unit)
        if manifest is None:
            return None
        now = manifest.made_at
        reply = reply_of(unit, manifest.made_by, now)
        sent = unit.setting(REPLY_SENT)
        is_sent = sent is not None and sent.strip('"') == said_digest(reply)
        count = len(reply.decisions) + len(reply.comments) + len(reply.approvals)
        count += len(reply.edits or ()) + len(reply.answers or ())
        return PackagePage(
            agent=manifest.agent,
            made_by=manifest.made_by,
            made_at=manifest.made_at.isoformat(),
            note=manifest.note,
            proposals=manifest.proposals,
            digest=unit.setting(PACKAGE_DIGEST) or "",
            unsent=0 if is_sent else count,
        )


@dataclass(frozen=True, slots=True)
class ReplyMade:
    """A reply that is ready to be written."""

    data: bytes
    said: str
    decisions: int
    comments: int
    approvals: int
    number: str
    edits: int = 0
    answers: int = 0


@dataclass(frozen=True, slots=True)
class MakeReply:
    """Ask for the reply to the package that this workspace was made from."""

    who: str
    now: datetime

    def answer(self, unit: UnitOfWork) -> ReplyMade:
        """Return its bytes; raises WrongUse."""
        from studio.domain.frozen import digest

        reply = reply_of(unit, self.who, self.now)
        data = reply_bytes(reply)
        counts = (len(reply.decisions), len(reply.comments), len(reply.approvals))
        more = len(reply.edits or ()), len(reply.answers or ())
        return ReplyMade(data, said_digest(reply), *counts, check_number(digest(data)), *more)


@dataclass(frozen=True, slots=True)
class MergePage:
    """What merging a reply would do; `already` where it was merged before.

    `unsigned` tells for each person in whose name it speaks that nothing proves it; `signed` tells whose key
    signed it, with its `fingerprint`, to be compared where nobody here knows it.
    """

    reviewer: str
    made_at: str
    number: str
    sentence: str
    lines: tuple[MergeLine, ...]
    already: bool
    unsigned: tuple[str, ...] = ()
    seal: SealState = "none"
    signed: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ShowMerge:
    """Ask what merging a reply would do; nothing is changed. `compared` is the fingerprint one was read."""

    data: bytes
    who: str = "-"
    compared: str = ""

    def answer(self, unit: UnitOfWork) -> MergePage:
        """Return a line for everything in the reply; raises BrokenInput, Refused."""
        opened = open_reply(self.data)
        check_sent(unit, opened)
        stand, now = standing(unit), datetime.now().astimezone()
        if self.compared:
            stand = with_key(stand, compared_key(stand, opened, self.compared, self.who, now))
        seal = seal_of(stand, opened, now)
        ground = ground_of(unit, stand, seal)
        plan = plan_merge(ground, opened.reply)
        return MergePage(
            reviewer=opened.reply.reviewer,
            made_at=opened.reply.made_at.isoformat(),
            number=check_number(opened.digest),
            sentence=merge_sentence(opened.reply.reviewer, plan, done=False),
            lines=told_voids(stand, plan),
            already=unit.merged_replies.find(opened.digest) is not None,
            unsigned=tuple(unsigned(opened.reply, seal, ground.themselves, people_in(opened.reply))),
            seal=seal.state,
            signed=seal.sentence,
            fingerprint=seal.fingerprint,
        )
