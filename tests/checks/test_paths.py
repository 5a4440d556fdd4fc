"""Path proofs: they agree with trying out every path, and show the shortest one that breaks the rule."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.checks.all import run_checks
from studio.checks.paths import check_order
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, lookup
from studio.domain.charter import Charter, Guard, Rule, RuleKind
from studio.domain.check import CheckResult
from studio.domain.frozen import Json, to_json
from studio.domain.tool import Tool
from studio.domain.workflow import (
    Branch,
    CallBlock,
    Decide,
    Disclose,
    End,
    Say,
    Step,
    ToolCall,
    Verify,
    Workflow,
)


def changed(agent: Agent, *edits: tuple[str, Json]) -> Agent:
    """The agent with some places replaced."""
    tree = to_json(agent)
    changes = tuple(Change(path=path, before=lookup(tree, path), after=after) for path, after in edits)
    return apply(agent, ChangeSet(title="a change", changes=changes))


def found(agent: Agent, check: str, status: str = "broken") -> list[CheckResult]:
    """The results of one check with one status."""
    return [each for each in run_checks(agent) if each.check == check and each.status == status]


def test_a_sound_agent_holds(shop: Agent) -> None:
    """Nothing is broken in the shop, and the identity proof says so in words."""
    assert [each.detail for each in run_checks(shop) if each.status == "broken"] == []
    proof = next(each for each in found(shop, "identity", "holds") if each.subject == "Issue refund")
    assert proof.detail == "Identity is verified before “Issue refund” on the only path."
    assert lookup(to_json(shop), proof.path)["title"] == "Issue refund"


def test_a_way_around_identity_is_shown(shop: Agent) -> None:
    """Starting after the identity block, the shortest path to the write is the counterexample."""
    (broken,) = found(changed(shop, ("workflows/return/start", "order")), "identity")
    assert [step.title for step in broken.counterexample] == [
        "Ask for the order",
        "Look up order",
        "Eligible?",
        "Say how long it takes",
        "Issue refund",
    ]
    assert broken.counterexample[2].label == "yes"
    assert "R-01 would stop the call" in broken.detail


def test_a_failed_identity_inside_a_block_counts_as_a_way_around(shop: Agent) -> None:
    """A block that returns as if all were well although nobody was verified is seen through."""
    agent = changed(shop, ("workflows/identify/steps/check/on_failure", "ok"))
    (broken,) = found(agent, "identity")
    assert ("identify", "not verified") in [(s.workflow, s.label) for s in broken.counterexample]


def test_a_skipped_disclosure_is_shown(shop: Agent) -> None:
    """A path to the guarded tool without the disclosure is found."""
    agent = changed(shop, ("workflows/return/steps/eligible/branches/yes/next", "pay"))
    (broken,) = found(agent, "disclosure")
    assert broken.counterexample[-1].step == "pay"
    assert found(shop, "disclosure") == []


@pytest.mark.parametrize(
    ("path", "after", "check"),
    [
        ("workflows/return/steps/eligible/branches/no/next", "person", "reachable"),
        ("workflows/status/steps/say/next", "say", "ends"),
        ("workflows/return/steps/time/next", None, "ends"),
        ("workflows/return/steps/look/on_failure", None, "failure path"),
        ("workflows/identify/steps/check/on_failure", None, "failure path"),
    ],
)
def test_planted_defects_are_found(shop: Agent, path: str, after: Json, check: str) -> None:
    """A lost step, a loop without end, a dead end, a missing failure path: each has its finding."""
    assert found(changed(shop, (path, after)), check)


def test_two_verifications_on_two_branches_are_no_violation(shop: Agent) -> None:
    """Each branch verifies for itself: no single step is on all paths, and still all paths are safe."""
    steps = (
        Decide(id="fork", title="Fork", branches=(Branch(id="a", next="v1"),), otherwise="v2"),
        Verify(id="v1", title="One", slots=(), tool="identify", next="pay", on_failure="end"),
        Verify(id="v2", title="Two", slots=(), tool="identify", next="pay", on_failure="end"),
        ToolCall(id="pay", title="Pay", tool="refund", next="end", on_failure="end"),
        End(id="end", title="End"),
    )
    flow = Workflow(id="forked", name="Forked", start="fork", steps=steps)
    agent = shop.model_copy(update={"workflows": (flow,), "scenarios": ()})
    assert found(agent, "identity") == []
    assert found(agent, "identity", "holds")[0].detail.endswith("on both paths.")


def test_a_block_that_calls_itself_does_not_hang_the_proof(shop: Agent) -> None:
    """Recursion is reported as a lost reference, and the proof still ends."""
    steps = (
        CallBlock(id="again", title="Again", block="loop", next="end", on_failure="end"),
        End(id="end", title="End"),
    )
    loop = Workflow(id="loop", name="Loop", reusable=True, start="again", steps=steps)
    user = Workflow(id="user", name="User", start="again", steps=steps)
    agent = shop.model_copy(update={"workflows": (*shop.workflows, loop, user)})
    assert any("without end" in each.detail for each in found(agent, "references"))


# Against brute force


def some_agent(seed: int) -> Agent:
    """An agent with one workflow and one block of a few random steps."""
    dice = random.Random(f"paths {seed}")
    flows = []
    for name, size in (("main", 6), ("block", 3)):
        ids = [f"s{number}" for number in range(size)]
        flows.append(
            Workflow(
                id=name,
                name=name,
                reusable=name == "block",
                start="s0",
                steps=tuple(some_step(dice, each, ids, name) for each in ids),
            )
        )
    guard = Guard(tools=("write",), needs_disclosure="R-1")
    rule = Rule(id="R-1", kind=RuleKind.DISCLOSE, title="Rule", text="Say it.", guard=guard)
    charter = Charter(purpose="", audience="", channel="", ai_disclosure="", capabilities="", rules=(rule,))
    tools = (Tool(name="check"), Tool(name="write", effect="write"))
    return Agent(id="any", name="Any", charter=charter, workflows=tuple(flows), tools=tools)


def some_step(dice: random.Random, name: str, ids: list[str], flow: str) -> Step:
    """One step with ways to anywhere."""
    one, two = dice.choice([*ids, None]), dice.choice([*ids, None])
    steps: list[Step] = [
        Say(id=name, title=name, text="", next=one),
        Disclose(id=name, title=name, rule="R-1", text="", next=one),
        Decide(id=name, title=name, branches=(Branch(id="a", next=one),), otherwise=two),
        ToolCall(id=name, title=name, tool="write", next=one, on_failure=two),
        Verify(id=name, title=name, slots=(), tool="check", next=one, on_failure=two),
        End(id=name, title=name, outcome=dice.choice(["resolved", "refused"])),
    ]
    if flow == "main":
        steps += [CallBlock(id=name, title=name, block="block", next=one, on_failure=two)] * 2
    return dice.choice(steps)


Standing = tuple[tuple[str, ...], str, str, bool, bool]
"""Callers' steps, workflow, step, verified, disclosed."""


