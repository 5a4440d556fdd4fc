"""The graph panel: how a workflow is drawn as steps and ways, and which of them show a change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.flow_canvas import FlowStep
from studio.desktop.widgets.flow_drawing import NEW_WAY, FlowDrawing, Kind, Out
from studio.desktop.widgets.flow_items import FlowGroup
from studio.desktop.widgets.flow_layout import Way
from studio.domain.workflow import (
    Ask,
    CallBlock,
    Decide,
    Disclose,
    End,
    Handoff,
    Place,
    Say,
    Step,
    ToolCall,
    Verify,
    Workflow,
    ways_out,
)

FAILS = "if it fails"
FARTHEST = 200_000
"""Pixels from the middle at which a step is drawn at most."""
UNCHOSEN = "no system chosen yet"
KIND_WORDS: dict[str, str] = {
    "ask": "Ask", "verify": "Verify identity", "tool": "Use a system", "decide": "Decide", "say": "Say",
    "disclose": "Disclose", "handoff": "Hand to a person", "end": "End", "call": "Reusable block",
}  # fmt: skip

KINDS = tuple(Kind(kind, words, kind) for kind, words in KIND_WORDS.items())
"""The kinds of steps that can be added."""


def plain(name: str) -> str:
    """Return an id as words."""
    return name.replace("_", " ").replace("-", " ").strip()


def plural(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def subtitle(step: Step) -> str:
    """Return the line below a step's title."""
    if isinstance(step, Ask):
        return ", ".join(plain(slot) for slot in step.slots) or "nothing to ask for yet"
    if isinstance(step, Verify):
        return f"{plain(step.tool) or UNCHOSEN} · {step.tries} tries"
    if isinstance(step, ToolCall):
        return f"{plain(step.tool) or UNCHOSEN}" + (f" · {step.retries} retry" if step.retries == 1 else "")
    if isinstance(step, Decide):
        return f"decision {plain(step.table)}" if step.table else plural(len(step.branches), "way")
    if isinstance(step, Handoff):
        return f"queue {step.queue}" + (" · with summary" if step.context else "")
    if isinstance(step, End):
        return f"outcome: {step.outcome}"
    if isinstance(step, CallBlock):
        return f"block {plain(step.block)}" if step.block else "no block chosen yet"
    if isinstance(step, Disclose):
        return f"rule {step.rule}" if step.rule else "no rule chosen yet"
    return step.text or "nothing to say yet" if isinstance(step, Say) else ""


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


def ways_of(workflow: Workflow) -> list[Way]:
    """Return the ways between the steps; the first way out goes straight on, the others leave at the side."""
    found: list[Way] = []
    for step in workflow.steps:
        straight = True
        for label, target in ways_out(step):
            if target is None:
                continue
            side = label == FAILS or not straight
            found.append(Way(step.id, target, plain(label), side))
            straight = straight and label == FAILS
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


def near(before: Workflow | None, after: Workflow | None, focus: Collection[str]) -> set[str]:
    """Return the steps that show a change: those in focus, one before, the way on, ways that differ."""
    pairs = [
        {(w.source, w.label): w.target for w in ways_of(flow)} if flow else {} for flow in (before, after)
    ]
    wanted = set(focus)
    for ways, other in (pairs, pairs[::-1]):
        for step in focus:
            into = next((source for (source, label), to in ways.items() if to == step and label != FAILS), "")
            onward = next(
                (to for (source, label), to in ways.items() if source == step and label != FAILS), ""
            )
            differ = {to for key, to in ways.items() if key[0] == step and other.get(key) != to}
            wanted |= {each for each in (into, onward, *differ) if each}
    return wanted
