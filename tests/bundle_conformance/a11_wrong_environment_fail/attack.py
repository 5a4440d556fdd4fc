"""An approval or a bundle for staging is used for production."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.release import bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return a staging approval, a staging bundle at production's door, and an environment nobody knows."""
    content, staging = kit.content(), kit.content(environment="staging")
    approvals = kit.envelopes(content, environment="staging")
    return [
        kit.attempt(
            "approval", bundle.assemble(content, approvals), "approvals", "for staging, not for production"
        ),
        kit.attempt(
            "bundle",
            kit.bundle(staging),
            "environment",
            "is for staging, not for production",
            state=kit.state(),
        ),
        kit.attempt(
            "unknown", kit.bundle(kit.content(environment="moon")), "approvals", "knows no environment “moon”"
        ),
    ]
