"""Custody: imported keys, tokens, the key store, revocation, and what keys say to IT."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from studio.domain.environment import AUTHOR, ApprovalPolicy, Person, TrustedKey
from studio.domain.errors import BrokenInput, ProviderFailed, Refused, StudioError, WrongUse
from studio.domain.frozen import canonical
from studio.domain.key import TokenKey
from studio.release import bundle as bundles
from studio.release import dsse, keys
from studio.release.key_statements import check_statement, policy_line
from studio.release.policy import read_policy
from studio.services.policy_file import policy_with
from studio.signing import key_file, passphrases
from studio.signing.custody import FileKeyStore

if TYPE_CHECKING:
    from tests.signing.conftest import Card

PASSPHRASE, OTHER = "lamp river window stone", "copper winter garden seven"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def light_locks() -> Iterator[None]:
    """Lock keys with fewer rounds here: what 100 rounds cost is not what these tests are about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_file, "ROUNDS", 4)
        yield


@pytest.fixture(scope="module")
def store(light_locks: None, tmp_path_factory: pytest.TempPathFactory) -> FileKeyStore:
    """Return a folder with the keys ana and bea."""
    store = FileKeyStore(tmp_path_factory.mktemp("keys"))
    store.new("ana", PASSPHRASE, "Ana Silva")
    store.new("bea", OTHER)
    return store


def _ssh_keygen(file: Path, kind: str, secret: str, *more: str) -> Path:
    command = ["ssh-keygen", "-q", "-t", kind, "-N", secret, "-f", str(file), "-C", "x", *more]
    subprocess.run(command, check=True, capture_output=True)
    return file


@pytest.mark.parametrize(("kind", "name"), [("ed25519", "Ed25519"), ("ecdsa", "ECDSA P-256")])
def test_a_key_of_openssh_is_taken_in_and_locked_anew(tmp_path: Path, kind: str, name: str) -> None:
    """The imported key is the same key, opens with the new passphrase only, and signs what IT can verify."""
    source = _ssh_keygen(tmp_path / "id", kind, "old words here", "-a", "1")
    store = FileKeyStore(tmp_path / "keys")
    assert store.is_locked(source)
    info = store.import_file("mine", source, "old words here", PASSPHRASE)
    assert info.algorithm == name and info.standing == "in use"
    signer = store.open("mine", PASSPHRASE)
    assert keys.verify(info.public_pem, signer.sign(b"x"), b"x")
    with pytest.raises(WrongUse, match="did not open"):
        store.open("mine", "old words here")
    with pytest.raises(WrongUse, match="here already, as “mine”"):
        store.import_file("again", source, "old words here", PASSPHRASE)


def test_a_key_in_pkcs8_without_a_passphrase_is_locked_on_import(tmp_path: Path) -> None:
    """A plain PEM key comes in, and what is written is locked with 100 rounds."""
    source = tmp_path / "plain.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", source], check=True)
    store = FileKeyStore(tmp_path / "keys")
    assert not store.is_locked(source)
    store.import_file("mine", source, "", PASSPHRASE)
    assert b"PRIVATE KEY" in (tmp_path / "keys" / "mine.key").read_bytes()
    assert store.open("mine", PASSPHRASE).key_id == store.find("mine").key_id


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("rsa", ["-b", "1024"], r"an RSA key \(1024 bits\)"),
        ("ecdsa", ["-b", "384"], "curve secp384r1"),
    ],
)
def test_other_kinds_are_refused_by_name(tmp_path: Path, kind: str, more: list[str], words: str) -> None:
    """RSA and other curves are named, with what to do; nothing is written."""
    source = _ssh_keygen(tmp_path / "id", kind, "", *more)
    with pytest.raises(BrokenInput, match=f"{words}.*make a new key"):
        FileKeyStore(tmp_path / "keys").import_file("mine", source, "", PASSPHRASE)
    assert not (tmp_path / "keys").exists()


def test_a_locked_key_of_another_kind_is_told_before_its_passphrase(tmp_path: Path) -> None:
    """An OpenSSH file says its kind openly: nobody types three passphrases to be refused then."""
    store = FileKeyStore(tmp_path / "keys")
    source = _ssh_keygen(tmp_path / "id", "rsa", "old words here", "-b", "2048")
    with pytest.raises(BrokenInput, match=r"“id” is an RSA key.*make a new key"):
        store.is_locked(source)


