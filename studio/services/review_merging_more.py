"""What else a reply brings: other values that a reviewer gave, answers to questions, and whose word it is.

- A value is taken only for the change that the reviewer saw, where nobody decided on it here, and where an
  agent comes out; whatever it is, the reviewer's decision on that change counts only together with it.
- An answer never takes the place of somebody else's; what follows from it is worked out here, where the
  documents are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.errors import StudioError
from studio.domain.frozen import digest
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Answer
from studio.domain.review_approval import same_person
from studio.domain.review_package import ReviewReply, SentEdit
from studio.services.code_shapes import check_shapes
from studio.services.review_merge_plan import Ground, MergePlan
from studio.services.wording import describe

_LONG = 80


def plan_edits(ground: Ground, sent: Iterable[SentEdit], plan: MergePlan) -> dict[str, Proposal]:
    """Return the proposals with the values that are taken; `plan` tells of each, and keeps what was seen."""
    proposals = {proposal.id: proposal for proposal in ground.proposals}
    for each in {edit.key: edit for edit in sent}.values():
        proposal = proposals.get(each.proposal_id)
        change = next((c for c in proposal.changes if c.id == each.change_id), None) if proposal else None
        value = _short(describe(each.change.path, each.change.after))
        title = f" “{change.title}”" if change else ""
        said = f"{each.by} gave {each.proposal_id} {each.change_id}{title} another value: “{value}”"
        if proposal is None or change is None:
            plan.tell("edit", "moved on", f"{said}. That change is not here any more.", each.key)
            continue
        edited = edited_by_reply(change, each)
        if edited is not None and change.change == each.change:
            plan.seen[each.key] = each.seen
            plan.tell("edit", "known", f"{said}. It is here already.", each.key)
            continue
        why = _why_not(ground, proposals, change, each, edited)
        if why or edited is None:
            plan.untaken.add(each.key)
            plan.tell("edit", "held" if why.startswith(" here") else "moved on", f"{said};{why}.", each.key)
            continue
        plan.seen[each.key] = each.seen
        changes = tuple(edited if c.id == change.id else c for c in proposal.changes)
        proposals[proposal.id] = proposal.model_copy(update={"changes": changes})
        plan.redone[proposal.id] = proposals[proposal.id]
        plan.tell("edit", "new", f"{said}.", each.key)
    return proposals


def edited_by_reply(change: ProposedChange, sent: SentEdit) -> ProposedChange | None:
    """Return a change as a reviewer made it, the change itself where it is so already; None where neither."""
    if change.change == sent.change and change.edited_by and same_person(change.edited_by, sent.by):
        return change
    if digest(change) != sent.seen or sent.steps[0].was != change.change:
        return None
    after = [*(step.was for step in sent.steps[1:]), sent.change]
    for step, made in zip(sent.steps, after, strict=True):
        change = change.again(made, step.how, step.by, step.at)
    return change


def _why_not(
    ground: Ground,
    proposals: Mapping[str, Proposal],
    change: ProposedChange,
    sent: SentEdit,
    edited: ProposedChange | None,
) -> str:
    if edited is None:
        return " that change is another one here by now"
    present = ground.decisions.get(sent.key)
    if present is not None:
        return f" here {present.by} {present.verdict} it as it was proposed, so that stands"
    own, new = change.change, edited.change
    if new.after is None or new.is_move or (new.path, new.place_after) != (own.path, own.place_after):
        return " that is no other value of the same place"
    proposal = proposals[sent.proposal_id]
    needed = set(proposal.requirements(change.id))
    waiting = tuple(
        c.change
        for c in proposal.changes
        if c.id in needed
        and getattr(ground.decisions.get(f"{proposal.id}/{c.id}"), "verdict", "") != "accepted"
    )
    try:
        check_shapes(ChangeSet(title="", changes=(new,)))
        apply(Agent.model_validate(ground.draft), ChangeSet(title="", changes=(*waiting, new)))
    except StudioError:
        return " with it, no sound draft comes out here"
    return ""


def plan_answers(ground: Ground, answers: Iterable[Answer], plan: MergePlan) -> None:
    """Say which answers are taken; what follows from them is worked out when they are."""
    questions = {f"{p.id}/{q.id}": q.text for p in ground.proposals for q in p.questions}
    for each in answers:
        verb = "set aside" if each.waived else "answered"
        text = questions.get(each.id)
        said = f"{each.by} {verb} {each.proposal_id} {each.question_id}"
        said += f" “{_short(text)}”: “{_short(each.text)}”" if text else ""
        present = ground.answers.get(each.id)
        if text is None or each.id != f"{each.proposal_id}/{each.question_id}":
            plan.tell("answer", "moved on", f"{said}. That question is not here any more.")
        elif present is None:
            plan.answers.append(each)
            plan.tell("answer", "new", f"{said}.")
        elif (present.text, present.waived) == (each.text, each.waived):
            plan.tell("answer", "known", f"{said}. So it is here.")
        elif not same_person(present.by, each.by) or ground.usurped(each.by):
            words = f"here {present.by} said “{_short(present.text)}”, and that stands"
            plan.tell("answer", "held", f"{said}; {words}. Answer it here again to change it.")
        elif each.at > present.at:
            plan.answers.append(each)
            words = f"in the place of “{_short(present.text)}”"
            plan.tell("answer", "new", f"{said}, {words}.")
        else:
            plan.tell("answer", "known", f"{said}, and something else later here.")


def people_in(reply: ReviewReply) -> Iterator[str]:
    """Yield the people in whose name a reply speaks, each once, its sender first."""
    names = [reply.reviewer, *(d.by for d in reply.decisions), *(c.by for c in reply.comments)]
    names += [a.by for a in reply.approvals]
    names += [a.by for a in reply.answers or ()]
    names += [e.by for e in reply.edits or ()]
    seen: list[str] = []
    for name in names:
        if not any(same_person(name, each) for each in seen):
            seen.append(name)
            yield name


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONG else f"{words[: _LONG - 1]}…"
