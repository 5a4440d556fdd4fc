"""The expectations panel: what a test expects, and who its customer is, in words."""

from __future__ import annotations

from collections.abc import Iterator

from studio.desktop.panels.graph import plain
from studio.domain.condition import spell
from studio.domain.scenario import (
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectEffort,
    ExpectGuard,
    ExpectOutcome,
    ExpectRecord,
    ExpectStep,
    ExpectUnsaid,
    ExpectWorld,
    Scenario,
    fault_in_words,
    in_a_clause,
)


def expectation_words(expectation: Expectation) -> str:
    """Return what is expected, as a clause."""
    if isinstance(expectation, ExpectOutcome):
        return f"Ends: {expectation.outcome}"
    if isinstance(expectation, ExpectCall):
        return f"{'Never uses' if expectation.never else 'Uses'} “{plain(expectation.tool)}”"
    if isinstance(expectation, ExpectDisclosure):
        before = f" before “{plain(expectation.before)}”" if expectation.before else ""
        return f"Tells the customer what {expectation.rule} demands{before}"
    if isinstance(expectation, ExpectStep):
        return f"{'Never passes' if expectation.never else 'Passes'} “{plain(expectation.step)}”"
    if isinstance(expectation, ExpectWorld | ExpectRecord | ExpectEffort | ExpectGuard | ExpectUnsaid):
        return in_a_clause(expectation)
    facts = f", with {', '.join(map(plain, expectation.context))}" if expectation.context else ""
    return f"Hands over to {expectation.queue}{facts}"


def customer_lines(scenario: Scenario) -> Iterator[str]:
    """Yield who the customer is, what they know and how they behave."""
    who = scenario.persona
    yield f"{who.name}: {who.words}"
    if scenario.behaviours:
        yield "Behaves: " + ", ".join(scenario.behaviours)
    for fact in scenario.facts:
        wrong = f", first says {spell(fact.wrong)}" if fact.wrong is not None else ""
        yield f"Knows {plain(fact.id)}: {spell(fact.value)}{wrong}"


def world_lines(scenario: Scenario) -> Iterator[str]:
    """Yield what the systems answer, and which fail."""
    for system in scenario.systems:
        words = ", ".join(f"{plain(k)} {_value(v)}" for k, v in system.reply.items())
        yield f"“{plain(system.id)}” answers: {words}"
    for fault in scenario.faults:
        yield fault_in_words(fault)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "(" + ", ".join(f"{plain(str(k))} {_value(v)}" for k, v in value.items()) + ")"
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    return spell(value) if isinstance(value, bool | int | float | str) else "nothing"
