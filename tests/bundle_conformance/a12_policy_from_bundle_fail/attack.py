"""The bundle brings a weaker policy of its own, or names another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.environment import EnvironmentRules, Threshold
from studio.domain.frozen import canonical
from studio.release import bundle, container

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return a policy file inside the bundle, and a manifest that names another policy."""
    weak = kit.policy_with(
        environments=(EnvironmentRules(id="production", thresholds=(Threshold(role="author"),)),)
    )
    content = kit.content()
    data = bundle.assemble(content, kit.envelopes(content)[:1])
    inside = {**container.unpack(data), "policy.json": canonical(weak)}
    other = kit.content(policy_id="weak-approval")
    return [
        kit.attempt("inside", inside, "container", "holds policy.json, which does not belong"),
        kit.attempt("named", kit.bundle(other), "approvals", "another policy"),
        kit.attempt("too few by IT's own", data, "approvals", "compliance, IT"),
    ]
