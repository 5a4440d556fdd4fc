"""The charter's newer parts: absent until said, placed in the 2 × 2, worded as people speak."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.agent import Agent
from studio.domain.charter import Charter
from studio.domain.charter_terms import AUTONOMY_EVIDENCE, AUTONOMY_WORDS, TECHNOLOGY_WORDS
from studio.domain.company_policy import CompanyPolicy, automation_of
from studio.domain.frozen import canonical, to_json
from studio.domain.places import place_name
from studio.domain.portfolio import Intent, moved, reaching_agent
from studio.domain.readiness import ALL_MEASURES, Threshold, unsound

NEWER = {
    "cannot",
    "tone",
    "technology",
    "performance_owner",
    "portfolio",
    "readiness",
    "economics",
    "company_policy",
}


def test_a_charter_that_says_nothing_new_is_the_same_bytes() -> None:
    """What was never said is not in the content, so that the fingerprints of older agents stay."""
    charter = Charter(purpose="p", audience="a", channel="c", ai_disclosure="d", capabilities="e")
    tree = to_json(charter)
    assert not NEWER & set(tree)
    assert b"null" not in canonical(charter)


def test_the_newer_parts_survive_storing(repository: Path) -> None:
    """An agent with every part of the charter filled in comes back from its file as it was."""
    tree = to_json(Agent.model_validate_json((repository / "tests/simulation/shop.json").read_bytes()))
    tree["charter"] |= {
        "cannot": "I cannot change addresses.",
        "tone": "Warm and short",
        "technology": {"kind": "hybrid", "reach": "acts", "models": ["openai/*"]},
        "performance_owner": "analytics",
        "portfolio": [{"id": "refund", "title": "Where is my refund?", "volume": 1200}],
        "readiness": [{"id": "repeat contact", "measure": "repeat contact", "limit": 0.1}],
        "economics": {"volume": 1200, "containment": 0.5, "person_cost": 6.5},
        "company_policy": {"name": "AI policy", "models": ["openai/*"], "highest_autonomy": 2},
    }
    agent = Agent.model_validate(tree)
    assert Agent.model_validate_json(canonical(agent)) == agent
    assert set(to_json(agent)["charter"]) >= NEWER


def test_places_of_the_charter_have_names_people_use(repository: Path) -> None:
    """A figure of the economics and a kind of request are called by words, never by field names."""
    tree = {"charter": {"portfolio": [{"id": "refund", "title": "Where is my refund?"}]}}
    assert place_name((tree,), "charter/portfolio/refund/handling") == "Kind of request “Where is my refund?”"
    assert place_name((tree,), "charter/economics/agent_cost") == "What it costs and saves"
    assert place_name((tree,), "charter/performance_owner") == "Who owns performance after launch"


def test_a_moved_request_is_handled_as_its_new_field_suggests() -> None:
    """The handling goes along with the field, unless a person had decided otherwise."""
    plain = Intent(id="a", title="A")
    assert moved(plain, "complex", "charged").handling == "human first"
    decided = plain.model_copy(update={"handling": "assist"})
    assert moved(decided, "complex", "charged").handling == "assist"
    assert moved(moved(plain, "simple", "charged"), "simple", "calm") == plain


def test_only_what_the_agent_begins_counts_as_its_volume() -> None:
    """Requests that people handle first do not reach the agent; nothing counted is unknown, not nought."""
    counted = (
        Intent(id="a", title="A", volume=100),
        Intent(id="b", title="B", handling="human first", volume=900),
        Intent(id="c", title="C"),
    )
    assert reaching_agent(counted) == 100
    assert reaching_agent((Intent(id="c", title="C"),)) is None


@pytest.mark.parametrize("measure", ALL_MEASURES)
def test_every_threshold_reads_as_a_sentence(measure: str) -> None:
    """Each measure is a sentence with its figure, and no name of a field."""
    words = Threshold.model_validate({"id": measure, "measure": measure, "limit": 0.125}).words
    assert "12.5 %" in words
    assert words.endswith(".")
    assert "_" not in words


def test_a_threshold_looser_than_people_is_unsound() -> None:
    """Repeat contact above that of people is told; at or below it is sound."""
    loose = Threshold(id="repeat contact", measure="repeat contact", limit=0.3, baseline=0.2)
    assert "must not be above" in unsound(loose)
    assert unsound(loose.model_copy(update={"limit": 0.2})) == ""


def test_a_policy_names_models_by_patterns() -> None:
    """A star stands for anything; without a list every model is allowed, with an empty one none."""
    assert CompanyPolicy(name="p", models=("openai/*",)).allows_model("OpenAI/gpt-x")
    assert not CompanyPolicy(name="p", models=("openai/*",)).allows_model("acme/chat")
    assert CompanyPolicy(name="p").allows_model("acme/chat")
    assert not CompanyPolicy(name="p", models=()).allows_model("acme/chat")
    assert automation_of("write", False) == "change what cannot be undone"


def test_each_level_demands_at_least_checks_and_tests() -> None:
    """No level is trusted without checks and tests; the third demands all that the second does."""
    assert all({"checks hold", "tests pass"} <= set(each) for each in AUTONOMY_EVIDENCE.values())
    assert set(AUTONOMY_EVIDENCE[2]) < set(AUTONOMY_EVIDENCE[3])
    assert set(AUTONOMY_WORDS) == {1, 2, 3}
    assert set(TECHNOLOGY_WORDS) == {"deterministic", "generative", "hybrid"}
