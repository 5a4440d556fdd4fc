"""What is known at a step: held against every way a conversation can take."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.charter import Charter
from studio.domain.known import Knowledge, new_fact_id
from studio.domain.workflow import Ask, CallBlock, End, Say, Slot, Step, Workflow, ways_out

SAMPLE = Path(__file__).parents[2] / "sample_projects" / "returns_assistant" / "agent.json"
AGENT = Agent.model_validate(json.loads(SAMPLE.read_text(encoding="utf-8")))
CHARTER = Charter(purpose="", audience="", channel="", ai_disclosure="", capabilities="")


def test_a_block_tells_what_it_asked_for_and_only_where_it_ended_well() -> None:
    """After “Verify identity” the order number is known; on its failure path it may be."""
    known = Knowledge(AGENT)
    assert {"order_id", "email"} <= known.before("return-item", "look-up-order").sure
    failed = known.before("return-item", "hand-over")
    assert failed.sure == frozenset() and "order_id" in failed.possible


def test_a_block_knows_what_its_callers_know() -> None:
    """A block that several workflows run is sure only of what all of them know."""
    known = Knowledge(AGENT).before("hand-to-person", "to-care")
    assert known.sure == frozenset() and {"amount", "refund_state"} <= known.possible


def test_facts_tell_where_they_come_from_with_examples_of_the_tests() -> None:
    """A reply's value has the type that the system's description says, and an example from a test."""
    facts = Knowledge(AGENT).facts
    assert facts["amount"].type == "number" and facts["amount"].origin == "from “Look up the order”"
    assert facts["refund_state"].choices == ("none", "issued", "arrived")
    assert facts["order_id"].label == "Order number" and facts["order_id"].example == "LH-204418"


def test_a_new_fact_never_takes_a_name_that_is_taken() -> None:
    """Labels may be anything; the name behind is free and can be written into a text."""
    assert new_fact_id(AGENT, "Amount") == "amount_2"
    assert new_fact_id(AGENT, "2nd name!") == "fact_2nd_name"
    assert new_fact_id(AGENT, "…") == "fact"


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    """Draw a workflow of asking and saying steps, with any ways between them."""
    count = draw(st.integers(1, 6))
    ids = [f"s{n}" for n in range(count)]
    target = st.sampled_from([*ids, None])
    steps: list[Step] = []
    for name in ids:
        facts = draw(st.lists(st.sampled_from("abc"), max_size=2, unique=True))
        if facts:
            steps.append(
                Ask(id=name, title=name, slots=tuple(facts), next=draw(target), on_failure=draw(target))
            )
        elif draw(st.booleans()):
            steps.append(Say(id=name, title=name, text="hello", next=draw(target)))
        else:
            steps.append(End(id=name, title=name))
    slots = tuple(Slot(id=name, label=name) for name in "abc")
    return Workflow(id="w", name="w", slots=slots, start="s0", steps=tuple(steps))


def _walked(flow: Workflow) -> dict[str, set[frozenset[str]]]:
    """Return, for every step, each set of facts with which some way comes to it."""
    seen: dict[str, set[frozenset[str]]] = {flow.start: {frozenset()}}
    waiting: list[tuple[str, frozenset[str]]] = [(flow.start, frozenset())]
    while waiting:
        at, known = waiting.pop()
        step = flow.step(at)
        for label, to in ways_out(step):
            after = known | frozenset(getattr(step, "slots", ())) if label == "" else known
            if to is not None and after not in seen.setdefault(to, set()):
                seen[to].add(after)
                waiting.append((to, after))
    return seen


@settings(max_examples=80, deadline=None)
@given(workflows())
def test_sure_is_known_on_every_way_and_possible_covers_all_of_them(flow: Workflow) -> None:
    """Random graphs with loops, walked exhaustively."""
    known = Knowledge(Agent(id="a", name="a", charter=CHARTER, workflows=(flow,)))
    for step_id, ways in _walked(flow).items():
        found = known.before("w", step_id)
        assert found.sure == frozenset.intersection(*ways)
        assert frozenset().union(*ways) <= found.possible | found.sure


def test_a_block_that_runs_itself_comes_to_an_end() -> None:
    """An unfinished draft may do so; nothing hangs."""
    flow = Workflow(
        id="b", name="b", reusable=True, start="c", steps=(CallBlock(id="c", title="c", block="b"),)
    )
    agent = Agent(id="a", name="a", charter=CHARTER, workflows=(flow,))
    assert Knowledge(agent).before("b", "c").sure == frozenset()
