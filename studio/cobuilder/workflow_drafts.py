"""New workflows: a procedure of a document for which the agent has systems, but no workflow yet.

- A procedure counts as new when it uses a system that no workflow calls and its words meet no step.
- Facts that its systems need are asked first; identity comes before anything that may need it; every
  failure hands over to a person. What cannot be drafted (a condition on no known fact, words that the
  document does not give) is left out and asked.
- A draft that would break a check is not proposed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studio.checks.all import run_checks
from studio.cobuilder.desk import Desk, cite
from studio.cobuilder.drafting import Why
from studio.cobuilder.drafting_new import next_id
from studio.cobuilder.known_facts import conditions_in, facts_of, is_amount
from studio.cobuilder.limit_scenarios import scenario_path
from studio.cobuilder.matching import MATCH, topic
from studio.cobuilder.ordering_drafts import free_id, told
from studio.cobuilder.rehearsal import meets, walk
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.condition import Scalar
from studio.domain.finding import StepFinding, WorkflowFinding
from studio.domain.frozen import Json
from studio.domain.scenario import ExpectCall, ExpectOutcome, Fact, Scenario, SystemReply
from studio.domain.source import Citation
from studio.domain.statement import Statement
from studio.domain.tool import Tool
from studio.domain.workflow import (
    Argument,
    Ask,
    Binding,
    Branch,
    CallBlock,
    Decide,
    End,
    Handoff,
    Say,
    Slot,
    SlotType,
    Step,
    ToolCall,
    Verify,
    Workflow,
)

_QUEUE = re.compile(r"\bto (?:the |our )?(?P<queue>[A-Z][\w&-]*(?: (?:[A-Z][\w&-]*|team|desk|department))*)")
_EXAMPLE: dict[str, Scalar] = {
    "number": 1,
    "money": 10,
    "date": "2026-03-02",
    "email": "ada.finch@mail.example",
    "phone": "+44 20 7946 0000",
    "yes or no": True,
}


def add_workflows(desk: Desk) -> None:
    """Draft a workflow, with a scenario, for every procedure that is new to the agent."""
    for finding in desk.analysis.workflows:
        if is_new(desk, finding):
            _add(desk, finding)


def told_there(desk: Desk, statement: Statement) -> bool:
    """Return whether a statement is an unconditional step of a procedure that becomes a workflow."""
    return statement.is_step and any(
        step.condition is None and step.start < statement.end and statement.start < step.end
        for finding in desk.analysis.workflows
        if is_new(desk, finding)
        for step in finding.steps
    )


def is_new(desk: Desk, finding: WorkflowFinding) -> bool:
    """Return whether the agent has a system for a procedure, but neither workflow nor words for it."""
    called = {s.tool for f in desk.agent.workflows for s in f.steps if isinstance(s, ToolCall | Verify)}
    known = {tool.name for tool in desk.agent.tools}
    fresh = {step.tool for step in finding.steps if step.kind == "tool" and step.tool in known} - called
    if not fresh or len(finding.steps) < 2:
        return False
    told_before = sum(
        max((desk.weights.likeness(t.text, step.quote) for t in desk.targets), default=0.0) >= MATCH
        for step in finding.steps
    )
    return told_before * 3 <= len(finding.steps)


@dataclass(slots=True)
class _Draft:
    """A workflow while it is drafted: its steps in order, what is known by then, what was left out."""

    desk: Desk
    finding: WorkflowFinding
    steps: list[Step] = field(default_factory=list)
    slots: dict[str, Slot] = field(default_factory=dict)
    facts: set[str] = field(default_factory=set)

    def cite(self, step: StepFinding) -> tuple[Citation, ...]:
        return (cite(self.desk.source, step.quote, step.start, step.end, step.anchor),)

    def free(self, words: str) -> str:
        return free_id(
            " ".join(words.split()[:5]), {step.id for step in self.steps} | {"hand-over", "handed-over"}
        )


def _add(desk: Desk, finding: WorkflowFinding) -> None:
    draft = _Draft(desk, finding)
    _identity(draft)
    _ask_first(draft)
    for step in finding.steps:
        _draft_step(draft, step)
    if not any(isinstance(step, ToolCall) for step in draft.steps):
        return
    flow = _chained(draft)
    scenario = _scenario(desk, flow, draft)
    path = join_path("workflows", flow.id)
    cited = draft.cite(finding.steps[0])
    why = Why(
        f"New workflow “{flow.name}”",
        f"{desk.source.name} describes it, the agent has the systems for it, and no workflow does it yet.",
        cited,
        0.55,
    )
    before = {result.id for result in run_checks(desk.sketch.agent) if result.status == "broken"}
    trial = desk.sketch.agent.model_copy(update={"workflows": (*desk.sketch.agent.workflows, flow)})
    if any(result.status == "broken" and result.id not in before for result in run_checks(trial)):
        desk.ask(
            f"How does “{flow.name}” go, step by step? The document does not give a whole workflow.",
            "A draft of it would not pass the checks.",
            "procedure",
            cited[0],
        )
        return
    desk.sketch.put(path, flow, why)
    course = walk(desk.sketch.agent, scenario)
    if course is not None and meets(scenario, course):
        tested = Why(
            f"New scenario {scenario.id} {scenario.title}", "It walks the new workflow once.", cited, 0.55
        )
        desk.sketch.needs(desk.sketch.put(scenario_path(scenario.id), scenario, tested), path)


def _verifying(agent: Agent) -> set[str]:
    """Return the systems that verify identity; the block for it calls them."""
    return {step.tool for flow in agent.workflows for step in flow.steps if isinstance(step, Verify)}


def _tools(draft: _Draft) -> list[Tool]:
    agent = draft.desk.agent
    named = {tool.name: tool for tool in agent.tools if tool.name not in _verifying(agent)}
    return [named[s.tool] for s in draft.finding.steps if s.kind == "tool" and s.tool in named]


def _identity(draft: _Draft) -> None:
    """Begin with the block that verifies identity, where a system may need it and there is one."""
    agent = draft.desk.agent
    block = next(
        (f for f in agent.workflows if f.reusable and any(isinstance(s, Verify) for s in f.steps)), None
    )
    tools = _tools(draft)
    guarded = {
        t
        for rule in agent.charter.rules
        if rule.guard and rule.guard.needs_identity
        for t in rule.guard.tools
    }
    if block is None or not any(tool.effect == "write" or tool.name in guarded for tool in tools):
        return
    draft.steps.append(CallBlock(id="identity", title=block.name, block=block.id, on_failure="hand-over"))
    draft.facts |= {slot.id for slot in block.slots}
    draft.slots |= {slot.id: slot for slot in block.slots}


def _ask_first(draft: _Draft) -> None:
    """Ask for everything the systems need that neither the block nor another system gives."""
    given: set[str] = set(draft.facts)
    wanted: list[str] = []
    for tool in _tools(draft):
        for name in tool.required_arguments:
            if name not in given and name not in wanted:
                wanted.append(name)
                draft.slots[name] = _slot(draft.desk.agent, tool, name)
        given |= set(tool.result_names)
    if wanted:
        draft.steps.append(
            Ask(id="ask", title="Ask for what is needed", slots=tuple(wanted), on_failure="hand-over")
        )
        draft.facts |= set(wanted)


def _slot(agent: Agent, tool: Tool, name: str) -> Slot:
    known = next((slot for flow in agent.workflows for slot in flow.slots if slot.id == name), None)
    if known is not None:
        return known
    schema: dict[str, Json] = tool.parameters.get("properties", {}).get(name, {})
    words = name.replace("_", " ")
    label = words[:1].upper() + words[1:]
    choices = tuple(str(each) for each in schema.get("enum", ()))
    return Slot(
        id=name,
        label=label,
        type=_type(name, schema),
        prompt=f"What is the {words}?",
        choices=choices,
        example=choices[0] if choices else "",
    )


def _type(name: str, schema: dict[str, Json]) -> SlotType:
    if schema.get("enum"):
        return "choice"
    if schema.get("type") in ("integer", "number"):
        return "money" if is_amount(name) else "number"
    if schema.get("type") == "boolean":
        return "yes or no"
    formats: dict[str, SlotType] = {"date": "date", "email": "email"}
    return formats.get(str(schema.get("format", "")), "email" if name == "email" else "text")


def _draft_step(draft: _Draft, found: StepFinding) -> None:
    step = _drafted(draft, found)
    if step is None:
        return
    if found.condition is None:
        draft.steps.append(step)
        return
    flow = Workflow(id="draft", name="draft", slots=tuple(draft.slots.values()), steps=tuple(draft.steps))
    tests = conditions_in(found.condition, facts_of(draft.desk.agent, flow))
    if not tests:
        _leave_open(draft, found, f"How does the agent know whether “{found.condition}”?")
        return
    decision = Decide(
        id=draft.free(f"if {found.condition}"),
        title=f"{found.condition[:1].upper()}{found.condition[1:]}?",
        branches=(Branch(id="yes", when=tests[0][1], next=step.id),),
        citations=draft.cite(found),
    )
    draft.steps += [decision, step]


def _drafted(draft: _Draft, found: StepFinding) -> Step | None:
    """Return the step of a finding, or None where it needs none or cannot be drafted."""
    title = found.text.strip().rstrip(".")
    title = title[:1].upper() + title[1:]
    if found.kind == "tool":
        tool = next((each for each in draft.desk.agent.tools if each.name == found.tool), None)
        if tool is not None and tool.name in _verifying(draft.desk.agent):
            return None
        if tool is None:
            _leave_open(draft, found, f"Which system does “{title}”?")
            return None
        draft.facts |= set(tool.result_names)
        return ToolCall(
            id=draft.free(title),
            title=title,
            tool=tool.name,
            arguments=tuple(Argument(name=name, fact=name) for name in tool.required_arguments),
            results=tuple(Binding(result=name, fact=name) for name in tool.result_names),
            on_failure="hand-over",
            citations=draft.cite(found),
        )
    if found.kind == "escalate":
        queue = _QUEUE.search(found.text)
        context = tuple(sorted(draft.facts & set(draft.slots)))
        return Handoff(
            id=draft.free(title),
            title=title,
            queue=queue["queue"] if queue else _queue(draft.desk.agent),
            say="I am handing you over to a colleague now.",
            context=context,
            citations=draft.cite(found),
        )
    if found.kind == "say":
        text = told(found.text)
        if topic(text) == topic(found.text):
            _leave_open(draft, found, f"What exactly shall the agent say at “{title}”?")
            return None
        return Say(id=draft.free(title), title=title, text=text, citations=draft.cite(found))
    if found.kind == "decide":
        _leave_open(draft, found, f"What does “{title}” depend on, and what follows?")
    return None


def _queue(agent: Agent) -> str:
    queues = [s.queue for flow in agent.workflows for s in flow.steps if isinstance(s, Handoff)]
    return queues[0] if queues else "Customer service"


def _leave_open(draft: _Draft, found: StepFinding, question: str) -> None:
    draft.desk.ask(
        question,
        f"The new workflow “{draft.finding.name}” leaves this step out until it is answered.",
        "procedure",
        draft.cite(found)[0],
    )


def _chained(draft: _Draft) -> Workflow:
    """Return the workflow whose steps follow each other, with an end and a way to a person."""
    name = draft.finding.name.strip()
    sketch = draft.desk.sketch
    done = End(id=draft.free("done"), title="Done", say="That is done. Thank you.")
    steps = [*draft.steps, *([] if isinstance(draft.steps[-1], Handoff) else [done])]
    linked: list[Step] = []
    for at, step in enumerate(steps):
        following = steps[at + 1].id if at + 1 < len(steps) else None
        if isinstance(step, Decide):
            beyond = steps[at + 2].id if at + 2 < len(steps) else "hand-over"
            linked.append(step.model_copy(update={"otherwise": beyond}))
        elif isinstance(step, Handoff | End):
            linked.append(step)
        else:
            linked.append(step.model_copy(update={"next": following}))
    return Workflow(
        id=free_id(name, set(sketch.names("workflows"))),
        name=name,
        intent=f"The customer asks for: {name}",
        examples=(name, f"I need help with {name[:1].lower()}{name[1:]}"),
        slots=tuple(draft.slots.values()),
        start=linked[0].id,
        steps=(*linked, *_to_person(sketch.agent)),
    )


def _to_person(agent: Agent) -> tuple[Step, ...]:
    block = next(
        (f for f in agent.workflows if f.reusable and f.steps and isinstance(f.steps[0], Handoff)), None
    )
    if block is None:
        return (Handoff(id="hand-over", title="Hand to a person", queue=_queue(agent)),)
    end = End(id="handed-over", title="A colleague has taken over", outcome="handed over")
    call = CallBlock(id="hand-over", title=block.name, block=block.id, next=end.id, on_failure=end.id)
    return call, end


def _scenario(desk: Desk, flow: Workflow, draft: _Draft) -> Scenario:
    tools = {s.tool for s in flow.steps if isinstance(s, ToolCall)} | _verifying(desk.agent)
    first = draft.finding.steps[0]
    calls = tuple(ExpectCall(tool=s.tool) for s in draft.steps if isinstance(s, ToolCall))
    outcome = "handed over" if isinstance(draft.steps[-1], Handoff) else "resolved"
    return Scenario(
        id=next_id("T", desk.sketch.names("scenarios")),
        title=f"{flow.name}: all goes well",
        workflow=flow.id,
        opening=flow.examples[-1],
        goal=flow.name,
        facts=tuple(Fact(id=slot.id, value=_value(slot)) for slot in flow.slots),
        systems=tuple(_reply(tool) for tool in desk.agent.tools if tool.name in tools),
        expectations=(ExpectOutcome(outcome=outcome), *calls),
        citations=draft.cite(first),
    )


def _value(slot: Slot) -> Scalar:
    if slot.choices:
        return slot.choices[0]
    return slot.example or _EXAMPLE.get(slot.type, "as the customer says")


def _reply(tool: Tool) -> SystemReply:
    samples: dict[str, Json] = {"integer": 1, "number": 1, "boolean": True}
    properties: dict[str, Json] = tool.returns.get("properties", {})
    reply = {
        name: schema["enum"][0] if schema.get("enum") else samples.get(schema.get("type"), f"{name} 1")
        for name, schema in properties.items()
    }
    return SystemReply(id=tool.name, reply=reply)
