"""Proposing: compare a source, as it was read last, with the draft and write one proposal.

- Nothing that waits is lost: what older proposals of the document left undecided goes over (`Earlier`).
- Who read it (CoBuilder, a language model, both) is `ReadAgain`'s matter; the proposal names them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.domain.errors import WrongUse
from studio.domain.finding import Analysis
from studio.domain.frozen import digest
from studio.domain.proposal import OpenQuestion, Proposal
from studio.domain.source import Source
from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command, RecordProposal
from studio.services.earlier import earlier
from studio.services.jobs import Tools
from studio.services.origins import kept_order


def next_number(unit: UnitOfWork) -> int:
    """Return the number the next proposal gets."""
    return max((int(known.removeprefix("P-")) for known in unit.proposals.ids()), default=0) + 1


def _asked(question: OpenQuestion) -> tuple[str, str, str]:
    """Return what makes a question the same as one that was asked before."""
    return question.text, question.citation.source_id, question.citation.fingerprint


def _check_waiting(unit: UnitOfWork, source: Source, draft: str, read: Analysis) -> None:
    """Raise WrongUse where the very same comparison was made already and waits to be decided.

    What another engine read, or a language model read anew, is another comparison.
    """
    decided = {decision.id for decision in unit.decisions.all()}
    for known in unit.proposals.all():
        cited = {c.version for change in known.changes for c in change.citations if c.source_id == source.id}
        waits = [change for change in known.changes if f"{known.id}/{change.id}" not in decided]
        same = source.id in known.source_ids and known.base_digest == draft
        same = same and (known.engine, known.run) == (read.engine, read.run)
        if same and waits and source.current.number in cited:
            raise WrongUse(
                f"{known.id} says already what {source.id} demands; {len(waits)} of its changes wait for "
                "a decision.",
                f"Decide them: `cobuilder review list {known.id}`.",
            )


@dataclass(frozen=True, slots=True)
class Propose:
    """Ask CoBuilder what a source demands of the agent."""

    source_id: str

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"CoBuilder compares {self.source_id} with the agent"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Proposal]:
        """Read the source, what it replaces and the others; return the comparing."""
        from studio.cobuilder.carried_over import carry_over
        from studio.cobuilder.proposals import propose
        from studio.cobuilder.requests.waiting import new_places
        from studio.services.collisions import overruled
        from studio.services.standing import standing

        source = unit.sources.get(self.source_id)
        all_sources = unit.sources.all()
        replaced = frozenset(s.supersedes for s in all_sources if s.supersedes)
        if source.id in replaced:
            raise WrongUse(
                f"{source.id} “{source.name}” was replaced and is no longer in force.",
                "Ask for what the source demands that replaces it.",
            )
        pairs = {s.id: (s, unit.sources.analysis(s.id, s.current.number)) for s in all_sources}
        analysis = pairs[source.id][1]
        if analysis is None:
            raise WrongUse(f"{source.id} has not been read yet.", "Add the document again.")
        _check_waiting(unit, source, digest(unit.agents.draft()), analysis)
        others = [
            (other, found)
            for other, found in pairs.values()
            if found is not None and other.id != source.id and other.id not in replaced
        ]
        previous = pairs.get(source.supersedes or "")
        draft, number, order = unit.agents.draft(), next_number(unit), kept_order(unit)
        reserved = new_places(tuple(unit.proposals.all()), unit.decisions.all())
        left = earlier(unit, source)
        lost = frozenset(
            ref.citation.fingerprint for ref in overruled(standing(unit)) if ref.source_id == source.id
        )
        asked = frozenset(_asked(question) for known in unit.proposals.all() for question in known.questions)

        def work(progress: Progress) -> Proposal:
            progress(0.1, f"Comparing “{source.name}” with the agent. {left.line}".rstrip())
            made = propose(
                draft,
                source,
                analysis,
                others=others,
                proposal_id=f"P-{number:02}",
                created_at=tools.clock().replace(microsecond=0),
                authority_order=order,
                reserved=reserved,
                unsettled=left.unsettled,
                overruled=lost,
                previous=(previous[0], previous[1]) if previous and previous[1] else None,
            )
            made = carry_over(draft, made, left.waiting, source.current.document.text, lost)
            progress(1.0, f"Proposed {len(made.changes)} changes")
            fresh = tuple(question for question in made.questions if _asked(question) not in asked)
            return made.model_copy(update={"questions": fresh})

        return work

    def record(self, result: Proposal) -> Command:
        """Return the command that keeps the proposal."""
        return RecordProposal(result)
