"""The same run on every Python that is here: its evidence must be equal byte for byte.

- Each interpreter of 3.11 and later (on the path, of pyenv or uv) gets an environment of its own under the
  user's cache, from this project's lock with hashes; the checkout is used as it stands, and stays untouched.
- Each runs the shop of the tests, the twelve-step agent and the samples, with another order of hashes, too.
- Usage: python tests/measures/simulation_versions.py; 0 when all that could run agree. Which were there, and
  why one could not run, is said.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEAST = (3, 11)
CUSTOMERS, SEED = 12, 7
_INSTALL_SECONDS, _RUN_SECONDS = 900, 600
HASHES = ("0", "1")
"""PYTHONHASHSEED of the runs."""


def evidence() -> dict[str, str]:
    """Return the evidence of one run of each agent, made by the Python that runs this."""

    from studio.domain.agent import Agent
    from studio.simulation import run
    from studio.store.samples import load, names
    from studio.workers.inline import InlineWorkers
    from tests.measures.scale_agent import agent

    shop = ROOT / "tests" / "simulation" / "shop.json"
    agents = {"shop": Agent.model_validate_json(shop.read_bytes()), "twelve steps": agent()}
    agents |= {name: load(name).agent for name in names()}
    return {
        name: run(each, each.scenarios, SEED, CUSTOMERS, InlineWorkers()).evidence_digest
        for name, each in agents.items()
        if each.scenarios
    }


def _asked(command: list[str], seconds: float, **more: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, check=False, env=settings, cwd=ROOT
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def interpreters() -> dict[str, Path]:
    """Return the Pythons that are here, one of each version, except the one that runs this."""
    places = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    names = [f"python3.{minor}{end}" for minor in range(LEAST[1], 20) for end in ("", ".exe")]
    found = [folder / name for folder in places for name in names if (folder / name).is_file()]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    uv = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "uv" / "python"
    for folder in (pyenv, uv):
        found += sorted(folder.glob("*/bin/python3"))
    here: dict[str, Path] = {}
    for each in found:
        asked = _asked([str(each), "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"], 30)
        version = asked.stdout.strip()
        numbers = tuple(int(part) for part in version.split(".")) if asked.returncode == 0 else ()
        if numbers[:2] >= LEAST and numbers != sys.version_info[:3]:
            here.setdefault(version, each)
    return here


def environment(version: str, python: Path) -> Path | str:
    """Return the Python of an environment that has what the product needs, or why there is none."""
    import platformdirs

    folder = Path(platformdirs.user_cache_dir("cobuilder-studio-measures", False)) / f"python-{version}"
    made = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    lock = ROOT / "packaging" / "base.lock"
    mark = folder / "complete"
    if mark.exists() and mark.read_bytes() == lock.read_bytes():
        return made
    shutil.rmtree(folder, ignore_errors=True)
    steps = (
        [str(python), "-m", "venv", str(folder)],
        [str(made), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)],
    )
    for step in steps:
        done = _asked(step, _INSTALL_SECONDS, PYTHONPATH="")
        if done.returncode:
            last = [line for line in done.stderr.splitlines() if line.strip() and "WARNING" not in line]
            return f"what it needs cannot be installed: {' '.join(last)[-200:]}"
    mark.write_bytes(lock.read_bytes())
    return made


def main() -> int:
    """Print what each Python made; return 0 when they agree."""
    expected = evidence()
    names = ", ".join(expected)
    print(f"{'.'.join(map(str, sys.version_info[:3]))} (this one) ran {names}", flush=True)
    agree = True
    for version, python in interpreters().items():
        made = environment(version, python)
        if isinstance(made, str):
            print(f"{version}: not run: {made}", flush=True)
            continue
        for seed in HASHES:
            told = _asked([str(made), __file__, "--here"], _RUN_SECONDS, PYTHONHASHSEED=seed)
            if told.returncode:
                print(f"{version}: failed: {told.stderr[-500:]}", flush=True)
                agree = False
                continue
            found = json.loads(told.stdout)
            other = [name for name, digest in expected.items() if found.get(name) != digest]
            agree = agree and not other
            said = f"another evidence of {', '.join(other)}" if other else "the same evidence, byte for byte"
            print(f"{version}, hash seed {seed}: {said}", flush=True)
    return 0 if agree else 1


if __name__ == "__main__":
    if sys.argv[1:] == ["--here"]:
        print(json.dumps(evidence()))
        raise SystemExit(0)
    raise SystemExit(main())
