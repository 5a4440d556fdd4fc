"""Key files: locked, private, readable by OpenSSH and OpenSSL."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.domain.errors import BrokenInput, WrongUse
from studio.release import keys
from studio.signing import custody, key_file

PASSPHRASE = "correct horse battery"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a key folder with one key, “ana”."""
    folder = tmp_path_factory.mktemp("keys")
    key_file.new_key(folder / "ana.key", PASSPHRASE, "Ana Ortiz, compliance")
    return folder


def test_a_key_opens_with_its_passphrase_and_signs(folder: Path) -> None:
    """What the key signs is verified by its public half, and the ids agree."""
    signer = custody.open_signer("ana", PASSPHRASE, folder)
    info = custody.list_keys(folder)[0]
    assert (signer.key_id, signer.public_pem) == (info.key_id, info.public_pem)
    assert keys.verify(info.public_pem, signer.sign(b"x"), b"x")
    assert not keys.verify(info.public_pem, signer.sign(b"x"), b"y")


def test_a_wrong_passphrase_is_said_in_a_sentence(folder: Path) -> None:
    """The error names the key and says what to do."""
    with pytest.raises(WrongUse, match=r"“ana\.key” did not open: the passphrase is wrong"):
        custody.open_signer("ana", "wrong horse battery", folder)


def test_only_the_owner_can_read_the_private_half(folder: Path) -> None:
    """The private file has mode 0600."""
    assert stat.S_IMODE((folder / "ana.key").stat().st_mode) == 0o600


def test_the_file_is_locked_with_100_rounds_of_bcrypt(folder: Path) -> None:
    """The OpenSSH header says aes256-ctr, bcrypt and 100 rounds."""
    import base64

    body = base64.b64decode("".join((folder / "ana.key").read_text().split("\n")[1:-2]))
    assert body.startswith(b"openssh-key-v1\0")
    assert b"aes256-ctr" in body[:40] and b"bcrypt" in body[:60]
    assert (100).to_bytes(4, "big") in body[:100]


def test_a_key_is_never_overwritten(folder: Path) -> None:
    """Making a key under a taken name is refused and changes nothing."""
    before = (folder / "ana.key").read_bytes()
    with pytest.raises(WrongUse, match="already a key"):
        key_file.new_key(folder / "ana.key", PASSPHRASE)
    assert (folder / "ana.key").read_bytes() == before


def test_short_passphrases_are_refused(tmp_path: Path) -> None:
    """Fewer than eight characters make no key file."""
    with pytest.raises(WrongUse, match=r"too weak.*at least 8"):
        key_file.new_key(tmp_path / "x.key", "short")
    assert list(tmp_path.iterdir()) == []


def test_a_key_without_passphrase_is_not_used(tmp_path: Path) -> None:
    """An unlocked OpenSSH key is refused with the command that locks it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    body = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    (tmp_path / "open.key").write_bytes(body)
    with pytest.raises(BrokenInput, match=r"no passphrase.*ssh-keygen"):
        key_file.load(tmp_path / "open.key", PASSPHRASE)


@pytest.mark.parametrize("spell", [str, lambda p: p.as_uri(), lambda p: "ana", lambda p: "ana.key"])
def test_a_key_is_found_by_path_uri_or_name(folder: Path, spell: Callable[[Path], str]) -> None:
    """All spellings lead to the same file."""
    assert custody.locate(spell(folder / "ana.key"), folder) == folder / "ana.key"


def test_unknown_key_kinds_are_refused_by_name() -> None:
    """A URI of another kind is not taken for a file."""
    with pytest.raises(WrongUse, match="kms:"):
        custody.locate("kms:projects/x")


def test_the_key_store_makes_opens_and_lists(tmp_path: Path) -> None:
    """The store gives a URI that opens the key, and refuses names that leave the folder."""
    store = custody.FileKeyStore(tmp_path / "keys")
    uri = store.new("lee", PASSPHRASE)
    assert uri.startswith("file:") and [key.name for key in store.list()] == ["lee"]
    assert store.open(uri, PASSPHRASE).key_id == store.list()[0].key_id
    with pytest.raises(WrongUse, match="cannot name a key"):
        store.new("../lee", PASSPHRASE)


def test_fingerprints_can_be_read_aloud() -> None:
    """Six groups of four letters without I, L, O, U, different for different keys."""
    text = keys.fingerprint("00ff" * 16)
    assert [len(group) for group in text.split("-")] == [4] * 6
    assert not set(text) & set("ILOU")
    assert text != keys.fingerprint("01ff" * 16)


def test_openssl_reads_the_public_half(folder: Path) -> None:
    """The file beside the key is what openssl expects, with the owner's comment above it."""
    public = folder / "ana.pub.pem"
    assert public.read_text().startswith("Ana Ortiz, compliance\n")
    answer = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", public, "-noout", "-text"], capture_output=True, check=True
    )
    assert answer.stdout.startswith(b"ED25519 Public-Key")


@pytest.mark.parametrize("algorithm", ["rsa", "p384", "x25519"])
def test_other_algorithms_are_not_trusted(algorithm: str) -> None:
    """RSA, other curves and key-agreement keys are refused as approval keys."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public: dict[str, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | x25519.X25519PublicKey] = {
        "rsa": rsa.generate_private_key(65537, 2048).public_key(),
        "p384": ec.generate_private_key(ec.SECP384R1()).public_key(),
        "x25519": x25519.X25519PrivateKey.generate().public_key(),
    }
    pem = public[algorithm].public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(BrokenInput, match="neither Ed25519 nor ECDSA"):
        keys.key_id(pem)


def test_ecdsa_p256_signatures_are_verified() -> None:
    """Hardware keys on P-256 with SHA-256 count."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    signature = private.sign(b"x", ec.ECDSA(hashes.SHA256()))
    assert keys.verify(pem, signature, b"x") and not keys.verify(pem, signature, b"y")
