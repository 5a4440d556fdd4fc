"""A proposal as it fits the draft now: what is re-based without asking, and what somebody has to choose.

- Only changes that are not accepted are fitted; what was accepted is in the draft already.
- What is merged from words of both sides carries a warning, so that nobody accepts it unread; so does what
  clashes. A change that simply fits, or was fitted field by field, is shown as it would be accepted.
- Without a draft that moved on this costs nothing: the very proposal comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from studio.domain.agent import Agent
from studio.domain.errors import Stale, WrongUse
from studio.domain.frozen import to_json
from studio.domain.proposal import FITTED, Proposal, ProposedChange, retitled
from studio.domain.rebase import Fitted, Wanted, rebase
from studio.domain.review import Verdict
from studio.domain.three_way import Side
from studio.services.standing import Standing

Verdicts = Mapping[str, Verdict]
WOVEN = (
    "The draft moved on: other words of this text were changed there, too. It is shown with the words of "
    "both; read it as a whole."
)
CLASH = "The draft moved on, and says something else here by now: choose for each field what shall stand."
GONE = "The draft moved on: what this change belongs to was taken away there."
WAITS = "It stands on a change that does not fit the draft any more: choose there first."


@dataclass(frozen=True)
class Fitting:
    """A proposal, and each change of it that is not accepted, as it fits the draft."""

    proposal: Proposal
    fitted: tuple[Fitted, ...]
    chosen: Mapping[str, Side] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[str, Fitted]:
        """Return what was found of each change."""
        return {each.id: each for each in self.fitted}

    @property
    def clashing(self) -> tuple[Fitted, ...]:
        """Return the changes that somebody has to choose on."""
        return tuple(each for each in self.fitted if each.state in ("clash", "gone"))

    @property
    def moved(self) -> tuple[Fitted, ...]:
        """Return the changes that are another edit than they were, without anybody choosing."""
        return tuple(each for each in self.fitted if each.state == "moved on" or each.renamed)

    @cached_property
    def as_it_fits(self) -> Proposal:
        """Return the proposal with each change as it would be accepted, with the warnings that it needs."""
        changes = tuple(self._shown(change) for change in self.proposal.changes)
        if all(new is old for new, old in zip(changes, self.proposal.changes, strict=True)):
            return self.proposal
        return self.proposal.model_copy(update={"changes": changes})

    def _shown(self, change: ProposedChange) -> ProposedChange:
        found = self.by_id.get(change.id)
        if found is None or (found.state == "fits" and found.change is change.change):
            return change
        title = change.title
        if found.renamed is not None:
            title = title.replace(*found.renamed)
        elif found.state == "moved on" and found.change.before != change.change.before:
            title = retitled(title, FITTED)
        warnings = tuple(dict.fromkeys((*change.warnings, *_warnings(found))))
        return change.model_copy(update={"title": title, "change": found.change, "warnings": warnings})


def fitted_to(
    draft: Agent, proposal: Proposal, verdicts: Verdicts, takes: Mapping[str, Side] | None = None
) -> Fitting:
    """Return how a proposal fits a draft; `takes` are choices by path, or by change for all its fields.

    Raises WrongUse where a choice is none.
    """
    found, chosen, used = _rebased(draft, proposal, verdicts, {}), dict[str, Side](), set[str]()
    while takes:
        # What stands on a clash is only looked at once that is decided: each round may bring up new ones.
        more = {}
        for each in found:
            for clash in each.clashes:
                name = clash.path if clash.path in takes else each.id
                if name in takes:
                    used.add(name)
                    more[clash.path] = takes[name]
        if not more.keys() - chosen.keys():
            break
        chosen |= more
        found = _rebased(draft, proposal, verdicts, chosen)
    if takes and (unknown := sorted(set(takes) - used)):
        raise WrongUse(
            f"There is nothing to choose at “{unknown[0]}” in {proposal.id}.",
            f"`cobuilder review rebase {proposal.id}` lists what waits for a choice.",
        )
    return Fitting(proposal, found, chosen)


def _rebased(
    draft: Agent, proposal: Proposal, verdicts: Verdicts, chosen: Mapping[str, Side]
) -> tuple[Fitted, ...]:
    """Return the changes as they fit: those that wait among themselves, the rejected ones with them."""
    wanted = [Wanted(each.id, each.change, each.depends_on) for each in proposal.changes]
    left = [each for each in wanted if verdicts.get(each.id) != "accepted"]
    waiting = [each for each in left if each.id not in verdicts]
    found = rebase(waiting, to_json(draft), chosen)
    if len(waiting) == len(left):
        return found
    undecided = {each.id: each for each in found}
    return tuple(undecided.get(each.id, each) for each in rebase(left, to_json(draft), chosen))


def _warnings(found: Fitted) -> tuple[str, ...]:
    said = {"clash": CLASH, "gone": GONE, "waits": WAITS}.get(found.state)
    if said is not None:
        return (said,)
    return (WOVEN,) if found.woven else ()


@lru_cache(maxsize=4)
def _known(stand: Standing) -> dict[str, Fitting]:
    """Return what was found already of the proposals of a standing, to be filled."""
    return {}


def fitting(stand: Standing, proposal: Proposal) -> Fitting:
    """Return how a proposal fits the draft of a workspace; found once for a standing."""
    known = _known(stand)
    found = known.get(proposal.id)
    if found is None or found.proposal is not proposal:
        verdicts = {c.id: v for c in proposal.changes if (v := stand.verdict(proposal, c)) is not None}
        reworked = any(change.reworked for change in proposal.changes)
        untouched = proposal.base_digest == stand.draft_digest and not verdicts and not reworked
        found = Fitting(proposal, ()) if untouched else fitted_to(stand.draft, proposal, verdicts)
        known[proposal.id] = found
    return found


def as_it_fits(stand: Standing, proposal: Proposal) -> Proposal:
    """Return a proposal with each waiting change as it would be accepted now, and what to read first."""
    return fitting(stand, proposal).as_it_fits


def why_not(found: Fitted, change: ProposedChange) -> Stale | None:
    """Return why a change cannot be accepted as it stands, or None where it can."""
    named = f"{change.id} “{change.title}”"
    if found.state == "gone":
        return Stale(
            f"{named} does not fit any more: what it belongs to was taken out of the draft.",
            "Reject it, or put that back first.",
        )
    if found.state in ("clash", "waits"):
        return Stale(
            f"{named} does not fit any more: the draft says something else there by now.",
            "Choose what shall stand, side by side in the review, or with `cobuilder review rebase`.",
        )
    return None
