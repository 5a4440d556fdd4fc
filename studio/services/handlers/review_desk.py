"""The desk on which a proposal is decided: the proposal as it fits the draft, and the decisions so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from studio.domain.changeset import Change, ChangeSet, lookup
from studio.domain.errors import Refused, Stale, WrongUse
from studio.domain.frozen import Frozen, Json, to_json
from studio.domain.history import RecordChange, RecordKind
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.rebase import Wanted, rebase
from studio.domain.review import Decision, Verdict
from studio.services.code_shapes import check_shapes
from studio.services.confirming import confirmations
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event, Kind
from studio.services.rebasing import Fitting, fitting, named_along, refitted, why_not
from studio.services.shared_places import meeting_others, taken_by
from studio.services.standing import standing

MOST_NAMED = 3
"""Changes that come along are named up to so many; of more, their numbers are told."""


def record(kind: RecordKind, record_id: str, before: Frozen | None, after: Frozen) -> RecordChange:
    """Return the record of a value that is added or changed."""
    was = None if before is None else to_json(before)
    return RecordChange(kind=kind, id=record_id, before=was, after=to_json(after))


def event(name: str, sentence: str, kinds: set[Kind], *ids: str) -> Event:
    """Return a fact to tell."""
    return Event(name, sentence, frozenset(kinds), ids)


def names(changes: Iterable[ProposedChange]) -> str:
    """Return changes by number and title."""
    return ", ".join(f"{change.id} “{change.title}”" for change in changes)


def along(changes: Sequence[ProposedChange]) -> str:
    """Return the changes that come along: a few by number and title, many by their numbers alone."""
    if len(changes) <= MOST_NAMED:
        return names(changes)
    return f"{len(changes)} more ({', '.join(change.id for change in changes)})"


class Desk:
    """One proposal with the decisions taken on it so far."""

    def __init__(self, proposal_id: str, around: Surroundings) -> None:
        """Take the proposal; raises WrongUse where there is none."""
        self.around = around
        self.proposal: Proposal = around.unit.proposals.get(proposal_id)
        self.taken = {d.change_id: d for d in around.unit.decisions.all() if d.proposal_id == proposal_id}

    @cached_property
    def fitting(self) -> Fitting:
        """Return how the proposal fits the draft."""
        stand = standing(self.around.unit)
        known = next((each for each in stand.proposals if each.id == self.proposal.id), self.proposal)
        return fitting(stand, known)

    def change(self, change_id: str) -> ProposedChange:
        """Return a change; raises WrongUse."""
        try:
            return self.proposal.change(change_id)
        except KeyError:
            raise WrongUse(
                f"Proposal {self.proposal.id} has no change “{change_id}”.",
                f"`cobuilder review list {self.proposal.id}` shows its changes.",
            ) from None

    def verdict(self, change_id: str) -> Verdict | None:
        """Return what was decided on a change, or None."""
        decision = self.taken.get(change_id)
        return decision.verdict if decision else None

    def decision(self, change_id: str, verdict: Verdict, because_of: str | None = None) -> Decision:
        """Return a new decision, which keeps the one it takes the place of."""
        before = self.taken.get(change_id)
        return Decision(
            id=f"{self.proposal.id}/{change_id}",
            proposal_id=self.proposal.id,
            change_id=change_id,
            verdict=verdict,
            by=self.around.who,
            at=self.around.now,
            because_of=because_of,
            earlier=before.as_earlier if before else None,
        )

    def records(self, decisions: tuple[Decision, ...]) -> tuple[RecordChange, ...]:
        """Return the records of decisions."""
        return tuple(record("decision", d.id, self.taken.get(d.change_id), d) for d in decisions)

    def ordered(self, change_ids: set[str]) -> tuple[ProposedChange, ...]:
        """Return changes in the proposal's order."""
        return tuple(change for change in self.proposal.changes if change.id in change_ids)

    def meets_others(self) -> set[str]:
        """Return the changes whose place a change of another waiting proposal wants, too."""
        unit = self.around.unit
        return set(
            meeting_others(self.proposal, unit.proposals.all(), {d.id: d for d in unit.decisions.all()})
        )

    # Taking changes in

    def accepting(self, sentence: str, changes: tuple[ProposedChange, ...]) -> Effect:
        """Return the effect of taking changes into the draft, as they fit it, with what they confirm."""
        fitted = tuple(self._fitted(change) for change in changes)
        found = self.fitting.by_id
        new = [c for c in fitted if c.id not in found or found[c.id].state != "there already"]
        edit = ChangeSet(title=sentence, changes=tuple(c.change for c in new))
        check_shapes(edit)
        decisions = tuple(self.decision(c.id, "accepted") for c in changes)
        unit = self.around.unit
        confirmed = confirmations(self.around, standing(unit), edit, fitted, decisions)
        seen = tuple(record("confirmation", c.id, unit.confirmations.find(c.id), c) for c in confirmed)
        kinds: set[Kind] = {"decision", "agent", "confirmation"}
        redone = self.redone((*fitted, *self._named_along(fitted)))
        return Effect(
            title=sentence,
            events=(
                event(
                    "ChangeAccepted", sentence, kinds | ({"proposal"} if redone else set()), *_ids(changes)
                ),
            ),
            agent=edit,
            records=(*self.records(decisions), *seen, *redone),
        )

    def _fitted(self, change: ProposedChange) -> ProposedChange:
        """Return a change as it fits the draft; raises Stale where somebody has to choose first."""
        found = self.fitting.by_id.get(change.id)
        if found is None or found.change is change.change or found.change == change.change:
            if found is not None and (trouble := why_not(found, change)) is not None:
                raise self._taken(change) or trouble
            return change
        return refitted(change, found, self.around.who, self.around.now)

    def _named_along(self, fitted: tuple[ProposedChange, ...]) -> tuple[ProposedChange, ...]:
        """Return the changes that are not accepted, and call by its old name what just got another one."""
        names = dict(n for each in fitted if (f := self.fitting.by_id.get(each.id)) and (n := f.renamed))
        taken = {each.id for each in fitted} | {n for n, d in self.taken.items() if d.verdict == "accepted"}
        return named_along(self.proposal, names, taken, self.around.who, self.around.now)

    def _taken(self, change: ProposedChange) -> Stale | None:
        """Return that an accepted change of another proposal stands at the place of one, if it does."""
        unit = self.around.unit
        there = lookup(to_json(unit.agents.draft()), change.change.path)
        if change.change.is_move or there == change.change.before:
            return None
        taken = {d.id: d for d in unit.decisions.all()}
        other = taken_by(change, self.proposal, unit.proposals.all(), taken)
        if not other:
            return None
        return Stale(
            f"{change.id} “{change.title}” does not fit any more: {other} was accepted for the same place.",
            "Choose what shall stand, side by side in the review; or reject that, or this.",
        )

    def redone(self, changes: Iterable[ProposedChange]) -> tuple[RecordChange, ...]:
        """Return the record of the proposal with these changes in it, where they differ."""
        new = {change.id: change for change in changes}
        after = tuple(new.get(change.id, change) for change in self.proposal.changes)
        if after == self.proposal.changes:
            return ()
        proposal = self.proposal.model_copy(update={"changes": after})
        return (record("proposal", proposal.id, self.proposal, proposal),)

    # Refusing

    def refusing(self, sentence: str, going: tuple[ProposedChange, ...], because: dict[str, str]) -> Effect:
        """Return the effect of refusing changes; what was accepted of them leaves the draft.

        What a person changed there since stays; `because` tells which change took another one along.
        """
        leaving = [each for each in reversed(going) if self.verdict(each.id) == "accepted"]
        return Effect(
            title=sentence,
            events=(event("ChangeRejected", sentence, {"decision", "agent"}, *_ids(going)),),
            agent=ChangeSet(title=sentence, changes=self._taken_out(leaving)),
            records=self.records(tuple(self.decision(c.id, "rejected", because.get(c.id)) for c in going)),
        )

    def _taken_out(self, leaving: list[ProposedChange]) -> tuple[Change, ...]:
        wanted = [Wanted(each.id, each.change.inverse()) for each in leaving]
        back = []
        for found, change in zip(rebase(wanted, self._draft()), leaving, strict=True):
            if found.state == "clash":
                raise Refused(
                    f"{change.id} “{change.title}” was accepted, and its words were changed by hand since: "
                    "it cannot be taken back without losing them.",
                    "Take back the edit by hand first, or change the text by hand.",
                )
            if found.state in ("fits", "moved on"):
                back.append(found.change)
        return tuple(back)

    def _draft(self) -> Json:
        return to_json(self.around.unit.agents.draft())


def _ids(changes: Iterable[ProposedChange]) -> tuple[str, ...]:
    return tuple(change.id for change in changes)
