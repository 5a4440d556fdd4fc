"""An older bundle, validly signed, is brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return a release below, and one exactly at, the highest sequence that was imported."""
    later = kit.state(sequence_floor=5, known={5: "5" * 64})
    same = kit.state(sequence_floor=2, known={1: "1" * 64})
    return [
        kit.attempt("below", kit.bundle(), "environment", "is older than release 5", state=later),
        kit.attempt("at the floor", kit.bundle(), "environment", "is older than release 2", state=same),
    ]
