"""Proofs and the runtime agree: random workflows are played through, and what was proved is never broken."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.charter import Charter, Guard, Rule, RuleKind
from studio.domain.check import CheckResult
from studio.domain.condition import Compare
from studio.domain.frozen import Json
from studio.domain.property import Event, Property
from studio.domain.tool import Limit, Tool
from studio.domain.trace import TraceEvent
from studio.domain.workflow import (
    Argument,
    Ask,
    Binding,
    Branch,
    Cell,
    Decide,
    DecisionTable,
    Disclose,
    End,
    Handoff,
    Row,
    Say,
    Slot,
    Step,
    TableInput,
    ToolCall,
    Verify,
    Workflow,
)
from studio.ports import ToolFailed
from studio.runtime import Program, advance, start

MOST_RUNS = 700
SLOTS = (
    Slot(id="colour", label="Colour", type="choice", choices=("red", "green"), prompt="Which colour?"),
    Slot(id="agrees", label="Agreement", type="yes or no", prompt="Do you agree?"),
    Slot(id="code", label="Code", type="code", pattern=r"W\d{4}", prompt="Which code?"),
)
SAID = {"colour": ("red", "green", "Mmm."), "agrees": ("yes", "no", "Mmm."), "code": ("W4471", "Mmm.")}
OPENINGS = tuple(
    " ".join(filter(None, ("Please pay me out.", *told)))
    for told in product(
        ("", "The colour is red.", "The colour is green."),
        ("", "Agreement: yes.", "Agreement: no."),
        ("", "My code is W4471."),
    )
)
"""What customers may tell unasked, all of it."""
COUNTS = (2, 7, 12)
KINDS = ("ask", "ask", "verify", "look", "pay", "pay", "decide", "decide", "table", "say", "tell")


def tools() -> tuple[Tool, ...]:
    """A system that proves identity, one that tells a number, one that changes something for good."""

    def schema(**names: str) -> dict[str, Json]:
        properties = {name: {"type": kind} for name, kind in names.items()}
        return {"type": "object", "properties": properties, "required": list(names)}

    return (
        Tool(name="prove", parameters=schema(code="string"), returns=schema(verified="boolean")),
        Tool(name="look", parameters=schema(), returns=schema(count="integer")),
        Tool(
            name="pay",
            parameters=schema(count="integer"),
            returns=schema(done="boolean"),
            effect="write",
            reversible=False,
            limits=(Limit(argument="count", maximum=10),),
        ),
    )


def some_step(dice: random.Random, name: str, to: list[str]) -> Step:
    """A step of some kind, its ways out leading anywhere."""

    def go() -> str:
        return dice.choice(to)

    title = name
    on: dict[str, Any] = {"id": name, "title": title, "next": go()}
    kind = dice.choice(
        ["ask", "ask", "verify", "look", "pay", "pay", "decide", "decide", "table", "say", "tell"]
    )
    if kind == "ask":
        return Ask(**on, slots=(dice.choice(("colour", "agrees")),), tries=1, on_failure=go())
    if kind == "verify":
        return Verify(**on, slots=("code",), tool="prove", tries=1, on_failure=go())
    if kind == "look":
        results = (Binding(result="count", fact="count"),)
        return ToolCall(**on, tool="look", results=results, retries=0, on_failure=go())
    if kind == "pay":
        arguments = (Argument(name="count", fact="count"),)
        return ToolCall(**on, tool="pay", arguments=arguments, retries=0, on_failure=go())
    if kind == "decide":
        branches = tuple(
            Branch(id=f"b{n}", when=some_condition(dice), next=go()) for n in range(dice.randint(1, 2))
        )
        return Decide(id=name, title=title, branches=branches, otherwise=go())
    if kind == "table":
        branches = (Branch(id="few", next=go()), Branch(id="many", next=go()))
        return Decide(id=name, title=title, table="size", branches=branches, otherwise=go())
    if kind == "say":
        return Say(**on, text="Well.")
    return Disclose(**on, rule="R-02", text="It takes a day.")


def some_condition(dice: random.Random) -> Compare:
    """One comparison of a fact."""
    field = dice.choice(("colour", "agrees", "count"))
    if field == "count":
        op: Any = dice.choice(("<", "<=", ">", ">=", "=", "!="))
        return Compare(field=field, op=op, value=dice.choice((5, 7, 10)))
    value: Any = "red" if field == "colour" else True
    return Compare(field=field, op=dice.choice(("=", "!=")), value=value)


def some_agent(seed: int) -> Agent:
    """An agent of one workflow of random steps, a table, guards, and a rule with a formal reading."""
    dice = random.Random(f"sound {seed}")
    count = dice.randint(3, 7)
    names = [f"s{n}" for n in range(count)]
    ends = ["done", "no", "person"]
    steps = [
        # Mostly forwards: a workflow that only goes round is soon explored.
        some_step(
            dice, name, [*names[at + 1 :], *ends, *([dice.choice(names)] if dice.random() < 0.3 else [])]
        )
        for at, name in enumerate(names)
    ]
    steps += [
        End(id="done", title="Done"),
        End(id="no", title="No", outcome="refused"),
        Handoff(id="person", title="Person", queue="Desk"),
    ]
    identity, told = dice.random() < 0.5, dice.random() < 0.5
    rules = [
        Rule(id="R-02", kind=RuleKind.DISCLOSE, title="Time", text="Say how long it takes."),
        Rule(id="R-03", kind=RuleKind.NEVER, title="Bound", text="", formal=Property(
            kind="never", event=Event(kind="call", names=("pay",)),
            when=Compare(field="count", op=">", value=dice.choice((5, 10))))),
    ]  # fmt: skip
    if identity:
        guard = Guard(tools=("pay",), needs_identity=True)
        rules.append(Rule(id="R-01", kind=RuleKind.MUST, title="Identity", text="", guard=guard))
    if told:
        guard = Guard(tools=("pay",), needs_disclosure="R-02")
        rules.append(Rule(id="R-04", kind=RuleKind.MUST, title="Told", text="", guard=guard))
    edge = dice.choice((5, 7))
    table = DecisionTable(
        id="size",
        name="Size",
        inputs=(
            TableInput(id="count", label="Count", type="number"),
            TableInput(id="colour", label="Colour"),
        ),
        rows=(
            Row(id="r1", cells=(Cell(id="count", op="<=", value=edge),), then="few"),
            Row(id="r2", cells=(Cell(id="colour", op="=", value="green"),), then="many"),
        ),
    )
    flow = Workflow(
        id="main", name="Pay", intent="pay out", examples=("please pay me out",), slots=SLOTS, start="s0",
        steps=tuple(steps),
    )  # fmt: skip
    charter = Charter(purpose="", audience="", channel="", ai_disclosure="I am a bot.", capabilities="",
                      rules=tuple(rules))  # fmt: skip
    return Agent(id="a", name="A", charter=charter, workflows=(flow,), tables=(table,), tools=tools())


# Playing everything


class Played(NamedTuple):
    """One conversation: its events in order, and how it ended."""

    events: tuple[TraceEvent, ...]
    outcome: str | None


class Choices:
    """Goes through all sequences of choices, the last one first."""

    def __init__(self) -> None:
        """Begin with the first choice everywhere."""
        self.taken: list[int] = []
        self.sizes: list[int] = []
        self.at = 0

    def pick(self, size: int) -> int:
        """Return the choice that is due here."""
        if self.at == len(self.taken):
            self.taken.append(0)
            self.sizes.append(size)
        self.at += 1
        return self.taken[self.at - 1]

    def further(self) -> bool:
        """Go on to the next sequence; return False after the last."""
        self.at = 0
        while self.taken and self.taken[-1] + 1 == self.sizes[-1]:
            self.taken.pop()
            self.sizes.pop()
        if not self.taken:
            return False
        self.taken[-1] += 1
        return True


class ChosenSystems:
    """Systems that answer as is chosen; the same question is answered the same way once it was answered."""

    def __init__(self, choices: Choices) -> None:
        """Take who chooses."""
        self.choices = choices

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Return one of the possible replies, or fail."""
        every: dict[str, list[dict[str, Json]]] = {
            "prove": [{"verified": True}, {"verified": False}],
            "look": [{"count": count} for count in COUNTS],
            "pay": [{"done": True}],
        }
        replies = every[tool]
        chosen = self.choices.pick(len(replies) + 1)
        if chosen == len(replies):
            raise ToolFailed("error")
        return replies[chosen]


