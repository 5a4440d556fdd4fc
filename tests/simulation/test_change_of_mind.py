"""Customers who change their mind: it occurs, it is understood however it is put, and it matters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.run import Conversation
from studio.domain.scenario import Fact, Scenario
from studio.domain.workflow import Slot
from studio.runtime import conversation as runtime
from studio.runtime.listening import ears_for, listen
from studio.runtime.program import Program
from studio.simulation.customers import Customer, World
from studio.simulation.languages import sentences
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

CHOICE = Slot(id="how", label="Settlement", type="choice", choices=("refund", "exchange", "store credit"))
YES_NO = Slot(id="child", label="For a child", type="yes or no")
NUMBER = Slot(id="items", label="Number of items", type="number")
MONEY = Slot(id="price", label="Price", type="money")
DATE = Slot(id="day", label="Day of delivery", type="date")
CODE = Slot(id="order", label="Order number", type="code", pattern=r"W\d{4}")
CHANGES: list[tuple[Slot, Scalar, Scalar]] = [
    (CHOICE, "refund", "exchange"),
    (CHOICE, "exchange", "store credit"),
    (YES_NO, True, False),
    (YES_NO, False, True),
    (NUMBER, 2, 3),
    (MONEY, 80, 95.5),
    (DATE, "2026-03-12", "2026-04-02"),
    (CODE, "W4471", "W9912"),
]


def _words(slot: Slot, value: Scalar) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(
    "change", CHANGES, ids=lambda change: f"{change[0].label}: {change[1]} to {change[2]}"
)
def test_every_way_of_taking_back_is_understood(change: tuple[Slot, Scalar, Scalar]) -> None:
    """At another question or in the same breath, whatever the words, the last answer is what counts."""
    slot, first, last = change
    ears = ears_for([slot, Slot(id="email", label="E-mail", type="email")])
    act = "take back yes or no" if isinstance(last, bool) else "take back"
    label, value = slot.label.lower(), _words(slot, last)
    for frame in (each for ways in sentences()[act] for each in ways):
        later = listen(frame.format(label=label, value=value), ears, "email", {slot.id: first})
        assert later.corrected == {slot.id: last}, frame
    for frame in (each for ways in sentences()["in one breath"] for each in ways):
        said = frame.format(first=f"{_words(slot, first).capitalize()}.", value=value)
        assert listen(said, ears, slot.id, {}).facts == {slot.id: last}, said


@given(st.integers(0, 10**6), st.sampled_from(CHANGES))
def test_slips_do_not_hide_a_change_of_mind(seed: int, change: tuple[Slot, Scalar, Scalar]) -> None:
    """A customer who mistypes while taking something back is understood all the same."""
    slot, first, last = change
    act = "take back yes or no" if isinstance(last, bool) else "take back"
    scenario = Scenario(id="T", title="t", workflow="any", behaviours=("typos",))
    customer = Customer(scenario, 1, seed, World({}, frozenset()))
    words = customer.say(act, "key", label=slot.label.lower(), value=_words(slot, last))
    ears = ears_for([slot, Slot(id="email", label="E-mail", type="email")])
    assert listen(words, ears, "email", {slot.id: first}).corrected == {slot.id: last}, words


def _talks(agent: Agent, scenario: Scenario, customers: int = 40) -> list[Conversation]:
    program = Program.of(agent)
    world = world_of(program)
    return [converse(program, world, scenario, n, 7, connect(scenario)) for n in range(customers)]


def _rethinking(shop: Agent, **changes: Any) -> Scenario:
    """The shop's first test, of a customer who changes mind."""
    return shop.scenario("T-01").model_copy(update={"behaviours": ("changes mind",), **changes})


def _first_told(shop: Agent, name: str, wrong: Scalar) -> tuple[Fact, ...]:
    facts = shop.scenario("T-01").facts
    return tuple(f.model_copy(update={"wrong": wrong}) if f.id == name else f for f in facts)


def _deciding_by_reason(shop: Agent) -> Agent:
    """The shop, which asks for the reason first and refuses the return of what is broken."""
    tree = shop.model_dump(mode="json")
    flow = tree["workflows"][0]
    next(s for s in flow["steps"] if s["id"] == "order")["slots"] = ["reason", "order_id"]
    when = {"kind": "compare", "field": "reason", "op": "=", "value": "broken"}
    table = next(s for s in flow["steps"] if s["id"] == "eligible")
    table |= {"table": None, "branches": [{"id": "no", "when": when, "next": "refuse"}], "otherwise": "time"}
    return Agent.model_validate(tree)


@pytest.mark.parametrize("agent_asks", ["another question", "nothing more"])
def test_the_last_answer_decides(shop: Agent, agent_asks: str) -> None:
    """Told “too small” and then “broken”, the agent refuses; whoever ignores the change pays and fails."""
    agent = _deciding_by_reason(shop)
    if agent_asks == "nothing more":
        tree = agent.model_dump(mode="json")
        step = next(s for s in tree["workflows"][0]["steps"] if s["id"] == "order")
        step["slots"] = ["order_id", "reason"]
        agent = Agent.model_validate(tree)
    facts = tuple(
        f.model_copy(update={"value": "broken", "wrong": "too small"}) if f.id == "reason" else f
        for f in shop.scenario("T-01").facts
    )
    refused = (
        {"kind": "outcome", "outcome": "refused"},
        {"kind": "call", "tool": "refund", "never": True},
    )
    scenario = Scenario.model_validate(
        {**_rethinking(shop, facts=facts).model_dump(mode="json"), "expectations": refused}
    )
    talks = _talks(agent, scenario)
    assert [t.customer for t in talks if not t.passed] == []
    said = [" ".join(turn.text for turn in t.turns if turn.role == "customer") for t in talks]
    assert all("too small" in words and "broken" in words for words in said)
    assert len(set(said)) > 15
    assert talks == _talks(agent, scenario)


def test_an_agent_that_ignores_corrections_fails(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """The behaviour matters: with what is taken back unheard, every such customer is treated wrongly."""
    agent = _deciding_by_reason(shop)
    scenario = _rethinking(shop, facts=_first_told(shop, "reason", "broken"))
    assert all(t.passed for t in _talks(agent, scenario))

    def deaf(*args: Any, **named: Any) -> Any:
        return replace(listen(*args, **named), corrected={})

    monkeypatch.setattr(runtime, "listen", deaf)
    assert not any(t.passed for t in _talks(agent, scenario))


def test_without_such_a_fact_the_wish_is_changed(shop: Agent) -> None:
    """The customer first wants something else, then says otherwise, and ends where the scenario expects."""
    scenario = _rethinking(shop)
    talks = _talks(shop, scenario)
    assert [t.customer for t in talks if not t.passed] == []
    for talk in talks:
        wishes = [e.workflow for turn in talk.turns for e in turn.events if e.label == "intent"]
        assert wishes == ["status", "return"]
