"""Variations of a test: another value at a limit, another behaviour, something that fails.

- A variation that must not change where the conversation ends keeps what the test expects. One at a limit
  expects the way that the decision takes there. Any other keeps what must never happen, and expects the end
  that the draft comes to today: `as_today` says so, because a person has to look it over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from studio.domain.agent import Agent
from studio.domain.errors import WrongUse
from studio.domain.scenario import (
    Behaviour,
    Expectation,
    ExpectCall,
    ExpectGuard,
    ExpectOutcome,
    ExpectStep,
    ExpectUnsaid,
    Fault,
    Scenario,
    fault_in_words,
)
from studio.domain.workflow import Handoff, ToolCall, Verify
from studio.services.counterexample import meet
from studio.services.run_setup import possible_faults
from studio.simulation.generating import HARMLESS, at_decisions
from studio.simulation.situations import family

_CUSTOMER_AND_WORLD = ("facts", "systems", "records", "today")
LIMITS, BEHAVIOURS, FAULTS = "Another value", "Another behaviour", "Something fails"


@dataclass(frozen=True, slots=True)
class Variation:
    """One way to vary a test: `group` and `words` tell it, `scenario` is the varied test without its end.

    Where `as_today`, what is expected is what the draft does today; `varied` works it out.
    """

    id: str
    group: str
    words: str
    scenario: Scenario
    as_today: bool = False


def variations(agent: Agent, test: Scenario) -> tuple[Variation, ...]:
    """Return the ways to vary a test."""
    return (*_at_limits(agent, test), *_behaving(test), *_failing(agent, test))


def varied(agent: Agent, test: Scenario, name: str, new_id: str) -> Variation:
    """Return one variation as a test of another number, with what it expects; raises WrongUse."""
    found = next((each for each in variations(agent, test) if each.id == name), None)
    if found is None:
        raise WrongUse(f"{test.id} cannot be varied so.", "Choose among the variations that it has.")
    made = found.scenario.model_copy(update={"id": new_id})
    if found.as_today:  # by its own number, which the customer's words are drawn from
        kept = tuple(each for each in made.expectations if _always_holds(each))
        outcome = ExpectOutcome(outcome=meet(agent, made).outcome)
        made = made.model_copy(update={"expectations": (outcome, *kept)})
    return Variation(found.id, found.group, found.words, made, found.as_today)


def _always_holds(expected: Expectation) -> bool:
    if isinstance(expected, ExpectCall | ExpectStep):
        return expected.never
    return isinstance(expected, ExpectGuard | ExpectUnsaid)


def _at_limits(agent: Agent, test: Scenario) -> Iterator[Variation]:
    for words, made in at_decisions(agent, test):
        if all(getattr(made, name) == getattr(test, name) for name in _CUSTOMER_AND_WORLD):
            continue  # the test itself is at that limit
        yield Variation(f"value:{words}", LIMITS, words, made)


def _behaving(test: Scenario) -> Iterator[Variation]:
    told = any(fact.forbidden is not None for fact in test.facts)
    behaviour: Behaviour
    for behaviour in get_args(Behaviour):
        if behaviour in test.behaviours or (told and behaviour == "asks for what is forbidden"):
            continue
        update = {"title": f"{test.title} ({behaviour})", "behaviours": (*test.behaviours, behaviour)}
        made = test.model_copy(update=update)
        yield Variation(
            f"behaviour:{behaviour}", BEHAVIOURS, behaviour, made, as_today=behaviour not in HARMLESS
        )


def _failing(agent: Agent, test: Scenario) -> Iterator[Variation]:
    flows = family(agent, test.workflow)
    steps = [step for flow in flows for step in flow.steps]
    used = {step.tool for step in steps if isinstance(step, ToolCall | Verify)}
    used |= {step.queue for step in steps if isinstance(step, Handoff)}
    for fault in possible_faults(agent):
        if fault.id in used and not any(_same(fault, each) for each in test.faults):
            words = fault_in_words(fault).removesuffix(", every time")
            update = {"title": f"{test.title} ({words})", "faults": (*test.faults, fault)}
            name = f"fault:{fault.id}:{fault.failure}"
            yield Variation(name, FAULTS, words, test.model_copy(update=update), as_today=True)


def _same(one: Fault, other: Fault) -> bool:
    return (one.id, one.failure) == (other.id, other.failure)
