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


_ALONE = (
    "import os, sys; from studio.cli import sharing; sharing.WORTH = {worth};"
    "from studio.cli.comparing import quick; quick(sys.argv[1:], os._exit)"
)
"""A process that compares two files and ends, as `python -m studio diff` does."""


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


def test_a_text_wrapped_anew_is_counted_and_only_its_words_are_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where lines break elsewhere now, only the sentence with another word is shown, on one line."""
    before, after = tmp_path / "before.md", tmp_path / "after.md"
    before.write_text(
        "Refunds take 30 days from\nthe day of purchase. Cards are\nnever read out to anyone.\n"
    )
    after.write_text("Refunds take 45 days from the\nday of purchase. Cards are never read\nout to anyone.\n")
    assert quick([str(before), str(after)]) == 1
    assert capfd.readouterr().out == (
        "~ Refunds take [-30-]{+45+} days from the day of purchase.\n  (1 only wrapped anew)\n"
    )
    assert quick([str(before), str(after), "--all"]) == 1
    assert capfd.readouterr().out.endswith("= Cards are never read out to anyone.\n")


def test_code_is_told_in_its_lines(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The lines of a command that changed stay lines; only the word that changed is marked."""
    before, after = tmp_path / "before.md", tmp_path / "after.md"
    code = (
        "Run this:\n\n```sh\ncobuilder check shop\ncobuilder test shop all\ncobuilder release export\n```\n"
    )
    before.write_text(code)
    after.write_text(code.replace("all", "some"))
    assert quick([str(before), str(after)]) == 1
    assert "\ncobuilder test shop [-all-]{+some+}\ncobuilder release" in capfd.readouterr().out


def test_a_text_on_one_line_is_told_by_its_sentences(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A heading in front and another in the middle of a single line leave each sentence where it stands."""
    said = (
        "## Refunds Calm first, see No. 7 there. Refunds take 30 days. ## Cards Never read them. Ask first."
    )
    before, after = tmp_path / "before.md", tmp_path / "after.md"
    before.write_text(said + "\n")
    after.write_text(said.replace("30", "45").replace("Ask first", "Ask a lead first") + "\n")
    assert quick([str(before), str(after)]) == 1
    assert capfd.readouterr().out == (
        "  (1 unchanged part)\n~ Refunds take [-30-]{+45+} days. ## Cards Never read them.\n"
        "~ Ask {+a lead+} first.\n"
    )


def test_more_blank_lines_are_no_more_parts(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What is not shown is counted in paragraphs, however far apart they stand."""
    before, after = tmp_path / "before.md", tmp_path / "after.md"
    before.write_text("Keep calm.\n\n\n\n\nBe kind.\n\n\n\nRefunds take 30 days from the purchase.\n")
    after.write_text(before.read_text().replace("30", "45"))
    assert quick([str(before), str(after)]) == 1
    assert capfd.readouterr().out.startswith("  (2 unchanged parts)\n~ Refunds take [-30-]{+45+} days")


def test_two_processes_say_what_one_says(tmp_path: Path) -> None:
    """A long document is compared by two processes; each gap is told once, in its place."""
    before, after = tmp_path / "before.md", tmp_path / "after.md"
    said = [f"Rule {n} tells the team of case {n} to ask for paper {n * 7} within a week." for n in range(60)]
    before.write_text("\n\n".join(said))
    after.write_text(
        "\n\n".join(each.replace("team", "desk") if n % 3 else each for n, each in enumerate(said))
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", _ALONE.format(worth=worth), before, after],
            capture_output=True,
            check=False,
        )
        for worth in (1, 1_000_000)
    ]
    assert told[0].stdout == told[1].stdout
    assert told[0].stdout.count(b"[-team-]{+desk+}") == 40
    assert [(each.returncode, each.stderr) for each in told] == [(1, b"")] * 2


def test_what_the_other_process_did_not_finish_is_done_here() -> None:
    """A helper that is killed costs time, never a line."""
    code = (
        "import os; from studio.cli import sharing; sharing.WORTH = 1; here = os.getpid();"
        "work = lambda todo: ([(len(todo),) * 4], {}) if os.getpid() == here else os.kill(os.getpid(), 9);"
        "print(sharing.by_two(work, [([1, 2], [3])] * 5))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[([(3, 3, 3, 3)], {}), ([(2, 2, 2, 2)], {})]\n"


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
