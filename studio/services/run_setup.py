"""What a run is set up with: which tests, harder customers, failing systems, and against which version.

- Added manners are those that must not change where a conversation ends, so a test keeps what it expects.
- With a failing system, a test keeps only what must never happen: how it ends may rightly be another way.
- The whole (every test as it is, against the live version) has no set-up, and alone is evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from studio.domain.agent import Agent
from studio.domain.errors import WrongUse
from studio.domain.run import RunSetup
from studio.domain.scenario import (
    Behaviour,
    Expectation,
    ExpectCall,
    ExpectGuard,
    ExpectStep,
    Fault,
    FaultKind,
    Scenario,
    fault_in_words,
)
from studio.domain.workflow import Handoff, Verify
from studio.simulation.generating import HARMLESS

_OF_OTHERS = ("queue closed", "identity down")
OF_SYSTEMS: tuple[FaultKind, ...] = tuple(kind for kind in get_args(FaultKind) if kind not in _OF_OTHERS)
"""What can go wrong in every system."""


def possible_faults(agent: Agent) -> tuple[Fault, ...]:
    """Return what can be made to go wrong in the systems and queues of an agent, every time."""
    steps = [step for flow in agent.workflows for step in flow.steps]
    found = [Fault(id=tool.name, failure=kind) for tool in agent.tools for kind in OF_SYSTEMS]
    proving = dict.fromkeys(step.tool for step in steps if isinstance(step, Verify))
    found += [Fault(id=name, failure="identity down") for name in proving]
    queues = dict.fromkeys(step.queue for step in steps if isinstance(step, Handoff))
    return (*found, *(Fault(id=name, failure="queue closed") for name in queues))


def set_up(
    agent: Agent,
    tests: Sequence[str] = (),
    manners: Sequence[Behaviour] = (),
    faults: Sequence[Fault] = (),
    against: int | None = None,
) -> RunSetup | None:
    """Return the set-up of a trial, or None for the whole; raises WrongUse."""
    if not (tests or manners or faults or against is not None):
        return None
    known = {scenario.id: scenario for scenario in agent.scenarios}
    if missing := [test for test in tests if test not in known]:
        raise WrongUse(f"The draft has no test “{missing[0]}”.", f"It has: {', '.join(sorted(known))}.")
    if strange := [manner for manner in manners if manner not in HARMLESS]:
        raise WrongUse(
            f"“{strange[0]}” is no manner that can be given to every customer.",
            f"Choose among: {', '.join(HARMLESS)}.",
        )
    possible = {(fault.id, fault.failure) for fault in possible_faults(agent)}
    if odd := [fault for fault in faults if (fault.id, fault.failure) not in possible]:
        names = ", ".join(sorted({name for name, _ in possible}))
        raise WrongUse(f"“{odd[0].id}” cannot be made “{odd[0].failure}”.", f"There are: {names}.")
    chosen = [known[test] for test in dict.fromkeys(tests)] or list(agent.scenarios)
    scenarios = tuple(_harder(scenario, manners, faults) for scenario in chosen)
    return RunSetup(
        tests=tuple(tests),
        manners=tuple(manners),
        faults=tuple(faults),
        against=against,
        scenarios=scenarios,
    )


def _harder(scenario: Scenario, manners: Sequence[Behaviour], faults: Sequence[Fault]) -> Scenario:
    told = any(fact.forbidden is not None for fact in scenario.facts)
    added = [
        manner
        for manner in manners
        if manner not in scenario.behaviours and not (told and manner == "asks for what is forbidden")
    ]
    update: dict[str, object] = {"behaviours": (*scenario.behaviours, *added)}
    if faults:
        update["faults"] = (*faults, *scenario.faults)
        update["expectations"] = tuple(each for each in scenario.expectations if _always_holds(each))
    return scenario.model_copy(update=update)


def _always_holds(expected: Expectation) -> bool:
    if isinstance(expected, ExpectCall | ExpectStep):
        return expected.never
    return isinstance(expected, ExpectGuard)


def setup_in_words(setup: RunSetup | None) -> str:
    """Return how a trial differs from the whole, as people say it; nothing for the whole."""
    if setup is None:
        return ""
    words = []
    if setup.tests:
        count = len(setup.tests)
        words.append(f"only {setup.tests[0]}" if count == 1 else f"{count} chosen tests")
    if setup.manners:
        words.append(f"customers also: {', '.join(setup.manners)}")
    words += [fault_in_words(fault) for fault in setup.faults]
    if setup.against is not None:
        words.append(f"against version {setup.against}")
    return " · ".join(words)
