"""Where a workspace stands: everything the pages and gates are computed from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.environment import ApprovalPolicy
from studio.domain.finding import Analysis
from studio.domain.frozen import digest
from studio.domain.places import Place, places_by_sentence
from studio.domain.proposal import OpenQuestion, Proposal, ProposedChange
from studio.domain.review import Answer, Decision, Signature, Verdict
from studio.domain.run import Comparison
from studio.domain.source import Source
from studio.domain.statement import Statement, StatementKind
from studio.ports import UnitOfWork
from studio.services.planning import ReleasePlan, kept_plan, kept_policy

State = Literal[
    "in the agent and tested",
    "in the agent, not tested",
    "proposed",
    "open question",
    "conflict",
    "waived",
    "not yet looked at",
]
STATES: tuple[State, ...] = (
    "in the agent and tested",
    "in the agent, not tested",
    "proposed",
    "open question",
    "conflict",
    "waived",
    "not yet looked at",
)


@dataclass(frozen=True, eq=False)
class Standing:
    """A workspace at one moment; two are the same only if they are one object."""

    live_number: int
    live: Agent
    draft: Agent
    sources: tuple[Source, ...]
    analyses: dict[str, Analysis]
    proposals: tuple[Proposal, ...]
    decisions: dict[str, Decision]
    answers: dict[str, Answer]
    comparison: Comparison | None
    plan: ReleasePlan | None
    policy: ApprovalPolicy | None
    signatures: tuple[Signature, ...]

    @cached_property
    def draft_digest(self) -> str:
        """Return the digest of the draft."""
        return digest(self.draft)

    @cached_property
    def live_digest(self) -> str:
        """Return the digest of the live version."""
        return digest(self.live)

    @cached_property
    def checks(self) -> tuple[CheckResult, ...]:
        """Return what the checks find on the draft."""
        return checks_of(self.draft_digest, self.draft)

    @cached_property
    def places(self) -> dict[str, tuple[Place, ...]]:
        """Return the draft's places by the fingerprint of the sentence they stand on."""
        return places_by_sentence(self.draft)

    @property
    def superseded(self) -> frozenset[str]:
        """Return the ids of sources that a newer one replaces."""
        return frozenset(s.supersedes for s in self.sources if s.supersedes)

    @property
    def current_sources(self) -> tuple[Source, ...]:
        """Return the sources that nothing replaces."""
        return tuple(source for source in self.sources if source.id not in self.superseded)

    @property
    def comparison_is_current(self) -> bool:
        """Return whether the newest simulation ran exactly this draft."""
        return self.comparison is not None and self.comparison.draft.agent_digest == self.draft_digest

    def verdict(self, proposal: Proposal, change: ProposedChange) -> Verdict | None:
        """Return what was decided on a change, or None."""
        decision = self.decisions.get(f"{proposal.id}/{change.id}")
        return decision.verdict if decision else None

    def answer(self, proposal: Proposal, question: OpenQuestion) -> Answer | None:
        """Return the answer to a question, or None while it is open."""
        return self.answers.get(f"{proposal.id}/{question.id}")

    @property
    def undecided(self) -> tuple[tuple[Proposal, ProposedChange], ...]:
        """Return all changes that nobody has decided yet."""
        return tuple((p, c) for p in self.proposals for c in p.changes if self.verdict(p, c) is None)

    @property
    def open_questions(self) -> tuple[tuple[Proposal, OpenQuestion], ...]:
        """Return all questions that nobody has answered or set aside."""
        return tuple((p, q) for p in self.proposals for q in p.questions if self.answer(p, q) is None)

    def statements(self, source: Source) -> tuple[Statement, ...]:
        """Return the sentences of a source that bind the agent; definitions bind nobody."""
        analysis = self.analyses.get(source.id)
        found = analysis.statements if analysis else ()
        return tuple(s for s in found if s.kind != StatementKind.DEFINITION)

    def state(self, source: Source, statement: Statement) -> State:
        """Return the one state a statement is in."""
        places = self.places.get(statement.fingerprint, ())
        question = self._question(source, statement)
        if question is not None:
            return question
        if any(place.path.startswith("scenarios/") for place in places):
            return "in the agent and tested"
        if places:
            return "in the agent, not tested"
        return "proposed" if statement.fingerprint in self._proposed else "not yet looked at"

    @cached_property
    def _proposed(self) -> frozenset[str]:
        return frozenset(cite.fingerprint for _, change in self.undecided for cite in change.citations)

    def _question(self, source: Source, statement: Statement) -> State | None:
        for proposal in self.proposals:
            for question in proposal.questions:
                place = question.citation
                if place.source_id != source.id or place.version != source.current.number:
                    continue
                if not (place.quote in statement.quote or statement.quote in place.quote):
                    continue
                answer = self.answer(proposal, question)
                if answer is None:
                    return "conflict" if question.category == "conflict" else "open question"
                if answer.waived and statement.fingerprint not in self.places:
                    return "waived"
        return None

    def coverage(self, sources: tuple[Source, ...] | None = None) -> dict[State, int]:
        """Return how many statements are in each state, over current sources unless told otherwise."""
        counts: dict[State, int] = dict.fromkeys(STATES, 0)
        for source in self.current_sources if sources is None else sources:
            for statement in self.statements(source):
                counts[self.state(source, statement)] += 1
        return counts


_CHECKED: dict[str, tuple[CheckResult, ...]] = {}


def checks_of(agent_digest: str, agent: Agent) -> tuple[CheckResult, ...]:
    """Return what the checks find on an agent; the last few answers are kept by digest."""
    if agent_digest not in _CHECKED:
        while len(_CHECKED) > 8:
            _CHECKED.pop(next(iter(_CHECKED)))
        _CHECKED[agent_digest] = run_checks(agent)
    return _CHECKED[agent_digest]


_STANDINGS: dict[tuple[str, int], Standing] = {}


def standing(unit: UnitOfWork) -> Standing:
    """Return where the workspace stands; the same object as long as nothing was committed since.

    Only for what is committed: a handler asks before it writes.
    """
    stamp = unit.stamp()
    if stamp not in _STANDINGS:
        while len(_STANDINGS) > 3:
            _STANDINGS.pop(next(iter(_STANDINGS)))
        _STANDINGS[stamp] = _read(unit)
    return _STANDINGS[stamp]


def _read(unit: UnitOfWork) -> Standing:
    sources = unit.sources.all()
    analyses = {s.id: unit.sources.analysis(s.id, s.current.number) for s in sources}
    return Standing(
        live_number=unit.agents.live_number(),
        live=unit.agents.live(),
        draft=unit.agents.draft(),
        sources=sources,
        analyses={source_id: found for source_id, found in analyses.items() if found is not None},
        proposals=unit.proposals.all(),
        decisions={d.id: d for d in unit.decisions.all()},
        answers={a.id: a for a in unit.answers.all()},
        comparison=unit.comparisons.latest(),
        plan=kept_plan(unit),
        policy=kept_policy(unit),
        signatures=unit.approvals.all(),
    )
