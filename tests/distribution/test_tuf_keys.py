"""One key is one key in a repository's documents, however somebody spells it there."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Role, Root

from studio.distribution.tuf_keys import check_distinct, tuf_key
from studio.domain.errors import BundleRefused


def root_with(*keys: SSlibKey) -> Root:
    """Return a root whose timestamp is signed by all of these keys."""
    root = Root(keys={key.keyid: key for key in keys})
    root.roles["timestamp"] = Role([key.keyid for key in keys], len(keys))
    return root


def made(private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> SSlibKey:
    """Return the public half as a repository keeps it."""
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return tuf_key(pem.decode())


@pytest.mark.parametrize("spelt", ["same", "upper", "{}\n\n", "held by two\n{}"])
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_another_spelling_of_a_key_is_no_other_key(kind: str, spelt: str) -> None:
    """Blanks, words before the block, and capitals do not make two signers of one."""
    key = made(
        ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())
    )
    public = key.keyval["public"]
    if kind == "ed25519":
        public = public.upper() if spelt != "same" else public
    elif spelt not in ("same", "upper"):
        public = spelt.format(public)
    again = SSlibKey("f" * 64, key.keytype, key.scheme, {"public": public})
    with pytest.raises(BundleRefused, match="names one key twice"):
        check_distinct(root_with(key, again))


def test_different_keys_are_different() -> None:
    """Two people with keys of any kinds count as two."""
    check_distinct(
        root_with(made(ed25519.Ed25519PrivateKey.generate()), made(ec.generate_private_key(ec.SECP256R1())))
    )
