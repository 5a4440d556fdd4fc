"""Deciding on proposals: accept, reject, comment, answer; dependants go with what they stand on."""

from __future__ import annotations

from collections.abc import Iterator

from studio.domain.changeset import ChangeSet, lookup
from studio.domain.errors import Refused, Stale, WrongUse
from studio.domain.frozen import Frozen, Json, to_json
from studio.domain.history import RecordChange, RecordKind
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.request import Exchange
from studio.domain.review import Answer, Comment, Decision, Verdict
from studio.domain.shape import trouble_of
from studio.services.answering import completed
from studio.services.commands import (
    AcceptChange,
    AcceptRemaining,
    AnswerQuestion,
    CommentOnChange,
    EditAgent,
    RecordProposal,
    RecordReply,
    RejectChange,
)
from studio.services.confirming import confirmations
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event, Kind
from studio.services.shared_places import meeting_others, taken_by
from studio.services.standing import standing
from studio.services.talk import keep_exchange


def _record(kind: RecordKind, record_id: str, before: Frozen | None, after: Frozen) -> RecordChange:
    was = None if before is None else to_json(before)
    return RecordChange(kind=kind, id=record_id, before=was, after=to_json(after))


def _event(name: str, sentence: str, kinds: set[Kind], *ids: str) -> Event:
    return Event(name, sentence, frozenset(kinds), ids)


class _Desk:
    """One proposal with the decisions taken on it so far."""

    def __init__(self, proposal_id: str, around: Surroundings) -> None:
        self.around = around
        self.proposal: Proposal = around.unit.proposals.get(proposal_id)
        self.taken = {d.change_id: d for d in around.unit.decisions.all() if d.proposal_id == proposal_id}

    def change(self, change_id: str) -> ProposedChange:
        try:
            return self.proposal.change(change_id)
        except KeyError:
            raise WrongUse(
                f"Proposal {self.proposal.id} has no change “{change_id}”.",
                f"`cobuilder review list {self.proposal.id}` shows its changes.",
            ) from None

    def verdict(self, change_id: str) -> Verdict | None:
        decision = self.taken.get(change_id)
        return decision.verdict if decision else None

    def decision(self, change_id: str, verdict: Verdict, because_of: str | None = None) -> Decision:
        return Decision(
            id=f"{self.proposal.id}/{change_id}",
            proposal_id=self.proposal.id,
            change_id=change_id,
            verdict=verdict,
            by=self.around.who,
            at=self.around.now,
            because_of=because_of,
        )

    def records(self, decisions: tuple[Decision, ...]) -> tuple[RecordChange, ...]:
        return tuple(_record("decision", d.id, self.taken.get(d.change_id), d) for d in decisions)

    def accepting(self, sentence: str, changes: tuple[ProposedChange, ...]) -> Effect:
        """Return the effect of taking changes into the draft; what they confirm is recorded with them."""
        edit = ChangeSet(title=sentence, changes=tuple(c.change for c in changes))
        check_shapes(edit)
        decisions = tuple(self.decision(c.id, "accepted") for c in changes)
        unit = self.around.unit
        confirmed = confirmations(self.around, standing(unit), edit, changes, decisions)
        seen = tuple(_record("confirmation", c.id, unit.confirmations.find(c.id), c) for c in confirmed)
        kinds: set[Kind] = {"decision", "agent", "confirmation"}
        return Effect(
            title=sentence,
            events=(_event("ChangeAccepted", sentence, kinds, *(c.id for c in changes)),),
            agent=edit,
            records=(*self.records(decisions), *seen),
        )

    def check_places(self, changes: tuple[ProposedChange, ...]) -> None:
        """Raise Stale where an accepted change of another proposal stands at the place of one of these."""
        tree = to_json(self.around.unit.agents.draft())
        for change in changes:
            there, before = lookup(tree, change.change.path), change.change.before
            if change.change.is_move or there == before:
                continue
            proposals, taken = (
                self.around.unit.proposals.all(),
                {d.id: d for d in self.around.unit.decisions.all()},
            )
            other = taken_by(change, self.proposal, proposals, taken)
            if other:
                raise Stale(
                    f"{change.id} “{change.title}” does not fit any more: {other} was accepted for the same "
                    "place.",
                    "Ask CoBuilder to propose again, which starts from the present text; or reject that.",
                )

    def meets_others(self) -> set[str]:
        """Return the changes whose place a change of another waiting proposal wants, too."""
        unit = self.around.unit
        return set(
            meeting_others(self.proposal, unit.proposals.all(), {d.id: d for d in unit.decisions.all()})
        )

    def ordered(self, change_ids: set[str]) -> tuple[ProposedChange, ...]:
        return tuple(change for change in self.proposal.changes if change.id in change_ids)


def _names(changes: tuple[ProposedChange, ...]) -> str:
    return ", ".join(f"{change.id} “{change.title}”" for change in changes)


