"""Gives the tests of this folder a registry with a release to roll out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from studio.store.registry import Registry
    from tests.bundle_conformance.kit import Kit


@pytest.fixture
def registry(kit: Kit, tmp_path: Path) -> Iterator[Registry]:
    """Return a registry in which the kit's base agent runs, and release 2 was imported."""
    from studio.store import registry as registries

    place = tmp_path / "registry.db"
    with registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now) as made:
        made.import_bundle(kit.bundle(), "ida")
        yield made
