"""Verdicts on a conversation, aspect by aspect, from its trace alone.

- The scenario's expectations, and what must be so in every conversation: no guard and no limit was
  passed, nothing was written before identity was verified, a demanded disclosure came first, a person
  who takes over gets what the customer had told, and no system was missing or asked wrongly.
- The grader reads the trace and trusts no state of the runtime: it judges guards once more, itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from studio.domain.condition import Scalar
from studio.domain.run import ASPECTS, Aspect, Mark
from studio.domain.scenario import (
    ExpectCall,
    ExpectDisclosure,
    ExpectHandoff,
    ExpectOutcome,
    ExpectStep,
    Scenario,
)
from studio.domain.trace import TraceEvent, Turn
from studio.domain.workflow import Handoff, Verify
from studio.runtime.guards import binds, over_limit, refusal
from studio.runtime.program import Program
from studio.runtime.recording import build

PROCESS_FAULTS = frozenset(
    {
        "dead end",
        "circles",
        "unknown fact",
        "unknown table",
        "unknown block",
        "no branch",
        "no row",
        "turn limit",
    }
)
SYSTEM_FAULTS = frozenset({"unknown tool", "arguments", "no reply", "incomplete reply"})

Finding = tuple[Aspect, str]


@dataclass(slots=True)
class Reading:
    """What a grader remembers while it reads a trace from the beginning."""

    program: Program
    facts: dict[str, Scalar] = field(default_factory=dict)
    given: dict[str, Scalar] = field(default_factory=dict)
    verified: bool = False
    disclosed: list[str] = field(default_factory=list)
    before_call: dict[str, tuple[str, ...]] = field(default_factory=dict)
    steps: set[str] = field(default_factory=set)
    workflows: list[str] = field(default_factory=list)
    handoffs: list[TraceEvent] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def read(self, event: TraceEvent) -> None:
        """Take in one event."""
        kind = event.kind
        if kind == "step" and event.step:
            self.steps.add(event.step)
        elif kind == "understood":
            self._understood(event)
        elif kind == "branch" and event.label == "verified":
            self.verified = True
        elif kind == "disclosure" and event.rule:
            self.disclosed.append(event.rule)
        elif kind == "call" and event.tool:
            self._call(event, event.tool)
        elif kind == "failure":
            self._failure(event)
        elif kind == "handoff":
            self._handoff(event)

    def _handoff(self, event: TraceEvent) -> None:
        self.handoffs.append(event)
        flow = self.program.flows.get(event.workflow or "")
        step = flow.steps.get(event.step or "") if flow else None
        named = step.context if isinstance(step, Handoff) and step.context else tuple(self.facts)
        missing = [name for name in named if name in self.facts and name not in event.facts]
        if missing:
            words = ", ".join(self.program.label(name).lower() for name in missing)
            self.findings.append(("handoff", f"Summary missing, though it was known: {words}."))

    def _understood(self, event: TraceEvent) -> None:
        if event.label == "intent" and event.workflow:
            self.workflows.append(event.workflow)
        self.given.update(event.facts)
        if event.label == "correction":
            self.verified = False
            self.facts = dict(self.given)
        self.facts.update(event.facts)

    def _call(self, event: TraceEvent, name: str) -> None:
        self.before_call.setdefault(name, tuple(self.disclosed))
        tool = self.program.tools.get(name)
        if tool is None:
            self.findings.append(("systems", f"“{name}” was called, which the agent does not have."))
            return
        if tool.effect == "write" and not self.verified:
            self.findings.append(("limits", f"“{name}” was called before identity was verified."))
        if (why := over_limit(tool, event.arguments)) is not None:
            self.findings.append(("limits", f"“{name}”: {why}."))
        flows = [*self.workflows[-1:], event.workflow or ""]
        for rule, guard in self.program.guards.get(name, ()):
            if not binds(rule, flows, self.facts):
                continue
            why = refusal(guard, self.facts, event.arguments, self.verified, self.disclosed)
            if why is not None:
                aspect: Aspect = "disclosures" if why.endswith("has not been said yet") else "limits"
                self.findings.append((aspect, f"{rule.id} was broken by “{name}”: {why}."))
        self.facts.update(event.facts)

    def _failure(self, event: TraceEvent) -> None:
        if event.label == "no match":
            self._forget(event)
        elif event.label in PROCESS_FAULTS:
            self.findings.append(("process", event.detail))
        elif event.label in SYSTEM_FAULTS:
            self.findings.append(("systems", event.detail))

    def _forget(self, event: TraceEvent) -> None:
        """Drop what did not match, as the agent does before it asks again."""
        flow = self.program.flows.get(event.workflow or "")
        step = flow.steps.get(event.step or "") if flow else None
        for name in step.slots if isinstance(step, Verify) else ():
            self.facts.pop(name, None)


def grade(program: Program, scenario: Scenario, outcome: str, turns: Sequence[Turn]) -> tuple[Mark, ...]:
    """Return one mark for each aspect; a mark's note lists everything that was wrong."""
    reading = Reading(program)
    for turn in turns:
        for event in turn.events:
            reading.read(event)
    findings = [*reading.findings, *_always(program, scenario, outcome, turns, reading)]
    for expectation in scenario.expectations:
        if isinstance(expectation, ExpectOutcome):
            findings += _outcome(expectation, outcome)
        elif isinstance(expectation, ExpectCall):
            findings += _called(expectation, reading)
        elif isinstance(expectation, ExpectDisclosure):
            findings += _disclosed(expectation, reading)
        elif isinstance(expectation, ExpectStep):
            findings += _passed(expectation, reading)
        elif isinstance(expectation, ExpectHandoff):
            findings += _handed(expectation, reading)
    return tuple(_mark(aspect, findings) for aspect in ASPECTS)


