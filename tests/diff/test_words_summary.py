"""What people read of a release: each change in one sentence that says what it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.diff.agents import diff_agents
from studio.diff.words_summary import in_words
from studio.domain.agent import Agent


@pytest.fixture
def agent(repository: Path) -> Agent:
    """The live agent of the returns sample."""
    file = repository / "sample_projects/returns_assistant/agent.json"
    return Agent.model_validate_json(file.read_bytes())


def test_another_value_of_a_reply_is_told_by_name(agent: Agent) -> None:
    """When a fact is taken from another value of a system's reply, both values are named."""
    text = agent.model_dump_json(exclude_none=True)
    after = Agent.model_validate_json(
        text.replace('"result":"days_since_purchase"', '"result":"days_since_delivery"')
    )
    assert after != agent
    sentences = in_words(diff_agents(agent, after, "x"), agent, after)
    assert len(sentences) == 1
    assert "days since purchase" in sentences[0]
    assert "days since delivery" in sentences[0]
    assert "changes its order" not in sentences[0]
