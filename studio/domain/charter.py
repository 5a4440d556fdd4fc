"""The charter: what an agent is for, what it may, must and must never do, and what enforces it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from studio.domain.condition import Condition
from studio.domain.frozen import Frozen
from studio.domain.source import Citation


class RuleKind(StrEnum):
    """What a rule does."""

    ALLOW = "allow"
    NEVER = "never"
    MUST = "must"
    DISCLOSE = "disclose"
    ESCALATE = "escalate"


class Guard(Frozen):
    """Code that stops a tool call, whoever asked for it.

    A call of one of `tools` is refused when `forbidden_when` holds (or, if it is absent and neither
    requirement is set, always), when identity is not verified though `needs_identity`, or when the
    disclosure rule `needs_disclosure` has not been said yet.
    """

    tools: tuple[str, ...]
    forbidden_when: Condition | None = None
    needs_identity: bool = False
    needs_disclosure: str | None = None


Enforcement = Literal["guard", "tool permission", "step", "text only"]


class Rule(Frozen):
    """One rule that people can say by its id ("R-07"), with the sentence that demands it."""

    id: str
    kind: RuleKind
    title: str
    text: str
    severity: Literal["low", "medium", "high"] = "medium"
    workflows: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    enforced_by: Enforcement = "text only"
    guard: Guard | None = None
    citations: tuple[Citation, ...] = ()


class Owner(Frozen):
    """Who answers for the agent in one role; the role is its identity."""

    id: Literal["business", "operations", "qa", "compliance", "it", "analytics"]
    name: str


class Charter(Frozen):
    """Purpose, audience, channel, what the agent says about itself, autonomy, owners and rules."""

    purpose: str
    audience: str
    channel: str
    ai_disclosure: str
    capabilities: str
    autonomy: Literal[1, 2, 3] = 1
    owners: tuple[Owner, ...] = ()
    rules: tuple[Rule, ...] = ()

    def rule(self, rule_id: str) -> Rule:
        """Return the rule with this id; raises KeyError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
