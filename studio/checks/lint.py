"""Lint: what is allowed but unwise, or left over; nearly all of it as warnings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from studio.checks.names import Names
from studio.checks.results import result, step_path, workflow_path
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.charter import RuleKind
from studio.domain.check import CheckResult
from studio.domain.workflow import Ask, CallBlock, Decide, Disclose, End, Handoff, Say, Step, ToolCall, Verify

PLACE = re.compile(r"\{([A-Za-z_][\w.-]*)\}")


def check_style(agent: Agent) -> Iterator[CheckResult]:
    """Yield what an experienced colleague would remark."""
    yield from _charter(agent)
    yield from _intents(agent)
    yield from _texts(agent)
    yield from _unused(agent)
    yield from _retries(agent)
    yield from _untested(agent)


def _charter(agent: Agent) -> Iterator[CheckResult]:
    if not agent.charter.ai_disclosure.strip():
        detail = "The agent never says that it is an automated assistant."
        yield result("charter", "broken", agent.name, detail, "charter/ai_disclosure")
    said = {step.rule for step in _steps(agent) if isinstance(step, Disclose)}
    for rule in agent.charter.rules:
        path, subject = join_path("charter", "rules", rule.id), f"{rule.id} {rule.title}"
        if rule.enforced_by == "guard" and rule.guard is None:
            detail = f"{rule.id} is said to be enforced by a guard, but has none."
            yield result("charter", "broken", subject, detail, path)
        if rule.kind == RuleKind.DISCLOSE and rule.workflows and rule.id not in said:
            detail = f"{rule.id} must be disclosed, but no step says it."
            yield result("charter", "warning", subject, detail, path)


def _steps(agent: Agent) -> list[Step]:
    return [step for flow in agent.workflows for step in flow.steps]


def _intents(agent: Agent) -> Iterator[CheckResult]:
    startable = [flow for flow in agent.workflows if not flow.reusable]
    phrases = Counter(phrase.strip().casefold() for flow in startable for phrase in set(flow.examples))
    for flow in startable:
        path = workflow_path(flow.id, "examples")
        if not flow.examples:
            detail = f"“{flow.name}” has no example phrases, so it is hard to recognise."
            yield result("intent", "warning", flow.name, detail, path)
        for phrase in flow.examples:
            if phrases[phrase.strip().casefold()] > 1:
                detail = f"“{phrase}” is an example for more than one workflow."
                yield result("intent", "warning", flow.name, detail, path, phrase)


def _said(step: Step) -> str:
    if isinstance(step, Say | Disclose):
        return step.text
    return step.say if isinstance(step, Ask | Handoff | End) else ""


def _texts(agent: Agent) -> Iterator[CheckResult]:
    facts = Names(agent).facts
    for flow in agent.workflows:
        for step in flow.steps:
            for name in PLACE.findall(_said(step)):
                if name not in facts:
                    detail = f"“{step.title}” says “{{{name}}}”, which nothing ever fills."
                    yield result("text", "broken", step.title, detail, step_path(flow.id, step.id), name)


def _unused(agent: Agent) -> Iterator[CheckResult]:
    steps = _steps(agent)
    tools = {step.tool for step in steps if isinstance(step, ToolCall | Verify)}
    tables = {step.table for step in steps if isinstance(step, Decide)}
    blocks = {step.block for step in steps if isinstance(step, CallBlock)}
    for tool in agent.tools:
        if tool.name not in tools:
            detail = f"No step calls “{tool.name}”."
            yield result("unused", "warning", tool.name, detail, join_path("tools", tool.name))
    for table in agent.tables:
        if table.id not in tables:
            detail = f"No step asks the table “{table.name}”."
            yield result("unused", "warning", table.name, detail, join_path("tables", table.id))
    for flow in agent.workflows:
        if flow.reusable and flow.id not in blocks:
            detail = f"No step runs the reusable block “{flow.name}”."
            yield result("unused", "warning", flow.name, detail, workflow_path(flow.id))


def _retries(agent: Agent) -> Iterator[CheckResult]:
    final = {tool.name for tool in agent.tools if tool.effect == "write" and not tool.reversible}
    for flow in agent.workflows:
        for step in flow.steps:
            if isinstance(step, ToolCall) and step.retries > 0 and step.tool in final:
                detail = (
                    f"“{step.title}” tries again when “{step.tool}” does not answer; "
                    "it cannot be taken back and might be done twice."
                )
                yield result("retries", "warning", step.title, detail, step_path(flow.id, step.id))


def _untested(agent: Agent) -> Iterator[CheckResult]:
    tested = {scenario.workflow for scenario in agent.scenarios}
    for flow in agent.workflows:
        if not flow.reusable and flow.id not in tested:
            detail = f"No test covers “{flow.name}”."
            yield result("tests", "warning", flow.name, detail, workflow_path(flow.id))
