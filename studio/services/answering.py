"""What an answer is worked out on: the proposal with its decisions and answers, and the papers in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.domain.agent import Agent
from studio.domain.frozen import canonical
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Answer, Verdict
from studio.services.effects import Surroundings
from studio.services.origins import kept_order
from studio.services.wording import describe

if TYPE_CHECKING:
    from studio.cobuilder.answers.merge import Completed

WRITTEN = "{} wrote this value; an answer given since would make it “{}”. Edit it where the answer counts."
TAKEN = "{} wrote this value; by an answer given since, CoBuilder would not propose it any more."


def completed(
    around: Surroundings,
    proposal: Proposal,
    given: Answer,
    *,
    draft: Agent | None = None,
    decided: Mapping[str, Verdict] | None = None,
    beside: Sequence[Answer] = (),
) -> Completed:
    """Return the proposal as an answer completes it; nothing that was decided is touched.

    What is about to be kept with it counts already: the draft, the verdicts, and answers `beside` it.
    """
    from studio.cobuilder.answers.completing import Ground, complete
    from studio.cobuilder.requests.waiting import new_places

    unit = around.unit
    sources = {source.id: source for source in unit.sources.all()}
    gone = {s.supersedes: s.id for s in sources.values() if s.supersedes}
    read = {s.id: unit.sources.analysis(s.id, s.current.number) for s in sources.values()}
    pairs = {name: (sources[name], found) for name, found in read.items() if found is not None}
    old = next((old for old, new in gone.items() if new in proposal.source_ids), "")
    new = {a.id: a for a in beside}
    earlier = [a for a in (*(a for a in unit.answers.all() if a.id not in new), *new.values())
               if a.proposal_id == proposal.id and a.id != given.id]  # fmt: skip
    others = [p for p in unit.proposals.all() if p.id != proposal.id]
    verdicts = {d.change_id: d.verdict for d in unit.decisions.all() if d.proposal_id == proposal.id}
    verdicts |= decided or {}
    ground = Ground(
        draft=draft if draft is not None else unit.agents.draft(),
        proposal=proposal,
        verdicts=verdicts,
        answers=(*earlier, given),
        papers=[pair for name, pair in pairs.items() if name not in gone],
        replaced=pairs.get(old),
        authority_order=kept_order(unit),
        reserved=new_places(others, unit.decisions.all()),
    )
    made = complete(ground, given)
    return edits_kept(proposal, verdicts, made)


def edits_kept(before: Proposal, verdicts: Mapping[str, Verdict], made: Completed) -> Completed:
    """Return a completed proposal in which what a person wrote, and nobody decided, still stands."""
    written = {c.id: c for c in before.changes if c.edited_by and c.id not in verdicts}
    after = {c.id: c for c in made.proposal.changes}
    kept = {name: _kept(own, after.get(name)) for name, own in written.items() if after.get(name) != own}
    if not kept:
        return made
    gone = [each for name, each in kept.items() if name not in after]
    changes = (*(kept.get(c.id, c) for c in made.proposal.changes), *gone)
    known = {c.id for c in changes}
    whole = tuple(
        c.model_copy(update={"depends_on": tuple(d for d in c.depends_on if d in known)}) for c in changes
    )
    held = ", ".join(kept)
    told = f"{made.told} What was written by hand in {held} stays; compare it with the answer.".strip()
    return replace(made, proposal=made.proposal.model_copy(update={"changes": whole}), told=told)


def _kept(own: ProposedChange, made: ProposedChange | None) -> ProposedChange:
    """Return a change with the value that a person gave it, beside what an answer brought to it."""
    if made is None:
        return own.model_copy(update={"warnings": (*own.warnings, TAKEN.format(own.edited_by))})
    warned: tuple[str, ...] = ()
    if canonical(made.change) != canonical(own.change):
        warned = (WRITTEN.format(own.edited_by, describe(made.change.path, made.change.after)),)
    keep = {"title": own.title, "change": own.change, "reworked": own.reworked, "unanswered": own.unanswered}
    warnings = tuple(dict.fromkeys((*made.warnings, *warned)))
    return made.model_copy(update={**keep, "warnings": warnings})
