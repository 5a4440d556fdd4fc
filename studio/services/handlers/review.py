"""Deciding on proposals: accept, reject, answer; dependants go with what they stand on."""

from __future__ import annotations

from studio.domain.errors import Refused, Stale, WrongUse
from studio.domain.history import RecordChange
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.request import Exchange
from studio.domain.review import Answer
from studio.services.answering import completed
from studio.services.code_shapes import check_shapes
from studio.services.commands import (
    AcceptChange,
    AcceptRemaining,
    AnswerQuestion,
    EditAgent,
    RecordProposal,
    RecordReply,
    RejectChange,
)
from studio.services.deciding_commands import AcceptChanges, RejectChanges
from studio.services.effects import Effect, Surroundings
from studio.services.events import Kind
from studio.services.handlers.review_desk import Desk, along, event, names, record
from studio.services.reviewing import package_here
from studio.services.shared_places import meeting_others
from studio.services.talk import keep_exchange


def accept(command: AcceptChange, around: Surroundings) -> Effect:
    """Take a change into the draft, and first what it cannot stand without."""
    desk = Desk(command.proposal_id, around)
    change = desk.change(command.change_id)
    if desk.verdict(change.id) == "accepted":
        raise WrongUse(f"{change.id} “{change.title}” is accepted already.")
    needed = desk.proposal.requirements(change.id)
    refused = desk.ordered({each for each in needed if desk.verdict(each) == "rejected"})
    if refused:
        raise Refused(
            f"{change.id} “{change.title}” cannot stand without {names(refused)}, which was rejected.",
            "Accept that first.",
        )
    also = {each for each in needed if desk.verdict(each) is None}
    changes = desk.ordered({change.id, *also})
    sentence = f"Accepted {change.id}: {change.title}"
    if also:
        sentence += f"; with it {along(desk.ordered(also))}, which it cannot stand without"
    return desk.accepting(sentence, changes)


def reject(command: RejectChange, around: Surroundings) -> Effect:
    """Refuse a change and everything that depends on it; what was accepted leaves the draft."""
    desk = Desk(command.proposal_id, around)
    change = desk.change(command.change_id)
    if desk.verdict(change.id) == "rejected":
        raise WrongUse(f"{change.id} “{change.title}” is rejected already.")
    also = {each for each in desk.proposal.dependents(change.id) if desk.verdict(each) != "rejected"}
    sentence = f"Rejected {change.id}: {change.title}"
    if also:
        sentence += f"; with it {along(desk.ordered(also))}, which cannot stand without it"
    return desk.refusing(sentence, desk.ordered({change.id, *also}), dict.fromkeys(also, change.id))


def reject_several(command: RejectChanges, around: Surroundings) -> Effect:
    """Refuse several changes at once, and everything that depends on one of them."""
    desk = Desk(command.proposal_id, around)
    asked = [desk.change(each).id for each in command.change_ids]
    chosen = [each for each in asked if desk.verdict(each) != "rejected"]
    if not chosen:
        raise WrongUse("All of these changes are rejected already.")
    because = {
        each: name
        for name in reversed(chosen)
        for each in desk.proposal.dependents(name)
        if desk.verdict(each) != "rejected" and each not in chosen
    }
    sentence = f"Rejected {_counted(len(chosen), 'change')} of “{desk.proposal.title}”"
    if because:
        sentence += f"; with them {along(desk.ordered(set(because)))}, which cannot stand without them"
    return desk.refusing(sentence, desk.ordered({*chosen, *because}), because)


def accept_several(command: AcceptChanges, around: Surroundings) -> Effect:
    """Accept several changes at once, with what they cannot stand without."""
    desk = Desk(command.proposal_id, around)
    asked = {desk.change(each).id for each in command.change_ids}
    return _accept_all(desk, {each for each in asked if desk.verdict(each) != "accepted"}, "change")


def accept_remaining(command: AcceptRemaining, around: Surroundings) -> Effect:
    """Accept every undecided change, but those that cannot stand without a rejected one."""
    desk = Desk(command.proposal_id, around)
    open_ids = {c.id for c in desk.proposal.changes if desk.verdict(c.id) is None}
    return _accept_all(desk, open_ids, "remaining change")


