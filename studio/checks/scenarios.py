"""Scenarios held against the agent: what they name exists."""

from __future__ import annotations

from collections.abc import Iterator

from studio.checks.names import Names
from studio.domain.changeset import join_path
from studio.domain.scenario import (
    ExpectCall,
    ExpectDisclosure,
    ExpectGuard,
    ExpectHandoff,
    ExpectOutcome,
    ExpectRecord,
    ExpectStep,
    ExpectUnsaid,
    ExpectWorld,
    Scenario,
)
from studio.domain.workflow import OUTCOMES, Handoff
from studio.domain.world import unknown_names

Named = tuple[bool, str, str]
"""Whether something is there, its kind in words, and its name."""


def check_scenarios(names: Names) -> None:
    """Note everything that a scenario names and the agent does not have."""
    for scenario in names.agent.scenarios:
        path, subject = join_path("scenarios", scenario.id), f"{scenario.id} {scenario.title}"
        for there, kind, name in _named(names, scenario):
            detail = f"{scenario.id} names the {kind} “{name}”, which the agent does not have."
            names.need(there, subject, detail, path, f"{kind}:{name}")
    for tool in names.agent.tools:
        for kind, name in unknown_names(tool.mock, names.agent.records or ()) if tool.mock else ():
            detail = f"The mock of “{tool.name}” names the {kind} “{name}”, which is not there."
            names.need(False, tool.name, detail, join_path("tools", tool.name), f"{kind}:{name}")


def _named(names: Names, scenario: Scenario) -> Iterator[Named]:
    flow = names.workflows.get(scenario.workflow)
    yield flow is not None and not flow.reusable, "workflow", scenario.workflow
    for fact in scenario.facts:
        yield fact.id in names.slots, "fact", fact.id
    for system in scenario.systems:
        yield system.id in names.tools, "tool", system.id
    steps = {step.id for each in names.agent.workflows for step in each.steps}
    queues = {s.queue for each in names.agent.workflows for s in each.steps if isinstance(s, Handoff)}
    tables = {table.id for table in names.agent.records or ()}
    for fault in scenario.faults:
        if fault.failure == "queue closed":
            yield fault.id in queues, "queue", fault.id
        else:
            yield fault.id in names.tools, "tool", fault.id
        if fault.step is not None:
            yield fault.step in steps, "step", fault.step
    for record in scenario.records or ():
        yield record.table in tables, "table of records", record.table
    for expected in scenario.expectations:
        if isinstance(expected, ExpectOutcome):
            yield expected.outcome in OUTCOMES, "outcome", expected.outcome
        elif isinstance(expected, ExpectCall):
            yield expected.tool in names.tools, "tool", expected.tool
        elif isinstance(expected, ExpectDisclosure):
            yield expected.rule in names.rules, "rule", expected.rule
            if expected.before is not None:
                yield expected.before in names.tools, "tool", expected.before
        elif isinstance(expected, ExpectStep):
            yield expected.step in steps, "step", expected.step
        elif isinstance(expected, ExpectHandoff):
            yield expected.queue in queues, "queue", expected.queue
            for name in expected.context:
                yield name in names.facts, "fact", name
        elif isinstance(expected, ExpectWorld):
            for call in expected.calls:
                yield call.tool in names.tools, "tool", call.tool
        elif isinstance(expected, ExpectGuard):
            yield expected.tool in names.tools, "tool", expected.tool
            if expected.rule is not None:
                yield expected.rule in names.rules, "rule", expected.rule
        elif isinstance(expected, ExpectUnsaid):
            if expected.rule is not None:
                yield expected.rule in names.rules, "rule", expected.rule
        elif isinstance(expected, ExpectRecord):
            yield expected.table in tables, "table of records", expected.table
        if isinstance(expected, ExpectStep | ExpectHandoff) and expected.after is not None:
            yield expected.after in steps, "step", expected.after
