"""Completing the draft: one fact changed everywhere, facts that disagree mended, missing tests drafted.

- Each makes one proposal and changes nothing by itself; drafted tests are run on the draft first, and
  one that the draft fails is named instead of proposed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from studio.domain.agent import Agent
from studio.domain.errors import WrongUse
from studio.domain.frozen import digest
from studio.domain.proposal import OpenQuestion, Proposal
from studio.domain.scenario import Scenario
from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command, RecordProposal
from studio.services.jobs import Tools
from studio.services.stages.proposing import next_number
from studio.services.standing import standing

if TYPE_CHECKING:
    from studio.cobuilder.changes.impact import Completion

TRIALS = 3
"""So many customers try a drafted test before it is proposed."""


def _proposal(agent: Agent, made: Completion, title: str, number: int, now: datetime) -> Proposal:
    documents = [f"{d.name} still says “{d.states}”: its owner has to change it." for d in made.documents]
    asked = (q.model_copy(update={"id": f"Q-{at:02}"}) for at, q in enumerate(made.questions, 1))
    questions: tuple[OpenQuestion, ...] = tuple(asked)
    return Proposal(
        id=f"P-{number:02}",
        title=title,
        base_digest=digest(agent),
        created_at=now,
        changes=made.changes,
        questions=questions,
        unaffected=(*documents, *made.unaffected),
    )


@dataclass(frozen=True, slots=True)
class ChangeFact:
    """Propose that a fact becomes another wherever the agent depends on it."""

    old: str
    new: str
    where: str = ""

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"CoBuilder looks for what depends on “{self.old}”"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Proposal]:
        """Read the draft and the sources in force; return the looking."""
        from studio.cobuilder.changes.impact import complete_change

        stand, number, now = standing(unit), next_number(unit), tools.clock().replace(microsecond=0)

        def work(progress: Progress) -> Proposal:
            progress(0.1, self.title)
            made = complete_change(stand.draft, stand.current_sources, self.old, self.new, self.where)
            return _proposal(stand.draft, made, f"“{self.old}” becomes “{self.new}”", number, now)

        return work

    def record(self, result: Proposal) -> Command:
        """Return the command that keeps the proposal."""
        return RecordProposal(result)


@dataclass(frozen=True, slots=True)
class MendFact:
    """Propose what the first fact lacks that the draft has changed in some places only."""

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "CoBuilder completes a fact that changed in part"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Proposal]:
        """Read live version and draft; return the mending. Raises WrongUse where nothing disagrees."""
        from studio.cobuilder.changes.agreement import disagreements, mend

        stand, number, now = standing(unit), next_number(unit), tools.clock().replace(microsecond=0)
        found = disagreements(stand.live, stand.draft)
        if not found:
            raise WrongUse("Every fact has one value in all places; there is nothing to mend.")

        def work(progress: Progress) -> Proposal:
            progress(0.1, self.title)
            for each in found:
                made = mend(stand.live, stand.draft, each)
                if made is not None:
                    return _proposal(
                        stand.draft, made, f"The rest of “{each.old}” → “{each.new}”", number, now
                    )
            raise WrongUse(f"{found[0].sentence}.", "Change these places by hand, or take the change back.")

        return work

    def record(self, result: Proposal) -> Command:
        """Return the command that keeps the proposal."""
        return RecordProposal(result)


@dataclass(frozen=True, slots=True)
class DraftTests:
    """Propose the tests that the draft lacks: all, or those of one rule ("R-07")."""

    rule: str | None = None

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"CoBuilder drafts tests{f' of {self.rule}' if self.rule else ''}"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Proposal]:
        """Read the draft; return the drafting. Raises WrongUse where there is no such rule."""
        from studio.cobuilder.requests.waiting import new_places
        from studio.cobuilder.scenarios.plans import propose_tests

        draft, number, now = unit.agents.draft(), next_number(unit), tools.clock().replace(microsecond=0)
        reserved = new_places(tuple(unit.proposals.all()), unit.decisions.all())
        names = [path.rpartition("/")[2] for path in sorted(reserved) if path.startswith("scenarios/")]
        known = [rule.id for rule in draft.charter.rules]
        if self.rule is not None and self.rule not in known:
            raise WrongUse(f"The draft has no rule “{self.rule}”.", f"It has: {', '.join(known)}.")

        def work(progress: Progress) -> Proposal:
            progress(0.1, self.title)
            return propose_tests(draft, f"P-{number:02}", now, self.rule, _trial(draft, progress), names)

        return work

    def record(self, result: Proposal) -> Command | None:
        """Return the command that keeps the proposal, or None where no test is missing."""
        return RecordProposal(result) if result.changes else None


def _trial(agent: Agent, progress: Progress) -> Callable[[Scenario], str]:
    """Return what says how a test goes wrong with some customers, or nothing."""
    from studio.runtime.program import Program
    from studio.simulation.runner import converse, world_of
    from studio.simulation.systems import connect

    program = Program.of(agent)
    world = world_of(program)

    def passes(scenario: Scenario) -> str:
        progress(0.5, f"Trying “{scenario.title}”")
        for customer in range(TRIALS):
            talk = converse(program, world, scenario, customer, 7, connect(scenario))
            if not talk.passed:
                return " ".join(mark.note for mark in talk.marks if not mark.ok)
        return ""

    return passes
