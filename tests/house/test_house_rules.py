"""The tree keeps the rules of the house, and each rule bites."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import environment
import house_rules
import lock
import pytest
from importlinter import cli as import_linter

GOOD_HASH = "0" * 64


def _tree(folder: Path, files: dict[str, str]) -> Path:
    for set_name in lock.SETS:
        files.setdefault(
            f"packaging/{set_name}.lock", f"{set_name}-x==1.0 \\\n    --hash=sha256:{GOOD_HASH}\n"
        )
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_the_tree_keeps_the_rules(repository: Path) -> None:
    """No file or function is too long to read, no name is empty, no lock holds an address or lacks a hash."""
    assert house_rules.violations(repository) == []


def test_import_contracts_hold(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports point down, adapters and heavy libraries stay in their rooms, and there is no cycle."""
    monkeypatch.chdir(repository)
    assert import_linter.lint_imports(no_logo=True) == import_linter.EXIT_STATUS_SUCCESS


def test_every_adapter_is_protected(repository: Path) -> None:
    """Each adapter that is there is in the contract that lets only assembly and plugins import it."""
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    by_id = {contract["id"]: contract for contract in settings["importlinter"]["contracts"]}
    (line,) = (line for line in by_id["floors"]["layers"] if "(store)" in line)
    adapters = {name.strip(" ()") for name in line.split("|")}
    there = {
        f"studio.{name}" for name in adapters if (repository / "studio" / name / "__init__.py").is_file()
    }
    assert there - set(by_id["adapters"]["protected_modules"]) == set()


def test_a_tidy_tree_has_no_fault(tmp_path: Path) -> None:
    """What keeps the rules is left alone."""
    assert house_rules.violations(_tree(tmp_path, {"studio/agent.py": "x = 1\n"})) == []


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("studio/agent.py", "x = 1\n" * 501, "a file has at most 500"),
        ("studio/agent.py", "def f():\n" + "    x = 1\n" * 60, "a function has at most 60"),
        ("studio/text_utils.py", "", "'utils' says nothing"),
        ("tests/helpers/thing.py", "", "'helpers' says nothing"),
        ("packaging/base.lock", f"a==1 \\\n    --hash=sha256:{GOOD_HASH}\nb==1\n", "b has no hash"),
        ("packaging/base.lock", "--index-url https://example.invalid/simple\n", "only a pinned package"),
        (
            "packaging/base.lock",
            f"a @ file:///a.whl \\\n    --hash=sha256:{GOOD_HASH}\n",
            "only a pinned package",
        ),
        ("packaging/base.lock", f"a>=1 \\\n    --hash=sha256:{GOOD_HASH}\n", "only a pinned package"),
        ("packaging/test.lock", f"base-x==1.0 \\\n    --hash=sha256:{GOOD_HASH}\n", "already locked"),
    ],
)
def test_each_rule_bites(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    """A breach is found and named by its file."""
    found = house_rules.violations(_tree(tmp_path, {name: text}))
    assert any(complaint in line and Path(name).name in line for line in found), found


def test_every_dependency_is_locked(repository: Path) -> None:
    """What `pyproject.toml` asks for is in the lock of its set or of one before it."""
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {"base": project["dependencies"], **project["optional-dependencies"]}
    locked: set[str] = set()
    for set_name in lock.SETS:
        text = lock.path_of(repository, set_name).read_text(encoding="utf-8")
        locked |= {line.split("==")[0] for line in text.splitlines() if "==" in line}
        for requirement in asked[set_name]:
            name = re.split(r"[<>=\[]", requirement)[0].lower()
            assert name in locked, f"{name} is missing: run python3 packaging/dev.py lock"


def test_no_set_is_installed_without_those_before_it() -> None:
    """A lock holds only what those before it lack: so what is installed together begins with the first."""
    for chosen in (environment.DESKTOP, environment.TEST):
        assert chosen == lock.SETS[: len(chosen)]
