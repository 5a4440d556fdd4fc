"""Line 24 of the attack table: each folder is refused in its words, and only the sound one is taken."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bundle_conformance.kit import Kit
from tests.distribution.repository_attacks import ATTACKS, check


def test_every_repository_of_the_table_is_refused(kit: Kit, tmp_path: Path) -> None:
    """Old, frozen, mixed, stolen, oversized: a plain reader on the folders takes none of them."""
    check(kit, tmp_path)
    folders = [path for path in (tmp_path / "a24").iterdir() if path.name.endswith("_fail")]
    assert len(folders) == len(ATTACKS) >= 11
    for folder in folders:
        told = json.loads((folder / "attack.json").read_text(encoding="utf-8"))
        assert told["words"] and (folder / "root.json").is_file() and (folder / "repository").is_dir()
