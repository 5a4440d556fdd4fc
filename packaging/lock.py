"""The locks: every package that this project installs, by exact version and hash.

- One lock a set, each holding only what the sets before it lack: `base`, `build`, `desktop`, `hardware`,
  `model`, `cluster`, `test`. So whoever installs sets takes them from the beginning, without a gap.
  They are resolved together, so no two disagree, and one `pip install --require-hashes` takes them all.
- One lock serves Python 3.11 and newer on every platform: entries carry markers, and all files' hashes.
- A lock never holds an address: `faults` refuses one, and refuses an entry without a hash.
- `python3 packaging/dev.py lock` keeps the versions that still fit; `--upgrade` takes the newest.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

SETS = ("base", "build", "desktop", "hardware", "model", "cluster", "test")
RESOLVER = "uv==0.13.8"
OLDEST_PYTHON = "3.11"

_ENTRY = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;\\]+)(?: ; [^\\]+?)?(?: \\)?$")
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


class LockFailed(Exception):
    """The resolver could not make a lock; the message holds its last lines."""


def path_of(root: Path, set_name: str) -> Path:
    """Return where the lock of a set stands."""
    return root / "packaging" / f"{set_name}.lock"


def faults(root: Path) -> list[str]:
    """List what may not be in a lock: an address, a file path, an entry without a hash or locked twice."""
    found: list[str] = []
    seen: dict[str, str] = {}
    for set_name in SETS:
        path = path_of(root, set_name)
        if not path.is_file():
            found.append(f"{path.name} is missing: run python3 packaging/dev.py lock")
            continue
        text = path.read_text(encoding="utf-8")
        found += [f"{path.name}:{fault}" for fault in _line_faults(text)]
        for key in _entries(text):
            if key in seen:
                found.append(f"{path.name}: {key} is already locked in {seen[key]}")
            seen[key] = path.name
    return found


def _line_faults(text: str) -> list[str]:
    found: list[str] = []
    open_entry: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#") or line.startswith("    # "):
            continue
        if _HASH.match(line):
            open_entry = None
            continue
        if open_entry:
            found.append(f"{open_entry[0]}: {open_entry[1]} has no hash")
            open_entry = None
        entry = _ENTRY.match(line)
        if entry:
            open_entry = (number, entry["name"])
        else:
            found.append(
                f"{number}: only a pinned package and its hashes may stand here, not {line.strip()!r}"
            )
    if open_entry:
        found.append(f"{open_entry[0]}: {open_entry[1]} has no hash")
    return found


def _entries(text: str) -> dict[str, str]:
    """Split a lock into blocks by `name==version`; each block is the entry's lines with its hashes."""
    blocks: dict[str, str] = {}
    key = ""
    for line in text.splitlines(keepends=True):
        entry = _ENTRY.match(line.rstrip("\n"))
        if entry:
            key = f"{entry['name']}=={entry['version']}"
            blocks[key] = ""
        if key:
            blocks[key] += line
    return blocks


def write(root: Path, upgrade: bool = False) -> list[str]:
    """Resolve all sets from `pyproject.toml`, write their locks, and return one line a set."""
    with tempfile.TemporaryDirectory(prefix="cobuilder-lock-") as folder:
        return _write(root, Path(folder), upgrade)


def _write(root: Path, scratch: Path, upgrade: bool) -> list[str]:
    resolver = _install_resolver(scratch)
    wanted = scratch / "wanted.lock"
    if not upgrade:
        kept = [path_of(root, name) for name in SETS if path_of(root, name).is_file()]
        wanted.write_text("".join(path.read_text(encoding="utf-8") for path in kept), encoding="utf-8")
    _compile(resolver, root, SETS[1:], wanted)
    everything = scratch / "everything.lock"
    wanted.rename(everything)

    lines: list[str] = []
    above: set[str] = set()
    for index, set_name in enumerate(SETS):
        compiled = scratch / f"{set_name}.lock"
        _compile(resolver, root, SETS[1 : index + 1], compiled, "--constraint", str(everything))
        blocks = _entries(compiled.read_text(encoding="utf-8"))
        own = {key: block for key, block in blocks.items() if key not in above}
        above |= set(blocks)
        text = f"# Made by `python3 packaging/dev.py lock`; do not edit.\n{''.join(own.values())}"
        path_of(root, set_name).write_text(text, encoding="utf-8")
        lines.append(f"{set_name}: {len(own)} packages")
    return lines


def _install_resolver(scratch: Path) -> Path:
    venv.create(scratch / "resolver", with_pip=True)
    folder = scratch / "resolver" / ("Scripts" if sys.platform == "win32" else "bin")
    _run([str(folder / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", RESOLVER])
    return folder / "uv"


def _compile(resolver: Path, root: Path, extras: tuple[str, ...], output: Path, *options: str) -> None:
    command = [
        str(resolver),
        "pip",
        "compile",
        "pyproject.toml",
        "--universal",
        "--python-version",
        OLDEST_PYTHON,
    ]
    command += [
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-config",
        "--no-header",
        "--no-annotate",
        "--quiet",
    ]
    command += ["--system-certs", "--output-file", str(output), *options]
    for extra in extras:
        command += ["--extra", extra]
    _run(command, root)


def _run(command: list[str], folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise LockFailed(f"{Path(command[0]).name} could not resolve the packages:\n{tail}")
