"""One conversation: what customers may rely on, turn by turn."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, lookup
from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.frozen import Json, to_json
from studio.domain.trace import TraceEvent, Turn
from studio.ports import ToolFailed
from studio.runtime import Program, State, advance, start

GOOD: dict[str, dict[str, Json]] = {
    "identify": {"verified": True},
    "get_order": {"days": 5, "amount": 80, "final_sale": False},
    "refund": {"refund_id": "F1"},
}


class Desk:
    """Systems that answer from a table and remember what they were asked."""

    def __init__(self, **replies: Any) -> None:
        self.replies = {**GOOD, **replies}
        self.calls: list[tuple[str, dict[str, Json]]] = []

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Answer, or fail where the table holds the kind of failure."""
        self.calls.append((tool, dict(arguments)))
        reply = self.replies[tool]
        if isinstance(reply, str):
            raise ToolFailed(reply)
        return dict(reply)


def talk(
    agent: Agent, words: Iterable[str | None], desk: Desk | None = None
) -> tuple[State, list[Turn], list[TraceEvent]]:
    """Hold a conversation; return where it stands, its turns and its events."""
    program, desk = Program.of(agent), desk or Desk()
    state, turns = start(program)
    for text in words:
        if state.ended:
            break
        state, more = advance(program, state, text, desk)
        turns += more
    return state, list(turns), [event for turn in turns for event in turn.events]


def kinds(events: Iterable[TraceEvent], kind: str) -> list[TraceEvent]:
    """The events of one kind."""
    return [event for event in events if event.kind == kind]


def changed(agent: Agent, path: str, after: Json) -> Agent:
    """The agent with one place replaced."""
    change = Change(path=path, before=lookup(to_json(agent), path), after=after)
    return apply(agent, ChangeSet(title="a change", changes=(change,)))


FINE = ["I want to return an item", "ada@mail.example", "W4471", "too small"]


def test_a_return_goes_from_greeting_to_refund(shop: Agent) -> None:
    """The agent says what it is, identifies, looks up, decides, discloses, pays and ends."""
    desk = Desk()
    state, turns, events = talk(shop, FINE, desk)
    assert turns[0].text.startswith("Hello, I am the shop's automated assistant.")
    assert state.outcome == "resolved"
    assert [tool for tool, _ in desk.calls] == ["identify", "get_order", "refund"]
    assert desk.calls[-1][1] == {"order_id": "W4471", "amount": 80}
    assert kinds(events, "row")[0].row == "fresh"
    order = [event.kind for event in events if event.kind in ("disclosure", "call")]
    assert order == ["disclosure", "call", "call", "disclosure", "call"]
    assert turns[-1].text.endswith("I have refunded $80 for order W4471.")


def test_several_facts_in_one_turn_are_all_heard(shop: Agent) -> None:
    """What was told at the beginning is not asked again."""
    words = ["I want to return an item, W4471, it is broken, my e-mail is ada@mail.example"]
    state, _, _ = talk(shop, words)
    assert state.outcome == "resolved"


def test_every_event_names_its_place(shop: Agent) -> None:
    """Each step, branch, row, call, failure and disclosure of a step carries workflow and step id."""
    _, _, events = talk(shop, FINE)
    for event in events:
        if event.kind in ("step", "branch", "row", "call") or (event.kind == "disclosure" and event.rule):
            assert event.workflow in {"return", "identify"}
            assert shop.workflow(event.workflow).step(event.step or "")


def test_a_person_can_be_asked_for_at_any_time(shop: Agent) -> None:
    """Whatever the agent is doing, the wish for a person hands over everything collected."""
    state, _, events = talk(shop, ["I want to return an item, W4471", "can I speak to a person please"])
    assert state.outcome == "handed over"
    handoff = kinds(events, "handoff")[0]
    assert handoff.facts == {"order_id": "W4471"}
    assert handoff.label == "Returns"


def test_an_unclear_wish_is_asked_back_then_handed_over(shop: Agent) -> None:
    """The agent offers what it can do, and after the third unclear turn brings in a person."""
    state, turns, _ = talk(shop, ["blue cheese", "green cheese"])
    assert not state.ended
    assert "Is it about: Return an item or Where is my order?" in turns[-1].text
    state, _, _ = talk(shop, ["blue cheese", "green cheese", "old cheese"])
    assert state.outcome == "handed over"
    state, _, _ = talk(shop, ["blue cheese", "the second one", "W4471"])
    assert state.outcome == "resolved"


def test_identity_that_does_not_match_is_not_verified(shop: Agent) -> None:
    """After two mismatches the failure path is taken and nothing was written."""
    desk = Desk(identify={"verified": False})
    words = ["I want to return an item", "ada@mail.example", "eve@mail.example"]
    state, _, events = talk(shop, words, desk)
    assert state.outcome == "handed over"
    assert not state.verified
    assert [event.label for event in kinds(events, "failure")] == ["no match", "no match"]


@pytest.mark.parametrize("reply", [{}, {"verified": "yes"}, {"verified": 1}])
def test_only_a_plain_true_verifies(shop: Agent, reply: dict[str, Json]) -> None:
    """A system that answers anything but true has not verified anybody."""
    state, _, _ = talk(shop, ["I want to return an item", "ada@mail.example"], Desk(identify=reply))
    assert not state.verified


