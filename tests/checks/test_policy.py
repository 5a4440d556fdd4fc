"""The company policy on AI, the technology class, autonomy and the figures, held against the agent."""

from __future__ import annotations

from typing import Any

import pytest

from studio.checks.all import run_checks
from studio.checks.autonomy import demands
from studio.checks.policy import check_policy
from studio.domain.agent import Agent
from studio.domain.charter import Charter, Owner
from studio.domain.charter_terms import Technology
from studio.domain.company_policy import CompanyPolicy
from studio.domain.economics import Economics
from studio.domain.portfolio import Intent
from studio.domain.readiness import Threshold


def with_charter(agent: Agent, **fields: Any) -> Agent:
    """Return the agent with another charter."""
    return agent.model_copy(update={"charter": agent.charter.model_copy(update=fields)})


def found(agent: Agent, status: str) -> dict[str, str]:
    """Return what the charter's checks find, by id."""
    return {each.id: each.detail for each in check_policy(agent) if each.status == status}


def test_without_a_policy_nothing_is_held_against_one(shop: Agent) -> None:
    """An agent whose company has no policy on record gets no result about one."""
    assert not [each for each in check_policy(shop) if each.check == "company policy"]


@pytest.mark.parametrize(
    ("policy", "place", "words"),
    [
        ({"models": ("openai/*",)}, "charter/technology:model:acme/chat", "acme/chat"),
        ({"technologies": ("deterministic",)}, "charter/technology:kind", "hybrid"),
        ({"highest_autonomy": 1}, "charter/autonomy", "level 2"),
        ({"data_classes": ("public",)}, "tools/refund:data", "allows public only"),
        ({"automations": ("tell", "look up")}, "tools/refund:automation", "cannot be undone"),
    ],
)
def test_going_beyond_the_policy_is_broken(shop: Agent, policy: Any, place: str, words: str) -> None:
    """Another model, class, level, kind of data or deed than the company allows breaks the check there."""
    technology = Technology(kind="hybrid", reach="acts", models=("acme/chat",))
    agent = with_charter(
        shop,
        autonomy=2,
        technology=technology,
        company_policy=CompanyPolicy(name="AI policy 2026", **policy),
    )
    broken = found(agent, "broken")
    assert words in broken[f"company policy:{place}"]
    assert all(status.check != "company policy" for status in check_policy(agent) if status.status == "holds")
    assert set(broken) <= {each.id for each in run_checks(agent) if each.status == "broken"}


def test_an_agent_within_the_policy_holds(shop: Agent) -> None:
    """An agent that stays within every limit of the policy is told to keep to it, by the policy's name."""
    policy = CompanyPolicy(
        name="AI policy 2026",
        models=("openai/*",),
        data_classes=("public", "internal", "personal", "payment"),
        automations=("tell", "look up", "change what can be undone", "change what cannot be undone"),
        technologies=("hybrid",),
        highest_autonomy=3,
    )
    technology = Technology(kind="hybrid", reach="acts", models=("OpenAI/gpt-x",))
    agent = with_charter(shop, company_policy=policy, technology=technology)
    holds = found(agent, "holds")
    assert holds == {"company policy:charter/company_policy": "The agent keeps to “AI policy 2026”."}


def test_a_technology_that_is_not_so_is_told(shop: Agent) -> None:
    """An agent that says it only retrieves, yet calls a system that changes something, is refuted by name."""
    agent = with_charter(
        shop, technology=Technology(kind="deterministic", reach="retrieves only", models=("acme/chat",))
    )
    broken = found(agent, "broken")
    assert "changes something" in broken["technology:charter/technology:reach"]
    assert "acme/chat" in broken["technology:charter/technology:models"]


def test_each_level_of_autonomy_shows_what_it_demands(shop: Agent) -> None:
    """Level 1 asks that people act; level 3 also for thresholds and rules that do not rest on words."""
    first = {each.kind: each for each in demands(shop, 1)}
    assert first["a person decides"].met is False
    assert first["checks hold"].met is None
    third = {each.kind: each for each in demands(shop, 3, checks_hold=True, tests_pass=False)}
    assert third["checks hold"].met is True
    assert third["tests pass"].met is False
    assert third["thresholds are set"].met is False
    assert third["performance is owned"].met is False
    owned = with_charter(shop, owners=(Owner(id="analytics", name="Wei"),), performance_owner="analytics")
    assert {each.kind: each.met for each in demands(owned, 3)}["performance is owned"] is True


def test_a_threshold_looser_than_people_is_broken(shop: Agent) -> None:
    """More repeat contact than people have is no threshold for going live."""
    looser = Threshold(id="repeat contact", measure="repeat contact", limit=0.2, baseline=0.1)
    agent = with_charter(shop, readiness=(looser,))
    assert "not be above it" in found(agent, "broken")["thresholds:charter/readiness/repeat contact"]


def test_an_intent_is_held_against_the_workflows(shop: Agent) -> None:
    """A named workflow that is not there is broken; automating without any workflow is a warning."""
    agent = with_charter(
        shop,
        portfolio=(
            Intent(id="lost", title="Lost parcel", workflow="no-such-flow"),
            Intent(id="praise", title="Praise"),
        ),
    )
    assert "no workflow" in found(agent, "broken")["portfolio:charter/portfolio/lost"]
    assert "no workflow serves it" in found(agent, "warning")["portfolio:charter/portfolio/praise"]


def test_an_agent_below_its_break_even_is_a_warning(shop: Agent) -> None:
    """An agent that costs more than it saves is told, with the containment from which it pays."""
    figures = Economics(volume=1000, containment=0.1, person_cost=5, agent_cost=1, passing_cost=1)
    agent = with_charter(shop, economics=figures)
    assert "pays from 33.3 % on" in found(agent, "warning")["economics:charter/economics"]
    assert isinstance(agent.charter, Charter)
