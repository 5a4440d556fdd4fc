"""Gives the tests of this folder a published repository each, and readers of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bundle_conformance.kit import Kit
from tests.distribution.depot import Depot, Site


@pytest.fixture(scope="session")
def published(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository in which release 2 is published for production; to be copied only."""
    folder = tmp_path_factory.mktemp("depot") / "repository"
    Depot(kit, folder).init().publish()
    return folder


@pytest.fixture
def depot(kit: Kit, published: Path, tmp_path: Path) -> Depot:
    """Return a repository in which release 2 is published for production."""
    shutil.copytree(published, tmp_path / "repository")
    return Depot(kit, tmp_path / "repository")


@pytest.fixture
def new_site(depot: Depot, tmp_path: Path) -> Callable[[str], Site]:
    """Return a function that makes readers of the depot, straight from its folder."""
    return lambda name: Site(tmp_path / name, str(depot.folder), depot.root(), depot.clock)


@pytest.fixture
def site(new_site: Callable[[str], Site]) -> Site:
    """Return a reader of the depot."""
    return new_site("site")
