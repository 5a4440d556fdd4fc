"""Reviewing with roles and elsewhere: approve, send a package, merge what comes back, settle differences."""

from __future__ import annotations

import json

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.errors import Refused, WrongUse
from studio.domain.frozen import Frozen, canonical, to_json
from studio.domain.history import RecordChange, RecordKind
from studio.domain.review_approval import ROLE_NAMES, Looked, ReviewPolicy, RoleApproval
from studio.domain.review_package import Difference, MergedReply, ReviewerKey, ReviewerKeys
from studio.ports import UnitOfWork
from studio.release.keys import fingerprint
from studio.services.answering import completed
from studio.services.code_shapes import check_shapes
from studio.services.commands import (
    AcceptChange,
    ApproveReview,
    Command,
    ForgetReviewerKey,
    MergeReply,
    NoteLooked,
    RecordPackage,
    RecordReplySent,
    RejectChange,
    SetReviewPolicy,
    SettleDifference,
)
from studio.services.confirming import confirmations
from studio.services.deciding_commands import RebaseProposal
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event, Kind
from studio.services.handlers import review
from studio.services.planning import REVIEW_POLICY, REVIEWER_KEYS, kept_review_policy
from studio.services.review_files import open_reply
from studio.services.review_merge_plan import MergePlan
from studio.services.review_merging import check_sent, ground_of, merge_sentence, plan_merge
from studio.services.review_package import REPLY_SENT, SENT
from studio.services.review_signing import approval_sentence, compared_key, given_here, seal_of, with_key
from studio.services.reviewing import (
    authors,
    check_apart,
    keep_looked,
    looked_by,
    looked_within,
    not_looked,
    open_differences,
    package_here,
    parts_of,
    scope_of,
)
from studio.services.standing import Standing, standing

OPEN_IN_PACKAGE = frozenset(
    (
        "AcceptChange",
        "AcceptRemaining",
        "AcceptChanges",
        "RejectChanges",
        "RejectChange",
        "CommentOnChange",
        "EditProposedValue",
        "AnswerQuestion",
        "ApproveReview",
        "NoteLooked",
        "RecordReplySent",
        "RecordComparison",
        "RecordConsequences",
        "RecordCollisions",
        "RecordOrigins",
        "NoteModelUse",
    )
)
"""The commands that may be done in the workspace of a review package; the rest is for who sent it."""


def check_open(command: Command, unit: UnitOfWork) -> None:
    """Raise Refused where a workspace was made from a review package and a command is not for reviewers."""
    if type(command).__name__ in OPEN_IN_PACKAGE:
        return
    package = package_here(unit)
    if package is not None and isinstance(command, RebaseProposal):
        raise Refused(
            "This is a review package, and the draft in it cannot be fitted here.",
            f"Edit the value, reject the change, or tell {package.made_by} in a comment what shall stand.",
        )
    if package is not None:
        raise Refused(
            "This is a review package: here one decides on its changes, edits their values, answers "
            "questions, comments and approves, and nothing else.",
            f"Say what should be different in a comment; {package.made_by} sees it.",
        )


def _record(kind: RecordKind, record_id: str, before: Frozen | None, after: Frozen) -> RecordChange:
    was = None if before is None else to_json(before)
    return RecordChange(kind=kind, id=record_id, before=was, after=to_json(after))


def _event(name: str, sentence: str, kinds: set[Kind], *ids: str) -> Event:
    return Event(name, sentence, frozenset(kinds), ids)


def approve(command: ApproveReview, around: Surroundings) -> Effect:
    """Keep what a role says of exactly the present content."""
    unit, stand = around.unit, standing(around.unit)
    package = package_here(unit)
    wished = command.scope or (package.proposals if package else ())
    scope = scope_of(stand, wished)
    if not scope:
        raise WrongUse("There is nothing to approve: no change was proposed.")
    if command.decision == "approve":
        _check_decided(stand, scope)
        check_apart(stand, command.role, around.who, authors(unit, stand, scope))
    elif not command.comment.strip():
        raise WrongUse("Say which changes you request.", "The author reads only what you write.")
    seen = looked_within(
        stand, scope, looked_by(unit, around.who, stand).and_also(command.looked or Looked())
    )
    approval = RoleApproval(
        role=command.role,
        by=around.who,
        at=around.now,
        decision=command.decision,
        comment=command.comment.strip(),
        parts=parts_of(stand, scope),
        scope=scope,
        looked=seen,
        not_looked=not_looked(stand, scope, seen, package.elsewhere if package else ()),
    )
    sentence = approval_sentence(approval)
    known = unit.role_approvals.find(approval.id)
    return Effect(
        title=sentence,
        events=(_event("ReviewApproved", sentence, {"role_approval", "approval"}),),
        records=(_record("role_approval", approval.id, known, approval),),
    )


