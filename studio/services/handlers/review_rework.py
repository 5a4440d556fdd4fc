"""Working a proposal over: another value by hand, and fitting it to a draft that moved on."""

from __future__ import annotations

from studio.domain.changeset import Change, ChangeSet, apply, lookup
from studio.domain.errors import BrokenInput, Refused, Stale, WrongUse
from studio.domain.frozen import to_json
from studio.domain.proposal import ProposedChange
from studio.domain.rebase import Wanted, rebase
from studio.domain.three_way import same
from studio.services.code_shapes import check_shapes
from studio.services.deciding_commands import EditProposedValue, RebaseProposal
from studio.services.effects import NOTHING, Effect, Surroundings
from studio.services.events import Kind
from studio.services.handlers.review_desk import Desk, along, event, names
from studio.services.rebasing import Fitting, fitted_to


def edit_value(command: EditProposedValue, around: Surroundings) -> Effect:
    """Give a proposed change another value; where it was accepted, the draft follows."""
    desk = Desk(command.proposal_id, around)
    change = desk.change(command.change_id)
    start = _start(desk, change)
    if command.after is None or same(command.after, start.before):
        raise WrongUse(f"With that, {change.id} “{change.title}” would change nothing.", "Reject it instead.")
    edited = start.model_copy(update={"after": command.after})
    if same(edited.after, change.change.after) and same(edited.before, change.change.before):
        raise WrongUse(f"{change.id} “{change.title}” proposes that already.", "Nothing was changed.")
    _check(desk, change, edited)
    sentence = f"Edited what {change.id} proposes: {change.title}"
    agent, kinds = NOTHING, {*_KINDS}
    if desk.verdict(change.id) == "accepted":
        agent = ChangeSet(title=sentence, changes=(_followed(desk, change, edited),))
        kinds.add("agent")
    redone = desk.redone((change.again(edited, "edited", around.who, around.now),))
    decided = (desk.decision(change.id, "accepted"),) if agent is not NOTHING else ()
    return Effect(
        title=sentence,
        events=(event("ChangeEdited", sentence, kinds, change.id),),
        agent=agent,
        records=(*redone, *desk.records(decided)),
    )


_KINDS: tuple[Kind, ...] = ("proposal", "decision")


def _start(desk: Desk, change: ProposedChange) -> Change:
    """Return the change that is edited, as it fits the draft; raises WrongUse or Stale."""
    if change.change.after is None or change.change.is_move:
        what = "takes something away" if change.change.after is None else "only moves something"
        raise WrongUse(
            f"{change.id} “{change.title}” {what}: there is no value to edit.", "Accept or reject it."
        )
    found = desk.fitting.by_id.get(change.id)
    if found is None:
        return change.change
    if found.state in ("gone", "waits"):
        raise Stale(
            f"{change.id} “{change.title}” does not fit the draft any more.",
            "Choose there first what shall stand.",
        )
    if found.state == "clash":
        present = lookup(to_json(desk.around.unit.agents.draft()), change.change.path)
        return change.change.model_copy(update={"before": present})
    return found.change


def _check(desk: Desk, change: ProposedChange, edited: Change) -> None:
    """Raise WrongUse where no agent would come out."""
    check_shapes(ChangeSet(title="", changes=(edited,)))
    needed = set(desk.proposal.requirements(change.id))
    before = [
        desk.fitting.by_id[each.id].change if each.id in desk.fitting.by_id else each.change
        for each in desk.ordered(needed)
        if desk.verdict(each.id) != "accepted"
    ]
    draft = desk.around.unit.agents.draft()
    accepted = desk.verdict(change.id) == "accepted"
    last = _followed(desk, change, edited) if accepted else edited
    try:
        apply(draft, ChangeSet(title=change.title, changes=(*before, last)))
    except BrokenInput as error:
        raise WrongUse("That value does not fit there.", error.what) from error
    except Stale as error:
        raise Refused(
            f"{change.id} “{change.title}” cannot be edited before what it stands on fits the draft.",
            "Choose there first what shall stand.",
        ) from error


def _followed(desk: Desk, change: ProposedChange, edited: Change) -> Change:
    """Return the edit of the draft that follows where an accepted change gets another value."""
    step = Change(path=edited.path, before=change.change.after, after=edited.after)
    (found,) = rebase([Wanted(change.id, step)], to_json(desk.around.unit.agents.draft()))
    if found.state not in ("fits", "moved on"):
        raise Refused(
            f"{change.id} “{change.title}” was accepted, and its words were changed by hand since.",
            "Change them by hand.",
        )
    return found.change


def rebase_proposal(command: RebaseProposal, around: Surroundings) -> Effect:
    """Fit what is not accepted to the draft; what the draft's side was chosen for is rejected."""
    desk = Desk(command.proposal_id, around)
    verdicts = {name: decision.verdict for name, decision in desk.taken.items()}
    draft = around.unit.agents.draft()
    found = fitted_to(draft, desk.proposal, verdicts, dict(command.takes))
    _check_gone(desk, found)
    kept = tuple(
        desk.change(each.id)
        for each in found.fitted
        if each.state == "kept mine" or (each.state == "gone" and each.clashes[0].path in found.chosen)
    )
    moved = tuple(_again(desk, found, each.id) for each in found.moved)
    if not kept and not moved:
        raise WrongUse(
            f"{desk.proposal.id} cannot be fitted any further without a choice."
            if found.clashing
            else f"{desk.proposal.id} fits the draft as it is.",
            f"`cobuilder review rebase {desk.proposal.id}` lists what waits for a choice."
            if found.clashing
            else "",
        )
    return _rebased(desk, moved, kept)


def _check_gone(desk: Desk, found: Fitting) -> None:
    for each in found.fitted:
        if each.state == "gone" and found.chosen.get(each.clashes[0].path) == "theirs":
            raise Refused(
                f"{names([desk.change(each.id)])} cannot stand: what it belongs to is gone from the draft.",
                "Put that back first, or let the draft's side stand.",
            )


def _again(desk: Desk, found: Fitting, change_id: str) -> ProposedChange:
    fitted, change = found.by_id[change_id], desk.change(change_id)
    title = change.title.replace(*fitted.renamed) if fitted.renamed else change.title
    return change.again(fitted.change, "re-based", desk.around.who, desk.around.now).model_copy(
        update={"title": title}
    )


def _rebased(desk: Desk, moved: tuple[ProposedChange, ...], kept: tuple[ProposedChange, ...]) -> Effect:
    refused = [each for each in kept if desk.verdict(each.id) is None]
    because = {
        other: each.id
        for each in refused
        for other in desk.proposal.dependents(each.id)
        if desk.verdict(other) is None and other not in {k.id for k in refused}
    }
    parts = []
    if moved:
        parts.append(f"{names(moved)} fit{'s' * (len(moved) == 1)} the draft again")
    if kept:
        stands = f"the draft's side stands in {names(kept)}"
        also = along(desk.ordered(set(because)))
        is_or_are = "are" if len(because) > 1 else "is"
        parts.append(f"{stands}, and with it {also} {is_or_are} rejected" if because else stands)
    sentence = "; ".join(parts)
    sentence = f"{sentence[:1].upper()}{sentence[1:]}"
    decisions = (
        *(desk.decision(each.id, "rejected") for each in refused),
        *(desk.decision(other, "rejected", by) for other, by in because.items()),
    )
    gone = {each.change_id for each in decisions}
    return Effect(
        title=sentence,
        events=(event("ProposalRebased", sentence, {*_KINDS}, desk.proposal.id),),
        records=(*desk.redone(each for each in moved if each.id not in gone), *desk.records(decisions)),
    )
