"""Proposals: what CoBuilder suggests, change by change, each tied to the sentence that demands it."""

from __future__ import annotations

from datetime import datetime

from studio.domain.changeset import Change, ChangeSet
from studio.domain.finding import Disagreement, ModelRun
from studio.domain.frozen import Frozen
from studio.domain.source import Citation
from studio.domain.statement import Question


class ProposedChange(Frozen):
    """One change with its title, reason, citations, confidence and what it cannot stand without.

    `warnings` are sentences a reviewer must read first (a suspicious passage, engines that disagree);
    `answers` are the questions of the proposal whose answers brought the change; `unanswered` is the change
    as it was before the last of these answers, if it was there.
    """

    id: str
    title: str
    change: Change
    reason: str
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.5
    depends_on: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    unanswered: ProposedChange | None = None


class OpenQuestion(Frozen):
    """A question of a source, with the citation of the sentence that leaves it open.

    `answers` are the questions whose answers brought this one.
    """

    id: str
    text: str
    reason: str
    category: str
    citation: Citation
    answers: tuple[str, ...] = ()

    @classmethod
    def of(cls, question: Question, citation: Citation) -> OpenQuestion:
        """Return the question as part of a proposal."""
        return cls(
            id=question.id,
            text=question.text,
            reason=question.reason,
            category=question.category,
            citation=citation,
        )


class Proposal(Frozen):
    """One change set over an agent, made by an engine from sources.

    `unaffected` lists what was looked at and found to need no change, in words; `run` tells of the language
    model where one read the source.
    """

    id: str
    title: str
    base_digest: str
    created_at: datetime
    engine: str = "embedded"
    source_ids: tuple[str, ...] = ()
    changes: tuple[ProposedChange, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()
    unaffected: tuple[str, ...] = ()
    run: ModelRun | None = None
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def changeset(self) -> ChangeSet:
        """Return all changes as one change set."""
        return ChangeSet(title=self.title, changes=tuple(c.change for c in self.changes))

    def change(self, change_id: str) -> ProposedChange:
        """Return the change with this id; raises KeyError."""
        for change in self.changes:
            if change.id == change_id:
                return change
        raise KeyError(change_id)

    def dependents(self, change_id: str) -> tuple[str, ...]:
        """Return the ids of all changes that cannot stand without this one, in order."""
        gone = {change_id}
        for _ in self.changes:
            gone |= {c.id for c in self.changes if gone & set(c.depends_on)}
        return tuple(c.id for c in self.changes if c.id in gone and c.id != change_id)

    def requirements(self, change_id: str) -> tuple[str, ...]:
        """Return the ids of all changes that this one cannot stand without, in order."""
        needed = {change_id}
        for _ in self.changes:
            needed |= {d for c in self.changes if c.id in needed for d in c.depends_on}
        return tuple(c.id for c in self.changes if c.id in needed and c.id != change_id)
