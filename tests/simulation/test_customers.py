"""Simulated customers: what they say is varied, like people's words, and always understandable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.condition import Scalar
from studio.domain.scenario import Fact, Scenario
from studio.domain.workflow import Slot, SlotType
from studio.runtime.listening import ears_for, listen, wants_person
from studio.simulation import phrasing
from studio.simulation.customers import Customer, World
from studio.simulation.phrasing import Voice

VALUES: list[tuple[SlotType, Scalar]] = [
    ("code", "W4471"),
    ("email", "ada@mail.example"),
    ("phone", "+442079460018"),
    ("money", 620),
    ("money", 1250.5),
    ("number", 3),
    ("date", "2026-03-12"),
    ("choice", "too small"),
    ("yes or no", True),
    ("yes or no", False),
    ("text", "The zip is broken"),
]


def slot(kind: SlotType) -> Slot:
    """A slot of a type."""
    choices = ("too small", "broken") if kind == "choice" else ()
    return Slot(
        id="fact",
        label="Order fact",
        type=kind,
        pattern=r"W\d{4}" if kind == "code" else None,
        choices=choices,
    )


@given(st.integers(0, 10**6), st.sampled_from(VALUES), st.booleans())
def test_every_answer_is_understood(seed: int, known: tuple[SlotType, Scalar], typos: bool) -> None:
    """Whatever words a customer picks, with or without typos, the agent hears the right value."""
    kind, value = known
    words = phrasing.answer(value, slot(kind), Voice(str(seed)), typos)
    assert listen(words, ears_for([slot(kind)]), "fact", {}).facts == {"fact": value}


@given(st.integers(0, 10**6))
def test_a_correction_is_heard_as_one(seed: int) -> None:
    """A customer who corrects a code is understood to change it."""
    words = phrasing.correction("fact", "W4471", slot("code"), Voice(str(seed)))
    heard = listen(words, ears_for([slot("code")]), None, {"fact": "W9999"})
    assert heard.corrected == {"fact": "W4471"}


@pytest.mark.parametrize("words", phrasing.PERSON)
def test_the_wish_for_a_person_is_heard(words: str) -> None:
    """However it is put, and nothing else is taken for it."""
    assert wants_person(words)


@pytest.mark.parametrize("words", (*phrasing.PLEAS, *phrasing.REFUSALS, *phrasing.UNKNOWN, *phrasing.VAGUE))
def test_no_other_phrase_is_a_wish_for_a_person(words: str) -> None:
    """A plea, a refusal or a vague beginning does not hand anybody over."""
    assert not wants_person(words)


@pytest.mark.parametrize("words", (*phrasing.REFUSALS, *phrasing.UNKNOWN, *phrasing.PLEAS))
def test_no_refusal_is_taken_for_an_answer(words: str) -> None:
    """Who does not want to say, or does not know, has given no fact, not even a text."""
    for kind in ("text", "code", "email", "date", "number"):
        assert listen(words, ears_for([slot(kind)]), "fact", {}).facts == {}


def test_typos_spare_codes_and_addresses() -> None:
    """Only plain words are misspelt."""
    words = "please return ORDER-4471 for ada.finch@mail.example tomorrow"
    for seed in range(50):
        spoilt = Voice(str(seed)).misspell(words, "key")
        assert "ada.finch@mail.example" in spoilt
        assert "4471" in spoilt
        assert sorted(spoilt) == sorted(words)


def test_customer_zero_says_the_opening_word_for_word() -> None:
    """The first customer of a scenario is the plain one."""
    scenario = Scenario(id="T-01", title="A test", workflow="any", opening="I want my money back.")
    assert Customer(scenario, 0, 7, World({}, frozenset())).open() == "I want my money back."


def test_who_knows_nothing_says_so_and_who_is_asked_too_often_leaves() -> None:
    """A customer never invents a fact, and does not answer forever."""
    scenario = Scenario(id="T-01", title="A test", workflow="any", facts=(Fact(id="other", value="x"),))
    customer = Customer(scenario, 1, 7, World({}, frozenset()))
    customer.open()
    said = [customer.reply(slot("code")) for _ in range(6)]
    assert said[0] in phrasing.UNKNOWN
    assert said[-1] is None
