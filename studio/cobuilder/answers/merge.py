"""What an answer brought, put into the proposal: ids stay, decided changes stay, one item has one change.

- A change of an item that an undecided change already touches is melted into that one, which keeps what
  it was before; all else is added at the end, under new ids, and needs the undecided changes that it was
  drafted on.
- Questions that came with it are added; the line that held the sentence back goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.rehearsal import meets, walk
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, apply_json, join_path, lookup, split_path
from studio.domain.errors import BrokenInput, Stale
from studio.domain.frozen import canonical, to_json
from studio.domain.proposal import OpenQuestion, Proposal, ProposedChange
from studio.domain.review import Answer, Verdict
from studio.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Completed:
    """The proposal after an answer, and what became of it, in a sentence ("" where nothing did)."""

    proposal: Proposal
    told: str


@dataclass(slots=True)
class _Merge:
    """The changes of a proposal while those of an answer come in."""

    changes: list[ProposedChange]
    verdicts: Mapping[str, Verdict]
    answers: tuple[str, ...]
    reason: str
    source: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    touched: list[str] = field(default_factory=list)

    @property
    def open(self) -> list[ProposedChange]:
        """Return the changes that nobody decided."""
        return [c for c in self.changes if self.verdicts.get(c.id) is None]

    def take(self, made: ProposedChange) -> None:
        """Take one change in: into an undecided one of the same item, or as a new one."""
        host = next((c for c in self.open if _holds(c.change.path, made.change.path)), None)
        if host is None:
            number = max((int(c.id.removeprefix("C-")) for c in self.changes), default=0) + 1
            new = made.model_copy(
                update={
                    "id": f"C-{number:02}",
                    "reason": self._why(made.reason),
                    "depends_on": (),
                    "answers": self.answers,
                }
            )
            self.changes.append(new)
        else:
            new = self._melted(host, made)
            self.changes[self.changes.index(host)] = new
        self.ids[made.id] = new.id
        self.touched.append(new.id)

    def _melted(self, host: ProposedChange, made: ProposedChange) -> ProposedChange:
        inner = split_path(made.change.path)[len(split_path(host.change.path)) :]
        after = made.change.after
        if inner:
            inside = made.change.model_copy(update={"path": join_path(*inner)})
            after = apply_json(host.change.after, [inside])
        mine = bool({*host.answers} & {*self.answers})
        title = host.title if inner else _since(host.title, made.title) if mine else made.title
        said = [self._why(made.reason)] if mine else [host.reason, self._why(made.reason)]
        return host.model_copy(
            update={
                "title": title,
                "change": host.change.model_copy(update={"after": after}),
                "reason": " ".join(part for part in said if part),
                "citations": tuple(dict.fromkeys((*host.citations, *made.citations))),
                "confidence": min(host.confidence, made.confidence),
                "warnings": tuple(dict.fromkeys((*host.warnings, *made.warnings))),
                "answers": tuple(dict.fromkeys((*host.answers, *self.answers))),
                "unanswered": host.unanswered if mine else host,
            }
        )

    def _why(self, reason: str) -> str:
        # The document leaves it open: what is said now, it says with the answer.
        said = reason.replace(f"{self.source} says “", "With that the sentence says “")
        said = said.replace(f"{self.source} words this rule anew: “", "With that the sentence says “")
        return f"{self.reason} {said}".strip()

    def tie(self, made: ProposedChange, stands_on: set[str]) -> None:
        """Let a change need what the drafted one needs, and the undecided changes that it stands on."""
        at = next(i for i, c in enumerate(self.changes) if c.id == self.ids[made.id])
        mine = self.changes[at]
        needs = {self.ids[each] for each in made.depends_on if each in self.ids} | stands_on
        depends = tuple(sorted({*mine.depends_on, *needs} - {mine.id}))
        self.changes[at] = mine.model_copy(update={"depends_on": depends})


def merged(
    proposal: Proposal,
    verdicts: Mapping[str, Verdict],
    desk: Desk,
    drafted: Sequence[ProposedChange],
    answer: Answer,
    answered: tuple[str, ...],
) -> Completed:
    """Return the proposal with what was drafted on the desk from an answer.

    `answered` are all questions whose answers the draft stands on.
    """
    reason = f"{answer.by} answered “{answer.text}”."
    merge = _Merge(list(proposal.changes), verdicts, answered, reason, desk.source.name)
    undecided = merge.open
    for each in drafted:
        merge.take(each)
    for each in drafted:
        merge.tie(each, _stands_on(desk.sketch.agent, each, undecided, desk.source.id))
    asked = _new_questions(proposal, desk.questions, answered)
    kept = tuple(c for c in merge.changes if not _is_nothing(c.change))
    known = {c.id for c in kept}
    changes = tuple(
        c.model_copy(update={"depends_on": tuple(d for d in c.depends_on if d in known)}) for c in kept
    )
    unaffected = proposal.unaffected
    if drafted:
        question = next(q for q in proposal.questions if q.id == answer.question_id)
        unaffected = (*(u for u in unaffected if not is_held(u, question)), *_untested(desk, unaffected))
    made = proposal.model_copy(
        update={"changes": changes, "questions": (*proposal.questions, *asked), "unaffected": unaffected}
    )
    return Completed(made, _told(proposal, merge.touched, len(asked)))


def _holds(path: str, other: str) -> bool:
    return other == path or other.startswith(f"{path}/")


def _is_nothing(change: Change) -> bool:
    if change.before is None or change.after is None:
        return change.before is None and change.after is None
    return canonical(change.before) == canonical(change.after) and not change.is_move


def is_held(line: str, question: OpenQuestion) -> bool:
    """Return whether a line says that the sentence of a question is held back."""
    quote = " ".join(question.citation.quote.split()).rstrip(".")
    return line.startswith("Held back") and quote in line


def _untested(desk: Desk, known: tuple[str, ...]) -> list[str]:
    return [line for line in desk.unaffected if line.startswith("Not tested") and line not in known]


def _new_questions(
    proposal: Proposal, asked: list[OpenQuestion], answered: tuple[str, ...]
) -> list[OpenQuestion]:
    known = {(q.text, q.citation.fingerprint) for q in proposal.questions}
    fresh = [q for q in asked if (q.text, q.citation.fingerprint) not in known]
    first = max((int(q.id.removeprefix("Q-")) for q in proposal.questions), default=0) + 1
    return [
        q.model_copy(update={"id": f"Q-{number:02}", "answers": answered})
        for number, q in enumerate(fresh, first)
    ]


def _stands_on(agent: Agent, made: ProposedChange, undecided: list[ProposedChange], source: str) -> set[str]:
    """Return the undecided changes that a change was drafted on: its document, and a test's whole way."""
    found = {c.id for c in undecided if c.change.path == join_path("sources", source)}
    area, *rest = split_path(made.change.path)
    if area == "tables" and rest[1:2] == ["rows"] and made.change.after:
        columns = {join_path("tables", rest[0], "inputs", cell["id"]) for cell in made.change.after["cells"]}
        found |= {c.id for c in undecided if c.change.path in columns}
    if area == "scenarios" and made.change.after is not None:
        found |= _on_the_way(agent, Scenario.model_validate(made.change.after), undecided)
    return found