def _accept_all(desk: Desk, asked: set[str], noun: str) -> Effect:
    """Accept changes with what they need.

    What carries a warning, meets another waiting proposal at its place, does not fit the draft any more, or
    stands on a change that does, is left for a decision of its own.
    """
    warned = _warned(desk)
    taken, left, lacking = set[str](), set[str](), set[str]()
    for each in asked:
        needs = {need for need in desk.proposal.requirements(each) if desk.verdict(need) != "accepted"}
        refused = {need for need in needs if desk.verdict(need) == "rejected" and need not in asked}
        lacking |= refused
        if refused:
            continue
        if warned & {each, *needs}:
            left.add(each)
        else:
            taken |= {each, *needs}
    changes = desk.ordered(taken)
    if left and all(_names_source(change) for change in changes):
        first = min(warned & set().union(*({each, *desk.proposal.requirements(each)} for each in left)))
        raise WrongUse(
            f"Every change of {desk.proposal.id} that waits carries a warning, or stands on one that does.",
            f"Read it, then decide on it by itself: {first} “{desk.change(first).title}”.",
        )
    if not changes and lacking:
        raise Refused(
            f"These changes cannot stand without {names(desk.ordered(lacking))}, which was rejected.",
            "Accept that first.",
        )
    if not changes:
        raise WrongUse(f"Every change of {desk.proposal.id} is decided already.")
    also = taken - asked
    sentence = f"Accepted the {_counted(len(taken & asked), noun)} of “{desk.proposal.title}”"
    if also:
        sentence += f"; with them {along(desk.ordered(also))}, which they cannot stand without"
    if left:
        sentence += f"; {len(left)} wait, because a warning has to be read first"
    return desk.accepting(sentence, changes)


def _warned(desk: Desk) -> set[str]:
    """Return the changes that nobody may accept without having looked at them one by one."""
    fitted = desk.fitting.as_it_fits
    own = {c.id for c in fitted.changes if c.warnings and not _names_source(c)}
    return (own | desk.meets_others()) - {c.id for c in fitted.changes if desk.verdict(c.id) == "accepted"}


def _counted(count: int, noun: str) -> str:
    return f"one {noun}" if count == 1 else f"{count} {noun}s"


def _names_source(change: ProposedChange) -> bool:
    """Say whether a change only names the document that the agent stands on; that carries no warning."""
    return change.change.segments[0] == "sources"


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
    sentence = f"{'Set aside' if command.waived else 'Answered'} question {command.question_id}"
    package = package_here(around.unit)
    redrafted: tuple[RecordChange, ...] = ()
    if package is not None:  # its documents did not travel
        sentence += f". What follows from it, {package.made_by} sees once it is sent back and merged"
    else:
        made = completed(around, proposal, given)
        sentence += f". {made.told}" if made.told else ""
        if made.proposal != proposal:
            redrafted = (record("proposal", proposal.id, proposal, made.proposal),)
    kinds: set[Kind] = {"answer", "proposal"} if redrafted else {"answer"}
    return Effect(
        title=sentence,
        events=(event("QuestionAnswered", sentence, kinds, command.question_id),),
        records=(record("answer", record_id, found, given), *redrafted),
    )


def edit(command: EditAgent, around: Surroundings) -> Effect:
    """Change the draft by hand; raises WrongUse where a code would get a shape that counts for nothing."""
    check_shapes(command.changeset)
    sentence = f"Changed by hand: {command.changeset.title}"
    return Effect(
        title=sentence,
        events=(event("AgentEdited", sentence, {"agent"}),),
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
        events=(event("ProposalMade", sentence, {"proposal", "decision"}, proposal.id),),
        records=(record("proposal", proposal.id, None, proposal), *left),
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
        desk = Desk(proposal_id, around)
        waiting = [change.id for change in desk.proposal.changes if desk.verdict(change.id) is None]
        found += desk.records(tuple(desk.decision(each, "rejected", proposal.id) for each in waiting))
    return tuple(found)
