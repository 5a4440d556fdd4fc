"""A registry survives being killed in the middle of anything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.store import registry as registries

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

OPERATOR = """
import importlib.util, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("bundle_kit", sys.argv[2])
sys.modules["bundle_kit"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
kit = module.Kit()
from studio.store import registry as registries
with registries.open_registry(Path(sys.argv[1]), lambda: kit.now) as registry:
    while True:
        for weight in (5, 50, 100):
            print("next", flush=True)
            registry.promote(
                "production", "2", "ida", weight, signer=kit.signers["ida"], skip=True, reason="No time"
            )
        print("next", flush=True)
        registry.roll_back("production", "ida")
"""


@pytest.mark.parametrize("moves", [2, 5])
def test_killing_an_operator_leaves_a_sound_registry(
    kit: Kit, tmp_path: Path, repository: Path, moves: int
) -> None:
    """After kill -9 at the beginning of a move, log, pointer and (once opened) flag file agree."""
    path = tmp_path / "registry.db"
    with registries.create(path, kit.before, kit.policy, "ida", lambda: kit.now) as made:
        made.import_bundle(kit.bundle(), "ida")
    kit_file = repository / "tests" / "bundle_conformance" / "kit.py"
    command = [sys.executable, "-c", OPERATOR, str(path), str(kit_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=repository) as operator:
        assert operator.stdout
        for _ in range(moves):
            assert operator.stdout.readline() == b"next\n"
        operator.kill()
    with registries.open_registry(path, lambda: kit.now) as registry:
        assert registry.verify_log() == ()
        pointer = registry.status().environments[0].pointer
        told = json.loads(registry.files.flags("production").read_bytes())["flags"]["release"]["metadata"]
        assert told["generation"] == pointer.generation >= moves - 1
        assert (
            registry.roll_back("production", "ida", to="0").pointer.stable == registry.status().releases[0].id
        )
