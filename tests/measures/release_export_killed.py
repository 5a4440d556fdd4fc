"""Authors are killed at random moments of exporting: no half bundle ever bears its name, nothing is lost.

- One author after the other exports the same signed content to the same place, over and over, where nothing
  stands, an older file, or the same bundle, until `kill -9` comes. Then there is nothing, the older file or
  the whole bundle, byte by byte; the workspace's database is sound; who exports next gets the same bundle.
- Seeds are fixed, moments are what they are; they are drawn from twice the time that an export takes here.
- Usage: python -m tests.measures.release_export_killed [--times 200] [--workspace DIR]; 0 when all was right.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from studio.cli.main import run

SEED = 12
OLDER = b"an older bundle, whole\n" * 20_000


def export(target: Path) -> None:
    """Export as the command does, and say nothing of it."""
    with Path(os.devnull).open("w") as quiet, contextlib.redirect_stdout(quiet):
        code = run(["export", str(target), "--replace"])
    if code:
        raise RuntimeError(f"the export ended with code {code}")


def author(target: Path, expected: bytes, answers: int) -> None:
    """Export again and again; tell of each, and whether it is the bundle that was expected."""
    for turn in range(1000):
        if turn % 3 == 1:
            target.unlink()
        elif turn % 3 == 2:
            older = target.with_suffix(".older")
            older.write_bytes(OLDER)
            older.replace(target)
        export(target)
        os.write(answers, b"same\n" if target.read_bytes() == expected else b"other\n")


def killed_after(seconds: float, target: Path, expected: bytes) -> list[str]:
    """Let an author work and kill it; return what it told of."""
    answers, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(answers)
            author(target, expected, told)
        finally:
            os._exit(1)
    os.close(told)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(answers, "rb") as pipe:
        said = pipe.read().decode().split("\n")[:-1]
    return said if os.WIFSIGNALED(status) else [*said, "ended by itself"]


def faults(workspace: Path, target: Path, expected: bytes) -> list[str]:
    """Return what is wrong at the place and in the workspace after its author was killed."""
    found = []
    if target.exists() and target.read_bytes() not in (expected, OLDER):
        found.append(f"a half bundle of {target.stat().st_size} bytes")
    strangers = {each.name for each in target.parent.iterdir()}
    strangers -= {target.name, f"{target.name}.part", target.with_suffix(".older").name}
    found += [f"{name} was left behind" for name in sorted(strangers)]
    for file in sorted(workspace.glob("*.db")):
        with contextlib.closing(sqlite3.connect(file)) as database:
            ((said,),) = database.execute("PRAGMA integrity_check").fetchall()
        found += [f"{file.name}: {said}"] if said != "ok" else []
    return found


def endure(workspace: Path, folder: Path, times: int, seed: int = SEED) -> tuple[list[str], int]:
    """Kill so many authors; return what went wrong, and how many exports were told of."""
    target = folder / "release.cobundle"
    export(target)
    expected, began = target.read_bytes(), time.perf_counter()
    export(target)
    longest = 2 * (time.perf_counter() - began)
    chance, wrong, told = random.Random(seed), [], 0
    for turn in range(times):
        said = killed_after(chance.uniform(0, longest), target, expected)
        told += len(said)
        found = [each for each in said if each != "same"] + faults(workspace, target, expected)
        wrong += [f"turn {turn}: {each}" for each in found]
    export(target)
    wrong += [] if target.read_bytes() == expected else ["the last export gave another bundle"]
    wrong += ["a part was left behind"] if target.with_name(f"{target.name}.part").exists() else []
    return wrong, told


def main() -> int:
    """Measure and print; return 0 when nothing was lost or half done."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=200)
    options.add_argument("--workspace", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="cobuilder-exports-") as folder:
        workspace = given.workspace
        if workspace is None:
            demo = [sys.executable, "-m", "studio", "demo", "--no-window", "--dir", f"{folder}/demo"]
            subprocess.run(demo, check=True, capture_output=True)
            workspace = Path(folder) / "demo" / "workspace"
        os.environ["COBUILDER_WORKSPACE"] = str(workspace)
        out = Path(folder) / "out"
        out.mkdir()
        begun = time.perf_counter()
        wrong, told = endure(workspace, out, given.times)
    for each in wrong[:10]:
        print(f"  {each}")
    print(
        f"{given.times} authors killed while exporting, {told} exports told of, {len(wrong)} faults "
        f"({time.perf_counter() - begun:.0f} s)"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
