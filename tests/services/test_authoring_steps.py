"""Edits of workflows by hand: each applies, can be taken back, and leaves no way that leads nowhere known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.assembly import sample
from studio.checks.all import run_checks
from studio.diff.words_summary import in_words
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.errors import WrongUse
from studio.domain.frozen import canonical
from studio.domain.workflow import Ask, CallBlock, Decide, Place, Say, Slot, Workflow, ways_out
from studio.runtime import Program
from studio.services.authoring.blocks import extract_block
from studio.services.authoring.clips import Clip, copy_steps, duplicate_steps, paste_steps
from studio.services.authoring.layout import group_steps, lay_out_anew, place_steps, rename_group, ungroup
from studio.services.authoring.new_steps import KINDS
from studio.services.authoring.steps import (
    NEW_WAY,
    add_step,
    added_steps,
    begin_at,
    connect,
    delete_steps,
    disconnect,
    insert_step,
    move_in_flow,
    rename_step,
)
from studio.services.authoring.ways import possible_ways
from studio.services.authoring.workflows import (
    delete_workflow,
    duplicate_workflow,
    made_workflow,
    new_workflow,
    rename_workflow,
    where_used,
)
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect as systems_of

AGENT: Agent = sample("returns_assistant").agent
FLOW = AGENT.workflows[0]


def _after(changeset: ChangeSet, agent: Agent = AGENT) -> Agent:
    """Return the agent after an edit, which can be taken back to the byte."""
    after = apply(agent, changeset)
    assert canonical(apply(after, changeset.inverse())) == canonical(agent)
    assert changeset.title and changeset.changes
    return after


def _dangling(agent: Agent) -> set[tuple[str, str, str]]:
    """Return the ways that lead to a step that is not there, and where a workflow begins, if nowhere."""
    found = set()
    for flow in agent.workflows:
        ids = {step.id for step in flow.steps}
        found |= {
            (flow.id, step.id, label)
            for step in flow.steps
            for label, target in ways_out(step)
            if target is not None and target not in ids
        }
        if flow.start and flow.start not in ids:
            found.add((flow.id, "", "start"))
    return found


def _chosen(draw: Draw, flow: Workflow) -> list[str]:
    ids = [step.id for step in flow.steps]
    return list(draw(st.lists(st.sampled_from(ids), min_size=1, max_size=4, unique=True)))


Draw = Callable[..., Any]
Edit = Callable[[Draw, Agent, Workflow], ChangeSet]
A_PLACE = st.one_of(st.none(), st.builds(Place, x=st.integers(-500, 900), y=st.integers(-500, 900)))
A_KIND = st.sampled_from(KINDS)


def _one(draw: Draw, flow: Workflow) -> str:
    return str(draw(st.sampled_from([step.id for step in flow.steps])))


def _a_way(draw: Draw, flow: Workflow) -> tuple[str, str]:
    step = flow.step(_one(draw, flow))
    labels = [label for label, _ in possible_ways(step)] + ([NEW_WAY] if isinstance(step, Decide) else [])
    return step.id, draw(st.sampled_from(labels or [""]))


EDITS: dict[str, Edit] = {
    "add": lambda d, a, f: add_step(a, f.id, d(A_KIND), after=_one(d, f), place=d(A_PLACE)),
    "add free": lambda d, a, f: add_step(a, f.id, d(A_KIND), place=d(A_PLACE)),
    "insert": lambda d, a, f: insert_step(a, f.id, *_a_way(d, f), d(A_KIND)),
    "connect": lambda d, a, f: connect(a, f.id, *_a_way(d, f), _one(d, f)),
    "disconnect": lambda d, a, f: disconnect(a, f.id, *_a_way(d, f)),
    "delete": lambda d, a, f: delete_steps(a, f.id, _chosen(d, f)),
    "duplicate": lambda d, a, f: duplicate_steps(a, f.id, _chosen(d, f)),
    "paste": lambda d, a, f: paste_steps(
        a, d(st.sampled_from([w.id for w in a.workflows])), copy_steps(a, f.id, _chosen(d, f)), d(A_PLACE)
    ),
    "move": lambda d, a, f: place_steps(a, f.id, {s: Place(x=7, y=70) for s in _chosen(d, f)}),
    "lay out": lambda d, a, f: lay_out_anew(a, f.id, _chosen(d, f)),
    "group": lambda d, a, f: group_steps(a, f.id, _chosen(d, f), d(st.sampled_from(["First", "Then"]))),
    "ungroup": lambda d, a, f: ungroup(a, f.id, f.groups[0].id if f.groups else "none"),
    "rename": lambda d, a, f: rename_step(a, f.id, _one(d, f), "Another title"),
    "begin": lambda d, a, f: begin_at(a, f.id, _one(d, f)),
    "in list": lambda d, a, f: move_in_flow(a, f.id, _one(d, f), d(st.sampled_from([-1, 1]))),
    "block": lambda d, a, f: extract_block(a, f.id, _chosen(d, f), "A block"),
    "new": lambda d, a, f: new_workflow(a, "Cancel an order", reusable=d(st.booleans())),
    "copy of all": lambda d, a, f: duplicate_workflow(a, f.id),
    "delete all": lambda d, a, f: delete_workflow(a, f.id),
    "rename all": lambda d, a, f: rename_workflow(a, f.id, "Called otherwise"),
}  # fmt: skip


@settings(max_examples=30)
@given(st.data())
def test_every_edit_applies_is_taken_back_to_the_byte_and_leaves_no_way_to_nowhere(
    data: st.DataObject,
) -> None:
    """Whatever edits follow each other, each can be undone exactly; no way leads to a step that is gone."""
    agent = AGENT
    for _ in range(data.draw(st.integers(1, 5))):
        flows = [flow for flow in agent.workflows if flow.steps]
        if not flows:
            return
        flow = data.draw(st.sampled_from(flows))
        edit = EDITS[data.draw(st.sampled_from(sorted(EDITS)))]
        try:
            changeset = edit(data.draw, agent, flow)
        except WrongUse:
            continue
        after = apply(agent, changeset)
        assert canonical(apply(after, changeset.inverse())) == canonical(agent)
        assert _dangling(after) <= _dangling(agent)
        assert changeset.title
        for group in (g for f in after.workflows for g in f.groups or ()):
            assert group.steps
        agent = after


def _flow(agent: Agent, flow_id: str = FLOW.id) -> Workflow:
    return agent.workflow(flow_id)


def _small() -> Agent:
    """An agent with one workflow: ask, decide (yes, no, otherwise), say, end."""
    from studio.domain.workflow import Branch, End

    flow = Workflow(
        id="w",
        name="Small",
        start="ask",
        slots=(Slot(id="order", label="Order number"), Slot(id="mail", label="E-mail")),
        steps=(
            Ask(id="ask", title="Ask", slots=("order",), next="choose"),
            Decide(
                id="choose",
                title="Choose",
                branches=(Branch(id="yes", next="say"), Branch(id="no")),
                otherwise="end",
            ),
            Say(id="say", title="Tell", text="All right.", next="end"),
            End(id="end", title="End"),
        ),
    )
    return AGENT.model_copy(update={"workflows": (flow,), "scenarios": ()})


def test_a_step_after_another_goes_on_to_what_followed() -> None:
    """A step added after one that goes on stands between the two; the new step is told by its id."""
    changeset = add_step(_small(), "w", "say", after="say")
    (new,) = added_steps(changeset, "w")
    flow = _flow(_after(changeset, _small()), "w")
    assert dict(ways_out(flow.step("say")))[""] == new
    assert dict(ways_out(flow.step(new)))[""] == "end"


def test_a_step_after_a_decision_takes_its_open_way() -> None:
    """Where a way out is open, a step that is added takes it, and cuts nothing off."""
    changeset = add_step(_small(), "w", "handoff", after="choose")
    flow = _flow(_after(changeset, _small()), "w")
    assert dict(ways_out(flow.step("choose"))) == {
        "yes": "say", "no": added_steps(changeset, "w")[0], "otherwise": "end"
    }  # fmt: skip


def test_an_end_cuts_nothing_off_unless_it_is_put_on_a_line() -> None:
    """An end added where every way is taken stands free, and says so; on a line it says what is cut off."""
    free = add_step(_small(), "w", "end", after="say")
    assert "not connected yet" in free.title
    assert dict(ways_out(_flow(_after(free, _small()), "w").step("say"))) == {"": "end"}
    cut = insert_step(_small(), "w", "ask", "", "end")
    assert "no longer goes on to “Choose”" in cut.title
    assert _dangling(_after(cut, _small())) == set()


def test_the_first_step_is_where_a_workflow_begins() -> None:
    """In an empty workflow the first step added is its beginning."""
    made = new_workflow(AGENT, "Cancel an order")
    agent = _after(made)
    name = made_workflow(made)
    added = add_step(agent, name, "ask")
    flow = _flow(apply(agent, added), name)
    assert flow.start == flow.steps[0].id


def test_new_steps_choose_what_fits() -> None:
    """An ask takes the first fact nobody asks for; a hand-over takes the queue that is used most."""
    agent = _small()
    asked = _flow(apply(agent, add_step(agent, "w", "ask", after="say")), "w").steps
    assert [step.slots for step in asked if isinstance(step, Ask)] == [("order",), ("mail",)]
    queues = {getattr(s, "queue", "") for f in AGENT.workflows for s in f.steps} - {""}
    handed = _after(add_step(AGENT, FLOW.id, "handoff"))
    assert getattr(_flow(handed).steps[-1], "queue", "") in queues


def test_deleting_joins_what_is_clear_and_says_what_is_left_open() -> None:
    """A step in a row is bridged; a decision with several ways on leaves the way to it open, and says so."""
    bridged = delete_steps(_small(), "w", ["say"])
    assert "now goes on to “End”" in bridged.title
    assert dict(ways_out(_flow(_after(bridged, _small()), "w").step("choose")))["yes"] == "end"
    opened = delete_steps(_small(), "w", ["choose"])
    assert "“Ask” is left open" in opened.title
    assert dict(ways_out(_flow(_after(opened, _small()), "w").step("ask")))[""] is None
    first = _flow(_after(delete_steps(_small(), "w", ["ask"]), _small()), "w")
    assert first.start == "choose"


def test_a_decision_gets_another_way() -> None:
    """Connecting a decision by a new way gives it a branch under a free name."""
    flow = _flow(_after(connect(_small(), "w", "choose", NEW_WAY, "ask"), _small()), "w")
    assert dict(ways_out(flow.step("choose")))["way 3"] == "ask"


def test_who_ends_has_no_way_out() -> None:
    """A way that a step cannot have is refused with a sentence."""
    with pytest.raises(WrongUse, match="cannot have"):
        connect(_small(), "w", "end", "", "ask")


def test_pasted_steps_bring_what_they_need() -> None:
    """Steps pasted into another workflow bring their facts; ways that left them are open, the others kept."""
    agent = _small()
    clip = Clip.read(copy_steps(agent, "w", ["ask", "choose"]).model_dump_json())
    made = new_workflow(agent, "Elsewhere")
    agent = apply(agent, made)
    pasted = _flow(_after(paste_steps(agent, "elsewhere", clip, Place(x=40, y=60)), agent), "elsewhere")
    assert [slot.id for slot in pasted.slots] == ["order"]
    assert [dict(ways_out(step)) for step in pasted.steps] == [
        {"": "choose", "if it fails": None}, {"yes": None, "no": None, "otherwise": None}
    ]  # fmt: skip
    assert pasted.start == "ask" and pasted.steps[0].place == Place(x=40, y=60)


def test_a_decision_table_is_used_not_doubled_in_its_own_agent() -> None:
    """Within one agent, pasted steps decide by the table that is there; elsewhere the table comes along."""
    flow, step = next((f, s) for f in AGENT.workflows for s in f.steps if isinstance(s, Decide) and s.table)
    clip = copy_steps(AGENT, flow.id, [step.id])
    assert len(_after(paste_steps(AGENT, flow.id, clip)).tables) == len(AGENT.tables)
    bare = AGENT.model_copy(update={"tables": ()})
    assert [t.id for t in _after(paste_steps(bare, flow.id, clip), bare).tables] == [step.table]


def test_a_group_frames_steps_and_changes_nothing_else() -> None:
    """Grouping is layout: the same checks hold, one step stands in one group, and all is undone."""
    ids = [step.id for step in FLOW.steps[:3]]
    agent = _after(group_steps(AGENT, FLOW.id, ids, "Who is it?"))
    assert run_checks(agent) == run_checks(AGENT)
    again = _after(group_steps(agent, FLOW.id, ids[:1], "Hello"), agent)
    assert [(g.name, g.steps) for g in _flow(again).groups or ()] == [
        ("Who is it?", tuple(ids[1:])), ("Hello", (ids[0],))
    ]  # fmt: skip
    renamed = _after(rename_group(again, FLOW.id, "hello", "Greeting"), again)
    assert (_flow(renamed).groups or ())[1].name == "Greeting"
    bare = apply(renamed, ungroup(renamed, FLOW.id, "hello"))
    bare = apply(bare, ungroup(bare, FLOW.id, (_flow(bare).groups or ())[0].id))
    assert canonical(bare) == canonical(AGENT)


def test_a_group_is_told_in_words() -> None:
    """What a group changes reads as a sentence in the list of changes."""
    changeset = group_steps(AGENT, FLOW.id, [FLOW.steps[0].id], "Who is it?")
    told = " ".join(in_words(changeset, AGENT, apply(AGENT, changeset)))
    assert "Who is it?" in told and "{" not in told


def test_a_block_treats_the_customer_as_before() -> None:
    """After steps were made a block, every test of the sample goes word for word as it went before."""
    made = 0
    for flow in AGENT.workflows:
        for at in range(len(flow.steps) - 1):
            try:
                changeset = extract_block(
                    AGENT, flow.id, [s.id for s in flow.steps[at : at + 2]], "New block"
                )
            except WrongUse:
                continue
            made += 1
            after = _after(changeset)
            block = after.workflows[-1]
            assert [use.workflow for use in where_used(after, block.id)] == [flow.id]
            if made % 5 == 1:
                for test in (t for t in AGENT.scenarios if t.workflow == flow.id):
                    assert _said(after, test.id) == _said(AGENT, test.id), (changeset.title, test.id)
    assert made >= 5


def _said(agent: Agent, test_id: str) -> list[tuple[str, str]]:
    program, test = Program.of(agent), agent.scenario(test_id)
    talk = converse(program, world_of(program), test, 0, 7, systems_of(test))
    return [(turn.role, turn.text) for turn in talk.turns if turn.text]


def test_what_cannot_be_a_block_says_why() -> None:
    """An end among the steps, or more than one way in, is refused with the reason."""
    with pytest.raises(WrongUse, match="is an end"):
        extract_block(_small(), "w", ["say", "end"], "No")
    agent = apply(_small(), connect(_small(), "w", "choose", "no", "ask"))
    agent = apply(agent, begin_at(agent, "w", "say"))
    with pytest.raises(WrongUse, match="more than one place"):
        extract_block(agent, "w", ["ask", "say"], "No")


def test_what_others_rest_on_is_not_deleted_under_them() -> None:
    """A block that is used, and a workflow that alone bounds a rule, stay; a free one goes with its tests."""
    used = next(s.block for f in AGENT.workflows for s in f.steps if isinstance(s, CallBlock))
    with pytest.raises(WrongUse, match="is used in"):
        delete_workflow(AGENT, used)
    agent = AGENT.model_copy(update={"charter": AGENT.charter.model_copy(update={"rules": ()})})
    flow = next(f for f in agent.workflows if not f.reusable)
    count = sum(test.workflow == flow.id for test in agent.scenarios)
    changeset = delete_workflow(agent, flow.id)
    after = _after(changeset, agent)
    assert f"with its {count} test" in changeset.title
    assert not any(test.workflow == flow.id for test in after.scenarios)


def test_two_workflows_never_share_a_name() -> None:
    """A name that is taken, or empty, is refused."""
    with pytest.raises(WrongUse, match="already"):
        new_workflow(AGENT, FLOW.name.upper())
    with pytest.raises(WrongUse, match="needs a name"):
        rename_workflow(AGENT, FLOW.id, "  ")


def test_a_step_comes_earlier_with_its_ways() -> None:
    """Moved up, a step is reached by what led to the one before it, and leads to that."""
    agent = apply(_small(), add_step(_small(), "w", "say", after="say"))
    flow = _flow(_after(move_in_flow(agent, "w", "say-2", -1), agent), "w")
    assert dict(ways_out(flow.step("choose")))["yes"] == "say-2"
    assert dict(ways_out(flow.step("say-2"))) == {"": "say"}
    assert dict(ways_out(flow.step("say"))) == {"": "end"}
    assert apply(agent, move_in_flow(agent, "w", "say", 1)).workflow("w") == flow
