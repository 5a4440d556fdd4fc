"""What the Review page and `cobuilder review` show: proposals, their changes, and why each is demanded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from studio.diff.summary import summary_of
from studio.domain.agent import Agent
from studio.domain.changeset import Change, split_path
from studio.domain.check import CheckResult
from studio.domain.condition import spell
from studio.domain.errors import WrongUse
from studio.domain.finding import Disagreement, Engine, ModelRun, engine_of
from studio.domain.frozen import digest
from studio.domain.money_words import money_sign
from studio.domain.places import item_path, place_name
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Comment, Verdict
from studio.domain.source import Citation
from studio.ports import UnitOfWork
from studio.services.change_forms import (
    PATIENT,
    QUICK,
    ChangeForms,
    forms_of,
    users_of,
)
from studio.services.change_reasons import (
    NearConflict,
    NearQuestion,
    Why,
    near_conflicts,
    near_questions,
    reasons_of,
)
from studio.services.change_sides import sides, whole
from studio.services.once import once, tree_of
from studio.services.rebasing import as_it_fits
from studio.services.shared_places import Meeting, meeting_others, warning_of
from studio.services.standing import Standing, checks_of, standing
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
    edited_by: str = ""


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
class ChangePage:
    """One change, opened: what it looks like, why, what depends on what, remarks, what is open near it.

    `words` say it in a sentence; `users` are the places that call the changed thing. Which checks it turns
    is asked apart (`ProveChange`).
    """

    row: ChangeRow
    proposal_id: str
    path: str
    where: str
    words: str
    before: str
    after: str
    forms: ChangeForms
    reason: str
    why: tuple[Why, ...]
    needs: tuple[ChangeRow, ...]
    dependents: tuple[ChangeRow, ...]
    also_affected: tuple[str, ...]
    comments: tuple[Comment, ...]
    questions: tuple[NearQuestion, ...]
    conflicts: tuple[NearConflict, ...]
    users: tuple[str, ...]


def sign_of(change: Change) -> Sign:
    """Return what kind of change it is."""
    if change.is_move:
        return "moved"
    if change.before is None and item_path(change.path) == change.path:
        return "added"
    if change.after is None and item_path(change.path) == change.path:
        return "removed"
    return "changed"


def _subtitle(change: Change, draft: Agent) -> str:
    was, now = _limit_words(change, draft) or (
        describe(change.path, change.before),
        describe(change.path, change.after),
    )
    short = f"{was} → {_without_head(was, now)}"
    if was and now and "\n" not in short and len(short) <= 48 and "→" not in was + now:
        return short
    return {"added": "new", "removed": "taken away", "moved": "moved"}.get(sign_of(change), "text changed")


def _limit_words(change: Change, draft: Agent) -> tuple[str, str] | None:
    """Return the one limit of a system before and after, as money where it is; None for anything else."""
    match change.segments, change.before, change.after:
        case ("tools", tool, "limits"), [dict(was)], [dict(now)] if was["argument"] == now["argument"]:
            sign = money_sign((draft,), tool, was["argument"])
            return f"{sign}{spell(was['maximum'])}", f"{sign}{spell(now['maximum'])}"
        case _:
            return None


def _without_head(was: str, now: str) -> str:
    """Return the new words without those that both begin with, so that what is new is not cut off."""
    old, new = was.split(" "), now.split(" ")
    same = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    return " ".join(new[same:]) if same > 1 else now


def _change_row(
    stand: Standing, proposal: Proposal, change: ProposedChange, met: Mapping[str, tuple[Meeting, ...]]
) -> ChangeRow:
    decision = stand.decisions.get(f"{proposal.id}/{change.id}")
    place = place_name((tree_of(stand.draft),), change.change.path) if change.id in met else ""
    return ChangeRow(
        id=change.id,
        sign=sign_of(change.change),
        title=change.title,
        subtitle=_subtitle(change.change, stand.draft),
        verdict=decision.verdict if decision else None,
        confidence=change.confidence,
        because_of=decision.because_of if decision else None,
        warnings=(*change.warnings, *warning_of(met.get(change.id, ()), place)),
        edited_by=change.edited_by,
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


def _met(stand: Standing, proposal: Proposal) -> Mapping[str, tuple[Meeting, ...]]:
    key = ("met", proposal.id, id(proposal))
    return once(stand, key, lambda: (proposal, meeting_others(proposal, stand.proposals, stand.decisions)))[1]


def proposal_page(stand: Standing, proposal: Proposal) -> ProposalPage:
    """Return the page of a proposal."""
    key = ("page", proposal.id, id(proposal))
    return once(stand, key, lambda: (proposal, _proposal_page(stand, proposal)))[1]


def _proposal_page(stand: Standing, proposal: Proposal) -> ProposalPage:
    groups: dict[str, list[ChangeRow]] = {}
    met = _met(stand, proposal)
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


def find_proposal(stand: Standing, proposal_id: str) -> Proposal:
    """Return a proposal as it fits the draft now; raises WrongUse."""
    found = next((p for p in stand.proposals if p.id == proposal_id), None)
    if found is None:
        raise WrongUse(
            f"There is no proposal “{proposal_id}”.", "`cobuilder review list` shows what there is."
        )
    return as_it_fits(stand, found)


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
        return proposal_page(stand, find_proposal(stand, self.proposal_id))


@dataclass(frozen=True, slots=True)
class ChangeProofs:
    """Checks that turn from holding to broken with a change and what it needs, and the other way round."""

    broken: tuple[CheckResult, ...] = ()
    mended: tuple[CheckResult, ...] = ()


def change_proofs(stand: Standing, proposal: Proposal, change: ProposedChange) -> ChangeProofs:
    """Return which checks turn with a change; it may take seconds, so no page waits for it."""
    without, with_it = sides(stand, proposal, change)
    if without is with_it:
        return ChangeProofs()
    before, after = (checks_of(digest(agent), agent) for agent in (without, with_it))
    was = {c.id for c in before if c.status == "broken"}
    now = {c.id for c in after if c.status == "broken"}
    gone = _titles_gone(without, with_it)
    broken = (c.model_copy(update={"detail": _called(c.detail, gone)}) for c in after if c.id in now - was)
    return ChangeProofs(tuple(broken), tuple(c for c in before if c.id in was - now))


def _titles_gone(without: Agent, with_it: Agent) -> dict[str, str]:
    """Return by id what steps, workflows and tables that a change takes away were called."""
    titles = [
        {each.id: each.title for flow in agent.workflows for each in flow.steps}
        | {flow.id: flow.name for flow in agent.workflows}
        | {table.id: table.name for table in agent.tables}
        for agent in (without, with_it)
    ]
    return {name: title for name, title in titles[0].items() if name not in titles[1]}


def _called(detail: str, titles: Mapping[str, str]) -> str:
    """Return what a check tells, with what is gone called as it was called."""
    return re.sub(r"“([\w.-]+)”", lambda found: f"“{titles.get(found[1], found[1])}”", detail)


def change_of(stand: Standing, proposal_id: str, change_id: str) -> tuple[Proposal, ProposedChange]:
    """Return a change of a proposal, as it fits the draft now; raises WrongUse."""
    proposal = find_proposal(stand, proposal_id)
    change = next((c for c in proposal.changes if c.id == change_id), None)
    if change is None:
        raise WrongUse(f"Proposal {proposal.id} has no change “{change_id}”.")
    return proposal, change


@dataclass(frozen=True, slots=True)
class ProveChange:
    """Ask which checks one change of a proposal turns."""

    proposal_id: str
    change_id: str

    def answer(self, unit: UnitOfWork) -> ChangeProofs:
        """Return them; raises WrongUse."""
        stand = standing(unit)
        return change_proofs(stand, *change_of(stand, self.proposal_id, self.change_id))


@dataclass(frozen=True, slots=True)
class ShowChange:
    """Ask for one change of a proposal; `patient` is who waits for what large tables decide otherwise."""

    proposal_id: str
    change_id: str
    patient: bool = False

    def answer(self, unit: UnitOfWork) -> ChangePage:
        """Return its page; raises WrongUse."""
        stand = standing(unit)
        proposal, change = change_of(stand, self.proposal_id, self.change_id)
        met = _met(stand, proposal)
        needs, dependents = proposal.requirements(change.id), proposal.dependents(change.id)
        shown = {change.id, *needs, *dependents}
        rows = {c.id: _change_row(stand, proposal, c, met) for c in proposal.changes if c.id in shown}
        live, every = whole(stand, proposal)
        trees = (tree_of(stand.draft), tree_of(every), tree_of(live))
        cited = {cite.fingerprint for cite in change.citations}
        also = [
            c.title
            for c in proposal.changes
            if c.id != change.id and cited & {x.fingerprint for x in c.citations}
        ]
        return ChangePage(
            row=rows[change.id],
            proposal_id=proposal.id,
            path=change.change.path,
            where=place_name(trees, change.change.path),
            words=summary_of([(change.id, change.change)], live, every)[0].text,
            before=describe(change.change.path, change.change.before),
            after=describe(change.change.path, change.change.after),
            forms=forms_of(
                change.change,
                sides(stand, proposal, change),
                (live, every),
                PATIENT if self.patient else QUICK,
                [(each, proposal.change(each).change) for each in needs if rows[each].verdict != "accepted"],
            ),
            reason=change.reason,
            why=reasons_of(stand, change),
            questions=near_questions(stand, change),
            conflicts=near_conflicts(stand, change),
            users=users_of(change.change, every),
            needs=tuple(rows[each] for each in needs),
            dependents=tuple(rows[each] for each in dependents),
            also_affected=tuple(dict.fromkeys(also)),
            comments=tuple(
                c for c in stand.comments if c.proposal_id == proposal.id and c.change_id == change.id
            ),
        )
