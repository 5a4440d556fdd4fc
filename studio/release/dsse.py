"""DSSE envelopes with one signature each, and the in-toto Statement v1 inside them.

- One envelope per approver: role, decision and environment are inside what each person signs.
- Envelope and statement are RFC 8785 bytes and base64 has one spelling, so no byte of an attestation is free.
- Other tools write envelopes with blanks, another order, web-safe base64, or the other half of an ECDSA
  signature: `admit` brings them to the one spelling where they come in. What was signed is never touched.
- The key id in an envelope is a hint for finding the key; trust comes from the policy alone.
- Format: https://github.com/secure-systems-lab/dsse (protocol 1.0.2) and https://in-toto.io/Statement/v1.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from studio.domain.bundle import APPROVAL_TYPE, PAYLOAD_TYPE, STATEMENT_TYPE, Approval, Envelope
from studio.domain.errors import BundleBroken, BundleRefused
from studio.domain.frozen import Json, canonical, to_json
from studio.release import keys, strict_json

MAX_ENVELOPE = 64 * 1024
SUBJECT = "manifest.json"


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding: the exact bytes that are signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def statement(manifest_digest: str, approval: Approval) -> bytes:
    """Return the RFC 8785 bytes of the in-toto Statement for one approval of one manifest."""
    return canonical(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": SUBJECT, "digest": {"sha256": manifest_digest}}],
            "predicateType": APPROVAL_TYPE,
            "predicate": to_json(approval),
        }
    )


def seal(payload: bytes, key_id: str, signature: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Return the bytes of an envelope around a payload and its one signature."""
    return canonical(
        {
            "payload": _b64(payload),
            "payloadType": payload_type,
            "signatures": [{"keyid": key_id, "sig": _b64(signature)}],
        }
    )


def open_envelope(data: bytes, what: str, payload_type: str = PAYLOAD_TYPE) -> Envelope:
    """Return the parts of an envelope of exactly this payload type; nothing is trusted yet."""
    if len(data) > MAX_ENVELOPE:
        raise _broken(what, "is too large for an attestation")
    tree = strict_json.parse_canonical(data, what)
    signature = _one_signature(tree, what)
    if tree["payloadType"] != payload_type:
        raise BundleRefused(
            f"{what} is a signature on another kind of document.", "Ask for a fresh approval."
        )
    return Envelope(
        payload_type=payload_type,
        payload=_unb64(tree["payload"], what),
        key_id=signature["keyid"],
        signature=_unb64(signature["sig"], what),
    )


def admit(data: bytes, what: str, key_of: Callable[[str], str] = lambda _: "") -> bytes:
    """Return an envelope that was made by any tool as this program spells it; what is none, as it is.

    `key_of` gives the public key (PEM) under a key id, or the empty text where it is not known.
    """
    if len(data) > MAX_ENVELOPE:
        return data
    tree = strict_json.parse(data, what)
    try:
        signature = _one_signature(tree, what)
        identity, payload = signature["keyid"], _any_base64(tree["payload"])
        spelt = keys.one_spelling(_any_base64(signature["sig"]), key_of(identity))
    except (BundleBroken, ValueError):
        return data  # whoever opens it says what is wrong
    return seal(payload, identity, spelt, tree["payloadType"])


def read_approval(envelope: Envelope, what: str) -> tuple[str, Approval]:
    """Return (manifest digest, approval) of an envelope's statement, with every type checked."""
    tree = strict_json.parse_canonical(envelope.payload, what)
    if not isinstance(tree, dict) or set(tree) != {"_type", "subject", "predicateType", "predicate"}:
        raise _broken(what, "does not hold an in-toto statement")
    if tree["_type"] != STATEMENT_TYPE or tree["predicateType"] != APPROVAL_TYPE:
        raise BundleRefused(
            f"{what} is not an approval made by CoBuilder Studio.", "Ask for a fresh approval."
        )
    match tree["subject"]:
        case [{"name": "manifest.json", "digest": {"sha256": str(subject), **others}, **rest}] if not (
            others or rest
        ):
            pass
        case _:
            raise BundleRefused(
                f"{what} approves something other than a bundle's manifest.", "Ask for a fresh approval."
            )
    try:
        return subject, Approval.model_validate_json(canonical(tree["predicate"]), strict=True)
    except ValidationError:
        raise _broken(what, "does not say who decided what, in which role, where and when") from None


def _one_signature(tree: Json, what: str) -> dict[str, str]:
    match tree:
        case {
            "payload": str(),
            "payloadType": str(),
            "signatures": [{"keyid": str(identity), "sig": str(sig), **others}],
            **rest,
        } if not (others or rest):
            return {"keyid": identity, "sig": sig}
    raise _broken(what, "is not an envelope with exactly one signature")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _any_base64(text: str) -> bytes:
    """Return the bytes of base64 in any of its spellings: web-safe, in lines, without what fills it up."""
    plain = "".join(text.split()).rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    if _b64(data).rstrip("=") != plain:
        raise ValueError("no encoder sets the bits that nobody reads")
    return data


def _unb64(text: Any, what: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _broken(what, "is damaged") from None
    if _b64(data) != text:
        raise _broken(what, "is damaged")
    return data


def _broken(what: str, why: str) -> BundleBroken:
    return BundleBroken(f"{what} {why}.", "Ask the sender for a fresh export.")
