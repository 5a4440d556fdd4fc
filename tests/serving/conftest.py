"""Gives the tests of this folder the kit, and a registry with a release to roll out."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from studio.store.registry import Registry
    from tests.bundle_conformance.kit import Kit

KIT = Path(__file__).resolve().parents[1] / "bundle_conformance" / "kit.py"


@pytest.fixture(scope="session")
def kit() -> Kit:
    """Return the kit, loaded from its file: the folder of the tests is no installed package."""
    if "bundle_kit" not in sys.modules:
        spec = importlib.util.spec_from_file_location("bundle_kit", KIT)
        assert spec and spec.loader
        sys.modules["bundle_kit"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["bundle_kit"])
    made: Kit = sys.modules["bundle_kit"].Kit()
    return made


@pytest.fixture
def registry(kit: Kit, tmp_path: Path) -> Iterator[Registry]:
    """Return a registry in which the kit's base agent runs, and release 2 was imported."""
    from studio.store import registry as registries

    place = tmp_path / "registry.db"
    with registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now) as made:
        made.import_bundle(kit.bundle(), "ida")
        yield made
