"""The shop: a small agent with everything in it that the tests here need."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.agent import Agent

SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"


@pytest.fixture(scope="session")
def shop() -> Agent:
    """A returns and order-status agent with a block for identity, three rules and eleven tests."""
    return Agent.model_validate_json(SHOP.read_bytes())
