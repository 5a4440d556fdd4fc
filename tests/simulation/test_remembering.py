"""Remembered conversations are a shortcut only: every byte is as without it, and memory stays bounded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.scenario import Fault
from studio.ports import Connector
from studio.runtime import Program
from studio.runtime.state import State, freeze, likeness, move, thaw
from studio.simulation import packing, remembering
from studio.simulation.packing import spell
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import ScenarioSystems, connect
from tests.measures.scale_agent import agent as desk

BEHAVIOURS = (
    *("typos", "slang", "interrupts", "changes topic", "incomplete sentences", "challenges the answer"),
    *("asks for a human", "several questions at once", "facts out of order", "silent once"),
    *("talks the agent out of its rules", "asks for an exception", "refuses to identify"),
)
FAILURES = ("timeout", "error", "refused", "slow", "incomplete", "stale", "duplicate", "contradiction")


class OwnSystems(ScenarioSystems):
    """The same mock systems under another name, which nothing is remembered of."""


def _forget() -> None:
    remembering._BOOKS.clear()
    packing._spelt.clear()
    packing._turns.clear()


def _agent(behaviours: list[str], failure: str | None, tool: str, times: int | None) -> Agent:
    """Return the desk of the measures, whose first customer behaves so, and whose systems fail so."""
    given = desk()
    faults = [] if failure is None else [{"id": tool, "failure": failure, "times": times}]
    tree = given.scenarios[0].model_dump() | {
        "behaviours": behaviours,
        "faults": faults,
    }
    scenario = type(given.scenarios[0]).model_validate(tree)
    return given.model_copy(update={"scenarios": (scenario,)})


def _spelt(agent: Agent, seed: int, customers: int, systems: type[ScenarioSystems]) -> list[bytes]:
    program, scenario = Program.of(agent), agent.scenarios[0]
    world = world_of(program)
    return [spell(converse(program, world, scenario, n, seed, systems(scenario))) for n in range(customers)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    behaviours=st.lists(st.sampled_from(BEHAVIOURS), max_size=3, unique=True),
    failure=st.one_of(st.none(), st.sampled_from(FAILURES)),
    tool=st.sampled_from(("identify", "get_delivery", "move_delivery")),
    times=st.one_of(st.none(), st.integers(1, 2)),
    seed=st.integers(0, 2**40),
)
def test_a_remembered_conversation_is_the_same_byte_for_byte(
    behaviours: list[str], failure: str | None, tool: str, times: int | None, seed: int
) -> None:
    """Whatever customers do and systems suffer, a run that remembers gives what one without memory gives."""
    agent = _agent(behaviours, failure, tool, times)
    plain = _spelt(agent, seed, 6, OwnSystems)
    assert _spelt(agent, seed, 6, ScenarioSystems) == plain


def test_conversations_are_the_same_in_any_order() -> None:
    """What was remembered before makes no difference: customers may come in any order, in any process."""
    agent = desk()
    program = Program.of(agent)
    world, scenario = world_of(program), agent.scenarios[1]

    def said(numbers: list[int]) -> dict[int, bytes]:
        _forget()
        return {n: spell(converse(program, world, scenario, n, 5, connect(scenario))) for n in numbers}

    assert said(list(range(40))) == said(list(reversed(range(40))))


def test_systems_stand_where_the_conversation_left_them() -> None:
    """The state of the world after a remembered conversation is that after the first of its kind."""
    agent = desk()
    program, scenario = Program.of(agent), agent.scenarios[0]
    world = world_of(program)
    first, second, other = ScenarioSystems(scenario), ScenarioSystems(scenario), OwnSystems(scenario)
    for systems in (first, second, other):
        converse(program, world, scenario, 0, 3, systems)
    assert first.state == second.state == other.state
    assert first.state.done


def test_what_is_left_to_chance_is_not_remembered() -> None:
    """Faults by chance are drawn for each customer anew, so no customer gets another one's luck."""
    given = desk()
    fault = Fault.model_validate({"id": "get_delivery", "failure": "timeout", "chance": 0.5})
    scenario = given.scenarios[0].model_copy(update={"faults": (fault,)})
    agent = given.model_copy(update={"scenarios": (scenario,)})
    assert _spelt(agent, 9, 20, ScenarioSystems) == _spelt(agent, 9, 20, OwnSystems)
    assert len({b'"label":"timeout"' in each for each in _spelt(agent, 9, 20, ScenarioSystems)}) == 2


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once too much is remembered everything is forgotten, and the results stay the same."""
    agent = _agent(["typos"], None, "identify", None)
    plain = _spelt(agent, 4, 60, OwnSystems)
    _forget()
    monkeypatch.setattr(remembering, "MOST", 50)
    assert _spelt(agent, 4, 60, ScenarioSystems) == plain
    books = remembering._BOOKS.values()
    kept = sum(len(p.answers) for book in books for p in book._places.values())
    kept += sum(len(book._stretches) + len(book._verdicts) for book in books)
    assert kept <= 50
    _forget()


def test_only_equal_places_are_alike() -> None:
    """A yes is not a one, the order of facts counts; a place left and taken up again is the same."""
    assert likeness(State(facts={"a": True})) != likeness(State(facts={"a": 1}))
    assert likeness(State(facts={"a": 1})) != likeness(State(facts={"a": 1.0}))
    assert likeness(State(facts={"a": 1, "b": 2})) != likeness(State(facts={"b": 2, "a": 1}))
    state = State(facts={"a": "x"}, given=("a",), turns=3)
    memory = thaw(State())
    move(memory, state)
    assert freeze(memory) == state
    assert likeness(freeze(memory)) == likeness(state)


def test_other_systems_are_never_remembered() -> None:
    """Real systems may answer anew each time; only a test's own mock systems are remembered."""
    scenario = desk().scenarios[0]
    systems: Connector = OwnSystems(scenario)
    program = Program.of(desk())
    assert type(remembering.talk_of(program, scenario, systems)) is remembering.Talk


def test_two_jobs_may_remember_at_once() -> None:
    """Conversations of one scenario in two threads share what is remembered, and each stays its own."""
    agent = desk()
    program = Program.of(agent)
    world, scenario = world_of(program), agent.scenarios[1]

    def said(number: int) -> bytes:
        return spell(converse(program, world, scenario, number, 5, connect(scenario)))

    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(said, range(60)))
    assert together == _spelt(agent.model_copy(update={"scenarios": (scenario,)}), 5, 60, OwnSystems)
