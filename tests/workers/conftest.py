"""The shop: a small agent with everything in it that the tests here need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.domain.agent import Agent
from studio.workers import cluster as adapter
from tests.workers.dask_cluster import Cluster, cluster

SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"


@pytest.fixture(scope="session")
def shop() -> Agent:
    """A returns and order-status agent with a block for identity, three rules and eleven tests."""
    return Agent.model_validate_json(SHOP.read_bytes())


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Dask cluster that at least one worker joins; a busy machine may take long to start it."""
    with pytest.MonkeyPatch.context() as patch, cluster(tmp_path_factory.mktemp("dask"), 1) as found:
        patch.setattr(adapter, "SECONDS_TO_CONNECT", 60.0)
        yield found
