"""What must not be said is heard in any turn of the agent, and nothing else is taken for it."""

from __future__ import annotations

import pytest

from studio.domain.agent import Agent
from studio.domain.scenario import ExpectUnsaid, in_a_clause
from studio.domain.trace import Turn
from studio.runtime import Program
from studio.runtime.recording import event
from studio.simulation.grading import grade
from studio.simulation.sayings import spoken_in

PROMISED = ExpectUnsaid(words="compensation", rule="R-09")
SPOKEN = ExpectUnsaid(words="repair dates", promised=False)


@pytest.mark.parametrize(
    "said",
    [
        "You will receive compensation of £20.",
        "I am sorry about that. We guarantee compensation!",
        "We'll compensate you for the delay.",
        "I promise you compensation, whatever it takes.",
        "You are entitled to compensation.",
        "Don't worry, we will pay you compensation.",
        "No problem, you will get compensation.",
        "Not only will you get a voucher, you will receive compensation.",
        "You will get compensation, no matter what.",
        "I can offer you compensation, there is nothing you need to do.",
        "You will not have to wait: you get compensation today.",
        "I do not know when, but you will receive compensation.",
        "I've credited compensation to your account.",
        "Your compensation is already approved.",
        "I am happy to give you compensation.",
    ],
)
def test_a_promise_is_heard(said: str) -> None:
    """In the words of the rule or in another form of them; the sentence is given back."""
    found = spoken_in(said, PROMISED)
    assert found is not None and "ompens" in found


@pytest.mark.parametrize(
    "said",
    [
        "I cannot promise compensation.",
        "We won't pay compensation for this.",
        "Would you like to ask the desk about compensation?",
        "Our desk decides about compensation.",
        "You will receive the parcel tomorrow.",
        "There is no compensation. You will receive a letter.",
        "I cannot, however much I want to, promise compensation.",
        "We do not pay compensation, but you will get a refund.",
        "You will get an answer, but I cannot promise compensation.",
        "Don't worry, the desk decides about compensation.",
        "No matter what happened, I cannot promise compensation.",
        "I've passed your question on compensation to the desk.",
        "Compensation is approved by the desk alone.",
    ],
)
def test_what_is_denied_asked_or_only_named_is_no_promise(said: str) -> None:
    """A refusal, a question and a bare mention promise nothing; neither does another thing."""
    assert spoken_in(said, PROMISED) is None


def test_what_must_not_be_spoken_of_may_not_be_named_either() -> None:
    """A bare mention is too much where it must not be spoken of; saying that one cannot is not."""
    assert spoken_in("The repair date is Monday.", SPOKEN) == "The repair date is Monday."
    assert spoken_in("I cannot tell you repair dates.", SPOKEN) is None
    assert spoken_in("The repair is done.", SPOKEN) is None


@pytest.mark.parametrize(("role", "broken"), [("agent", True), ("customer", False)])
def test_only_what_the_agent_says_breaks_it(shop: Agent, role: str, broken: bool) -> None:
    """The note tells the sentence and the rule; what a customer demands is no fault of the agent."""
    scenario = shop.scenario("T-01").model_copy(update={"expectations": (PROMISED,)})
    greeting = Turn(role="agent", events=(event("disclosure", "", label="ai"),))
    turns = [greeting, Turn.model_validate({"role": role, "text": "You will give me compensation."})]
    notes = {
        mark.aspect: mark.note for mark in grade(Program.of(shop), scenario, "resolved", turns) if not mark.ok
    }
    assert ("limits" in notes) is broken
    if broken:
        assert notes["limits"] == "Said “You will give me compensation.”, which R-09 forbids."


def test_it_is_told_in_words() -> None:
    """People read what is listened for."""
    assert in_a_clause(PROMISED) == "Never promises “compensation”"
    assert in_a_clause(SPOKEN) == "Never speaks of “repair dates”"


def test_little_words_alone_are_listened_for_too() -> None:
    """Else a test that names nothing but “it” would hold whatever is said."""
    assert spoken_in("It is theirs.", ExpectUnsaid(words="it", promised=False)) == "It is theirs."
    assert spoken_in("The parcel is here.", ExpectUnsaid(words="it", promised=False)) is None
