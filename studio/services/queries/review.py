"""What the Review page and `cobuilder review` show: proposals, their changes, and why each is demanded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, split_path
from studio.domain.check import CheckResult
from studio.domain.errors import StudioError, WrongUse
from studio.domain.finding import Disagreement, Engine, ModelRun, engine_of
from studio.domain.frozen import to_json
from studio.domain.places import item_path, place_name
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Comment, Verdict
from studio.domain.source import Block, Citation, Source
from studio.domain.workflow import Workflow
from studio.ports import UnitOfWork
from studio.services.earlier import earlier
from studio.services.shared_places import Meeting, meeting_others, warning_of
from studio.services.standing import Standing, standing
from studio.services.wording import describe

Sign = Literal["added", "removed", "changed", "moved"]
GROUPS = {
    "charter": "Charter",
    "workflows": "Workflow",
    "tables": "Decisions",
    "tools": "Systems",
    "scenarios": "Tests",
    "sources": "Sources",
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change in the list."""

    id: str
    sign: Sign
    title: str
    subtitle: str
    verdict: Verdict | None
    confidence: float
    because_of: str | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """The changes of one part of the agent."""

    heading: str
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestionRow:
    """A question with its answer so far, and the changes that the answer brought."""

    id: str
    text: str
    reason: str
    category: str
    citation: Citation
    answer: str | None
    waived: bool
    by: str | None
    brought: tuple[ChangeRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """One proposal: its changes in groups, its questions, how far the review is, who read the source."""

    id: str
    title: str
    created_at: str
    groups: tuple[ChangeGroup, ...]
    questions: tuple[OpenQuestionRow, ...]
    unaffected: tuple[str, ...]
    decided: int
    total: int
    accepted: int
    read_by: Engine = "embedded"
    run: ModelRun | None = None
    disagreements: tuple[Disagreement, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One line of the list of proposals."""

    id: str
    title: str
    decided: int
    total: int
    open_questions: int


@dataclass(frozen=True, slots=True)
class Why:
    """The sentence that demands a change, in the block it stands in (`block` None: source is gone)."""

    citation: Citation
    authority: str
    owner: str | None
    effective_from: str | None
    block: Block | None


@dataclass(frozen=True, slots=True)
class WorkflowPair:
    """A workflow before and after a proposal, and the steps this change is about."""

    before: Workflow | None
    after: Workflow | None
    focus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """One change, opened: both texts, why, what depends on what, remarks, what checks say."""

    row: ChangeRow
    proposal_id: str
    where: str
    before: str
    after: str
    workflow: WorkflowPair | None
    reason: str
    why: tuple[Why, ...]
    needs: tuple[ChangeRow, ...]
    dependents: tuple[ChangeRow, ...]
    also_affected: tuple[str, ...]
    comments: tuple[Comment, ...]
    checks_broken: tuple[CheckResult, ...]
    checks_mended: tuple[CheckResult, ...]


def sign_of(change: Change) -> Sign:
    """Return what kind of change it is."""
    if change.is_move:
        return "moved"
    if change.before is None and item_path(change.path) == change.path:
        return "added"
    if change.after is None and item_path(change.path) == change.path:
        return "removed"
    return "changed"


def _subtitle(change: Change) -> str:
    was, now = describe(change.path, change.before), describe(change.path, change.after)
    short = f"{was} → {now}"
    if was and now and "\n" not in short and len(short) <= 48:
        return short
    return {"added": "new", "removed": "taken away", "moved": "moved"}.get(sign_of(change), "text changed")


def _change_row(
    stand: Standing, proposal: Proposal, change: ProposedChange, met: Mapping[str, tuple[Meeting, ...]]
) -> ChangeRow:
    decision = stand.decisions.get(f"{proposal.id}/{change.id}")
    place = place_name((to_json(stand.draft),), change.change.path) if change.id in met else ""
    return ChangeRow(
        id=change.id,
        sign=sign_of(change.change),
        title=change.title,
        subtitle=_subtitle(change.change),
        verdict=decision.verdict if decision else None,
        confidence=change.confidence,
        because_of=decision.because_of if decision else None,
        warnings=(*change.warnings, *warning_of(met.get(change.id, ()), place)),
    )


def _heading(stand: Standing, change: ProposedChange) -> str:
    segments = split_path(change.change.path)
    heading = GROUPS.get(segments[0], segments[0].capitalize())
    if segments[0] == "workflows":
        known = (*stand.draft.workflows, *stand.live.workflows)
        after = change.change.after
        new = str(after["name"]) if len(segments) == 2 and isinstance(after, dict) else segments[1]
        name = next((w.name for w in known if w.id == segments[1]), new)
        return f"{heading} · {name}"
    return heading


def proposal_page(stand: Standing, proposal: Proposal) -> ProposalPage:
    """Return the page of a proposal."""
    groups: dict[str, list[ChangeRow]] = {}
    met = meeting_others(proposal, stand.proposals, stand.decisions)
    for change in proposal.changes:
        groups.setdefault(_heading(stand, change), []).append(_change_row(stand, proposal, change, met))
    rows = [row for group in groups.values() for row in group]
    return ProposalPage(
        id=proposal.id,
        title=proposal.title,
        created_at=proposal.created_at.isoformat(),
        groups=tuple(ChangeGroup(heading, tuple(group)) for heading, group in groups.items()),
        questions=tuple(_question_row(stand, proposal, i, met) for i in range(len(proposal.questions))),
        unaffected=proposal.unaffected,
        decided=sum(row.verdict is not None for row in rows),
        total=len(rows),
        accepted=sum(row.verdict == "accepted" for row in rows),
        read_by=engine_of(proposal.engine),
        run=proposal.run,
        disagreements=proposal.disagreements,
    )


def _question_row(
    stand: Standing, proposal: Proposal, index: int, met: Mapping[str, tuple[Meeting, ...]]
) -> OpenQuestionRow:
    question = proposal.questions[index]
    answer = stand.answer(proposal, question)
    return OpenQuestionRow(
        id=question.id,
        text=question.text,
        reason=question.reason,
        category=question.category,
        citation=question.citation,
        answer=answer.text if answer else None,
        waived=bool(answer and answer.waived),
        by=answer.by if answer else None,
        brought=tuple(
            _change_row(stand, proposal, c, met) for c in proposal.changes if question.id in c.answers
        ),
    )


def _find(stand: Standing, proposal_id: str) -> Proposal:
    found = next((p for p in stand.proposals if p.id == proposal_id), None)
    if found is None:
        raise WrongUse(
            f"There is no proposal “{proposal_id}”.", "`cobuilder review list` shows what there is."
        )
    return found


@dataclass(frozen=True, slots=True)
class ListProposals:
    """Ask for all proposals, newest first."""

    def answer(self, unit: UnitOfWork) -> tuple[ProposalRow, ...]:
        """Return one row a proposal."""
        stand = standing(unit)
        pages = [proposal_page(stand, proposal) for proposal in reversed(stand.proposals)]
        return tuple(
            ProposalRow(p.id, p.title, p.decided, p.total, sum(q.answer is None for q in p.questions))
            for p in pages
        )


@dataclass(frozen=True, slots=True)
class ShowProposal:
    """Ask for one proposal."""

    proposal_id: str

    def answer(self, unit: UnitOfWork) -> ProposalPage:
        """Return its page; raises WrongUse."""
        stand = standing(unit)
        return proposal_page(stand, _find(stand, self.proposal_id))


def _why(sources: dict[str, Source], citation: Citation) -> Why:
    source = sources.get(citation.source_id)
    if source is None:
        return Why(citation, "", None, None, None)
    version = next((v for v in source.versions if v.number == citation.version), source.current)
    lines = range(citation.anchor.line_start, citation.anchor.line_end + 1)
    block = next(
        (
            b
            for b in version.document.blocks
            if b.anchor.line_start in lines or citation.anchor.line_start in _lines(b)
            if citation.quote.strip() in version.document.text[b.start : b.end]
        ),
        None,
    )
    effective = source.effective_from.isoformat() if source.effective_from else None
    return Why(citation, source.authority.value, source.owner, effective, block)


def _lines(block: Block) -> range:
    return range(block.anchor.line_start, block.anchor.line_end + 1)


def _after_all(stand: Standing, proposal: Proposal) -> Agent:
    """Return the draft with every change of the proposal that is still open, as far as they fit."""
    waiting = tuple(c.change for c in proposal.changes if stand.verdict(proposal, c) is None)
    try:
        return apply(stand.draft, ChangeSet(title=proposal.title, changes=waiting))
    except StudioError:
        return stand.draft


def _workflows(stand: Standing, proposal: Proposal, change: ProposedChange) -> WorkflowPair | None:
    segments = split_path(change.change.path)
    name, focus = _concerned(stand, segments)
    if name is None:
        return None
    after = _after_all(stand, proposal)
    pair = [next((w for w in agent.workflows if w.id == name), None) for agent in (stand.live, after)]
    return WorkflowPair(pair[0], pair[1], focus)


def _concerned(stand: Standing, segments: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    if segments[0] == "workflows":
        return segments[1], (segments[3],) if len(segments) > 3 and segments[2] == "steps" else ()
    if segments[0] == "tables":
        for workflow in stand.draft.workflows:
            steps = tuple(s.id for s in workflow.steps if s.kind == "decide" and s.table == segments[1])
            if steps:
                return workflow.id, steps
    return None, ()


def _check_changes(
    stand: Standing, proposal: Proposal, change: ProposedChange
) -> tuple[tuple[CheckResult, ...], tuple[CheckResult, ...]]:
    """Return (newly broken, newly mended) if this change and what it needs came into the draft."""
    if stand.verdict(proposal, change) is not None:
        return (), ()
    needed = {*proposal.requirements(change.id), change.id}
    waiting = tuple(
        c.change for c in proposal.changes if c.id in needed and stand.verdict(proposal, c) is None
    )
    try:
        after = run_checks(apply(stand.draft, ChangeSet(title=change.title, changes=waiting)))
    except StudioError:
        return (), ()
    was = {c.id for c in stand.checks if c.status == "broken"}
    now = {c.id for c in after if c.status == "broken"}
    return (
        tuple(c for c in after if c.id in now - was),
        tuple(c for c in stand.checks if c.id in was - now),
    )


@dataclass(frozen=True, slots=True)
class ShowChange:
    """Ask for one change of a proposal."""

    proposal_id: str
    change_id: str

    def answer(self, unit: UnitOfWork) -> ChangePage:
        """Return its page; raises WrongUse."""
        stand = standing(unit)
        proposal = _find(stand, self.proposal_id)
        change = next((c for c in proposal.changes if c.id == self.change_id), None)
        if change is None:
            raise WrongUse(f"Proposal {proposal.id} has no change “{self.change_id}”.")
        met = meeting_others(proposal, stand.proposals, stand.decisions)
        rows = {c.id: _change_row(stand, proposal, c, met) for c in proposal.changes}
        broken, mended = _check_changes(stand, proposal, change)
        sources = {source.id: source for source in stand.sources}
        trees = (to_json(stand.draft), to_json(_after_all(stand, proposal)), to_json(stand.live))
        cited = {cite.fingerprint for cite in change.citations}
        also = [
            c.title
            for c in proposal.changes
            if c.id != change.id and cited & {x.fingerprint for x in c.citations}
        ]
        return ChangePage(
            row=rows[change.id],
            proposal_id=proposal.id,
            where=place_name(trees, change.change.path),
            before=describe(change.change.path, change.change.before),
            after=describe(change.change.path, change.change.after),
            workflow=_workflows(stand, proposal, change),
            reason=change.reason,
            why=tuple(_why(sources, citation) for citation in change.citations),
            needs=tuple(rows[each] for each in proposal.requirements(change.id)),
            dependents=tuple(rows[each] for each in proposal.dependents(change.id)),
            also_affected=tuple(dict.fromkeys(also)),
            comments=tuple(
                c for c in unit.comments.all() if c.proposal_id == proposal.id and c.change_id == change.id
            ),
            checks_broken=broken,
            checks_mended=mended,
        )


@dataclass(frozen=True, slots=True)
class ShowEarlier:
    """Ask what happens to undecided changes of a source if it is proposed again; "" if none waits."""

    source_id: str

    def answer(self, unit: UnitOfWork) -> str:
        """Return a sentence."""
        return earlier(unit, unit.sources.get(self.source_id)).line
