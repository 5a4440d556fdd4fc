"""Every attack of the table is refused at the right check, in the right words; nothing later is looked at."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.domain.bundle import CHECK_ORDER
from studio.domain.errors import BundleBroken
from studio.release import container
from studio.release.verification import verify_bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attack, Kit

HERE = Path(__file__).resolve().parent
EVERY = sorted(folder for folder in HERE.iterdir() if folder.name.endswith("_fail"))
FOLDERS = [folder for folder in EVERY if (folder / "attack.py").is_file()]


def load(folder: Path) -> Attack:
    """Return the `attempts` function of a folder."""
    spec = importlib.util.spec_from_file_location(f"bundle_{folder.name}", folder / "attack.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    attack: Attack = module.attempts
    return attack


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_attack_is_refused(folder: Path, kit: Kit) -> None:
    """The named check refuses with a sentence; those before it passed, those behind it were not reached."""
    found = load(folder)(kit)
    assert found
    for attempt in found:
        verdict = verify_bundle(attempt.data, attempt.policy, attempt.now, attempt.state)
        assert not verdict.ok, attempt.label
        at = CHECK_ORDER.index(verdict.checks[[c.verdict for c in verdict.checks].index("refused")].name)
        assert (CHECK_ORDER[at], attempt.words in verdict.refusal) == (attempt.check, True), (
            f"{attempt.label}: {CHECK_ORDER[at]}: {verdict.refusal}"
        )
        assert [c.verdict for c in verdict.checks] == ["passed"] * at + ["refused"] + ["not reached"] * (
            6 - at
        )


def test_tricky_containers_take_no_more_memory_than_their_size(kit: Kit) -> None:
    """No trick, bombs included, makes the reader take more than a few times the bytes it was given."""
    for attempt in load(HERE / "a15_container_tricks_fail")(kit):
        tracemalloc.start()
        with contextlib.suppress(BundleBroken):
            container.unpack(attempt.data)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 * len(attempt.data) + 200_000, attempt.label


def test_the_table_is_covered(repository: Path) -> None:
    """Each line of the table has its folder: an attack on the bundle, or a case with tests that are there."""
    numbers = [int(folder.name[1:3]) for folder in EVERY if folder.name[0] == "a"]
    further = [int(folder.name[1:3]) for folder in EVERY if folder.name[0] == "f"]
    assert (numbers, further) == (list(range(1, 26)), list(range(1, 9)))
    for folder in EVERY:
        if folder in FOLDERS:
            continue
        steps = json.loads((folder / "steps.json").read_text(encoding="utf-8"))
        assert steps["cases"] or steps.get("not_here"), f"{folder.name} is run, or says why it cannot be"
        stated = json.loads((folder / "case.json").read_text(encoding="utf-8"))
        assert stated["case"] and stated["expected"] and stated["tests"], folder.name
        for test in stated["tests"]:
            path, _, name = test.partition("::")
            assert f"def {name}(" in (repository / path).read_text(encoding="utf-8"), test