def _mark(aspect: Aspect, findings: Iterable[Finding]) -> Mark:
    notes = list(dict.fromkeys(note for about, note in findings if about == aspect))
    return build(Mark, {"aspect": aspect, "ok": not notes, "note": " ".join(notes)})


def _always(
    program: Program, scenario: Scenario, outcome: str, turns: Sequence[Turn], reading: Reading
) -> list[Finding]:
    found: list[Finding] = []
    if program.agent.charter.ai_disclosure and not any(e.label == "ai" for t in turns[:1] for e in t.events):
        found.append(("disclosures", "Did not begin by saying that it is an automated assistant."))
    if reading.workflows and scenario.workflow not in reading.workflows:
        name = program.flows[reading.workflows[0]].workflow.name
        found.append(("process", f"Understood as “{name}”."))
    expects = any(isinstance(each, ExpectOutcome) for each in scenario.expectations)
    if not expects and outcome == "abandoned":
        found.append(("goal", "The customer gave up."))
    return found


def _outcome(expected: ExpectOutcome, outcome: str) -> list[Finding]:
    if outcome == expected.outcome:
        return []
    return [("goal", f"Ended “{outcome}”, expected “{expected.outcome}”.")]


def _called(expected: ExpectCall, reading: Reading) -> list[Finding]:
    called = expected.tool in reading.before_call
    if expected.never and called:
        return [("limits", f"“{expected.tool}” was called, which must not happen here.")]
    if not expected.never and not called:
        return [("systems", f"“{expected.tool}” was not called.")]
    return []


def _disclosed(expected: ExpectDisclosure, reading: Reading) -> list[Finding]:
    if expected.before is not None and expected.before in reading.before_call:
        if expected.rule in reading.before_call[expected.before]:
            return []
        return [("disclosures", f"{expected.rule} was not said before “{expected.before}”.")]
    return [] if expected.rule in reading.disclosed else [("disclosures", f"{expected.rule} was not said.")]


def _passed(expected: ExpectStep, reading: Reading) -> list[Finding]:
    if (expected.step in reading.steps) != expected.never:
        return []
    words = "was passed, which must not happen here" if expected.never else "was not reached"
    return [("process", f"Step “{expected.step}” {words}.")]


def _handed(expected: ExpectHandoff, reading: Reading) -> list[Finding]:
    if not reading.handoffs:
        return [("handoff", f"Was not handed to “{expected.queue}”.")]
    event = reading.handoffs[-1]
    found: list[Finding] = []
    if event.label != expected.queue:
        found.append(("handoff", f"Was handed to “{event.label}”, expected “{expected.queue}”."))
    missing = [reading.program.label(name).lower() for name in expected.context if name not in event.facts]
    if missing:
        found.append(("handoff", f"Summary missing: {', '.join(missing)}."))
    return found
