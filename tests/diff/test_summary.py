"""The summary of a change set: as few sentences as say it, and each change in exactly one of them."""

from __future__ import annotations

import json
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
from studio.domain.workflow import End, Place, Say, Workflow
from tests.diff.test_agents import Maker

SENTENCE = re.compile(r"[A-Z0-9“][^\n{}_~\\]*[^.]\.")


@pytest.fixture
def agent(repository: Path) -> Agent:
    """The live agent of the returns sample."""
    file = repository / "sample_projects/returns_assistant/agent.json"
    return Agent.model_validate_json(file.read_bytes())


def _numbered(before: Agent, after: Agent) -> list[tuple[str, Change]]:
    return [(f"C-{n}", change) for n, change in enumerate(diff_agents(before, after, "x").changes)]


@pytest.mark.parametrize("field", ["workflows", "tables", "tools", "scenarios"])
def test_things_that_share_an_id_are_told_without_a_lie(agent: Agent, field: str) -> None:
    """Such a version can be sent by anyone: it is told, and a thing put in is not called another order."""
    items = getattr(agent, field)
    twice = agent.model_copy(update={field: (*items, items[0])})
    for pair in ((agent, twice), (twice, agent)):
        (line,) = summary_of(_numbered(*pair), *pair)
        assert line.text.endswith("hold something else than before.")


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
    assert "also reads “Ask first”" in line.text
    assert "of low weight (was high)" in line.text
    assert line.text.index("Ask first") < line.text.index("weight")


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


def test_a_limit_that_text_title_and_code_share_is_said_once(agent: Agent) -> None:
    """£200 becoming £350 in a rule's words, its title and the code that keeps it is one number told once."""
    rule = agent.charter.rule("R-07")
    assert rule.guard is not None
    told = to_json(rule) | {"title": "Up to £200"}
    raised = json.loads(json.dumps(told).replace("200", "350"))
    change = Change(path="charter/rules/R-07", before=told, after=raised)
    (line,) = summary_of([("C-1", change)], agent, agent)
    assert (line.text.count("350"), line.text.count("200")) == (1, 1)
    assert line.text.endswith("code keeps to it.")


def test_code_that_keeps_another_limit_than_the_words_is_said(agent: Agent) -> None:
    """Where the code's limit does not follow the words, it is told apart, with what it was."""
    rule = agent.charter.rule("R-07")
    assert rule.guard is not None
    guard = json.loads(json.dumps(to_json(rule.guard)).replace("200", "500"))
    text = rule.text.replace("200", "350")
    change = Change(
        path="charter/rules/R-07", before=to_json(rule), after={**to_json(rule), "text": text, "guard": guard}
    )
    (line,) = summary_of([("C-1", change)], agent, agent)
    assert "£350" in line.text and "(was £200)" in line.text
    assert "above 500 (was 200)" in line.text


def test_steps_in_another_order_are_said_by_who_comes_first(agent: Agent) -> None:
    """Three arrows that only put one step before another are one sentence without arrows."""
    before = _with_next(agent, book="pay", pay="tell", tell="end")
    after = _with_next(agent, book="tell", tell="pay", pay="end")
    (line,) = summary_of(_numbered(before, after), before, after)
    assert line.text == "“Tell” now comes before “Pay” (was after it)."
    assert len(line.ids) == 3


def _with_next(agent: Agent, **leads: str) -> Agent:
    steps = [
        Say(id=name, title=name.title(), text="x", next=leads.get(name)) for name in ("book", "pay", "tell")
    ]
    flow = Workflow(id="w", name="Return", start="book", steps=(*steps, End(id="end", title="End")))
    return agent.model_copy(update={"workflows": (flow,)})


def test_a_table_is_told_by_the_cases_that_are_known(agent: Agent) -> None:
    """Cases that come out otherwise stand in place of rows and cells; the rows are named behind them."""
    table = agent.tables[0]
    rows = tuple(
        row.model_copy(update={"then": f"{row.then} now"}) if not n else row
        for n, row in enumerate(table.rows)
    )
    after = agent.model_copy(update={"tables": (table.model_copy(update={"rows": rows}), *agent.tables[1:])})
    changes = _numbered(agent, after)
    cases = {table.id: ("Orders of 31 to 45 days: “too late” → “take back”",)}
    (line,) = summary_of(changes, agent, after, cases)
    assert ": orders of 31 to 45 days: “too late” → “take back” (changed: " in line.text


def test_it_is_said_how_much_is_touched(agent: Agent) -> None:
    """The head of a summary counts things, not edits: two edits of one rule are one rule."""
    changes = [
        Change(path="charter/rules/R-01/text", before="a", after="b"),
        Change(path="charter/rules/R-01/title", before="a", after="b"),
        Change(path="workflows/w/steps/s/title", before="a", after="b"),
    ]
    assert counted(changes) == "1 rule and 1 step"


def test_what_a_long_text_is_about_is_said_once(agent: Agent) -> None:
    """Several sentences of one text that change are one sentence, which names the text once."""
    old = "It helps with returns. It may offer a refund within 30 days. It names the desk that knows."
    new = "It helps with returns. It must not offer a refund within 45 days. It names the desk and its hours."
    before, after = (
        agent.model_copy(update={"charter": agent.charter.model_copy(update={"purpose": text})})
        for text in (old, new)
    )
    (line,) = summary_of(_numbered(before, after), before, after)
    assert line.text.startswith("The charter now says, on what the agent is for, “")
    assert line.text.count("on what the agent is for") == 1 and line.text.count("now says") == 2


def test_a_long_text_with_many_changes_is_still_a_sentence(agent: Agent) -> None:
    """The first places are told, then how many more; what moved together is told together."""
    rooms = "north south east west upper lower front back inner outer".split()
    old = [f"The {room} hall opens at {at} in the morning." for at, room in enumerate(rooms, 2)]
    new = [text.replace("morning", "evening") for text in old]
    away = [f"A guest of the {name} table pays nothing at all." for name in ("first", "second", "third")]

    def line_of(was: list[str], now: list[str]) -> str:
        before, after = (
            agent.model_copy(update={"charter": agent.charter.model_copy(update={"purpose": " ".join(text)})})
            for text in (was, now)
        )
        (line,) = summary_of(_numbered(before, after), before, after)
        return line.text

    assert line_of(old, new).endswith("and 3 more passages of it differ.")
    moved = line_of([*away, *old], [*old, *away])
    assert "“A guest of the first table pays nothing at all” and the 2 behind it in another place" in moved
    assert moved.count("another place") == 1
