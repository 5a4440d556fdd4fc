"""Tests are met again only where what they came to has changed; what is kept is what would be met."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.assembly import sample
from studio.domain.agent import Agent
from studio.domain.workflow import Decide, End, Say, Workflow
from studio.services import meeting
from studio.services.meeting import Meeting
from studio.services.memory import Memory
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

SAMPLES = ("returns_assistant", "appointment_desk")


@pytest.fixture(autouse=True)
def nothing_met(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of another test."""
    monkeypatch.setattr(meeting, "_MET", Memory(3_000))


def with_flow(agent: Agent, flow: Workflow) -> Agent:
    """Return the agent with another version of one workflow."""
    flows = tuple(flow if each.id == flow.id else each for each in agent.workflows)
    return agent.model_copy(update={"workflows": flows})


def edits(agent: Agent) -> Iterator[Agent]:
    """Yield the agent with each workflow's steps, tables, rules, tools and questions changed in turn."""
    for flow in agent.workflows:
        for number, step in enumerate(flow.steps):
            if isinstance(step, End | Say | Decide):
                new: dict[str, object] = (
                    {"branches": step.branches[1:]}
                    if isinstance(step, Decide)
                    else {"say" if isinstance(step, End) else "text": "Something else."}
                )
                steps = (*flow.steps[:number], step.model_copy(update=new), *flow.steps[number + 1 :])
                yield with_flow(agent, flow.model_copy(update={"steps": steps}))
        yield with_flow(agent, flow.model_copy(update={"steps": flow.steps[:-1]}))
        yield with_flow(agent, flow.model_copy(update={"slots": flow.slots[1:]}))
        yield with_flow(agent, flow.model_copy(update={"examples": flow.examples[1:]}))
        yield agent.model_copy(update={"workflows": tuple(f for f in agent.workflows if f != flow)})
    for table in agent.tables:
        tables = tuple(
            each.model_copy(update={"rows": each.rows[1:]}) if each == table else each
            for each in agent.tables
        )
        yield agent.model_copy(update={"tables": tables})
    for rule in agent.charter.rules:
        rules = tuple(each for each in agent.charter.rules if each != rule)
        yield agent.model_copy(update={"charter": agent.charter.model_copy(update={"rules": rules})})
    for tool in agent.tools:
        yield agent.model_copy(update={"tools": tuple(each for each in agent.tools if each != tool)})
    silent = agent.charter.model_copy(update={"ai_disclosure": ""})
    yield agent.model_copy(update={"charter": silent})


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_kept_is_what_would_be_met(name: str) -> None:
    """Whatever is changed, a conversation that is shown without being held is the one that would be held."""
    agent = sample(name).agent
    first = Meeting(agent)
    for test in agent.scenarios:
        first.met(test)
    kept = again = 0
    for other in [*edits(agent)][::2]:
        now = Meeting(other)
        for test in agent.scenarios:
            known = now.known(test)
            again += known is None
            if known is not None:
                kept += 1
                program = now.program
                held = converse(program, world_of(program), test, 0, meeting.SEED, connect(test))
                assert known == held
    assert kept > 50 and again > 50


def test_an_edit_of_one_workflow_leaves_the_tests_of_the_others() -> None:
    """A sentence of one workflow changes: only tests that came to it are met again, and undo meets none."""
    agent = sample("returns_assistant").agent
    before = Meeting(agent)
    for test in agent.scenarios:
        before.met(test)
    flow = agent.workflow("return-item")
    ends = [s.model_copy(update={"say": "Done."}) if isinstance(s, End) else s for s in flow.steps]
    edited = with_flow(agent, flow.model_copy(update={"steps": tuple(ends)}))
    after = Meeting(edited)
    left = {test.id for test in agent.scenarios if after.known(test) is None}
    assert left and left < {test.id for test in agent.scenarios if test.workflow == "return-item"}
    for test in agent.scenarios:
        after.met(test)
    assert all(before.known(test) is not None for test in agent.scenarios)


def test_words_that_nobody_says_meet_nothing_again() -> None:
    """A purpose, an owner, the reason of a rule without a guard: no test is met again."""
    agent = sample("returns_assistant").agent
    before = Meeting(agent)
    for test in agent.scenarios:
        before.met(test)
    rules = tuple(r if r.guard else r.model_copy(update={"text": "Other."}) for r in agent.charter.rules)
    charter = agent.charter.model_copy(update={"purpose": "Another.", "rules": rules})
    other = Meeting(agent.model_copy(update={"charter": charter}))
    assert all(other.known(test) is not None for test in agent.scenarios)
