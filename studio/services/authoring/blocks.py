"""Making a reusable block of chosen steps: they move into a workflow of their own, and a step runs it.

- The customer notices nothing: the same questions, calls and words come in the same order.
- A block is entered at one place and left by at most two: in the ordinary course, and if it fails. Steps for
  which that is not so, or among which the conversation ends, are refused with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.errors import WrongUse
from studio.domain.workflow import Ask, CallBlock, End, Slot, Step, Verify, Workflow, ways_out
from studio.services.authoring.new_steps import free_id
from studio.services.authoring.steps import flow_of, step_of, without
from studio.services.authoring.ways import FAILS, redirected

_DONE, _FAILED = "done", "not-done"


def extract_block(agent: Agent, workflow_id: str, step_ids: Collection[str], name: str) -> ChangeSet:
    """Return the change that makes a reusable block of chosen steps; raises WrongUse where none can be."""
    flow = flow_of(agent, workflow_id)
    chosen = {step_of(flow, each).id: step_of(flow, each) for each in dict.fromkeys(step_ids)}
    name = name.strip()
    if not chosen or not name:
        raise WrongUse("A block needs at least one step and a name.", "Choose steps, and name what they do.")
    onward, failing = _exits(flow, chosen)
    entry = _entry(flow, chosen)
    block_id = free_id(name, (each.id for each in agent.workflows))
    call = CallBlock(
        id=free_id(name, (step.id for step in flow.steps)),
        title=name,
        place=chosen[entry].place,
        block=block_id,
        next=onward,
        on_failure=failing,
    )
    block = _block(flow, chosen, block_id, name, entry, (onward, failing))
    rest = _caller(flow, chosen, entry, call)
    flows = tuple(rest if each.id == flow.id else each for each in agent.workflows)
    after = agent.model_copy(update={"workflows": (*flows, block)})
    count = f"{len(chosen)} step{'' if len(chosen) == 1 else 's'}"
    return diff_agents(agent, after, f"Make {count} of “{flow.name}” the reusable block “{name}”")


def _entry(flow: Workflow, chosen: dict[str, Step]) -> str:
    """Return the one step by which the chosen ones are entered."""
    entered = [flow.start] if flow.start in chosen else []
    for step in flow.steps:
        if step.id not in chosen:
            entered += [target for _, target in ways_out(step) if target in chosen and target]
    found = list(dict.fromkeys(entered))
    if len(found) > 1:
        names = " and ".join(f"“{chosen[each].title}”" for each in found[:2])
        raise WrongUse(
            f"These steps are entered at more than one place: {names}.",
            "Choose steps that begin at one of them.",
        )
    return found[0] if found else next(iter(chosen))


def _exits(flow: Workflow, chosen: dict[str, Step]) -> tuple[str | None, str | None]:
    """Return where the steps lead on in the ordinary course, and if something fails."""
    for step in chosen.values():
        if isinstance(step, End):
            raise WrongUse(
                f"“{step.title}” is an end; inside a block it would only end the block.",
                "Leave it out of the block.",
            )
    left = [(label, target) for step in chosen.values() for label, target in ways_out(step)]
    outside = [(label, target) for label, target in left if target is not None and target not in chosen]
    targets = list(dict.fromkeys(target for _, target in outside))
    if len(targets) > 2:
        raise WrongUse(
            f"These steps lead on to {len(targets)} different places; a block has two: done, and not done.",
            "Choose steps that lead on to two places at most.",
        )
    ordinary = list(dict.fromkeys(target for label, target in outside if label != FAILS))
    failing = [target for target in targets if target not in ordinary]
    onward = ordinary[0] if ordinary else None
    fails = failing[0] if failing else ordinary[1] if len(ordinary) > 1 else None
    return onward, fails


def _block(
    flow: Workflow,
    chosen: dict[str, Step],
    block_id: str,
    name: str,
    entry: str,
    exits: tuple[str | None, str | None],
) -> Workflow:
    taken = list(chosen)
    done, failed = free_id(_DONE, taken), free_id(_FAILED, taken)
    ends = {target: end for target, end in zip(exits, (done, failed), strict=True) if target is not None}

    def where(target: str) -> str | None:
        return target if target in chosen else ends.get(target)

    steps = [redirected(step, where) for step in chosen.values()]
    if exits[0] is not None:
        steps.append(End(id=done, title="Done", outcome="resolved"))
    if exits[1] is not None:
        steps.append(End(id=failed, title="Not done", outcome="refused"))
    return Workflow(
        id=block_id,
        name=name,
        reusable=True,
        slots=tuple(slot for slot in flow.slots if slot.id in set(_asked(chosen.values()))),
        start=entry,
        steps=tuple(steps),
    )


def _caller(flow: Workflow, chosen: dict[str, Step], entry: str, call: CallBlock) -> Workflow:
    """Return the workflow in which one step runs the block where the chosen steps stood."""
    asked = set(_asked(step for step in flow.steps if step.id not in chosen))
    moved = set(_asked(chosen.values())) - asked

    def kept(slot: Slot) -> bool:
        return slot.id not in moved

    steps: list[Step] = []
    for step in flow.steps:
        if step.id == entry:
            steps.append(call)
        elif step.id not in chosen:
            steps.append(redirected(step, lambda target: call.id if target == entry else target))
    return flow.model_copy(
        update={
            "steps": tuple(steps),
            "slots": tuple(slot for slot in flow.slots if kept(slot)),
            "start": call.id if flow.start == entry else flow.start,
            "groups": without(flow, chosen),
        }
    )


def _asked(steps: Collection[Step] | Iterator[Step]) -> Iterator[str]:
    for step in steps:
        if isinstance(step, Ask | Verify):
            yield from step.slots
