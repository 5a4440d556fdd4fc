"""Whatever an agent looks like, a conversation with it ends and leaves a sound trace."""

from __future__ import annotations

import random
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.charter import Charter, Guard, Rule, RuleKind
from studio.domain.condition import Compare
from studio.domain.frozen import Json
from studio.domain.tool import Tool
from studio.domain.trace import Turn
from studio.domain.workflow import (
    OUTCOMES,
    Ask,
    Branch,
    CallBlock,
    Decide,
    Disclose,
    End,
    Handoff,
    Say,
    Slot,
    Step,
    ToolCall,
    Verify,
    Workflow,
)
from studio.ports import ToolFailed
from studio.runtime import TURN_LIMIT, Program, advance, start

WORDS = (
    "help me",
    "alpha",
    "yes",
    "no",
    "W1234",
    "ada@mail.example",
    "12",
    "{x}",
    "sorry, actually W9999",
    "",
)


class Weather:
    """Systems that answer or fail as a seed says."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Answer or fail."""
        if self.random.random() < 0.3:
            raise ToolFailed(self.random.choice(["timeout", "error", "refused"]))
        return {"verified": self.random.random() < 0.5, "x": self.random.choice([1, "a", True, None])}


def some_step(dice: random.Random, number: int, ids: list[str], blocks: list[str]) -> Step:
    """One step of any kind, with ways that may lead nowhere."""
    name, title = ids[number], f"Step {number}"
    way, other = dice.choice([*ids, None, "nowhere"]), dice.choice([*ids, None, "nowhere"])
    slots = tuple(dice.sample(["code", "mail", "text", "missing"], dice.randint(0, 2)))
    tool, block = dice.choice(["check", "write", "gone"]), dice.choice([*blocks, "gone"])
    tries, above_zero = dice.randint(0, 3), Compare(field="x", op=">", value=0)
    branch = Branch(id="a", when=above_zero, next=way)
    steps: list[Step] = [
        Ask(id=name, title=title, slots=slots, tries=tries, next=way, on_failure=other),
        Verify(id=name, title=title, slots=slots, tool="check", tries=tries, next=way, on_failure=other),
        ToolCall(id=name, title=title, tool=tool, next=way, on_failure=other),
        Decide(id=name, title=title, branches=(branch,), otherwise=other),
        Say(id=name, title=title, text="Hello {x} {code}", next=way),
        Disclose(id=name, title=title, rule="R-1", text="Disclosed.", next=way),
        Handoff(id=name, title=title, queue="Q"),
        End(id=name, title=title, outcome=dice.choice(OUTCOMES)),
        CallBlock(id=name, title=title, block=block, next=way, on_failure=other),
    ]
    return dice.choice(steps)


def some_agent(seed: int) -> Agent:
    """An agent with three workflows of random steps, two of them blocks that may call each other."""
    dice = random.Random(f"agent {seed}")
    names, flows = ["main", "block-a", "block-b"], []
    for name in names:
        ids = [f"s{number}" for number in range(dice.randint(1, 6))]
        flows.append(
            Workflow(
                id=name,
                name=name,
                examples=("help me",) if name == "main" else (),
                reusable=name != "main",
                slots=(
                    Slot(id="code", label="Code", type="code", pattern=r"W\d{4}"),
                    Slot(id="mail", label="Mail", type="email"),
                    Slot(id="text", label="Text"),
                ),
                start=dice.choice([*ids, ""]),
                steps=tuple(some_step(dice, number, ids, names[1:]) for number in range(len(ids))),
            )
        )
    guard = Guard(tools=("write",), needs_identity=True, needs_disclosure=dice.choice([None, "R-1"]))
    rule = Rule(id="R-1", kind=RuleKind.DISCLOSE, title="Rule", text="Say it.", guard=guard)
    charter = Charter(
        purpose="", audience="", channel="", ai_disclosure="I am a machine.", capabilities="", rules=(rule,)
    )
    tools = (Tool(name="check"), Tool(name="write", effect="write"))
    return Agent(id="any", name="Any", charter=charter, workflows=tuple(flows), tools=tools)


def hold(agent: Agent, seed: int) -> tuple[str | None, tuple[Turn, ...], int]:
    """Talk at random until the end; return outcome, turns and number of customer turns."""
    dice, weather, program = random.Random(f"customer {seed}"), Weather(f"weather {seed}"), Program.of(agent)
    state, turns = start(program)
    text, said = "help me", 0
    while not state.ended and said <= TURN_LIMIT + 1:
        state, more = advance(program, state, text, weather)
        turns, said = turns + more, said + 1
        text = dice.choice(WORDS)
    return state.outcome, turns, said


@given(st.integers(0, 10**9))
def test_every_conversation_ends_soundly(seed: int) -> None:
    """No crash, an end within the turn limit, a known outcome, and no write without identity."""
    agent = some_agent(seed)
    outcome, turns, said = hold(agent, seed)
    assert outcome in OUTCOMES
    assert said <= TURN_LIMIT + 1
    events = [event for turn in turns for event in turn.events]
    assert events[-1].kind == "end"
    assert [event.kind for event in events].count("end") == 1
    verified = False
    for event in events:
        verified = (verified or event.label == "verified") and event.label != "correction"
        assert event.tool != "write" or event.kind != "call" or verified
    assert all(Turn.model_validate(turn.model_dump()) == turn for turn in turns[-3:])


@given(st.integers(0, 10**9))
def test_the_same_conversation_twice_is_the_same(seed: int) -> None:
    """Same agent, same words, same replies: the same turns."""
    assert hold(some_agent(seed), seed) == hold(some_agent(seed), seed)
