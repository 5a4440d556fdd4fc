"""Verbs on keys, from the making of one to IT's policy that knows it; and a key made elsewhere."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from studio.cli.main import run
from studio.signing import key_file

PASSPHRASE = "lamp river window stone"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own, with light locks."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("COBUILDER_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(key_file, "ROUNDS", 4)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _say(capsys: pytest.CaptureFixture[str], code: int, *words: str) -> str:
    capsys.readouterr()
    assert run(list(words)) == code, capsys.readouterr()
    done = capsys.readouterr()
    return done.out + done.err


def test_a_key_comes_into_its_policy_is_replaced_and_revoked(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every file that a key's owner sends is checked by IT, and taken into the next policy by one verb."""
    assert "about a million billion guesses" in _say(capsys, 0, "key", "new", "ana", "--owner", "Ana Silva")
    keys = here / "config" / "keys"
    _say(
        capsys, 0, "policy", "new", "p1.json", "--agent", "desk",
        "--person", f"ana:Ana Silva:author+compliance+it:{keys / 'ana.pub.pem'}",
        "--person", f"ben:Ben Okoro:author+compliance+it:{_public(here, 'ben')}",
        "--person", f"chi:Chi Nguyen:it:{_public(here, 'chi')}",
    )  # fmt: skip
    fingerprint = json.loads(_say(capsys, 0, "key", "show", "ana", "--json"))["fingerprint"]
    assert "It matches" in _say(capsys, 0, "key", "show", "ana", "--compare", fingerprint.lower())
    assert "Group 1 differs" in _say(capsys, 1, "key", "show", "ana", "--compare", "ZZZZ")

    _say(capsys, 0, "key", "challenge", "ana", "--person", "ana", "--code", "77")
    told = _say(capsys, 0, "key", "check", "ana.key-statement.json", "--code", "77", "--compare", fingerprint)
    assert "The signatures hold" in told and "It matches" in told
    assert "another code" in _say(capsys, 1, "key", "check", "ana.key-statement.json", "--code", "78")
    assert "holds this key already" in _say(
        capsys, 1, "policy", "take", "p1.json", "ana.key-statement.json", "-o", "p2.json"
    )

    _say(capsys, 0, "key", "new", "dora")
    _say(capsys, 0, "key", "challenge", "dora", "--person", "dora")
    taking = ("policy", "take", "p1.json", "dora.key-statement.json", "-o", "with-dora.json")
    assert "give --name and --role" in _say(capsys, 1, *taking)
    assert "“lawyer” is no role" in _say(capsys, 1, *taking, "--name", "Dora Lane", "--role", "lawyer")
    _say(capsys, 0, *taking, "--name", "Dora Lane", "--role", "compliance")
    taken = json.loads((here / "with-dora.json").read_text())
    assert taken["version"] == 2 and taken["people"][-1]["roles"] == ["compliance"]
    assert taken["keys"][-1]["person"] == "dora"

    told = _say(capsys, 0, "key", "rotate", "ana", "ana-2", "--person", "ana")
    assert "policy take approval-policy.json ana-2.key-statement.json" in told and "{" not in told
    done = json.loads(
        _say(capsys, 0, "policy", "take", "p1.json", "ana-2.key-statement.json", "-o", "p2.json", "--json")
    )
    assert (done["file"], done["version"], done["written"]) == ("p2.json", 2, True)
    changed = json.loads((here / "p2.json").read_text())
    assert changed["version"] == 2 and len(changed["keys"]) == 4

    told = _say(capsys, 0, "key", "revoke", "ana", "--person", "ana", "-o", "gone.json")
    assert "policy take approval-policy.json gone.json" in told and "{" not in told
    assert "Nothing was written" in _say(capsys, 0, "policy", "take", "p2.json", "gone.json", "--dry-run")
    assert "version 3" in _say(capsys, 0, "policy", "take", "p2.json", "gone.json")
    assert sum(bool(key.get("revoked_at")) for key in json.loads(Path("p2.json").read_text())["keys"]) == 1
    assert "signs nothing any more" in _say(
        capsys, 1, "key", "challenge", "ana", "--person", "ana", "-o", "x"
    )
    told = _say(capsys, 0, "key", "list")
    assert "revoked on" in told and "in use" in told


def _public(here: Path, name: str) -> Path:
    private, public = here / f"{name}.pem", here / f"{name}.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return public


def test_a_key_made_elsewhere_is_taken_in_by_a_verb(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The key of a PEM file is locked anew; a public half and a lost key are told apart."""
    _public(here, "ben")
    told = _say(capsys, 0, "key", "import", "ben", "ben.pem", "--owner", "Ben Okoro")
    assert "Ed25519, locked file, in use" in told and "still opens as before" in told
    assert "public half" in _say(capsys, 3, "key", "import", "b2", "ben.pub")
    told = _say(capsys, 0, "key", "revoke", "ben", "--person", "ben", "--lost")
    assert "is revoked" in told and not (here / "ben.key-statement.json").exists()
