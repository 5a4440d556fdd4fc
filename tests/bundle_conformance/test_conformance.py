"""The suite for other verifiers: cases written as files, and a verifier run as a command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from studio.cli.main import run
from tests.bundle_conformance.conformance import Case, verdict, write
from tests.bundle_conformance.kit import Kit

OURS = "bundle verify {bundle} --policy {policy} --at {now} [--state {state}]"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Every case as files."""
    return write(Kit(), tmp_path_factory.mktemp("cases"))


def test_our_command_is_right_on_every_case(cases: list[Case], capsys: pytest.CaptureFixture[str]) -> None:
    """From files alone, the command accepts what is sound and refuses all else at the very check expected."""
    for case in cases:
        command = case.command(OURS)
        assert command is not None
        code = run([*command, "--json"])
        out = capsys.readouterr().out
        if not out:  # the policy itself is at fault, so there is nothing to judge by
            assert (code, case.expected["check"]) == (3, "approvals"), case.name
            continue
        said = json.loads(out)
        assert (code == 0) is case.expected["accepted"] is said["ok"], case.name
        refused = [check["name"] for check in said["checks"] if check["verdict"] == "refused"]
        assert refused == ([] if said["ok"] else [case.expected["check"]]), case.name


def test_the_suite_tells_a_bad_verifier_from_a_good_one(cases: list[Case]) -> None:
    """Who accepts all, crashes, or is not told what it must know, is told so; a right one is right."""
    attack = next(case for case in cases if case.name.startswith("a01"))
    sound = next(case for case in cases if case.name == "sound/production")
    late = next(case for case in cases if case.name.startswith("a09"))
    python = f"'{sys.executable}' -c"
    assert verdict(attack, f"{python} 'raise SystemExit(0)' {{bundle}}") == "accepted"
    assert verdict(attack, f"{python} 'raise SystemExit(70)' {{bundle}}") == "crashed with code 70"
    assert verdict(attack, f"{python} 'raise SystemExit(1)' {{bundle}}") == "right"
    assert verdict(sound, f"{python} 'raise SystemExit(1)' {{bundle}}") == "refused with code 1"
    assert verdict(late, f"{python} 'raise SystemExit(0)' {{bundle}}") == "not told"


def test_the_cases_are_the_same_bytes_everywhere(cases: list[Case], tmp_path: Path) -> None:
    """Written again, every file is the same: a case can be named by its digest."""
    again = write(Kit(), tmp_path)
    for first, second in zip(cases, again, strict=True):
        assert (first.folder / "release.cobundle").read_bytes() == (
            second.folder / "release.cobundle"
        ).read_bytes()
