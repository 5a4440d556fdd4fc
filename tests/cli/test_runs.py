"""Runs on the command line: trials, history, both sides, keep as test, fix, export."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from studio.cli.main import run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with a sample, in which commands run."""
    assert run(["new", str(tmp_path / "desk"), "--sample", "appointment_desk"]) == 0
    monkeypatch.chdir(tmp_path / "desk")
    return tmp_path / "desk"


def test_a_trial_and_the_history(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A trial says that it is none of the evidence, and the history keeps both, each with its set-up."""
    assert run(["simulate", "--customers", "1"]) == 0
    assert run(["simulate", "--customers", "1", "--test", "T-01", "--manner", "typos"]) == 0
    assert "A trial, no evidence for a release: only T-01" in capsys.readouterr().out
    assert run(["run", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["id"], row["kind"]) for row in rows] == [("Run 1", "whole"), ("Run 2", "trial")]
    assert run(["run", "list"]) == 0
    assert "customers also: typos" in capsys.readouterr().out
    assert run(["simulate", "--manner", "sings"]) == 2
    assert "“sings” is no manner" in capsys.readouterr().err
    assert run(["simulate", "--fault", "moon=timeout"]) == 2
    assert run(["simulate", "--fault", "moon=melts"]) == 2
    capsys.readouterr()


def test_a_fault_that_the_list_names_happens(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `run faults` lists can be written as it stands there."""
    assert run(["run", "faults"]) == 0
    first = capsys.readouterr().out.splitlines()[1].split()[0]
    code = run(["simulate", "--customers", "1", "--fault", first, "--json"])
    page = json.loads(capsys.readouterr().out)
    assert code in (0, 1)
    assert "does not answer, every time" in page["trial"]


def test_keep_compare_and_fix(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A conversation is seen on both sides, kept as a test, taken back; what was right is not to be fixed."""
    assert run(["simulate", "--customers", "2"]) == 0
    assert run(["run", "compare", "T-01", "--customer", "2"]) == 0
    assert "Both go the same way." in capsys.readouterr().out
    assert run(["run", "keep", "T-01", "--customer", "2"]) == 0
    assert "Kept a conversation of Run 1 as the test" in capsys.readouterr().out
    assert run(["undo"]) == 0
    assert run(["run", "fix", "T-01"]) == 2
    assert "was treated right: nothing to fix" in capsys.readouterr().err


def test_a_run_as_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CSV has a line a conversation, JSON the whole, HTML no script; another ending is refused beforehand."""
    assert run(["simulate", "--customers", "2", "--export", "run.csv", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader(io.StringIO(Path("run.csv").read_text(encoding="utf-8"))))
    assert len(rows) == page["live"]["conversations"] + page["draft"]["conversations"]
    assert {row["right"] for row in rows} == {"yes"}
    assert run(["run", "export", "run.json"]) == 0
    whole = json.loads(Path("run.json").read_text(encoding="utf-8"))
    assert len(whole["draft"]) == page["draft"]["conversations"]
    assert run(["run", "export", "run.html"]) == 0
    text = Path("run.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert page["draft_digest"] in text
    capsys.readouterr()
    assert run(["simulate", "--export", "run.pdf"]) == 2
    assert "End it in .csv, .json or .html" in capsys.readouterr().err
    assert run(["run", "list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 1


TALKS = """Conversation 1
Agent: Hello, how can I help?
Customer: I need to book an appointment
Customer: my patient number is BH-40718
---
Customer: The moon is made of cheese
Agent: Is it?
"""


def test_further_customers_come_into_a_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Drawn ones, those at limits and those of a file of conversations stand beside the chosen test."""
    (folder / "calls.txt").write_text(TALKS, encoding="utf-8")
    assert run(["run", "conversations", "calls.txt"]) == 0
    out = capsys.readouterr().out
    assert "BH-40718" in out
    assert "No turn says what the customer wants" in out
    assert "1 of 2 conversations become customers" in out
    words = [
        "simulate",
        "--customers",
        "1",
        "--test",
        "T-01",
        "--generate",
        "3",
        "--conversations",
        "calls.txt",
    ]
    assert run([*words, "--json"]) in (0, 1)
    page = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in page["rows"]] == ["T-01", "G-0001", "G-0002", "G-0003", "C-001"]
    assert page["trial"] == "only T-01 · 3 drawn customers more · 1 from conversations"
    assert run(["simulate", "--customers", "1", "--limits"]) == 0
    assert "at the limits of decisions" in capsys.readouterr().out


def test_a_fault_is_narrowed_to_a_step_and_to_chance(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault may be at a step, by chance, or the first calls only; what is none of it is a sentence."""
    assert run(["run", "faults", "--json"]) == 0
    there = json.loads(capsys.readouterr().out)
    fault, steps = next(each for each in there["fault_steps"] if each[0]["failure"] == "timeout" and each[1])
    given = f"{fault['id']}=timeout,at={steps[0]},chance=50%,times=2"
    assert run(["simulate", "--customers", "1", "--fault", given, "--json"]) in (0, 1)
    trial = json.loads(capsys.readouterr().out)["trial"]
    assert "by chance, 50% of the calls, the first 2 times" in trial
    for wrong, said in (
        (f"{fault['id']}=timeout,at=nowhere", "No step “nowhere” uses"),
        (f"{fault['id']}=timeout,chance=300%", "says no chance"),
        (f"{fault['id']}=timeout,often", "does not say when"),
    ):
        assert run(["simulate", "--fault", wrong]) != 0
        assert said in capsys.readouterr().err
