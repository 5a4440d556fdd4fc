"""Gives the tests of this folder the kit."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

KIT = Path(__file__).resolve().parent / "kit.py"


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