def _check_decided(stand: Standing, scope: tuple[str, ...]) -> None:
    left = [(p, c) for p, c in stand.undecided if p.id in scope]
    if left:
        proposal, change = left[0]
        raise Refused(
            f"{len(left)} change{'s are' if len(left) > 1 else ' is'} not decided, first {proposal.id} "
            f"{change.id} “{change.title}”.",
            "Decide first; then approve exactly that.",
        )


def note_looked(command: NoteLooked, around: Surroundings) -> Effect:
    """Keep what was looked at, beside what was looked at before."""
    stand = standing(around.unit)
    before = looked_by(around.unit, around.who, stand)
    after = before.and_also(command.looked)
    if after != before:
        keep_looked(around.unit, around.who, after, stand)
    return Effect(title="", events=())


def set_policy(command: SetReviewPolicy, around: Surroundings) -> Effect:
    """Keep which roles have to approve a review here."""
    before = around.unit.setting(REVIEW_POLICY)
    policy = ReviewPolicy(required=command.required, apart=command.apart, signed=command.signed or None)
    names = ", ".join(ROLE_NAMES[role] for role in policy.required) or "no role"
    sentence = f"A review has to be approved by: {names}"
    sentence += "; what comes in a file counts only signed" if command.signed else ""
    record = RecordChange(
        kind="setting",
        id=REVIEW_POLICY,
        before=None if before is None else to_json(kept_review_policy(around.unit)),
        after=to_json(policy),
    )
    kinds: set[Kind] = {"setting", "role_approval", "approval"}
    return Effect(title=sentence, events=(_event("ReviewPolicySet", sentence, kinds),), records=(record,))


def record_package(command: RecordPackage, around: Surroundings) -> Effect:
    """Note that a package was written."""
    facts = {"file": command.file_name, "by": around.who, "at": around.now.isoformat()}
    around.unit.keep_setting(f"{SENT}/{command.digest}", canonical(facts).decode())
    what = ", ".join(command.proposals)
    sentence = f"Packed {what} for review: {command.file_name} ({command.size:,} bytes)"
    return Effect(title=sentence, events=(_event("ReviewPacked", sentence, {"setting"}, command.digest),))


def record_reply_sent(command: RecordReplySent, around: Surroundings) -> Effect:
    """Note that what was decided so far is on its way back."""
    around.unit.keep_setting(REPLY_SENT, json.dumps(command.said))
    sentence = f"Wrote the decisions into {command.file_name}"
    return Effect(title=sentence, events=(_event("ReplyWritten", sentence, {"setting"}),))


def merge(command: MergeReply, around: Surroundings) -> Effect:
    """Take a reply over; what differs from a decision here is kept as a difference, and not decided."""
    unit, opened = around.unit, open_reply(command.data)
    check_sent(unit, opened)
    known = unit.merged_replies.find(opened.digest)
    stand = standing(unit)
    learned: tuple[RecordChange, ...] = ()
    if command.compared:
        new = compared_key(stand, opened, command.compared, around.who, around.now)
        before, stand = stand, with_key(stand, new)
        learned = _keys_record(before, stand.reviewer_keys)
    if known is not None:
        return _merged_before(known, learned)
    seal = seal_of(stand, opened, around.now)
    plan = plan_merge(ground_of(unit, stand, seal), opened.reply)
    title = merge_sentence(opened.reply.reviewer, plan)
    edit = ChangeSet(title=title, changes=tuple(plan.edits))
    check_shapes(edit)
    merged = MergedReply(
        id=opened.digest,
        reviewer=opened.reply.reviewer,
        by=around.who,
        at=around.now,
        told=tuple(line.sentence for line in plan.lines if line.state not in ("new", "known")),
        differences=tuple(plan.differences),
        brought=tuple(each.id for each in opened.reply.approvals if not given_here(stand, each)),
        signed_with=seal.key_id or None,
    )
    kinds: set[Kind] = {"decision", "comment", "agent", "confirmation", "role_approval", "merged_reply"}
    told = _completed(plan, around, stand)
    title += f". {told}" if told else ""
    kinds |= {"proposal"} if plan.redone else set()
    kinds |= {"answer"} if plan.answers else set()
    return Effect(
        title=title,
        events=(_event("ReplyMerged", title, {*kinds, "approval"}, opened.digest),),
        agent=edit,
        records=(
            *_records_of(plan, stand, around, edit),
            _record("merged_reply", merged.id, None, merged),
            *learned,
        ),
    )


