"""The language-model engine: a document read part by part by a model, its findings checked and merged.

- It gives the same typed findings as the embedded engine, with ids, anchors and fingerprints made alike.
- Whatever the model answers, only findings with a verbatim quote come out; what obeys an order hidden in the
  document comes out flagged, or not at all.
- A part that fails is named and the rest is kept; an answer of the wrong shape is asked for again by halves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.cobuilder.analysis import DECLINED, mark_steps
from studio.cobuilder.models.answer import parse_answer
from studio.cobuilder.models.findings import Found
from studio.cobuilder.models.parts import Part, parts_of
from studio.cobuilder.models.prompt import request_for
from studio.cobuilder.rules.statements import declines
from studio.cobuilder.suspicion.passages import find_suspicions
from studio.domain.finding import Analysis, ModelRun, StepFinding, WorkflowFinding
from studio.domain.model import Content, ModelFailure, ModelReply, ModelRequest
from studio.domain.source import SourceDocument
from studio.domain.statement import Question, Statement
from studio.domain.tool import Tool
from studio.ports import LanguageModel, Progress

DOCUMENTS: tuple[Content, ...] = ("documents",)
REPEATED = "another part had found it already"


def requests_for(
    document: SourceDocument, tools: Sequence[Tool], contents: tuple[Content, ...] = DOCUMENTS
) -> tuple[ModelRequest, ...]:
    """Return what would be asked about a document, for whoever wants to see it first."""
    if declines(document):
        return ()
    return tuple(request_for(document, part, tools, contents) for part in parts_of(document))


def analyze_with_model(
    document: SourceDocument,
    tools: Sequence[Tool],
    model: LanguageModel,
    progress: Progress,
    contents: tuple[Content, ...] = DOCUMENTS,
) -> Analysis:
    """Return everything that one reading by a language model finds; only `Cancelled` is raised."""
    suspicions = find_suspicions(document)
    if declines(document):  # nothing leaves for what is no procedure
        return Analysis(
            statements=(),
            workflows=(),
            questions=(),
            engine=model.name,
            declined=DECLINED,
            suspicions=suspicions,
        )
    reading = _Reading(document, tools, model, contents)
    reading.read(parts_of(document), progress)
    workflows = merged_workflows(reading.workflows)
    statements = mark_steps(document, _numbered(reading.statements), workflows)
    return Analysis(
        statements=statements,
        workflows=workflows,
        questions=_asked(reading.questions),
        engine=model.name,
        suspicions=suspicions,
        run=reading.run(),
    )


@dataclass(slots=True)
class _Reading:
    """One reading while it goes on."""

    document: SourceDocument
    tools: Sequence[Tool]
    model: LanguageModel
    contents: tuple[Content, ...]
    statements: dict[tuple[int, int, str], Statement] = field(default_factory=dict)
    workflows: list[WorkflowFinding] = field(default_factory=list)
    questions: dict[tuple[int, str], Question] = field(default_factory=dict)
    failed: list[tuple[Part, str]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    replies: list[ModelReply] = field(default_factory=list)
    parts: int = 0
    requests: int = 0
    found: int = 0

    def read(self, parts: Sequence[Part], progress: Progress) -> None:
        """Ask about all parts, and about the halves of those whose answer had the wrong shape."""
        self.parts = len(parts)
        again = [half for part, _ in self._ask(parts, progress, last=False) for half in part.halves()]
        if again:
            self.failed += self._ask(again, progress, last=True)

    def _ask(self, parts: Sequence[Part], progress: Progress, *, last: bool) -> list[tuple[Part, str]]:
        """Take the answers; return the parts whose answer had the wrong shape, with the reason."""
        requests = [request_for(self.document, part, self.tools, self.contents) for part in parts]
        self.requests += len(requests)
        unfit: list[tuple[Part, str]] = []
        for part, outcome in zip(parts, self.model.ask(requests, progress), strict=True):
            why = self._take(part, outcome)
            if why is None:
                continue
            broken = isinstance(outcome, ModelReply) or outcome.kind == "broken"
            if broken and (last or part.halves()):
                unfit.append((part, why))
            else:
                self.failed.append((part, why))
        return unfit

    def _take(self, part: Part, outcome: ModelReply | ModelFailure) -> str | None:
        """Take the findings of a reply; return why there are none."""
        if isinstance(outcome, ModelFailure):
            return f"{outcome.sentence} {outcome.advice}".strip()
        self.replies.append(outcome)
        answer = parse_answer(outcome.text)
        if isinstance(answer, str):
            return answer
        found = Found(self.document, part, self.tools)
        found.take(answer)
        self.found += found.found
        self.dropped.update(found.dropped)
        for statement in found.statements:
            key = (statement.start, statement.end, statement.kind.value)
            self._keep(key in self.statements)
            self.statements.setdefault(key, statement)
        for question in found.questions:
            self._keep((question.start, question.category) in self.questions)
            self.questions.setdefault((question.start, question.category), question)
        self.workflows += found.workflows
        return None

    def _keep(self, known: bool) -> None:
        if known:
            self.dropped[REPEATED] += 1

    def run(self) -> ModelRun:
        """Return what the reading came to."""
        costs = [reply.cost for reply in self.replies]
        return ModelRun(
            model=self.model.name,
            destination=self.model.destination,
            parts=self.parts,
            requests=self.requests,
            failed=tuple((part.name, why) for part, why in self.failed),
            unread=tuple(part.span for part, _ in self.failed),
            found=self.found,
            kept=self.found - sum(self.dropped.values()),
            dropped=tuple(sorted(self.dropped.items())),
            input_tokens=sum(reply.input_tokens for reply in self.replies),
            output_tokens=sum(reply.output_tokens for reply in self.replies),
            cost=sum(cost for cost in costs if cost is not None) if costs and None not in costs else None,
            recorded=sum(reply.recorded for reply in self.replies),
        )


def _numbered(statements: dict[tuple[int, int, str], Statement]) -> tuple[Statement, ...]:
    ordered = sorted(statements.values(), key=lambda each: (each.start, each.end, each.kind.value))
    return tuple(each.model_copy(update={"id": f"S-{n:03d}"}) for n, each in enumerate(ordered, 1))


def _asked(questions: dict[tuple[int, str], Question]) -> tuple[Question, ...]:
    ordered = sorted(questions.values(), key=lambda each: (each.start, each.category))
    return tuple(each.model_copy(update={"id": f"Q-{n:02d}"}) for n, each in enumerate(ordered, 1))


def merged_workflows(workflows: Sequence[WorkflowFinding]) -> tuple[WorkflowFinding, ...]:
    """Return the procedures; those that share a step are one, each step once, in the document's order."""
    merged: list[WorkflowFinding] = []
    for flow in workflows:
        spans = {(step.start, step.end) for step in flow.steps}
        at = next(
            (i for i, known in enumerate(merged) if spans & {(s.start, s.end) for s in known.steps}), None
        )
        if at is None:
            merged.append(flow)
            continue
        steps: dict[tuple[int, int, str], StepFinding] = {}
        for step in (*merged[at].steps, *flow.steps):
            steps.setdefault((step.start, step.end, step.kind), step)
        ordered = tuple(sorted(steps.values(), key=lambda step: step.start))
        merged[at] = merged[at].model_copy(update={"steps": ordered})
    return tuple(merged)
