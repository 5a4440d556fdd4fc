"""What a grader remembers of a trace: read from the beginning, event by event, trusting nothing else.

- Guards, limits and identity are judged here once more, from the trace alone.
- What a fault of the test made the agent see is no mistake of the agent; how it took it, may be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.domain.condition import Scalar
from studio.domain.run import Aspect
from studio.domain.trace import TraceEvent, Turn
from studio.domain.workflow import Disclose, Handoff, Verify
from studio.runtime.guards import binds, over_limit, refusal
from studio.runtime.program import Program
from studio.runtime.templates import PLACE

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
    calls: list[TraceEvent] = field(default_factory=list)
    steps: dict[str, int] = field(default_factory=dict)
    workflows: list[str] = field(default_factory=list)
    handoffs: list[TraceEvent] = field(default_factory=list)
    handed_after: int = 0
    findings: list[Finding] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    injected: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    turns: int = 0
    said: list[str] = field(default_factory=list)
    wants_person: bool = False
    nobody: bool = False

    def read_all(self, turns: Sequence[Turn]) -> None:
        """Take in all turns."""
        for turn in turns:
            if turn.role == "customer":
                self.turns += 1
            elif turn.role == "agent" and turn.text:
                self.said.append(turn.text)
            for event in turn.events:
                self.read(event, turn.text)

    def read(self, event: TraceEvent, text: str) -> None:
        """Take in one event of a turn with a text."""
        kind = event.kind
        if kind == "step" and event.step:
            self.steps.setdefault(event.step, len(self.steps))
        elif kind == "understood":
            self._understood(event)
        elif kind == "branch":
            if event.label == "verified":
                self.verified = True
        elif kind == "call" and event.tool:
            self._call(event, event.tool)
        elif kind == "disclosure" and event.rule:
            self._disclosure(event, event.rule, text)
        elif kind == "failure":
            self._failure(event)
        elif kind == "handoff":
            self._handoff(event)
        elif kind == "guard":
            self.stopped.append(event.detail)
        elif kind == "fault":
            self._fault(event)

    def _disclosure(self, event: TraceEvent, rule: str, text: str) -> None:
        self.disclosed.append(rule)
        flow = self.program.flows.get(event.workflow or "")
        step = flow.steps.get(event.step or "") if flow else None
        if isinstance(step, Disclose) and step.text not in text and not _says(text, step.text):
            self.findings.append(("disclosures", f"{rule} was not said word for word."))

    def _fault(self, event: TraceEvent) -> None:
        wait = event.facts.get("seconds")
        if isinstance(wait, int | float):
            self.seconds += wait
        if event.tool and event.label:
            self.injected[event.tool] = event.label

    def _handoff(self, event: TraceEvent) -> None:
        self.handoffs.append(event)
        self.handed_after = len(self.steps)
        self.wants_person = False
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
        elif event.label == "person":
            self.wants_person = True
        self.given.update(event.facts)
        if event.label == "correction":
            self.verified = False
            self.facts = dict(self.given)
        self.facts.update(event.facts)

    def _call(self, event: TraceEvent, name: str) -> None:
        self.before_call.setdefault(name, tuple(self.disclosed))
        self.calls.append(event)
        tool = self.program.tools.get(name)
        if tool is None:
            self.findings.append(("systems", f"“{name}” was called, which the agent does not have."))
            return
        if self.wants_person and not self.nobody:
            self.findings.append(("handoff", f"“{name}” was called though the customer asked for a person."))
        if tool.effect == "write" and not self.verified and not self._serves_anyone(event):
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

    def _serves_anyone(self, event: TraceEvent) -> bool:
        """Return whether the workflow of a call is set to serve people whom nobody has identified."""
        flow = self.program.flows.get(event.workflow or "")
        if flow is not None and flow.workflow.reusable and self.workflows:
            flow = self.program.flows.get(self.workflows[-1])
        return flow is not None and flow.workflow.open_to == "anyone"

    def _failure(self, event: TraceEvent) -> None:
        if event.label == "no match":
            self._forget(event)
        elif event.label == "queue closed":
            self.nobody = True
        elif event.label in PROCESS_FAULTS:
            self.findings.append(("process", event.detail))
        elif event.label == "incomplete reply" and self.injected.get(event.tool or "") == "incomplete":
            return
        elif event.label in SYSTEM_FAULTS:
            self.findings.append(("systems", event.detail))

    def _forget(self, event: TraceEvent) -> None:
        """Drop what did not match, as the agent does before it asks again."""
        flow = self.program.flows.get(event.workflow or "")
        step = flow.steps.get(event.step or "") if flow else None
        for name in step.slots if isinstance(step, Verify) else ():
            self.facts.pop(name, None)


def _says(text: str, template: str) -> bool:
    """Return whether a text holds all the words of a template, in order, whatever fills its places."""
    at = 0
    for part in PLACE.split(template)[::2]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True
