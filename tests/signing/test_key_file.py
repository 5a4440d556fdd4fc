"""Key files: locked, private, readable by OpenSSH and OpenSSL."""

from __future__ import annotations

import base64
import errno
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

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


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_the_folder_is_private_and_a_file_that_others_read_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key folder has mode 0700; a key copied with an open mode is closed once it is used."""
    monkeypatch.setattr(key_file, "ROUNDS", 4)
    before = os.umask(0)
    try:
        key_file.new_key(tmp_path / "keys" / "eva.key", PASSPHRASE)
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "keys", tmp_path / "keys" / "eva.key")]
    assert modes == [0o700, 0o600]
    (tmp_path / "keys" / "eva.key").chmod(0o644)
    custody.open_signer("eva", PASSPHRASE, tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "keys" / "eva.key").stat().st_mode) == 0o600


def test_nothing_is_written_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that somebody laid under the key's name is refused, and nothing is where it points."""
    monkeypatch.setattr(key_file, "ROUNDS", 4)
    (tmp_path / "eva.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WrongUse, match="already a key file"):
        key_file.new_key(tmp_path / "eva.key", PASSPHRASE)
    with pytest.raises(WrongUse, match="cannot be written"):
        key_file.write_new(tmp_path / "eva.key", b"x", 0o600)
    assert not (tmp_path / "elsewhere").exists()


def test_a_key_that_cannot_be_written_whole_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the public half finds no room, the private one does not stay behind alone."""
    monkeypatch.setattr(key_file, "ROUNDS", 4)
    synced: list[int] = []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WrongUse, match="No space left"):
        key_file.new_key(tmp_path / "eva.key", PASSPHRASE)
    assert not list(tmp_path.iterdir())


def test_a_key_file_that_never_ends_is_not_read(tmp_path: Path) -> None:
    """A pipe, a device and a file that is far too large end in a sentence."""
    os.mkfifo(tmp_path / "pipe.key")
    (tmp_path / "large.key").write_bytes(b"x" * 20_000)
    for path in (tmp_path / "pipe.key", Path("/dev/zero"), tmp_path / "large.key"):
        with pytest.raises(BrokenInput, match=r"not a file|too large"):
            key_file.read_small(path)


def test_a_signature_has_one_spelling() -> None:
    """The other half of an ECDSA signature, which anybody can work out, does not verify; ours always does."""
    signer = key_file.FileSigner(ec.generate_private_key(ec.SECP256R1()))
    for number in range(8):
        said = signer.sign(bytes([number]))
        r, s = decode_dss_signature(said)
        other = encode_dss_signature(r, keys._ORDER - s)
        assert keys.verify(signer.public_pem, said, bytes([number]))
        assert not keys.verify(signer.public_pem, other, bytes([number]))
        assert keys.low_s(other) == said


def test_a_key_of_small_order_is_no_key() -> None:
    """The points of small order, for which one signature fits any message, and odd spellings are refused."""
    points = [*keys._SMALL, keys._FIELD, keys._FIELD + 1]
    for height in points:
        for sign in (0, 1 << 255):
            raw = (height | sign).to_bytes(32, "little")
            der = bytes.fromhex("302a300506032b6570032100") + raw
            body = base64.b64encode(der).decode()
            with pytest.raises(BrokenInput):
                keys.load_public(f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
    for _ in range(20):
        pem = key_file.public_pem(Ed25519PrivateKey.generate())
        assert keys.load_public(pem)


def test_the_file_is_locked_with_100_rounds_of_bcrypt(folder: Path) -> None:
    """The OpenSSH header says aes256-ctr, bcrypt and 100 rounds."""
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


@pytest.mark.parametrize("attempt", range(8))
def test_ecdsa_p256_signatures_are_verified(attempt: int) -> None:
    """Hardware keys on P-256 with SHA-256 count, whichever of the two spellings the key happened to give."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    message = f"x {attempt}".encode()
    signature = keys.low_s(private.sign(message, ec.ECDSA(hashes.SHA256())))
    assert keys.verify(pem, signature, message) and not keys.verify(pem, signature, b"y")
