"""The bundle is built on an agent that is not running."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return a sound bundle at an environment that runs something else, and at one for another agent."""
    return [
        kit.attempt(
            "other base",
            kit.bundle(),
            "environment",
            "does not run in production",
            state=kit.state(running_digest="0" * 64),
        ),
        kit.attempt(
            "other agent",
            kit.bundle(),
            "environment",
            "not for other-desk",
            state=kit.state(agent="other-desk"),
        ),
    ]
