"""The simulator checks itself: a customer who leaves the card or loops is at fault, and never the agent."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.frozen import digest
from studio.domain.run import Conversation
from studio.domain.scenario import Behaviour, Fact, Persona, Scenario
from studio.domain.trace import Turn
from studio.domain.workflow import Slot
from studio.runtime.program import Program
from studio.simulation.cards import card_of, fault_of, stated_in
from studio.simulation.customers import Customer
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

SHOP = Path(__file__).parent / "shop.json"


@dataclass(slots=True)
class Inventing(Customer):
    """A faulty customer who makes up an order number."""

    def reply(self, asked: Slot | None) -> str | None:
        """Give a number that is not on the card."""
        return "It's W9999." if asked is not None and asked.id == "order_id" else Customer.reply(self, asked)


@dataclass(slots=True)
class Choosing(Customer):
    """A faulty customer who gives another reason than the card's."""

    def reply(self, asked: Slot | None) -> str | None:
        """Give a reason that is not on the card."""
        return "It is broken." if asked is not None and asked.id == "reason" else Customer.reply(self, asked)


@dataclass(slots=True)
class Looping(Customer):
    """A faulty customer who says one thing only."""

    def reply(self, asked: Slot | None) -> str | None:
        """Say the same again."""
        return self.own_words


@dataclass(slots=True)
class Talkative(Customer):
    """A faulty customer who refuses to identify, and then does."""

    def reply(self, asked: Slot | None) -> str | None:
        """Give away the address."""
        return "Fine: ada@mail.example" if asked is not None and asked.id == "email" else "no"


def talk(shop: Agent, kind: type[Customer], scenario: Scenario, number: int = 1) -> Conversation:
    """One conversation with a kind of customer."""
    program = Program.of(shop)
    return converse(program, world_of(program), scenario, number, 7, connect(scenario), kind)


@pytest.mark.parametrize(
    ("kind", "test", "why"),
    [
        (Inventing, "T-01", "The customer said “W9999”, which is not on the card."),
        (Choosing, "T-02", "The customer said “broken” for reason, which is not on the card."),
        (Looping, "T-01", "The customer went round in circles"),
        (Talkative, "T-09", "The customer refuses to identify, and yet said “ada@mail.example”."),
    ],
)
def test_a_planted_fault_is_the_simulators(shop: Agent, kind: type[Customer], test: str, why: str) -> None:
    """What a faulty customer does wrong is named and blamed on the simulator, whatever became of it."""
    found = talk(shop, kind, shop.scenario(test), 0)
    assert found.blame == "customer simulator"
    assert (found.because or "").startswith(why)
    assert not found.passed


def every_manner(shop: Agent) -> list[Scenario]:
    """The shop's first test with each behaviour, on each channel, with everything on the card."""
    base = shop.scenario("T-01").model_dump(mode="json")
    facts = [
        fact | {"another": "W7777"}
        if fact["id"] == "order_id"
        else fact | {"wrong": "broken"}
        if fact["id"] == "reason"
        else fact
        for fact in base["facts"]
    ]
    made = []
    for at, behaviour in enumerate(get_args(Behaviour)):
        channel = ("chat", "text message", "e-mail", "phone")[at % 4]
        update: dict[str, Any] = {"id": f"B-{at}", "behaviours": (behaviour,), "facts": facts}
        update["persona"] = Persona.model_validate({"channel": channel, "patience": "high"})
        made.append(Scenario.model_validate(base | update))
    return made


def test_our_own_customers_keep_to_their_cards(shop: Agent) -> None:
    """In every manner and on every channel, no customer of ours is ever at fault."""
    found = [talk(shop, Customer, each, number) for each in every_manner(shop) for number in range(15)]
    assert [t.because for t in found if t.blame in ("customer simulator", "infrastructure")] == []


def test_dates_told_from_today_are_on_the_card(shop: Agent) -> None:
    """“3 weeks ago” is the card's date if today says so, and another number of weeks is not."""
    program = Program.of(shop)
    scenario = Scenario(
        id="T", title="t", workflow="return", today="2026-03-16", facts=(Fact(id="day", value="2026-02-23"),)
    )
    card = card_of(scenario, world_of(program))
    for said, fault in (
        ("3 weeks ago", False),
        ("21 days ago", False),
        ("23 Feb", False),
        ("5 weeks ago", True),
    ):
        assert bool(fault_of(card, [Turn(role="customer", text=f"It was {said}.")])) == fault, said


_STATED = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[^\W_]*[\w#/.,:-]*\d[\w/.,:-]*")
"""What counts as stated, said in one pattern: right, and far too slow on long words."""


@given(st.text(alphabet="a5é_#/.,:-+@ \n", max_size=40))
def test_what_is_stated_is_read_as_the_plain_pattern_reads_it(text: str) -> None:
    """An e-mail address and a word with a digit are found wherever they stand, and nothing else."""
    assert list(stated_in(text)) == [found[0] for found in _STATED.finditer(text)]


@pytest.mark.parametrize("piece", ["x", "#", "+", "a,", "+a", "a@", "1#", "it goes on, "])
def test_a_long_word_is_read_at_once(piece: str) -> None:
    """A customer who types one key for a long time does not stop the check."""
    begun = time.process_time()
    for _ in stated_in(piece * (40_000 // len(piece))):
        pass
    assert time.process_time() - begun < 30


def _digest(shop: Agent) -> str:
    found = [talk(shop, Customer, each, number) for each in every_manner(shop) for number in range(3)]
    return digest([each.model_dump(mode="json") for each in found])


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_every_manner_gives_the_same_bytes_in_another_process(shop: Agent, hash_seed: str) -> None:
    """Twice here, and in a fresh process with another hash seed: the same conversations, byte for byte."""
    here = _digest(shop)
    assert _digest(shop) == here
    told = subprocess.run(
        [sys.executable, __file__],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "LC_ALL": "C", "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == here


if __name__ == "__main__":
    print(_digest(Agent.model_validate_json(SHOP.read_bytes())))
