"""New workflows: a procedure of a document that the agent has no workflow for yet.

- A procedure counts as new when it uses a system that no workflow calls, or a system that the agent lacks,
  and its words meet no step of the agent. An agent without workflows gets one for every procedure.
- A section that says how customers are identified becomes a reusable block, which comes before any change.
- What cannot be drafted (words that the document does not give) is left out and asked.
- A draft that would break a check is not proposed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from studio.checks.all import run_checks
from studio.cobuilder.changes.limit_scenarios import scenario_path
from studio.cobuilder.changes.new_rules import agent_words, next_id
from studio.cobuilder.sketch.desk import Desk, cite
from studio.cobuilder.sketch.drafting import Why
from studio.cobuilder.sketch.rehearsal import meets, walk
from studio.cobuilder.sketch.say_before import free_id
from studio.cobuilder.words.matching import MATCH, topic
from studio.cobuilder.workflows.builder import NAMED, Builder
from studio.cobuilder.workflows.cases import Case, with_cases
from studio.cobuilder.workflows.course import HAND_OVER
from studio.cobuilder.workflows.ground import (
    add_block,
    add_demanded,
    block_first,
    block_from,
    identifies,
    put_tools,
    shared_tools,
)
from studio.cobuilder.workflows.identity import (
    asked_of_newcomers,
    serves_anyone,
    takes_newcomers,
)
from studio.cobuilder.workflows.slots import usual_queue, verifying_tools
from studio.cobuilder.workflows.systems import (
    does_another,
    effect_of,
    is_system_step,
)
from studio.cobuilder.workflows.words import wish_of
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.condition import Scalar
from studio.domain.finding import WorkflowFinding
from studio.domain.frozen import Json
from studio.domain.scenario import ExpectCall, ExpectOutcome, Fact, Scenario, SystemReply
from studio.domain.statement import Statement, StatementKind
from studio.domain.tool import Tool
from studio.domain.workflow import (
    CallBlock,
    End,
    Handoff,
    Slot,
    Step,
    ToolCall,
    Verify,
    Workflow,
    ways_out,
)

SURELY_NEW = 0.25
"""The share of a procedure's words that the agent uses, from which on it is about what the agent does."""
_EXAMPLE: dict[str, Scalar] = {
    "number": 1,
    "money": 10,
    "date": "2026-03-02",
    "email": "ada.finch@mail.example",
    "phone": "+44 20 7946 0000",
    "yes or no": True,
}
_TOLD: dict[str, Scalar] = {
    "surname": "Finch",
    "name": "Ada Finch",
    "postcode": "LS1 4AP",
    "zip": "10115",
    "number": "40718",
    "reference": "40718",
    "code": "40718",
    "_id": "40718",
    "reason": "it does not suit me",
}
_GENERIC = re.compile(
    r"^(?:the )?(?:steps?|procedures?|process|what to do|how to do it|how it works|instructions?|workflow|"
    r"sop|"
    r"the call|in detail|method|action|actions|tasks?|handling|guide|overview)\b[\s:.]*$",
    re.IGNORECASE,
)
_DOING = re.compile(
    r"^(?:(?:sop|procedure|process|work instruction|section|part|chapter|step)?"
    r"\s*[a-z]{0,4}[\d.-]+\s*[:.–—-]+\s*)?"
    r"(?:how to |how we |handling|processing|managing|dealing with|working)?\s*",
    re.IGNORECASE,
)


