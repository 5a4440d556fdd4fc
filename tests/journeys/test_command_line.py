"""The main job through the command line, as the three users would do it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Cobuilder = Callable[..., Any]


def test_from_document_to_promoted_release_and_back(
    approved: Cobuilder, tmp_path: Path, policy_file: Path, repository: Path
) -> None:
    """A policy goes in; a verified, recomputed, promoted release comes out, and is rolled back."""
    assert approved("release", "show").code == 0
    written = approved("export", tmp_path, "--json").json
    bundle = Path(written["path"])
    assert approved("bundle", "verify", bundle, "--policy", policy_file).code == 0
    verdicts = approved("bundle", "recompute", bundle, "--json").json
    found = {each["part"]: each["verdict"] for each in verdicts}
    assert found.pop("gates") == "attested" and set(found.values()) == {"verified"}
    assert {"draft", "live", "coverage", "consequences", "proofs"} == set(found)
    agent = repository / "sample_projects/returns_assistant/agent.json"
    assert approved("registry", "init", "--policy", policy_file, "--agent", agent).code == 0
    assert approved("registry", "promote", "2").code != 0, "not imported yet"
    assert approved("registry", "import", bundle, "--json").json["new"] is True
    assert approved("registry", "import", bundle, "--json").json["new"] is False
    move = approved("registry", "promote", "2", "--json").json
    assert move["pointer"]["weight"] == 5
    assert json.loads(Path(move["flag_file"]).read_text())["flags"]
    early = approved("registry", "promote", "2", "--weight", "100")
    assert early.code == 1 and "The next stage of" in early.err
    skip = ("--skip", "--reason", "Known from the pilot")
    assert approved("registry", "promote", "2", "--weight", "100", *skip).code == 0
    assert approved("registry", "rollback").code == 0
    status = approved("registry", "status", "--json").json
    production = next(e for e in status["environments"] if e["pointer"]["environment"] == "production")
    assert production["stable"]["sequence"] == 0
    assert production["pointer"]["generation"] == 4
    assert approved("registry", "verify-log").code == 0


def test_two_exports_are_the_same_bytes(approved: Cobuilder, tmp_path: Path) -> None:
    """Exporting the same draft again gives the same file, byte for byte."""
    first, second = tmp_path / "a.cobundle", tmp_path / "b.cobundle"
    assert approved("export", first).code == 0
    assert approved("export", second).code == 0
    assert first.read_bytes() == second.read_bytes()
    third = approved("export", tmp_path / "mail" / "outbox", "--json").json["path"]
    assert Path(third).parent == tmp_path / "mail" / "outbox", "a name without an ending is a folder, made"
    assert (
        Path(third).name == "returns-assistant-2.cobundle" and Path(third).read_bytes() == first.read_bytes()
    )


def test_any_edit_voids_the_signatures(approved: Cobuilder, tmp_path: Path) -> None:
    """After one more decision nothing that was signed counts, and the export is refused."""
    assert approved("undo").code == 0
    answer = approved("export", tmp_path / "late.cobundle")
    assert answer.code == 1
    assert not (tmp_path / "late.cobundle").exists()
    assert approved("redo").code == 0
    assert approved("export", tmp_path / "again.cobundle").code == 0, "the very same content is still signed"


def test_a_tampered_bundle_is_refused_with_a_sentence(
    approved: Cobuilder, tmp_path: Path, policy_file: Path
) -> None:
    """IT sees which check refused, and why; the exit code is 1, in JSON too."""
    bundle = Path(approved("export", tmp_path, "--json").json["path"])
    data = bytearray(bundle.read_bytes())
    data[data.index(b"45 days")] ^= 1
    bundle.write_bytes(bytes(data))
    answer = approved("bundle", "verify", bundle, "--policy", policy_file, "--json")
    assert answer.code == 1
    refused = [check for check in answer.json["checks"] if check["verdict"] == "refused"]
    assert len(refused) == 1
    assert refused[0]["sentence"]


def test_a_missing_signature_holds_the_export(cobuilder: Cobuilder, tmp_path: Path) -> None:
    """While one approval is missing nothing is written, and the sentence says which."""
    answer = cobuilder("export", tmp_path / "early.cobundle")
    assert answer.code == 1
    assert "it" in answer.err
    assert not (tmp_path / "early.cobundle").exists()


def test_an_author_cannot_approve_twice(cobuilder: Cobuilder) -> None:
    """The own change is not approved by its author in another role, and nothing is signed."""
    answer = cobuilder("approve", "--role", "it", "--person", "ana", "--key", "ana")
    assert answer.code == 1
    assert "Ana Silva does not hold" in answer.err
    waiting = [
        row["role"] for row in cobuilder("release", "show", "--json").json["signatures"] if not row["at"]
    ]
    assert waiting == ["it"]


def test_undo_reaches_back_to_the_first_decision(cobuilder: Cobuilder) -> None:
    """Everything a person decided can be taken back, one by one, until the draft is the live version."""
    while cobuilder("undo").code == 0:
        pass
    status = cobuilder("status", "--json").json
    sources = cobuilder("source", "list", "--json").json["rows"]
    assert (status["draft_changes"], [row["id"] for row in sources]) == (0, ["S-01", "S-02"])


def test_a_promoted_release_is_the_ground_of_the_next(approved: Cobuilder, tmp_path: Path) -> None:
    """Once IT promoted a release it is live in the workspace too, and nothing is left to release."""
    bundle = Path(approved("export", tmp_path, "--json").json["path"])
    assert approved("release", "live", bundle).code == 0
    status = approved("status", "--json").json
    assert (status["live_number"], status["draft_changes"]) == (2, 0)
    again = approved("release", "live", bundle)
    assert again.code == 2
    assert "not built on the live version" in again.err
