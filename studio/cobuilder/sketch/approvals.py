"""Approvals on the desk: what a person has to approve above an amount goes to that person; code sees to it.

- A guard refuses the call above the amount; where the workflow knows the amount before anything is changed, a
  decision hands the customer over there.
- Nothing is drafted where no system does what is spoken of, the amount is not among what it is sent, or the
  sentence excepts a case, in which code would refuse what is allowed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.cobuilder.rules.approvals import Approval, approval_in
from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import Why, rule_path, step_path
from studio.cobuilder.sketch.exclusions import prohibited
from studio.cobuilder.sketch.say_before import free_id, reachable, relinked
from studio.cobuilder.words.known_facts import compares, is_amount
from studio.cobuilder.words.matching import topic
from studio.cobuilder.words.spoken import capital
from studio.domain.agent import Agent
from studio.domain.charter import Guard, Rule, RuleKind
from studio.domain.condition import Compare
from studio.domain.statement import Statement
from studio.domain.tool import Tool
from studio.domain.workflow import Ask, Branch, Decide, Handoff, Step, ToolCall, Verify, Workflow, ways_out

NEEDED = "needs approval"
_EXCEPTS = re.compile(r"\b(?:unless|except\w*|apart from|other than|save for)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Gate:
    """Where an amount is decided on: the system's call, the first change before it, and the fact."""

    call: ToolCall
    first: ToolCall
    fact: str


def wants_approval(agent: Agent, text: str) -> tuple[Approval, str, Compare] | None:
    """Return the approval that a sentence demands above an amount, the one system that is meant, and when."""
    approval = approval_in(text)
    if approval is None or approval.above is None or approval.above.kind != "money":
        return None
    sent = {name: _amount_of(agent.tool(name)) for name in prohibited(agent, text)}
    meant = [(name, argument) for name, argument in sent.items() if argument is not None]
    if len(meant) != 1:
        return None
    limit, op = _whole(approval.above.low), ">=" if approval.from_on else ">"
    return approval, meant[0][0], Compare.model_validate({"field": meant[0][1], "op": op, "value": limit})


def draft_approval(desk: Desk, rule: Rule, statement: Statement) -> bool:
    """Enforce a rule by which a person approves something above an amount; return whether it could."""
    wanted = wants_approval(desk.agent, rule.text)
    if wanted is None or _EXCEPTS.search(rule.text):
        return False
    approval, tool, test = wanted
    flows = [
        flow
        for flow in desk.sketch.agent.workflows
        if any(isinstance(step, ToolCall) and step.tool == tool for step in flow.steps)
    ]
    if not flows:
        return False
    _guard(desk, rule, test, tool, flows)
    for flow in flows:
        gate = _gate(desk.sketch.agent, flow, tool, test.field)
        if gate is not None:
            _decide(desk, flow, gate, rule, statement, approval, test)
    return True


def _amount_of(tool: Tool) -> str | None:
    """Return the one argument of a system that is an amount of money."""
    properties = tool.parameters.get("properties", {})
    named = [
        name
        for name, schema in properties.items()
        if schema.get("type") in ("number", "integer") and is_amount(name, str(schema.get("description", "")))
    ]
    return named[0] if len(named) == 1 else None


