"""Values that a reviewer wrote in a package, taken over at home: each only upon the very change they saw.

- Who decided here is never overruled: a value for a decided change is told, and not taken.
- A value is taken only where an agent comes out of it; what was taken once is known the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from pydantic import ValidationError

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply_json, lookup
from studio.domain.errors import StudioError
from studio.domain.frozen import Json, digest
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Decision
from studio.domain.review_package import SentEdit
from studio.services.code_shapes import check_shapes

Tell = Callable[[Literal["edit"], Literal["new", "known", "moved on", "held", "different"], str, str], None]


def plan_edits(
    proposals: Iterable[Proposal],
    decisions: Mapping[str, Decision],
    draft: Json,
    edits: Iterable[SentEdit],
    tell: Tell,
) -> dict[str, Proposal]:
    """Return the proposals that get other values, by id; a line is told for every edit."""
    known, found = {proposal.id: proposal for proposal in proposals}, dict[str, Proposal]()
    for each in edits:
        proposal = known.get(each.proposal_id)
        change = next((c for c in proposal.changes if c.id == each.change_id), None) if proposal else None
        words = f"{each.by} edited what {each.proposal_id} {each.change_id} proposes"
        if proposal is None or change is None:
            tell("edit", "moved on", f"{words}; it is not here any more.", each.key)
            continue
        words += f" “{change.title}”"
        decision = decisions.get(each.key)
        if any((step.by, step.at) == (each.by, each.at) for step in change.reworked or ()):
            tell("edit", "known", f"{words}; so it is here.", each.key)
        elif decision is not None:
            said = f"here {decision.by} {decision.verdict} it, and that stands"
            tell("edit", "different", f"{words}; {said}. Edit it here where the new value counts.", each.key)
        elif digest(change) != each.seen or each.made.path != change.change.path or change.change.is_move:
            tell("edit", "moved on", f"{words}, which has changed since the package left.", each.key)
        elif not _is_sound(proposal, change, each.made, draft, decisions):
            tell("edit", "held", f"{words}; that value does not fit there.", each.key)
        else:
            again = change.again(each.made, "edited", each.by, each.at)
            changes = tuple(again if c.id == change.id else c for c in proposal.changes)
            known[proposal.id] = found[proposal.id] = proposal.model_copy(update={"changes": changes})
            tell("edit", "new", f"{words}.", each.key)
    return found


def _is_sound(
    proposal: Proposal,
    change: ProposedChange,
    made: Change,
    draft: Json,
    decisions: Mapping[str, Decision],
) -> bool:
    """Return whether an agent comes out of a value, with what its change stands on."""
    if made.after is None:
        return False
    needed = proposal.requirements(change.id)
    waiting = [
        c.change for c in proposal.changes if c.id in needed and f"{proposal.id}/{c.id}" not in decisions
    ]
    try:
        check_shapes(ChangeSet(title="", changes=(made,)))
        tree = apply_json(draft, waiting)
        now = lookup(tree, made.path)
        Agent.model_validate(apply_json(tree, [made.model_copy(update={"before": now})]))
    except (StudioError, ValidationError):
        return False
    return True
