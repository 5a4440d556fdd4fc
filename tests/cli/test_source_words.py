"""What the `source` verbs say to people: documents and places in words, and short names to answer with."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from studio.cli.main import run


def call(*arguments: object) -> tuple[int, str]:
    """Run the command line in this process; return the exit code and all it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = run([str(argument) for argument in arguments])
    return code, said.getvalue()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with a suspect sentence, a question of identity and a linked folder."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    assert call("new", tmp_path / "w", "--sample", "governed_desk")[0] == 0
    return tmp_path / "w"


def test_suspects_are_told_with_document_and_place_and_answered_by_a_short_name(place: Path) -> None:
    """Nobody has to copy an id of four parts: a question has a short name, and that answers it."""
    code, said = call("source", "suspects", "-w", place)
    assert code == 1
    assert re.search(r"^S-01/S-010  Booking guide, Moving · line \d+: “An appointment", said, re.MULTILINE)
    (name,) = re.findall(r"^(I-\d{4})  Booking guide, Families · line \d+: still", said, re.MULTILINE)
    assert not re.search(r"S-\d+/\d+/S-", said)
    assert "1 suspect sentence, 1 question whether a sentence is still the same." in said
    assert call("source", "same", name.lower(), "--different", "-w", place)[0] == 0
    code, said = call("source", "suspects", "-w", place, "--json")
    assert [doubt["same"] for doubt in json.loads(said)["identity"]] == [False]
    assert name not in call("source", "suspects", "-w", place)[1]


def test_linked_folders_can_be_seen(place: Path) -> None:
    """The id that `source unlink` wants is shown by `source link` without a folder."""
    code, said = call("source", "link", "-w", place)
    assert code == 0 and re.search(r"^F-01\s+\S.*linked documents$", said, re.MULTILINE)
    assert call("source", "unlink", "F-01", "-w", place)[0] == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            ["describe", "S-01", "authority=law"],
            "“law” is no authority. Choose from: regulation, policy, sop",
        ),
        (["describe", "S-01", "colour=red"], "Choose from: name, authority, owner"),
        (["describe", "S-01", "review_by=soon"], "Write it as 2026-12-01."),
        (["same", "I-9"], "`cobuilder source suspects` shows those there are."),
    ],
)
def test_wrong_answers_are_refused_in_words(place: Path, wrong: list[str], said: str) -> None:
    """A slip is answered with what could be meant, exit code 2, and nothing is changed."""
    code, answer = call("source", *wrong, "-w", place)
    assert code == 2 and said in answer and "Input should" not in answer
