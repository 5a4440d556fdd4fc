"""The lab on the command line: simulate, coverage, strength and records, as people and programs use them."""

from __future__ import annotations

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


def test_what_a_run_exercised(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Coverage needs a run, and then tells by kind what no test exercised."""
    assert run(["coverage"]) == 2
    assert "Nothing was simulated yet" in capsys.readouterr().err
    assert run(["simulate", "--customers", "5"]) == 0
    capsys.readouterr()
    assert run(["coverage", "--missing"]) == 0
    told = capsys.readouterr().out
    assert "never, guards: R-04 Children through the front desk" in told
    assert "in words only, no conversation can show it: R-05 No medical advice" in told
    assert run(["coverage", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert {item["kind"] for item in page["coverage"]["items"]} >= {"steps", "rows", "faults"}
    assert {verdict["outcome"] for verdict in page["verdicts"]} == {"passes every time"}


def test_new_tests_are_proposed_for_what_none_notices(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The proposal is decided like any other, and its tests then pass with the others."""
    assert run(["strength", "--offer", "--customers", "1", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert len(found["proposal"]["changes"]) == len(found["strength"]["tests"]) > 5
    name = found["proposal"]["id"]
    assert run(["review", "accept", name, "--all"]) == 0
    capsys.readouterr()
    assert run(["simulate", "--customers", "2", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["draft"]["scenarios"] == 13 + len(found["strength"]["tests"])


def test_records_by_hand_and_from_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Import, change, export, undo; a wrong value is refused with its line and column."""
    for table in ("Patients", "Appointments"):
        assert run(["world", "remove", table]) == 0
    file = folder / "patients.csv"
    file.write_text("Patient number,Date of birth\nBH-40718,1984-05-17\n", encoding="utf-8")
    assert run(["world", "import", "Patients", str(file)]) == 0
    assert run(["world", "put", "Patients", "BH-2", "date_of_birth=1990-01-01"]) == 0
    capsys.readouterr()
    assert run(["world", "export", "patients"]) == 0
    assert capsys.readouterr().out == "Patient number,Date of birth\nBH-40718,1984-05-17\nBH-2,1990-01-01\n"
    assert run(["world", "list", "--json"]) == 0
    systems = dict(json.loads(capsys.readouterr().out)["systems"])
    assert systems["patients"] == ["find_patient", "get_appointment", "book_appointment"]
    assert run(["world", "put", "Patients", "BH-3", "date_of_birth=soon"]) == 3
    assert "“soon” is no date like 2026-12-31" in capsys.readouterr().err
    assert run(["undo"]) == 0
    capsys.readouterr()
    assert run(["world", "show", "Patients"]) == 0
    assert "BH-2" not in capsys.readouterr().out


def test_a_table_is_made_and_its_columns_are_changed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table from nothing: columns with their kinds, other names, one removed; Undo takes each step back."""
    assert run(["world", "new", "Rooms", "--key", "Room"]) == 0
    assert run(["world", "column", "Rooms", "Beds", "--holds", "number"]) == 0
    assert run(["world", "put", "Rooms", "R-1", "beds=2"]) == 0
    assert run(["world", "column", "Rooms", "Beds", "--rename", "Places"]) == 0
    assert run(["world", "rename", "Rooms", "Wards"]) == 0
    capsys.readouterr()
    assert run(["world", "export", "Wards"]) == 0
    assert capsys.readouterr().out == "Room,Places\nR-1,2\n"
    assert run(["world", "column", "Wards", "Places", "--holds", "date"]) == 3
    assert "“2” is no date" in capsys.readouterr().err
    assert run(["world", "column", "Wards", "Beds", "--remove", "--holds", "text"]) == 2
    assert run(["world", "column", "Wards", "Places", "--remove"]) == 0
    assert run(["undo"]) == 0
    capsys.readouterr()
    assert run(["world", "export", "Wards"]) == 0
    assert capsys.readouterr().out == "Room,Places\nR-1,2\n"
