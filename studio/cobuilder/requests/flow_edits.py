"""Editing a workflow's way without breaking it: put a step in, take one out, tell who leads to it.

- Taking a step out leads everything that led to it on to where it led; a step without one way on stays.
- A new step gets a title of its own and an id made of it, and stands where it is reached in the list, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.cobuilder.requests.kinds import Turn
from studio.domain.changeset import join_path
from studio.domain.scenario import ExpectStep
from studio.domain.workflow import Branch, Decide, End, Handoff, Step, Workflow, ways_out


def step_path(flow: str, step: str) -> str:
    """Return the path of a step."""
    return join_path("workflows", flow, "steps", step)


def slug(text: str, taken: set[str]) -> str:
    """Return an id made of words that nothing in `taken` has."""
    base = "-".join(re.findall(r"[a-z0-9]+", text.lower())[:5]) or "step"
    made, number = base, 2
    while made in taken:
        made, number = f"{base}-{number}", number + 1
    return made


def leading_to(flow: Workflow, step_id: str) -> Iterator[Step]:
    """Yield the steps that lead to a step."""
    return (step for step in flow.steps if any(to == step_id for _, to in ways_out(step)))


def redirected(step: Step, old: str, new: str | None) -> Step:
    """Return a step whose every way to `old` leads to `new`."""
    fields: dict[str, object] = {}
    for name in ("next", "on_failure", "otherwise"):
        if getattr(step, name, None) == old:
            fields[name] = new
    if isinstance(step, Decide):
        fields["branches"] = tuple(
            Branch(id=b.id, when=b.when, next=new) if b.next == old else b for b in step.branches
        )
    return step.model_copy(update=fields)


def reroute(turn: Turn, flow_id: str, old: str, new: str | None, title: str, but: str = "") -> None:
    """Lead everything that leads to one step to another."""
    flow = turn.agent.workflow(flow_id)
    for step in leading_to(flow, old):
        if step.id != but:
            turn.sketch.put(
                step_path(flow_id, step.id), redirected(step, old, new), turn.why(title, *step.citations)
            )
    if flow.start == old:
        turn.sketch.put(join_path("workflows", flow_id, "start"), new, turn.why(title))


def way_on(step: Step) -> str | None:
    """Return where a step leads by itself, or None where it has no single way on."""
    return None if isinstance(step, End | Handoff | Decide) else step.next


def drop_step(turn: Turn, flow_id: str, step_id: str, title: str) -> bool:
    """Take a step out and lead on past it; return False where it has no single way on but is led to."""
    flow = turn.agent.workflow(flow_id)
    step = flow.step(step_id)
    on = way_on(step)
    if on is None and (flow.start == step_id or any(leading_to(flow, step_id))):
        return False
    reroute(turn, flow_id, step_id, on, f"“{flow.name}” goes on without “{step.title}”")
    turn.sketch.put(step_path(flow_id, step_id), None, turn.why(title, *step.citations))
    _unexpect(turn, step)
    return True


def insert_after(turn: Turn, flow_id: str, front: str, step: Step, title: str) -> bool:
    """Put a step behind another; return False where that one has no single way on."""
    at = turn.agent.workflow(flow_id).step(front)
    on = way_on(at)
    if on is None:
        return False
    turn.sketch.put(
        step_path(flow_id, step.id), step.model_copy(update={"next": on}), turn.why(title), after=front
    )
    turn.sketch.put(
        step_path(flow_id, front), at.model_copy(update={"next": step.id}), turn.why(title, *at.citations)
    )
    return True


def insert_before(turn: Turn, flow_id: str, behind: str, step: Step, title: str) -> None:
    """Put a step in front of another: whatever led there leads to the new step."""
    flow = turn.agent.workflow(flow_id)
    ids = [each.id for each in flow.steps]
    at = ids.index(behind)
    front = ids[at - 1] if at else ""
    reroute(turn, flow_id, behind, step.id, title, but=step.id)
    made = step.model_copy(update={"next": behind})
    turn.sketch.put(step_path(flow_id, step.id), made, turn.why(title), after=front)


def _reached(flow: Workflow) -> set[str]:
    steps = {step.id: step for step in flow.steps}
    seen: set[str] = set()
    waiting = [flow.start]
    while waiting:
        at = waiting.pop()
        if at in steps and at not in seen:
            seen.add(at)
            waiting += [to for _, to in ways_out(steps[at]) if to]
    return seen


def sweep(turn: Turn) -> tuple[str, ...]:
    """Take out the steps that something led to before and nothing leads to now; return their titles."""
    gone: list[str] = []
    before = {flow.id: _reached(flow) for flow in turn.sketch.base.workflows}
    for flow in turn.agent.workflows:
        lost = before.get(flow.id, set()) - _reached(flow)
        for step in flow.steps:
            if step.id in lost:
                gone.append(step.title)
                why = turn.why(
                    f"Step “{step.title}” of “{flow.name}” goes: nothing leads to it", *step.citations
                )
                turn.sketch.put(step_path(flow.id, step.id), None, why)
                _unexpect(turn, step)
    return tuple(gone)


def _unexpect(turn: Turn, step: Step) -> None:
    """Let no test expect a step that no workflow has any more."""
    if any(s.id == step.id for f in turn.agent.workflows for s in f.steps):
        return
    for test in turn.agent.scenarios:
        kept = tuple(e for e in test.expectations if not (isinstance(e, ExpectStep) and e.step == step.id))
        if kept != test.expectations:
            why = turn.why(f"Test {test.id} no longer expects the step “{step.title}”")
            turn.sketch.edit(join_path("scenarios", test.id), test, why, expectations=kept)
