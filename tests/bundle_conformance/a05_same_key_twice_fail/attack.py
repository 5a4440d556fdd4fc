"""The same approval stands twice in a bundle, or one key stands under two names in a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.environment import EnvironmentRules, Person, Threshold
from studio.release import bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return the same envelope twice, one key signing twice, and a policy that lists a key for two people."""
    content = kit.content()
    envelopes = kit.envelopes(content)
    again = kit.envelope(bundle.manifest_digest(content), "carl", comment="Once more.")
    same = "was made with the same key as another one"
    rules = EnvironmentRules(id="production", thresholds=(Threshold(role="compliance", count=2),))
    people = (*kit.policy.people, Person(id="carla", name="Carla", roles=("compliance",)))
    keys = (*kit.policy.keys, kit.key("carla", signer="carl"))
    two = kit.policy_with(people=people, keys=keys, environments=(rules,))
    return [
        kit.attempt(
            "envelope twice", bundle.assemble(content, [*envelopes, envelopes[1]]), "approvals", same
        ),
        kit.attempt("key twice", bundle.assemble(content, [*envelopes, again]), "approvals", same),
        kit.attempt(
            "key of two", kit.bundle(), "approvals", "holds the same key for carl and carla", policy=two
        ),
    ]
