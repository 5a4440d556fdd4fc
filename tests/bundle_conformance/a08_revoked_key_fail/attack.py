"""A key was revoked or has expired by the importer's clock, whatever date the signer wrote."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from studio.domain.environment import ApprovalPolicy, TrustedKey
from studio.release import bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return revoked, expired and not yet valid keys, and dates before, after and in the future."""

    def with_key(key: TrustedKey) -> ApprovalPolicy:
        return kit.policy_with(keys=(kit.policy.keys[0], key, kit.policy.keys[2]))

    day, now = timedelta(days=1), kit.now
    data = kit.bundle()
    content = kit.content()
    early = bundle.assemble(content, kit.envelopes(content, time=now - 30 * day))
    future = bundle.assemble(content, kit.envelopes(content, time=now + day))
    expired = with_key(kit.key("carl", valid_until=now - day))
    young = with_key(kit.key("carl", valid_from=now - 2 * day))
    return [
        kit.attempt(
            "revoked", data, "approvals", "was revoked", policy=with_key(kit.key("carl", revoked_at=now))
        ),
        kit.attempt(
            "revoked, back-dated",
            early,
            "approvals",
            "was revoked",
            policy=with_key(kit.key("carl", revoked_at=now)),
        ),
        kit.attempt("expired", data, "approvals", "so not on 20", policy=expired),
        kit.attempt("expired, back-dated", early, "approvals", "so not on 20", policy=expired),
        kit.attempt(
            "not yet valid",
            data,
            "approvals",
            "so not on 20",
            policy=with_key(kit.key("carl", valid_from=now + day)),
        ),
        kit.attempt(
            "dated before the key", early, "approvals", "on which the key of carl did not count", policy=young
        ),
        kit.attempt("dated in the future", future, "approvals", "a date in the future"),
    ]
