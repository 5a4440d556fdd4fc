"""A fact is renamed everywhere at once: nothing is left under the old name, and nothing happens otherwise."""

from __future__ import annotations

from collections import Counter

import pytest

from studio.assembly import sample
from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.charter import Guard, Rule
from studio.domain.condition import Compare
from studio.domain.errors import WrongUse
from studio.domain.fact_names import fact_renamed
from studio.domain.frozen import canonical
from studio.domain.known import Knowledge
from studio.domain.workflow import ToolCall
from studio.runtime.templates import places
from studio.services.authoring.fields import fulfil
from studio.simulation import run
from studio.workers.inline import InlineWorkers

PLAN = sample("returns_assistant")
AGENT = PLAN.agent


def kept_facts(agent: Agent) -> list[str]:
    """Return the facts that come out of replies."""
    steps = [step for flow in agent.workflows for step in flow.steps]
    kept = (each.fact for step in steps if isinstance(step, ToolCall) for each in step.results)
    return list(dict.fromkeys(kept))


def all_renamed(agent: Agent) -> Agent:
    """Return the agent with every fact of a reply, and every fact that is asked for, under another name."""
    for fact in list(Knowledge(agent).facts):
        if fact not in ("segment", "region"):
            agent = apply(agent, fulfil(agent, fact_renamed(agent, fact, f"The other {fact}")))
    return agent


def test_the_agent_does_the_same_under_other_names() -> None:
    """With every fact renamed, each test goes the same way and the checks find the same."""
    renamed = all_renamed(AGENT)
    assert not set(Knowledge(renamed).facts) & (set(Knowledge(AGENT).facts) - {"segment", "region"})
    ways = [
        [(c.scenario, c.passed, c.outcome, c.calls) for c in each.conversations]
        for each in (run(agent, agent.scenarios, 7, 1, InlineWorkers()) for agent in (AGENT, renamed))
    ]
    assert ways[0] == ways[1] and ways[0]
    found = [Counter((c.check, c.status) for c in run_checks(agent)) for agent in (AGENT, renamed)]
    assert found[0] == found[1]


@pytest.mark.parametrize("fact", kept_facts(AGENT))
def test_a_fact_of_a_reply_is_renamed_and_undone(fact: str) -> None:
    """Conditions, tables, texts, handovers and tests follow; undo gives back what stood there."""
    changes = fulfil(AGENT, fact_renamed(AGENT, fact, "Quite another"))
    after = apply(AGENT, changes)
    facts = Knowledge(after).facts
    assert fact not in facts and facts["quite_another"].label == "Quite another"
    assert changes.title.endswith("to “Quite another”")
    for flow in after.workflows:
        for step in flow.steps:
            assert fact not in places(getattr(step, "say", "") + getattr(step, "text", ""))
            assert fact not in getattr(step, "context", ())
    assert all(column.id != fact for table in after.tables for column in table.inputs)
    assert canonical(apply(after, changes.inverse())) == canonical(AGENT)


def test_a_rule_on_what_a_system_is_given_stays() -> None:
    """A guard that reads an argument of the same name goes on reading the argument."""
    facts = Knowledge(AGENT).facts
    tool, name = next((tool, name) for tool in AGENT.tools for name in tool.argument_names if name in facts)
    rule = Rule(
        id="R-99", title="Not this one", text="Never.", kind="never",
        guard=Guard(tools=(tool.name,), forbidden_when=Compare(field=name, op="=", value="X")),
    )  # fmt: skip
    charter = AGENT.charter.model_copy(update={"rules": (*AGENT.charter.rules, rule)})
    agent = AGENT.model_copy(update={"charter": charter})
    after = apply(agent, fulfil(agent, fact_renamed(agent, name, "Quite another")))
    assert next(each for each in after.charter.rules if each.id == "R-99") == rule


@pytest.mark.parametrize(
    ("fact", "name", "said"),
    [
        ("no_such_fact", "New", "There is no fact"),
        (kept_facts(AGENT)[0], "…", "is no name"),
        (kept_facts(AGENT)[0], kept_facts(AGENT)[1], "Another fact is called"),
        ("region", "Country", "given by the channel"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(fact: str, name: str, said: str) -> None:
    """No such fact, no name, a name that is taken, a fact of the channel: nothing changes."""
    with pytest.raises(WrongUse, match=said):
        fact_renamed(AGENT, fact, name)
