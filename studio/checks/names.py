"""Everything in an agent that can be named, and the book in which lost references are written."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.checks.results import result
from studio.domain.agent import Agent
from studio.domain.charter import RuleKind
from studio.domain.check import CheckResult
from studio.domain.workflow import Slot, ToolCall, Workflow

ALWAYS_KNOWN = frozenset({"segment", "region"})
"""Facts that a channel may give of itself."""


@dataclass(slots=True)
class Names:
    """Everything that can be named, and the findings so far."""

    agent: Agent
    workflows: dict[str, Workflow] = field(init=False)
    tools: frozenset[str] = field(init=False)
    tables: frozenset[str] = field(init=False)
    rules: frozenset[str] = field(init=False)
    disclosures: frozenset[str] = field(init=False)
    slots: dict[str, Slot] = field(init=False)
    facts: frozenset[str] = field(init=False)
    looked_up: int = 0
    findings: list[CheckResult] = field(default_factory=list)

    def __post_init__(self) -> None:
        agent = self.agent
        steps = [step for flow in agent.workflows for step in flow.steps]
        self.workflows = {flow.id: flow for flow in agent.workflows}
        self.tools = frozenset(tool.name for tool in agent.tools)
        self.tables = frozenset(table.id for table in agent.tables)
        self.rules = frozenset(rule.id for rule in agent.charter.rules)
        self.disclosures = frozenset(r.id for r in agent.charter.rules if r.kind == RuleKind.DISCLOSE)
        self.slots = {slot.id: slot for flow in agent.workflows for slot in flow.slots}
        bound = {binding.fact for step in steps if isinstance(step, ToolCall) for binding in step.results}
        self.facts = frozenset(self.slots) | bound | ALWAYS_KNOWN

    def need(self, there: bool, subject: str, detail: str, path: str, about: str) -> bool:
        """Count one reference; write a finding if it leads nowhere."""
        self.looked_up += 1
        if not there:
            self.findings.append(result("references", "broken", subject, detail, path, about))
        return there
