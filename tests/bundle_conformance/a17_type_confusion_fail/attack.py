"""A true signature over another kind of document is passed off as an approval of this release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.bundle import APPROVAL_TYPE, PAYLOAD_TYPE, STATEMENT_TYPE
from studio.domain.frozen import Json, canonical, to_json
from studio.release import bundle, dsse, layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit

HEAD = "application/vnd.cobuilder-studio.ledger-head+json"
NAME = layout.attestation_name(2, "compliance")


def attempts(kit: Kit) -> list[Attempt]:
    """Return other payload types, predicate types and subjects, and the approval of another product."""
    subject = bundle.manifest_digest(kit.content())
    files = kit.files()
    two_signatures = files[NAME].replace(b'"signatures":[{', b'"signatures":[{"keyid":"x","sig":""},{')
    cases = {
        "role in the name": (kit.envelope(subject, "ida"), "not the role in its file's name"),
        "two signatures": (two_signatures, "exactly one signature"),
    }
    for label, (tree, kind, words) in _statements(kit, subject).items():
        cases[label] = (_sealed(kit, tree, kind), words)
    found = [
        kit.attempt(label, {**files, NAME: data}, "change", words) for label, (data, words) in cases.items()
    ]
    other = kit.policy_with(agent="other-desk")
    found.append(
        kit.attempt("another agent's policy", kit.bundle(), "approvals", "another agent", policy=other)
    )
    return found


def _sealed(kit: Kit, tree: Json, kind: str) -> bytes:
    payload, carl = canonical(tree), kit.signers["carl"]
    return dsse.seal(payload, carl.key_id, carl.sign(dsse.pae(kind, payload)), kind)


def _statements(kit: Kit, subject: str) -> dict[str, tuple[Json, str, str]]:
    """Return label, (statement, payload type, expected words)."""
    true = {"name": "manifest.json", "digest": {"sha256": subject}}
    predicate = to_json(kit.approval("carl"))
    sound: dict[str, Json] = {
        "_type": STATEMENT_TYPE,
        "subject": [true],
        "predicateType": APPROVAL_TYPE,
        "predicate": predicate,
    }
    no, other = "not an approval", "something other than a bundle's manifest"
    changes: dict[str, tuple[dict[str, Json], str]] = {
        "statement type": ({"_type": "https://in-toto.io/Statement/v0.1"}, no),
        "predicate type": ({"predicateType": "https://slsa.dev/provenance/v1"}, no),
        "another product": ({"predicateType": "urn:other-studio:approval:1"}, no),
        "subject name": ({"subject": [{**true, "name": "agent/after.json"}]}, other),
        "two subjects": ({"subject": [true, true]}, other),
        "two digests": ({"subject": [{**true, "digest": {"sha256": subject, "sha512": "0"}}]}, other),
        "no subject": ({"subject": []}, other),
        "extra member": ({"note": ""}, "does not hold an in-toto statement"),
        "unknown predicate field": ({"predicate": {**predicate, "count": 3}}, "does not say who decided"),
    }
    found: dict[str, tuple[Json, str, str]] = {
        label: ({**sound, **change}, PAYLOAD_TYPE, words) for label, (change, words) in changes.items()
    }
    found["a text"] = ("approved", PAYLOAD_TYPE, "does not hold an in-toto statement")
    found["payload type"] = (sound, "application/json", "another kind of document")
    found["head of a log"] = (sound, HEAD, "another kind of document")
    return found