def accept(command: AcceptChange, around: Surroundings) -> Effect:
    """Take a change into the draft, and first what it cannot stand without."""
    desk = _Desk(command.proposal_id, around)
    change = desk.change(command.change_id)
    if desk.verdict(change.id) == "accepted":
        raise WrongUse(f"{change.id} “{change.title}” is accepted already.")
    needed = desk.proposal.requirements(change.id)
    refused = desk.ordered({each for each in needed if desk.verdict(each) == "rejected"})
    if refused:
        raise Refused(
            f"{change.id} “{change.title}” cannot stand without {_names(refused)}, which was rejected.",
            "Accept that first.",
        )
    also = {each for each in needed if desk.verdict(each) is None}
    changes = desk.ordered({change.id, *also})
    desk.check_places(changes)
    sentence = f"Accepted {change.id}: {change.title}"
    if also:
        sentence += f"; with it {_names(desk.ordered(also))}, which it cannot stand without"
    return desk.accepting(sentence, changes)


def reject(command: RejectChange, around: Surroundings) -> Effect:
    """Refuse a change and everything that depends on it; what was accepted leaves the draft."""
    desk = _Desk(command.proposal_id, around)
    change = desk.change(command.change_id)
    if desk.verdict(change.id) == "rejected":
        raise WrongUse(f"{change.id} “{change.title}” is rejected already.")
    also = {each for each in desk.proposal.dependents(change.id) if desk.verdict(each) != "rejected"}
    going = desk.ordered({change.id, *also})
    leaving = [each for each in reversed(going) if desk.verdict(each.id) == "accepted"]
    sentence = f"Rejected {change.id}: {change.title}"
    if also:
        sentence += f"; with it {_names(desk.ordered(also))}, which cannot stand without it"
    return Effect(
        title=sentence,
        events=(_event("ChangeRejected", sentence, {"decision", "agent"}, *(c.id for c in going)),),
        agent=ChangeSet(title=sentence, changes=tuple(c.change.inverse() for c in leaving)),
        records=desk.records(
            tuple(desk.decision(c.id, "rejected", None if c.id == change.id else change.id) for c in going)
        ),
    )


def accept_remaining(command: AcceptRemaining, around: Surroundings) -> Effect:
    """Accept every undecided change, but those that cannot stand without a rejected one.

    What carries a warning, meets another waiting proposal at its place, or stands on a change that does, is
    left for a decision of its own.
    """
    desk = _Desk(command.proposal_id, around)
    open_ids = {c.id for c in desk.proposal.changes if desk.verdict(c.id) is None}
    warned = {each for each in open_ids if _is_warned(desk.change(each))} | (open_ids & desk.meets_others())
    standing, left = set[str](), set[str]()
    for each in open_ids:
        needs = desk.proposal.requirements(each)
        if any(desk.verdict(needed) == "rejected" for needed in needs):
            continue
        (left if warned & {each, *needs} else standing).add(each)
    changes = desk.ordered(standing)
    if left and all(_names_source(change) for change in changes):
        first = min(warned)
        raise WrongUse(
            f"Every change of {desk.proposal.id} that waits carries a warning, or stands on one that does.",
            f"Read it, then decide on it by itself: {first} “{desk.change(first).title}”.",
        )
    if not changes:
        raise WrongUse(f"Every change of {desk.proposal.id} is decided already.")
    many = "one remaining change" if len(changes) == 1 else f"{len(changes)} remaining changes"
    sentence = f"Accepted the {many} of “{desk.proposal.title}”"
    if left:
        sentence += f"; {len(left)} wait, because a warning has to be read first"
    return desk.accepting(sentence, changes)


def _is_warned(change: ProposedChange) -> bool:
    """Say whether a change carries a warning of its own; naming the document it stands on is none."""
    return bool(change.warnings) and not _names_source(change)


def _names_source(change: ProposedChange) -> bool:
    return change.change.segments[0] == "sources"


def comment(command: CommentOnChange, around: Surroundings) -> Effect:
    """Keep a remark on a change."""
    desk = _Desk(command.proposal_id, around)
    change = desk.change(command.change_id)
    if not command.text.strip():
        raise WrongUse("The comment is empty.", "Write what should be said about the change.")
    number = around.unit.comments.count() + 1
    remark = Comment(
        id=f"{desk.proposal.id}/{change.id}/{number}",
        proposal_id=desk.proposal.id,
        change_id=change.id,
        by=around.who,
        at=around.now,
        text=command.text.strip(),
    )
    sentence = f"Commented on {change.id}: {change.title}"
    return Effect(
        title=sentence,
        events=(_event("ChangeCommented", sentence, {"comment"}, change.id),),
        records=(_record("comment", remark.id, None, remark),),
    )