def _on_the_way(agent: Agent, test: Scenario, undecided: list[ProposedChange]) -> set[str]:
    course = walk(agent, test)
    if course is None:
        return set()
    way = {("workflows", test.workflow, "steps", step) for step in course.steps}
    tables = {("tables", table) for table in course.facts_at}
    found = set()
    for each in undecided:
        parts = split_path(each.change.path)
        if (parts in way or parts[:2] in tables) and not _met_without(agent, test, each.change):
            found.add(each.id)
    return found


def _met_without(agent: Agent, test: Scenario, change: Change) -> bool:
    """Return whether a test ends as it expects also where one change is not made."""
    now = change.model_copy(update={"before": lookup(to_json(agent), change.path), "after": change.before})
    try:
        course = walk(apply(agent, ChangeSet(title=change.path, changes=(now,))), test)
    except (Stale, BrokenInput):
        return False
    return course is not None and meets(test, course)


def _told(proposal: Proposal, touched: list[str], asked: int) -> str:
    before = {c.id for c in proposal.changes}
    every = set(touched)
    new, more = len(every - before), len(every & before)
    parts = [f"{new} new change{'s' * (new != 1)}"] if new else []
    if more:
        parts.append(f"{more} change{'s' * (more != 1)} brought up to date")
    if asked:
        parts.append(f"{asked} new question{'s' * (asked != 1)}")
    return f"CoBuilder completed the proposal: {', '.join(parts)}." if touched else ""


def _since(old: str, new: str) -> str:
    """Return the title of a change that moves on a value, as it is seen from where the first one began."""
    for first, then in re.findall(r"([^();:,→]+) → ([^();:,→]+)", old):
        new = new.replace(f"{then.strip()} → ", f"{first.strip()} → ")
    return new
