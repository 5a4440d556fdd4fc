"""Copying steps: a clip holds steps with the facts and decisions they need, and can be put in anywhere.

- Among the copies the ways stay as they were. A way that left the clip is kept when it is duplicated in its
  own workflow, and left open when it is pasted elsewhere.
- What is there already under the same name (a fact, a decision) is used as it is, never replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import Field, ValidationError

from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.frozen import Frozen
from studio.domain.workflow import Ask, Decide, DecisionTable, Place, Slot, Step, Verify, Workflow
from studio.services.authoring.new_steps import free_id, free_title
from studio.services.authoring.steps import flow_of, step_of
from studio.services.authoring.ways import redirected

APART = 40
"""How far from what was copied the copies of placed steps stand."""


class Clip(Frozen):
    """Steps that were copied, with what they need to stand elsewhere."""

    steps: tuple[Step, ...] = Field(min_length=1, max_length=2_000)
    slots: tuple[Slot, ...] = ()
    tables: tuple[DecisionTable, ...] = ()

    @staticmethod
    def read(text: str) -> Clip:
        """Return the clip that was written as JSON; raises BrokenInput."""
        try:
            return Clip.model_validate_json(text)
        except ValidationError as error:
            raise BrokenInput("What was copied are no steps of a workflow.", "Copy steps first.") from error


def copy_steps(agent: Agent, workflow_id: str, step_ids: Collection[str]) -> Clip:
    """Return the steps with the facts they ask for and the decisions they take."""
    flow = flow_of(agent, workflow_id)
    wanted = {step_of(flow, each).id for each in step_ids}
    if not wanted:
        raise WrongUse("No step is chosen.", "Choose the steps to copy.")
    steps = tuple(step for step in flow.steps if step.id in wanted)
    asked = {name for step in steps if isinstance(step, Ask | Verify) for name in step.slots}
    decided = {step.table for step in steps if isinstance(step, Decide)}
    return Clip(
        steps=steps,
        slots=tuple(slot for slot in flow.slots if slot.id in asked),
        tables=tuple(table for table in agent.tables if table.id in decided),
    )


def paste_steps(agent: Agent, workflow_id: str, clip: Clip, at: Place | None = None) -> ChangeSet:
    """Return the change that puts copied steps into a workflow, the first one at a place where given."""
    flow = flow_of(agent, workflow_id)
    new = _renamed(flow, clip.steps, keep_outside=False)
    new = _placed(new, clip.steps, at)
    slots = tuple(slot for slot in clip.slots if slot.id not in {each.id for each in flow.slots})
    tables = tuple(table for table in clip.tables if table.id not in {each.id for each in agent.tables})
    told = f"Paste {_counted(new)} into “{flow.name}”"
    brought = [slot.label or slot.id for slot in slots] + [f"the decision “{t.name}”" for t in tables]
    told += f", with {', '.join(brought)}" if brought else ""
    begins = {} if flow.start in {step.id for step in flow.steps} else {"start": new[0].id}
    flow = flow.model_copy(update={"steps": (*flow.steps, *new), "slots": (*flow.slots, *slots), **begins})
    return _with(agent, flow, told, tables)


def duplicate_steps(agent: Agent, workflow_id: str, step_ids: Collection[str]) -> ChangeSet:
    """Return the change that puts copies beside the steps; they go on where the steps do."""
    flow = flow_of(agent, workflow_id)
    clip = copy_steps(agent, workflow_id, step_ids)
    new = _renamed(flow, clip.steps, keep_outside=True)
    new = _placed(new, clip.steps, None)
    last = max(flow.steps.index(step) for step in clip.steps) + 1
    steps = (*flow.steps[:last], *new, *flow.steps[last:])
    told = f"Duplicate {_counted(clip.steps)}; nothing leads to the copy yet"
    return _with(agent, flow.model_copy(update={"steps": steps}), told, ())


def _renamed(flow: Workflow, steps: tuple[Step, ...], *, keep_outside: bool) -> tuple[Step, ...]:
    """Return copies under ids and titles that are free, their ways among each other kept."""
    taken, titles = [step.id for step in flow.steps], [step.title for step in flow.steps]
    named: dict[str, str] = {}
    found = []
    for step in steps:
        title = free_title(step.title, titles)
        named[step.id] = step.id if step.id not in taken else free_id(title, taken)
        taken.append(named[step.id])
        titles.append(title)
        found.append(step.model_copy(update={"id": named[step.id], "title": title}))

    def where(target: str) -> str | None:
        return named.get(target, target if keep_outside else None)

    return tuple(redirected(step, where) for step in found)


def _placed(new: tuple[Step, ...], old: tuple[Step, ...], at: Place | None) -> tuple[Step, ...]:
    """Return the copies where a person put them: at a place, or a little apart from what was copied."""
    first = next((step.place for step in old if step.place), None)
    if at is None:
        return tuple(_moved(step, APART, APART) for step in new)
    if first is None:
        return (new[0].model_copy(update={"place": at}), *new[1:])
    return tuple(_moved(step, at.x - first.x, at.y - first.y) for step in new)


def _moved(step: Step, x: int, y: int) -> Step:
    if step.place is None:
        return step
    return step.model_copy(update={"place": Place(x=step.place.x + x, y=step.place.y + y)})


def _with(agent: Agent, flow: Workflow, told: str, tables: tuple[DecisionTable, ...]) -> ChangeSet:
    flows = tuple(flow if each.id == flow.id else each for each in agent.workflows)
    after: Mapping[str, object] = {"workflows": flows, "tables": (*agent.tables, *tables)}
    return diff_agents(agent, agent.model_copy(update=dict(after)), told)


def _counted(steps: tuple[Step, ...]) -> str:
    return f"the step “{steps[0].title}”" if len(steps) == 1 else f"{len(steps)} steps"
