"""What several wishes of one talk have in common, and who is asked when a customer wants a person.

- A yes or no is an answer in its own matter, and so is a choice that decides a way: no other wish has it.
- Whoever asks for a person comes to the handoff of a reusable block before a special one.
"""

from __future__ import annotations

from studio.domain.agent import Agent
from studio.domain.condition import fields_of
from studio.domain.workflow import CallBlock, Decide, Handoff, Verify, Workflow


def own_answers(agent: Agent) -> frozenset[str]:
    """Return the facts that answer a question of their own matter: yes or no, and choices that decide."""
    steps = [step for flow in agent.workflows for step in flow.steps if isinstance(step, Decide)]
    whens = [branch.when for step in steps if step.table is None for branch in step.branches]
    decided = {name for when in whens if when is not None for name in fields_of(when)}
    slots = [slot for flow in agent.workflows for slot in flow.slots]
    return frozenset(
        slot.id
        for slot in slots
        if slot.type == "yes or no" or (slot.type == "choice" and slot.id in decided)
    )


def identifying(agent: Agent) -> frozenset[str]:
    """Return the facts by which identity is verified."""
    steps = (step for flow in agent.workflows for step in flow.steps)
    return frozenset(name for step in steps if isinstance(step, Verify) for name in step.slots)


def within(flow: Workflow, by_id: dict[str, Workflow]) -> list[Workflow]:
    """Return a workflow and the blocks it calls, however deep, each once."""
    found, waiting = [flow], [flow]
    while waiting:
        for step in waiting.pop().steps:
            block = by_id.get(step.block) if isinstance(step, CallBlock) else None
            if block is not None and not any(block is each for each in found):
                found.append(block)
                waiting.append(block)
    return found


def person_for(agent: Agent, family: list[Workflow]) -> tuple[Workflow, Handoff] | None:
    """Return who takes over when a customer of a workflow (and its blocks) asks for a person, and where."""
    blocks = [each for each in (*family, *agent.workflows) if each.reusable]
    every = (*blocks, *family, *agent.workflows)
    return next(((each, step) for each in every for step in each.steps if isinstance(step, Handoff)), None)
