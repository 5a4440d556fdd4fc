"""The plan and the notes of a release by command: options or a file, JSON that can be given back, undo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.assembly import new_from_sample
from studio.cli.main import run
from studio.settings import Settings


def _says(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    capsys.readouterr()
    assert run([str(argument) for argument in arguments]) == code
    found = capsys.readouterr()
    return found.out + found.err


def test_plan_and_notes_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan is set by options, shown in words, given back as a file, refused in a sentence and undone; the
    introduction stands above the notes; the gates name the command that mends them.
    """
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("COBUILDER_WORKSPACE", str(tmp_path / "workspace"))
    new_from_sample(tmp_path / "workspace", "returns_assistant", Settings(name="Ana Silva")).close()

    usual = json.loads(_says(capsys, "release", "plan", "--json"))
    options = ("--stage", "10% 2d", "--stage", "40% person", "--guard", "failure-rate > 2")
    assert "until a person lets it go on" in _says(capsys, "release", "plan", *options)
    made = json.loads(_says(capsys, "release", "plan", "--json"))
    assert [step.get("weight") for step in made["steps"] if step["kind"] == "setWeight"] == [10, 40]

    file = tmp_path / "plan.json"
    file.write_text(json.dumps(usual), encoding="utf-8")
    _says(capsys, "release", "plan", "--rollout", file)
    assert json.loads(_says(capsys, "release", "plan", "--json")) == usual
    _says(capsys, "undo")
    assert json.loads(_says(capsys, "release", "plan", "--json")) == made
    assert "each stage sends more" in _says(
        capsys, "release", "plan", "--stage", "50%", "--stage", "5%", code=2
    )
    file.write_text('{"steps": 5}', encoding="utf-8")
    assert "is no rollout plan" in _says(capsys, "release", "plan", "--rollout", file, code=2)

    _says(capsys, "release", "notes", "--introduction", "The policy of 2026.", "--out", tmp_path / "notes.md")
    assert "The policy of 2026." in (tmp_path / "notes.md").read_text(encoding="utf-8")
    assert json.loads(_says(capsys, "release", "notes", "--json"))["introduction"] == "The policy of 2026."
    shown = _says(capsys, "release", "show", code=1)
    assert "→ cobuilder simulate" in shown and "First 10 % of conversations" in shown