def test_what_is_no_private_key_is_told_apart(tmp_path: Path) -> None:
    """A public half, and any other file, are said to be what they are."""
    source = _ssh_keygen(tmp_path / "id", "ed25519", "")
    store = FileKeyStore(tmp_path / "keys")
    with pytest.raises(BrokenInput, match="public half"):
        store.is_locked(tmp_path / "id.pub")
    (tmp_path / "letter").write_text("Dear all")
    with pytest.raises(BrokenInput, match="not a private key"):
        store.is_locked(tmp_path / "letter")
    with pytest.raises(WrongUse, match="too weak"):
        store.import_file("mine", source, "", "password")


def test_a_revoked_key_signs_nothing_by_any_name(tmp_path: Path) -> None:
    """After revoking, name, path and a copy under another name are refused; the list says since when."""
    store = FileKeyStore(tmp_path / "keys")
    store.new("eva", PASSPHRASE)
    copy = tmp_path / "copy.key"
    copy.write_bytes((store.folder / "eva.key").read_bytes())
    said = store.last_word("eva", "laptop stolen", NOW, PASSPHRASE, "eva")
    store.mark_revoked("eva", "laptop stolen", NOW)
    found = check_statement(said)
    assert (found.kind, found.reason, found.key_id) == (
        "revocation",
        "laptop stolen",
        store.find("eva").key_id,
    )
    assert policy_line(found, NOW) == '"revoked_at": "2026-11-22T09:00:00Z"'
    for spelled in ("eva", str(store.folder / "eva.key"), copy.as_uri()):
        with pytest.raises(Refused, match="revoked on 2026-11-22"):
            store.open(spelled, PASSPHRASE)
    assert store.list()[0].standing == "revoked on 2026-11-22"


def test_possession_is_proved_for_the_code_that_it_gave(store: FileKeyStore) -> None:
    """The file names key and person; another code, another key's signature or another payload is refused."""
    said = store.challenge("ana", PASSPHRASE, "ana", "4711", NOW)
    found = check_statement(said, "4711")
    assert (found.person, found.fingerprint) == ("ana", store.find("ana").fingerprint)
    with pytest.raises(Refused, match="another code"):
        check_statement(said, "4712")
    other = store.open("bea", OTHER)
    envelope = dsse.open_envelope(said, "x", "application/vnd.cobuilder-studio.key-statement+json")
    message = dsse.pae(envelope.payload_type, envelope.payload)
    forged = dsse.seal(envelope.payload, other.key_id, other.sign(message), envelope.payload_type)
    with pytest.raises(Refused, match="does not hold that key"):
        check_statement(forged)
    with pytest.raises(StudioError):
        check_statement(said.replace(b"key-statement+json", b"key-statement+jsom"))


def test_no_byte_of_a_statement_is_free(store: FileKeyStore) -> None:
    """Whatever single byte of the file is changed, it is refused with a sentence."""
    said = store.challenge("ana", PASSPHRASE, "ana", "", NOW)
    for at in range(len(said)):
        changed = said[:at] + bytes([said[at] ^ 1]) + said[at + 1 :]
        with pytest.raises(StudioError):
            found = check_statement(changed)
            pytest.fail(f"byte {at} is free: {found}")


def _policy(store: FileKeyStore) -> ApprovalPolicy:
    key = TrustedKey(
        person="ana",
        public_pem=store.find("ana").public_pem,
        valid_from=NOW - timedelta(days=30),
        valid_until=NOW + timedelta(days=300),
    )
    people = tuple(
        Person(id=n, name=n.title(), roles=(AUTHOR, "compliance", "it")) for n in ("ana", "bea", "cy")
    )
    return ApprovalPolicy(id="desk", agent="desk", people=people, keys=(key,))


