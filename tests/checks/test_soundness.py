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
ASIDE = {
    "colour": ("", " The colour is red.", " The colour is green."),
    "agrees": ("", " Agreement: yes.", " Agreement: no."),
    "code": ("",),
}
MORE = {
    name: (
        *(
            f"{word.rstrip('.')}." + "".join(told)
            for word in words
            for told in product(*(ASIDE[other] for other in sorted(ASIDE) if other != name))
        ),
        *(("I meant green, not red",) if name != "colour" else ()),
    )
    for name, words in SAID.items()
}
"""What customers may say when they are asked, and tell or correct besides."""
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


def loose_tools() -> tuple[Tool, ...]:
    """The same systems; the one that tells a number need not tell it."""
    return tuple(
        tool.model_copy(update={"returns": {**tool.returns, "required": []}}) if tool.name == "look" else tool
        for tool in tools()
    )


def some_step(dice: random.Random, name: str, to: list[str], wide: bool = False) -> Step:
    """A step of some kind, its ways out leading anywhere; a wide one may try twice and bear any name."""
    tries = dice.randint(1, 2) if wide else 1

    def go() -> str:
        return dice.choice(to)

    title = name
    on: dict[str, Any] = {"id": name, "title": title, "next": go()}
    kind = dice.choice(
        ["ask", "ask", "verify", "look", "pay", "pay", "decide", "decide", "table", "say", "tell"]
    )
    if kind == "ask":
        return Ask(**on, slots=(dice.choice(("colour", "agrees")),), tries=tries, on_failure=go())
    if kind == "verify":
        return Verify(**on, slots=("code",), tool="prove", tries=tries, on_failure=go())
    if kind == "look":
        results = (Binding(result="count", fact="count"),)
        return ToolCall(**on, tool="look", results=results, retries=0, on_failure=go())
    if kind == "pay":
        arguments = (Argument(name="count", fact="count"),)
        return ToolCall(**on, tool="pay", arguments=arguments, retries=0, on_failure=go())
    if kind == "decide":
        named = ("verified", "corrects a fact") if wide else ("b0", "b1")
        branches = tuple(
            Branch(id=named[n], when=some_condition(dice), next=go()) for n in range(dice.randint(1, 2))
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


def some_table(dice: random.Random) -> DecisionTable:
    """A table of two rows, with an edge of its own."""
    edge = dice.choice((5, 7))
    return DecisionTable(
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


def some_agent(seed: int, wide: bool = False) -> Agent:
    """An agent of one workflow of random steps, a table, guards, and rules with a formal reading."""
    dice = random.Random(f"sound {seed}")
    count = dice.randint(3, 7)
    names = [f"s{n}" for n in range(count)]
    ends = ["done", "no", "person"]
    steps = [
        # Mostly forwards: a workflow that only goes round is soon explored.
        some_step(
            dice,
            name,
            [*names[at + 1 :], *ends, *([dice.choice(names)] if dice.random() < 0.3 else [])],
            wide,
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
    if wide:
        rules += [
            Rule(id="R-05", kind=RuleKind.MUST, title="Known", text="", formal=Property(
                kind="before", event=Event(kind="call", names=("pay",)), other=Event(kind="identity"))),
            Rule(id="R-06", kind=RuleKind.NEVER, title="Unknown", text="", formal=Property(
                kind="never", event=Event(kind="call", names=("pay",)), other=Event(kind="failed identity"))),
        ]  # fmt: skip
    table = some_table(dice)
    flow = Workflow(
        id="main", name="Pay", intent="pay out", examples=("please pay me out",), slots=SLOTS, start="s0",
        steps=tuple(steps),
    )  # fmt: skip
    charter = Charter(purpose="", audience="", channel="", ai_disclosure="I am a bot.", capabilities="",
                      rules=tuple(rules))  # fmt: skip
    return Agent(
        id="a",
        name="A",
        charter=charter,
        workflows=(flow,),
        tables=(table,),
        tools=loose_tools() if wide else tools(),
    )


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

    def __init__(self, choices: Choices, sparse: bool = False) -> None:
        """Take who chooses; `sparse` where replies may lack what they need not give."""
        self.choices, self.sparse = choices, sparse

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Return one of the possible replies, or fail."""
        every: dict[str, list[dict[str, Json]]] = {
            "prove": [{"verified": True}, {"verified": False}],
            "look": [*({"count": count} for count in COUNTS), *([{}] if self.sparse else [])],
            "pay": [{"done": True}],
        }
        replies = every[tool]
        chosen = self.choices.pick(len(replies) + 1)
        if chosen == len(replies):
            raise ToolFailed("error")
        return replies[chosen]


def play(
    program: Program, told: Mapping[str, tuple[str, ...]] = SAID, most: int = MOST_RUNS
) -> Iterator[Played]:
    """Yield conversations, one for each sequence of choices, up to a number."""
    choices = Choices()
    for _ in range(most):
        state, _ = start(program)
        systems = ChosenSystems(choices)
        words, events = OPENINGS[choices.pick(len(OPENINGS))], list[TraceEvent]()
        while state.outcome is None:
            state, turns = advance(program, state, words, systems)
            events += [event for turn in turns for event in turn.events]
            asked = program.asked(state)
            if state.outcome is None:
                said = told[asked.id] if asked is not None else ("Mmm.",)
                words = said[choices.pick(len(said))] if state.turns < 12 else "I want a human"
        yield Played(tuple(events), state.outcome)
        if not choices.further():
            return
    yield Played((), None)  # not everything was played


# What happened


def dealt(program: Program, dice: random.Random, most: int) -> Iterator[Played]:
    """Yield some conversations in which customers tell, correct and keep back whatever they like."""

    class Dealt(Choices):
        def pick(self, size: int) -> int:
            return dice.randrange(size)

    for _ in range(most):
        state, _ = start(program)
        systems = ChosenSystems(Dealt(), sparse=True)
        words, events = dice.choice(OPENINGS), list[TraceEvent]()
        while state.outcome is None:
            state, turns = advance(program, state, words, systems)
            events += [event for turn in turns for event in turn.events]
            asked = program.asked(state)
            words = dice.choice(MORE[asked.id] if asked is not None else ("Mmm.",))
            words = words if state.turns < 12 else "I want a human"
        yield Played(tuple(events), state.outcome)


def _steps(played: Played) -> list[str]:
    return [event.step for event in played.events if event.kind == "step" and event.step]


def _by_identity(agent: Agent, played: Played) -> Iterator[str]:
    """Yield in order what became of identity, and each payment that went through."""
    proving = {step.id for step in agent.workflow("main").steps if isinstance(step, Verify)}
    for event in played.events:
        if event.kind == "branch" and event.step in proving and event.label is not None:
            yield event.label
        elif event.kind == "call" and event.tool == "pay" and event.label is None:
            yield "paid"


def paid_unproved(agent: Agent, played: Played) -> bool:
    """Whether a payment went through and identity was never verified before it."""
    told = list(_by_identity(agent, played))
    return "paid" in told and "verified" not in told[: told.index("paid")]


def paid_after_mismatch(agent: Agent, played: Played) -> bool:
    """Whether a payment went through after identity was not verified, and not verified since either."""
    failed = False
    for told in _by_identity(agent, played):
        failed = told == "not verified" or (failed and told != "verified")
        if told == "paid" and failed:
            return True
    return False


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
def test_what_is_proved_is_not_broken_by_customers_who_tell_more_and_correct_it(seed: int) -> None:
    """Second tries, facts told unasked or corrected, replies that lack something, odd names: proofs hold."""
    agent = some_agent(seed, wide=True)
    results = run_checks(agent)
    kept = {each.path.split("/")[-1] for each in results if each.check == "kept" and each.status == "holds"}
    dead = {
        each.path.split("/")[-1]
        for each in results
        if each.id.startswith("dead ways") and each.id.endswith("step")
    }
    bound = next(rule.formal for rule in agent.charter.rules if rule.id == "R-03")
    assert bound is not None and isinstance(bound.when, Compare)
    for played in dealt(Program.of(agent), random.Random(f"dealt {seed}"), 60):
        assert not (holds(results, "twice") and len(paid(played)) > 1)
        assert not (holds(results, "known facts") and unknown(played))
        assert not dead & set(_steps(played))
        assert not ("R-05" in kept and paid_unproved(agent, played))
        assert not ("R-06" in kept and paid_after_mismatch(agent, played))
        for event in paid(played) if "R-03" in kept else ():
            assert event.arguments["count"] <= bound.when.value


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_no_counterexample_is_unreal(seed: int) -> None:
    """Each path that is shown is one that some conversation really takes, where all could be played."""
    agent = some_agent(seed)
    played = list(play(Program.of(agent)))
    if played[-1].outcome is None:
        return
    results = run_checks(agent)
    broken = [each for each in results if each.status == "broken"]
    if any(not _walked(played, each) for each in broken):
        # It may take a customer who tells more than was asked.
        played = list(play(Program.of(agent), MORE, 10 * MOST_RUNS))
    if played[-1].outcome is None:
        return
    for each in broken:
        assert _walked(played, each), each.detail
    assert any(each.check == "loops" for each in broken) == any(circled(each) for each in played)


def _walked(played: list[Played], result: CheckResult) -> bool:
    """Whether some conversation takes the path that a result shows; true where it shows none."""
    path = [step.step for step in result.counterexample]
    if result.check == "loops":
        return any(circled(each) for each in played)
    return any(_steps(each)[: len(path)] == path for each in played)
