"""A further wish in the same talk: what carries over to it, and what does not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from studio.domain.agent import Agent
from studio.domain.charter import Charter
from studio.domain.condition import Compare
from studio.domain.frozen import Json
from studio.domain.tool import Tool
from studio.domain.trace import TraceEvent
from studio.domain.workflow import (
    Argument,
    Ask,
    Binding,
    Branch,
    Decide,
    End,
    Handoff,
    Slot,
    ToolCall,
    Verify,
    Workflow,
)
from studio.runtime import Program, State, advance, start

ORDER = Slot(id="order", label="Order number", type="code", pattern=r"W\d{4}", prompt="Which order?")
MAIL = Slot(id="email", label="E-mail", type="email", prompt="Which e-mail?")
SURE = Slot(id="sure", label="Agreement", type="yes or no", prompt="Are you sure?")
STARS = Slot(id="stars", label="Stars", type="number", prompt="How many stars?")


def _tool(name: str, sends: tuple[str, ...], gives: tuple[str, ...] = (), final: bool = False) -> Tool:
    def schema(names: tuple[str, ...]) -> dict[str, Json]:
        return {"type": "object", "properties": {each: {} for each in names}, "required": list(names)}

    effect = "write" if final else "read"
    return Tool.model_validate(
        {"name": name, "parameters": schema(sends), "returns": schema(gives), "effect": effect,
         "reversible": not final}
    )  # fmt: skip


def _flow(name: str, tool: str, words: str, looks: bool, asks_after: bool = False) -> Workflow:
    """Prove identity, ask for the order (and look it up), ask whether to go on, and do it."""
    sent = (Argument(name="order", fact="order"),)
    do = ToolCall(
        id="do", title="Do it", tool=tool, arguments=sent, retries=0,
        next="more" if asks_after else "done", on_failure="person",
    )  # fmt: skip
    look = ToolCall(
        id="look", title="Look", tool="look", arguments=sent, retries=0,
        results=(Binding(result="state", fact="state"),), next="sure", on_failure="person",
    )  # fmt: skip
    yes = Branch(id="yes", when=Compare(field="sure", op="=", value=True), next="do")
    steps = (
        Verify(id="who", title="Who", slots=("email",), tool="prove", next="which", on_failure="person"),
        Ask(
            id="which", title="Which", slots=("order",),
            next="look" if looks else "sure", on_failure="person",
        ),
        *((look,) if looks else ()),
        Ask(id="sure", title="Sure", slots=("sure",), next="ok", on_failure="person"),
        Decide(id="ok", title="Go on", branches=(yes,), otherwise="no"),
        do,
        *((Ask(id="more", title="More", slots=("stars",), tries=3, next="done", on_failure="done"),)
          if asks_after else ()),
        End(id="done", title="Done", say="Done ({state})."),
        End(id="no", title="No", outcome="refused"),
        Handoff(id="person", title="Person", queue="Desk"),
    )  # fmt: skip
    return Workflow(
        id=name, name=words.capitalize(), intent=words, examples=(words,), start="who", steps=steps,
        slots=(ORDER, MAIL, SURE, STARS),
    )  # fmt: skip


def agent(asks_after: bool = False) -> Agent:
    """An agent that refunds and cancels, each for good."""
    charter = Charter(purpose="", audience="", channel="", ai_disclosure="I am a bot.", capabilities="")
    tools = (
        _tool("prove", ("email",), ("verified",)),
        _tool("look", ("order",), ("state",)),
        _tool("refund", ("order",), final=True),
        _tool("cancel", ("order",), final=True),
    )
    flows = (
        _flow("refund", "refund", "please refund me", True, asks_after),
        _flow("cancel", "cancel", "cancel the delivery", False),
    )
    return Agent(id="a", name="A", charter=charter, workflows=flows, tools=tools)


class Systems:
    """Systems that answer everything, and remember what they were asked."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.calls: list[tuple[str, dict[str, Json]]] = []

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Answer."""
        self.calls.append((tool, dict(arguments)))
        return {"verified": True, "state": "sent"}

    def of(self, tool: str) -> list[Json]:
        """Return the values a system was called with."""
        return [value for name, sent in self.calls if name == tool for value in sent.values()]


def talk(made: Agent, *words: str) -> tuple[State, Systems, list[str], list[TraceEvent]]:
    """Say some words one after the other."""
    program, systems = Program.of(made), Systems()
    state, _ = start(program)
    said, events = list[str](), list[TraceEvent]()
    for each in words:
        state, turns = advance(program, state, each, systems)
        said += [turn.text for turn in turns if turn.role == "agent"]
        events += [event for turn in turns for event in turn.events]
    return state, systems, said, events


FIRST = ("please refund me", "ada@mail.example", "W1111", "yes")


def test_identity_and_what_was_told_carry_over_but_no_yes() -> None:
    """Who was verified is not asked again, nor for the order; the yes to the refund cancels nothing."""
    state, systems, said, _ = talk(agent(), *FIRST, "cancel the delivery")
    assert systems.of("prove") == ["ada@mail.example"]
    assert said[-1] == "Are you sure?" and systems.of("cancel") == []
    assert "state" not in state.facts and state.facts["order"] == "W1111"


@pytest.mark.parametrize(
    "opening", ["cancel the delivery of W2222", "cancel the delivery, order number W2222"]
)
def test_a_further_wish_is_for_the_order_it_is_told_with(opening: str) -> None:
    """Another number in the words of the further wish counts, whether it is named or not."""
    _, systems, _, _ = talk(agent(), *FIRST, opening, "yes")
    assert systems.of("cancel") == ["W2222"]


def test_somebody_else_proves_identity_again() -> None:
    """A further wish told with another address is not served on the identity of before."""
    _, systems, _, _ = talk(agent(), *FIRST, "cancel the delivery, my e-mail is bob@mail.example", "yes")
    assert systems.of("prove") == ["ada@mail.example", "bob@mail.example"]


def test_nothing_that_cannot_be_taken_back_is_sent_again() -> None:
    """The same refund over a second and third wish is not paid again; one for another order is."""
    between = ("cancel the delivery", "no")
    state, systems, _, events = talk(agent(), *FIRST, *between, "please refund me", "yes")
    assert systems.of("refund") == ["W1111"] and state.outcome == "handed over"
    assert "sent before" in [event.label for event in events]
    _, systems, _, _ = talk(agent(), *FIRST, *between, "please refund me for W3333", "yes")
    assert systems.of("refund") == ["W1111", "W3333"]


def test_in_the_middle_what_systems_said_does_not_carry_over() -> None:
    """A wish put while another is open begins without what was looked up for that."""
    state, systems, said, _ = talk(agent(), *FIRST[:3], "cancel the delivery")
    assert said[-1] == "Are you sure?" and "state" not in state.facts
    assert systems.of("refund") == []


def test_after_a_change_another_wish_waits_until_that_matter_is_done() -> None:
    """Once something was written, the matter is brought to its end first; then the other is taken up."""
    made = agent(asks_after=True)
    state, systems, said, _ = talk(made, *FIRST, "cancel the delivery", "4")
    assert any("as soon as this is done" in each for each in said)
    assert state.frames[0].workflow == "cancel" and said[-1].endswith("Are you sure?")
    assert systems.of("refund") == ["W1111"] and state.outcome is None


def test_where_a_talk_stands_can_be_stored() -> None:
    """What was sent for good is part of what is stored; what was stored before is read as it was."""
    state, *_ = talk(agent(), *FIRST)
    assert State.from_json(state.to_json()) == state and list(state.sent.values()) == [False]
    older = {name: value for name, value in state.to_json().items() if name != "sent"}
    assert State.from_json(older).sent == {}
