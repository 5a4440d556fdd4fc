"""A review by file, from scripts: one folder packs, another place decides, the first merges."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.assembly import new_workbench, sample
from studio.cli.main import run
from studio.settings import Settings
from studio.signing import key_file

ANA, CARL = ("--as", "Ana Silva"), ("--as", "Carl Weber")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ana's workspace with one proposal."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    folder = tmp_path / "workspace"
    new_workbench(folder, sample("returns_assistant").agent, Settings(name="Ana Silva")).close()
    assert run(["ask", "Make the return window 45 days", "-w", str(folder), *ANA]) == 0
    return folder


def _signed_again(
    told: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    elsewhere: Path,
    back: tuple[str, ...],
    here: list[str],
) -> None:
    """Where files must be signed, Carl's reply counts once it is, and for as long as his key is known."""
    assert "count only if signed" in told("review", "roles", "--signed", *here) + told(
        "review", "roles", *here
    )
    assert "Does not count: it came in a file" in told("review", "approvals", *here)
    monkeypatch.setattr(key_file, "ROUNDS", 4)
    (elsewhere / "pw").write_text("lamp river window stone\n")
    secret = ("--passphrase-file", str(elsewhere / "pw"))
    made = told("key", "new", "carl", *secret)
    (fingerprint,) = re.findall(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}", made)
    by_key = ("--key", "carl", *secret, "-o", "signed.cobreply")
    assert f"read to them: {fingerprint}" in told(*back, *by_key, *CARL)
    signed = ("review", "merge", str(elsewhere / "signed.cobreply"))
    assert "which nobody here knows yet" in told(*signed, "--dry-run", *here)
    assert "Group 1 differs" in told(*signed, "--fingerprint", "0000", *here, code=1)
    assert f"Signed by Carl Weber with the key {fingerprint}" in told(
        *signed, "--fingerprint", fingerprint, *here
    )
    assert json.loads(told("review", "approvals", "--json", *here))["roles"][2]["state"] == "approved"
    assert fingerprint in told("review", "keys", *here)
    assert "is not known here any more" in told("review", "keys", "--forget", "carl weber", *here)
    assert json.loads(told("review", "approvals", "--json", *here))["roles"][2]["state"] == "waiting"
    assert "has to be approved by" in told("review", "roles", "--unsigned", *here)


