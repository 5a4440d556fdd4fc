"""Runs: the typed log of a simulation. Everything here is deterministic; times live elsewhere.

- `evidence_digest` covers agent, scenarios, seed, customers and every conversation, so that another
  process that runs the same must get the same digest.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from studio.domain.frozen import Frozen, digest
from studio.domain.trace import Turn

Aspect = Literal["goal", "process", "systems", "limits", "disclosures", "communication", "handoff", "effort"]
ASPECTS: tuple[Aspect, ...] = (
    "goal",
    "process",
    "systems",
    "limits",
    "disclosures",
    "communication",
    "handoff",
    "effort",
)
Blame = Literal["agent", "customer simulator", "scenario", "mock", "infrastructure"]
"""Whose fault it is that a conversation was not right; only the agent's counts against the agent."""


class Mark(Frozen):
    """Whether one aspect of a conversation was right; `note` says what was wrong, or what a guard stopped."""

    aspect: Aspect
    ok: bool
    note: str = ""


class Conversation(Frozen):
    """One simulated conversation with its verdict; where it was not right, whose fault that is, and why."""

    scenario: str
    customer: int
    seed: int
    outcome: str
    passed: bool
    marks: tuple[Mark, ...]
    turns: tuple[Turn, ...]
    blame: Blame | None = None
    because: str | None = None

    @property
    def calls(self) -> tuple[str, ...]:
        """Return the tools that were called, in order."""
        return tuple(e.tool for t in self.turns for e in t.events if e.kind == "call" and e.tool)


class Run(Frozen):
    """All conversations of one agent over scenarios × customers with one seed."""

    agent_digest: str
    scenarios_digest: str
    seed: int
    customers: int
    engine: str
    conversations: tuple[Conversation, ...]

    @cached_property
    def evidence_digest(self) -> str:
        """Return the SHA-256 of the whole run."""
        return digest(self)

    def of(self, scenario_id: str) -> tuple[Conversation, ...]:
        """Return the conversations of one scenario."""
        return tuple(c for c in self.conversations if c.scenario == scenario_id)

    @property
    def scenario_ids(self) -> tuple[str, ...]:
        """Return the scenarios in the order in which they were run."""
        return tuple(dict.fromkeys(c.scenario for c in self.conversations))


class Comparison(Frozen):
    """The live version and the draft over the same scenarios, customers and seed."""

    id: str
    live: Run
    draft: Run
