"""What an earlier answer brought, taken out of the proposal again: decided changes stay, the rest is kept.

- A change that the answer only altered becomes what it was before; one that it brought goes, with the
  undecided changes that cannot stand without it.
- What another answer was built upon since cannot be taken out from under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.domain.proposal import OpenQuestion, Proposal, ProposedChange
from studio.domain.review import Answer, Verdict


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The proposal without what an answer brought.

    `count` changes went or became what they were; `decided` and `buried` ones stay: someone accepted them,
    or another answer was built upon them. `alone` says that no change of anything else went with them.
    """

    proposal: Proposal
    count: int
    decided: int
    buried: int
    alone: bool

    @property
    def whole(self) -> bool:
        """Return whether the proposal is now as if the question had never been answered."""
        return self.alone and not self.decided and not self.buried


def taken_back(
    proposal: Proposal, verdicts: Mapping[str, Verdict], asked: Sequence[str], answers: Sequence[Answer]
) -> TakenBack:
    """Return the proposal without what the answers to questions brought; `asked[0]` is answered anew.

    The others of `asked` are about the same sentence: what was drafted from it stands on all of them.
    """
    question, mates = asked[0], set(asked)
    mine = [c for c in proposal.changes if question in c.answers]
    undecided = [c for c in mine if verdicts.get(c.id) is None]
    lower = {c.id: _lower(c, mates) for c in undecided}
    buried = {c.id for c in undecided if lower[c.id] is c}
    brought = {c.id for c in undecided if lower[c.id] is None}
    before = proposal.model_copy(update={"changes": tuple(lower.get(c.id) or c for c in proposal.changes)})
    upon = {d for each in brought for d in before.dependents(each)} - brought
    gone = brought | {each for each in upon if not verdicts.get(each)}
    kept = tuple(_without(c, gone) for c in before.changes if c.id not in gone)
    count = len(gone | set(lower)) - len(buried - gone)
    made = proposal.model_copy(
        update={"changes": kept, "questions": _asked_still(proposal, question, answers)}
    )
    accepted = sum(verdicts.get(c.id) == "accepted" for c in mine)
    alone = all(each in lower and each not in buried for each in gone)
    return TakenBack(made, count, accepted, len(buried - gone), alone)


def _lower(change: ProposedChange, mates: set[str]) -> ProposedChange | None:
    """Return a change as it was before the answers to some questions, itself if another answer came since."""
    below = change.unanswered
    added = set(change.answers) - set(below.answers if below else ())
    if not added <= mates:
        return change
    return _lower(below, mates) if below is not None and mates & set(below.answers) else below


def _without(change: ProposedChange, gone: set[str]) -> ProposedChange:
    return change.model_copy(update={"depends_on": tuple(d for d in change.depends_on if d not in gone)})


def _asked_still(proposal: Proposal, question: str, answers: Sequence[Answer]) -> tuple[OpenQuestion, ...]:
    """Return the questions without those that the answer brought and nobody answered.

    A question about the same sentence stays while its other words are answered anew.
    """
    given = {a.question_id: a for a in answers}
    aside = question in given and given[question].waived
    return tuple(
        q
        for q in proposal.questions
        if question not in q.answers or q.id in given or not (aside or q.category == "conflict")
    )
