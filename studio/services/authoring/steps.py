"""Edits of the steps of one workflow: add, connect, disconnect, delete, rename, where it begins.

- A step that is put between two others goes on to the second; one that ends nothing follows.
- Deleting joins the ways again where it is clear where they go on; elsewhere they are left open, and the
  title says which.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.errors import WrongUse
from studio.domain.workflow import Decide, End, Handoff, Place, Step, StepGroup, Workflow, ways_out
from studio.services.authoring.new_steps import free_id, new_step
from studio.services.authoring.ways import (
    MAIN,
    free_way,
    new_branch,
    open_ways,
    redirected,
    target_of,
    way_on,
    way_words,
    with_way,
)

NEW_WAY = "+"
"""Stands for a way that a decision does not have yet."""


def flow_of(agent: Agent, workflow_id: str) -> Workflow:
    """Return a workflow; raises WrongUse where there is none."""
    found = next((flow for flow in agent.workflows if flow.id == workflow_id), None)
    if found is None:
        raise WrongUse(f"There is no workflow “{workflow_id}” in the draft.", "Choose one of the list.")
    return found


def step_of(flow: Workflow, step_id: str) -> Step:
    """Return a step; raises WrongUse where there is none."""
    found = next((step for step in flow.steps if step.id == step_id), None)
    if found is None:
        raise WrongUse(f"“{flow.name}” has no step “{step_id}” any more.", "Choose one that is there.")
    return found


def with_flow(agent: Agent, flow: Workflow, title: str) -> ChangeSet:
    """Return the change set that puts this version of a workflow in the place of the present one."""
    flows = tuple(flow if each.id == flow.id else each for each in agent.workflows)
    return diff_agents(agent, agent.model_copy(update={"workflows": flows}), title)


def added_steps(changeset: ChangeSet, workflow_id: str) -> tuple[str, ...]:
    """Return the ids of the steps that a change set adds to a workflow, in order."""
    head = ("workflows", workflow_id, "steps")
    parts = [(change.segments, change) for change in changeset.changes]
    return tuple(
        path[3] for path, change in parts if path[:3] == head and len(path) == 4 and change.before is None
    )


def put_step(flow: Workflow, step: Step) -> Workflow:
    """Return the workflow with a step in the place of the one with its id."""
    return flow.model_copy(
        update={"steps": tuple(step if each.id == step.id else each for each in flow.steps)}
    )


def add_step(
    agent: Agent,
    workflow_id: str,
    kind: str,
    *,
    after: str = "",
    way: str | None = None,
    place: Place | None = None,
    title: str = "",
) -> ChangeSet:
    """Return the change that adds a step: after another one, on one of its ways, or free.

    Without `way` it follows on the first open way, else it goes between the step and what follows;
    a step that ends is only put where a way is open. The first step of all is where the workflow begins.
    """
    flow = flow_of(agent, workflow_id)
    new = new_step(agent, flow, kind, title, place)
    if not after:
        steps = (*flow.steps, new)
        begins = {} if flow.start in {step.id for step in flow.steps} else {"start": new.id}
        told = f"Add the step “{new.title}”"
        return with_flow(agent, flow.model_copy(update={"steps": steps, **begins}), told)
    front = step_of(flow, after)
    label = _way_for(front, new, way)
    told = f"Add the step “{new.title}” after “{front.title}”"
    if label is None:
        steps = _behind(flow.steps, front.id, (new,))
        return with_flow(agent, flow.model_copy(update={"steps": steps}), f"{told}, not connected yet")
    follows = target_of(front, label) if label in dict(ways_out(front)) else None
    new, aside = _leading_on(new, follows, flow)
    flow = put_step(flow, with_way(front, label, new.id))
    steps = _behind(flow.steps, front.id, (new,))
    return with_flow(agent, flow.model_copy(update={"steps": steps}), f"{told}{way_words(label)}{aside}")


def connect(agent: Agent, workflow_id: str, source: str, label: str, target: str) -> ChangeSet:
    """Return the change that leads a way of a step to another step; `NEW_WAY` gives a decision a branch."""
    flow = flow_of(agent, workflow_id)
    step, to = step_of(flow, source), step_of(flow, target)
    if label == NEW_WAY:
        label = _free_branch(agent, step)
    told = f"Connect “{step.title}”{way_words(label)} to “{to.title}”"
    return with_flow(agent, put_step(flow, with_way(step, label, target)), told)


def disconnect(agent: Agent, workflow_id: str, source: str, label: str) -> ChangeSet:
    """Return the change that leaves a way of a step open."""
    flow = flow_of(agent, workflow_id)
    step = step_of(flow, source)
    if target_of(step, label) is None:
        raise WrongUse(f"“{step.title}”{way_words(label)} leads nowhere already.")
    told = f"Leave “{step.title}”{way_words(label)} open"
    return with_flow(agent, put_step(flow, with_way(step, label, None)), told)


def insert_step(
    agent: Agent, workflow_id: str, source: str, label: str, kind: str, place: Place | None = None
) -> ChangeSet:
    """Return the change that puts a new step on the line between two others."""
    return add_step(agent, workflow_id, kind, after=source, way=label, place=place)


def rename_step(agent: Agent, workflow_id: str, step_id: str, title: str) -> ChangeSet:
    """Return the change that gives a step another title; raises WrongUse for an empty one."""
    flow = flow_of(agent, workflow_id)
    step = step_of(flow, step_id)
    if not title.strip():
        raise WrongUse("A step needs a title.", "Write what it does in a few words.")
    new = step.model_copy(update={"title": title.strip()})
    return with_flow(agent, put_step(flow, new), f"Rename the step “{step.title}” to “{new.title}”")


def begin_at(agent: Agent, workflow_id: str, step_id: str) -> ChangeSet:
    """Return the change that lets a workflow begin at a step."""
    flow = flow_of(agent, workflow_id)
    step = step_of(flow, step_id)
    told = f"Let “{flow.name}” begin at “{step.title}”"
    return with_flow(agent, flow.model_copy(update={"start": step.id}), told)


def move_in_flow(agent: Agent, workflow_id: str, step_id: str, by: int) -> ChangeSet:
    """Return the change that lets a step come one earlier (`by` below 0) or one later in its course."""
    flow = flow_of(agent, workflow_id)
    step = step_of(flow, step_id)
    if by > 0:
        later = dict(ways_out(step)).get(MAIN)
        if later is None:
            raise WrongUse(f"Nothing follows “{step.title}” that it could change places with.")
        step = step_of(flow, later)
    front, label = _in_front(flow, step)
    if MAIN not in dict(ways_out(step)):
        raise WrongUse(
            f"“{step.title}” goes on in more than one way, or ends.", "Connect it by hand where it belongs."
        )
    behind = dict(ways_out(step))[MAIN]
    swapped: dict[str, Step] = {}
    for each in flow.steps:
        if each.id not in (step.id, front.id):
            each = redirected(each, lambda target: step.id if target == front.id else target)
        swapped[each.id] = each
    swapped[step.id] = with_way(step, MAIN, front.id)
    swapped[front.id] = with_way(front, label, behind if behind != front.id else step.id)
    order = [each.id for each in flow.steps if each.id != step.id]
    order.insert(order.index(front.id), step.id)
    start = step.id if flow.start == front.id else flow.start
    new = flow.model_copy(update={"steps": tuple(swapped[each] for each in order), "start": start})
    return with_flow(agent, new, f"Let “{step.title}” come before “{front.title}”")


def _in_front(flow: Workflow, step: Step) -> tuple[Step, str]:
    """Return the one step from which a step is reached, and by which way."""
    found = [(each, label) for each in flow.steps for label, to in ways_out(each) if to == step.id]
    found = [(each, label) for each, label in found if each.id != step.id]
    if len(found) != 1:
        why = "is reached from more than one step" if found else "stands at the beginning"
        raise WrongUse(f"“{step.title}” {why}.", "Connect it by hand where it belongs.")
    return found[0]


def delete_steps(agent: Agent, workflow_id: str, step_ids: Collection[str]) -> ChangeSet:
    """Return the change that takes steps away and joins the ways around them where that is clear."""
    flow = flow_of(agent, workflow_id)
    gone = {step_of(flow, each).id: step_of(flow, each) for each in dict.fromkeys(step_ids)}
    if not gone:
        raise WrongUse("No step is chosen.", "Choose the steps to delete.")
    joined: list[str] = []
    left: list[str] = []
    titles = {step.id: step.title for step in flow.steps}
    kept = []
    for step in flow.steps:
        if step.id in gone:
            continue
        for label, target in tuple(ways_out(step)):
            if target in gone:
                on = _beyond(target, gone, step.id, titles)
                step = with_way(step, label, on)
                said = f"“{step.title}”{way_words(label)}"
                joined += [f"{said} now goes on to “{titles[on]}”"] if on else []
                left += [] if on else [said]
        kept.append(step)
    start = flow.start if flow.start not in gone else _beyond(flow.start, gone, "", titles) or ""
    flow = flow.model_copy(update={"steps": tuple(kept), "start": start, "groups": without(flow, gone)})
    return with_flow(agent, flow, _deleted(list(gone.values()), joined, left))


def without(flow: Workflow, gone: Collection[str]) -> tuple[StepGroup, ...] | None:
    """Return the groups of a workflow without some steps; a group without steps goes, too."""
    groups = tuple(
        group.model_copy(update={"steps": tuple(each for each in group.steps if each not in gone)})
        for group in flow.groups or ()
    )
    return tuple(group for group in groups if group.steps) or None


def _deleted(gone: Sequence[Step], joined: Sequence[str], left: Sequence[str]) -> str:
    told = f"Delete the step “{gone[0].title}”" if len(gone) == 1 else f"Delete {len(gone)} steps"
    parts = [*joined[:2], *([f"{len(joined) - 2} more ways were joined"] if len(joined) > 2 else [])]
    if left:
        more = f" and {len(left) - 2} more" if len(left) > 2 else ""
        parts.append(f"{', '.join(left[:2])}{more} {'is' if len(left) == 1 else 'are'} left open")
    return "; ".join([told, *parts])


def _beyond(target: str | None, gone: dict[str, Step], source: str, titles: dict[str, str]) -> str | None:
    """Return the first step that stays on the way on from one that goes; None where none is clear."""
    seen: set[str] = set()
    while target in gone:
        if target in seen:
            return None
        seen.add(target)
        target = way_on(gone[target])
    return target if target != source and target in titles else None


def _way_for(front: Step, new: Step, way: str | None) -> str | None:
    """Return on which way of a step a new one follows; None: on none, for what ends cuts no way off."""
    if way == NEW_WAY and isinstance(front, Decide):
        return new_branch(front)
    if way is not None:
        return way
    if isinstance(new, End | Handoff):
        return next(iter(open_ways(front)), None)
    return free_way(front)


def _leading_on(new: Step, follows: str | None, flow: Workflow) -> tuple[Step, str]:
    """Return the new step going on to what followed, and what is to be said where it cannot."""
    if follows is None:
        return new, ""
    titles = {step.id: step.title for step in flow.steps}
    if isinstance(new, End | Handoff):
        return new, f"; it no longer goes on to “{titles.get(follows, follows)}”"
    label = MAIN if not isinstance(new, Decide) else (open_ways(new) or ("otherwise",))[0]
    return with_way(new, label, follows), ""


def _behind(steps: Sequence[Step], front: str, new: Sequence[Step]) -> tuple[Step, ...]:
    at = next(number for number, step in enumerate(steps) if step.id == front) + 1
    return (*steps[:at], *new, *steps[at:])


def _free_branch(agent: Agent, step: Step) -> str:
    """Return a name for another branch: an answer of the table that has none yet, or a new one."""
    if not isinstance(step, Decide):
        raise WrongUse(f"“{step.title}” has no further way out.", "Only a decision can get another one.")
    table = next((each for each in agent.tables if each.id == step.table), None)
    there = {branch.id for branch in step.branches}
    answers = [row.then for row in table.rows if row.then not in there] if table else []
    return answers[0] if answers else new_branch(step)


__all__ = [
    "NEW_WAY", "add_step", "added_steps", "begin_at", "connect", "delete_steps", "disconnect", "flow_of",
    "free_id", "insert_step", "move_in_flow", "put_step", "redirected", "rename_step", "step_of", "with_flow",
]  # fmt: skip
