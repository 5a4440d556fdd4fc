"""Proposals: what CoBuilder suggests, change by change, each tied to the sentence that demands it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from studio.domain.changeset import Change, ChangeSet
from studio.domain.finding import Disagreement, ModelRun
from studio.domain.frozen import Frozen
from studio.domain.source import Citation
from studio.domain.statement import Question


class Reworked(Frozen):
    """What somebody made of a proposed change before it was decided: edited by hand, or fitted to the draft.

    `was` is the change before that; the first one's is what CoBuilder proposed.
    """

    how: Literal["edited", "re-based"]
    by: str
    at: datetime
    was: Change


FITTED = "fitted to the draft"
_FROM_TO = re.compile(r" \([^()]*→[^()]*\)$")


def retitled(title: str, note: str) -> str:
    """Return a title that tells from what to what, “limit: £200 → £350”, with a note in place of that."""
    head, colon, tail = title.rpartition(": ")
    if colon and ("→" in tail or tail == FITTED):
        return f"{head}: {note}"
    return _FROM_TO.sub(f" ({note})", title)


class ProposedChange(Frozen):
    """One change with its title, reason, citations, confidence and what it cannot stand without.

    `warnings` are sentences a reviewer must read first (a suspicious passage, engines that disagree);
    `answers` are the questions of the proposal whose answers brought the change; `unanswered` is the change
    as it was before the last of these answers, if it was there. `reworked` tells what became of it since it
    was proposed, oldest first; absent where nothing did.
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
    reworked: tuple[Reworked, ...] | None = None

    @property
    def edited_by(self) -> str:
        """Return who edited the proposed value last, or nothing."""
        return next((each.by for each in reversed(self.reworked or ()) if each.how == "edited"), "")

    def again(
        self, change: Change, how: Literal["edited", "re-based"], by: str, at: datetime
    ) -> ProposedChange:
        """Return this with another edit, which keeps what it was before."""
        step = Reworked(how=how, by=by, at=at, was=self.change)
        title = self._reedited(by) if how == "edited" else retitled(self.title, FITTED)
        update = {"title": title, "change": change, "reworked": (*(self.reworked or ()), step)}
        return self.model_copy(update=update)

    def _reedited(self, by: str) -> str:
        """Return the title with who edits now in place of who did before."""
        before, now = f"edited by {self.edited_by}", f"edited by {by}"
        for end in (f": {before}", f" ({before})"):
            if self.edited_by and self.title.endswith(end):
                return self.title.removesuffix(end) + end.replace(before, now)
        return retitled(self.title, now)


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
        upon: dict[str, list[str]] = {}
        for change in self.changes:
            for need in change.depends_on:
                upon.setdefault(need, []).append(change.id)
        gone = _reached(change_id, upon)
        return tuple(c.id for c in self.changes if c.id in gone and c.id != change_id)

    def requirements(self, change_id: str) -> tuple[str, ...]:
        """Return the ids of all changes that this one cannot stand without, in order."""
        needed = _reached(change_id, {c.id: c.depends_on for c in self.changes})
        return tuple(c.id for c in self.changes if c.id in needed and c.id != change_id)


def _reached(start: str, ways: Mapping[str, Iterable[str]]) -> set[str]:
    """Return everything that the ways lead to, and the start; each is gone once, whatever the circles."""
    found, ahead = {start}, [start]
    while ahead:
        for each in ways.get(ahead.pop(), ()):
            if each not in found:
                found.add(each)
                ahead.append(each)
    return found
