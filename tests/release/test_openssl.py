"""A bundle verifies without our program, with openssl and a shell's tools, as the README says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.domain.bundle import PAYLOAD_TYPE
from studio.release import container, dsse, keys, layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

COMMANDS = r"""unzip -q "$BUNDLE" -d opened && cd opened
grep -oE '"[a-z/.]+":\{"sha256":"[0-9a-f]{64}"' manifest.json \
  | sed -E 's/"([^"]+)":\{"sha256":"([0-9a-f]+)"/\2  \1/' | sha256sum --check --quiet --strict
sed -E 's/.*"payload":"([^"]*)".*/\1/' "$ATTESTATION" | base64 -d > statement.json
sed -E 's/.*"sig":"([^"]*)".*/\1/' "$ATTESTATION" | base64 -d > statement.sig
printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < statement.json)" > signed
cat statement.json >> signed
openssl pkeyutl -verify -pubin -inkey "$PUBLIC_KEY" -rawin -in signed -sigfile statement.sig
grep -q "\"sha256\":\"$(sha256sum manifest.json | cut -d' ' -f1)\"" statement.json && cat statement.json
"""

TOOLS = ("bash", "unzip", "openssl", "base64", "sed", "grep", "sha256sum")
pytestmark = pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="these tools are not all here")


def run(folder: Path, data: bytes, attestation: str, pem: str) -> subprocess.CompletedProcess[str]:
    """Run the README's commands on a bundle, in a shell that knows no Python."""
    (folder / "release.cobundle").write_bytes(data)
    (folder / "key.pub.pem").write_text(pem)
    path = ":".join({str(Path(found).parent) for tool in TOOLS if (found := shutil.which(tool))})
    environment = {
        "PATH": path,
        "BUNDLE": str(folder / "release.cobundle"),
        "ATTESTATION": attestation,
        "PUBLIC_KEY": str(folder / "key.pub.pem"),
    }
    command = ["bash", "-euo", "pipefail", "-c", COMMANDS]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("number", "person", "role"), [(1, "ana", "author"), (2, "carl", "compliance"), (3, "ida", "it")]
)
def test_every_approval_verifies_with_openssl_alone(
    kit: Kit, tmp_path: Path, number: int, person: str, role: str
) -> None:
    """Each approver's signature is true over the very manifest whose digests all files have."""
    answer = run(
        tmp_path, kit.bundle(), layout.attestation_name(number, role), kit.signers[person].public_pem
    )
    assert answer.returncode == 0, answer.stderr
    assert "Signature Verified Successfully" in answer.stdout and f'"person":"{person}"' in answer.stdout


def test_another_key_fails(kit: Kit, tmp_path: Path) -> None:
    """Someone else's key does not verify."""
    answer = run(
        tmp_path, kit.bundle(), layout.attestation_name(1, "author"), kit.signers["mallory"].public_pem
    )
    assert answer.returncode != 0 and "Signature Verification Failure" in answer.stdout


@pytest.mark.parametrize("name", [layout.AFTER, layout.REPORT, layout.MANIFEST])
def test_a_changed_file_fails(kit: Kit, tmp_path: Path, name: str) -> None:
    """A changed file misses its digest, a changed manifest misses the approval's subject."""
    files = kit.files()
    files[name] = files[name].replace(b"Desk", b"Disk").replace(b"Two", b"Ten")
    data = container.pack(files)
    assert (
        run(tmp_path, data, layout.attestation_name(1, "author"), kit.signers["ana"].public_pem).returncode
        != 0
    )


def test_the_command_for_hardware_keys_is_right(tmp_path: Path) -> None:
    """A P-256 signature that our verifier accepts is accepted by `openssl dgst`, and a false one is not."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    message = dsse.pae(PAYLOAD_TYPE, b"{}")
    signature = private.sign(message, ec.ECDSA(hashes.SHA256()))
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


def test_the_type_in_the_commands_is_ours() -> None:
    """The commands state the payload type and its length."""
    assert f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} " in COMMANDS


def test_the_readme_gives_exactly_these_commands(repository: Path) -> None:
    """What IT is told to type is what is tested here."""
    assert COMMANDS in (repository / "README.md").read_text(encoding="utf-8")