def add_workflows(desk: Desk) -> None:
    """Draft a workflow, with a scenario, for every procedure that is new to the agent."""
    placed = with_cases(desk.analysis.workflows)
    judged = [(finding, _why_not_new(desk, finding)) for finding in placed.findings]
    blocks = [f for f, why in judged if not why and identifies(f) and not verifying_tools(desk.agent)][:1]
    for finding in blocks:
        add_block(desk, finding)
    if not blocks and not verifying_tools(desk.agent):
        add_demanded(desk, [finding for finding, why in judged if not why])
    for finding, why in judged:
        if finding in blocks:
            continue
        name = name_of_flow(desk, finding)
        if not why and any(flow.name == name for flow in desk.sketch.agent.workflows):
            desk.unaffected.append(f"A second procedure is called “{name}”; give it a name.")
        elif not why:
            _add(desk, finding)
        else:
            steps = f"{len(finding.steps)} step{'s' * (len(finding.steps) != 1)}"
            desk.unaffected.append(f"The procedure “{finding.name}” ({steps}) becomes no workflow: {why}.")
    drafted_names = {name_of_flow(desk, finding) for finding, why in judged if not why}
    for case in placed.loose:
        if not case.home or case.home in drafted_names:
            _ask_place(desk, case)


def _ask_place(desk: Desk, case: Case) -> None:
    """Ask at which step a case comes up that is told aside and speaks of no step."""
    first = case.steps[0]
    where = f" of “{case.home}”" if case.home else ""
    desk.ask(
        case.question,
        f"It stands under “{case.heading}” and speaks of no single step{where}; it is left out until then.",
        "procedure",
        cite(desk.source, first.quote, first.start, first.end, first.anchor),
    )


def told_there(desk: Desk, statement: Statement) -> bool:
    """Return whether a statement is a step of a procedure that became a workflow, step and all."""
    step = statement.is_step or statement.kind in (StatementKind.OBLIGATION, StatementKind.PERMISSION)
    first, last = statement.span
    return step and any(start < last and first < end for start, end in desk.drafted)


def _why_not_new(desk: Desk, finding: WorkflowFinding) -> str:
    """Return why a procedure becomes no workflow, in words; nothing where it is new to the agent."""
    if len(finding.steps) < 2:
        return "it is a single step"
    called = {s.tool for f in desk.agent.workflows for s in f.steps if isinstance(s, ToolCall | Verify)}
    known = {tool.name for tool in desk.agent.tools}
    used = {step.tool for step in finding.steps if step.kind == "tool" and step.tool in known}
    fresh = _is_fresh(desk, finding)
    if not used and not is_bare(desk.agent):
        name = name_of_flow(desk, finding).casefold()
        if any(each.name.casefold() == name for each in desk.agent.workflows):
            return "a workflow of the agent has this name already"
        words = topic(" ".join(step.quote for step in finding.steps))
        near = desk.weights.covered(words, agent_words(desk.agent)) >= SURELY_NEW
        if not near or (called and not fresh):
            return "no step of it is known to use a system that the agent has"
    if used and used <= called and not fresh:
        names = ", ".join(sorted(f"“{name.replace('_', ' ')}”" for name in used if name))
        return f"the systems that it uses ({names}) serve a workflow of the agent already"
    told_before = sum(
        max((desk.weights.likeness(t.text, step.quote) for t in desk.targets), default=0.0) >= MATCH
        for step in finding.steps
    )
    # workflows of one desk begin alike: what a new document adds may be its last step only
    most = len(finding.steps) - 1 if fresh else len(finding.steps) / 3
    return "" if told_before <= most else "the agent takes many of its steps already"


def _is_fresh(desk: Desk, finding: WorkflowFinding) -> bool:
    """Return whether a document that is new to the agent changes something in a system that it lacks."""
    known = any(pin.id == desk.source.id for pin in desk.agent.sources)
    if known or desk.replaced is not None:
        return False
    return any(
        step.kind == "tool"
        and (step.tool is None or (step.confidence < NAMED and does_another(step.text, step.tool)))
        and is_system_step(step.text)
        and effect_of(step.text) == "write"
        for step in finding.steps
    )


def is_bare(agent: Agent) -> bool:
    """Return whether an agent does nothing yet: its first documents lay its ground."""
    return not agent.workflows


