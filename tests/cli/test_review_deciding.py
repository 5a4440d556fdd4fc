"""Deciding from a script: a conflict in three columns, an edited value, a question, the history."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.assembly import new_from_sample, open_workbench, sample
from studio.cli.main import run
from studio.domain.agent import Agent
from studio.services.authoring.fields import set_field
from studio.services.commands import EditAgent
from studio.services.queries.agents import ShowAgent
from studio.services.queries.sources import ListSources
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.settings import Settings

SAMPLE = "returns_assistant"
RULE = "charter/rules/R-03/text"
Call = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with its new policy proposed; made once."""
    folder = tmp_path_factory.mktemp("deciding") / "workspace"
    bench = new_from_sample(folder, SAMPLE, Settings(name="Ana Silva"))
    bench.run(ReadSource(**sample(SAMPLE).new_document.as_job()))
    bench.run(Propose(bench.ask(ListSources()).rows[-1].id))
    bench.close()
    return folder


@pytest.fixture
def folder(proposed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy of it."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    return Path(shutil.copytree(proposed, tmp_path / "workspace"))


@pytest.fixture
def review(folder: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a verb of review; return its code and what it said."""

    def call(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(["review", *words, "-w", str(folder)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def _by_hand(folder: Path, text: str) -> Agent:
    bench = open_workbench(folder, Settings(name="Ben Ode"))
    bench.do(EditAgent(set_field(bench.ask(ShowAgent()).draft, RULE, text)))
    draft = bench.ask(ShowAgent()).draft
    bench.close()
    return draft


def _draft(folder: Path) -> Agent:
    bench = open_workbench(folder, Settings(name="Ben Ode"))
    draft = bench.ask(ShowAgent()).draft
    bench.close()
    return draft


def test_a_conflict_in_three_columns(folder: Path, review: Call) -> None:
    """The draft moved on: the script sees live, theirs and mine, chooses, accepts, and takes it all back."""
    assert review("rebase", "P-01") == (0, "P-01 fits the draft as it is.\n")
    _by_hand(folder, "Customers may return an item within 14 days of delivery.")
    code, told = review("rebase", "P-01", "--json")
    (row,) = json.loads(told)["waits"]["rows"]
    assert code == 1 and row["path"].startswith("charter/rules/R-03")
    assert "30 days" in row["live"] and "45 days" in row["theirs"] and "14 days" in row["mine"]
    code, told = review("rebase", "P-01")
    assert code == 1 and "Theirs:" in told and "1 place to choose for" in told
    assert review("accept", "P-01", row["change_id"])[0] == 1
    code, told = review("rebase", "P-01", row["path"], "--take", "theirs")
    assert code == 0 and "fits the draft again" in told
    assert review("accept", "P-01", row["change_id"])[0] == 0
    assert "45 days" in _draft(folder).charter.rule("R-03").text
    for _ in range(2):
        assert run(["undo", "-w", str(folder)]) == 0
    assert "14 days" in _draft(folder).charter.rule("R-03").text
    assert review("rebase", "P-01")[0] == 1
    code, told = review("rebase", "P-01", "--take", "mine")
    assert code == 0 and "14 days" in _change_after(review, row["change_id"])


def _change_after(review: Call, change: str) -> str:
    return str(json.loads(review("show", "P-01", change, "--json")[1])["after"])


def test_a_value_is_edited_by_its_fields(folder: Path, review: Call) -> None:
    """Cells, choices and texts are edited by name; what cannot be read is refused with a sentence."""
    _, told = review("list", "P-01", "--json")
    rows = [row for group in json.loads(told)["groups"] for row in group["rows"]]
    name = next(row["id"] for row in rows if "row “take back”" in row["title"])
    form = json.loads(review("edit", "P-01", name, "--json")[1])
    key = next(field["key"] for field in form["fields"] if field["text"] == "≤ 45")
    assert review("edit", "P-01", name, "--set", f"{key}=up to sixty")[0] == 2
    code, told = review("edit", "P-01", name, "--set", f"{key}=up to 60")
    assert code == 0, told
    told = review("edit", "P-01", name)[1]
    assert "≤ 60" in told and "edited by" in told.splitlines()[0] and "45" not in told
    code, told = review("history", "P-01", name)
    assert code == 0 and "edited the proposed value" in told and "≤ 45" in told


def test_kinds_and_groups_are_decided_at_once(review: Call) -> None:
    """All tests are rejected in one step; a trial run says beforehand what comes along."""
    code, told = review("reject", "P-01", "--kind", "Tests", "--dry-run")
    assert code == 0 and "Rejects" in told
    code, told = review("reject", "P-01", "--kind", "tests")
    assert code == 0 and "Rejected" in told
    assert review("reject", "P-01", "--kind", "Tests")[0] == 2
    code, told = review("accept", "P-01", "--group", "Nowhere")
    assert code == 2 and "Choose one of: Charter" in told
    assert review("accept", "P-01", "--group", "Charter")[0] == 0
    assert review("accept", "P-01", "C-01", "--all")[0] == 2


def test_people_are_asked_and_reply(review: Call) -> None:
    """A question to somebody waits for a reply, by number; the history tells both."""
    code, told = review("ask", "P-01", "C-01", "Is this right?", "--to", "compliance", "--also", "C-02")
    assert code == 0 and "Asked Compliance" in told
    code, told = review("threads", "P-01", "C-02")
    assert code == 0 and "waits for a reply" in told and "1. " in told
    assert review("reply", "P-01", "9", "Yes.")[0] == 2
    assert review("reply", "P-01", "1", "Yes.", "--as", "Dana Cole")[0] == 0
    code, told = review("threads", "P-01")
    assert "waits" not in told and "Dana Cole" in told
    assert "replied: Yes." in review("history", "P-01", "C-01")[1]
