"""What an answer is worked out on: the proposal with its decisions and answers, and the papers in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.proposal import Proposal
from studio.domain.review import Answer
from studio.services.effects import Surroundings
from studio.services.origins import kept_order

if TYPE_CHECKING:
    from studio.cobuilder.answers.merge import Completed


def completed(around: Surroundings, proposal: Proposal, given: Answer) -> Completed:
    """Return the proposal as an answer completes it; nothing that was decided is touched."""
    from studio.cobuilder.answers.completing import Ground, complete
    from studio.cobuilder.requests.waiting import new_places

    unit = around.unit
    sources = {source.id: source for source in unit.sources.all()}
    gone = {s.supersedes: s.id for s in sources.values() if s.supersedes}
    read = {s.id: unit.sources.analysis(s.id, s.current.number) for s in sources.values()}
    pairs = {name: (sources[name], found) for name, found in read.items() if found is not None}
    old = next((old for old, new in gone.items() if new in proposal.source_ids), "")
    earlier = [a for a in unit.answers.all() if a.proposal_id == proposal.id and a.id != given.id]
    others = [p for p in unit.proposals.all() if p.id != proposal.id]
    verdicts = {d.change_id: d.verdict for d in unit.decisions.all() if d.proposal_id == proposal.id}
    ground = Ground(
        draft=unit.agents.draft(),
        proposal=proposal,
        verdicts=verdicts,
        answers=(*earlier, given),
        papers=[pair for name, pair in pairs.items() if name not in gone],
        replaced=pairs.get(old),
        authority_order=kept_order(unit),
        reserved=new_places(others, unit.decisions.all()),
    )
    return complete(ground, given)
