"""Starting is light: what is heavy is imported where it is used, and the command line never imports Qt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.cli.verbs import VERBS
from studio.domain.frozen import canonical
from tests.bundle_conformance.kit import Kit

BESIDE_REGISTRY = ("studio.cli.registry", "studio.cli.route", "studio.cli.materialize", "studio.cli.bundle")
HEAVY = {
    "dask", "duckdb", "keyring", "lemminflect", "litellm", "nltk", "numpy", "openpyxl", "pdfplumber",
    "textblob",
}  # fmt: skip
COMMAND = """
import sys
from studio.__main__ import main
try:
    main()
finally:
    print("IMPORTED", *sys.modules, file=sys.stderr)
"""
# Keys that nobody keeps need not be locked so that it takes half a second each time.
LIGHT_LOCKS = """
from studio.signing import key_file
key_file.ROUNDS = 4
"""
WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

app = QApplication(["cobuilder"])

def close_at_home():
    windows = [w for w in app.topLevelWidgets() if isinstance(w, QMainWindow)]
    if windows and windows[0].room == "home":
        windows[0].close()

timer = QTimer()
timer.timeout.connect(close_at_home)
timer.start(1)
"""


def _modules(folder: Path, source: str, *arguments: str) -> set[str]:
    """Run in a process of its own, and return the modules that it imported."""
    settings = {"COBUILDER_CONFIG": str(folder / "settings"), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", source, *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.partition("IMPORTED")[0]
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("IMPORTED"))
    return set(line.split()[1:])


def _imported(folder: Path, source: str, *arguments: str) -> set[str]:
    return {name.partition(".")[0] for name in _modules(folder, source, *arguments)}


@pytest.mark.parametrize("verb", [[], ["registry", "status"]], ids=["cobuilder", "registry status"])
def test_help_needs_almost_nothing(tmp_path: Path, verb: list[str]) -> None:
    """`--help` answers at once: no other verb, no storage, no Qt, no language part, no model client."""
    modules = _modules(tmp_path, COMMAND, *verb, "--help")
    heavy = HEAVY | {"PySide6", "cryptography", "jsonschema", "multiprocessing", "pydantic", "sqlalchemy"}
    assert {name.partition(".")[0] for name in modules} & heavy == set()
    verbs = {f"studio.cli.{module}" for modules, _ in VERBS.values() for module in modules.split()}
    assert {name for name in modules & verbs if not (verb and name.startswith(BESIDE_REGISTRY))} == set()


@pytest.mark.parametrize("verb", ["show", "report", "verify"])
def test_a_bundle_is_looked_at_without_what_makes_one(tmp_path: Path, verb: str) -> None:
    """IT's verbs on a bundle import nothing that runs, proves, reads documents or stores."""
    kit, file, policy = Kit(), tmp_path / "desk.cobundle", tmp_path / "policy.json"
    file.write_bytes(kit.bundle(kit.content()))
    policy.write_bytes(canonical(kit.policy))
    judged = ["--policy", str(policy), "--at", f"{kit.now:%Y-%m-%dT%H:%M:%SZ}"] if verb == "verify" else []
    modules = _modules(tmp_path, COMMAND, "bundle", verb, str(file), *judged)
    rooms = {".".join(name.split(".")[:2]) for name in modules if name.startswith("studio.")}
    unneeded = ("checks", "cobuilder", "plugins", "readers", "runtime", "simulation", "store", "workers")
    assert rooms & {f"studio.{room}" for room in unneeded} == set()
    assert {name.partition(".")[0] for name in modules} & (HEAVY | {"sqlalchemy", "rapidfuzz"}) == set()


@pytest.mark.parametrize(
    "verb", [["new", "WORKSPACE", "--sample", "returns_assistant"], ["demo", "--no-window", "--dir", "DEMO"]]
)
def test_the_command_line_imports_no_qt(tmp_path: Path, verb: list[str]) -> None:
    """The base install, which has no Qt, can do the whole main job."""
    imported = _imported(
        tmp_path, LIGHT_LOCKS + COMMAND, *(str(tmp_path / word) if word.isupper() else word for word in verb)
    )
    assert imported & {"PySide6", "shiboken6", "litellm"} == set()


def test_the_window_opens_light(tmp_path: Path) -> None:
    """The window is there before anything heavy is imported."""
    assert _imported(tmp_path, WINDOW + COMMAND) & HEAVY == set()