def play(program: Program) -> Iterator[Played]:
    """Yield conversations, one for each sequence of choices, up to a number."""
    choices = Choices()
    for _ in range(MOST_RUNS):
        state, _ = start(program)
        systems = ChosenSystems(choices)
        words, events = OPENINGS[choices.pick(len(OPENINGS))], list[TraceEvent]()
        while state.outcome is None:
            state, turns = advance(program, state, words, systems)
            events += [event for turn in turns for event in turn.events]
            asked = program.asked(state)
            if state.outcome is None:
                said = SAID[asked.id] if asked is not None else ("Mmm.",)
                words = said[choices.pick(len(said))] if state.turns < 12 else "I want a human"
        yield Played(tuple(events), state.outcome)
        if not choices.further():
            return
    yield Played((), None)  # not everything was played


# What happened


def _steps(played: Played) -> list[str]:
    return [event.step for event in played.events if event.kind == "step" and event.step]


def unverified(agent: Agent, played: Played) -> bool:
    """Whether a payment was come to before identity was verified."""
    pays = {
        step.id for step in agent.workflow("main").steps if isinstance(step, ToolCall) and step.tool == "pay"
    }
    for event in played.events:
        if event.kind == "branch" and event.label == "verified":
            return False
        if event.kind == "step" and event.step in pays:
            return True
    return False