def _merged_before(known: MergedReply, learned: tuple[RecordChange, ...]) -> Effect:
    """Merge nothing twice; what was learned of the key is kept."""
    title = f"This reply of {known.reviewer} was merged already, on {known.at:%d %b %Y}"
    if not learned:
        return Effect(title=title, events=())
    title += f"; its key is known as that of {known.reviewer} now"
    kinds: set[Kind] = {"setting", "role_approval", "approval"}
    return Effect(title=title, events=(_event("ReviewerKeyKnown", title, kinds),), records=learned)


def _keys_record(stand: Standing, after: tuple[ReviewerKey, ...]) -> tuple[RecordChange, ...]:
    if after == stand.reviewer_keys:
        return ()
    before = ReviewerKeys(keys=stand.reviewer_keys)
    was = to_json(before) if before.keys else None
    return (
        RecordChange(kind="setting", id=REVIEWER_KEYS, before=was, after=to_json(ReviewerKeys(keys=after))),
    )


def forget_key(command: ForgetReviewerKey, around: Surroundings) -> Effect:
    """Let a key be unknown again: what it signed proves nobody from now on."""
    stand = standing(around.unit)
    gone = next((key for key in stand.reviewer_keys if key.key_id == command.key_id), None)
    if gone is None:
        raise WrongUse("That key is not known here.", "`cobuilder review keys` lists those that are.")
    left = tuple(key for key in stand.reviewer_keys if key is not gone)
    sentence = f"The key {fingerprint(gone.key_id)} of {gone.person} is not known here any more"
    kinds: set[Kind] = {"setting", "role_approval", "approval"}
    events = (_event("ReviewerKeyForgotten", sentence, kinds),)
    return Effect(title=sentence, events=events, records=_keys_record(stand, left))


def _completed(plan: MergePlan, around: Surroundings, stand: Standing) -> str:
    """Let the proposals be completed by the answers that are taken; return what came of it, in words."""
    known, told = {proposal.id: proposal for proposal in stand.proposals}, []
    draft = Agent.model_validate(plan.draft) if plan.answers else None
    for number, answer in enumerate(plan.answers):
        proposal = plan.redone.get(answer.proposal_id, known[answer.proposal_id])
        decided = {d.change_id: d.verdict for d in plan.decisions if d.proposal_id == proposal.id}
        made = completed(around, proposal, answer, draft=draft, decided=decided, beside=plan.answers[:number])
        if made.proposal != proposal:
            plan.redone[proposal.id] = made.proposal
        told += [made.told] if made.told else []
    return " ".join(told)


def _records_of(
    plan: MergePlan, stand: Standing, around: Surroundings, edit: ChangeSet
) -> tuple[RecordChange, ...]:
    decided, known = tuple(plan.decisions), {proposal.id: proposal for proposal in stand.proposals}
    seen = confirmations(around, stand, edit, tuple(plan.taken), decided)
    return (
        *(_record("decision", d.id, stand.decisions.get(d.id), d) for d in decided),
        *(_record("comment", c.id, None, c) for c in plan.comments),
        *(_record("role_approval", a.id, None, a) for a in plan.approvals),
        *(_record("answer", a.id, around.unit.answers.find(a.id), a) for a in plan.answers),
        *(_record("proposal", p.id, known[p.id], p) for p in plan.redone.values()),
        *(_record("confirmation", c.id, stand.confirmations.get(c.id), c) for c in seen),
    )


def settle(command: SettleDifference, around: Surroundings) -> Effect:
    """Take a reviewer's decision in the place of the one here, or leave it."""
    unit = around.unit
    reply = unit.merged_replies.get(command.reply_id)
    stand = standing(unit)
    key = f"{command.proposal_id}/{command.change_id}"
    found = next((d for r, d in open_differences(stand) if r == reply.id and d.key == key), None)
    if found is None:
        raise WrongUse(
            f"Nothing about {key} is left to choose.", "`cobuilder review differences` shows what is."
        )
    done = _taking(found, around) if command.take_theirs else Effect(title="", events=())
    chosen = found.theirs_by if command.take_theirs else found.here_by
    sentence = f"On {command.change_id} of {command.proposal_id} the decision of {chosen} holds"
    after = reply.model_copy(
        update={
            "differences": tuple(
                d.model_copy(update={"settled": around.who}) if d.key == key else d for d in reply.differences
            )
        }
    )
    kinds: set[Kind] = {"merged_reply", "decision", "agent", "approval", "confirmation", "proposal"}
    return Effect(
        title=sentence,
        events=(_event("DifferenceSettled", sentence, kinds, key),),
        agent=done.agent,
        records=(*done.records, _record("merged_reply", reply.id, reply, after)),
    )


def _taking(found: Difference, around: Surroundings) -> Effect:
    if found.theirs == "accepted":
        return review.accept(AcceptChange(found.proposal_id, found.change_id), around)
    return review.reject(RejectChange(found.proposal_id, found.change_id), around)