def name_of_flow(desk: Desk, finding: WorkflowFinding) -> str:
    """Return what a workflow is called: its heading, or the document's name where that says nothing."""
    heading = finding.name.strip().rstrip(":.")
    return desk.source.name if _GENERIC.match(heading) else heading


def _add(desk: Desk, finding: WorkflowFinding) -> None:
    builder = _built(desk, finding)
    if not any(isinstance(step, ToolCall | Handoff) for step in builder.chain.steps):
        desk.unaffected.append(
            f"The procedure “{finding.name}” becomes no workflow: no step with a system could be drafted."
        )
        return
    flow = whole_flow(builder, name_of_flow(desk, finding))
    cited = builder.cited
    if not _passes(desk, flow, shared_tools(desk, builder.tools.values())):
        desk.ask(
            f"How does “{flow.name}” go, step by step? The document does not give a whole workflow.",
            "A draft of it would not pass the checks.",
            "procedure",
            cited[0],
        )
        return
    paths = put_tools(desk, list(builder.tools.values()))
    why = Why(
        f"New workflow “{flow.name}”",
        f"{desk.source.name} describes it, and no workflow does it yet.",
        cited,
        0.55,
    )
    path = desk.sketch.put(join_path("workflows", flow.id), flow, why)
    desk.drafted += builder.used
    blocks = [join_path("workflows", s.block) for s in flow.steps if isinstance(s, CallBlock)]
    desk.sketch.needs(path, *paths, *blocks)
    scenario = _scenario(desk, flow, finding, builder)
    course = walk(desk.sketch.agent, scenario)
    if course is not None and meets(scenario, course):
        tested = Why(
            f"New test {scenario.id} {scenario.title}", "It walks the new workflow once.", cited[:1], 0.55
        )
        desk.sketch.needs(desk.sketch.put(scenario_path(scenario.id), scenario, tested), path)


def _built(desk: Desk, finding: WorkflowFinding) -> Builder:
    """Return the drafted steps, which begin with the customer's identity where they change anything."""
    builder = drafted(desk, finding, desk.sketch.agent)
    if _changes(builder) and takes_newcomers(finding):
        desk.ask(
            asked_of_newcomers(finding.name),
            "New customers are taken on there, so it is drafted for anyone; the document asks for no check. "
            "If one is needed, name what they are asked for.",
            "procedure",
            builder.cite(finding.steps[0])[0],
        )
        return builder
    changes = any(tool.effect == "write" for tool in builder.tools.values())
    if verifying_tools(builder.agent) or not changes or block_from(desk, builder) is None:
        return builder
    return drafted(desk, finding, desk.sketch.agent)


def drafted(
    desk: Desk,
    finding: WorkflowFinding,
    agent: Agent,
    given: Mapping[str, str] | None = None,
) -> Builder:
    """Return the steps of a procedure as an agent would take them; with answers `given`, it asks nothing."""
    builder = Builder(desk, finding, agent, given=given or {}, quiet=given is not None)
    block = None if serves_anyone(finding, builder.given) else block_first(agent, finding)
    if block is not None:
        builder.begin_with(block)
    builder.build()
    return builder


def _passes(desk: Desk, flow: Workflow, tools: Sequence[Tool]) -> bool:
    """Return whether the agent with a new workflow breaks no check that it does not break without."""
    agent = desk.sketch.agent
    before = {result.id for result in run_checks(agent) if result.status == "broken"}
    open_yet = "identity" if not verifying_tools(agent) else ""  # how it is verified was asked
    own, new = {tool.name for tool in desk.agent.tools}, {tool.name: tool for tool in tools}
    kept = [tool for tool in agent.tools if tool.name in own or tool.name not in new]
    added = [tool for name, tool in new.items() if name not in own]
    trial = agent.model_copy(update={"workflows": (*agent.workflows, flow), "tools": (*kept, *added)})
    return all(r.status != "broken" or r.id in before or r.check == open_yet for r in run_checks(trial))


