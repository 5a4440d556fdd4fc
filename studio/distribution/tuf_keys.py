"""Keys in TUF's terms: a public half under its own fingerprint, and signatures by the house's signers.

- A key's id is the SHA-256 of its SPKI DER bytes, as everywhere in this product; python-tuf counts key ids,
  so whoever reads a document makes sure that no key stands in a role under two ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from securesystemslib.signer import Key, Signature, SSlibKey

from studio.domain.errors import BrokenInput, BundleRefused, WrongUse
from studio.release import keys

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata, Root, Targets

    from studio.ports import Signer

_ED25519 = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in its SPKI DER form (RFC 8410)."""


def tuf_key(public_pem: str) -> SSlibKey:
    """Return a public key in TUF's form."""
    return SSlibKey.from_crypto(keys.load_public(public_pem), keyid=keys.key_id(public_pem))


def distinct_keys(pems: Sequence[str], role: str) -> tuple[SSlibKey, ...]:
    """Return the keys of a role; raises WrongUse where one stands there twice."""
    found = {keys.key_id(pem): tuf_key(pem) for pem in pems}
    if len(found) != len(pems):
        raise WrongUse(f"One key was given twice for “{role}”.", "Each signer needs a key of their own.")
    return tuple(found.values())


def put_signature(document: Metadata[Any], signer: Signer) -> None:
    """Sign a document with an unlocked key of the key store, beside the signatures it has."""
    identity = keys.key_id(signer.public_pem)
    document.signatures[identity] = Signature(identity, signer.sign(document.signed_bytes).hex())


def check_distinct(document: Root | Targets) -> None:
    """Raise BundleRefused where a role of this document counts one key twice under different ids."""
    for name, ids in _roles(document):
        values = [_material(document.get_key(each)) for each in ids if _has(document, each)]
        if len(set(values)) != len(values):
            raise BundleRefused(
                f"The repository names one key twice for “{name}”, so one person could count as two.",
                "Do not use it; tell who runs the repository.",
            )


def _material(key: Key) -> str:
    """Return what a public key is, however it is spelt: PEM takes blanks and words, hexadecimal any case."""
    public = str(key.keyval.get("public", ""))
    try:
        if key.keytype == "ed25519" and "BEGIN" not in public:
            return hashlib.sha256(_ED25519 + bytes.fromhex(public)).hexdigest()
        return keys.key_id(public)
    except (ValueError, BrokenInput):  # of a kind that signs nothing here
        return str(sorted(key.keyval.items()))


def _roles(document: Root | Targets) -> Iterable[tuple[str, list[str]]]:
    roles = getattr(document, "roles", None)
    if roles is None:
        delegations = getattr(document, "delegations", None)
        roles = (delegations.roles if delegations else None) or {}
    return [(name, role.keyids) for name, role in roles.items()]


def _has(document: Root | Targets, identity: str) -> bool:
    try:
        document.get_key(identity)
    except ValueError:
        return False
    return True
