"""Facts of a workflow by hand: a new one with a name of its own, and where one is used.

- Pure: `(agent, …) -> ChangeSet`.
"""

from __future__ import annotations

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, join_path
from studio.domain.known import new_fact_id
from studio.domain.workflow import Slot
from studio.services.authoring.fields import set_field, set_fields

__all__ = ["add_fact", "remove_fact"]


def add_fact(agent: Agent, workflow_id: str, label: str, step_id: str = "") -> ChangeSet:
    """Return the change that adds a fact to a workflow; with a step, that step asks for it at once."""
    fact = Slot(id=new_fact_id(agent, label), label=label.strip())
    sets = [(join_path("workflows", workflow_id, "slots", fact.id), fact)]
    if not step_id:
        return set_field(agent, sets[0][0], fact)
    asked = getattr(agent.workflow(workflow_id).step(step_id), "slots", ())
    path = join_path("workflows", workflow_id, "steps", step_id, "slots")
    return set_fields(agent, [*sets, (path, (*asked, fact.id))])


def remove_fact(agent: Agent, workflow_id: str, fact_id: str) -> ChangeSet:
    """Return the change that removes a fact and no longer asks for it in that workflow."""
    sets: list[tuple[str, object]] = [(join_path("workflows", workflow_id, "slots", fact_id), None)]
    for step in agent.workflow(workflow_id).steps:
        asked = getattr(step, "slots", ())
        if fact_id in asked:
            path = join_path("workflows", workflow_id, "steps", step.id, "slots")
            sets.append((path, tuple(each for each in asked if each != fact_id)))
    return set_fields(agent, sets)
