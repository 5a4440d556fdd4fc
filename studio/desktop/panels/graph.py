"""The graph panel: how a workflow is drawn as steps and ways, and which of them show a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.flow_canvas import FlowStep
from studio.desktop.widgets.flow_drawing import NEW_WAY, FlowDrawing, Kind, Out
from studio.desktop.widgets.flow_items import FlowGroup
from studio.diff.flow_picture import FAILS
from studio.diff.flow_picture import KIND_WORDS as KIND_WORDS
from studio.diff.flow_picture import near as near
from studio.diff.flow_picture import plain as plain
from studio.diff.flow_picture import plural as plural
from studio.diff.flow_picture import subtitle as subtitle
from studio.diff.flow_picture import ways_of as ways_of
from studio.domain.workflow import (
    Decide,
    Handoff,
    Place,
    Step,
    Workflow,
    ways_out,
)

FARTHEST = 200_000
"""Pixels from the middle at which a step is drawn at most."""

KINDS = tuple(Kind(kind, words, kind) for kind, words in KIND_WORDS.items())
"""The kinds of steps that can be added."""


def steps_of(workflow: Workflow, tones: Mapping[str, Tone] | None = None) -> list[FlowStep]:
    """Return the steps as they are drawn, the start first."""
    found = []
    for step in sorted(workflow.steps, key=lambda s: s.id != workflow.start):
        tone = (tones or {}).get(step.id, "")
        what = {"add": "added", "del": "removed", "chg": "changed", "mov": "moved"}.get(tone, "")
        words = ". ".join(
            part for part in (f"{KIND_WORDS[step.kind]}: {step.title}", subtitle(step), what) if part
        )
        found.append(FlowStep(step.id, step.kind, step.title, subtitle(step), tone, words))
    return found


def outs_of(step: Step) -> tuple[Out, ...]:
    """Return the ways out of a step as they are drawn: the first goes straight on, the others at the side."""
    found: list[Out] = []
    for label, target in ways_out(step):
        side = label == FAILS or any(not out.side for out in found)
        found.append(Out(label, plain(label), target or "", side))
    if isinstance(step, Handoff) and not found:
        found.append(Out(FAILS, "if nobody takes over", "", True, needed=False))
    if isinstance(step, Decide):
        found.append(Out(NEW_WAY, "a new way out", "", True, needed=False))
    return tuple(found)


def _within(place: Place) -> tuple[int, int]:
    """Return where a step is drawn: where it was put, but never beyond what a canvas can show."""
    return max(-FARTHEST, min(FARTHEST, place.x)), max(-FARTHEST, min(FARTHEST, place.y))


def drawing_of(workflow: Workflow, tones: Mapping[str, Tone] | None = None) -> FlowDrawing:
    """Return a workflow as it is drawn for editing."""
    steps = steps_of(workflow, tones)
    return FlowDrawing(
        steps=tuple(
            replace(step, begins=True, words=f"{step.words}. The workflow begins here.")
            if step.id == workflow.start
            else step
            for step in steps
        ),
        outs={step.id: outs_of(step) for step in workflow.steps},
        groups=tuple(FlowGroup(group.id, group.name, group.steps) for group in workflow.groups or ()),
        placed={step.id: _within(step.place) for step in workflow.steps if step.place},
    )


def changed_steps(before: Workflow | None, after: Workflow | None) -> tuple[dict[str, Tone], dict[str, Tone]]:
    """Return which steps of both versions differ, and how."""
    was = {step.id: step for step in before.steps} if before else {}
    now = {step.id: step for step in after.steps} if after else {}
    left: dict[str, Tone] = {step_id: "del" for step_id in was if step_id not in now}
    right: dict[str, Tone] = {step_id: "add" for step_id in now if step_id not in was}
    for step_id in was.keys() & now.keys():
        same = was[step_id].model_copy(update={"place": None, "citations": ()})
        if same != now[step_id].model_copy(update={"place": None, "citations": ()}):
            left[step_id] = right[step_id] = "chg"
    return left, right
