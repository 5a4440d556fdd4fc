"""A true signature over another kind of document is passed off as an approval of this release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.bundle import APPROVAL_TYPE, PAYLOAD_TYPE, STATEMENT_TYPE
from studio.domain.frozen import Json, canonical, to_json
from studio.release import bundle, container, dsse, layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return other payload types, predicate types and subjects, and the approval of another product."""
    content = kit.content()
    files = container.unpack(kit.bundle(content))
    name = layout.attestation_name(2, "compliance")
    carl, subject = kit.signers["carl"], bundle.manifest_digest(content)
    sound: dict[str, Json] = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": "manifest.json", "digest": {"sha256": subject}}],
        "predicateType": APPROVAL_TYPE,
        "predicate": to_json(kit.approval("carl")),
    }

    def sealed(tree: Json, kind: str = PAYLOAD_TYPE) -> bytes:
        payload = canonical(tree)
        return dsse.seal(payload, carl.key_id, carl.sign(dsse.pae(kind, payload)), kind)

    two = [*sound["subject"], {"name": "other", "digest": {"sha256": "0" * 64}}]
    more = [{"name": "manifest.json", "digest": {"sha256": subject, "sha512": "0"}}]
    cases = {
        "payload type": (sealed(sound, "application/json"), "another kind of document"),
        "head of a log": (sealed(sound, "application/vnd.cobuilder-studio.ledger-head+json"), "another kind"),
        "statement type": (
            sealed({**sound, "_type": "https://in-toto.io/Statement/v0.1"}),
            "not an approval",
        ),
        "predicate type": (
            sealed({**sound, "predicateType": "https://slsa.dev/provenance/v1"}),
            "not an approval",
        ),
        "another product": (
            sealed({**sound, "predicateType": "urn:other-studio:approval:1"}),
            "not an approval",
        ),
        "subject name": (
            sealed({**sound, "subject": [{"name": "agent/after.json", "digest": {"sha256": subject}}]}),
            "something other than a bundle's manifest",
        ),
        "two subjects": (sealed({**sound, "subject": two}), "something other"),
        "two digests": (sealed({**sound, "subject": more}), "something other"),
        "no subject": (sealed({**sound, "subject": []}), "something other"),
        "extra member": (sealed({**sound, "note": ""}), "does not hold an in-toto statement"),
        "unknown predicate field": (
            sealed({**sound, "predicate": {**sound["predicate"], "count": 3}}),
            "does not say who decided",
        ),
        "a text": (sealed("approved"), "does not hold an in-toto statement"),
        "role in the name": (kit.envelope(subject, "ida"), "not the role in its name"),
    }
    found = [
        kit.attempt(label, {**files, name: data}, "change", words) for label, (data, words) in cases.items()
    ]
    other = kit.policy_with(agent="other-desk")
    found.append(
        kit.attempt("another agent's policy", kit.bundle(), "approvals", "another agent", policy=other)
    )
    two_signatures = files[name].replace(b'"signatures":[{', b'"signatures":[{"keyid":"x","sig":""},{')
    found.append(
        kit.attempt("two signatures", {**files, name: two_signatures}, "change", "exactly one signature")
    )
    return found
