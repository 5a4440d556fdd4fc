"""Line 24 of the attack table: each folder is refused in its words, and only the sound one is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.errors import StudioError
from tests.bundle_conformance.kit import Kit
from tests.distribution.repository_attacks import ATTACKS, write_attacks


def test_every_repository_of_the_table_is_refused(kit: Kit, tmp_path: Path) -> None:
    """Old, frozen, mixed, stolen, oversized: a plain reader on the folders takes none of them."""
    attempts = write_attacks(kit, tmp_path / "a24")
    assert len(attempts) == len(ATTACKS) + 1
    for number, attempt in enumerate(attempts):
        here = tmp_path / f"reader-{number}"
        if not attempt.words:
            assert attempt.pull(here).release_sequence == 2
            continue
        with pytest.raises(StudioError) as refused:
            attempt.pull(here)
        assert attempt.words in str(refused.value), attempt.label
        assert attempt.label.endswith("_fail")
        assert attempt.earlier is not None or not list(here.rglob("*.cobundle")), attempt.label
