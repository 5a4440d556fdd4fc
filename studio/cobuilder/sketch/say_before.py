"""What has to be said before a system is called: disclosures moved or put in front of the call.

- The order is read from the sentence ("before the refund is issued"); the system is the one whose
  name and description share most words with the event, writing systems first.
- A move is several edits of `next` that stand or fall together, with the guard that enforces it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import Why, rule_path, step_path
from studio.cobuilder.words.matching import topic
from studio.domain.agent import Agent
from studio.domain.charter import Guard, Rule
from studio.domain.statement import Statement
from studio.domain.tool import Tool
from studio.domain.workflow import (
    Ask,
    CallBlock,
    Decide,
    Disclose,
    End,
    Handoff,
    Step,
    ToolCall,
    Verify,
    Workflow,
    ways_out,
)

_BEFORE = re.compile(
    r"\b(?:before|prior to|ahead of|in advance of)\s+(?P<event>[^,.;:]+?)(?=[,.;:]| tell | say | inform |$)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Precedence:
    """Something has to be said before this system is called."""

    tool: str
    words: str


def precedence(agent: Agent, sentence: str) -> Precedence | None:
    """Return which system's call a sentence puts something before, or None."""
    match = _BEFORE.search(sentence)
    if match is None:
        return None
    tool = tool_for(agent, match["event"])
    return Precedence(tool.name, f"before {match['event']}") if tool else None


def tool_for(agent: Agent, words: str) -> Tool | None:
    """Return the system whose name best covers some words; systems that change something win a draw."""
    said = topic(words)
    scored = [
        (
            len(topic(tool.name.replace("_", " ")) & said),
            len(topic(tool.description) & said),
            tool.effect == "write",
            -at,
        )
        for at, tool in enumerate(agent.tools)
    ]
    best = max(scored, default=None)
    if best is None or best[0] + best[1] < 2:
        return None
    return agent.tools[-best[3]]


def put_before(desk: Desk, rule: Rule, order: Precedence, statement: Statement) -> None:
    """Make the disclosure of a rule stand before every call of a system, and guard that call."""
    paths = [rule_path(rule.id)]
    for flow in desk.sketch.agent.workflows:
        said = [s for s in flow.steps if isinstance(s, Disclose) and s.rule == rule.id]
        calls = [s for s in flow.steps if isinstance(s, ToolCall) and s.tool == order.tool]
        if not calls:
            continue
        if len(said) == 1 and len(calls) == 1 and _after(flow, calls[0], said[0]):
            paths += _move(desk, flow, said[0], calls[0], order, statement)
        elif not said:
            paths += _add(desk, flow, rule, calls, order, statement)
    if all(always_said(flow, rule.id, order.tool) for flow in desk.sketch.agent.workflows):
        guard = Guard(tools=(order.tool,), needs_disclosure=rule.id)
        why = Why("", f"From now on code refuses “{order.tool.replace('_', ' ')}” until this was said.")
        desk.sketch.edit(rule_path(rule.id), rule, why, guard=guard, enforced_by="guard")
    desk.sketch.together(paths)


def always_said(flow: Workflow, rule_id: str, tool: str) -> bool:
    """Return whether no path of a workflow reaches a system without passing a rule's disclosure."""
    steps = {step.id: step for step in flow.steps}
    seen: set[str] = set()
    waiting = [flow.start] if flow.start in steps else []
    while waiting:
        step = steps[waiting.pop()]
        if step.id in seen or (isinstance(step, Disclose) and step.rule == rule_id):
            continue
        if isinstance(step, ToolCall) and step.tool == tool:
            return False
        seen.add(step.id)
        waiting += [successor for _, successor in ways_out(step) if successor in steps]
    return True


def _after(flow: Workflow, first: Step, second: Step) -> bool:
    """Return whether `second` is reached from `first`, and not the other way round."""
    return second.id in reachable(flow, first) and first.id not in reachable(flow, second)


def reachable(flow: Workflow, start: Step) -> set[str]:
    """Return the ids of all steps that can follow a step."""
    steps = {step.id: step for step in flow.steps}
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for _, successor in ways_out(waiting.pop()):
            if successor in steps and successor not in found:
                found.add(successor)
                waiting.append(steps[successor])
    return found


