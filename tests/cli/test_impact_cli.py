"""The verbs impact and tests: what depends on a fact, a complete change, its mending, missing tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.assembly import new_from_sample
from studio.cli.main import run
from studio.settings import Settings


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A workspace on the sample, with settings of its own."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    folder = tmp_path / "workspace"
    new_from_sample(folder, "returns_assistant", Settings(name="Ana Silva")).close()
    return str(folder)


def test_a_fact_changed_in_part_stops_the_release_until_it_is_mended(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The gate names fact and places; the mending proposes the rest, and then the gate is met."""
    assert run(["impact", "change", "30 days", "45 days", "--where", "R-03", "-w", workspace]) == 0
    assert "still says" in capsys.readouterr().out  # the documents that their owners have to change
    assert run(["review", "accept", "P-01", "C-03", "-w", workspace]) == 0
    capsys.readouterr()
    assert _gate(workspace, capsys)["ok"] is False
    assert "Explain the return window" in str(_gate(workspace, capsys)["evidence"])
    assert run(["impact", "mend", "-w", workspace]) == 0
    assert run(["review", "accept", "P-02", "--all", "-w", workspace]) == 0
    capsys.readouterr()
    assert _gate(workspace, capsys)["ok"] is True
    assert run(["impact", "mend", "-w", workspace]) == 2


def _gate(workspace: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    run(["release", "show", "-w", workspace, "--json"])
    page = json.loads(capsys.readouterr().out)
    return next(row["gate"] for row in page["gates"] if row["gate"]["id"] == "one-value")


def test_what_depends_on_a_fact_is_listed(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Places of the agent and passages of documents; a fact that nothing states is wrong use."""
    assert run(["impact", "show", "£200", "--where", "R-07", "-w", workspace]) == 0
    out = capsys.readouterr().out
    assert "Rule R-07" in out
    assert "document" in out
    assert run(["impact", "show", "77 days", "-w", workspace]) == 2


def test_missing_tests_are_proposed(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The tests of a rule become a proposal; what is not tested is said; an unknown rule is refused."""
    assert run(["tests", "draft", "--rule", "R-07", "-w", workspace]) == 0
    out = capsys.readouterr().out
    assert "P-01" in out
    assert "199.99" in out
    assert run(["tests", "draft", "--rule", "R-99", "-w", workspace]) == 2
