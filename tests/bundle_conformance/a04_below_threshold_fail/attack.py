"""Approvals are stripped, so that fewer are left than IT's policy asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.environment import EnvironmentRules, Person, Threshold
from studio.release import bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return a bundle without approvals, bundles that lack one each, and one of two where two are asked."""
    content = kit.content()
    envelopes = kit.envelopes(content)
    found = [kit.attempt("none", bundle.assemble(content), "approvals", "author, compliance, IT")]
    for at, role in enumerate(("author", "compliance", "it")):
        rest = envelopes[:at] + envelopes[at + 1 :]
        said = "IT" if role == "it" else role
        words = f"Approvals are missing for production: {said}"
        found.append(kit.attempt(f"without {role}", bundle.assemble(content, rest), "approvals", words))
    two = kit.policy_with(
        people=(*kit.policy.people, Person(id="mallory", name="Mallory", roles=("compliance",))),
        keys=(*kit.policy.keys, kit.key("mallory")),
        environments=(
            EnvironmentRules(id="production", thresholds=(Threshold(role="compliance", count=2),)),
        ),
    )
    found.append(
        kit.attempt(
            "one of two",
            kit.bundle(),
            "approvals",
            "missing for production: 1 more from compliance",
            policy=two,
        )
    )
    return found
