"""Small edits of an agent that fixes are made of; each returns a new agent and proposes nothing."""

from __future__ import annotations

from collections import Counter

from studio.domain.agent import Agent
from studio.domain.changeset import split_path
from studio.domain.condition import Compare, Condition
from studio.domain.workflow import (
    Ask,
    Branch,
    CallBlock,
    Decide,
    Disclose,
    End,
    Handoff,
    Slot,
    Step,
    ToolCall,
    Verify,
    Workflow,
)
from studio.services.authoring.new_steps import USUAL_QUEUE, free_id, free_title
from studio.services.authoring.steps import put_step
from studio.services.authoring.ways import FAILS, redirected, with_way

Spot = tuple[str, str]
"""A workflow and a step."""


def spot_of(path: str) -> Spot | None:
    """Return the workflow and the step that a path is about; None where it is about something else."""
    parts = split_path(path)
    if len(parts) >= 4 and parts[0] == "workflows" and parts[2] == "steps":
        return parts[1], parts[3]
    return None


def with_flow(agent: Agent, flow: Workflow) -> Agent:
    """Return the agent with a workflow in the place of the one with its id."""
    flows = tuple(flow if each.id == flow.id else each for each in agent.workflows)
    return agent.model_copy(update={"workflows": flows})


def with_step(agent: Agent, workflow: str, step: Step) -> Agent:
    """Return the agent with a step in the place of the one with its id."""
    return with_flow(agent, put_step(agent.workflow(workflow), step))


def before(agent: Agent, spot: Spot, new: Step, further: tuple[Step, ...] = ()) -> Agent:
    """Return the agent with new steps in front of one: all ways to it lead to the first of them."""
    flow = agent.workflow(spot[0])
    steps: list[Step] = []
    for step in flow.steps:
        if step.id == spot[1]:
            steps += [new, *further]
        steps.append(redirected(step, lambda to: new.id if to == spot[1] else to))
    start = new.id if flow.start == spot[1] else flow.start
    return with_flow(agent, flow.model_copy(update={"steps": tuple(steps), "start": start}))


def leading(agent: Agent, spot: Spot, label: str, target: str) -> Agent:
    """Return the agent with one way of a step leading elsewhere."""
    step = agent.workflow(spot[0]).step(spot[1])
    if isinstance(step, Verify):
        label = {"verified": "", "not verified": FAILS}.get(label, label)
    return with_step(agent, spot[0], with_way(step, label, target))


def to_person(agent: Agent, workflow: str) -> tuple[Agent, str]:
    """Return the step of a workflow that hands over to a person; one is added where there is none."""
    flow = agent.workflow(workflow)
    handing = {
        each.id
        for each in agent.workflows
        if each.reusable and any(isinstance(s, Handoff) for s in each.steps)
    }
    for step in flow.steps:
        if isinstance(step, CallBlock) and step.block in handing:
            return agent, step.id
    for step in flow.steps:
        if isinstance(step, Handoff):
            return agent, step.id
    queues = Counter(s.queue for each in agent.workflows for s in each.steps if isinstance(s, Handoff))
    title = free_title("Hand to a person", (step.title for step in flow.steps))
    made = Handoff(
        id=free_id(title, (step.id for step in flow.steps)),
        title=title,
        queue=queues.most_common(1)[0][0] if queues else USUAL_QUEUE,
    )
    return with_flow(agent, flow.model_copy(update={"steps": (*flow.steps, made)})), made.id


def refusing_end(agent: Agent, workflow: str) -> str | None:
    """Return an end of a workflow that refuses; None where it has none."""
    steps = agent.workflow(workflow).steps
    return next((s.id for s in steps if isinstance(s, End) and s.outcome == "refused"), None)


def _named(flow: Workflow, title: str) -> tuple[str, str]:
    title = free_title(title, (step.title for step in flow.steps))
    return free_id(title, (step.id for step in flow.steps)), title


def identity_first(agent: Agent, spot: Spot) -> Agent | None:
    """Return the agent with identity verified in front of a step; None where nothing verifies it."""
    flow = agent.workflow(spot[0])
    block = next(
        (f for f in agent.workflows if f.reusable and any(isinstance(s, Verify) for s in f.steps)), None
    )
    agent, person = to_person(agent, spot[0])
    name, title = _named(flow, "Verify identity")
    if block is not None and block.id != flow.id:
        call = CallBlock(id=name, title=title, block=block.id, next=spot[1], on_failure=person)
        return before(agent, spot, call)
    model = next((s for f in agent.workflows for s in f.steps if isinstance(s, Verify)), None)
    if model is None:
        return None
    own = {slot.id for slot in flow.slots}
    slots = {slot.id: slot for f in agent.workflows for slot in f.slots}
    missing = tuple(slots[each] for each in model.slots if each not in own and each in slots)
    agent = with_slots(agent, spot[0], missing)
    update = {"id": name, "title": title, "next": spot[1], "on_failure": person, "place": None}
    return before(agent, spot, model.model_copy(update=update))


