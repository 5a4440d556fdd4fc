"""Keeping what was tried by hand as a test: the customer's facts and first words, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, join_path
from studio.domain.errors import WrongUse
from studio.domain.frozen import to_json
from studio.domain.scenario import (
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectHandoff,
    ExpectOutcome,
    Fact,
    Scenario,
)
from studio.domain.trace import TraceEvent
from studio.runtime import Program
from studio.services.commands import KeepTrial
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event
from studio.services.queries.try_it import Talk, talk_with, world_for
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect


def keep_trial(command: KeepTrial, around: Surroundings) -> Effect:
    """Add a test that is this talk; say so where a simulated customer does not get to the same end."""
    draft = around.unit.agents.draft()
    kept, right = trial_as_test(draft, command.said, command.as_in, command.title)
    sentence = f"Kept what was tried as the test {kept.id} “{kept.title}”"
    if not right:
        sentence += "; the simulated customer puts it otherwise and does not get there: look at the test"
    change = Change(path=join_path("scenarios", kept.id), before=None, after=to_json(kept))
    return Effect(
        title=sentence,
        events=(Event("TestKept", sentence, frozenset({"agent"}), (kept.id,)),),
        agent=ChangeSet(title=sentence, changes=(change,)),
    )


def trial_as_test(draft: Agent, said: Sequence[str], as_in: str, title: str = "") -> tuple[Scenario, bool]:
    """Return the test, and whether the draft passes it with a simulated customer; raises WrongUse."""
    program, world = Program.of(draft), world_for(draft, as_in)
    talk = talk_with(program, world, said)
    if talk.state.outcome is None:
        raise WrongUse(
            "The conversation has not come to an end, so there is nothing to expect of it yet.",
            "Talk on until it ends, then make it a test.",
        )
    events = [event for turn in talk.turns for event in turn.events]
    wish, opening = _wish(talk)
    kept = world.model_copy(
        update={
            "id": _free_id(draft),
            "title": title.strip() or f"Tried by hand: {opening[:60]}",
            "workflow": wish,
            "opening": opening,
            "facts": tuple(Fact(id=name, value=talk.state.facts[name]) for name in talk.state.given),
            "expectations": tuple(_expected(draft, talk.state.outcome, events)),
        }
    )
    return kept, converse(program, world_of(program), kept, 0, 0, connect(kept)).passed


def _wish(talk: Talk) -> tuple[str, str]:
    """Return the workflow that was wanted first, and the words from which that was understood."""
    for turn in talk.turns:
        for event in turn.events:
            if event.kind == "understood" and event.label == "intent" and event.workflow:
                return event.workflow, turn.text
    raise WrongUse(
        "No workflow was begun, so there is nothing to test.", "Say what the customer wants, and talk on."
    )


def _expected(draft: Agent, outcome: str, events: Sequence[TraceEvent]) -> Iterator[Expectation]:
    yield ExpectOutcome(outcome=outcome)
    writes = {tool.name for tool in draft.tools if tool.effect == "write"}
    done = {event.tool: event for event in events if event.kind == "call" and event.label is None}
    for name in sorted(writes):
        if name in done:
            yield ExpectCall(tool=name, arguments=dict(done[name].arguments))
    handed = [event for event in events if event.kind == "handoff" and event.label]
    if handed:
        yield ExpectHandoff(queue=handed[-1].label or "")
    for rule in dict.fromkeys(event.rule for event in events if event.kind == "disclosure" and event.rule):
        yield ExpectDisclosure(rule=rule)


def _free_id(draft: Agent) -> str:
    taken = {each.id for each in draft.scenarios}
    number = len(taken) + 1
    while f"T-{number:02}" in taken:
        number += 1
    return f"T-{number:02}"
