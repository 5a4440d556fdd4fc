"""A conversation can be paused, resumed and forked at every turn; what is due once is said once."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import pytest

from studio.domain.agent import Agent
from studio.domain.frozen import Json
from studio.domain.scenario import Behaviour, Scenario
from studio.domain.trace import Turn
from studio.runtime import Program, State, advance, start
from studio.simulation.customers import Customer
from studio.simulation.runner import world_of

GOOD: dict[str, dict[str, Json]] = {
    "identify": {"verified": True},
    "get_order": {"days": 5, "amount": 80, "final_sale": False},
    "refund": {"refund_id": "F1"},
}


class Desk:
    """Systems without memory: they answer the same whenever they are asked."""

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Answer from the table."""
        return dict(GOOD[tool])


def words_of(program: Program, scenario: Scenario, number: int) -> list[str | None]:
    """What one customer says in one conversation."""
    customer = Customer(scenario, number, number, world_of(program))
    state, _ = start(program, scenario.today)
    words: str | None = customer.open()
    said: list[str | None] = []
    while True:
        said.append(words)
        state, _ = advance(program, state, words, Desk())
        if state.outcome is None:
            words = customer.reply(program.asked(state))
        elif (words := customer.after(state.outcome)) is None:
            return said


def rest_of(program: Program, state: State, said: Sequence[str | None]) -> list[Turn]:
    """The turns from a state on."""
    turns: list[Turn] = []
    for words in said:
        state, more = advance(program, state, words, Desk())
        turns += more
    return turns


@pytest.mark.parametrize("seed", range(12))
def test_from_every_turn_the_rest_is_the_same(shop: Agent, seed: int) -> None:
    """Random customers in random manners: stored at any turn and resumed, the rest is word for word."""
    program, drawn = Program.of(shop), random.Random(seed)
    manners = drawn.sample(get_args(Behaviour), 4)
    tree: dict[str, Any] = shop.scenario("T-01").model_dump(mode="json")
    scenario = Scenario.model_validate(tree | {"behaviours": manners, "today": "2026-03-16"})
    said = words_of(program, scenario, seed)
    state, _ = start(program, scenario.today)
    states = [state]
    for words in said:
        state, _ = advance(program, state, words, Desk())
        states.append(state)
    for at, before in enumerate(states[:-1]):
        whole = rest_of(program, before, said[at:])
        stored = State.from_json(json.loads(json.dumps(before.to_json())))
        assert stored == before
        assert rest_of(program, stored, said[at:]) == whole


def test_a_fork_leaves_the_other_way_as_it_was(shop: Agent) -> None:
    """Two continuations from one state do not touch each other, nor the state."""
    program = Program.of(shop)
    state, _ = start(program)
    for words in ("I want to return an item", "ada@mail.example"):
        state, _ = advance(program, state, words, Desk())
    before = state.to_json()
    one = rest_of(program, state, ["W4471", "too small"])
    rest_of(program, state, ["W9912", "a real person please"])
    assert state.to_json() == before
    assert rest_of(program, state, ["W4471", "too small"]) == one


def test_a_disclosure_is_said_once_even_after_a_correction(shop: Agent) -> None:
    """Started anew after a correction or a second wish, the agent does not repeat what it has disclosed."""
    tree = shop.model_dump(mode="json")
    flow = tree["workflows"][0]
    told = {"kind": "disclose", "id": "early", "title": "Say it", "rule": "R-02", "text": "It takes 5 days."}
    flow["steps"].append(told | {"next": "who"})
    flow["start"] = "early"
    program = Program.of(Agent.model_validate(tree))
    state, turns = start(program)
    said = [
        "I want to return an item",
        "ada@mail.example",
        "W9912",
        "sorry, the order number should be W4471",
    ]
    turns += tuple(rest_of(program, state, said))
    assert sum("It takes 5 days." in turn.text for turn in turns) == 1
    assert sum(event.rule == "R-02" for turn in turns for event in turn.events) == 1


def test_a_second_wish_waits_its_turn_and_the_least_happy_outcome_counts(shop: Agent) -> None:
    """Two wishes in one turn are taken up one after the other; a handoff names what is still open."""
    program = Program.of(shop)
    state, _ = start(program)
    both = "I want to return an item. Also, where is my parcel?"
    state, _ = advance(program, state, both, Desk())
    assert state.waiting == ("status",)
    turns = rest_of(program, state, ["ada@mail.example", "W4471", "too small"])
    assert [e.label for turn in turns for e in turn.events if e.kind == "end"] == [
        "resolved, goes on",
        "resolved",
    ]
    handed = rest_of(program, state, ["a real person please"])
    assert "Also asked about: Where is my order?" in handed[-1].events[-2].detail


def test_it_says_what_it_is_whenever_it_is_asked(shop: Agent) -> None:
    """Asked whether it is a person, the agent never says yes, and asks its question again."""
    program = Program.of(shop)
    state, _ = start(program)
    state, _ = advance(program, state, "I want to return an item", Desk())
    _, turns = advance(program, state, "Are you a real person?", Desk())
    assert turns[-1].text.startswith("I am an automated assistant, not a person.")
    assert "Which e-mail address" in turns[-1].text
