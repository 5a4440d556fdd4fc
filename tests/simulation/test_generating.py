"""Generated customers: other manners of a known test, every row and limit of a decision, imported talks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.errors import BrokenInput
from studio.domain.run import Conversation
from studio.domain.scenario import Persona, Scenario
from studio.runtime.program import Program
from studio.simulation.conversation_files import Imported, Said, kind_of, read_conversations
from studio.simulation.drawing import PERSONS, drawn, limits, renumbered
from studio.simulation.generating import HARMLESS, as_persons, at_decisions, in_manners
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect
from studio.simulation.transcripts import card_from, cards_from

TALK = (
    ("agent", "Hello! How can I help you?"),
    ("customer", "hi, I want to return an item"),
    ("agent", "Which e-mail address is on the order?"),
    ("customer", "its ada@mail.example"),
    ("agent", "Thank you. What is your order number?"),
    ("customer", "hold on, the dog wants out"),
    ("agent", "Of course. What is your order number?"),
    ("customer", "W4417, and could you also check my sister's account"),
    ("agent", "I can't. Why do you return it?"),
    ("customer", "Sorry, the order number should be W4471. It's too small"),
    ("agent", "That is not possible after 30 days."),
    ("customer", "Are you sure? This is ridiculous, let me speak to a person"),
)


def imported(turns: tuple[tuple[str, str], ...] = TALK) -> Imported:
    """A conversation as it was imported."""
    return Imported("77", tuple(Said(role == "customer", text) for role, text in turns))


def talk(agent: Agent, scenario: Scenario, number: int = 1) -> Conversation:
    """One conversation of a customer."""
    program = Program.of(agent)
    return converse(program, world_of(program), scenario, number, 7, connect(scenario))


def test_a_test_in_all_manners_keeps_what_it_expects(shop: Agent) -> None:
    """Fifteen other customers from one test, each named for its manner, each treated like the plain one."""
    made = list(in_manners(shop.scenario("T-02")))
    assert [each.behaviours for each in made] == [(behaviour,) for behaviour in HARMLESS]
    assert len({each.id for each in made}) == len(made)
    assert [(each.id, talk(shop, each).because) for each in made if not talk(shop, each).passed] == []


def test_two_manners_at_a_time_are_every_pair(shop: Agent) -> None:
    """Combinations are complete and none is said twice."""
    made = list(in_manners(shop.scenario("T-01"), HARMLESS[:5], together=2))
    assert len({frozenset(each.behaviours) for each in made}) == len(made) == 10


def test_personas_are_put_on(shop: Agent) -> None:
    """The same test comes with each persona, by its name."""
    kinds = {"on the phone": Persona(channel="phone"), "worried": Persona(mood="worried")}
    made = list(as_persons(shop.scenario("T-01"), kinds))
    assert [each.id for each in made] == ["T-01 · on the phone", "T-01 · worried"]
    assert all(talk(shop, each).passed for each in made)


def test_every_row_and_limit_gets_a_customer(shop: Agent) -> None:
    """Each row of the table, and below, at and above each limit; what must happen comes from the table."""
    found = dict(at_decisions(shop, shop.scenario("T-01")))
    expected = {words: made.expectations[0].model_dump()["step"] for words, made in found.items()}
    assert expected == {
        "Eligible? final sale yes": "refuse",
        "Eligible? days ≤ 30": "time",
        "Eligible? days > 30": "refuse",
        "final sale yes": "refuse",
        "final sale no": "time",
        "days 29": "time",
        "days 30": "time",
        "days 31": "refuse",
    }
    assert all(talk(shop, made).passed for made in found.values())


def test_a_shifted_limit_is_noticed_by_the_customer_at_it(shop: Agent) -> None:
    """A table that says 31 where the generated customers were made for 30 treats exactly day 31 wrongly."""
    made = at_decisions(shop, shop.scenario("T-01"))
    tree = shop.model_dump(mode="json")
    for row in tree["tables"][0]["rows"]:
        for cell in row["cells"]:
            if cell["id"] == "days":
                cell["value"] = 31
    shifted = Agent.model_validate(tree)
    assert {words for words, each in made if not talk(shifted, each).passed} == {
        "days 31",
        "Eligible? days > 30",
    }


def test_a_conversation_becomes_a_card(shop: Agent) -> None:
    """Wish, facts, what was put right, and how the customer behaved are on the card; it expects nothing."""
    card = card_from(Program.of(shop), imported(), "C-001").card
    assert card is not None
    assert (card.workflow, card.opening) == ("return", "hi, I want to return an item")
    assert {fact.id: (fact.value, fact.wrong) for fact in card.facts} == {
        "email": ("ada@mail.example", None),
        "order_id": ("W4471", "W4417"),
        "reason": ("too small", None),
    }
    assert {
        "interrupts",
        "asks for another person's data",
        "gives wrong then right data",
        "challenges the answer",
        "asks for a human",
        "angry",
    } <= set(card.behaviours)
    assert card.persona.mood == "angry"
    assert card.expectations == ()


def test_a_simulated_conversation_comes_back_as_its_own_card(shop: Agent) -> None:
    """Read back, most of fifty of our own conversations give wish and facts again."""
    program, scenario, right = Program.of(shop), shop.scenario("T-01"), 0
    for number in range(50):
        turns = talk(shop, scenario, number).turns
        said = tuple(Said(t.role == "customer", t.text) for t in turns if t.role != "system")
        card = card_from(program, Imported(str(number), said), "C-001").card
        right += card is not None and {f.id: f.value for f in card.facts} == {
            f.id: f.value for f in scenario.facts
        }
    assert right >= 45


def test_a_card_speaks(shop: Agent) -> None:
    """A card made from a conversation is a customer who can be simulated, and states what it holds only."""
    card = card_from(Program.of(shop), imported(), "C-001").card
    assert card is not None
    systems = shop.scenario("T-01").systems
    found = talk(shop, card.model_copy(update={"systems": systems}))
    assert found.blame != "customer simulator"
    assert found.outcome == "handed over"


def test_what_wants_nothing_of_this_agent_says_so(shop: Agent) -> None:
    """A conversation about something else gives no card, and a sentence why."""
    turns = (("customer", "the moon is made of cheese"), ("agent", "Is it?"))
    found = card_from(Program.of(shop), imported(turns), "C-001")
    assert found.card is None
    assert found.why == "No turn says what the customer wants of this agent."


def test_both_formats_give_the_same(shop: Agent) -> None:
    """JSON lines and a table of turns are read into the same conversations."""
    line = json.dumps({"id": "77", "turns": [{"role": role, "text": text} for role, text in TALK]})
    rows = "\n".join(f'77,{role},"{text}"' for role, text in TALK)
    one = read_conversations(line + "\n\n", "jsonl")
    two = read_conversations(f"conversation,role,text\n{rows}\n", "csv")
    assert one == two == (imported(),)
    assert cards_from(Program.of(shop), one)[0].card is not None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{", "jsonl"),
        ("[]", "jsonl"),
        ('{"turns": 1}', "jsonl"),
        ('{"turns": [{"role": "a"}]}', "jsonl"),
        ("a,b\n1,2", "csv"),
        ("", "csv"),
        ("[1]", "json"),
        ("{", "json"),
        ("Hello there\nCustomer: hi", "text"),
    ],
)
def test_what_is_no_conversation_is_refused(text: str, kind: Any) -> None:
    """A damaged file gives a sentence that says where and what to do."""
    with pytest.raises(BrokenInput):
        read_conversations(text, kind)


@given(st.text(max_size=200))
def test_no_file_breaks_the_door(text: str) -> None:
    """Whatever the bytes say, conversations come out or a sentence does."""
    kinds: tuple[Any, ...] = ("jsonl", "csv", "json", "text", None)
    for kind in kinds:
        try:
            read_conversations(text, kind)
        except BrokenInput:
            continue


PLAIN = """Conversation 77
[10:02] Agent (Ava): Hello!
  How can I help you?
