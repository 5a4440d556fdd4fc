"""The graph panel: a workflow as steps and ways, alone or before and after, with what changed in colour."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.flow_canvas import FlowCanvas, FlowStep
from studio.desktop.widgets.flow_layout import Way
from studio.desktop.widgets.labels import Elided
from studio.domain.workflow import (
    Ask,
    CallBlock,
    Decide,
    Disclose,
    End,
    Handoff,
    Say,
    Step,
    ToolCall,
    Verify,
    Workflow,
    ways_out,
)

KIND_WORDS: dict[str, str] = {
    "ask": "Ask", "verify": "Verify identity", "tool": "Use a system", "decide": "Decide", "say": "Say",
    "disclose": "Disclose", "handoff": "Hand to a person", "end": "End", "call": "Reusable block",
}  # fmt: skip


def plain(name: str) -> str:
    """Return an id as words."""
    return name.replace("_", " ").replace("-", " ").strip()


def subtitle(step: Step) -> str:
    """Return the line below a step's title."""
    if isinstance(step, Ask):
        return ", ".join(plain(slot) for slot in step.slots)
    if isinstance(step, Verify):
        return f"{plain(step.tool)} · {step.tries} tries"
    if isinstance(step, ToolCall):
        return f"{plain(step.tool)}" + (f" · {step.retries} retry" if step.retries == 1 else "")
    if isinstance(step, Decide):
        return f"decision {plain(step.table)}" if step.table else f"{len(step.branches)} ways"
    if isinstance(step, Handoff):
        return f"queue {step.queue}" + (" · with summary" if step.context else "")
    if isinstance(step, End):
        return f"outcome: {step.outcome}"
    if isinstance(step, CallBlock):
        return f"block {plain(step.block)}"
    if isinstance(step, Disclose):
        return f"rule {step.rule}"
    return step.text if isinstance(step, Say) else ""


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
            side = label == "if it fails" or not straight
            found.append(Way(step.id, target, plain(label), side))
            straight = straight and label == "if it fails"
    return found


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


class GraphPair(QFrame):
    """A workflow before and after, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "box")
        across = QHBoxLayout(self)
        across.setContentsMargins(1, 1, 1, 1)
        across.setSpacing(1)
        self.titles: list[Elided] = []
        self.canvases: list[FlowCanvas] = []
        for name in ("Workflow before", "Workflow after"):
            column = QVBoxLayout()
            column.setSpacing(0)
            bar = QFrame()
            bar.setProperty("role", "box-head")
            line = QHBoxLayout(bar)
            line.setContentsMargins(14, 6, 14, 6)
            title = Elided(name, "pane-title")
            line.addWidget(title, 1)
            canvas = FlowCanvas(name, dotted=False)
            canvas.setMinimumHeight(300)
            column.addWidget(bar)
            column.addWidget(canvas, 1)
            across.addLayout(column, 1)
            self.titles.append(title)
            self.canvases.append(canvas)

    def show_pair(
        self, before: Workflow | None, after: Workflow | None, names: tuple[str, str], focus: str = ""
    ) -> None:
        """Show both versions under these names, the changed steps in colour."""
        tones = changed_steps(before, after)
        for place, workflow in enumerate((before, after)):
            self.titles[place].setText(names[place])
            canvas = self.canvases[place]
            if workflow is None:
                canvas.show_flow([], [])
                continue
            canvas.show_flow(steps_of(workflow, tones[place]), ways_of(workflow))
            if focus:
                canvas.mark(focus)
        highest = max(canvas.height_at_width(max(260, self.width() // 2)) for canvas in self.canvases)
        for canvas in self.canvases:
            canvas.setFixedHeight(max(220, min(460, highest + 24)))
