"""A bundle verifies without our program: the README's script, with openssl, jq, unzip and sha256sum."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from studio.domain.bundle import PAYLOAD_TYPE
from studio.domain.frozen import canonical
from studio.release import container, dsse, keys, layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

TOOLS = ("bash", "unzip", "openssl", "jq", "base64", "grep", "sha256sum", "sort", "uniq", "cut", "mktemp")
MORE = ("date", "realpath", "cat", "rm", "wc")
pytestmark = pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="these tools are not all here")


@pytest.fixture(scope="module")
def script(repository: Path) -> str:
    """What IT is told to save, as it stands in the README."""
    readme = (repository / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^```bash\n(#!/usr/bin/env bash\n# usage: verify\.sh.*?)^```", readme, re.M | re.S)
    assert len(found) == 1
    return str(found[0])


@pytest.fixture
def verify(script: str, kit: Kit, tmp_path: Path) -> Any:
    """Run the script on a bundle, in a shell that finds these tools and no Python."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in (*TOOLS, *MORE):
        (tools / tool).symlink_to(str(shutil.which(tool)))

    def run(data: bytes, policy: Any = None, now: datetime = kit.now) -> subprocess.CompletedProcess[str]:
        (tmp_path / "release.cobundle").write_bytes(data)
        (tmp_path / "policy.json").write_bytes(canonical(policy or kit.policy))
        return subprocess.run(
            [str(tools / "bash"), "-c", script, "verify.sh", "release.cobundle", "policy.json"],
            cwd=tmp_path,
            env={"PATH": str(tools), "NOW": f"{now:%Y-%m-%dT%H:%M:%SZ}"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_sound_bundle_and_all_its_approvals_verify(kit: Kit, verify: Any) -> None:
    """Every approval is told with its person and role, and the release by name."""
    answer = verify(kit.bundle())
    assert answer.returncode == 0, answer.stderr
    for person, role in (("ana", "author"), ("carl", "compliance"), ("ida", "it")):
        assert f"approved by {person} as {role}" in answer.stdout
    assert "VERIFIED: Desk, release 2, for production" in answer.stdout


def test_tampered_bundles_are_refused(kit: Kit, verify: Any) -> None:
    """Changed files, missing and foreign approvals, a second signature by one person: each for its reason."""
    files = kit.files()
    approvals = layout.attestation_names(files)
    without = {name: data for name, data in files.items() if name != approvals[2]}
    other = kit.files(kit.bundle(kit.content(tools={"cobuilder": "9"})))
    moved = {**files, approvals[0]: other[approvals[0]]}
    twice = {**without, layout.attestation_name(3, "author"): files[approvals[0]]}
    changed = {**files, layout.AFTER: files[layout.AFTER].replace(b"two sentences", b"ten sentences")}
    manifest = {**files, layout.MANIFEST: files[layout.MANIFEST].replace(b"Desk", b"Disk")}
    rejected = {**files, approvals[1]: kit.envelope(_subject(files), "carl", decision="reject")}
    forged = {**files, approvals[2]: kit.envelope(_subject(files), "ida", signer="mallory")}
    for given, words in (
        (changed, "not what the manifest says"),
        (manifest, "approves something else"),
        (without, "approvals of it are missing"),
        (moved, "approves something else"),
        (twice, "signed twice"),
        (rejected, "approves something else"),
        (forged, "no true signature of ida"),
        ({**files, "evidence/more.json": b"{}"}, "does not belong"),
    ):
        answer = verify(container.pack(given))
        assert answer.returncode != 0 and words in answer.stderr, (words, answer.stdout, answer.stderr)
    assert verify(kit.bundle()[:-400]).returncode != 0


def _subject(files: dict[str, bytes]) -> str:
    from studio.domain.frozen import digest

    return digest(files[layout.MANIFEST])


def test_the_policy_decides(kit: Kit, verify: Any) -> None:
    """Revoked keys, another policy and a bundle past its day are refused by the script as by the program."""
    ida = kit.key("ida", revoked_at=kit.now)
    revoked = kit.policy_with(keys=(kit.key("ana"), kit.key("carl"), ida))
    for policy, now, words in (
        (revoked, kit.now, "key of ida is revoked"),
        (kit.policy_with(id="another-policy"), kit.now, "made for another policy"),
        (None, kit.now.replace(year=2027), "expired"),
    ):
        answer = verify(kit.bundle(), policy, now)
        assert answer.returncode != 0 and words in answer.stderr, (words, answer.stdout, answer.stderr)


def test_the_command_for_hardware_keys_is_right(tmp_path: Path) -> None:
    """A P-256 signature that our verifier accepts is accepted by `openssl dgst`, and a false one is not."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    message = dsse.pae(PAYLOAD_TYPE, b"{}")
    signature = keys.low_s(private.sign(message, ec.ECDSA(hashes.SHA256())))
    assert keys.verify(pem.decode(), signature, message)
    for name, data in (
        ("key", pem),
        ("signature", signature),
        ("signed", message),
        ("other", message + b" "),
    ):
        (tmp_path / name).write_bytes(data)
    command = ["openssl", "dgst", "-sha256", "-verify", "key", "-signature", "signature"]
    codes = [
        subprocess.run([*command, name], cwd=tmp_path, capture_output=True, check=False).returncode
        for name in ("signed", "other")
    ]
    assert codes == [0, 1]


def test_the_type_in_the_script_is_ours(script: str) -> None:
    """The script states the payload type and its length."""
    assert f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} " in script


@pytest.mark.skipif(shutil.which("cosign") is None, reason="cosign is not here")
def test_cosign_verifies_an_approval(kit: Kit, tmp_path: Path) -> None:
    """The README's cosign command accepts an approval, and refuses it with another key."""
    files = kit.files()
    (tmp_path / "manifest.json").write_bytes(files[layout.MANIFEST])
    (tmp_path / "approval.json").write_bytes(files[layout.attestation_name(1, "author")])
    codes = []
    for person in ("ana", "mallory"):
        (tmp_path / "key.pem").write_text(kit.signers[person].public_pem)
        command = ["cosign", "verify-blob-attestation", "--insecure-ignore-tlog", "--key", "key.pem"]
        command += [
            "--type",
            "urn:cobuilder-studio:approval:1",
            "--signature",
            "approval.json",
            "manifest.json",
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        codes.append(done.returncode == 0)
    assert codes == [True, False]
