"""The verb `try`: the same words give the same talk, a turn is taken back, what was tried becomes a test."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from studio.assembly import new_workbench, open_workbench, sample
from studio.cli.main import run
from studio.services.queries.agents import ShowAgent
from studio.services.queries.try_it import TryIt, trial_of
from studio.settings import Settings

ANSWERS = ("LH-204418", "ada.finch@mail.example", "changed my mind", "unused", "yes")
TALK = ("I would like to send this back", *ANSWERS)
SAID = [part for words in TALK for part in ("--say", words)]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the sample's agent."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    folder = tmp_path / "workspace"
    new_workbench(folder, sample("returns_assistant").agent, Settings(name="Ana Silva")).close()
    return folder


def test_the_same_words_give_the_same_talk(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two runs print the same to the letter; the JSON has the steps passed, the facts and the end."""
    texts = []
    for _ in range(2):
        assert run(["try", "--as-in", "T-01", *SAID, "--json", "-w", str(workspace)]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    trial = json.loads(texts[0])
    assert trial["outcome"] == "resolved" and trial["verified"] is True
    assert [flow for flow, _ in trial["passed"]].count("return-item") > 3
    assert {fact["fact"] for fact in trial["facts"]} >= {"order_id", "email"}


def test_what_was_tried_is_kept_and_passes(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--keep makes a test of the talk; the draft passes it, for nothing but the talk is expected of it."""
    assert run(["try", "--as-in", "T-01", *SAID, "--keep", "--title", "By hand", "-w", str(workspace)]) == 0
    out = capsys.readouterr().out
    assert "“By hand”" in out and "does not get there" not in out
    bench = open_workbench(workspace, Settings(name="Ana Silva"))
    kept = bench.ask(ShowAgent()).draft.scenarios[-1]
    bench.close()
    assert kept.title == "By hand" and kept.workflow == "return-item" and kept.opening == TALK[0]


def test_a_talk_without_an_end_is_no_test(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What has not ended cannot be kept: the sentence says to talk on, and nothing changes."""
    assert run(["try", "--as-in", "T-01", *SAID[:2], "--keep", "-w", str(workspace)]) == 2
    assert "Talk on until it ends" in capsys.readouterr().err


def test_typed_line_by_line_with_a_turn_taken_back(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While typing, :back takes a turn back, :again starts anew, :quit ends."""
    typed = f"{TALK[0]}\nnonsense\n:back\n{TALK[1]}\n:again\n:quit\nnever heard\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert run(["try", "--as-in", "T-01", "-w", str(workspace)]) == 0
    out = capsys.readouterr().out
    assert "Order number: LH-204418" in out or "order number: LH-204418" in out
    assert "never heard" not in out


def test_an_unknown_test_is_named(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Systems can answer only as in a test that is there."""
    assert run(["try", "--as-in", "T-999", "--say", "hello", "-w", str(workspace)]) == 2
    assert "T-999" in capsys.readouterr().err


def test_words_after_the_end_are_not_heard() -> None:
    """After a handoff nobody answers any more: what is said then is left out, not an error."""
    agent = sample("returns_assistant").agent
    trial = trial_of(agent, ("I want to talk to a person", "hello?"), "T-01")
    assert trial.over and trial.said == ("I want to talk to a person",)


def test_each_turn_is_the_one_before_and_one_more() -> None:
    """A trial grows turn by turn: what was answered before stays word for word."""
    agent = sample("returns_assistant").agent
    before = trial_of(agent, (), "T-01")
    for count in range(1, len(TALK) + 1):
        after = trial_of(agent, TALK[:count], "T-01")
        assert after.lines[: len(before.lines)] == before.lines
        before = after
    assert TryIt(TALK, "T-01") == TryIt(TALK, "T-01")
