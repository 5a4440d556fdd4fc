"""The verb `workflow`: every edit of the Workflows page from a script, each undone by `undo`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.assembly import new_workbench, open_workbench, sample
from studio.cli.main import run
from studio.domain.agent import Agent
from studio.domain.frozen import canonical
from studio.domain.workflow import Place, ways_out
from studio.services.queries.agents import ShowAgent
from studio.settings import Settings

FLOW = "return-item"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the sample's agent."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    folder = tmp_path / "workspace"
    new_workbench(folder, sample("returns_assistant").agent, Settings(name="Ana Silva")).close()
    return folder


def _draft(workspace: Path) -> Agent:
    bench = open_workbench(workspace, Settings(name="Ana Silva"))
    draft = bench.ask(ShowAgent()).draft
    bench.close()
    return draft


def _do(workspace: Path, *arguments: str) -> int:
    return run(["workflow", *arguments, "-w", str(workspace)])


def test_every_deed_is_done_and_undone(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each verb changes the draft, says what in words, and undo brings the draft back to the byte."""
    before = _draft(workspace)
    flow = before.workflow(FLOW)
    first, second = flow.start, dict(ways_out(flow.step(flow.start)))[""] or ""
    deeds = (
        ("new", "Cancel an order"),
        ("new", "Greet", "--block"),
        ("rename", FLOW, "Give it back"),
        ("rename", FLOW, "Hello", "--step", first),
        ("duplicate", FLOW),
        ("duplicate", FLOW, first, second),
        ("delete", FLOW, second),
        ("add", FLOW, "say", "--after", first, "--title", "Say hello"),
        ("connect", FLOW, first, second, "--way", "if it fails"),
        ("connect", FLOW, first, "none"),
        ("move", FLOW, second, "--to", "120,300"),
        ("move", FLOW, second, "--later"),
        ("move", FLOW, second, "--begin"),
        ("copy", FLOW, first, second, "--into", "refund-status"),
        ("group", FLOW, first, second, "--name", "Who is it?"),
        ("block", FLOW, second, "--name", "Look it up"),
    )
    other = next(f.id for f in before.workflows if f.id != FLOW and not f.reusable)
    for deed in deeds:
        words = [other if word == "refund-status" else word for word in deed]
        assert _do(workspace, *words) == 0, words
        assert "Done: " in capsys.readouterr().out
        bench = open_workbench(workspace, Settings(name="Ana Silva"))
        assert canonical(bench.ask(ShowAgent()).draft) != canonical(before), words
        bench.undo()
        assert canonical(bench.ask(ShowAgent()).draft) == canonical(before), words
        bench.close()


def test_a_dry_run_tells_and_changes_nothing(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--dry-run says what would be done; the draft stays as it is."""
    before = canonical(_draft(workspace))
    assert _do(workspace, "add", FLOW, "end", "--dry-run") == 0
    assert "Would do: Add the step" in capsys.readouterr().out
    assert canonical(_draft(workspace)) == before


def test_what_is_there_is_listed_and_shown(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list names workflows and blocks with their use; one is shown with its steps and ways."""
    assert _do(workspace, "list", "--json") == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["verify-identity"]["reusable"] and FLOW in rows["verify-identity"]["used_in"]
    assert _do(workspace, "show", FLOW) == 0
    assert "if it fails →" in capsys.readouterr().out


def test_a_place_is_two_numbers(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A place on the canvas is kept as it was written; anything else is refused with the reason."""
    step = _draft(workspace).workflow(FLOW).start
    assert _do(workspace, "move", FLOW, step, "--to", "120,300") == 0
    assert _draft(workspace).workflow(FLOW).step(step).place == Place(x=120, y=300)
    assert _do(workspace, "move", FLOW, step, "--to", "left") == 2
    assert "is no place" in capsys.readouterr().err
