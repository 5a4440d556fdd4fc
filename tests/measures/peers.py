"""Peers of the simulation, installed from their registries into folders of their own, and timed.

- deepeval's conversation simulator (in a virtual environment) with a canned customer and a canned agent;
  promptfoo (in an npm prefix) with its `echo` provider: from the command to the report on disk.
- Versions are pinned, the folder is kept under the user's cache. Where a registry is not reachable, or the
  machine has no Node, a peer is None and the sentence says why.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

import platformdirs

DEEPEVAL = "4.3.1"
PROMPTFOO = {22: "0.123.1", 20: "0.121.20"}
"""The newest version for each Node: from 0.122 on it wants Node 22; 0.120.0 misses files of its own."""
_INSTALL_SECONDS = 900
_RUN_SECONDS = 300
_QUIET = {
    "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "PROMPTFOO_DISABLE_UPDATE": "1",
    "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
    "CI": "1",
}


class NoPeer(Exception):
    """A peer cannot be had here; the message is a sentence."""


@dataclass(frozen=True)
class Timed:
    """How many conversations in how many seconds, by the clock and of processors."""

    conversations: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Return conversations a second of one processor: fair where others use the machine, too."""
        return self.conversations / self.cpu


def _cache() -> Path:
    return Path(platformdirs.user_cache_dir("cobuilder-studio-measures", False))


def _run(command: list[str], seconds: float, folder: Path | None = None, **more: str) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**environment, **_QUIET, **more},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPeer(f"{Path(command[0]).name} did not come to an end: {error}.") from error
    if done.returncode:
        last = " ".join((done.stdout + done.stderr).split())[-300:]
        raise NoPeer(f"{Path(command[0]).name} failed: {last}")
    return done.stdout


def deepeval() -> Path:
    """Return the Python that has deepeval; installs it the first time. Raises NoPeer."""
    folder = _cache() / f"deepeval-{DEEPEVAL}"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        _run([str(python), "-m", "pip", "install", "-q", f"deepeval=={DEEPEVAL}"], _INSTALL_SECONDS)
        (folder / "complete").touch()
    return python


def promptfoo() -> Path:
    """Return promptfoo's program; installs it the first time. Raises NoPeer."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoPeer("There is no Node here.")
    node = int(_run(["node", "--version"], 30).strip().lstrip("v").split(".")[0])
    version = next((version for least, version in PROMPTFOO.items() if node >= least), None)
    if version is None:
        raise NoPeer(f"promptfoo needs Node 20; here is {node}.")
    folder = _cache() / f"promptfoo-{version}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # What it builds on the way finds Node's headers where this machine's npm says they are.
        headers = _run([npm, "config", "get", "nodedir"], 30).strip()
        more = {"npm_config_nodedir": headers} if headers and headers != "undefined" else {}
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder)]
        _run([*command, f"promptfoo@{version}"], _INSTALL_SECONDS, folder, **more)
        (folder / "complete").touch()
    return folder / "node_modules" / ".bin" / ("promptfoo.cmd" if sys.platform == "win32" else "promptfoo")


def run_deepeval(python: Path, conversations: int, turns: int, scratch: Path) -> Timed:
    """Simulate so many conversations with deepeval, the faster of its two modes."""
    script = Path(__file__).with_name("peer_deepeval.py")
    command = [str(python), str(script), str(conversations), str(turns)]
    found = json.loads(_run(command, _RUN_SECONDS, scratch).strip().splitlines()[-1])
    return Timed(conversations, found["seconds"], found["cpu"])


def run_promptfoo(program: Path, conversations: int, turns: int, scratch: Path) -> Timed:
    """Evaluate so many echoed conversations with promptfoo, from the command to its report."""
    talk = [{"role": "user" if n % 2 else "assistant", "content": f"Turn {n}"} for n in range(turns)]
    checks = [{"type": "contains", "value": "Turn 1"}, {"type": "contains", "value": f"Turn {turns - 1}"}]
    tests = [{"vars": {"talk": f"{n} {json.dumps(talk)}"}, "assert": checks} for n in range(conversations)]
    setting = {"prompts": ["{{talk | safe}}"], "providers": ["echo"], "tests": tests}
    (scratch / "promptfoo.json").write_text(json.dumps(setting))
    report = scratch / "report.json"
    before, begun = os.times(), time.perf_counter()
    command = [str(program), "eval", "-c", "promptfoo.json", "--no-cache", "--no-table", "-o", str(report)]
    _run([*command, "-j", "16"], _RUN_SECONDS, scratch, PROMPTFOO_CONFIG_DIR=str(scratch / "home"))
    after, seconds = os.times(), time.perf_counter() - begun
    passed = json.loads(report.read_text())["results"]["stats"]["successes"]
    if passed != conversations:
        raise NoPeer(f"promptfoo passed {passed} of {conversations}.")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Timed(conversations, seconds, cpu)