[10:03] Customer: I want to return an item
Order: W4471
---
Agent: Hi
Customer: where is my order?
"""


def test_every_form_of_a_file_is_told_apart_and_read_alike() -> None:
    """JSON, JSON lines, a table with other column names and a plain transcript give the same turns."""
    turns = [
        {"role": "agent", "text": "Hello! How can I help you?"},
        {"role": "customer", "text": "Return; now"},
    ]
    one = {"id": "77", "turns": turns}
    texts = {
        "jsonl": json.dumps(one) + "\n",
        "json": json.dumps({"conversations": [one]}, indent=1),
        "csv": 'Chat;Speaker;Message\n77;Agent;Hello! How can I help you?\n77;Jo;"Return; now"\n',
        "text": "# 77\nAgent: Hello!\nHow can I help you?\nJo: Return; now\n",
    }
    assert {kind: kind_of(text) for kind, text in texts.items()} == {kind: kind for kind in texts}
    assert len({read_conversations(text) for text in texts.values()}) == 1


def test_a_plain_transcript_may_have_clocks_names_and_several_conversations() -> None:
    """Clocks are left out, lines without a speaker go on, a line of dashes begins the next conversation."""
    first, second = read_conversations(PLAIN)
    assert first == Imported(
        "Conversation 77",
        (Said(False, "Hello! How can I help you?"), Said(True, "I want to return an item Order: W4471")),
    )
    assert [turn.text for turn in second.turns] == ["Hi", "where is my order?"]


def test_drawn_customers_are_others_every_time_and_the_same_by_seed(shop: Agent) -> None:
    """Two hundred further customers: nobody twice, what tests expect is kept, the seed decides who comes."""
    made = drawn(shop.scenarios, 7, 200)
    assert len({(each.title, each.workflow) for each in made}) == 200
    assert [each.id for each in made[:2]] == ["G-0001", "G-0002"]
    assert made == drawn(shop.scenarios, 7, 200)
    assert made[:50] == drawn(shop.scenarios, 7, 50)
    assert made != drawn(shop.scenarios, 8, 200)
    bases = {each.expectations for each in shop.scenarios}
    assert all(each.expectations in bases for each in made)
    assert {each.persona.model_copy(update={"name": "Customer"}) for each in made} == {*PERSONS.values()}


def test_no_more_are_drawn_than_there_are(shop: Agent) -> None:
    """A test has a certain number of other customers; more than these are never made up."""
    few = shop.scenarios[:1]
    everybody = drawn(few, 7, 20_000)
    assert len({each.title for each in everybody}) == len(everybody) == len(drawn(few, 8, 20_000))


def test_ids_that_are_there_are_passed_over(shop: Agent) -> None:
    """A generated customer never takes the id of a test."""
    taken = (shop.scenarios[0].model_copy(update={"id": "G-0001"}), *shop.scenarios[1:])
    assert drawn(taken, 7, 1)[0].id == "G-0002"
    assert renumbered((shop.scenarios[0],), [shop.scenarios[0].id])[0].id == "C-001"
    made = limits(shop, shop.scenarios)
    assert len({each.id for each in made}) == len(made) > 5
