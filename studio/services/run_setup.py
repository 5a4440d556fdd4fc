"""What a run is set up with: which tests, harder customers, failing systems, and against which version.

- Added manners are those that must not change where a conversation ends, so a test keeps what it expects.
- Further customers (drawn, at limits, from conversations) come beside those of the chosen tests.
- With a failing system, a test keeps only what must never happen: how it ends may rightly be another way.
- The whole (every test as it is, against the live version) has no set-up, and alone is evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    ExpectUnsaid,
    Fault,
    FaultKind,
    Scenario,
    fault_in_words,
)
from studio.domain.workflow import Handoff, ToolCall, Verify
from studio.simulation.drawing import MOST_DRAWN, drawn, limits, renumbered
from studio.simulation.generating import HARMLESS
from studio.simulation.world import actings

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


@dataclass(frozen=True, slots=True)
class Further:
    """Customers beside those of the tests: so many drawn, at every limit, the cards of conversations."""

    drawn: int = 0
    limits: bool = False
    cards: tuple[Scenario, ...] = ()

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.drawn or self.limits or self.cards)


def set_up(
    agent: Agent,
    tests: Sequence[str] = (),
    manners: Sequence[Behaviour] = (),
    faults: Sequence[Fault] = (),
    against: int | None = None,
    further: Further = Further(),
    seed: int = 0,
) -> RunSetup | None:
    """Return the set-up of a trial, or None for the whole; raises WrongUse."""
    if not (tests or manners or faults or against is not None or further):
        return None
    known = {scenario.id: scenario for scenario in agent.scenarios}
    if missing := [test for test in tests if test not in known]:
        raise WrongUse(f"The draft has no test “{missing[0]}”.", f"It has: {', '.join(sorted(known))}.")
    if strange := [manner for manner in manners if manner not in HARMLESS]:
        raise WrongUse(
            f"“{strange[0]}” is no manner that can be given to every customer.",
            f"Choose among: {', '.join(HARMLESS)}.",
        )
    _check_faults(agent, faults)
    chosen = [known[test] for test in dict.fromkeys(tests)] or list(agent.scenarios)
    more, kinds = _further(agent, chosen, further, seed)
    scenarios = tuple(_harder(scenario, manners, faults) for scenario in (*chosen, *more))
    return RunSetup(
        tests=tuple(dict.fromkeys(tests)),
        manners=tuple(manners),
        faults=tuple(faults),
        against=against,
        scenarios=scenarios,
        **kinds,
    )


def _check_faults(agent: Agent, faults: Sequence[Fault]) -> None:
    possible = {(fault.id, fault.failure) for fault in possible_faults(agent)}
    if odd := [fault for fault in faults if (fault.id, fault.failure) not in possible]:
        names = ", ".join(sorted({name for name, _ in possible}))
        raise WrongUse(f"“{odd[0].id}” cannot be made “{odd[0].failure}”.", f"There are: {names}.")
    for fault in faults:
        steps = steps_of_fault(agent, fault)
        if fault.step is not None and fault.step not in steps:
            there = ", ".join(steps) or "none"
            raise WrongUse(
                f"No step “{fault.step}” uses “{fault.id}”.", f"Steps that do: {there}. Or name no step."
            )


def steps_of_fault(agent: Agent, fault: Fault) -> tuple[str, ...]:
    """Return the steps at which a fault can happen; a queue closes wherever it is used."""
    steps = [step for flow in agent.workflows for step in flow.steps]
    using = [s.id for s in steps if isinstance(s, ToolCall | Verify) and s.tool == fault.id]
    return tuple(dict.fromkeys(using)) if fault.failure != "queue closed" else ()


def _further(
    agent: Agent, chosen: Sequence[Scenario], further: Further, seed: int
) -> tuple[tuple[Scenario, ...], dict[str, int]]:
    """Return the further customers, and how many of each kind."""
    if not 0 <= further.drawn <= MOST_DRAWN:
        raise WrongUse(f"{further.drawn:,} customers cannot be drawn.", f"Choose 0 to {MOST_DRAWN:,}.")
    made = {
        "drawn": drawn(chosen, seed, further.drawn),
        "limits": limits(agent, chosen) if further.limits else (),
        "conversations": tuple(
            _lent(agent, card) for card in renumbered(further.cards, (each.id for each in agent.scenarios))
        ),
    }
    flows = {flow.id for flow in agent.workflows}
    if lost := next((card for card in further.cards if card.workflow not in flows), None):
        raise WrongUse(f"The draft has no workflow for “{lost.title}”.", "Read the conversations again.")
    if further.limits and not made["limits"] and not (further.drawn or further.cards):
        raise WrongUse(
            "No customer can be made at a limit: the chosen tests reach no decision that compares a value "
            "which the customer or a system tells.",
            "Choose other tests, or have customers drawn from the tests.",
        )
    return tuple(one for each in made.values() for one in each), {n: len(e) for n, e in made.items() if e}


def _lent(agent: Agent, card: Scenario) -> Scenario:
    """Return the card with the systems' answers of the first test of its workflow.

    A conversation does not say what the systems knew; where no table of records does, the answers are lent.
    """
    tables = {name for name, acting in actings(agent).items() if acting.table is not None}
    tests = [each for each in agent.scenarios if each.workflow == card.workflow and not each.faults]
    lent = {one.id: one for each in reversed(tests) for one in each.systems if one.id not in tables}
    return card.model_copy(update={"systems": tuple(lent.values())}) if not card.systems else card


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
    return isinstance(expected, ExpectGuard | ExpectUnsaid)


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
    if setup.drawn:
        words.append(f"{setup.drawn:,} drawn customers more")
    if setup.limits:
        words.append(f"{setup.limits:,} at the limits of decisions")
    if setup.conversations:
        words.append(f"{setup.conversations:,} from conversations")
    if setup.against is not None:
        words.append(f"against version {setup.against}")
    return " · ".join(words)
