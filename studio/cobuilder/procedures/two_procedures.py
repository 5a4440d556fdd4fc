"""Procedures as two engines read them: the steps of both, and where one sees a step that the other does not.

- Steps are the same where they share words of the document; then they may differ in what is done, and with
  which system.
- A procedure that only one engine sees is one difference, told at its first step, and not one for each step.
- The embedded engine's procedures stand; those that only the model sees are added, never mixed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.domain.finding import Analysis, Disagreement, StepFinding, WorkflowFinding

_DOES = {
    "collect": "asks for something",
    "tool": "uses a system",
    "decide": "decides",
    "say": "says something",
    "escalate": "hands over to a person",
    "end": "ends",
}


def all_procedures(embedded: Analysis, model: Analysis) -> tuple[WorkflowFinding, ...]:
    """Return the embedded engine's procedures, and those of the model that share no step with them."""
    ours = _steps(embedded.workflows)
    return (*embedded.workflows, *(flow for flow in model.workflows if not _met(flow.steps, ours)))


def step_differences(embedded: Analysis, model: Analysis) -> Iterator[Disagreement]:
    """Yield each step that one engine reads differently, or that it does not see in a procedure both see."""
    ours, theirs = _steps(embedded.workflows), _steps(model.workflows)
    unread = model.run.unread if model.run else ()
    for flow in embedded.workflows:
        read = [s for s in flow.steps if not any(a < s.end and s.start < b for a, b in unread)]
        for step in read if _met(read, theirs) else read[:1]:
            other = _met([step], theirs)
            if not other or not any(_alike(step, each) for each in other):
                yield _difference(step, embedded=step, model=other[0] if other else None)
    for flow in model.workflows:
        for step in flow.steps if _met(flow.steps, ours) else flow.steps[:1]:
            if not _met([step], ours):
                yield _difference(step, embedded=None, model=step)


def _steps(flows: Sequence[WorkflowFinding]) -> tuple[StepFinding, ...]:
    return tuple(step for flow in flows for step in flow.steps)


def _met(steps: Sequence[StepFinding], others: Sequence[StepFinding]) -> list[StepFinding]:
    """Return those of the others that share words with one of the steps."""
    return [other for other in others if any(s.start < other.end and other.start < s.end for s in steps)]


def _alike(one: StepFinding, other: StepFinding) -> bool:
    return one.kind == other.kind and one.tool == other.tool


def _words(step: StepFinding | None) -> str:
    if step is None:
        return ""
    return f"uses {step.tool}" if step.tool else _DOES[step.kind]


def _difference(at: StepFinding, embedded: StepFinding | None, model: StepFinding | None) -> Disagreement:
    return Disagreement(
        quote=at.quote,
        start=at.start,
        end=at.end,
        anchor=at.anchor,
        about="step",
        embedded_step=_words(embedded),
        model_step=_words(model),
    )
