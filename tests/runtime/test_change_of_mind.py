"""Changing one's mind in a conversation: answers and wishes taken back, before and after a write."""

from __future__ import annotations

import pytest

from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.frozen import to_json
from studio.domain.workflow import Slot
from studio.runtime.listening import drops, ears_for, listen
from tests.runtime.test_conversation import FINE, Desk, changed, kinds, talk

HOW = Slot(id="how", label="Settlement", type="choice", choices=("refund", "exchange", "store credit"))
WHY = Slot(id="why", label="Reason", type="choice", choices=("wrong size", "broken", "changed my mind"))
CHILD = Slot(id="child", label="For a child", type="yes or no")
ORDER = Slot(id="order", label="Order number", type="code", pattern=r"W\d{4}")
SLOTS = (HOW, WHY, CHILD, ORDER)
KNOWN: dict[str, Scalar] = {"how": "refund", "why": "broken", "child": True}


@pytest.mark.parametrize(
    ("words", "now"),
    [
        ("actually, make that the exchange instead of the refund", {"how": "exchange"}),
        ("sorry, I'd rather have store credit", {"how": "store credit"}),
        ("On second thought, exchange. My order number is W4471", {"how": "exchange"}),
        ("It was a refund, but wait, make it an exchange", {"how": "exchange"}),
        ("Hold on, about the settlement: store credit after all", {"how": "store credit"}),
        ("Actually, for a child: no.", {"child": False}),
        ("Sorry, make that a no", {"child": False}),
        ("no wait, the reason is changed my mind, actually", {"why": "changed my mind"}),
    ],
)
def test_an_answer_is_taken_back_at_another_question(words: str, now: dict[str, Scalar]) -> None:
    """However it is put, the new choice or yes or no is heard as a correction, also beside an answer."""
    heard = listen(words, ears_for(SLOTS), "order", KNOWN, "child")
    assert heard.corrected == now
    assert set(heard.facts) <= {"order"}


@pytest.mark.parametrize(
    ("words", "slot", "value"),
    [
        ("Refund. Actually, make that an exchange.", HOW, "exchange"),
        ("yes, it is. No wait, no", CHILD, False),
        ("No. Sorry, I have thought again: yes after all.", CHILD, True),
        ("W1111. Hold on, let me change that to W2222", ORDER, "W2222"),
    ],
)
def test_of_one_breath_the_last_word_counts(words: str, slot: Slot, value: Scalar) -> None:
    """Who answers and takes it back in the same turn has given the second answer only."""
    assert listen(words, ears_for(SLOTS), slot.id, {}).facts == {slot.id: value}


@pytest.mark.parametrize("words", ["wrong size", "I changed my mind", "it's the wrong size, W4471"])
def test_a_choice_that_sounds_like_a_correction_is_none(words: str) -> None:
    """A reason called “changed my mind” takes nothing back."""
    heard = listen(words, ears_for(SLOTS), "why", {"how": "refund", "child": True}, "child")
    assert heard.corrected == {}
    assert not heard.takes_back
    assert heard.facts["why"] in WHY.choices


def test_without_such_words_nothing_known_changes() -> None:
    """A refund that is merely mentioned does not replace the exchange that was chosen."""
    heard = listen("when does a refund take place? W4471", ears_for(SLOTS), "order", {"how": "exchange"})
    assert heard.corrected == {}


def test_a_wish_is_changed_and_what_was_told_is_kept(shop: Agent) -> None:
    """“Actually, where is my parcel” begins the other workflow; the order number is not asked again."""
    desk = Desk()
    words = ["I want to return an item, W4471", "Actually, I just want to track my order instead"]
    state, turns, events = talk(shop, words, desk)
    assert state.outcome == "resolved"
    assert state.frames[0].workflow == "status"
    assert [tool for tool, _ in desk.calls] == ["get_order"]
    assert [e.workflow for e in kinds(events, "understood") if e.label == "intent"] == ["return", "status"]
    assert "order number" not in turns[-1].text


def test_after_a_change_of_wish_identity_is_checked_again(shop: Agent) -> None:
    """Going back and forth keeps the e-mail address, but the system is asked about it once more."""
    desk = Desk()
    words = [*FINE[:2], "sorry, I'd rather track my order", "On second thought, I want to return an item"]
    state, _, _ = talk(shop, [*words, "W4471", "broken"], desk)
    assert state.outcome == "resolved"
    assert [tool for tool, _ in desk.calls] == ["identify", "identify", "get_order", "refund"]


def _asking_after_the_refund(shop: Agent) -> Agent:
    """The shop, in which something is asked once the refund was issued."""
    steps = [*to_json(shop)["workflows"][0]["steps"]]
    slots = [*to_json(shop)["workflows"][0]["slots"]]
    steps.append({"kind": "ask", "id": "more", "title": "Ask more", "slots": ["pleased"], "next": "done"})
    slots.append({"id": "pleased", "label": "Pleased", "type": "number", "prompt": "From 1 to 5?"})
    tree = to_json(changed(shop, "workflows/return/steps/pay/next", "more"))
    tree["workflows"][0] |= {"steps": steps, "slots": slots}
    next(step for step in steps if step["id"] == "pay")["next"] = "more"
    return Agent.model_validate(tree)


@pytest.mark.parametrize(
    "words",
    [
        "Actually, the reason is broken",
        "Actually, I want to track my order instead",
        "on second thought, cancel that",
    ],
)
def test_after_a_write_only_a_person_can_change_it(shop: Agent, words: str) -> None:
    """A fact, the wish or everything taken back after the refund: a person gets all that was told."""
    desk = Desk()
    state, _, events = talk(_asking_after_the_refund(shop), [*FINE, words], desk)
    assert state.outcome == "handed over"
    assert [tool for tool, _ in desk.calls].count("refund") == 1
    passed = kinds(events, "handoff")[0].facts
    assert {"order_id", "reason", "email"} <= set(passed)


@pytest.mark.parametrize("words", ["on second thought, cancel that", "Never mind.", "forget it, thanks"])
def test_a_wish_that_is_dropped_ends_with_nothing_done(shop: Agent, words: str) -> None:
    """Who wants nothing any more is told that nothing was changed."""
    desk = Desk()
    state, turns, _ = talk(shop, [*FINE[:3], words], desk)
    assert state.outcome == "abandoned"
    assert "refund" not in [tool for tool, _ in desk.calls]
    assert turns[-1].text.endswith("Nothing was changed.")


@pytest.mark.parametrize(
    "words", ["cancel my order", "I want to cancel", "Please cancel that appointment", "wait"]
)
def test_a_wish_to_cancel_is_not_taken_for_dropping(words: str) -> None:
    """“Cancel” alone is what many customers come for."""
    assert not drops(words)