def walked(agent: Agent) -> tuple[set[str], set[str]]:
    """Walk every path, carrying along what was done; return writes reached unverified, and undisclosed."""
    unverified, undisclosed = set[str](), set[str]()
    seen: set[Standing] = set()
    waiting: list[Standing] = [((), "main", "s0", False, False)]
    while waiting:
        now = waiting.pop()
        if now in seen:
            continue
        seen.add(now)
        calls, flow, name, verified, disclosed = now
        step = agent.workflow(flow).step(name)
        ways: list[tuple[str | None, bool]] = []
        if isinstance(step, ToolCall):
            unverified |= set() if verified else {f"{flow}/{name}"}
            undisclosed |= set() if disclosed else {f"{flow}/{name}"}
            ways = [(step.next, verified), (step.on_failure, verified)]
        elif isinstance(step, Verify):
            ways = [(step.next, True), (step.on_failure, verified)]
        elif isinstance(step, Decide):
            ways = [(step.branches[0].next, verified), (step.otherwise, verified)]
        elif isinstance(step, Say | Disclose):
            ways = [(step.next, verified)]
            disclosed = disclosed or isinstance(step, Disclose)
        elif isinstance(step, CallBlock):
            waiting.append(((*calls, name), "block", "s0", verified, disclosed))
        elif isinstance(step, End) and calls:
            call = agent.workflow("main").step(calls[-1])
            assert isinstance(call, CallBlock)
            calls, flow = calls[:-1], "main"
            ways = [(call.next if step.outcome == "resolved" else call.on_failure, verified)]
        waiting += [(calls, flow, to, now_verified, disclosed) for to, now_verified in ways if to is not None]
    return unverified, undisclosed


def refuted(results: Iterable[CheckResult], check: str) -> set[str]:
    """The steps for which a check is broken."""
    broken = [each for each in results if each.check == check and each.status == "broken"]
    return {"/".join(each.path.split("/")[1::2]) for each in broken}


@given(st.integers(0, 10**9))
def test_proofs_agree_with_walking_every_path(seed: int) -> None:
    """Conditions left aside, exactly the writes reached too early are broken; with them judged, no more."""
    agent = some_agent(seed)
    unverified, undisclosed = walked(agent)
    unjudged = list(check_order(agent, agent.workflow("main"), None))
    assert refuted(unjudged, "identity") == unverified
    assert refuted(unjudged, "disclosure") == undisclosed
    judged = run_checks(agent)
    assert refuted(judged, "identity") <= unverified
    assert refuted(judged, "disclosure") <= undisclosed


@given(st.integers(0, 10**9))
def test_a_counterexample_can_be_walked(seed: int) -> None:
    """Each counterexample starts at the start, ends at the write, and never verifies on its way."""
    agent = some_agent(seed)
    for each in found(agent, "identity"):
        path = each.counterexample
        assert (path[0].workflow, path[0].step) == ("main", "s0")
        assert isinstance(agent.workflow(path[-1].workflow).step(path[-1].step), ToolCall)
        assert "verified" not in [step.label for step in path]


@given(st.integers(0, 10**9))
def test_check_ids_are_unique_and_lasting(seed: int) -> None:
    """No two results share an id, and the same agent gives the same results."""
    agent = some_agent(seed)
    results = run_checks(agent)
    assert len({each.id for each in results}) == len(results)
    assert run_checks(agent) == results