def test_a_replacement_is_signed_by_both_keys_and_taken_up_by_it(tmp_path: Path, store: FileKeyStore) -> None:
    """IT's next policy holds the new key, ends the old one in two weeks, and reads as a policy."""
    own = FileKeyStore(tmp_path)
    for name in ("ana.key", "ana.pub.pem"):
        (tmp_path / name).write_bytes((store.folder / name).read_bytes())
    own.new("ana-2", OTHER)
    said = check_statement(own.replace("ana", PASSPHRASE, "ana-2", OTHER, "ana", NOW))
    assert said.old_key_id == store.find("ana").key_id and said.key_id == own.find("ana-2").key_id
    assert own.find("ana").standing == "in use"  # the word has to be kept first
    own.mark_replaced("ana", "ana-2")
    assert own.find("ana").standing == "replaced by ana-2"
    assert own.open("ana", PASSPHRASE).key_id == said.old_key_id  # it counts until IT takes the new one
    changed = read_policy(canonical(policy_with(_policy(store), said, NOW)))
    old, new = changed.keys
    assert changed.version == 2 and old.valid_until == NOW + timedelta(days=14)
    assert (new.public_pem, new.person) == (own.find("ana-2").public_pem, "ana")
    with pytest.raises(WrongUse, match="its own place"):
        own.replace("ana", PASSPHRASE, "ana", PASSPHRASE, "ana", NOW)


def test_a_policy_takes_up_only_what_fits_it(store: FileKeyStore) -> None:
    """A statement in another person's name, of an unknown key or person, or a known key is refused."""
    policy = _policy(store)
    bea = check_statement(store.challenge("bea", OTHER, "bea", "", NOW))
    assert len(policy_with(policy, bea, NOW).keys) == 2
    for person, words in (("dan", "does not know the person"), ("ana", "holds this key already")):
        with pytest.raises(Refused, match=words):
            policy_with(policy, check_statement(store.challenge("ana", PASSPHRASE, person, "", NOW)), NOW)
    stolen = check_statement(store.challenge("ana", PASSPHRASE, "bea", "", NOW)).model_copy(
        update={"kind": "revocation"}
    )
    with pytest.raises(Refused, match="belongs to ana, not to bea"):
        policy_with(policy, stolen, NOW)
    with pytest.raises(Refused, match="does not know the key"):
        policy_with(policy, bea.model_copy(update={"kind": "revocation"}), NOW)


def test_a_fingerprint_is_compared_as_it_is_heard() -> None:
    """Case, blanks and letters that sound alike do not matter; a difference is told by group."""
    shown = "0K1F-2345-6789-ABCD-EFGH-JKMN"
    assert keys.compare_fingerprint("ok if 2345 6789 abcd efgh jkmn".replace("if", "lf"), shown) == ""
    assert "first 6 of 24" in keys.compare_fingerprint("0K1F 23", shown)
    assert "Group 3 differs: 6789 here, 6799 heard" in keys.compare_fingerprint("0K1F 2345 6799", shown)
    assert "longer" in keys.compare_fingerprint(shown + "Z", shown)


