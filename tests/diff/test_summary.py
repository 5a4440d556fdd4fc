"""The summary of a change set: as few sentences as say it, and each change in exactly one of them."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.diff.agents import diff_agents
from studio.diff.summary import counted, summary_of
from studio.domain.agent import Agent
from studio.domain.changeset import Change
from studio.domain.frozen import to_json
from studio.domain.workflow import Place
from tests.diff.test_agents import Maker

SENTENCE = re.compile(r"[A-Z0-9“][^\n{}_~\\]*[^.]\.")


@pytest.fixture
def agent(repository: Path) -> Agent:
    """The live agent of the returns sample."""
    file = repository / "sample_projects/returns_assistant/agent.json"
    return Agent.model_validate_json(file.read_bytes())


def _numbered(before: Agent, after: Agent) -> list[tuple[str, Change]]:
    return [(f"C-{n}", change) for n, change in enumerate(diff_agents(before, after, "x").changes)]


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_each_change_is_in_exactly_one_sentence(seed: int) -> None:
    """Whatever changes, and whichever part of it is told: no change is left out and none is told twice."""
    rng = random.Random(seed)
    before, after = Maker(seed).agent(), Maker(seed + 1).agent()
    every = _numbered(before, after)
    some = [each for each in every if rng.random() < 0.7]
    lines = summary_of(some, before, after)
    told = Counter(each for line in lines for each in line.ids)
    assert told == Counter(each for each, _ in some)
    unsaid = [line.text for line in lines if not line.heading or not SENTENCE.fullmatch(line.text)]
    assert not unsaid


def test_things_that_are_replaced_whole_are_told_by_their_fields(agent: Agent) -> None:
    """A rule that is put in place of another reads as what differs in it, its demand first."""
    rule = agent.charter.rules[0]
    other = rule.model_copy(update={"text": rule.text + " Ask first.", "severity": "low"})
    change = Change(path=f"charter/rules/{rule.id}", before=to_json(rule), after=to_json(other))
    (line,) = summary_of([("C-1", change)], agent, agent)
    assert "adds “Ask first”" in line.text
    assert "weight: " in line.text
    assert line.text.index("Ask first") < line.text.index("weight: ")


def test_what_changes_alike_is_one_sentence_with_its_number(agent: Agent) -> None:
    """Five tests that get the same mark, and steps that only stand elsewhere, are one sentence each."""
    tests = tuple(
        test.model_copy(update={"goal": "Be quick."}) if n < 6 else test
        for n, test in enumerate(each.model_copy(update={"goal": ""}) for each in agent.scenarios)
    )
    before = agent.model_copy(
        update={"scenarios": tuple(each.model_copy(update={"goal": ""}) for each in agent.scenarios)}
    )
    flow = agent.workflows[0]
    steps = tuple(
        each.model_copy(update={"place": Place(x=1, y=n)}) if n < 3 else each
        for n, each in enumerate(flow.steps)
    )
    flows = (flow.model_copy(update={"steps": steps}), *agent.workflows[1:])
    after = before.model_copy(update={"scenarios": tests, "workflows": flows})
    lines = summary_of(_numbered(before, after), before, after)
    assert [len(line.ids) for line in lines] == [6, 3]
    assert lines[0].text.startswith("6 tests change alike (")
    assert "and 2 more" in lines[0].text
    assert lines[1].text == "3 steps only stand elsewhere in the drawing, which changes nothing."


def test_it_is_said_how_much_is_touched(agent: Agent) -> None:
    """The head of a summary counts things, not edits: two edits of one rule are one rule."""
    changes = [
        Change(path="charter/rules/R-01/text", before="a", after="b"),
        Change(path="charter/rules/R-01/title", before="a", after="b"),
        Change(path="workflows/w/steps/s/title", before="a", after="b"),
    ]
    assert counted(changes) == "1 rule and 1 step"
