"""Random agents of two workflows, talked with at random: further wishes, closed queues, fractions.

- `broken_promises` plays an agent and tells what the proofs said holds and a conversation broke.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.charter import Charter, Guard, Rule, RuleKind
from studio.domain.check import CheckResult
from studio.domain.condition import Compare
from studio.domain.frozen import Json
from studio.domain.property import Event, Property
from studio.domain.tool import Limit, Tool
from studio.domain.trace import TraceEvent
from studio.domain.workflow import Binding, End, Handoff, Say, Step, ToolCall, Verify, Workflow
from studio.ports import ToolFailed
from studio.runtime import Program, advance, start
from tests.checks.test_soundness import MORE, OPENINGS, SLOTS, some_step, some_table

WISHES = {"main": "please pay me out", "points": "check my points"}
COUNTS: tuple[float, ...] = (2, 5.5, -1, 7, 10.25, 12)
MOST_TURNS = 16
PAY = Event(kind="call", names=("pay",))


def _tools() -> tuple[Tool, ...]:
    def schema(**names: str) -> dict[str, Json]:
        return {
            "type": "object",
            "properties": {name: {"type": kind} for name, kind in names.items()},
            "required": list(names),
        }

    return (
        Tool(name="prove", parameters=schema(code="string"), returns=schema(verified="boolean")),
        Tool(name="look", parameters=schema(), returns={**schema(count="number"), "required": []}),
        Tool(
            name="pay", parameters=schema(count="number"), returns=schema(done="boolean"), effect="write",
            reversible=False, limits=(Limit(argument="count", maximum=10),),
        ),
    )  # fmt: skip


def _steps(dice: random.Random, count: int) -> tuple[Step, ...]:
    """Steps of a workflow; sometimes a person may not be there, and then it goes on somewhere."""
    names = [f"s{n}" for n in range(count)]
    ends = ["done", "no", "person"]
    steps = [
        some_step(
            dice, name, [*names[at + 1 :], *ends, *dice.choice([names[:1], [], []])], True
        )
        for at, name in enumerate(names)
    ]  # fmt: skip
    if dice.random() < 0.5:  # so that there is something to pay
        told = (Binding(result="count", fact="count"),)
        steps[0] = ToolCall(
            id="s0", title="s0", tool="look", results=told, retries=0, next="s1", on_failure=dice.choice(ends)
        )
    on = dice.choice([None, "sorry", dice.choice(names)])
    return (
        *steps,
        End(id="done", title="Done"),
        End(id="no", title="No", outcome="refused"),
        Say(id="sorry", title="Sorry", text="Nobody is there.", next=dice.choice([*names, "done", "no"])),
        Handoff(id="person", title="Person", queue="Desk", on_failure=on),
    )


def talkative_agent(seed: int) -> Agent:
    """An agent of two random workflows with guards, limits, a table and formal rules."""
    dice = random.Random(f"talk {seed}")
    flows = tuple(
        Workflow(
            id=name, name=words.capitalize(), intent=words, examples=(words,), slots=SLOTS, start="s0",
            steps=_steps(dice, dice.randint(3, 6)),
        )
        for name, words in WISHES.items()
    )  # fmt: skip
    bound = Compare(field="count", op=dice.choice((">", "<")), value=dice.choice((0, 5, 10)))
    formal = {
        "R-03": Property(kind="never", event=PAY, when=bound),
        "R-05": Property(kind="before", event=PAY, other=Event(kind="identity")),
        "R-06": Property(kind="never", event=PAY, other=Event(kind="failed identity")),
        "R-07": Property(kind="once", event=PAY),
        "R-08": Property(
            kind="then", event=Event(kind="failure", names=("pay",)), other=Event(kind="handoff")
        ),
        "R-09": Property(kind="before", event=PAY, other=Event(kind="disclosure", names=("R-02",))),
    }
    rules = [Rule(id="R-02", kind=RuleKind.DISCLOSE, title="Time", text="Say how long it takes.")]
    rules += [
        Rule(id=name, kind=RuleKind.MUST, title=name, text="", formal=each) for name, each in formal.items()
    ]
    if dice.random() < 0.5:
        guard = Guard(tools=("pay",), needs_identity=True)
        rules.append(Rule(id="R-01", kind=RuleKind.MUST, title="Identity", text="", guard=guard))
    if dice.random() < 0.5:
        guard = Guard(tools=("pay",), needs_disclosure="R-02")
        rules.append(Rule(id="R-04", kind=RuleKind.MUST, title="Told", text="", guard=guard))
    charter = Charter(
        purpose="", audience="", channel="", ai_disclosure="I am a bot.", capabilities="", rules=tuple(rules)
    )
    return Agent(
        id="a", name="A", charter=charter, workflows=flows, tables=(some_table(dice),), tools=_tools()
    )


# Talking


class RandomSystems:
    """Systems that answer or fail at random; queues are closed for a whole conversation, or open."""

    def __init__(self, dice: random.Random, shut: bool) -> None:
        """Take the dice."""
        self.dice, self.shut = dice, shut

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Return one of the possible replies, or fail."""
        if self.dice.random() < 0.2:
            raise ToolFailed("error")
        if tool == "prove":
            return {"verified": self.dice.random() < 0.6}
        return {"count": self.dice.choice(COUNTS)} if tool == "look" else {"done": True}

    def at(self, step: str) -> None:
        """Hear which step calls next."""

    def told(self) -> TraceEvent | None:
        """Nothing goes wrong on purpose."""
        return None

    def closed(self, queue: str) -> TraceEvent | None:
        """Return why nobody takes over."""
        return TraceEvent(kind="failure", detail="Closed.", label="closed") if self.shut else None


