"""The bundle is used after the day until which it is valid."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return the bundle a second too late, with and without a known environment."""
    late = kit.content().not_after + timedelta(seconds=1)
    return [
        kit.attempt("alone", kit.bundle(), "environment", "The bundle expired", now=late),
        kit.attempt(
            "at import", kit.bundle(), "environment", "The bundle expired", now=late, state=kit.state()
        ),
    ]
