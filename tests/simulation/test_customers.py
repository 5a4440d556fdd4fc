"""Simulated customers: what they say is varied, like people's words, and always understandable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.condition import Scalar
from studio.domain.scenario import Channel, Fact, Persona, Scenario
from studio.domain.workflow import Slot, SlotType
from studio.runtime.asides import breaks_off
from studio.runtime.listening import ears_for, listen
from studio.runtime.signals import signals
from studio.simulation.customers import Customer, World
from studio.simulation.languages import LANGUAGES, sentences, spread

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
REST = {"subject": "it", "name": "Ada Finch"}
SIGNAL_OF_ACT = {
    "person": "person",
    "refuse": "refuses",
    "unknown": "unknown",
    "plea": "pleads",
    "challenge": "challenges",
    "interrupt": "holds",
    "forbidden": "demands",
    "talk out": "manipulates",
    "another person": "others",
    "another person's": "others",
    "bye": "thanks",
}


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


def every(act: str) -> Iterator[str]:
    """Every sentence of a speech act, its places filled."""
    for frame in dict.fromkeys(each for ways in sentences()[act] for each in ways):
        yield frame.format(label="order fact", value="W4471", wish="I want a refund.", first="Hello.", **REST)


def customer(seed: int, number: int = 1, persona: Persona | None = None, **told: object) -> Customer:
    """A customer who knows the fact."""
    scenario = Scenario.model_validate(
        {"id": "T", "title": "t", "workflow": "any", "persona": persona or Persona(), **told}
    )
    return Customer(scenario, number, seed, World({}, frozenset()))


@given(
    st.integers(0, 10**6),
    st.sampled_from(VALUES),
    st.sampled_from([(), ("typos",), ("slang",), ("typos", "slang")]),
    st.sampled_from([None, "chat", "text message", "e-mail", "phone"]),
    st.sampled_from([None, "basic", "good", "native"]),
)
def test_every_answer_is_understood(
    seed: int,
    known: tuple[SlotType, Scalar],
    behaviours: tuple[str, ...],
    channel: Channel | None,
    language: str | None,
) -> None:
    """Whatever words, slips, slang, channel or level of English, the agent hears the right value."""
    kind, value = known
    persona = Persona.model_validate({"channel": channel, "language": language})
    facts = ({"id": "fact", "value": value},)
    asked = slot(kind)
    speaker = customer(seed, persona=persona, behaviours=behaviours, facts=facts)
    speaker.world = World({"fact": asked}, frozenset())
    words = speaker.reply(asked)
    assert words is not None
    assert listen(words, ears_for([asked]), "fact", {}).facts == {"fact": value}, words


def test_there_are_thirty_ways_to_say_anything() -> None:
    """Each speech act of each language has at least 30 different sentences from several phrases."""
    for language in LANGUAGES:
        for act, phrases in sentences(language).items():
            assert len({each for ways in phrases for each in ways}) >= 30, act
            assert len(phrases) >= 5, act


def test_alternatives_are_spread_in_order() -> None:
    """A phrase with alternatives stands for each way through it."""
    assert spread("[a|b] c[|!]") == ("a c", "a c!", "b c", "b c!")


@pytest.mark.parametrize("act", SIGNAL_OF_ACT)
def test_every_sentence_of_an_act_is_understood_as_it_is_meant(act: str) -> None:
    """A wish for a person, a plea, a refusal … : every sentence there is carries its signal."""
    unheard = [words for words in every(act) if SIGNAL_OF_ACT[act] not in signals(words).names]
    assert unheard == []


@pytest.mark.parametrize("act", [act for act in sentences() if act != "person"])
def test_no_other_words_are_a_wish_for_a_person(act: str) -> None:
    """A plea, a refusal, an answer or a vague beginning does not hand anybody over."""
    assert [words for words in every(act) if signals(words).has("person")] == []


@pytest.mark.parametrize(
    "act", ["refuse", "unknown", "plea", "talk out", "another person's", "interrupt", "challenge"]
)
def test_what_is_no_answer_is_taken_for_none(act: str) -> None:
    """Who refuses, pleads, gives orders or asks for another's data has given no fact."""
    kinds: list[SlotType] = ["code", "email", "date", "number"]
    kinds += ["text"] if act in ("refuse", "unknown", "plea", "talk out", "another person's") else []
    for words in every(act):
        for kind in kinds:
            asked = slot(kind)
            assert listen(words, ears_for([asked]), "fact", {}).facts == {}, (kind, words)


