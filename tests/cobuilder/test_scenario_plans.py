"""Drafted tests: what is tried, that the agent passes it, that planted faults fail the right one."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.cobuilder.scenarios.goals import goals_of, reached
from studio.cobuilder.scenarios.plans import Plan, plan_tests, propose_tests
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.frozen import to_json
from studio.domain.scenario import ExpectCall, ExpectOutcome, Scenario
from studio.runtime.program import Program
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

SAMPLES = Path(__file__).parents[2] / "sample_projects"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def _agent(name: str) -> Agent:
    return Agent.model_validate(json.loads((SAMPLES / name / "agent.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module", params=["returns_assistant", "appointment_desk"])
def sample(request: pytest.FixtureRequest) -> tuple[Agent, Plan]:
    """Each sample's agent with its plan of tests."""
    agent = _agent(request.param)
    return agent, plan_tests(agent)


def _passes(agent: Agent, scenario: Scenario, customers: int = 3) -> bool:
    program = Program.of(agent)
    world = world_of(program)
    talks = (converse(program, world, scenario, n, 7, connect(scenario)) for n in range(customers))
    return all(talk.passed for talk in talks)


def test_the_agent_passes_every_drafted_test(sample: tuple[Agent, Plan]) -> None:
    """Each drafted test runs, and customers who vary get what it expects from the sound agent."""
    agent, plan = sample
    assert len(plan.drafts) > 20
    assert [d.scenario.title for d in plan.drafts if not _passes(agent, d.scenario)] == []


def test_every_drafted_test_cites_and_none_is_there_twice(sample: tuple[Agent, Plan]) -> None:
    """A drafted test names the sentence that demands it; its goal is reached by no other test."""
    agent, plan = sample
    assert all(d.scenario.citations and d.scenario.expectations for d in plan.drafts)
    known = {key for scenario in agent.scenarios for key in reached(agent, scenario)}
    goals = Counter(d.goal.key for d in plan.drafts)
    assert max(goals.values()) == 1
    assert not known & set(goals)
    worlds = Counter(json.dumps(_bare(d.scenario), sort_keys=True) for d in plan.drafts)
    assert max(worlds.values()) == 1


def _bare(scenario: Scenario) -> dict[str, object]:
    return {
        k: v for k, v in to_json(scenario).items() if k not in ("id", "title", "citations", "expectations")
    }


def test_with_the_drafts_nothing_is_missing_but_what_is_named(sample: tuple[Agent, Plan]) -> None:
    """Planned once more with the drafts, no test is drafted; each goal is tested or named with a reason."""
    agent, plan = sample
    whole = agent.model_copy(update={"scenarios": (*agent.scenarios, *(d.scenario for d in plan.drafts))})
    again = plan_tests(whole)
    assert again.drafts == ()
    assert len(again.tested) + sum(g.kind != "words only" for g, _ in again.untested) == len(goals_of(whole))
    assert all(why.endswith((".", "?")) for _, why in again.untested)


def test_a_limit_is_tried_at_itself_and_on_both_sides() -> None:
    """Thirty days are tried at 29, 30 and 31, two hundred pounds a cent to either side."""
    agent = _agent("returns_assistant")
    plan = plan_tests(agent.model_copy(update={"scenarios": agent.scenarios[:1]}))
    tried = {d.goal.about[1:3] for d in plan.drafts if d.goal.kind == "limit"}
    assert {("days_elapsed", 29.0), ("days_elapsed", 30.0), ("days_elapsed", 31.0)} <= tried
    assert {("amount", 199.99), ("amount", 200.0), ("amount", 200.01)} <= tried


def test_without_any_test_a_world_is_made_from_examples() -> None:
    """An agent without tests gets them all the same, from its slots' examples and its systems' replies."""
    agent = _agent("appointment_desk").model_copy(update={"scenarios": ()})
    plan = plan_tests(agent)
    kinds = {draft.goal.kind for draft in plan.drafts}
    assert {"good end", "row", "limit", "fault", "retry", "identity", "person", "opening"} <= kinds
    assert all(_passes(agent, draft.scenario, 1) for draft in plan.drafts)


def _broken(agent: Agent, workflow: str, step: str, **fields: object) -> Agent:
    tree = to_json(agent)
    flow = next(each for each in tree["workflows"] if each["id"] == workflow)
    next(each for each in flow["steps"] if each["id"] == step).update(fields)
    return Agent.model_validate(tree)