class _Shelf(ModuleType):
    """A key store in memory, in the place of the computer's own."""

    def __init__(self) -> None:
        super().__init__("shelf")
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        """Return what is held."""
        return self.held.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        """Hold it."""
        self.held[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        """Forget it."""
        del self.held[service, name]


def test_the_key_store_holds_the_passphrase_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once kept, nothing is typed; what the key store holds is the passphrase alone; forgetting undoes it."""
    shelf = _Shelf()
    monkeypatch.setattr(passphrases, "_store", lambda: shelf)
    store = FileKeyStore(tmp_path)
    store.new("ana", PASSPHRASE)
    with pytest.raises(WrongUse, match="did not open"):
        store.keep_passphrase("ana", OTHER)
    assert shelf.held == {} and store.asks_for("ana") == "Passphrase"
    store.keep_passphrase("ana", PASSPHRASE)
    assert list(shelf.held.values()) == [PASSPHRASE]
    assert store.asks_for("ana") == "" and store.open("ana").key_id == store.find("ana").key_id
    assert store.open("keyring:ana").key_id == store.find("ana").key_id
    store.forget_passphrase("ana")
    assert shelf.held == {} and store.asks_for("ana") == "Passphrase"


def test_a_computer_without_a_key_store_says_so(store: FileKeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none, a sentence says what to do instead, and nothing is marked as kept."""
    keyring = pytest.importorskip("keyring")
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(keyring, "get_keyring", Keyring)
    with pytest.raises(ProviderFailed, match=r"no key store.*Type the passphrase"):
        store.keep_passphrase("ana", PASSPHRASE)
    assert not store.find("ana").note.keyring
    store._note("ana", keyring=True)
    with pytest.raises(ProviderFailed, match="no key store"):
        store.forget_passphrase("ana")
    assert store.asks_for("ana") == "Passphrase", "a key store that is gone stands in nobody's way"


def test_a_key_in_a_token_signs_what_it_can_verify(card: Card, tmp_path: Path) -> None:
    """A P-256 key is made in the token, found by label and serial number, and asked for its PIN each time."""
    store = FileKeyStore(tmp_path, card.module)
    info = store.new_in_token("ana", TokenKey(token=card.label), card.pin)
    assert (info.algorithm, info.kind, store.asks_for("ana")) == ("ECDSA P-256", "token", "PIN")
    signer = store.open("ana", card.pin)
    assert keys.verify(info.public_pem, signer.sign(b"x"), b"x")
    assert not keys.verify(info.public_pem, signer.sign(b"x"), b"y")
    shown = next(each for each in store.tokens() if each.label == card.label)
    assert shown.keys == ("ana",)
    uri = TokenKey(serial=shown.serial, object="ana").uri
    assert store.open(uri, card.pin).key_id == info.key_id
    other = FileKeyStore(tmp_path / "elsewhere", card.module)
    taken = other.take_from_token("card", TokenKey(token=card.label, object="ana"))
    assert taken.key_id == info.key_id
    assert card.pin not in "".join(p.read_text() for p in tmp_path.rglob("*") if p.is_file())
    store.mark_revoked("ana", "lost", NOW)
    with pytest.raises(Refused, match="revoked"):
        store.open(uri, card.pin)


def test_what_a_token_refuses_is_a_sentence(card: Card, tmp_path: Path) -> None:
    """A wrong PIN, an absent token, a missing key, a taken name, and a library that is none."""
    store = FileKeyStore(tmp_path, card.module)
    store.new_in_token("ida", TokenKey(token=card.label, object="ida key"), card.pin)
    cases: list[tuple[str, str, str]] = [
        ("ida", "000000", "did not accept the PIN"),
        ("hsm:token=Lost;object=ida", card.pin, "No token called “Lost”"),
        ("hsm:token=Ana%20card;object=nobody", card.pin, "holds no P-256 key called “nobody”"),
        ("hsm:object=ida%20key", card.pin, "Several tokens fit"),
        ("hsm:slot=1", card.pin, "does not name a key"),
    ]
    for uri, pin, words in cases:
        with pytest.raises(WrongUse, match=words):
            store.open(uri, pin)
    with pytest.raises(WrongUse, match="holds something called “ida key” already"):
        store.new_in_token("ida2", TokenKey(token=card.label, object="ida key"), card.pin)
    with pytest.raises(WrongUse, match="PIN is never kept"):
        store.keep_passphrase("ida", card.pin)
    with pytest.raises(WrongUse, match="Token library"):
        FileKeyStore(tmp_path).tokens()
    with pytest.raises(ProviderFailed, match="not a library"):
        FileKeyStore(tmp_path, str(tmp_path / "none.so")).tokens()


def test_an_approval_signed_in_a_token_counts_at_it(card: Card, tmp_path: Path) -> None:
    """A bundle whose IT approval was made by a token's key is verified under the policy that trusts it."""
    from studio.release.verification import verify_bundle
    from studio.services.detached import attach, read_asked, sign_detached
    from tests.bundle_conformance.kit import Kit

    kit = Kit()
    store = FileKeyStore(tmp_path, card.module)
    info = store.new_in_token("ida-token", TokenKey(token=card.label), card.pin)
    policy = kit.policy_with(
        keys=(kit.key("ana"), kit.key("carl"), kit.key("ida", public_pem=info.public_pem))
    )
    content = kit.content()
    request = bundles.assemble(content, kit.envelopes(content)[:2])
    signer = store.open("ida-token", card.pin)
    signed = sign_detached(read_asked(request, kit.now), signer, "it", "ida", kit.now, policy=policy)
    done = attach(request, {"ida": signed}, policy, kit.now)
    assert not done.refused and verify_bundle(done.data, policy, kit.now).ok