def test_a_broken_off_answer_is_heard_as_one() -> None:
    """Every beginning without an end is waited for."""
    asked = Slot(id="fact", label="Order fact", type="code", pattern=r"W\d{4}")
    assert [words for words in every("unfinished") if not breaks_off(signals(words), asked)] == []
    assert [words for words in every("unfinished wish") if not breaks_off(signals(words), None)] == []


@given(st.integers(0, 10**6))
def test_a_correction_is_heard_as_one(seed: int) -> None:
    """A customer who corrects a code is understood to change it, slips or not."""
    asked = slot("code")
    speaker = customer(seed, behaviours=("typos",))
    speaker.world = World({"fact": asked}, frozenset())
    for act in ("correct", "add late"):
        words = speaker.naming(act, "fact", "W4471", f"{act}/{seed}")
        heard = listen(words, ears_for([asked]), None, {"fact": "W9999"})
        assert heard.corrected == {"fact": "W4471"}, words


def test_customer_zero_says_the_opening_word_for_word() -> None:
    """The first customer of a scenario is the plain one."""
    assert customer(7, 0, opening="I want my money back.").open() == "I want my money back."


def test_a_hundred_customers_open_in_many_ways() -> None:
    """The same wish is put in dozens of ways, and always keeps the scenario's words."""
    said = {customer(seed, opening="I want my money back.").open() for seed in range(200)}
    assert len(said) > 60
    assert all("want my money back" in words for words in said)


def test_who_knows_nothing_says_so_and_who_is_asked_too_often_leaves() -> None:
    """A customer never invents a fact, and does not answer forever."""
    speaker = customer(7, facts=({"id": "other", "value": "x"},))
    speaker.open()
    said = [speaker.reply(slot("code")) for _ in range(6)]
    assert said[0] is not None
    assert signals(said[0]).names & {"unknown"}
    assert len(set(said[:4])) > 1
    assert said[-1] is None


def test_patience_is_the_number_of_questions_a_customer_answers() -> None:
    """Who has little patience leaves after fewer questions."""
    lasted = {}
    for patience in ("low", "medium", "high"):
        speaker = customer(7, persona=Persona.model_validate({"patience": patience}))
        questions = (Slot(id=f"q{n}", label=f"Q {n}") for n in range(50))
        lasted[patience] = sum(1 for question in questions if speaker.reply(question) is not None)
    assert lasted["low"] < lasted["medium"] < lasted["high"]


@pytest.mark.parametrize(
    ("persona", "shows"),
    [
        ({"channel": "phone"}, lambda words: words == words.lower() and "!" not in words),
        ({"channel": "text message"}, lambda words: words == words.lower() or "W4471" in words),
        ({"channel": "e-mail"}, lambda words: words.endswith("\nAda Finch")),
        ({"mood": "worried"}, lambda words: len(words) > 70),
        ({"mood": "angry"}, lambda words: len(words) > 70),
        (
            {"language": "basic"},
            lambda words: " the " not in f" {words.lower()} " and " a " not in f" {words} ",
        ),
        ({"clarity": "low"}, lambda words: "money" not in words),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_the_persona_can_be_seen(persona: dict[str, str], shows: object) -> None:
    """Channel, mood, clarity and level of English change what the opening looks like, for many customers."""
    assert callable(shows)
    opening = "I want the money back for a parcel."
    plain = [customer(seed, opening=opening).open() for seed in range(60)]
    made = Persona.model_validate({"name": "Ada Finch", **persona})
    said = [customer(seed, persona=made, opening=opening).open() for seed in range(60)]
    assert sum(map(shows, said)) >= 20
    assert sum(map(shows, said)) > 2 * sum(map(shows, plain))


def test_another_wording_may_take_the_place_of_ours() -> None:
    """Words may come from elsewhere (a language model); the value is put in by us, so no fact changes."""

    def terse(act: str, voice: object, key: str) -> str:
        return "{value}!" if act.startswith("tell") else "…"

    asked = slot("code")
    scenario = Scenario(id="T", title="t", workflow="any", facts=(Fact(id="fact", value="W4471"),))
    speaker = Customer(scenario, 0, 7, World({"fact": asked}, frozenset()), wording=terse)
    assert speaker.reply(asked) == "W4471!"