def answer(command: AnswerQuestion, around: Surroundings) -> Effect:
    """Keep the answer to an open question, or why it does not concern this agent; the proposal follows."""
    proposal: Proposal = around.unit.proposals.get(command.proposal_id)
    if command.question_id not in {question.id for question in proposal.questions}:
        raise WrongUse(
            f"Proposal {proposal.id} has no question “{command.question_id}”.",
            f"`cobuilder review list {proposal.id}` shows its questions.",
        )
    if not command.text.strip():
        raise WrongUse("The answer is empty.", "Write the answer, or why it does not concern this agent.")
    record_id = f"{proposal.id}/{command.question_id}"
    found = around.unit.answers.find(record_id)
    given = Answer(
        id=record_id,
        proposal_id=proposal.id,
        question_id=command.question_id,
        text=command.text.strip(),
        waived=command.waived,
        by=around.who,
        at=around.now,
    )
    made = completed(around, proposal, given)
    sentence = f"{'Set aside' if command.waived else 'Answered'} question {command.question_id}"
    sentence += f". {made.told}" if made.told else ""
    redrafted = (
        () if made.proposal == proposal else (_record("proposal", proposal.id, proposal, made.proposal),)
    )
    kinds: set[Kind] = {"answer", "proposal"} if redrafted else {"answer"}
    return Effect(
        title=sentence,
        events=(_event("QuestionAnswered", sentence, kinds, command.question_id),),
        records=(_record("answer", record_id, found, given), *redrafted),
    )


def check_shapes(changeset: ChangeSet) -> None:
    """Raise WrongUse where a change brings the shape of a code that cannot be read, or is tried too long."""
    for change in changeset.changes:
        for pattern in _shapes_in(change.after, change.segments[-1]):
            if trouble := trouble_of(pattern):
                raise WrongUse(
                    f"The shape “{pattern}” cannot be taken: {trouble}.",
                    "Write it plainly, for instance \\d{8} for eight digits or [A-Z]{2}-\\d{6}.",
                )


def _shapes_in(node: Json, name: str = "") -> Iterator[str]:
    if name == "pattern" and isinstance(node, str):
        yield node
    elif isinstance(node, dict) and "prompt" in node:
        yield from _shapes_in(node.get("pattern"), "pattern")
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _shapes_in(value, key if key in ("slots",) else "")
    elif isinstance(node, list):
        for value in node:
            yield from _shapes_in(value)


def edit(command: EditAgent, around: Surroundings) -> Effect:
    """Change the draft by hand; raises WrongUse where a code would get a shape that counts for nothing."""
    check_shapes(command.changeset)
    sentence = f"Changed by hand: {command.changeset.title}"
    return Effect(
        title=sentence,
        events=(_event("AgentEdited", sentence, {"agent"}),),
        agent=command.changeset,
    )


def record_proposal(command: RecordProposal, around: Surroundings) -> Effect:
    """Keep a proposal."""
    proposal = command.proposal
    if around.unit.proposals.find(proposal.id) is not None:
        raise Stale(f"Meanwhile another proposal {proposal.id} was made.", "Ask CoBuilder again.")
    count = len(proposal.changes)
    plural = "" if count == 1 else "s"
    sentence = f"CoBuilder proposed {count} change{plural} ({proposal.id}: {proposal.title})"
    if proposal.questions:
        questions = len(proposal.questions)
        sentence += f" and asked {questions} question{'' if questions == 1 else 's'}"
    left = _left_behind(proposal, around)
    if left:
        lost = sum(line.startswith("Not taken over from P-") for line in proposal.unaffected)
        sentence += f"; {len(left) - lost} older changes that nobody decided go over into it"
        sentence += f", {lost} no longer fit and are named in it" if lost else ""
    met = meeting_others(
        proposal,
        [p for p in around.unit.proposals.all() if not set(p.source_ids) & set(proposal.source_ids)],
        {d.id: d for d in around.unit.decisions.all()},
    )
    if met:
        others = sorted({other.id for each in met.values() for other, _ in each})
        sentence += f"; {len(met)} of its changes are for the same place as one of {', '.join(others)}"
    return Effect(
        title=sentence,
        events=(_event("ProposalMade", sentence, {"proposal", "decision"}, proposal.id),),
        records=(_record("proposal", proposal.id, None, proposal), *left),
    )


def record_reply(command: RecordReply, around: Surroundings) -> Effect:
    """Keep an exchange, and the proposal it made; what only answers leaves no line in the ledger."""
    reply, proposal = command.reply, command.reply.proposal
    effect = Effect(title="", events=())
    if proposal is not None:
        effect = record_proposal(RecordProposal(proposal), around)
    said = Exchange(
        at=around.now,
        who=around.who,
        reply=reply.model_copy(update={"proposal": None}),
        proposal_id=proposal.id if proposal is not None else None,
        changes=len(proposal.changes) if proposal is not None else 0,
        unaffected=len(proposal.unaffected) if proposal is not None else 0,
    )
    if reply.verdict != "not understood":
        keep_exchange(around.unit, said)
    return effect


def _left_behind(proposal: Proposal, around: Surroundings) -> tuple[RecordChange, ...]:
    """Return the refusals of undecided changes that older proposals from the same sources made."""
    older = [
        known.id
        for known in around.unit.proposals.all()
        if set(known.source_ids) & set(proposal.source_ids) and known.id != proposal.id
    ]
    found: list[RecordChange] = []
    for proposal_id in older:
        desk = _Desk(proposal_id, around)
        waiting = [change.id for change in desk.proposal.changes if desk.verdict(change.id) is None]
        found += desk.records(tuple(desk.decision(each, "rejected", proposal.id) for each in waiting))
    return tuple(found)