def test_a_review_goes_out_and_comes_back(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pack, look, decide and approve elsewhere, preview, merge, again, settle: each says what it did."""
    here = ["-w", str(workspace)]
    elsewhere = tmp_path / "carl"
    elsewhere.mkdir()

    def told(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run(list(arguments)) == code, capsys.readouterr()
        shown = capsys.readouterr()
        return shown.out + shown.err

    assert "Have to approve: no role" in told("review", "roles", *here)
    assert "Compliance" in told("review", "roles", "--required", "compliance,qa", *here)
    assert "accepted" in told("review", "accept", "P-01", "C-01", "C-02", *here, *ANA).casefold()
    package = tmp_path / "P-01.cobreview"
    packed = told("review", "pack", "P-01", "-o", str(package), *here, *ANA)
    assert f"Wrote {package}" in packed and "with names: 2 decisions" in packed
    sent = elsewhere / "for-carl.cobreview"
    sent.write_bytes(package.read_bytes())
    monkeypatch.chdir(elsewhere)

    assert "From Ana Silva" in told("review", "open", sent.name, "--list")
    facts = json.loads(told("review", "open", sent.name, "--json"))
    assert facts["package"]["proposals"] == ["P-01"]
    assert "not decided" in told("review", "send-back", sent.name, "--approve", "--role", "qa", code=1)
    rest = [part for change in ("C-03", "C-04", "C-05", "C-06", "C-07") for part in ("--accept", change)]
    words = ["--comment", "C-01: Who pays?", "--approve", "--role", "qa", "--looked-at", "all"]
    said = told("review", "send-back", sent.name, *rest, *words, *CARL)
    assert "5 decisions, 1 comment, 1 statement of a role" in said and "Check number" in said

    back = str(elsewhere / "for-carl.cobreply")
    assert "Merging takes over 5 decisions" in told("review", "merge", back, "--dry-run", *here)
    assert "Merged 5 decisions, 1 comment, 1 approval" in told("review", "merge", back, *here)
    assert "merged already" in told("review", "merge", back, *here)
    shown = told("review", "approvals", *here)
    assert "Carl Weber (Quality): approve. holds" in shown and "waiting" in shown
    assert "(as they say)" in shown
    page = json.loads(told("review", "approvals", "--json", *here))
    assert page["roles"][2]["state"] == "approved"

    _signed_again(told, monkeypatch, elsewhere, ("review", "send-back", sent.name, *rest, *words[2:]), here)

    refused = told("review", "approve", "--role", "compliance", *here, *CARL, code=1)
    assert "wrote or accepted" in refused
    assert "Approved P-01 for Compliance" in told(
        "review", "approve", "--role", "compliance", "--looked-at", "C-01", *here, "--as", "Dana Cole"
    )

    told("review", "send-back", sent.name, "--reject", "C-01", "-o", "quinn.cobreply", "--as", "Quinn")
    differs = told("review", "merge", str(elsewhere / "quinn.cobreply"), *here)
    assert "A person has to choose" in differs and "settle" in differs
    assert "? P-01/C-01" in told("review", "approvals", *here)
    assert "the decision of Ana Silva holds" in told("review", "settle", "C-01", "--ours", *here)
    assert "left to choose" in told("review", "settle", "C-01", "--theirs", *here, code=2)


def test_damaged_files_are_refused_with_a_sentence(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A flipped byte, a wrong or missing file and an unknown role each get their own sentence and code."""
    package = tmp_path / "P-01.cobreview"
    here = ["-w", str(workspace)]
    assert run(["review", "pack", "-o", str(package), *here, *ANA]) == 0
    data = bytearray(package.read_bytes())
    data[len(data) // 2] ^= 4
    package.write_bytes(bytes(data))
    capsys.readouterr()
    assert run(["review", "open", str(package), "--list"]) == 3
    assert "not a sound review package" in capsys.readouterr().err
    assert run(["review", "merge", str(package), *here]) == 3
    assert "not a sound reply" in capsys.readouterr().err
    assert run(["review", "merge", str(tmp_path / "none.cobreply"), *here]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert run(["review", "approve", "--role", "boss", *here]) == 2
    assert "There is no role “boss”" in capsys.readouterr().err


def test_another_value_goes_back(workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Elsewhere a value is edited by its fields and sent back; the merge takes it, and says: not signed."""
    here, package = ["-w", str(workspace)], tmp_path / "P-01.cobreview"

    def told(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run(list(arguments)) == code, capsys.readouterr()
        shown = capsys.readouterr()
        return shown.out + shown.err

    told("review", "pack", "P-01", "-o", str(package), *here, *ANA)
    fields = json.loads(told("review", "edit", "P-01", "C-01", "--json", *here))["fields"]
    key = next(field["key"] for field in fields if field["kind"] == "text")
    assert "A condition: Write it as" in told("review", "edit", "P-01", "C-01", *here)
    send = ["review", "send-back", str(package), *CARL]
    assert "edits nothing" in told(*send, "--edit", "C-01", code=2)
    assert "There is no field “loud”" in told(*send, "--edit", "C-01:loud=yes", code=2)
    assert "Wrote" in told(*send, "--edit", f"C-01:{key}=Within 60 days of delivery.")
    merged = told("review", "merge", str(package.with_suffix(".cobreply")), *here)
    assert "! Carl Weber: not signed" in merged and "Merged 1 edited value from Carl Weber" in merged
    assert "Within 60 days of delivery." in told("review", "edit", "P-01", "C-01", *here)
