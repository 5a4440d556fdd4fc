"""The flow picture: a workflow before and after as one drawing, for a page or a sheet of paper.

- No Qt: boxes and lines with their places, the same in the window, in a web page and in print.
- Every step of both versions stands in one common layout; what went is kept among what is there.
- Each box and line carries its status; what did not change is faint, unless it is asked for by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from studio.diff.flow_layout import Layout, Point, Sizes, Way, lay_out_flow
from studio.diff.graph import GraphDiff, Status, diff_workflow
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

FAILS = "if it fails"
UNCHOSEN = "no system chosen yet"
KIND_WORDS: dict[str, str] = {
    "ask": "Ask", "verify": "Verify identity", "tool": "Use a system", "decide": "Decide", "say": "Say",
    "disclose": "Disclose", "handoff": "Hand to a person", "end": "End", "call": "Reusable block",
}  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Box:
    """One step as it is drawn: its place, what it is called, how it differs."""

    id: str
    kind: str
    title: str
    subtitle: str
    status: Status
    dim: bool
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Course:
    """One way as it is drawn: the corners of its line and its label; `status` is same, added or removed."""

    points: tuple[Point, ...]
    label: str
    label_at: Point
    label_right: bool
    status: Status
    dim: bool


@dataclass(frozen=True, slots=True)
class FlowPicture:
    """A whole drawing from (0, 0); `differ` says in words what differs, step by step; `left_out` counts."""

    name: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    courses: tuple[Course, ...]
    differ: tuple[tuple[Status, str], ...]
    left_out: int = 0


_SIZES = Sizes(190, 84)
_MARGIN = 10.0
_STATUS = {
    "added": "is new", "removed": "is taken away", "changed": "does something else",
    "moved": "stands between other steps",
}  # fmt: skip


def picture_of(
    before: Workflow | None,
    after: Workflow | None,
    focus: Collection[str] = (),
    details: Mapping[str, str] | None = None,
) -> FlowPicture | None:
    """Return the drawing of both versions, or None where nothing is to be drawn.

    With `focus` only the part around these steps is drawn; `details` say what changed in each step.
    """
    found = diff_workflow(before, after)
    known = after or before
    if known is None or not found.steps:
        return None
    every = {step.id for step in found.steps}
    wanted = (near(before, after, focus) & every) if focus else every
    if not wanted:
        return None
    order = [step.id for flow in (after, before) if flow for step in _start_first(flow)]
    nodes = [name for name in dict.fromkeys(order) if name in wanted]
    layout = lay_out_flow(nodes, _both_ways(before, after, wanted, found), _SIZES)
    boxes = _boxes(nodes, layout, found, focus)
    return _at_origin(known.name, boxes, _courses(layout), _differ(found, wanted, details), every - wanted)


def _start_first(flow: Workflow) -> list[Step]:
    return sorted(flow.steps, key=lambda step: step.id != flow.start)


def _both_ways(
    before: Workflow | None, after: Workflow | None, wanted: Collection[str], found: GraphDiff
) -> list[Way]:
    """Return the ways of both versions; one that came or went says so."""
    old, new = (
        {(way.source, way.label, way.target): way for way in ways_of(flow)} if flow else {}
        for flow in (before, after)
    )
    differ = {step.id for step in found.steps if step.status != "same"}
    ways = []
    for key in dict.fromkeys([*new, *old]):
        way = new.get(key) or old[key]
        if way.source in wanted and way.target in wanted:
            tone = "" if key in new and key in old else "add" if key in new else "del"
            dim = not tone and not {way.source, way.target} & differ
            ways.append(Way(way.source, way.target, way.label, way.side, tone=tone, dim=dim))
    return ways


def _boxes(nodes: list[str], layout: Layout, found: GraphDiff, focus: Collection[str]) -> list[Box]:
    boxes = []
    for name in nodes:
        diff = found.step(name)
        step = diff.after or diff.before
        assert step is not None
        x, y = layout.places[name]
        dim = diff.status == "same" and name not in focus
        below = subtitle(step)
        boxes.append(
            Box(name, KIND_WORDS[step.kind], step.title, below, diff.status, dim, x, y, _SIZES.step,
                layout.heights[name])
        )  # fmt: skip
    return boxes


def _courses(layout: Layout) -> list[Course]:
    """Return the ways in the order in which they are drawn: what came is never hidden under what went."""
    status: dict[str, Status] = {"": "same", "add": "added", "del": "removed"}
    order = ("del", "", "add")
    return [
        Course(
            line.points, line.way.label, line.label_at, line.label_right, status[line.way.tone], line.way.dim
        )
        for line in sorted(layout.lines, key=lambda line: order.index(line.way.tone))
    ]


def _differ(
    found: GraphDiff, wanted: Collection[str], details: Mapping[str, str] | None
) -> tuple[tuple[Status, str], ...]:
    """Return what differs, as it is met."""
    said = details or {}
    return tuple(
        (step.status, said.get(step.id) or f"“{step.title}” {_STATUS[step.status]}")
        for step in found.steps
        if step.status != "same" and step.id in wanted
    )


def _at_origin(
    name: str,
    boxes: list[Box],
    courses: list[Course],
    differ: tuple[tuple[Status, str], ...],
    left_out: Collection[str],
) -> FlowPicture:
    """Return the drawing moved so that all of it, labels included, lies right of and below (0, 0)."""
    across = [x for box in boxes for x in (box.x, box.x + box.width)]
    down = [y for box in boxes for y in (box.y, box.y + box.height)]
    for course in courses:
        across += [x for x, _ in course.points]
        down += [y for _, y in course.points]
        if course.label:
            room = -_SIZES.label if course.label_right else _SIZES.label
            across += [course.label_at[0], course.label_at[0] + room]
    left, top = min(across) - _MARGIN, min(down) - _MARGIN
    return FlowPicture(
        name,
        max(across) - left + _MARGIN,
        max(down) - top + _MARGIN,
        tuple(
            Box(b.id, b.kind, b.title, b.subtitle, b.status, b.dim, b.x - left, b.y - top, b.width, b.height)
            for b in boxes
        ),
        tuple(
            Course(
                tuple((x - left, y - top) for x, y in c.points),
                c.label,
                (c.label_at[0] - left, c.label_at[1] - top),
                c.label_right,
                c.status,
                c.dim,
            )
            for c in courses
        ),
        differ,
        len(left_out),
    )
