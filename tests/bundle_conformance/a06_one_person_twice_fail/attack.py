"""One person signs with two keys, or in two roles: an author approves the own change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.environment import EnvironmentRules, Person, Threshold
from studio.release import bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return two keys of one person, and an author who holds the compliance role as well."""
    content = kit.content()
    subject = bundle.manifest_digest(content)
    words = "separation of duties"
    spare = kit.envelope(subject, "carl", signer="spare")
    rules = EnvironmentRules(id="production", thresholds=(Threshold(role="compliance", count=1),))
    two_keys = kit.policy_with(
        keys=(*kit.policy.keys, kit.key("carl", signer="spare")), environments=(rules,)
    )
    both = Person(id="ana", name="Ana", roles=("author", "compliance"))
    people = (both, *kit.policy.people[1:])
    own = kit.policy_with(people=people, keys=(*kit.policy.keys, kit.key("ana", signer="spare")))
    approves_own = [
        kit.envelope(subject, "ana"),
        kit.envelope(subject, "ana", signer="spare", role="compliance"),
        kit.envelope(subject, "ida"),
    ]
    return [
        kit.attempt(
            "two keys",
            bundle.assemble(content, [*kit.envelopes(content), spare]),
            "approvals",
            words,
            policy=two_keys,
        ),
        kit.attempt("own change", bundle.assemble(content, approves_own), "approvals", words, policy=own),
    ]
