"""The charter by command: the same deeds as the page, all or nothing, taken back by undo."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from studio.assembly import new_from_sample
from studio.cli.main import run
from studio.domain.charter_edit import CharterDeed
from studio.settings import Settings


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the returns sample, made once."""
    folder = tmp_path_factory.mktemp("charter") / "workspace"
    new_from_sample(folder, "returns_assistant", Settings(name="Ana Silva")).close()
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy of it, which commands work on."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    folder = tmp_path / "workspace"
    shutil.copytree(made, folder)
    monkeypatch.setenv("COBUILDER_WORKSPACE", str(folder))
    return folder


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return the JSON a command prints; it has to succeed."""
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """Return what a command says."""
    capsys.readouterr()
    assert run([*arguments]) == code
    found = capsys.readouterr()
    return found.out + found.err


@pytest.mark.usefixtures("place")
def test_a_place_is_set_and_undone(capsys: pytest.CaptureFixture[str]) -> None:
    """A value is set by its path, told in a sentence, seen again, and taken back."""
    words = told(capsys, "edit", "set", "charter/rules/R-10/severity", "low")
    assert "low weight (was high)" in words
    assert asked(capsys, "edit", "show", "charter/rules/R-10/severity") == "low"
    told(capsys, "undo")
    assert asked(capsys, "edit", "show", "charter/rules/R-10/severity") == "high"
    assert "so already" in told(capsys, "edit", "set", "charter/rules/R-10/severity", "high")


@pytest.mark.usefixtures("place")
def test_what_does_not_fit_is_a_sentence_and_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A place that is none and a value that does not fit are wrong use; nothing is changed."""
    assert "is no place" in told(capsys, "edit", "set", "charter/colours/R-99/text", "x", code=2)
    assert "does not fit" in told(capsys, "edit", "set", "charter/rules/R-10/severity", "huge", code=2)
    assert "no deed" in told(capsys, "charter", "do", "fly", code=2)
    assert "gives nothing" in told(capsys, "charter", "do", "set autonomy", "--with", "level", code=2)
    assert "cannot be done so" in told(capsys, "charter", "do", "set autonomy", "--with", "depth=2", code=2)
    assert "Nothing stands" in told(capsys, "edit", "show", "charter/colours", code=2)


@pytest.mark.usefixtures("place")
def test_a_text_that_looks_like_a_number_stays_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Words that happen to be JSON are taken as words where a text stands."""
    told(capsys, "edit", "set", "charter/tone", "2026")
    assert asked(capsys, "edit", "show", "charter/tone") == "2026"


@pytest.mark.usefixtures("place")
def test_a_file_of_changes_is_done_whole_or_not_at_all(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Sets and wishes of a file come as one change, undone at once; one that does not fit spoils all."""
    file = tmp_path / "changes.json"
    file.write_text(
        json.dumps(
            {"sets": [{"path": "charter/purpose", "value": "P"}, {"path": "charter/tone", "value": "T"}]}
        )
    )
    assert "Would do" in told(capsys, "edit", "apply", str(file), "--dry-run")
    assert asked(capsys, "edit", "show", "charter/purpose") != "P"
    told(capsys, "edit", "apply", str(file))
    assert [asked(capsys, "edit", "show", f"charter/{each}") for each in ("purpose", "tone")] == ["P", "T"]
    told(capsys, "undo")
    assert asked(capsys, "edit", "show", "charter/purpose") != "P"
    wishes = [
        {"deed": "add rule", "item": "never", "given": {"title": "No cash", "text": "Never pay cash."}},
        {"deed": "guard rule", "item": "R-14", "given": {"guard": {"tools": ["issue_refund"]}}},
    ]
    file.write_text(json.dumps({"title": "No cash refunds", "wishes": wishes}))
    assert told(capsys, "edit", "apply", str(file)).startswith("Done: No cash refunds")
    assert asked(capsys, "charter", "rule", "R-14")["enforcement"]["how"] == "guard"
    file.write_text(json.dumps({"wishes": [*wishes, {"deed": "remove rule", "item": "R-99"}]}))
    assert "no rule R-99" in told(capsys, "edit", "apply", str(file), code=2)
    assert "R-15" not in told(capsys, "charter", "rules")


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sets": 3}', '{"sets": [], "changes": []}', "\x00"])
def test_a_file_that_is_none_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str
) -> None:
    """A damaged or foreign file is broken input, told in a sentence."""
    file = tmp_path / "changes.json"
    file.write_text(content)
    words = told(capsys, "edit", "apply", str(file), code=3)
    assert "is no file of changes" in words or "cannot be read as changes" in words


@pytest.mark.usefixtures("place")
def test_rules_are_listed_with_how_they_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that only words keep are told apart; words and ways narrow the list."""
    only = asked(capsys, "charter", "rules", "--kept", "text only")
    assert [each["rule"]["id"] for each in only] == ["R-10"]
    assert "a model is asked to keep them" in told(capsys, "charter", "rules")
    assert "R-04" in told(capsys, "charter", "rules", "used items")
    assert "Refers to it" in told(capsys, "charter", "rule", "R-06")
    assert "is no way" in told(capsys, "charter", "rules", "--kept", "magic", code=2)


@pytest.mark.usefixtures("place")
def test_the_charter_and_its_economics_are_told_without_code(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole charter is shown in words; another containment is worked out without changing anything."""
    words = told(capsys, "charter", "show")
    assert "Saves 16,761 GBP a month" in words
    assert "(owns performance after launch)" in words
    assert "✓ Every check holds on every path" in words
    assert not {"{", "_cost", "None"} & set(words.split())
    worked = asked(capsys, "charter", "economics", "--containment", "0.2")
    assert worked["net_effect"] < 0 < worked["break_even"]
    assert asked(capsys, "charter", "economics")["net_effect"] == pytest.approx(16761, abs=1)


@pytest.mark.usefixtures("place")
def test_the_window_and_the_command_know_the_same_deeds(capsys: pytest.CaptureFixture[str]) -> None:
    """Every deed of the Charter page is listed for the command line, with what it takes."""
    from typing import get_args

    assert set(asked(capsys, "charter", "deeds")) == set(get_args(CharterDeed))
    assert "level 1" in told(capsys, "charter", "do", "set autonomy", "--with", "level=1").lower()
    told(capsys, "charter", "do", "set policy", "--with", 'data_classes=["public"]')
    assert "allows public only" in told(capsys, "check", code=1)
