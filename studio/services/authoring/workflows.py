"""Edits of whole workflows and reusable blocks: new, renamed, duplicated, deleted, and where blocks are used.

- What something else rests on is not deleted under it: the sentence says what stands in the way.
- The tests of a workflow go with it, and the title says how many.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.errors import WrongUse
from studio.domain.workflow import CallBlock, Workflow
from studio.services.authoring.new_steps import free_id, free_title
from studio.services.authoring.steps import flow_of, with_flow


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a reusable block is used."""

    workflow: str
    workflow_name: str
    step: str
    step_title: str


def where_used(agent: Agent, block_id: str) -> tuple[Use, ...]:
    """Return the steps that run a block, in the order of the workflows."""
    return tuple(
        Use(flow.id, flow.name, step.id, step.title)
        for flow in agent.workflows
        for step in flow.steps
        if isinstance(step, CallBlock) and step.block == block_id
    )


def new_workflow(agent: Agent, name: str, *, reusable: bool = False) -> ChangeSet:
    """Return the change that makes an empty workflow, or a reusable block."""
    name = _checked(agent, name)
    made = Workflow(id=free_id(name, (flow.id for flow in agent.workflows)), name=name, reusable=reusable)
    what = "reusable block" if reusable else "workflow"
    after = agent.model_copy(update={"workflows": (*agent.workflows, made)})
    return diff_agents(agent, after, f"Make the {what} “{name}”")


def made_workflow(changeset: ChangeSet) -> str:
    """Return the id of the workflow that a change set makes, or nothing."""
    paths = [change.segments for change in changeset.changes if change.before is None]
    return next((path[1] for path in paths if len(path) == 2 and path[0] == "workflows"), "")


def rename_workflow(agent: Agent, workflow_id: str, name: str) -> ChangeSet:
    """Return the change that gives a workflow another name."""
    flow = flow_of(agent, workflow_id)
    if name.strip() == flow.name:
        raise WrongUse(f"It is called “{flow.name}” already.")
    new = flow.model_copy(update={"name": _checked(agent, name, flow)})
    return with_flow(agent, new, f"Rename the workflow “{flow.name}” to “{new.name}”")


def duplicate_workflow(agent: Agent, workflow_id: str) -> ChangeSet:
    """Return the change that makes a copy of a workflow, without its example phrases and tests."""
    flow = flow_of(agent, workflow_id)
    name = free_title(f"{flow.name} (copy)", (each.name for each in agent.workflows))
    new = flow.model_copy(
        update={"id": free_id(name, (each.id for each in agent.workflows)), "name": name, "examples": ()}
    )
    at = agent.workflows.index(flow) + 1
    flows = (*agent.workflows[:at], new, *agent.workflows[at:])
    after = agent.model_copy(update={"workflows": flows})
    return diff_agents(agent, after, f"Duplicate the workflow “{flow.name}”")


def delete_workflow(agent: Agent, workflow_id: str) -> ChangeSet:
    """Return the change that takes a workflow away with its tests; raises WrongUse where it is needed."""
    flow = flow_of(agent, workflow_id)
    used = [use for use in where_used(agent, flow.id) if use.workflow != flow.id]
    if used:
        names = ", ".join(dict.fromkeys(f"“{use.workflow_name}”" for use in used))
        raise WrongUse(f"“{flow.name}” is used in {names}.", "Take it out there first, then delete it.")
    only = [rule for rule in agent.charter.rules if rule.workflows == (flow.id,)]
    if only:
        raise WrongUse(
            f"{', '.join(rule.id for rule in only)} of the charter holds in “{flow.name}” only, and would "
            "hold everywhere without it.",
            "Give it another scope, or take it out, on the Charter page.",
        )
    tests = [test for test in agent.scenarios if test.workflow == flow.id]
    rules = tuple(
        rule.model_copy(update={"workflows": tuple(each for each in rule.workflows if each != flow.id)})
        for rule in agent.charter.rules
    )
    after = agent.model_copy(
        update={
            "workflows": tuple(each for each in agent.workflows if each.id != flow.id),
            "scenarios": tuple(test for test in agent.scenarios if test not in tests),
            "charter": agent.charter.model_copy(update={"rules": rules}),
        }
    )
    told = f"Delete the workflow “{flow.name}”"
    told += f" with its {len(tests)} test{'' if len(tests) == 1 else 's'}" if tests else ""
    return diff_agents(agent, after, told)


def _checked(agent: Agent, name: str, own: Workflow | None = None) -> str:
    name = name.strip()
    if not name:
        raise WrongUse("A workflow needs a name.", "Say what the customer wants, in a few words.")
    others = {flow.name.casefold() for flow in agent.workflows if flow is not own}
    if name.casefold() in others:
        raise WrongUse(f"There is a workflow “{name}” already.", "Give it another name.")
    return name