def with_slots(agent: Agent, workflow: str, slots: tuple[Slot, ...]) -> Agent:
    """Return the agent with further facts in a workflow."""
    flow = agent.workflow(workflow)
    return with_flow(agent, flow.model_copy(update={"slots": (*flow.slots, *slots)}))


def said_first(agent: Agent, spot: Spot, rule_id: str) -> Agent | None:
    """Return the agent with a disclosure said in front of a step."""
    rule = next((each for each in agent.charter.rules if each.id == rule_id), None)
    if rule is None:
        return None
    said = (
        s for flow in agent.workflows for s in flow.steps if isinstance(s, Disclose) and s.rule == rule_id
    )
    model = next(said, None)
    name, title = _named(agent.workflow(spot[0]), model.title if model else f"Tell: {rule.title}")
    text = model.text if model else rule.text
    return before(agent, spot, Disclose(id=name, title=title, rule=rule_id, text=text, next=spot[1]))


def asked_first(agent: Agent, spot: Spot, fact: str) -> Agent | None:
    """Return the agent with a question for a fact in front of a step; None for what no customer tells."""
    flow = agent.workflow(spot[0])
    slot = next((s for f in (flow, *agent.workflows) for s in f.slots if s.id == fact), None)
    if slot is None:
        return None
    if all(each.id != fact for each in flow.slots):
        agent = with_slots(agent, spot[0], (slot,))
    agent, person = to_person(agent, spot[0])
    name, title = _named(flow, f"Ask: {slot.label or fact.replace('_', ' ')}")
    return before(agent, spot, Ask(id=name, title=title, slots=(fact,), next=spot[1], on_failure=person))


def looked_up_first(agent: Agent, spot: Spot, fact: str) -> Agent | None:
    """Return the agent with the look-up that gives a fact, as it is done elsewhere, in front of a step."""
    own = agent.workflow(spot[0])
    calls = [s for f in (own, *agent.workflows) for s in f.steps if isinstance(s, ToolCall)]
    reading = {tool.name for tool in agent.tools if tool.effect == "read"}
    model = next((s for s in calls if s.tool in reading and any(b.fact == fact for b in s.results)), None)
    if model is None:
        return None
    agent, person = to_person(agent, spot[0])
    name, title = _named(own, model.title)
    update = {"id": name, "title": title, "next": spot[1], "on_failure": person, "place": None}
    return before(agent, spot, model.model_copy(update=update))


def confirmed_first(agent: Agent, spot: Spot) -> Agent:
    """Return the agent with a yes asked, and decided on, in front of a step."""
    flow = agent.workflow(spot[0])
    step = flow.step(spot[1])
    taken = {slot.id for each in agent.workflows for slot in each.slots}
    fact = free_id(f"confirms {step.title}", taken).replace("-", "_")
    prompt = f"Shall I go on: {step.title[:1].lower()}{step.title[1:]}? Please answer yes or no."
    slot = Slot(id=fact, label=f"Agreement: {step.title}", type="yes or no", prompt=prompt)
    agent = with_slots(agent, spot[0], (slot,))
    agent, person = to_person(agent, spot[0])
    ask_id, ask_title = _named(flow, f"Confirm: {step.title}")
    decide_id, decide_title = _named(flow, f"Agreed: {step.title}?")
    ask = Ask(id=ask_id, title=ask_title, slots=(fact,), next=decide_id, on_failure=person)
    yes = Branch(id="yes", when=Compare(field=fact, op="=", value=True), next=spot[1])
    return before(
        agent, spot, ask, (Decide(id=decide_id, title=decide_title, branches=(yes,), otherwise=person),)
    )


def decided_first(agent: Agent, spot: Spot, stopped: Condition) -> Agent:
    """Return the agent with a decision in front of a step that keeps out what would be stopped there."""
    flow = agent.workflow(spot[0])
    step = flow.step(spot[1])
    failing = step.on_failure if isinstance(step, ToolCall | Verify | CallBlock | Ask) else None
    if failing is None:
        agent, failing = to_person(agent, spot[0])
    name, title = _named(flow, f"Allowed: {step.title}?")
    no = Branch(id="no", when=stopped, next=failing)
    return before(agent, spot, Decide(id=name, title=title, branches=(no,), otherwise=spot[1]))
