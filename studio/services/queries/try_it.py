"""Talking with the draft by hand: the words said so far, and everything that came of them.

- A trial is nothing but the words: it is worked out anew from the beginning each time, so that the same words
  give the same talk, a turn is taken back by leaving it out, and an edit of the draft shows at once.
- The systems answer as one of the draft's tests says, or as its tables of records do; nothing real is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.errors import WrongUse
from studio.domain.scenario import Scenario
from studio.domain.trace import TraceEvent, Turn
from studio.domain.workflow import Verify
from studio.ports import UnitOfWork
from studio.runtime import Program, State, advance, start
from studio.runtime.templates import spell_out
from studio.simulation.concluding import make_ready
from studio.simulation.systems import connect

_LEADS = {
    "understood": "Understood",
    "guard": "Stopped",
    "call": "Called",
    "failure": "Went wrong",
    "fault": "Went wrong",
    "row": "Decided",
    "disclosure": "Disclosed",
    "handoff": "Handed over",
    "end": "End",
}
_WAYS = {"verified": "", "not verified": "if it fails"}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened, in words; `bad` where something was stopped or went wrong."""

    words: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance, or one stretch in which systems worked; with what was noted."""

    role: str
    text: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that is known now: what it is called, its value, and whether the customer said it."""

    fact: str
    label: str
    value: str
    from_customer: bool


@dataclass(frozen=True, slots=True)
class World:
    """A test as which the systems can answer; its id is nothing for the tables of records."""

    id: str
    title: str
    workflow: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A conversation with the draft, up to where it stands."""

    lines: tuple[Said, ...]
    places: tuple[tuple[str, str], ...]
    passed: tuple[tuple[str, str], ...]
    ways: tuple[tuple[str, str, str], ...]
    facts: tuple[Known, ...]
    verified: bool
    asking: str
    outcome: str
    over: bool
    said: tuple[str, ...]
    as_in: str
    worlds: tuple[World, ...]


@dataclass(frozen=True, slots=True)
class TryIt:
    """Ask how the draft answers these words; `as_in` names the test as which its systems answer."""

    said: tuple[str, ...] = ()
    as_in: str = ""

    def answer(self, unit: UnitOfWork) -> Trial:
        """Return the conversation."""
        return trial_of(unit.agents.draft(), self.said, self.as_in)


@dataclass(frozen=True, slots=True)
class Talk:
    """The turns of a trial, where it stands, and the words that were still heard."""

    state: State
    turns: tuple[Turn, ...]
    said: tuple[str, ...]


def world_for(agent: Agent, as_in: str) -> Scenario:
    """Return a test that holds the systems of another one and nothing else of it; raises WrongUse."""
    base = next((each for each in agent.scenarios if each.id == as_in), None)
    if base is None and as_in:
        raise WrongUse(f"There is no test {as_in} in the draft.", "Name one of its tests, or none.")
    if base is None:
        return Scenario(id="try", title="Tried by hand", workflow="")
    kept = {name: getattr(base, name) for name in ("workflow", "systems", "faults", "records", "today")}
    return Scenario(id="try", title=f"Tried by hand, as in {base.id}", **kept)


def talk_with(program: Program, world: Scenario, said: Sequence[str]) -> Talk:
    """Return what comes of these words; what is said after the end is not heard any more."""
    systems = connect(world)
    make_ready(systems, program, 0)
    state, turns = start(program, world.today)
    heard: list[str] = []
    for words in said:
        try:
            state, more = advance(program, state, words, systems)
        except WrongUse:
            break
        turns += more
        heard.append(words)
    return Talk(state, turns, tuple(heard))


def trial_of(agent: Agent, said: Sequence[str], as_in: str = "") -> Trial:
    """Return a conversation with an agent."""
    program = Program.of(agent)
    talk = talk_with(program, world_for(agent, as_in), said)
    state = talk.state
    passed, ways = _course(agent, talk.turns)
    slot = program.asked(state)
    return Trial(
        lines=tuple(_lines(talk.turns)),
        places=tuple((frame.workflow, frame.step) for frame in state.frames),
        passed=passed,
        ways=ways,
        facts=tuple(_known(program, state, name, value) for name, value in state.facts.items()),
        verified=state.verified,
        asking=(slot.label or slot.id) if slot is not None else "",
        outcome=state.outcome or "",
        over=state.outcome in ("handed over", "abandoned"),
        said=talk.said,
        as_in=as_in,
        worlds=tuple(_worlds(agent)),
    )


def _worlds(agent: Agent) -> Iterator[World]:
    if agent.records:
        yield World("", "Their tables of records")
    else:
        yield World("", "Nothing: every system fails")
    yield from (World(test.id, f"{test.id} {test.title}", test.workflow) for test in agent.scenarios)


def _known(program: Program, state: State, name: str, value: Scalar) -> Known:
    label = program.label(name)
    return Known(name, label[:1].upper() + label[1:], spell_out(value), name in state.given)


def _lines(turns: Sequence[Turn]) -> Iterator[Said]:
    for turn in turns:
        notes = tuple(note for event in turn.events if (note := _note(event)) is not None)
        if turn.text or notes or turn.role == "customer":
            yield Said(turn.role, turn.text, notes)


def _note(event: TraceEvent) -> Note | None:
    lead = _LEADS.get(event.kind)
    if lead is None:
        return None
    bad = event.kind in ("guard", "failure", "fault")
    told = event.detail.removeprefix("Said ").removeprefix("Ended: ")
    if event.kind in ("call", "failure", "guard"):
        told = told.replace("_", " ")
    return Note(f"{lead}: {told[:1].lower() + told[1:] if told[1:2].islower() else told}", bad)


def _course(
    agent: Agent,
    turns: Sequence[Turn],
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str, str], ...]]:
    """Return the steps that were passed, and the ways that were taken between them."""
    proving = {(f.id, s.id) for f in agent.workflows for s in f.steps if isinstance(s, Verify)}
    passed: list[tuple[str, str]] = []
    ways: list[tuple[str, str, str]] = []
    last: dict[str, str] = {}
    label: dict[tuple[str, str], str] = {}
    for event in (event for turn in turns for event in turn.events):
        flow, step = event.workflow or "", event.step or ""
        if event.kind == "branch":
            name = event.label or ""
            label[flow, step] = _WAYS.get(name, name) if (flow, step) in proving else name
        elif event.kind == "step":
            if flow in last:
                ways.append((flow, last[flow], label.pop((flow, last[flow]), "")))
            passed.append((flow, step))
            last[flow] = step
    return tuple(dict.fromkeys(passed)), tuple(dict.fromkeys(ways))
