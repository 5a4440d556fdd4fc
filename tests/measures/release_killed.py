"""Operators of IT's registry are killed at random moments of import, promote and rollback: nothing is lost.

- One operator after the other works on the same registry until `kill -9` meets it; then the registry is
  opened as after any crash. It must be sound (log, guards, tables, bundles), hold all that was answered for,
  nothing by halves, and the flag file must say what the pointer says.
- On SQLite, and on a real PostgreSQL where it is installed. Seeds are fixed, moments are what they are.
- Usage: python tests/measures/release_killed.py [--times 200]; 0 when every registry was right.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from studio.store import registry as registries
from studio.store.registry import Registry

TESTS = Path(__file__).resolve().parents[1]
SEED = 11
LONGEST = 1.4
"""Seconds after which an operator is killed at the latest."""


def load(name: str, file: Path) -> ModuleType:
    """Return a module of the tests, loaded from its file."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def operate(place: str, kit: Any, first: int, answers: int) -> None:
    """Import a release, give it its first share, take it back, and so on; tell of each deed done."""
    with registries.open_registry(place, lambda: kit.now) as registry:
        for sequence in range(first, first + 1000):
            data = kit.bundle(kit.content(release_sequence=sequence))
            registry.import_bundle(data, "ida")
            os.write(answers, f"import {sequence}\n".encode())
            move = registry.promote("production", str(sequence), "ida", signer=kit.signers["ida"])
            os.write(answers, f"promote {move.pointer.generation}\n".encode())
            move = registry.roll_back("production", "ida", signer=kit.signers["ida"])
            os.write(answers, f"rollback {move.pointer.generation}\n".encode())


def killed_after(seconds: float, place: str, kit: Any, first: int) -> list[str]:
    """Let an operator work and kill it; return what it told of."""
    answers, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(answers)
            operate(place, kit, first, told)
        finally:
            os._exit(1)
    os.close(told)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(answers, "rb") as pipe:
        return pipe.read().decode().split("\n")[:-1]


def faults(registry: Registry, answered: list[str]) -> list[str]:
    """Return what is wrong with a registry after its operator was killed."""
    found = list(registry.verify_log())
    status = registry.status(None)
    pointer = next(e.pointer for e in status.environments if e.pointer.environment == "production")
    told = json.loads(registry.files.flags("production").read_bytes())["flags"]["release"]["metadata"]
    if told["generation"] != pointer.generation:
        found.append("the flag file is not what the pointer says")
    log = registry.log()
    imported = {entry.subject for entry in log if entry.action == "import"}
    if {row.id for row in status.releases if row.sequence} != imported:
        found.append("releases and log do not agree")
    sequences = {row.sequence for row in status.releases}
    for deed, number in (line.split() for line in answered):
        if deed == "import" and int(number) not in sequences:
            found.append(f"release {number} was lost")
        if deed != "import" and int(number) > pointer.generation:
            found.append(f"generation {number} was lost")
    signed = sum(entry.action in ("promote", "rollback") and entry.actor == "ida" for entry in log)
    if signed and registry.signed_up_to() < max(e.seq for e in log if e.action in ("promote", "rollback")):
        found.append("a move without its signed head")
    return found


def endure(place: str, kit: Any, times: int, seed: int = SEED) -> tuple[list[str], int]:
    """Kill so many operators of a registry; return what went wrong, and how many deeds were answered for."""
    chance, wrong, deeds = random.Random(seed), [], 0
    for turn in range(times):
        with registries.open_registry(place, lambda: kit.now) as registry:
            if registry.environment("production").candidate is not None:
                registry.roll_back("production", "ida", signer=kit.signers["ida"])
            first = 1 + max(row.sequence for row in registry.status(None).releases)
        answered = killed_after(chance.uniform(0.02, LONGEST), place, kit, first)
        deeds += len(answered)
        with registries.open_registry(place, lambda: kit.now) as registry:
            wrong += [f"turn {turn}: {each}" for each in faults(registry, answered)]
    return wrong, deeds


def _measure(name: str, place: str, kit: Any, times: int) -> bool:
    registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now).close()
    begun = time.perf_counter()
    wrong, deeds = endure(place, kit, times)
    for each in wrong[:10]:
        print(f"  {each}")
    print(
        f"{name}: {times} operators killed, {deeds} deeds answered for, {len(wrong)} faults "
        f"({time.perf_counter() - begun:.0f} s)"
    )
    return not wrong


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=200)
    times = options.parse_args().times
    kit = load("bundle_kit", TESTS / "bundle_conformance" / "kit.py").Kit()
    databases = load("registry_databases", TESTS / "store" / "databases.py")
    with tempfile.TemporaryDirectory(prefix="cobuilder-killed-") as folder:
        right = _measure("SQLite", str(Path(folder) / "registry.db"), kit, times)
        programs = databases.server_programs()
        if programs is None:
            print("PostgreSQL: not installed")
            return 0 if right else 1
        server = databases.Server(programs)
        try:
            right &= _measure("PostgreSQL", server.new(Path(folder) / "files"), kit, times)
        finally:
            server.stop()
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())
