"""Findings: procedures read from a document, before they are compared with an agent."""

from __future__ import annotations

from typing import Literal

from studio.domain.frozen import Frozen
from studio.domain.source import Anchor
from studio.domain.statement import Question, Statement

StepFindingKind = Literal["collect", "tool", "decide", "say", "escalate", "end"]


class StepFinding(Frozen):
    """One step of a procedure as the text tells it; `quote` is verbatim."""

    kind: StepFindingKind
    text: str
    quote: str
    start: int
    end: int
    anchor: Anchor
    tool: str | None = None
    inputs: tuple[str, ...] = ()
    condition: str | None = None
    confidence: float = 0.5


class WorkflowFinding(Frozen):
    """One procedure: a name and its steps in the order in which they are to be done."""

    name: str
    steps: tuple[StepFinding, ...]


class Suspicion(Frozen):
    """A passage that speaks to the reading machine instead of the agent or the customer, or hides itself."""

    category: str
    reason: str
    quote: str
    start: int
    end: int
    anchor: Anchor


class Analysis(Frozen):
    """Everything one reading of a document found.

    - `engine` names who read it; `declined` says why nothing is proposed from it.
    - `suspicions` are flagged to the author; what is proposed from them carries the reason into review.
    """

    statements: tuple[Statement, ...]
    workflows: tuple[WorkflowFinding, ...]
    questions: tuple[Question, ...]
    engine: str = "embedded"
    declined: str | None = None
    suspicions: tuple[Suspicion, ...] = ()

    def warnings(self, start: int, end: int) -> tuple[str, ...]:
        """Return what a reader of a stretch of the document must know first, in sentences."""
        return tuple(
            dict.fromkeys(
                f"The document may be trying to steer the reading machine here. {each.reason}"
                for each in self.suspicions
                if each.start < end and start < each.end
            )
        )
