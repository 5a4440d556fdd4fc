"""The one door, `packaging/dev.py`, speaks in sentences and repeats no work."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import dev
import pytest
import system
from environment import TEST, Environment


def _run(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(repository / "packaging" / "dev.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [(), ("fly",), ("check", "--fast")])
def test_wrong_use_names_the_verbs_and_exits_2(repository: Path, arguments: tuple[str, ...]) -> None:
    """Whoever mistypes is told what there is, without a traceback."""
    done = _run(repository, *arguments)
    assert done.returncode == 2
    assert "usage: dev.py" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_may_not_be_installed_is_one_line_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the right to install, the user gets exactly one command, with only what is missing."""
    monkeypatch.setattr(system, "_apt_prefix", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    needs = [system.Need("libegl1", lambda: False), system.Need("libgl1", lambda: True)]
    with pytest.raises(system.SystemIncomplete) as caught:
        system.complete(needs)
    assert str(caught.value).splitlines()[-1].strip() == "sudo apt-get install -y libegl1"


def test_a_complete_machine_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where everything is there, nothing is installed and nobody is asked."""
    monkeypatch.setattr(system, "_install", lambda *_: pytest.fail("installed something"))
    assert system.complete([system.Need("libegl1", lambda: True)]) in {
        "all here",
        "nothing to check on this system",
    }


def test_what_cannot_be_had_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is asked for in one go; if that fails, one by one, and what must be there ends it."""
    asked: list[list[str]] = []

    def install(prefix: list[str], packages: list[str]) -> None:
        asked.append(packages)
        if "chromium" in packages:
            raise system.SystemIncomplete(" ".join(packages))

    monkeypatch.setattr(system, "_install", install)
    assert system._bring([], ["libgl1"], ["jq"]) == "installed libgl1 jq" and asked == [["libgl1", "jq"]]
    said = system._bring([], ["libgl1"], ["chromium", "jq"])
    assert said == "installed libgl1, without chromium, installed jq"
    assert asked[1:] == [["libgl1", "chromium", "jq"], ["libgl1"], ["chromium"], ["jq"]]
    with pytest.raises(system.SystemIncomplete, match=r"^chromium$"):
        system._bring([], ["chromium"], [])
    assert asked[5:] == [["chromium"]], "what was refused alone is not asked for again"
    assert system._bring(None, [], ["chromium", "jq"]) == "without chromium, jq"


def test_a_library_is_known_by_loading_it() -> None:
    """A library counts as there only when the machine can load it."""
    assert not system._library("libnothing1", "libnothing-at-all.so.1").present()


def test_a_machine_in_the_way_exits_3_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing library ends in one sentence, and in the code that means the machine, not the product."""

    def refuse(needs: object) -> str:
        raise system.SystemIncomplete("libegl1 is missing")

    monkeypatch.setattr(system, "complete", refuse)
    assert dev.main(["check"]) == dev.MACHINE_IN_THE_WAY
    assert capsys.readouterr().err == "dev.py: libegl1 is missing\n"


def test_a_change_of_a_lock_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """What equals its locks costs nothing; one changed byte in a lock installs that set again."""
    (tmp_path / "packaging").mkdir()
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    for name in TEST:
        (tmp_path / "packaging" / f"{name}.lock").write_text("", encoding="utf-8")
    environment = Environment(tmp_path)
    request.addfinalizer(environment.settle)
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(environment, "_pip", lambda *arguments: asked.append(arguments))
    assert environment.sync(TEST, lambda text: None) != "up to date"
    asked.clear()
    assert environment.sync(TEST, lambda text: None) == "up to date"
    assert asked == []
    (tmp_path / "packaging" / "test.lock").write_text("# changed", encoding="utf-8")
    assert environment.sync(TEST, lambda text: None) == "installed test and this project"
