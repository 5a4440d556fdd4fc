"""Approvals and statements that another tool signed: both spellings come in, and one spelling is kept."""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from studio.domain.bundle import PAYLOAD_TYPE
from studio.domain.environment import ApprovalPolicy
from studio.domain.errors import BrokenInput, Refused
from studio.domain.frozen import canonical
from studio.domain.key import Possession
from studio.release import bundle as bundles
from studio.release import container, dsse, key_statements, keys, layout
from studio.release.verification import verify_bundle
from studio.services.detached import as_spelt_here, attach

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

SPELLINGS = ("lower", "upper")


@dataclass(frozen=True)
class Openssl:
    """A P-256 key that openssl made and signs with."""

    folder: Path
    public_pem: str

    def sign(self, data: bytes, spelling: str) -> bytes:
        """Return openssl's signature, brought to the half of its second number that is asked for."""
        (self.folder / "signed").write_bytes(data)
        command = ["openssl", "dgst", "-sha256", "-sign", "key.pem", "signed"]
        answer = subprocess.run(command, cwd=self.folder, capture_output=True, check=True)
        r, s = decode_dss_signature(answer.stdout)
        return encode_dss_signature(r, (min if spelling == "lower" else max)(s, keys._ORDER - s))


@pytest.fixture
def openssl(tmp_path: Path) -> Openssl:
    """Return a key of openssl's."""
    for command in (
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
        "openssl pkey -in key.pem -pubout -out key.pub.pem",
    ):
        subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=True)
    return Openssl(tmp_path, (tmp_path / "key.pub.pem").read_text())


@pytest.fixture
def policy(kit: Kit, openssl: Openssl) -> ApprovalPolicy:
    """Return a policy in which Ida signs with openssl's key."""
    ida = kit.key("ida").model_copy(update={"public_pem": openssl.public_pem})
    return kit.policy_with(keys=(kit.key("ana"), kit.key("carl"), ida))


def _request(kit: Kit) -> tuple[bytes, bytes]:
    """Return what Ida is asked to approve, and the statement that she signs."""
    content = kit.content()
    subject = bundles.manifest_digest(content)
    request = bundles.assemble(content, [kit.envelope(subject, person) for person in ("ana", "carl")])
    return request, dsse.statement(subject, kit.approval("ida"))


def _envelope(payload: bytes, signature: bytes, key_id: str) -> dict[str, Any]:
    sig = base64.b64encode(signature).decode()
    return {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"sig": sig, "keyid": key_id}],
    }


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("named", [True, False], ids=["key named", "key not named"])
@pytest.mark.parametrize("judged", [True, False], ids=["with policy", "without"])
def test_an_approval_that_openssl_signed_counts(
    kit: Kit, openssl: Openssl, policy: ApprovalPolicy, spelling: str, named: bool, judged: bool
) -> None:
    """Whichever half openssl gives, with blanks and a line end around it: the bundle verifies.

    Where the envelope does not name its key, IT's policy finds it; without the policy that is refused.
    """
    request, payload = _request(kit)
    signature = openssl.sign(dsse.pae(PAYLOAD_TYPE, payload), spelling)
    made = _envelope(payload, signature, keys.key_id(openssl.public_pem) if named else "")
    received = {"ida.approval.json": (json.dumps(made, indent=2) + "\n").encode()}
    done = attach(request, received, policy if judged else None, kit.now)
    if not named and not judged:
        assert not done.taken and "does not say which key signed it" in done.refused[0][1]
        return
    assert not done.refused and verify_bundle(done.data, policy, kit.now).ok
    kept = container.unpack(done.data)[layout.attestation_name(3, "it")]
    assert kept == dsse.seal(payload, keys.key_id(openssl.public_pem), keys.low_s(signature))


def test_the_bare_numbers_of_a_smart_card_count(kit: Kit, openssl: Openssl, policy: ApprovalPolicy) -> None:
    """64 bytes of r and s, as PKCS#11 tools write them, and web-safe base64 in lines, are brought to DER."""
    request, payload = _request(kit)
    for spelling in SPELLINGS:
        r, s = decode_dss_signature(openssl.sign(dsse.pae(PAYLOAD_TYPE, payload), spelling))
        bare = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        made = _envelope(payload, bare, keys.key_id(openssl.public_pem))
        made["payload"] = base64.urlsafe_b64encode(payload).decode().rstrip("=")
        made["signatures"][0]["sig"] = base64.encodebytes(bare).decode()
        done = attach(request, {"ida.json": json.dumps(made).encode()}, policy, kit.now)
        assert not done.refused and verify_bundle(done.data, policy, kit.now).ok


