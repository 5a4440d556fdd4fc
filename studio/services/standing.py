"""Where a workspace stands: everything the pages and gates are computed from, read once."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.environment import ApprovalPolicy
from studio.domain.finding import Analysis
from studio.domain.frozen import digest
from studio.domain.governance import (
    AccessMark,
    Alignment,
    CollisionDecision,
    Confirmation,
    IdentityDecision,
    LinkedFolder,
    OriginFinding,
    SourceState,
    Waiver,
    state_on,
)
from studio.domain.places import Place, places_by_sentence
from studio.domain.proposal import OpenQuestion, Proposal, ProposedChange
from studio.domain.review import Answer, Comment, Decision, Signature, Verdict, waiting_for_reply
from studio.domain.review_approval import ReviewPolicy, RoleApproval
from studio.domain.review_package import MergedReply, ReviewerKey
from studio.domain.run import Comparison, Run
from studio.domain.source import Authority, Source
from studio.domain.statement import Statement, StatementKind
from studio.ports import UnitOfWork
from studio.services.failed_runs import FailedRun, failed_runs
from studio.services.memory import Memory
from studio.services.origins import KeptCollisions, kept_collisions, kept_order, kept_origins
from studio.services.planning import (
    ReleasePlan,
    kept_plan,
    kept_policy,
    kept_review_policy,
    kept_reviewer_keys,
)


@dataclass(frozen=True, eq=False)
class Standing:
    """A workspace at one moment; two are the same only if they are one object.

    `approved_here` is read only where an earlier program merged replies and did not note what they brought.
    """

    live_number: int
    live: Agent
    draft: Agent
    sources: tuple[Source, ...]
    analyses: dict[str, Analysis]
    proposals: tuple[Proposal, ...]
    decisions: dict[str, Decision]
    answers: dict[str, Answer]
    comments: tuple[Comment, ...]
    comparison: Comparison | None
    plan: ReleasePlan | None
    policy: ApprovalPolicy | None
    signatures: tuple[Signature, ...]
    today: date
    readings: dict[tuple[str, int], Analysis]
    alignments: dict[tuple[str, int], Alignment]
    waivers: dict[str, Waiver]
    confirmations: dict[str, Confirmation]
    markings: dict[str, AccessMark]
    collision_decisions: dict[str, CollisionDecision]
    identities: dict[str, IdentityDecision]
    folders: tuple[LinkedFolder, ...]
    origins: tuple[OriginFinding, ...]
    kept_collisions: KeptCollisions | None
    authority_order: tuple[Authority, ...]
    role_approvals: tuple[RoleApproval, ...]
    review_policy: ReviewPolicy
    merged_replies: tuple[MergedReply, ...]
    reviewer_keys: tuple[ReviewerKey, ...]
    approved_here: frozenset[tuple[str, str]]
    failed_runs: tuple[FailedRun, ...]

    @cached_property
    def draft_digest(self) -> str:
        """Return the digest of the draft."""
        return _digest_of(self.draft)

    @cached_property
    def live_digest(self) -> str:
        """Return the digest of the live version."""
        return _digest_of(self.live)

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
        """Return whether the newest simulation ran exactly this draft, by the runtime of today."""
        return self.comparison is not None and self.is_of_today(self.comparison.draft)

    def is_of_today(self, run: Run) -> bool:
        """Return whether a run shows what this draft does now: the same content, the same runtime."""
        return run.agent_digest == self.draft_digest and run.by_this_runtime

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

    @property
    def open_asks(self) -> tuple[Comment, ...]:
        """Return what reviewers asked somebody and nobody has replied to."""
        return waiting_for_reply(self.comments)

    def state_of(self, source: Source) -> SourceState:
        """Return whether the agent may rely on a source today."""
        state = state_on(source, self.today, source.id in self.superseded)
        found = self._origin_of(source)
        if found is None or state not in ("current", "review due"):
            return state
        if found.kind == "vanished":
            return "missing at its origin"
        other = found.digest is not None and found.digest != source.current.digest
        return "changed at its origin" if other else state

    def _origin_of(self, source: Source) -> OriginFinding | None:
        origin = source.current.origin
        return next((f for f in self.origins if origin is not None and f.place == origin.place), None)

    def statements(self, source: Source) -> tuple[Statement, ...]:
        """Return the sentences of a source that bind the agent; definitions bind nobody."""
        analysis = self.analyses.get(source.id)
        found = analysis.statements if analysis else ()
        return tuple(s for s in found if s.kind != StatementKind.DEFINITION)


_CHECKED: Memory[str, tuple[CheckResult, ...]] = Memory(9)
_STANDINGS: Memory[tuple[str, int], Standing] = Memory(4)
_DIGESTS: deque[tuple[Agent, str]] = deque(maxlen=6)
_LEDGER_LINES = 5_000


def _digest_of(agent: Agent) -> str:
    """Return the digest of an agent; the live version is one object for many edits of the draft."""
    for known, found in tuple(_DIGESTS):
        if known is agent:
            return found
    made = digest(agent)
    _DIGESTS.append((agent, made))
    return made


def checks_of(agent_digest: str, agent: Agent) -> tuple[CheckResult, ...]:
    """Return what the checks find on an agent; the last few answers are kept by digest."""
    return _CHECKED.get(agent_digest, lambda: run_checks(agent))


def checks_known(agent_digest: str) -> bool:
    """Return whether `checks_of` remembers the answer for this content."""
    return agent_digest in _CHECKED


def standing(unit: UnitOfWork) -> Standing:
    """Return where the workspace stands; the same object as long as nothing was committed since.

    Only for what is committed: a handler asks before it writes.
    """
    return _STANDINGS.get(unit.stamp(), lambda: _read(unit))


def _read(unit: UnitOfWork) -> Standing:
    sources = unit.sources.all()
    numbers = [(source.id, version.number) for source in sources for version in source.versions]
    readings = {key: found for key in numbers if (found := unit.sources.analysis(*key)) is not None}
    current = {source.id: readings.get((source.id, source.current.number)) for source in sources}
    merged = unit.merged_replies.all()
    return Standing(
        live_number=unit.agents.live_number(),
        live=unit.agents.live(),
        draft=unit.agents.draft(),
        sources=sources,
        analyses={source_id: found for source_id, found in current.items() if found is not None},
        proposals=unit.proposals.all(),
        decisions={d.id: d for d in unit.decisions.all()},
        answers={a.id: a for a in unit.answers.all()},
        comments=unit.comments.all(),
        comparison=unit.comparisons.latest(),
        plan=kept_plan(unit),
        policy=kept_policy(unit),
        signatures=unit.approvals.all(),
        today=unit.today(),
        readings=readings,
        alignments={key: kept for key in readings if (kept := unit.sources.alignment(*key)) is not None},
        waivers={each.id: each for each in unit.waivers.all()},
        confirmations={each.id: each for each in unit.confirmations.all()},
        markings={each.id: each for each in unit.markings.all()},
        collision_decisions={each.id: each for each in unit.collisions.all()},
        identities={each.id: each for each in unit.identities.all()},
        folders=unit.folders.all(),
        origins=kept_origins(unit),
        kept_collisions=kept_collisions(unit),
        authority_order=kept_order(unit),
        role_approvals=unit.role_approvals.all(),
        review_policy=kept_review_policy(unit),
        merged_replies=merged,
        reviewer_keys=kept_reviewer_keys(unit).keys,
        approved_here=_approved_here(unit) if any(each.brought is None for each in merged) else frozenset(),
        failed_runs=failed_runs(unit),
    )


def _approved_here(unit: UnitOfWork) -> frozenset[tuple[str, str]]:
    """Return who approved in this workspace, and the ledger's sentence: what, for which role and content."""
    lines = unit.ledger.recent(_LEDGER_LINES)
    return frozenset((who, sentence) for _, who, event, sentence in lines if event == "ReviewApproved")