def whole_flow(builder: Builder, name: str) -> Workflow:
    """Return the workflow with an end and a way to a person."""
    agent, chain = builder.agent, builder.chain
    if chain.loose:
        chain.add(End(id=builder.free("done"), title="Done", say="That is done. Thank you."))
    steps = chain.built(HAND_OVER)
    subject = _DOING.sub("", name).strip() or name
    wish = wish_of(name)
    told = subject if subject[:2].isupper() else f"{subject[:1].lower()}{subject[1:]}"
    return Workflow(
        id=free_id(name, set(builder.desk.sketch.names("workflows"))),
        name=name,
        intent=f"The customer says: {wish}" if wish else f"The customer asks for: {subject}",
        examples=(wish,) if wish else (subject, f"I need help with {told}"),
        open_to="anyone" if _changes(builder) and serves_anyone(builder.finding, builder.given) else None,
        slots=tuple(builder.book.slots.values()),
        start=steps[0].id,
        steps=(*steps, *(_to_person(agent) if _leads_to(steps, HAND_OVER) else ())),
    )


def _changes(builder: Builder) -> bool:
    """Return whether a drafted workflow changes anything in a system."""
    effects: dict[str, str] = {tool.name: tool.effect for tool in builder.agent.tools}
    effects |= {tool.name: tool.effect for tool in builder.tools.values()}
    return any(isinstance(s, ToolCall) and effects.get(s.tool) == "write" for s in builder.chain.steps)


def _leads_to(steps: Sequence[Step], step_id: str) -> bool:
    return any(target == step_id for step in steps for _, target in ways_out(step))


def _to_person(agent: Agent) -> tuple[Step, ...]:
    block = next(
        (f for f in agent.workflows if f.reusable and f.steps and isinstance(f.steps[0], Handoff)), None
    )
    if block is None:
        return (Handoff(id=HAND_OVER, title="Hand to a person", queue=usual_queue(agent)),)
    end = End(id="handed-over", title="A colleague has taken over", outcome="handed over")
    call = CallBlock(id=HAND_OVER, title=block.name, block=block.id, next=end.id, on_failure=end.id)
    return call, end


def _scenario(desk: Desk, flow: Workflow, finding: WorkflowFinding, builder: Builder) -> Scenario:
    agent = desk.sketch.agent
    tools = {s.tool for f in agent.workflows for s in f.steps if isinstance(s, ToolCall | Verify)}
    plain = not any(step.condition for step in finding.steps)
    calls = tuple(ExpectCall(tool=s.tool) for s in flow.steps if isinstance(s, ToolCall)) if plain else ()
    last = builder.chain.steps[-1]
    outcome = "handed over" if isinstance(last, Handoff) and plain else "resolved"
    return Scenario(
        id=next_id("T", desk.sketch.names("scenarios")),
        title=f"{flow.name}: all goes well",
        workflow=flow.id,
        opening=flow.examples[-1],
        goal=flow.name,
        facts=tuple(Fact(id=slot.id, value=_value(slot)) for slot in flow.slots),
        systems=tuple(_reply(tool) for tool in agent.tools if tool.name in tools),
        expectations=(ExpectOutcome(outcome=outcome), *calls),
        citations=builder.cite(finding.steps[0]),
    )


def _value(slot: Slot) -> Scalar:
    if slot.choices:
        return slot.choices[0]
    if slot.type == "yes or no":
        return True
    said = next((words for name, words in _TOLD.items() if name in slot.id), "as it should be")
    return slot.example or _EXAMPLE.get(slot.type, said)


def _reply(tool: Tool) -> SystemReply:
    samples: dict[str, Json] = {"integer": 1, "number": 1, "boolean": True}
    properties: dict[str, Json] = tool.returns.get("properties", {})
    reply = {
        name: schema["enum"][0] if schema.get("enum") else samples.get(schema.get("type"), f"{name} 1")
        for name, schema in properties.items()
    }
    return SystemReply(id=tool.name, reply=reply)