def test_the_other_spelling_inside_a_bundle_is_told_as_what_it_is(
    kit: Kit, openssl: Openssl, policy: ApprovalPolicy
) -> None:
    """A bundle into which another program put the upper half is refused, with the reason and the way out."""
    request, payload = _request(kit)
    signature = openssl.sign(dsse.pae(PAYLOAD_TYPE, payload), "upper")
    sealed = dsse.seal(payload, keys.key_id(openssl.public_pem), signature)
    verdict = verify_bundle(bundles.attach(request, sealed), policy, kit.now)
    assert not verdict.ok
    assert "true signature of ida, but not in the one spelling that counts" in verdict.refusal
    assert "cobuilder bundle attach" in verdict.refusal


def test_a_false_signature_stays_false(kit: Kit, openssl: Openssl, policy: ApprovalPolicy) -> None:
    """Bringing spellings together lets nothing in: another text, another key and odd numbers are refused."""
    request, payload = _request(kit)
    message = dsse.pae(PAYLOAD_TYPE, payload)
    zero, huge = encode_dss_signature(0, 0), encode_dss_signature(1, keys._ORDER)
    for signature in (
        openssl.sign(message + b" ", "upper"),
        kit.signers["mallory"].sign(message),
        zero,
        huge,
        b"",
        bytes(64),
        b"\xff" * 64,
    ):
        made = _envelope(payload, signature, keys.key_id(openssl.public_pem))
        done = attach(request, {"ida.json": json.dumps(made).encode()}, policy, kit.now)
        assert not done.taken and "true signature of ida" in done.refused[0][1], signature
        made = _envelope(payload, signature, "")
        done = attach(request, {"ida.json": json.dumps(made).encode()}, policy, kit.now)
        assert not done.taken and "no key of IT's policy did" in done.refused[0][1], signature


def test_a_statement_in_another_spelling_is_told_as_what_it_is(
    kit: Kit, openssl: Openssl, policy: ApprovalPolicy
) -> None:
    """What was signed is never rewritten: a statement with blanks is refused by a sentence on the text."""
    request, payload = _request(kit)
    spaced = json.dumps(json.loads(payload)).encode()
    signature = openssl.sign(dsse.pae(PAYLOAD_TYPE, spaced), "lower")
    made = _envelope(spaced, signature, keys.key_id(openssl.public_pem))
    done = attach(request, {"ida.json": json.dumps(made).encode()}, policy, kit.now)
    assert not done.taken and "signed over something else than the text of an approval" in done.refused[0][1]


def test_what_is_no_envelope_is_left_as_it_is(kit: Kit) -> None:
    """Only what is an envelope is spelt anew: others are refused by name; ours do not change by a byte."""
    ours = kit.envelope("a" * 64, "ida")
    assert dsse.admit(ours, "ours") == ours
    for data in (b"[]", b'{"payload":1}', b'{"payload":"?","payloadType":"x","signatures":[]}'):
        assert dsse.admit(data, "other") == data
        with pytest.raises(Refused, match=r"“other\.json” is no approval"):
            as_spelt_here("other.json", data, None)
    doubled = ours.replace(b'{"payload"', b'{"payload":"","payload"', 1)
    with pytest.raises(BrokenInput, match="names a member twice"):
        dsse.admit(doubled, "doubled")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_key_s_word_that_openssl_signed_counts(kit: Kit, openssl: Openssl, spelling: str) -> None:
    """`key check` and `policy take` accept both halves from a key that lives in another tool."""
    said = Possession(name="ida", person="ida", public_pem=openssl.public_pem, code="", made_at=kit.now)
    payload, kind = canonical(said), key_statements.PAYLOAD_TYPE
    signature = openssl.sign(dsse.pae(kind, payload), spelling)
    sealed = dsse.seal(payload, keys.key_id(openssl.public_pem), signature, kind)
    assert key_statements.check_statement(sealed).key_id == keys.key_id(openssl.public_pem)
    with pytest.raises(Refused, match="does not hold that key"):
        false = openssl.sign(b"something else", spelling)
        key_statements.check_statement(dsse.seal(payload, keys.key_id(openssl.public_pem), false, kind))
