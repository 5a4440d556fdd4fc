"""Gives the tests of this folder databases of both kinds."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from studio.store import registry as registries
from studio.store.registry import Registry

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit
    from tests.store.databases import Databases

HERE = Path(__file__).resolve().parent
KINDS = ("sqlite", "postgresql")


def load(name: str, file: Path) -> ModuleType:
    """Return a module of the tests, loaded from its file: their folders are no installed packages."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def databases(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Return places for registries; PostgreSQL is started once, where it is installed."""
    module = load("registry_databases", HERE / "databases.py")
    programs = module.server_programs()
    server = module.Server(programs) if programs else None
    try:
        yield module.Databases(kit, tmp_path_factory.mktemp("registries"), server)
    finally:
        if server is not None:
            server.stop()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, databases: Databases) -> str:
    """Return each kind of database in turn; PostgreSQL is left out where it is not installed."""
    wanted: str = request.param
    if wanted == "postgresql" and databases.server is None:
        pytest.skip("no PostgreSQL server is installed")
    return wanted


@pytest.fixture
def place(kind: str, databases: Databases, tmp_path: Path) -> str:
    """Return a place where no registry is yet."""
    return databases.new(kind, tmp_path)


@pytest.fixture
def registry(place: str, kit: Kit) -> Iterator[Registry]:
    """Return a fresh registry in which the kit's base agent runs."""
    with registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now) as made:
        yield made


@pytest.fixture
def imported(kind: str, databases: Databases, kit: Kit, tmp_path: Path) -> Iterator[Registry]:
    """Return a registry with the kit's bundle imported as release 2."""
    with registries.open_registry(databases.imported(kind, tmp_path), lambda: kit.now) as opened:
        yield opened
