"""The verb ask: answers for people and programs, exit codes that scripts can trust."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.assembly import new_from_sample
from studio.cli.main import run
from studio.settings import Settings


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A workspace on the sample."""
    folder = tmp_path_factory.mktemp("asking") / "workspace"
    new_from_sample(folder, "returns_assistant", Settings(name="Ana Silva")).close()
    return str(folder)


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))


def test_a_change_is_proposed_and_says_how_to_decide(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0; the text names the proposal and the way to decide and to take back."""
    assert run(["ask", "make R-06 low severity", "-w", workspace]) == 0
    out = capsys.readouterr().out
    assert "I propose low severity" in out
    assert "cobuilder review list P-01" in out
    assert run(["undo", "-w", workspace]) == 0


def test_programs_get_one_json_document(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` prints the whole reply: verdict, kind, links, citations."""
    assert run(["ask", "why is R-04 there?", "-w", workspace, "--json"]) == 0
    reply = json.loads(capsys.readouterr().out)
    assert reply["verdict"] == "answered"
    assert reply["kind"] == "ask-why"
    assert reply["citations"][0]["source_id"] == "S-01"
    assert reply["links"][0]["item"] == "R-04"


@pytest.mark.parametrize("words", ["sing a song", "Remove rule R-99", "make the greeting longer"])
def test_what_is_not_done_ends_with_one(
    words: str, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not understood, asked back, or beyond the rules: a sentence, and exit code 1."""
    assert run(["ask", words, "-w", workspace]) == 1
    assert capsys.readouterr().out.strip()


def test_the_kinds_are_listed_without_a_workspace(capsys: pytest.CaptureFixture[str]) -> None:
    """Help needs no workspace; without words the way to help is named."""
    assert run(["ask", "--kinds"]) == 0
    out = capsys.readouterr().out
    assert "Change the return window to 45 days" in out
    assert run(["ask"]) == 2
    assert "--kinds" in capsys.readouterr().err
