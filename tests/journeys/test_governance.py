"""A linked folder keeps the agent's sources in step with the documents people edit elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cobuilder = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path, repository: Path) -> Path:
    """A folder outside the workspace with the policy in force."""
    made = tmp_path / "policies"
    made.mkdir()
    shutil.copy(repository / "sample_projects/returns_assistant/documents/returns-policy-2026.md", made)
    return made


def test_an_edit_outside_becomes_exactly_the_changes_it_demands(
    cobuilder: Cobuilder, tmp_path: Path, folder: Path
) -> None:
    """Link, edit outside, take the new version, see the suspects, and be offered just those statements."""
    shutil.rmtree(tmp_path / "workspace")
    assert cobuilder("new", tmp_path / "workspace", "--sample", "returns_assistant").code == 0
    assert cobuilder("source", "link", folder).code == 0
    assert cobuilder("source", "refresh").code == 0
    assert cobuilder("source", "describe", "S-03", "supersedes=S-01").code == 0
    assert cobuilder("propose", "S-03").code == 0
    assert cobuilder("review", "accept", "P-01", "--all").code == 0
    assert cobuilder("source", "suspects").code == 0, "what was just accepted is not suspect"

    document = folder / "returns-policy-2026.md"
    document.write_text(document.read_text().replace("45 days", "60 days"))
    drift = cobuilder("source", "drift", "--json")
    assert (drift.code, [finding["kind"] for finding in drift.json["findings"]]) == (1, ["changed"])
    assert cobuilder("source", "show", "S-03", "--json").json["chip"] == "changed at its origin"
    assert cobuilder("source", "refresh").code == 0
    suspects = cobuilder("source", "suspects", "--json").json["suspects"]
    assert [row["turned"] for row in suspects] == [True]
    assert "60 days" in suspects[0]["statement"]["quote"]

    assert cobuilder("propose", "S-03").code == 0
    page = cobuilder("review", "list", "P-02", "--json").json
    cited = {
        why["citation"]["fingerprint"]
        for group in page["groups"]
        for row in group["rows"]
        for why in cobuilder("review", "show", "P-02", row["id"], "--json").json["why"]
        if group["heading"] != "Sources"
    }
    assert cited == {suspects[0]["statement"]["fingerprint"]}
    assert page["questions"] == [], "what was asked before is not asked again"
    assert cobuilder("review", "accept", "P-02", "--all").code == 0
    assert cobuilder("source", "suspects").code == 0
