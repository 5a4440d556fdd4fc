"""A registry survives being killed in the middle of anything; a measurement does it 200 times."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from studio.store import registry as registries

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit


@pytest.fixture(scope="module")
def killed(repository: Path) -> ModuleType:
    """Return the measurement, whose means are used here."""
    file = repository / "tests" / "measures" / "release_killed.py"
    spec = importlib.util.spec_from_file_location("release_killed", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["release_killed"] = module
    spec.loader.exec_module(module)
    return module


def test_killing_operators_leaves_a_sound_registry(killed: ModuleType, place: str, kit: Kit) -> None:
    """After kill -9 at any moment: all that was answered for is there, and nothing by halves."""
    registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now).close()
    wrong, _ = killed.endure(place, kit, times=3)
    assert wrong == []


def test_what_an_operator_told_of_is_what_the_registry_holds(
    killed: ModuleType, place: str, kit: Kit
) -> None:
    """The check itself notices a deed that was told of and is not there."""
    registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now).close()
    with registries.open_registry(place, lambda: kit.now) as registry:
        assert killed.faults(registry, []) == []
        assert killed.faults(registry, ["import 7", "promote 9"]) == [
            "release 7 was lost",
            "generation 9 was lost",
        ]