def relinked(step: Step, old: str, new: str | None) -> dict[str, object]:
    """Return the fields of a step in which every way to `old` leads to `new`."""
    fields: dict[str, object] = {}
    if isinstance(step, Decide):
        if any(branch.next == old for branch in step.branches):
            fields["branches"] = tuple(
                b.model_copy(update={"next": new}) if b.next == old else b for b in step.branches
            )
        if step.otherwise == old:
            fields["otherwise"] = new
        return fields
    if isinstance(step, Handoff | End):
        return fields
    if step.next == old:
        fields["next"] = new
    if isinstance(step, Ask | Verify | ToolCall | CallBlock) and step.on_failure == old:
        fields["on_failure"] = new
    return fields


def _redirect(
    desk: Desk, flow_id: str, old: str, new: str | None, why: Why, but: tuple[str, ...] = ()
) -> list[str]:
    flow = desk.sketch.agent.workflow(flow_id)
    done = []
    for step in flow.steps:
        fields = {} if step.id in but else relinked(step, old, new)
        if fields:
            done.append(
                desk.sketch.edit(step_path(flow_id, step.id), step, _titled(why, step, flow), **fields)
            )
    return done


def _titled(why: Why, step: Step, flow: Workflow) -> Why:
    return Why(
        f"Step “{step.title}” of “{flow.name}”: {why.title}", why.reason, why.citations, why.confidence
    )


def _move(
    desk: Desk, flow: Workflow, said: Disclose, call: ToolCall, order: Precedence, by: Statement
) -> list[str]:
    reason = f"{desk.source.name} wants it said {order.words}, and now it comes afterwards."
    paths = _redirect(desk, flow.id, said.id, said.next, _next(desk, flow, said.next, reason, by))
    paths += _redirect(
        desk, flow.id, call.id, said.id, _next(desk, flow, said.id, reason, by), but=(said.id,)
    )
    moved = desk.why(f"moved before “{call.title}”", reason, by, confidence=0.8)
    path = step_path(flow.id, said.id)
    citations = (*(c for c in said.citations if not _replaced(desk, c.fingerprint)), desk.cite(by))
    desk.sketch.edit(path, said, _titled(moved, said, flow), next=call.id, citations=citations)
    return [*paths, path]


def _next(desk: Desk, flow: Workflow, step_id: str | None, reason: str, by: Statement) -> Why:
    title = next((step.title for step in flow.steps if step.id == step_id), "nothing")
    return desk.why(f"goes on to “{title}”", reason, by, confidence=0.8)


def _replaced(desk: Desk, fingerprint: str) -> bool:
    """Return whether a sentence is one that a rule of the sketch no longer cites."""
    before = {c.fingerprint for rule in desk.agent.charter.rules for c in rule.citations}
    after = {c.fingerprint for rule in desk.sketch.agent.charter.rules for c in rule.citations}
    return fingerprint in before - after


def _add(
    desk: Desk, flow: Workflow, rule: Rule, calls: list[ToolCall], order: Precedence, by: Statement
) -> list[str]:
    taken = set(desk.sketch.names("workflows", flow.id, "steps"))
    step_id = free_id(f"tell-{rule.id.lower()}", taken)
    text = next(
        (
            s.text
            for f in desk.agent.workflows
            for s in f.steps
            if isinstance(s, Disclose) and s.rule == rule.id
        ),
        "",
    )
    reason = f"{desk.source.name} wants it said {order.words}."
    paths = []
    for call in calls[:1]:
        step = Disclose(
            id=step_id,
            title=rule.title,
            rule=rule.id,
            text=text or told(rule.text),
            next=call.id,
            citations=(desk.cite(by),),
        )
        path = step_path(flow.id, step_id)
        why = desk.why(f"New step “{rule.title}” of “{flow.name}”", reason, by, confidence=0.65)
        paths += _redirect(
            desk,
            flow.id,
            call.id,
            step_id,
            desk.why(f"goes on to “{rule.title}”", reason, by, confidence=0.65),
        )
        desk.sketch.put(path, step, why)
        paths.append(path)
    return paths


_TELL = re.compile(
    r"\b(?:tell|inform|advise|remind|let|notify)\s+(?:the\s+|every\s+|each\s+)?\w+\s+(?:know\s+)?that\s+",
    re.I,
)


_TO_YOU = {"they": "you", "their": "your", "them": "you", "theirs": "yours"}


def told(text: str) -> str:
    """Return what a disclosure rule wants said, as it is said to the customer."""
    match = _TELL.search(text)
    said = text[match.end() :] if match else text
    said = re.sub(r"\b(they|their|them|theirs)\b", lambda m: _TO_YOU[m[1].lower()], said) if match else said
    return said[:1].upper() + said[1:]


def free_id(wanted: str, taken: set[str]) -> str:
    """Return an id that is not taken, made from the wanted one."""
    base = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-") or "step"
    number = 2
    name = base
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name
