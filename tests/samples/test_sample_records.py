"""The samples' mock systems work on tables: what an agent does there is seen in the records at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.agent import Agent
from studio.domain.scenario import ExpectRecord
from studio.domain.workflow import Argument, ToolCall
from studio.simulation.runner import run
from studio.workers.inline import InlineWorkers

SAMPLES = Path(__file__).parents[2] / "sample_projects"


def _agent(name: str) -> Agent:
    return Agent.model_validate_json((SAMPLES / name / "agent.json").read_bytes())


def _wrong(agent: Agent) -> set[str]:
    found = run(agent, agent.scenarios, 7, 3, InlineWorkers())
    return {each.scenario for each in found.conversations if not each.passed}


def _without_step(agent: Agent, step: str) -> Agent:
    """Return the agent that passes over a step."""
    flows = []
    for flow in agent.workflows:
        gone = next((each for each in flow.steps if each.id == step), None)
        if not isinstance(gone, ToolCall):
            flows.append(flow)
            continue
        text = flow.model_dump_json(exclude_none=True).replace(f'"next":"{step}"', f'"next":"{gone.next}"')
        flows.append(type(flow).model_validate_json(text))
    return agent.model_copy(update={"workflows": tuple(flows)})


def _calls(agent: Agent, tool: str) -> list[ToolCall]:
    steps = [step for flow in agent.workflows for step in flow.steps]
    return [step for step in steps if isinstance(step, ToolCall) and step.tool == tool]


@pytest.mark.parametrize("name", ["returns_assistant", "appointment_desk"])
def test_both_samples_pass_every_time_and_compare_records(name: str) -> None:
    """Every test of a sample passes with every customer, and some say how a record ends."""
    agent = _agent(name)
    assert agent.records
    assert sum(isinstance(e, ExpectRecord) for s in agent.scenarios for e in s.expectations) >= 3
    assert _wrong(agent) == set()


@pytest.mark.parametrize(
    ("name", "tool", "noticed"),
    [
        ("returns_assistant", "issue_refund", {"T-01", "T-05"}),
        ("returns_assistant", "create_return", {"T-01"}),
        ("appointment_desk", "move_appointment", {"T-04"}),
        ("appointment_desk", "book_appointment", {"T-01"}),
    ],
)
def test_a_change_that_is_not_made_fails_the_tests_that_compare_its_record(
    name: str, tool: str, noticed: set[str]
) -> None:
    """A planted defect (the call is left out) is noticed by the tests whose record is then otherwise."""
    agent = _agent(name)
    (step,) = _calls(agent, tool)
    assert noticed <= _wrong(_without_step(agent, step.id))


def test_a_refund_of_another_amount_is_seen_in_the_balance() -> None:
    """A refund that pays back one pound less fails exactly where the balance is compared."""
    agent = _agent("returns_assistant")
    (step,) = _calls(agent, "issue_refund")
    text = agent.model_dump_json(exclude_none=True)
    (argument,) = (each for each in step.arguments if each.name == "amount")
    less = Argument(name="amount", value=1)
    assert argument.model_dump_json(exclude_none=True) in text
    text = text.replace(argument.model_dump_json(exclude_none=True), less.model_dump_json(exclude_none=True))
    assert _wrong(Agent.model_validate_json(text)) == {"T-05"}
