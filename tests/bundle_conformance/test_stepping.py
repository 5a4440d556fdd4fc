"""The suite's cases of several commands: our own come out right, and a bad implementation is told so."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import pytest

from studio.cli.main import run
from tests.bundle_conformance.stepping import OURS, Case, Done, cases, outside


def _inside(command: list[str]) -> Done:
    """Run our own command in this process."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        return run(command[1:]), out.getvalue()


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Every case, on files of its own."""
    implementation = json.loads(OURS.read_text(encoding="utf-8"))
    return list(cases(tmp_path_factory.mktemp("steps"), implementation, _inside))


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))


def _is_apart(case: Case) -> bool:
    return any("killed_after" in step or "room" in step or "together" in step for step in case.steps)


def test_our_commands_do_what_every_case_demands(every: list[Case]) -> None:
    """Registry, repository, log and traffic by commands alone: each case ends as the table says."""
    assert {case.name[:3] for case in every} == {"a22", "a23", "a24", "a25", "f02", "f04", "f05", "f07"}
    told = {case.name: case.play() for case in every if not _is_apart(case)}
    assert len(told) > 20 and not any(told.values()), {name: said for name, said in told.items() if said}


def test_our_commands_stand_two_operators_and_a_full_disk(every: list[Case]) -> None:
    """At once, or without room: as processes of their own."""
    chosen = [case for case in every if case.name.startswith(("a22", "f07")) and _is_apart(case)]
    assert len(chosen) == 2
    assert [case.play() for case in chosen] == ["", ""]


def test_what_is_not_as_demanded_is_told(tmp_path: Path) -> None:
    """An implementation that does nothing, refuses all or crashes is told at which step, and why."""
    files = {"folder": str(tmp_path)}
    begin = {"do": "create", "expect": "done"}
    for script, steps, words in (
        ("exit 1", [begin], "step 1 (create): was refused, not done"),
        ("exit 70", [begin], "step 1 (create): crashed with code 70"),
        ("exit 0", [begin, {"do": "create", "expect": "refused"}], "step 2 (create): was done, not refused"),
        ("exit 0", [{"together": [begin, begin], "expect": "one"}], "ended with [0, 0]"),
        ("echo '{\"a\": 1}'", [{"shows": "state", "n": 2}], "wanted {'n': 2}, found {'n': 1}"),
        ("date +'{\"a\": %N}'", [{"keep": "state"}, {"kept": "state"}], "step 2 (state): was"),
        ("exit 0", [{"tamper": "a row deleted"}], "does not say how"),
    ):
        shell = ["sh", "-c", script]
        implementation = {
            "deeds": {"create": shell, "state": shell},
            "reads": {"state": {"n": "/a"}},
            "files": {},
            "tampers": {},
        }
        said = Case("x", steps, implementation, tmp_path, files, outside).play()
        assert words in said, said
