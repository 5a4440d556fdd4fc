"""Whose fault it is that a conversation was not right, in plain words; only the agent's counts.

- An agent that passed a limit is to blame whatever else went wrong.
- A crash is ours (infrastructure). A customer who says what is not on the card, or loops, is the customer
  simulator's fault. A mock system with a wrong name, without an answer to a look-up, or whose answer is not
  what its schema promises, is the mock's. What a test expects and nothing could do, or does not tell its
  customer though it is asked for, is the test's (scenario).
- What a fault of the test did is nobody's fault; how the agent took it is the agent's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from studio.domain.run import Blame, Mark
from studio.domain.scenario import (
    ExpectCall,
    ExpectDisclosure,
    ExpectGuard,
    ExpectHandoff,
    ExpectOutcome,
    ExpectRecord,
    ExpectStep,
    ExpectWorld,
    Scenario,
)
from studio.domain.trace import TraceEvent, Turn
from studio.domain.workflow import OUTCOMES, Handoff
from studio.runtime.program import Program
from studio.simulation.systems import as_if

_REFUSING = frozenset({"refuses to identify"})


def blame(
    program: Program,
    scenario: Scenario,
    marks: Sequence[Mark],
    turns: Sequence[Turn],
    mistakes: Sequence[str] = (),
    simulator: str = "",
) -> tuple[Blame, str] | None:
    """Return whose fault it is and why, or None where everything was right.

    `mistakes` is what is wrong with the mock systems, `simulator` what is wrong with the customer.
    """
    wrong = [mark for mark in marks if not mark.ok]
    if not wrong and not simulator:
        return None
    for mark in wrong:
        if mark.aspect == "limits":
            return "agent", mark.note
    if simulator:
        return "customer simulator", simulator
    events = [event for turn in turns for event in turn.events]
    for why in (*mistakes, *_mock(program, events)):
        return "mock", why
    for why in (*_impossible(program, scenario), *_untold(program, scenario, events)):
        return "scenario", why
    return "agent", wrong[0].note


def _mock(program: Program, events: Sequence[TraceEvent]) -> Iterator[str]:
    """Yield what the mock systems could not answer, or answered against their own schema."""
    injected: set[str | None] = set()
    for event in events:
        if event.kind == "fault":
            injected.add(event.tool)
        elif event.kind == "failure" and event.label == "no reply":
            tool = program.tools.get(event.tool or "")
            if tool is not None and tool.effect == "read":
                yield f"The test does not say what “{event.tool}” answers."
        elif event.kind == "failure" and event.label == "incomplete reply" and event.tool not in injected:
            yield f"The mock system breaks its own promise: {event.detail}"


def _impossible(program: Program, scenario: Scenario) -> Iterator[str]:
    """Yield what a test expects and nothing could do."""
    agent = program.agent
    steps = {step.id for flow in agent.workflows for step in flow.steps}
    queues = {s.queue for flow in agent.workflows for s in flow.steps if isinstance(s, Handoff)}
    named: list[tuple[str, str, Collection[str]]] = [("workflow", scenario.workflow, program.flows)]
    wanted: dict[str, bool] = {}
    for each in scenario.expectations:
        if isinstance(each, ExpectOutcome):
            named.append(("outcome", each.outcome, OUTCOMES))
        elif isinstance(each, ExpectCall):
            named.append(("system", each.tool, program.tools))
            if each.arguments is None and wanted.setdefault(each.tool, each.never) != each.never:
                yield f"The test expects “{each.tool}” to be called, and never to be called."
        elif isinstance(each, ExpectDisclosure):
            named.append(("rule", each.rule, {rule.id for rule in agent.charter.rules}))
        elif isinstance(each, ExpectStep):
            named.append(("step", each.step, steps))
        elif isinstance(each, ExpectHandoff):
            named.append(("queue", each.queue, queues))
        elif isinstance(each, ExpectGuard):
            named.append(("system", each.tool, program.tools))
        elif isinstance(each, ExpectRecord):
            named.append(("table of records", each.table, {table.id for table in agent.records or ()}))
        elif isinstance(each, ExpectWorld):
            yield from as_if(scenario, program, each.calls)[1]
    yield from (
        f"The test names the {what} “{name}”, which is not there."
        for what, name, known in named
        if name not in known
    )
    ends = [each.outcome for each in scenario.expectations if isinstance(each, ExpectOutcome)]
    if len(set(ends)) > 1:
        yield f"The test expects two ends: {' and '.join(ends)}."


def _untold(program: Program, scenario: Scenario, events: Sequence[TraceEvent]) -> Iterator[str]:
    """Yield the facts that were asked for in vain, because the test does not tell them to its customer."""
    if _REFUSING & set(scenario.behaviours):
        return
    known = {fact.id for fact in scenario.facts}
    for event in events:
        if event.kind == "failure" and event.label == "no answer":
            flow = program.flows.get(event.workflow or "")
            step = flow.steps.get(event.step or "") if flow else None
            slots = getattr(step, "slots", ())
            lacking = [program.label(name).lower() for name in slots if name not in known]
            if lacking:
                yield f"The customer was asked for what the test does not say: {', '.join(lacking)}."
