"""A release that was withdrawn is brought again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.release import bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return a sound bundle whose release is on the list of withdrawn ones."""
    state = kit.state(withdrawn=(bundle.manifest_digest(kit.content()),))
    return [kit.attempt("withdrawn", kit.bundle(), "environment", "was withdrawn", state=state)]
