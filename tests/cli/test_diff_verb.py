"""The verb `diff`: what IT reads, pipes and scripts about two versions of a document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from studio.cli.comparing import quick
from studio.cli.main import run

BEFORE = (
    "# Refunds\n\nKeep calm.\n\nRefunds are paid within 30 days of purchase. Agents may refund.\n\n* one\n"
)
AFTER = (
    "# Refunds\n\nKeep calm.\n\nRefunds are paid within 45 days of purchase. Agents may refund.\n\n- one\n"
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Return two versions of a policy as files."""
    before, after = tmp_path / "before.md", tmp_path / "after.md"
    before.write_bytes(BEFORE.encode())
    after.write_bytes(AFTER.encode())
    return str(before), str(after)


def test_changed_words_are_marked_and_the_exit_code_says_different(
    files: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """A number that changed stands out in its sentence, a new bullet is only layout, the rest is counted."""
    assert run(["diff", *files]) == 1
    out = capfd.readouterr().out
    assert "~ Refunds are paid within [-30-]{+45+} days of purchase.\n" in out
    assert "= [-*-]{+-+} one\n" in out
    assert out.startswith("  (2 unchanged parts)\n")
    assert "Keep calm" not in out


def test_the_quick_way_and_the_parser_say_the_same(
    files: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """Starting without the parser changes nothing but the time it takes."""
    for flags in ([], ["--all"], ["--json"]):
        assert run(["diff", *files, *flags]) == 1
        parsed = capfd.readouterr().out
        assert quick([*files, *flags]) == 1
        assert capfd.readouterr().out == parsed


def test_equal_files_say_nothing_is_different(
    files: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """A script can trust exit code 0."""
    assert quick([files[0], files[0]]) == run(["diff", files[0], files[0]]) == 0
    assert "+" not in capfd.readouterr().out


def test_json_rebuilds_both_versions(files: tuple[str, str], capfd: pytest.CaptureFixture[str]) -> None:
    """Programs get every row; joined, the rows are the two files."""
    quick([*files, "--json"])
    told = json.loads(capfd.readouterr().out)
    assert told["same"] is False
    assert "".join(row["before"] for row in told["rows"]) == BEFORE
    assert "".join(row["after"] for row in told["rows"]) == AFTER
    assert ["30", "45", True] in next(row["edits"] for row in told["rows"] if "30" in row["before"])


def test_a_file_that_is_not_there_is_a_sentence(
    files: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """What cannot be read is told in words, with the exit code of broken input or wrong use."""
    assert run(["diff", files[0], "nowhere.md"]) in (2, 3)
    assert "nowhere.md" in capfd.readouterr().err


def test_a_plain_call_imports_no_parser_and_no_models(files: tuple[str, str]) -> None:
    """`cobuilder diff A B` starts without the libraries that other verbs need."""
    told = "import sys; from studio.cli.comparing import quick; quick(sys.argv[1:]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told, *files], capture_output=True, text=True, check=True)
    loaded = done.stdout.rsplit("\n", 2)[-2].split()
    assert not {"typer", "pydantic", "rapidfuzz", "dataclasses"} & set(loaded)