def test_a_correction_starts_over_and_verifies_again(shop: Agent) -> None:
    """A corrected fact voids what systems said about the old one, identity included."""
    desk = Desk()
    words = [*FINE[:3], "Sorry, the e-mail address should be eve@mail.example, and it is too small"]
    state, _, events = talk(shop, words, desk)
    assert [arguments for tool, arguments in desk.calls if tool == "identify"] == [
        {"email": "ada@mail.example"},
        {"email": "eve@mail.example"},
    ]
    assert kinds(events, "understood")[-1].label == "correction"
    assert state.outcome == "resolved"


@pytest.mark.parametrize("failure", ["timeout", "error"])
def test_a_failing_system_is_tried_again_then_handed_over(shop: Agent, failure: str) -> None:
    """One retry as the step says, then its failure path, and the person hears what was tried."""
    desk = Desk(get_order=failure)
    state, _, events = talk(shop, FINE, desk)
    assert [tool for tool, _ in desk.calls] == ["identify", "get_order", "get_order"]
    assert state.outcome == "handed over"
    assert "Look up order" in kinds(events, "handoff")[0].detail


def test_a_refusal_of_a_system_is_an_answer(shop: Agent) -> None:
    """What a system refuses is not tried again."""
    desk = Desk(get_order="refused")
    talk(shop, FINE, desk)
    assert [tool for tool, _ in desk.calls].count("get_order") == 1


def test_no_guard_is_passed(shop: Agent) -> None:
    """Forbidden, above the limit, undisclosed or unidentified: the call never goes out."""
    no_disclosure = changed(shop, "workflows/return/steps/eligible/branches/yes/next", "pay")
    no_identity = changed(shop, "workflows/return/start", "order")
    unidentified = ["I want to return an item", "W4471", "too small"]
    for agent, words, desk, rule in (
        (no_disclosure, FINE, Desk(), "R-02"),
        (no_identity, unidentified, Desk(), "R-01"),
        (shop, FINE, Desk(get_order={"days": 5, "amount": 501, "final_sale": False}), None),
    ):
        state, _, events = talk(agent, words, desk)
        assert state.outcome == "handed over"
        assert kinds(events, "guard")[0].rule == rule
        assert "refund" not in [tool for tool, _ in desk.calls]


def test_missing_parts_never_crash_a_conversation(shop: Agent) -> None:
    """A draft with a missing step, tool or table hands over and says in the trace what is missing."""
    for path, after, label in (
        ("workflows/return/steps/order/next", "nowhere", "dead end"),
        ("workflows/return/steps/look/tool", "nothing", "unknown tool"),
        ("workflows/return/steps/eligible/table", "none", "unknown table"),
        ("workflows/return/steps/who/block", "none", "unknown block"),
        ("workflows/return/steps/look/arguments", [], "arguments"),
        ("workflows/return/steps/order/next", "order", "circles"),
    ):
        state, _, events = talk(changed(shop, path, after), FINE)
        assert state.outcome == "handed over"
        assert label in [event.label for event in kinds(events, "failure")], label


def test_a_conversation_can_be_stored_and_resumed(shop: Agent) -> None:
    """From its JSON or its pickle, a conversation goes on exactly as if it had never stopped."""
    program = Program.of(shop)
    straight, _, _ = talk(shop, FINE)
    desk, (state, _) = Desk(), start(program)
    for text in FINE:
        state = State.from_json(json.loads(json.dumps(state.to_json())))
        state = pickle.loads(pickle.dumps(state))
        before = state.to_json()
        after, _ = advance(program, state, text, desk)
        assert state.to_json() == before
        state = after
    assert state == straight


def test_what_is_no_stored_conversation_is_refused() -> None:
    """Damaged stored conversations give a sentence, not a crash."""
    with pytest.raises(BrokenInput):
        State.from_json({"frames": "nonsense"})
    with pytest.raises(BrokenInput):
        State.from_json({"surprise": 1})


def test_after_the_end_there_is_no_more(shop: Agent) -> None:
    """After a person took over, or the customer left, the conversation takes no further turn."""
    state, _, _ = talk(shop, [FINE[0], "a real person please"])
    with pytest.raises(WrongUse):
        advance(Program.of(shop), state, "one more thing", Desk())


def test_silence_and_leaving_end_as_abandoned(shop: Agent) -> None:
    """Three silences, or leaving, end the conversation; one silence does not."""
    assert talk(shop, [FINE[0], "", *FINE[1:]])[0].outcome == "resolved"
    assert talk(shop, ["", "", ""])[0].outcome == "abandoned"
    assert talk(shop, [FINE[0], None])[0].outcome == "abandoned"


def test_a_conversation_cannot_go_on_forever(shop: Agent) -> None:
    """A customer who only pleads gets a person at the turn limit at the latest."""
    words = ["I want to return an item", *(["Can't you make an exception?"] * 40)]
    assert talk(shop, words)[0].outcome == "handed over"


def test_what_a_customer_writes_is_never_a_template(shop: Agent) -> None:
    """Braces in a customer's answer reach nobody's text as a place to fill."""
    agent = changed(shop, "workflows/return/slots/reason/type", "text")
    agent = changed(agent, "workflows/return/steps/person/say", "You said: {reason}")
    words = [*FINE[:3], "{email} {__class__}"]
    _, turns, _ = talk(agent, words, Desk(get_order="error"))
    assert turns[-1].text == "You said: {email} {__class__}"


def test_another_wish_in_the_middle_is_followed(shop: Agent) -> None:
    """A turn that answers nothing and clearly asks for something else changes the workflow."""
    state, _, _ = talk(shop, ["I want to return an item", "where is my parcel", "W4471"])
    assert state.outcome == "resolved"
    assert state.frames[0].workflow == "status"
