"""The charter: what an agent is for, what it may, must and must never do, and what enforces it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from studio.domain.charter_terms import AutonomyLevel, OwnerRole, Technology
from studio.domain.company_policy import CompanyPolicy
from studio.domain.condition import Condition
from studio.domain.economics import Economics
from studio.domain.frozen import Frozen
from studio.domain.portfolio import Intent
from studio.domain.property import Property
from studio.domain.readiness import Threshold
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
    """One rule that people can say by its id ("R-07"), with the sentence that demands it.

    `workflows`, `segments`, `regions` and `channels` narrow where it counts; an empty one narrows nothing.
    `formal` is what the rule demands in a form that is proved over all paths, once a person confirmed it;
    `not_meant` is a reading in words that a person said is not what the rule means.
    """

    id: str
    kind: RuleKind
    title: str
    text: str
    severity: Literal["low", "medium", "high"] = "medium"
    workflows: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    channels: tuple[str, ...] | None = None
    enforced_by: Enforcement = "text only"
    guard: Guard | None = None
    citations: tuple[Citation, ...] = ()
    formal: Property | None = None
    not_meant: str | None = None


class Owner(Frozen):
    """Who answers for the agent in one role; the role is its identity."""

    id: OwnerRole
    name: str


class Charter(Frozen):
    """Purpose, audience, channel, what the agent says about itself, autonomy, owners and rules.

    `performance_owner` answers for performance after launch. What came later than the rest is absent where
    nobody has said it, and then the content's digest is what it was.
    """

    purpose: str
    audience: str
    channel: str
    ai_disclosure: str
    capabilities: str
    autonomy: AutonomyLevel = 1
    owners: tuple[Owner, ...] = ()
    rules: tuple[Rule, ...] = ()
    cannot: str | None = None
    tone: str | None = None
    technology: Technology | None = None
    performance_owner: OwnerRole | None = None
    portfolio: tuple[Intent, ...] | None = None
    readiness: tuple[Threshold, ...] | None = None
    economics: Economics | None = None
    company_policy: CompanyPolicy | None = None

    def rule(self, rule_id: str) -> Rule:
        """Return the rule with this id; raises KeyError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def owner(self, role: OwnerRole) -> str:
        """Return who answers in this role, or ""."""
        return next((owner.name for owner in self.owners if owner.id == role), "")
