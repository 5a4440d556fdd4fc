"""Two different bundles claim the same release sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return a sound release 2 where another release 2 was imported."""
    state = kit.state(sequence_floor=2, known={2: "2" * 64})
    return [
        kit.attempt(
            "second", kit.bundle(), "environment", "Another bundle was imported as release 2", state=state
        )
    ]
