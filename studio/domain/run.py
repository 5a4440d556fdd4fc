"""Runs: the typed log of a simulation. Everything here is deterministic; times live elsewhere.

- `evidence_digest` covers agent, scenarios, seed, customers and every conversation, so that another
  process that runs the same must get the same digest.
- A run may hold a million conversations: `conversations` may be a sequence that reads them as they are
  looked at, and what is counted over all of them (`figures`) is kept beside them.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import Field

from studio.domain.frozen import Frozen, canonical, digest
from studio.domain.scenario import Behaviour, Fault, Scenario
from studio.domain.trace import Turn

RUNTIME = "cobuilder-runtime 7"
"""Name and version of the runtime; it changes whenever the same agent could talk or be judged differently."""

Side = Literal["live", "draft"]
SIDES: tuple[Side, ...] = ("live", "draft")
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


_NAMED = re.compile(r"“[a-z0-9]+(?:[_-][a-z0-9]+)+”")


class Mark(Frozen):
    """Whether one aspect of a conversation was right; `note` says what was wrong, or what a guard stopped."""

    aspect: Aspect
    ok: bool
    note: str = ""

    @property
    def words(self) -> str:
        """Return the note with the names of systems and steps as people write them."""
        return _NAMED.sub(lambda found: found[0].replace("_", " ").replace("-", " "), self.note)


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


class ScenarioFigures(Frozen):
    """What is counted over the conversations of one scenario.

    `right` says how often an aspect was right, `blamed` whose fault it was where one was not, `reasons` the
    first few reasons for that.
    """

    scenario: str
    conversations: int
    passed: int
    right: dict[Aspect, int] = Field(default_factory=dict)
    blamed: dict[Blame, int] = Field(default_factory=dict)
    reasons: tuple[str, ...] = ()


class Exercised(Frozen):
    """How many passed and failed conversations exercised one thing of the agent (a step, a row, a guard)."""

    kind: str
    id: str
    passed: int
    failed: int


class RunFigures(Frozen):
    """What is counted over a whole run; `log_digest` is the SHA-256 of its conversations' SHA-256s.

    `exercised` is None where nobody counted that.
    """

    log_digest: str
    scenarios: tuple[ScenarioFigures, ...]
    exercised: tuple[Exercised, ...] | None = None


class Tally(Frozen):
    """How often something is so."""

    words: str
    customers: int


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """Some neighbouring customers of one scenario on one side, as they are kept.

    `flags` has a byte a conversation: 1 where it passed, plus 2 where it differs from the other side.
    `body` is the compressed JSON list of the conversations.
    """

    scenario: str
    first: int
    count: int
    flags: bytes
    body: bytes


REASONS = 5
"""Reasons that are told of one scenario."""
PASSED = 1
DIFFERS = 2


class Differences(Frozen):
    """How many customers of a scenario the draft treats differently, and in what, the most frequent first."""

    scenario: str
    affected: int
    tallies: tuple[Tally, ...]


def conversation_digest(data: bytes) -> bytes:
    """Return the SHA-256 of a conversation's canonical JSON."""
    return hashlib.sha256(data).digest()


def count(scenario: str, conversations: Iterable[Conversation]) -> ScenarioFigures:
    """Return the figures of the conversations of one scenario."""
    total = passed = 0
    right: Counter[Aspect] = Counter()
    blamed: Counter[Blame] = Counter()
    reasons: dict[str, None] = {}
    for conversation in conversations:
        total += 1
        passed += conversation.passed
        right.update([mark.aspect for mark in conversation.marks if mark.ok])
        if not conversation.passed:
            blamed[conversation.blame or "agent"] += 1
            reasons[conversation.because or ""] = None
    return ScenarioFigures(
        scenario=scenario,
        conversations=total,
        passed=passed,
        right=dict(right),
        blamed=dict(blamed),
        reasons=_few(reasons),
    )


def _few(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, reasons)))[:REASONS]


def figures_of(conversations: Iterable[Conversation]) -> RunFigures:
    """Return the figures of a whole run, read in one go."""
    log = hashlib.sha256()
    by_scenario: dict[str, ScenarioFigures] = {}
    for conversation in conversations:
        log.update(conversation_digest(canonical(conversation)))
        one = count(conversation.scenario, (conversation,))
        before = by_scenario.get(conversation.scenario)
        by_scenario[conversation.scenario] = joined(before, one) if before else one
    return RunFigures(log_digest=log.hexdigest(), scenarios=tuple(by_scenario.values()))


def joined(one: ScenarioFigures, other: ScenarioFigures) -> ScenarioFigures:
    """Return the figures of both together."""
    return ScenarioFigures(
        scenario=one.scenario,
        conversations=one.conversations + other.conversations,
        passed=one.passed + other.passed,
        right=dict(Counter(one.right) + Counter(other.right)),
        blamed=dict(Counter(one.blamed) + Counter(other.blamed)),
        reasons=_few((*one.reasons, *other.reasons)),
    )


@dataclass(frozen=True)
class Run:
    """All conversations of one agent over scenarios × customers with one seed, scenario by scenario.

    `counted` are the figures if they were kept with the run; else they are counted when asked for.
    `sampled` names the language model that took part; such a run proves nothing, it samples.
    """

    agent_digest: str
    scenarios_digest: str
    seed: int
    customers: int
    engine: str
    conversations: Sequence[Conversation]
    counted: RunFigures | None = None
    sampled: str = ""

    @cached_property
    def figures(self) -> RunFigures:
        """Return what is counted over all conversations."""
        return self.counted or figures_of(self.conversations)

    @property
    def by_this_runtime(self) -> bool:
        """Return whether the runtime of this program made it, so that it can be made again."""
        return self.engine.partition(" with ")[0] == RUNTIME

    @cached_property
    def evidence_digest(self) -> str:
        """Return the SHA-256 of the whole run."""
        return digest(
            {
                "agent_digest": self.agent_digest,
                "scenarios_digest": self.scenarios_digest,
                "seed": self.seed,
                "customers": self.customers,
                "engine": self.engine,
                "conversations": self.figures.log_digest,
            }
        )

    def of(self, scenario_id: str) -> Sequence[Conversation]:
        """Return the conversations of one scenario."""
        first = 0
        for each in self.figures.scenarios:
            if each.scenario == scenario_id:
                return self.conversations[first : first + each.conversations]
            first += each.conversations
        return ()

    @property
    def scenario_ids(self) -> tuple[str, ...]:
        """Return the scenarios in the order in which they were run."""
        return tuple(each.scenario for each in self.figures.scenarios)


class RunSetup(Frozen):
    """How a run differs from the whole: such a run is a trial, and never evidence of a release.

    `tests` are the chosen ones (none: all), `manners` and `faults` what was added to each; `against` is the
    number of another version than the live one. `scenarios` are the tests exactly as they were run; with
    them so many `drawn` further customers, those at the `limits` of decisions, and those of `conversations`.
    """

    tests: tuple[str, ...] = ()
    manners: tuple[Behaviour, ...] = ()
    faults: tuple[Fault, ...] = ()
    against: int | None = None
    scenarios: tuple[Scenario, ...] = ()
    drawn: int | None = None
    limits: int | None = None
    conversations: int | None = None


@dataclass(frozen=True)
class Comparison:
    """The live version and the draft over the same scenarios, customers and seed.

    `differences` are those that were found while both ran; None where nobody compared them yet. A `setup`
    stands only on a trial: part of the tests, harder customers, failing systems, another version.
    """

    id: str
    live: Run
    draft: Run
    differences: tuple[Differences, ...] | None = None
    setup: RunSetup | None = None
