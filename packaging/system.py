"""What the machine must have before Python packages help: Qt's libraries, a font, openssl.

- Each need is looked for by what is used (a library that loads, a font file, a program), not by package name:
  package names differ between Debian releases, the files do not.
- What is missing is installed with apt-get where that may be done without asking (root, or sudo without a
  password); elsewhere the one line to run is shown.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


class SystemIncomplete(Exception):
    """Something is missing that this script may not install; the message holds the line to run."""


@dataclass(frozen=True)
class Need:
    """One thing that the machine must have, its Debian package; `optional`: that it should have."""

    package: str
    present: Callable[[], bool]
    optional: bool = False


def _library(package: str, soname: str) -> Need:
    def present() -> bool:
        try:
            ctypes.CDLL(soname)
        except OSError:
            return False
        return True

    return Need(package, present)


def _program(package: str, name: str) -> Need:
    return Need(package, lambda: shutil.which(name) is not None)


def _inter_is_installed() -> bool:
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    return any(True for folder in folders for _ in folder.glob("**/Inter*.[ot]t[fc]"))


def _venv_can_be_made() -> bool:
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


PYTHON = (Need(f"python3.{sys.version_info.minor}-venv", _venv_can_be_made),)
FONT = Need("fonts-inter", _inter_is_installed)
# Qt without a screen: pictures and tests.
OFFSCREEN = (
    _library("libglib2.0-0", "libglib-2.0.so.0"),
    _library("libgl1", "libGL.so.1"),
    _library("libegl1", "libEGL.so.1"),
    _library("libx11-6", "libX11.so.6"),
    _library("libdbus-1-3", "libdbus-1.so.3"),
    _library("libfontconfig1", "libfontconfig.so.1"),
    _library("libfreetype6", "libfreetype.so.6"),
    _library("libxkbcommon0", "libxkbcommon.so.0"),
    FONT,
)
# A window on X11 as well. Qt blames xcb-cursor, whichever of these is missing.
SCREEN = (
    _library("libxkbcommon-x11-0", "libxkbcommon-x11.so.0"),
    _library("libxcb-cursor0", "libxcb-cursor.so.0"),
    _library("libxcb-icccm4", "libxcb-icccm.so.4"),
    _library("libxcb-keysyms1", "libxcb-keysyms.so.1"),
    _library("libxcb-shape0", "libxcb-shape.so.0"),
    _library("libxcb-xkb1", "libxcb-xkb.so.1"),
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Without a browser one test is skipped; not every system has it by this name.
BROWSER = Need("chromium", lambda: any(shutil.which(name) for name in BROWSERS), optional=True)
# Tests of these skip where they cannot be had: a database server, a token in software, and what the README's
# script for verifying without this program is made of.
PEERS = (
    Need("postgresql", lambda: bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), optional=True),
    Need("softhsm2", lambda: shutil.which("softhsm2-util") is not None, optional=True),
    Need("jq", lambda: shutil.which("jq") is not None, optional=True),
    Need("unzip", lambda: shutil.which("unzip") is not None, optional=True),
)
TESTS = (_program("openssl", "openssl"), BROWSER, *PEERS)


def has_screen() -> bool:
    """Say whether a window can be shown here."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def complete(needs: Iterable[Need]) -> str:
    """Bring what is missing, and say in a few words what was done; only Linux needs anything."""
    return plan(needs)()


def plan(needs: Iterable[Need]) -> Callable[[], str]:
    """Look what is missing and return what brings it; raises at once where that may not be done."""
    if not sys.platform.startswith("linux"):
        return lambda: "nothing to check on this system"
    lacking = [need for need in needs if not need.present()]
    prefix = _apt_prefix() if lacking else None
    missing = [need.package for need in lacking if not need.optional]
    if missing and prefix is None:
        raise SystemIncomplete(_advice(" ".join(missing)))
    return lambda: _bring(prefix, missing, [need.package for need in lacking if need.optional])


def _bring(prefix: list[str] | None, missing: list[str], wanted: list[str]) -> str:
    """Install what must be there and what should be: in one go, which is quicker, or else one by one."""
    if not missing + wanted:
        return "all here"
    if prefix is None:
        return f"without {', '.join(wanted)}"
    packages = missing + wanted
    if len(packages) > 1:
        with suppress(SystemIncomplete):
            _install(prefix, packages)
            return f"installed {' '.join(packages)}"
    told = []
    for package in packages:
        try:
            _install(prefix, [package])
            told.append(f"installed {package}")
        except SystemIncomplete:
            if package in missing:
                raise
            told.append(f"without {package}")
    return ", ".join(told)


def _apt_prefix() -> list[str] | None:
    """Return how apt-get may be called without asking anybody, or None."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def _advice(names: str) -> str:
    if shutil.which("apt-get"):
        return (
            f"Debian packages are missing; run this line, then try again:\n  sudo apt-get install -y {names}"
        )
    return f"install what Debian calls {names} with this system's package manager, then try again"


def _install(prefix: list[str], packages: list[str]) -> None:
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    install = [*prefix, *environment, "apt-get", "install", "-y", "--no-install-recommends", *packages]
    if subprocess.run(install, capture_output=True, check=False).returncode == 0:
        return
    # A machine that is new, or old, has no list of packages or a stale one.
    subprocess.run([*prefix, *environment, "apt-get", "update"], capture_output=True, check=False)
    again = subprocess.run(install, capture_output=True, text=True, check=False)
    if again.returncode:
        tail = "\n".join((again.stdout + again.stderr).strip().splitlines()[-6:])
        raise SystemIncomplete(f"apt-get could not install {' '.join(packages)}:\n{tail}")
