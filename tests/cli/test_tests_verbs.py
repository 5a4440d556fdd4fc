"""`cobuilder tests` does what the Tests page does: list, show, run, copy, tag, remove, what is missing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from studio.assembly import new_from_sample
from studio.cli.main import run
from studio.settings import Settings


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace made of the sample, once."""
    place = tmp_path_factory.mktemp("verbs") / "workspace"
    new_from_sample(place, "returns_assistant", Settings(name="Ana Silva")).close()
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(made, tmp_path / "workspace"))


@pytest.fixture
def says(folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a verb in the workspace; return its exit code and what it says."""

    def act(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run([*words, "--workspace", str(folder)])
        return code, capsys.readouterr().out

    return act


def test_tests_are_listed_tagged_and_found(says: Any) -> None:
    """A tag is given to several at once, found by, listed as JSON, and taken away by undo."""
    code, text = says("tests", "list")
    assert code == 0
    assert "T-01" in text
    assert says("tests", "tag", "T-01", "T-02", "--tag", "core")[1].startswith("Tag 2 tests with “core”")
    found = json.loads(says("tests", "list", "--tag", "Core", "--json")[1])
    assert [each["id"] for each in found] == ["T-01", "T-02"]
    assert "Tags: core" in says("tests", "show", "T-01")[1]
    assert says("undo")[0] == 0
    assert json.loads(says("tests", "list", "--tag", "core", "--json")[1]) == []


def test_tests_are_run_at_once(says: Any) -> None:
    """Every test is met once; the exit code says whether all pass, and a broken one is named with why."""
    code, text = says("tests", "run")
    assert code == 0
    assert "14 of 14 tests right" in text
    told = json.loads(says("tests", "run", "T-01", "--json")[1])
    assert told["passed"] == 1
    assert told["tests"][0]["covers"]
    expected = '[{"kind": "outcome", "outcome": "abandoned"}]'
    assert says("edit", "set", "scenarios/T-01/expectations", expected)[0] == 0
    code, text = says("tests", "run", "T-01", "--talk")
    assert code == 1
    assert "NOT RIGHT  T-01" in text
    assert "customer: " in text


def test_tests_are_made_copied_changed_and_removed(says: Any) -> None:
    """A copy with a variation, a behaviour and a failing system for several, a new one, all away again."""
    assert "behaviour:impatient" in says("tests", "copy", "T-01", "--ways")[1]
    made = json.loads(says("tests", "copy", "T-01", "--vary", "behaviour:impatient", "--json")[1])
    copy = made["tests"][0]
    assert copy["behaviours"][-1] == "impatient"
    assert says("tests", "behave", "T-02", copy["id"], "--manner", "angry")[0] == 0
    assert says("tests", "fail", copy["id"], "--fault", "create_return=timeout")[0] == 0
    shown = json.loads(says("tests", "show", copy["id"], "--json")[1])
    assert shown["behaviours"][-1] == "angry"
    assert [(each["id"], each["failure"]) for each in shown["faults"]] == [("create_return", "timeout")]
    assert says("tests", "behave", copy["id"], "--plainly")[0] == 0
    assert says("tests", "fail", copy["id"], "--nothing")[0] == 0
    new = json.loads(says("tests", "new", "return-item", "--title", "Mine", "--json")[1])["tests"][0]
    assert new["title"] == "Mine"
    assert says("tests", "remove", copy["id"], new["id"])[1].startswith("Delete 2 tests")
    assert says("tests", "show", new["id"])[0] == 2
    assert says("tests", "behave", "T-01", "--manner", "singing")[0] == 2


def test_what_is_missing_is_listed_and_written(says: Any) -> None:
    """What no passing test exercises is named, and a test written for it takes it off the list."""
    gaps = json.loads(says("tests", "missing", "--json")[1])["gaps"]
    row = next(each for each in gaps if each["kind"] == "rows")
    assert row["id"] in says("tests", "missing")[1]
    assert "It was run: the draft passes it." in says("tests", "write", "rows", row["id"])[1]
    after = json.loads(says("tests", "missing", "--json")[1])["gaps"]
    assert row["id"] not in {each["id"] for each in after if each["kind"] == "rows"}
