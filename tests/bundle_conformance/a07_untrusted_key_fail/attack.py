"""A key signs in a role its owner lacks, is unknown, or its id stands over someone else's signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.bundle import PAYLOAD_TYPE
from studio.release import bundle, dsse

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return a wrong role, another person's name, an unknown key, a foreign signature and a P-256 mix-up."""
    content = kit.content()
    subject = bundle.manifest_digest(content)
    author, _, it = kit.envelopes(content)
    payload = dsse.statement(subject, kit.approval("carl"))
    signature = kit.signers["mallory"].sign(dsse.pae(PAYLOAD_TYPE, payload))
    bare = kit.signers["carl"].sign(payload)
    lies = {
        "role": (
            kit.envelope(subject, "ana", signer="carl", role="compliance"),
            "but the key belongs to carl",
        ),
        "role not held": (kit.envelope(subject, "ana", role="compliance"), "a role that Ana does not hold"),
        "unknown key": (kit.envelope(subject, "carl", signer="mallory"), "does not know"),
        "foreign signature": (
            dsse.seal(payload, kit.signers["carl"].key_id, signature),
            "true signature of carl",
        ),
        "not over the PAE": (dsse.seal(payload, kit.signers["carl"].key_id, bare), "true signature of carl"),
        "empty signature": (dsse.seal(payload, kit.signers["carl"].key_id, b""), "true signature of carl"),
    }
    return [
        kit.attempt(
            label,
            bundle.assemble(content, [lie, it] if "role not" in label else [author, lie, it]),
            "approvals",
            words,
        )
        for label, (lie, words) in lies.items()
    ]
