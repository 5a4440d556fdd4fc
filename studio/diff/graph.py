"""Workflow diff: which steps and ways between them came, went, changed or moved.

- A step has changed when what it does differs; where it leads is told by the edges.
- A step has moved when it is the same but stands between other steps. Steps that came or went are
  looked through, so putting a step in between moves nothing.
- A step's place on the canvas is layout, told apart and never a change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from studio.diff.anchors import heaviest_chain
from studio.domain.frozen import Json, to_json
from studio.domain.workflow import Disclose, Say, Step, Workflow, ways_out

Status = Literal["same", "added", "removed", "changed", "moved"]

_NOT_DONE = frozenset({"next", "on_failure", "otherwise", "place", "citations"})
"""Where a step leads, where it is drawn and what demands it; the other fields say what it does."""
_STANDS = 10_000
"""The weight of a step that stays where it is; more than there are steps that tell something."""


@dataclass(frozen=True, slots=True)
class StepDiff:
    """One step in both versions; `fields` names what differs in it, `relaid` its place on the canvas."""

    id: str
    before: Step | None
    after: Step | None
    status: Status
    fields: tuple[str, ...] = ()
    relaid: bool = False

    @property
    def title(self) -> str:
        """Return the step's title, the new one if it has one."""
        step = self.after or self.before
        return step.title if step else ""


@dataclass(frozen=True, slots=True)
class EdgeDiff:
    """One way out of a step: where it led before and leads after; the start has the source ""."""

    source: str
    label: str
    before: str | None
    after: str | None

    @property
    def status(self) -> Status:
        """Return whether the way is the same, came, went, or leads elsewhere."""
        if self.before == self.after:
            return "same"
        return "added" if self.before is None else "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """All steps and edges of both versions, those of the new version first, in its order."""

    steps: tuple[StepDiff, ...]
    edges: tuple[EdgeDiff, ...]

    @property
    def has_meaning(self) -> bool:
        """Return whether anything but layout differs."""
        return any(step.status != "same" for step in self.steps) or any(
            edge.status != "same" for edge in self.edges
        )

    @property
    def only_layout(self) -> bool:
        """Return whether steps were laid out anew and nothing else differs."""
        return not self.has_meaning and any(step.relaid for step in self.steps)

    def step(self, step_id: str) -> StepDiff:
        """Return the step with this id; raises KeyError."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


def diff_workflow(before: Workflow | None, after: Workflow | None) -> GraphDiff:
    """Compare two versions of a workflow; None where there is none."""
    old = {step.id: step for step in before.steps} if before else {}
    new = {step.id: step for step in after.steps} if after else {}
    moved = _moved(before, after) if before and after else set()
    steps = [_step(old.get(name), new.get(name), name in moved) for name in dict.fromkeys([*new, *old])]
    return GraphDiff(tuple(steps), tuple(_edges(before, after)))


def _step(before: Step | None, after: Step | None, moved: bool) -> StepDiff:
    """Compare one step."""
    if before is None or after is None:
        known = after or before
        assert known is not None
        return StepDiff(known.id, before, after, "added" if before is None else "removed")
    left, right = _content(before), _content(after)
    fields = tuple(name for name in dict.fromkeys([*left, *right]) if left.get(name) != right.get(name))
    status: Status = "changed" if fields else "moved" if moved else "same"
    return StepDiff(before.id, before, after, status, fields, before.place != after.place)


def _content(step: Step) -> dict[str, Json]:
    """Return what a step does, without its ways out, its place and its citations."""
    tree = {name: value for name, value in to_json(step).items() if name not in _NOT_DONE}
    if "branches" in tree:
        branches = tree["branches"]
        tree["branches"] = [{k: v for k, v in branch.items() if k != "next"} for branch in branches]
    return tree


def _edges(before: Workflow | None, after: Workflow | None) -> Iterator[EdgeDiff]:
    """Yield every way that leads somewhere in one of the versions."""
    old, new = _ways(before), _ways(after)
    for source, label in dict.fromkeys([*new, *old]):
        yield EdgeDiff(source, label, old.get((source, label)), new.get((source, label)))


def _ways(workflow: Workflow | None) -> dict[tuple[str, str], str]:
    """Return where each way out of each step leads, and the start."""
    if workflow is None:
        return {}
    ways = {("", "start"): workflow.start} if workflow.start else {}
    for step in workflow.steps:
        ways |= {(step.id, label): target for label, target in ways_out(step) if target}
    return ways


def _moved(before: Workflow, after: Workflow) -> set[str]:
    """Return the steps that stand between other steps than before, as few as explain the difference.

    Of two that changed places, the one that only tells something has moved.
    """
    common = {step.id for step in before.steps} & {step.id for step in after.steps}
    old, new = _neighbours(before, common), _neighbours(after, common)
    place = {name: at for at, name in enumerate(_reading_order(after)) if name in common}
    order = _reading_order(before)
    pairs = [(at, place[name]) for at, name in enumerate(order) if name in place and name in common]
    says = {step.id for step in before.steps if isinstance(step, Say | Disclose)}
    weights = [_STANDS - (order[at] in says) for at, _ in pairs]
    still = {order[at] for at, _ in heaviest_chain(pairs, weights)}
    return {
        name
        for name in common - still
        if name in place and old[name][0] != new[name][0] and old[name][1] != new[name][1]
    }


def _targets(workflow: Workflow) -> dict[str, list[str]]:
    """Return the successors of each step, in the order of its ways out."""
    known = {step.id for step in workflow.steps}
    targets = {step.id: [to for _, to in ways_out(step) if to in known and to] for step in workflow.steps}
    return targets | {"": [workflow.start] if workflow.start in known else []}


def _reading_order(workflow: Workflow) -> list[str]:
    """Return the steps as one meets them from the start, the ordinary way first."""
    targets, seen, waiting = _targets(workflow), dict.fromkeys([""]), [""]
    while waiting:
        name = waiting.pop()
        seen[name] = None
        waiting += [to for to in reversed(targets[name]) if to not in seen]
    return list(seen)


def _neighbours(workflow: Workflow, common: set[str]) -> dict[str, tuple[set[str], set[str]]]:
    """Return the nearest common steps before and after each common step, looking through the others."""
    targets = _targets(workflow)
    found: dict[str, tuple[set[str], set[str]]] = {name: (set(), set()) for name in common | {""}}
    for name in found:
        waiting, seen = list(targets[name]), set[str]()
        while waiting:
            to = waiting.pop()
            if to in common:
                found[name][1].add(to)
                found[to][0].add(name)
            elif to not in seen:
                seen.add(to)
                waiting += targets[to]
    return found
