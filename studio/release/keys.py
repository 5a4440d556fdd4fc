"""Public keys: identity, signature check, and a fingerprint that people can read to each other.

- A key's id is the SHA-256 of its SPKI DER bytes, computed here, never taken from a file.
- Ed25519, and ECDSA P-256 with SHA-256 for hardware keys. Nothing else: no RSA, no SHA-1, no other curve.
- A signature has one spelling: of the two that ECDSA gives for one message only that with the lower half
  counts (`low_s` brings any to it), and no Ed25519 key of small order is taken, for which anything verifies.
- openssl, cosign and smart cards' tools write either of the two: at the doors where their signatures come in,
  `one_spelling` brings them to ours, and what is verified behind the doors is strict.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from studio.domain.errors import BrokenInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

# Crockford's alphabet: no I, L, O, U, so nothing sounds or looks like something else.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 6, 4
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256's base point (FIPS 186-5)."""
P256 = "ECDSA P-256"
_BARE = 64
"""How many bytes r and s take on P-256 without DER around them."""
_FIELD = 2**255 - 19
_EIGHTH = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
_SMALL = frozenset((0, 1, _FIELD - 1, _EIGHTH, _FIELD - _EIGHTH))
"""The heights (y) of Ed25519's eight points of small order."""
_HEARD = str.maketrans("OIL", "011")


def load_public(pem: str) -> PublicKey:
    """Return the key in a PEM block "PUBLIC KEY"; raises BrokenInput for any other kind."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem.encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        raise BrokenInput("A public key cannot be read.", "Ask its owner to send it again.") from None
    if isinstance(key, ed25519.Ed25519PublicKey):
        _check_order(key.public_bytes_raw())
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise BrokenInput(
        "A public key is neither Ed25519 nor ECDSA P-256.", "Make a new key with `cobuilder key new`."
    )


def _check_order(raw: bytes) -> None:
    """Raise BrokenInput for a point of small order, or one that is not spelled as it must be."""
    height = int.from_bytes(raw, "little") & (2**255 - 1)
    if height >= _FIELD or height in _SMALL:
        raise BrokenInput(
            "A public key is one for which anything verifies.", "Make a new key with `cobuilder key new`."
        )


def low_s(signature: bytes) -> bytes:
    """Return an ECDSA signature (DER) in the one spelling that counts."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, _ORDER - s) if 0 < s < _ORDER else s)


def one_spelling(signature: bytes, pem: str = "") -> bytes:
    """Return a signature from elsewhere as it is spelt here; what is no ECDSA signature stays as it is.

    Where the key is known and is on P-256, the bare r and s that some smart cards' tools write become DER.
    """
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if len(signature) == _BARE:  # as long as Ed25519's, which has one spelling of its own
        if not pem or algorithm(pem) != P256:
            return signature
        numbers = (signature[: _BARE // 2], signature[_BARE // 2 :])
        signature = encode_dss_signature(*(int.from_bytes(each, "big") for each in numbers))
    try:
        return low_s(signature)
    except ValueError:
        return signature


def key_id(pem: str) -> str:
    """Return the SHA-256, in hexadecimal, of the key's SPKI DER bytes."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(
        load_public(pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).hexdigest()


def verify(pem: str, signature: bytes, message: bytes) -> bool:
    """Return whether the key made this signature over this message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    key = load_public(pem)
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
            return low_s(signature) == signature
    except InvalidSignature:
        return False
    return True


def fingerprint(identity: str) -> str:
    """Return the first 120 bits of a key id as six groups of four letters, to be read aloud."""
    number = int(identity[:30], 16)
    letters = [_ALPHABET[(number >> shift) & 31] for shift in range(115, -1, -5)]
    return "-".join("".join(letters[at * _GROUP : at * _GROUP + _GROUP]) for at in range(_GROUPS))


def compare_fingerprint(heard: str, shown: str, what: str = "key") -> str:
    """Return a sentence on whether what was heard is this fingerprint; the empty text where it is.

    Case, blanks and dashes do not matter; O counts as 0, I and L as 1, since nobody hears the difference.
    """
    said = "".join(sign for sign in heard.upper() if sign.isalnum()).translate(_HEARD)
    wanted = shown.replace("-", "")
    for at in range(0, len(wanted), _GROUP):
        mine, theirs = wanted[at : at + _GROUP], said[at : at + _GROUP]
        if mine != theirs:
            number = at // _GROUP + 1
            if mine.startswith(theirs) and len(said) <= at + _GROUP:
                return f"The first {len(said)} of {len(wanted)} signs match; go on with group {number}."
            return f"Group {number} differs: {mine} here, {theirs} heard. It is another {what}."
    return "" if len(said) == len(wanted) else "It is longer than a fingerprint: listen again."


def algorithm(pem: str) -> str:
    """Return the name of a public key's algorithm."""
    from cryptography.hazmat.primitives.asymmetric import ed25519

    return "Ed25519" if isinstance(load_public(pem), ed25519.Ed25519PublicKey) else P256
