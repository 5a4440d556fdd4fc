"""A dry walk of one scenario through an agent's steps: which rows, steps, systems and end it meets.

- It knows no language: customers answer what is asked, systems reply as the scenario says or fail as
  it says. Scenarios whose course hangs on the customer's manner (asks for a human) have no walk.
- It serves to find the scenarios that a change concerns; what is proved is proved by simulation.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.cobuilder.words.known_facts import compares
from studio.domain.agent import Agent
from studio.domain.charter import Rule
from studio.domain.condition import Scalar, holds
from studio.domain.frozen import Json
from studio.domain.scenario import (
    Expectation,
    ExpectCall,
    ExpectEffort,
    ExpectGuard,
    ExpectHandoff,
    ExpectOutcome,
    ExpectRecord,
    ExpectStep,
    ExpectUnsaid,
    ExpectWorld,
    Scenario,
)
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
)

_MANNERS = frozenset(
    {"asks for a human", "refuses to identify", "asks for an exception", "adds information late"}
)
_LONGEST = 400


@dataclass(slots=True)
class Walk:
    """What one walk met, in order; `answers` are a decision's row and answer by table."""

    steps: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    said: dict[str, int] = field(default_factory=dict)
    called_at: dict[str, int] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Scalar] = field(default_factory=dict)
    facts_at: dict[str, dict[str, Scalar]] = field(default_factory=dict)
    outcome: str = ""
    queue: str | None = None

    @property
    def course(self) -> tuple[str, tuple[str, ...], str | None]:
        """Return what a customer notices of it: outcome, systems, queue."""
        return self.outcome, tuple(self.calls), self.queue


class _Walker:
    def __init__(self, agent: Agent, scenario: Scenario) -> None:
        self.agent = agent
        self.replies = {system.id: system.reply for system in scenario.systems}
        self.broken = {fault.id: fault for fault in scenario.faults}
        self.walk = Walk(facts={fact.id: fact.value for fact in scenario.facts})
        self.limits = {tool.name: tool.limits for tool in agent.tools if tool.limits}
        self.left = _LONGEST

    def run(self, flow: Workflow) -> str:
        """Walk a workflow; return its outcome ("" where it leads nowhere)."""
        steps = {step.id: step for step in flow.steps}
        at: str | None = flow.start
        while at in steps and self.left:
            self.left -= 1
            step = steps[at]
            self.walk.steps.append(step.id)
            if isinstance(step, End):
                return step.outcome
            if isinstance(step, Handoff):
                self.walk.queue = step.queue
                return "handed over"
            at = self._next(step, flow)
        return ""

    def _next(self, step: Step, flow: Workflow) -> str | None:
        if isinstance(step, ToolCall):
            return self._call(step, flow)
        if isinstance(step, Verify):
            verified = self.replies.get(step.tool, {}).get("verified", False)
            return step.next if verified and self._answers(step.tool, 0) else step.on_failure
        if isinstance(step, Decide):
            return self._decide(step)
        if isinstance(step, CallBlock):
            block = next((each for each in self.agent.workflows if each.id == step.block), None)
            outcome = self.run(block) if block else "refused"
            return step.on_failure if outcome in ("handed over", "refused") else step.next
        if isinstance(step, Disclose):
            self.walk.said.setdefault(step.rule, len(self.walk.steps))
            return step.next
        if isinstance(step, Ask):
            known = all(slot in self.walk.facts for slot in step.slots)
            return step.next if known else step.on_failure
        return step.next if not isinstance(step, End | Handoff) else None

    def _answers(self, tool: str, retries: int) -> bool:
        fault = self.broken.get(tool)
        return fault is None or (fault.times is not None and fault.times <= retries)

    def _call(self, step: ToolCall, flow: Workflow) -> str | None:
        if any(self._stops(rule, step.tool, flow) for rule in self.agent.charter.rules):
            return step.on_failure
        if self._over(step):
            return step.on_failure
        if not self._answers(step.tool, step.retries):
            return step.on_failure
        self.walk.calls.append(step.tool)
        self.walk.called_at.setdefault(step.tool, len(self.walk.steps))
        reply = self.replies.get(step.tool, {})
        for binding in step.results:
            value = reply.get(binding.result)
            if isinstance(value, bool | int | float | str):
                self.walk.facts[binding.fact] = value
        return step.next

    def _stops(self, rule: Rule, tool: str, flow: Workflow) -> bool:
        guard = rule.guard
        if guard is None or tool not in guard.tools or (rule.workflows and flow.id not in rule.workflows):
            return False
        if guard.needs_disclosure and guard.needs_disclosure not in self.walk.said:
            return True
        condition = guard.forbidden_when
        if condition is None:
            return not guard.needs_identity and guard.needs_disclosure is None
        return bool(compares(condition)) and holds(condition, self.walk.facts)

    def _over(self, step: ToolCall) -> bool:
        limits = self.limits.get(step.tool, ())
        sent = {a.name: self.walk.facts.get(a.fact) if a.fact else a.value for a in step.arguments}
        return any(_above(sent.get(limit.argument), limit.maximum) for limit in limits)

    def _decide(self, step: Decide) -> str | None:
        if step.table is None:
            found = (b for b in step.branches if b.when is not None and holds(b.when, self.walk.facts))
            branch = next(found, None)
            return branch.next if branch else step.otherwise
        table = next((each for each in self.agent.tables if each.id == step.table), None)
        row = table.decide(self.walk.facts) if table else None
        self.walk.facts_at[step.table] = dict(self.walk.facts)
        if row is None:
            return step.otherwise
        self.walk.answers[step.table] = row.then
        branch = next((each for each in step.branches if each.id == row.then), None)
        return branch.next if branch else step.otherwise


def _above(value: Json, maximum: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > maximum


def walk(agent: Agent, scenario: Scenario) -> Walk | None:
    """Return the walk of a scenario, or None where its course hangs on the customer's manner."""
    flow = next((each for each in agent.workflows if each.id == scenario.workflow), None)
    if flow is None or _MANNERS & set(scenario.behaviours):
        return None
    walker = _Walker(agent, scenario)
    walker.walk.outcome = walker.run(flow)
    return walker.walk


def meets(scenario: Scenario, course: Walk) -> bool:
    """Return whether a walk is what the scenario expects."""
    return all(_met(each, course) for each in scenario.expectations)


def _met(expectation: Expectation, course: Walk) -> bool:
    if isinstance(expectation, ExpectWorld | ExpectRecord | ExpectEffort | ExpectGuard | ExpectUnsaid):
        return True  # a walk has no systems that change and no customer; a simulation tells
    if isinstance(expectation, ExpectOutcome):
        return course.outcome == expectation.outcome
    if isinstance(expectation, ExpectCall):
        return (expectation.tool in course.calls) != expectation.never
    if isinstance(expectation, ExpectStep):
        return (expectation.step in course.steps) != expectation.never
    if isinstance(expectation, ExpectHandoff):
        return course.queue == expectation.queue
    said = course.said.get(expectation.rule)
    if said is None or expectation.before is None:
        return said is not None
    return said < course.called_at.get(expectation.before, _LONGEST + 1)
