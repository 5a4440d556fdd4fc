"""Facts that are added or removed by hand, as wishes: everything that belongs to it is one change.

- A new fact has a name of its own and is asked for at once by the step it was made for.
- A fact that another workflow asks for is the same fact here: it is declared here as it is there.
- A fact that goes is no longer asked for; what else used it is left for the checks to name.
"""

from __future__ import annotations

from collections.abc import Collection

from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.edit import FieldEdit, SetField
from studio.domain.known import new_fact_id
from studio.domain.workflow import Slot, Workflow


def fact_added(agent: Agent, workflow_id: str, label: str, step_id: str = "") -> tuple[str, FieldEdit]:
    """Return the new fact's name and the wish that adds it; with a step, that step asks for it."""
    fact = Slot(id=new_fact_id(agent, label), label=label.strip())
    sets = [SetField(path=join_path("workflows", workflow_id, "slots", fact.id), value=fact)]
    if step_id:
        asked = getattr(agent.workflow(workflow_id).step(step_id), "slots", ())
        path = join_path("workflows", workflow_id, "steps", step_id, "slots")
        sets.append(SetField(path=path, value=(*asked, fact.id)))
    return fact.id, FieldEdit(sets=tuple(sets), title=f"Add the fact “{fact.label}”")


def facts_elsewhere(agent: Agent, flow: Workflow) -> tuple[Slot, ...]:
    """Return the facts that other workflows ask for and this one does not declare, each once."""
    own = {slot.id for slot in flow.slots}
    found: dict[str, Slot] = {}
    for each in agent.workflows:
        for slot in each.slots:
            if slot.id not in own:
                found.setdefault(slot.id, slot)
    return tuple(found.values())


def facts_borrowed(agent: Agent, flow: Workflow, names: Collection[str]) -> tuple[SetField, ...]:
    """Return what declares here those of these facts that so far only other workflows ask for."""
    return tuple(
        SetField(path=join_path("workflows", flow.id, "slots", slot.id), value=slot)
        for slot in facts_elsewhere(agent, flow)
        if slot.id in names
    )


def facts_removed(agent: Agent, workflow_id: str, facts: Collection[str]) -> FieldEdit:
    """Return the wish that removes facts from a workflow and from what its steps ask for."""
    flow = agent.workflow(workflow_id)
    sets = [SetField(path=join_path("workflows", workflow_id, "slots", name)) for name in facts]
    for step in flow.steps:
        asked = getattr(step, "slots", ())
        if any(name in asked for name in facts):
            left = tuple(name for name in asked if name not in facts)
            path = join_path("workflows", workflow_id, "steps", step.id, "slots")
            sets.append(SetField(path=path, value=left))
    named = " and ".join(f"“{slot.label or slot.id}”" for slot in flow.slots if slot.id in facts)
    return FieldEdit(sets=tuple(sets), title=f"Remove the fact{'s' * (len(facts) > 1)} {named}")
