"""What a drafted workflow begins with: the check of who the customer is, and the systems that it needs.

- A section about identity, or a step that demands a check, makes the reusable block; else what is asked first
  makes it, with the question whether that is enough.
- A system that several drafted workflows use demands only what all of them give.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import Why
from studio.cobuilder.workflows.blocks import VERIFIES, identity_block
from studio.cobuilder.workflows.builder import Builder
from studio.cobuilder.workflows.facts import DraftTool
from studio.cobuilder.workflows.identity import demands_identity
from studio.cobuilder.workflows.systems import identifies_case, schema_of, verifies
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.finding import StepFinding, WorkflowFinding
from studio.domain.frozen import Json
from studio.domain.source import Citation
from studio.domain.tool import Tool
from studio.domain.workflow import Ask, Verify, Workflow


def identifies(finding: WorkflowFinding) -> bool:
    """Tell whether a procedure is how customers are identified, and nothing more."""
    words = " ".join((finding.name, *(step.quote for step in finding.steps)))
    asks = any(step.kind == "collect" and step.inputs for step in finding.steps)
    only = all(step.kind in ("collect", "escalate", "end", "decide") for step in finding.steps)
    return asks and only and verifies(words)


def add_demanded(desk: Desk, findings: Sequence[WorkflowFinding]) -> None:
    """Add the block for a check that a step of a procedure demands, with what is asked for up to there."""
    for finding in findings:
        at = next((i for i, step in enumerate(finding.steps) if demands_identity(step.quote)), None)
        if at is None:
            continue
        own = finding.steps[at].inputs
        asked = own or tuple(name for step in finding.steps[:at] for name in step.inputs)
        if asked:
            reason = f"{desk.source.name} demands it in “{finding.name}”."
            return add_block_asking(desk, finding, asked, finding.steps[at], reason)


def add_block_asking(
    desk: Desk, finding: WorkflowFinding, names: tuple[str, ...], told: StepFinding, reason: str
) -> None:
    """Add the reusable block that asks for some details, which a step or its answer names."""
    builder = Builder(desk, finding, desk.sketch.agent)
    builder.want(names)
    slots = tuple(builder.book.slots[name] for name in builder.book.wanted)
    cited = builder.cite(told)
    _put_block(desk, identity_block(slots, builder.tries_in(told) or 2, cited), cited, reason)


def add_block(desk: Desk, finding: WorkflowFinding) -> None:
    """Add the reusable block that a section about identifying customers describes."""
    builder = Builder(desk, finding, desk.sketch.agent)
    asking = next(step for step in finding.steps if step.kind == "collect" and step.inputs)
    builder.want(asking.inputs)
    slots = tuple(builder.book.slots[name] for name in builder.book.wanted)
    tries = max([builder.tries_in(step) for step in finding.steps], default=0) or 2
    reason = f"{desk.source.name} says how customers are identified."
    cited = builder.cite(asking)
    _put_block(desk, identity_block(slots, tries, cited), cited, reason)
    desk.drafted += [(step.start, step.end) for step in finding.steps]


def block_from(desk: Desk, builder: Builder) -> Workflow | None:
    """Make a block of what a procedure asks first, where that tells who the customer is; else ask."""
    first = next((step for step in builder.chain.steps if isinstance(step, Ask)), None)
    slots = [builder.book.slots[name] for name in first.slots] if first else []
    telling = tuple(slot for slot in slots if identifies_case(slot))
    cited = first.citations if first else builder.cite(builder.finding.steps[0])
    if not telling:
        desk.ask(
            f"How does the agent know who the customer is before “{builder.finding.name}” changes anything?",
            "The document does not say what customers are asked for.",
            "procedure",
            cited[0],
        )
        return None
    names = " and ".join(slot.label.lower() for slot in telling)
    if not any(demands_identity(step.quote) for step in builder.finding.steps):
        _ask_whether_enough(desk, names, cited[0])
    block = identity_block(telling, 2, cited)
    reason = f"{desk.source.name} asks for {names} first, and nothing may be changed before that is compared."
    _put_block(desk, block, cited, reason)
    return block


def _ask_whether_enough(desk: Desk, names: str, cited: Citation) -> None:
    desk.ask(
        f"Is it enough to compare {names} with our records to know who the customer is?",
        "Nothing is changed before that. The document asks for it first, but does not say what it proves.",
        "procedure",
        cited,
    )


def _put_block(desk: Desk, flow: Workflow, cited: tuple[Citation, ...], reason: str) -> None:
    tool = DraftTool(
        VERIFIES,
        f"Compare what the customer says with our records (as “{desk.source.name}” says).",
        "read",
        {slot.id: schema_of(slot) for slot in flow.slots},
        {"verified": {"type": "boolean", "description": "Whether the details belong together"}},
        cited,
    )
    paths = put_tools(desk, [tool])
    path = desk.sketch.put(
        join_path("workflows", flow.id), flow, Why(f"New block “{flow.name}”", reason, cited, 0.6)
    )
    desk.sketch.needs(path, *paths)


def put_tools(desk: Desk, tools: Sequence[DraftTool]) -> list[str]:
    """Propose the systems that a workflow needs and the agent lacks; return their places."""
    paths = []
    for tool in tools:
        why = Why(
            f"New system “{tool.name.replace('_', ' ')}”",
            "The document needs it, and the agent has no system for it. IT connects it; until then "
            "simulations answer in its place.",
            tool.cited,
            0.5,
        )
        paths.append(desk.sketch.put(join_path("tools", tool.name), shared_tools(desk, [tool])[0], why))
    return paths


def shared_tools(desk: Desk, tools: Iterable[DraftTool]) -> list[Tool]:
    """Return drafted systems as tools; one that several workflows use demands only what all of them give."""
    known = {tool.name: tool for tool in desk.sketch.agent.tools}
    own = {tool.name for tool in desk.agent.tools}
    return [
        _joined(known[tool.name], tool.built())
        if tool.name in known and tool.name not in own
        else tool.built()
        for tool in tools
    ]


def _joined(first: Tool, second: Tool) -> Tool:
    """Return one system for two descriptions of it."""
    taken: dict[str, Json] = {
        **first.parameters.get("properties", {}), **second.parameters.get("properties", {})
    }  # fmt: skip
    both = [name for name in first.required_arguments if name in second.required_arguments]
    given: dict[str, Json] = {**first.returns.get("properties", {}), **second.returns.get("properties", {})}
    fields = {
        "parameters": {"type": "object", "properties": taken, "required": both},
        "returns": {"type": "object", "properties": given},
    }
    return first.model_copy(update=fields)


def block_first(agent: Agent, finding: WorkflowFinding) -> Workflow | None:
    """Return the block that verifies identity, where a step may need it and there is one."""
    block = next(
        (f for f in agent.workflows if f.reusable and any(isinstance(s, Verify) for s in f.steps)), None
    )
    if block is None:
        return None
    guarded = {
        name
        for rule in agent.charter.rules
        if rule.guard and rule.guard.needs_identity
        for name in rule.guard.tools
    }
    tools = {tool.name: tool for tool in agent.tools}
    for step in finding.steps:
        if step.kind != "tool":
            continue
        tool = tools.get(step.tool or "")
        if tool is None or tool.effect == "write" or tool.name in guarded:
            return block
    return None