def _whole(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def _guard(desk: Desk, rule: Rule, test: Compare, tool: str, flows: list[Workflow]) -> None:
    desk.sketch.edit(
        rule_path(rule.id),
        rule,
        Why("", f"From now on code refuses “{tool.replace('_', ' ')}” above that amount."),
        kind=RuleKind.ESCALATE,
        severity="high",
        guard=Guard(tools=(tool,), forbidden_when=test),
        enforced_by="guard",
        workflows=tuple(flow.id for flow in flows),
    )


def _gate(agent: Agent, flow: Workflow, tool: str, argument: str) -> _Gate | None:
    """Return where to decide: before the first change that leads to the call, once the amount is known."""
    calls = [step for step in flow.steps if isinstance(step, ToolCall) and step.tool == tool]
    call = calls[0] if len(calls) == 1 else None
    fact = (
        next((each.fact for each in call.arguments if each.name == argument and each.fact), None)
        if call
        else None
    )
    if call is None or fact is None:
        return None
    if any(_decides_on(agent, step, fact) and call.id in reachable(flow, step) for step in flow.steps):
        return None  # somebody decides on the amount already; the guard holds what that lets through
    writes = {each.name for each in agent.tools if each.effect == "write"}
    known = [step for step in flow.steps if _tells(step, fact)]
    for first in flow.steps:
        if not isinstance(first, ToolCall) or first.tool not in writes or first.id == flow.start:
            continue
        leads = first.id == call.id or call.id in reachable(flow, first)
        if leads and any(first.id in reachable(flow, step) for step in known):
            return _Gate(call, first, fact)
    return None


def _tells(step: Step, fact: str) -> bool:
    """Return whether a step makes a fact known."""
    if isinstance(step, Ask | Verify):
        return fact in step.slots
    return isinstance(step, ToolCall) and any(each.fact == fact for each in step.results)


def _decides_on(agent: Agent, step: Step, fact: str) -> bool:
    if not isinstance(step, Decide):
        return False
    table = next((each for each in agent.tables if each.id == step.table), None)
    columns = {column.id for column in table.inputs} if table else set()
    return fact in columns | {test.field for branch in step.branches for test in compares(branch.when)}


def _decide(
    desk: Desk,
    flow: Workflow,
    gate: _Gate,
    rule: Rule,
    statement: Statement,
    approval: Approval,
    test: Compare,
) -> None:
    """Put a decision before the first change, and hand over to who has to approve."""
    reason = f"{desk.source.name} wants it approved by {approval.who}; rule {rule.id} says so."
    queue = _queue(flow, approval.who)
    paths = [rule_path(rule.id)]
    if queue is None:
        queue = Handoff(
            id=free_id(f"to-{approval.who}", set(desk.sketch.names("workflows", flow.id, "steps"))),
            title=f"Hand over to the {approval.who}",
            queue=capital(approval.who),
            say=f"This has to be approved by the {approval.who} first. I am passing you on.",
            context=_told(flow, gate),
            citations=(desk.cite(statement),),
        )
        why = desk.why(f"New step “{queue.title}” of “{flow.name}”", reason, statement, confidence=0.7)
        paths.append(desk.sketch.put(step_path(flow.id, queue.id), queue, why))
    title = f"Does the {approval.who} have to approve?"
    step = Decide(
        id=free_id("approval", set(desk.sketch.names("workflows", flow.id, "steps"))),
        title=title,
        branches=(Branch(id=NEEDED, when=test.model_copy(update={"field": gate.fact}), next=queue.id),),
        otherwise=gate.first.id,
        citations=(desk.cite(statement),),
    )
    on = desk.why(f"goes on to “{title}”", reason, statement, confidence=0.7)
    for each in flow.steps:
        if fields := relinked(each, gate.first.id, step.id):
            named = Why(
                f"Step “{each.title}” of “{flow.name}”: {on.title}", on.reason, on.citations, on.confidence
            )
            paths.append(desk.sketch.edit(step_path(flow.id, each.id), each, named, **fields))
    front = next(
        (each.id for each in flow.steps if any(to == gate.first.id for _, to in ways_out(each))), None
    )
    why = desk.why(f"New step “{title}” of “{flow.name}”", reason, statement, confidence=0.7)
    paths.append(desk.sketch.put(step_path(flow.id, step.id), step, why, after=front))
    desk.sketch.together(paths)


def _told(flow: Workflow, gate: _Gate) -> tuple[str, ...]:
    """Return what was told until then, the amount first."""
    asked = [s for s in flow.steps if isinstance(s, Ask) and gate.first.id in reachable(flow, s)]
    return tuple(dict.fromkeys((gate.fact, *(slot for step in asked for slot in step.slots))))


def _queue(flow: Workflow, who: str) -> Handoff | None:
    """Return the step that hands over to these people already."""
    wanted = topic(who)
    return next(
        (step for step in flow.steps if isinstance(step, Handoff) and wanted & topic(step.queue)), None
    )
