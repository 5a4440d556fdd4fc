"""The checkout's own Python, `.venv`, kept equal to the locks.

- Made from the Python that runs this; made anew when that Python's version changes.
- A stamp holds the hashes of what was installed: equal stamps mean no work and no network. While packages
  change it says so, and a run that finds it so starts over.
- One run at a time changes it; a second one waits.
- A larger set (`test`) serves a smaller one (`desktop`); sets are only ever added.
- A change of `pyproject.toml` alone installs this project again, and nothing from the network.
- What was installed is compiled beside whatever comes next: nothing has to wait for that.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import lock

Say = Callable[[str], None]
DESKTOP = ("base", "build", "desktop")
TEST = lock.SETS
INTERRUPTED = "changing"


class InstallFailed(Exception):
    """The environment could not be made; the message says what to do and where the log is."""


class Environment:
    """The virtual environment of one checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.programs = self.folder / ("Scripts" if sys.platform == "win32" else "bin")
        self.stamp = self.folder / "cobuilder-stamp.json"
        self.log = self.folder / "cobuilder-install.log"
        self._compiling: subprocess.Popen[bytes] | None = None

    def program(self, name: str) -> str:
        """Return the full path of a program that the environment installed."""
        return str(self.programs / (f"{name}.exe" if sys.platform == "win32" else name))

    def sync(self, sets: tuple[str, ...], say: Say) -> str:
        """Make the environment hold these sets and this project, and say in a few words what was done."""
        with _alone(self.root):
            return self._sync(sets, say)

    def settle(self) -> None:
        """Return when everything that was installed is compiled."""
        if self._compiling is not None:
            self._compiling.wait()
            self._compiling = None

    def _sync(self, sets: tuple[str, ...], say: Say) -> str:
        old = self._read_stamp()
        if old.get("state") == INTERRUPTED or not self._runs():
            say("making .venv")
            old = {}
            self._make()
        new = {"python": sys.version, "project": _hash(self.root / "pyproject.toml")}
        new |= {name: _hash(lock.path_of(self.root, name)) for name in sets}
        new |= {name: value for name, value in old.items() if name not in new}
        if new == old:
            return "up to date"
        self._write_stamp({"state": INTERRUPTED})
        stale = [name for name in lock.SETS if name in new and new[name] != old.get(name)]
        if stale:
            say(f"installing packages ({', '.join(stale)}); the first time this takes a minute or two")
            self._install_sets(stale)
        self._pip(
            "install",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
            "--editable",
            str(self.root),
        )
        self._pip("check")
        self._write_stamp(new)
        return f"installed {', '.join(stale)} and this project" if stale else "installed this project again"

    def _read_stamp(self) -> dict[str, str]:
        with suppress(OSError, ValueError):
            stamp = json.loads(self.stamp.read_text(encoding="utf-8"))
            if isinstance(stamp, dict):
                return stamp
        return {}

    def _write_stamp(self, stamp: dict[str, str]) -> None:
        self.stamp.write_text(json.dumps(stamp, indent=1), encoding="utf-8")

    def _runs(self) -> bool:
        """Say whether the environment's Python starts, has pip, and is the version that runs this script."""
        probe = "import pip, sys; print(sys.version, end='')"
        with suppress(OSError):
            done = subprocess.run(
                [self.program("python"), "-c", probe], capture_output=True, text=True, check=False
            )
            return done.stdout == sys.version
        return False

    def _make(self) -> None:
        try:
            venv.create(self.folder, clear=True, with_pip=True, symlinks=sys.platform != "win32")
        except (OSError, subprocess.CalledProcessError) as error:
            raise InstallFailed(f"could not make {self.folder}: {error}") from error

    def _install_sets(self, names: list[str]) -> None:
        command = [
            "install",
            "--quiet",
            "--require-hashes",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--no-compile",
        ]
        for name in names:
            command += ["--requirement", str(lock.path_of(self.root, name))]
        self._pip(*command)
        # Two processes compile faster than pip's one; files of another Python in a package may fail.
        compile_all = [self.program("python"), "-W", "ignore", "-m", "compileall", "-qq", "-j", "2"]
        quiet = subprocess.DEVNULL
        self.settle()
        self._compiling = subprocess.Popen(
            [*compile_all, str(self.folder / "lib")], stdout=quiet, stderr=quiet
        )

    def _pip(self, *arguments: str) -> None:
        command = [
            self.program("python"),
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--no-input",
            *arguments,
        ]
        done = subprocess.run(command, env=_pip_settings(), capture_output=True, text=True, check=False)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ pip {' '.join(arguments)}\n{done.stdout}{done.stderr}\n")
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
            raise InstallFailed(
                f"pip {arguments[0]} failed; is the network there? The log is {self.log}; its end:\n{tail}"
            )


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the checkout for one process, where the system can."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _pip_settings() -> dict[str, str]:
    # A setting that redirects the install (PIP_USER, PIP_TARGET) would put packages beside the environment.
    return {
        name: value
        for name, value in os.environ.items()
        if name not in {"PIP_USER", "PIP_TARGET", "PYTHONPATH"}
    }


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InstallFailed(f"{path} cannot be read: {error.strerror}") from error