def paid(played: Played) -> list[TraceEvent]:
    """The payments that went through."""
    return [e for e in played.events if e.kind == "call" and e.tool == "pay" and e.label is None]


def circled(played: Played) -> bool:
    """Whether the workflow went round without the customer until it was stopped."""
    return any(event.kind == "failure" and event.label == "circles" for event in played.events)


def unknown(played: Played) -> bool:
    """Whether a payment could not be sent for lack of a fact."""
    return any(
        e.kind == "failure" and e.label == "arguments" and "not known" in e.detail for e in played.events
    )


def failed_as_done(played: Played) -> bool:
    """Whether a payment failed, none went through, and the end is resolved all the same."""
    tried = any(e.kind == "failure" and e.tool == "pay" for e in played.events) or any(
        e.kind == "guard" and e.tool == "pay" for e in played.events
    )
    return tried and not paid(played) and played.outcome == "resolved"


def holds(results: tuple[CheckResult, ...], check: str) -> bool:
    """Whether a check was done and nothing speaks against it."""
    own = [each for each in results if each.check == check]
    return bool(own) and all(each.status == "holds" for each in own)


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_what_is_proved_is_never_broken(seed: int) -> None:
    """Whatever customers say and systems answer, no conversation breaks what the checks say holds."""
    agent = some_agent(seed)
    results = run_checks(agent)
    dead = {
        each.path.split("/")[-1]
        for each in results
        if each.id.startswith("dead ways") and each.id.endswith("step")
    }
    bound = next(rule.formal for rule in agent.charter.rules if rule.id == "R-03")
    assert bound is not None and isinstance(bound.when, Compare)
    for played in play(Program.of(agent)):
        assert not (holds(results, "identity") and unverified(agent, played))
        assert not (holds(results, "twice") and len(paid(played)) > 1)
        assert not (holds(results, "loops") and circled(played))
        assert not (holds(results, "known facts") and unknown(played))
        assert not (holds(results, "failure ends") and failed_as_done(played))
        assert not dead & set(_steps(played))
        for event in paid(played) if holds(results, "kept") else ():
            assert event.arguments["count"] <= bound.when.value


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_no_counterexample_is_unreal(seed: int) -> None:
    """Each path that is shown is one that some conversation really takes, where all could be played."""
    agent = some_agent(seed)
    played = list(play(Program.of(agent)))
    if played[-1].outcome is None:
        return
    walked = [_steps(each) for each in played]
    for result in run_checks(agent):
        if not result.counterexample or result.check == "loops":
            continue
        path = [step.step for step in result.counterexample]
        if result.status == "broken":
            assert any(steps[: len(path)] == path for steps in walked), result.detail
    broken = {each.check for each in run_checks(agent) if each.status == "broken"}
    assert ("loops" in broken) == any(circled(each) for each in played)
