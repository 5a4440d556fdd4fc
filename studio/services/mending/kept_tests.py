"""A test made of a finding: it fails as the agent is, and passes once the finding is mended.

- Both are tried, with the real runtime: what does not fail before or does not pass after is no test of it.
- The customer is the one of the counterexample, and where that does not tell them apart, the same one whose
  identity does not hold, or who says no to what a fix asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from studio.checks.witness import Witness, witness
from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.check import CheckResult
from studio.domain.run import Conversation
from studio.domain.scenario import (
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectHandoff,
    ExpectOutcome,
    ExpectStep,
    Fact,
    Scenario,
    SystemReply,
)
from studio.domain.workflow import Step, ToolCall, Verify
from studio.services.counterexample import customer_of, meet


def as_test(agent: Agent, result: CheckResult, fix: ChangeSet) -> Scenario | None:
    """Return a test that fails on an agent and passes after a fix; None where no conversation shows it."""
    found = witness(agent, result.counterexample, result.case)
    if found is None:
        return None
    mended = apply(agent, fix)
    title = f"Keeps: {result.subject}" if result.check == "kept" else f"{result.subject}: {result.check}"
    for scenario in _customers(agent, mended, found, title):
        after = meet(mended, scenario)
        for expectations in _expectations(agent, mended, result, after):
            made = scenario.model_copy(update={"expectations": expectations})
            if not _passes(agent, made) and _passes(mended, made):
                return made
    return None


def with_test(agent: Agent, scenario: Scenario) -> ChangeSet:
    """Return the change that adds a test to an agent."""
    changed = agent.model_copy(update={"scenarios": (*agent.scenarios, scenario)})
    return diff_agents(agent, changed, f"Add the test {scenario.id} “{scenario.title}”")


def _passes(agent: Agent, scenario: Scenario) -> bool:
    return meet(agent, scenario).passed


def _customers(agent: Agent, mended: Agent, found: Witness, title: str) -> Iterator[Scenario]:
    plain = customer_of(agent, found, title)
    new = _new_slots(agent, mended)
    yield plain
    if found.verified:
        yield _with_identity(agent, plain, holds=False)
    else:
        yield _with_identity(agent, plain, holds=True)
    if new:
        told = tuple(Fact(id=name, value=False) for name in new)
        yield plain.model_copy(update={"facts": (*plain.facts, *told)})


def _with_identity(agent: Agent, scenario: Scenario, holds: bool) -> Scenario:
    verifying = {s.tool for flow in agent.workflows for s in flow.steps if isinstance(s, Verify)}
    known = {reply.id: reply.reply for reply in scenario.systems}
    known |= {tool: {**known.get(tool, {}), "verified": holds} for tool in verifying}
    systems = tuple(SystemReply(id=name, reply=reply) for name, reply in known.items())
    return scenario.model_copy(update={"systems": systems})


def _new_slots(agent: Agent, mended: Agent) -> list[str]:
    before = {slot.id for flow in agent.workflows for slot in flow.slots}
    slots = [slot for flow in mended.workflows for slot in flow.slots]
    return [slot.id for slot in slots if slot.id not in before and slot.type == "yes or no"]


# What is expected


def _expectations(
    agent: Agent, mended: Agent, result: CheckResult, after: Conversation
) -> Iterator[tuple[Expectation, ...]]:
    """Yield what could be expected, the most telling first."""
    last = result.counterexample[-1]
    step = agent.workflow(last.workflow).step(last.step)
    rule = _rule_of(agent, result)
    if rule and isinstance(step, ToolCall):
        yield (ExpectDisclosure(rule=rule, before=step.tool),)
    if result.check == "twice" and isinstance(step, ToolCall):
        yield (ExpectCall(tool=step.tool, times=1),)
    if result.check in ("identity", "stops", "confirmation", "kept"):
        if isinstance(step, ToolCall):
            yield (ExpectCall(tool=step.tool, never=True),)
        yield (ExpectStep(step=last.step, never=True),)
    if result.check == "known facts" and isinstance(step, ToolCall):
        yield (ExpectCall(tool=step.tool),)
    yield (ExpectOutcome(outcome=after.outcome),)
    yield from ((ExpectStep(step=name),) for name in _new_steps(agent, mended))
    yield from ((each,) for each in _handoffs(after))
    passed = [
        event.step for turn in after.turns for event in turn.events if event.kind == "step" and event.step
    ]
    yield from ((ExpectStep(step=name),) for name in reversed(passed))
    yield (ExpectStep(step=last.step, never=True),)


def _rule_of(agent: Agent, result: CheckResult) -> str:
    """Return the disclosure that a finding misses; "" where it is about none."""
    if result.check == "disclosure":
        return result.id.removeprefix(f"{result.check}:{result.path}:").split(":")[0]
    if result.check == "kept":
        rule = next((r for r in agent.charter.rules if result.path.endswith(f"/{r.id}")), None)
        other = rule.formal.other if rule is not None and rule.formal is not None else None
        return other.names[0] if other is not None and other.kind == "disclosure" and other.names else ""
    return ""


def _new_steps(agent: Agent, mended: Agent) -> list[str]:
    before: dict[str, set[str]] = {flow.id: {step.id for step in flow.steps} for flow in agent.workflows}
    found: list[Step] = [
        step for flow in mended.workflows for step in flow.steps if step.id not in before.get(flow.id, set())
    ]
    return [step.id for step in found]


def _handoffs(after: Conversation) -> Iterator[ExpectHandoff]:
    for turn in after.turns:
        for event in turn.events:
            if event.kind == "handoff" and event.label:
                yield ExpectHandoff(queue=event.label, context=tuple(event.facts))
