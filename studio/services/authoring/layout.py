"""Edits of how a workflow is drawn: where steps stand, and the named groups around them.

- Nothing here changes what happens to a customer; a step without a place is laid out by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.errors import WrongUse
from studio.domain.workflow import Place, StepGroup, Workflow
from studio.services.authoring.new_steps import free_id
from studio.services.authoring.steps import flow_of, step_of, with_flow, without


def place_steps(
    agent: Agent, workflow_id: str, places: Mapping[str, Place | None], title: str = ""
) -> ChangeSet:
    """Return the change that puts steps where a person wants them; None lets go of a place."""
    flow = flow_of(agent, workflow_id)
    chosen = [step_of(flow, each) for each in places]
    if not chosen:
        raise WrongUse("No step is chosen.", "Choose the steps to move.")
    steps = tuple(
        step.model_copy(update={"place": places[step.id]}) if step.id in places else step
        for step in flow.steps
    )
    what = f"“{chosen[0].title}”" if len(chosen) == 1 else f"{len(chosen)} steps"
    return with_flow(agent, flow.model_copy(update={"steps": steps}), title or f"Move {what}")


def lay_out_anew(agent: Agent, workflow_id: str, step_ids: Collection[str] = ()) -> ChangeSet:
    """Return the change that lets the steps, or all of them, be laid out by themselves again."""
    flow = flow_of(agent, workflow_id)
    placed = [step for step in flow.steps if step.place and (not step_ids or step.id in step_ids)]
    if not placed:
        raise WrongUse("Every one of these steps is laid out by itself already.")
    what = f"“{placed[0].title}”" if len(placed) == 1 else f"{len(placed)} steps"
    return place_steps(agent, workflow_id, {step.id: None for step in placed}, f"Lay {what} out anew")


def group_steps(agent: Agent, workflow_id: str, step_ids: Collection[str], name: str) -> ChangeSet:
    """Return the change that frames steps under a name; a step stands in one group at most."""
    flow = flow_of(agent, workflow_id)
    chosen = [step_of(flow, each) for each in dict.fromkeys(step_ids)]
    if not chosen or not name.strip():
        raise WrongUse(
            "A group needs at least one step and a name.", "Choose steps, and say what they are together."
        )
    left = without(flow, {step.id for step in chosen}) or ()
    new = StepGroup(
        id=free_id(name, (group.id for group in flow.groups or ())),
        name=name.strip(),
        steps=tuple(step.id for step in flow.steps if step in chosen),
    )
    told = f"Group {len(chosen)} step{'' if len(chosen) == 1 else 's'} as “{new.name}”"
    return with_flow(agent, flow.model_copy(update={"groups": (*left, new)}), told)


def ungroup(agent: Agent, workflow_id: str, group_id: str) -> ChangeSet:
    """Return the change that takes a frame away; its steps stay."""
    flow = flow_of(agent, workflow_id)
    group = _group_of(flow, group_id)
    groups = tuple(each for each in flow.groups or () if each.id != group_id) or None
    return with_flow(agent, flow.model_copy(update={"groups": groups}), f"Ungroup “{group.name}”")


def rename_group(agent: Agent, workflow_id: str, group_id: str, name: str) -> ChangeSet:
    """Return the change that gives a group another name; raises WrongUse for an empty one."""
    flow = flow_of(agent, workflow_id)
    group = _group_of(flow, group_id)
    if not name.strip():
        raise WrongUse("A group needs a name.", "Say what its steps are together.")
    new = group.model_copy(update={"name": name.strip()})
    groups = tuple(new if each.id == group_id else each for each in flow.groups or ())
    told = f"Rename the group “{group.name}” to “{new.name}”"
    return with_flow(agent, flow.model_copy(update={"groups": groups}), told)


def _group_of(flow: Workflow, group_id: str) -> StepGroup:
    found = next((group for group in flow.groups or () if group.id == group_id), None)
    if found is None:
        raise WrongUse(f"“{flow.name}” has no group “{group_id}” any more.", "Choose one that is there.")
    return found