def talks(program: Program, dice: random.Random, most: int) -> Iterator[tuple[TraceEvent, ...]]:
    """Yield the events of conversations with customers who do whatever they like."""
    for _ in range(most):
        systems = RandomSystems(dice, dice.random() < 0.5)
        state, _ = start(program)
        events: list[TraceEvent] = []
        opening = dice.choice(OPENINGS)
        words = opening if dice.random() < 0.5 else opening.replace("pay me out", "check my points")
        while state.turns < MOST_TURNS and state.outcome in (None, "resolved", "refused"):
            state, turns = advance(program, state, words, systems)
            events += [event for turn in turns for event in turn.events]
            asked = program.asked(state)
            other = [*WISHES.values(), "I want a human", "My code is W9902, please pay me out."]
            if asked is None:
                other += ["I meant red, not green", "The colour is green."]
            words = dice.choice(MORE[asked.id] if asked is not None and dice.random() < 0.75 else other)
        yield tuple(events)


# What was promised


class Broken(NamedTuple):
    """A promise that a conversation broke."""

    check: str
    events: tuple[TraceEvent, ...]


def _parts(events: tuple[TraceEvent, ...], labels: tuple[str, ...]) -> Iterator[list[TraceEvent]]:
    """Yield the events in parts that begin with what was understood so."""
    part: list[TraceEvent] = []
    for event in events:
        if event.kind == "understood" and event.label in labels and part:
            yield part
            part = []
        part.append(event)
    yield part


def _paid(events: list[TraceEvent] | tuple[TraceEvent, ...]) -> list[TraceEvent]:
    return [e for e in events if e.kind == "call" and e.tool == "pay" and e.label is None]


def _missed(event: TraceEvent) -> bool:
    """Whether a payment did not go through."""
    return event.tool == "pay" and event.kind in ("failure", "guard")


def _ended(event: TraceEvent, *outcomes: str) -> bool:
    return event.kind == "end" and (event.label or "").split(",")[0] in outcomes


def _failed_as_done(part: list[TraceEvent]) -> bool:
    """Whether a payment failed, none went through, and the matter then ended as resolved."""
    missed = next((at for at, event in enumerate(part) if _missed(event)), len(part))
    end = next((event for event in part[missed:] if event.kind == "end"), None)
    return not _paid(part) and end is not None and _ended(end, "resolved")


def _left_alone(part: list[TraceEvent]) -> bool:
    """Whether a payment failed, nobody was called, and the matter ended."""
    waiting = False
    for event in part:
        if event.kind == "handoff" or event.label == "queue closed":
            waiting = False
        elif _missed(event):
            waiting = True
        elif waiting and _ended(event, "resolved", "refused"):
            return True
    return False


def _proving(agent: Agent) -> set[tuple[str, str]]:
    return {(flow.id, step.id) for flow in agent.workflows for step in flow.steps if isinstance(step, Verify)}


def _unverified(agent: Agent, events: tuple[TraceEvent, ...], after_mismatch: bool) -> bool:
    """Whether a payment went through before identity was verified, or since it was not."""
    proving, known, failed = _proving(agent), False, False
    for event in events:
        if event.kind == "branch" and (event.workflow, event.step) in proving:
            known = known or event.label == "verified"
            failed = event.label == "not verified"
        elif event in _paid([event]) and (failed if after_mismatch else not known):
            return True
    return False


def _come_to(agent: Agent, events: tuple[TraceEvent, ...], spot: tuple[str, str], rule: str) -> bool:
    """Whether a step was come to before identity was verified, or before a rule was said."""
    proving = _proving(agent)
    for event in events:
        if rule and event.kind == "disclosure" and event.rule == rule:
            return False
        if not rule and event.label == "verified" and (event.workflow, event.step) in proving:
            return False
        if event.kind == "step" and (event.workflow, event.step) == spot:
            return True
    return False