def test_a_planted_fault_fails_the_test_of_its_goal() -> None:
    """Without a second try, with a failure ignored, with a wrong answer: the test made for it fails."""
    agent = _agent("returns_assistant")
    drafts = {d.goal.key: d.scenario for d in plan_tests(agent).drafts}
    retry = drafts["retry", "return-item", "get_order", "look-up-order"]
    assert not _passes(_broken(agent, "return-item", "look-up-order", retries=0), retry)
    fault = drafts["fault", "return-item", "create_return", "book-return"]
    assert not _passes(_broken(agent, "return-item", "book-return", on_failure="pay-refund"), fault)
    none = drafts["row", "refund-status", "refund-progress", "none"]
    assert not _passes(_broken(agent, "refund-status", "answered", outcome="refused"), none)


def test_what_a_rule_forbids_is_never_called() -> None:
    """The test of a forbidden case expects that the guarded system is not called; exceptions expect it."""
    agent = _agent("returns_assistant").model_copy(update={"scenarios": ()})
    drafts = {d.goal.key: d.scenario for d in plan_tests(agent).drafts}
    late = drafts["limit", "return-item", "return-eligibility", "days_elapsed", 31.0]
    assert ExpectCall(tool="create_return", never=True) in late.expectations
    assert ExpectOutcome(outcome="refused") in late.expectations


def test_a_limit_that_its_sentence_does_not_state_is_named() -> None:
    """Where the table decides at 33 days and its sentence says 30, no test is made up; it is asked."""
    agent = _agent("returns_assistant").model_copy(update={"scenarios": ()})
    tree = to_json(agent)
    row = next(r for r in tree["tables"][0]["rows"] if r["id"] == "in-time")
    row["cells"][0]["value"] = 33
    plan = plan_tests(Agent.model_validate(tree))
    assert any("33, but its sentence says “30 days”" in why for _, why in plan.untested)


def test_the_tests_of_one_rule_are_a_proposal() -> None:
    """Only tests that concern the rule are proposed; the proposal applies and the draft has them."""
    agent = _agent("returns_assistant")
    made = propose_tests(agent, "P-07", NOW, "R-07")
    assert made.changes
    assert all(change.change.path.startswith("scenarios/") for change in made.changes)
    draft = apply(agent, made.changeset)
    assert len(draft.scenarios) == len(agent.scenarios) + len(made.changes)
    assert any("£200" in c.quote for change in made.changes for c in change.citations)


def test_a_test_that_the_agent_fails_is_named_instead() -> None:
    """What a run says against a drafted test keeps it out of the proposal, and stands among the rest."""
    made = propose_tests(_agent("returns_assistant"), "P-07", NOW, "R-07", lambda s: "It ended otherwise.")
    assert made.changes == ()
    assert any(line.startswith("Not proposed") for line in made.unaffected)


def test_where_the_customer_decides_an_answer_is_taken_back(sample: tuple[Agent, Plan]) -> None:
    """Each workflow that decides by what the customer tells gets a test in which it is told otherwise first.

    The outcome is that of the last answer; what the first one would have set off is never done; whoever
    hears the first answer only fails.
    """
    agent, plan = sample
    drafts = {d.goal.workflow: d.scenario for d in plan.drafts if d.goal.kind == "change of mind"}
    wanted = {goal.workflow for goal in goals_of(agent) if goal.kind == "change of mind"}
    assert wanted
    assert set(drafts) == wanted
    for scenario in drafts.values():
        assert scenario.behaviours == ("changes mind",)
        [fact] = [fact for fact in scenario.facts if fact.wrong is not None]
        never = [e for e in scenario.expectations if isinstance(e, ExpectCall) and e.never]
        assert never
        stubborn = fact.model_copy(update={"value": fact.wrong, "wrong": None})
        facts = tuple(stubborn if each is fact else each for each in scenario.facts)
        assert not _passes(agent, scenario.model_copy(update={"facts": facts, "behaviours": ()}), 1)


def test_without_a_decision_by_what_is_told_nobody_takes_anything_back() -> None:
    """Where only systems' facts decide, an answer taken back makes no difference and is no goal."""
    goals = {(g.kind, g.workflow) for g in goals_of(_agent("returns_assistant"))}
    assert ("change of mind", "return-item") in goals
    assert ("change of mind", "refund-status") not in goals