def _agreed(part: list[TraceEvent]) -> bool:
    """Whether, within one wish, every payment came after a yes, or the colour that stands for one."""
    told = False
    for event in part:
        told = told or bool({"agrees", "colour"} & event.facts.keys())
        if event in _paid([event]) and not told:
            return False
    return True


def broken_promises(seed: int, most: int) -> Iterator[Broken]:
    """Yield what the proofs of a random agent promise and some conversation breaks."""
    agent = talkative_agent(seed)
    results = run_checks(agent)
    steps = {f"workflows/{f.id}/steps/{s.id}": (f.id, s.id) for f in agent.workflows for s in f.steps}
    for events in talks(Program.of(agent), random.Random(f"talks {seed}"), most):
        yield from (Broken(name, events) for name in _general(agent, results, events))
        for each in results:
            if each.path in steps and _refuted(agent, each, steps[each.path], events):
                yield Broken(each.id, events)
        kept = {
            rule.id
            for rule in agent.charter.rules
            if (own := [e for e in results if e.check == "kept" and e.path.endswith(rule.id)])
            and all(e.status == "holds" for e in own)
        }
        yield from (Broken(name, events) for name in _rules_broken(agent, events) if name in kept)


def _general(agent: Agent, results: tuple[CheckResult, ...], events: tuple[TraceEvent, ...]) -> Iterator[str]:
    """Yield what is promised of a whole workflow and broken in a wish for it."""
    held = {(each.check, each.path.split("/")[-1]) for each in results if each.status == "holds"}
    for wish in _parts(events, ("intent",)):
        flow = next((event.workflow for event in wish if event.label == "intent"), None)
        matters = list(_parts(tuple(wish), ("correction",)))
        broken = {
            "twice": len(_paid(wish)) > 1,
            "loops": any(e.kind == "failure" and e.label == "circles" for e in wish),
            "known facts": any(e.label == "arguments" and "not known" in e.detail for e in wish),
            "failure ends": any(map(_failed_as_done, matters)),
            "confirmation": not _agreed(wish),
        }
        yield from (check for check, is_so in broken.items() if is_so and (check, flow) in held)
    sent = [str(sorted(event.arguments.items())) for event in _paid(events)]
    if len(set(sent)) < len(sent) and all(("twice", flow.id) in held for flow in agent.workflows):
        yield "the same twice over several wishes"


def _refuted(
    agent: Agent, result: CheckResult, spot: tuple[str, str], events: tuple[TraceEvent, ...]
) -> bool:
    """Whether a conversation refutes what is said of one step."""
    about = result.id.removeprefix(f"{result.check}:{result.path}").lstrip(":")
    here = [event for event in events if (event.workflow, event.step) == spot]
    if result.check == "dead ways":
        if about == "step":
            return any(event.kind == "step" for event in here)
        if about == "call":
            return any(event.kind == "call" and event.label is None for event in here)
        if about.startswith("branch:"):
            return any(event.kind == "branch" and f"branch:{event.label}" == about for event in here)
        return about == "always" and any(e.kind == "branch" and e.label == "otherwise" for e in here)
    if result.status == "holds" and result.check == "identity":
        return _come_to(agent, events, spot, "")
    return result.status == "holds" and result.check == "disclosure" and _come_to(agent, events, spot, "R-02")


def _rules_broken(agent: Agent, events: tuple[TraceEvent, ...]) -> Iterator[str]:
    """Yield the rules that a conversation breaks."""
    bound = next(rule.formal for rule in agent.charter.rules if rule.id == "R-03")
    assert bound is not None and isinstance(bound.when, Compare)
    op, edge = bound.when.op, bound.when.value
    counts = [event.arguments["count"] for event in _paid(events)]
    if any(count > edge if op == ">" else count < edge for count in counts):
        yield "R-03"
    if _unverified(agent, events, after_mismatch=False):
        yield "R-05"
    if _unverified(agent, events, after_mismatch=True):
        yield "R-06"
    if any(len(_paid(part)) > 1 for part in _parts(events, ("intent",))):
        yield "R-07"
    if any(map(_left_alone, _parts(events, ("intent", "correction")))):
        yield "R-08"
    said = False
    for event in events:
        said = said or (event.kind == "disclosure" and event.rule == "R-02")
        if event in _paid([event]) and not said:
            yield "R-09"


def calls_of(agent: Agent) -> int:
    """Return how many payments an agent draws."""
    return sum(isinstance(s, ToolCall) and s.tool == "pay" for f in agent.workflows for s in f.steps)
