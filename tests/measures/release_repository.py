"""A repository of releases: publishing killed at random moments, and how long publishing and pulling take.

- A publisher in a process of its own is killed with SIGKILL while it publishes and refreshes; after each kill
  a new reader must pull the release before or the new one, and the next publisher must be able to finish.
- Then figures: publish, first pull, pull of nothing new, over a loopback server; one with many releases.
- Usage: python -m tests.measures.release_repository [--kills 200] [--changes 2000]; 0 when all was sound.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

from studio.domain.errors import StudioError
from tests.bundle_conformance.kit import Kit
from tests.distribution.depot import Depot, Site, serving
from tests.distribution.repository_attacks import ATTACKS, write_attacks
from tests.distribution.test_spoiled_bytes import spoiled_pulls

SEED = 7


def _publish(folder: Path, data: bytes) -> None:
    depot = Depot(Kit(), folder)
    depot.repository.publish(data, [depot.signer("release")], depot.signer("online"))


def killed(folder: Path, kills: int) -> bool:
    """Kill publishers at random moments; return whether every state in between was sound."""
    kit, chance = Kit(), random.Random(SEED)
    depot = Depot(kit, folder / "repository").init()
    depot.publish(2)
    spawn = multiprocessing.get_context("fork")
    sequence, sound, midst, before, after = 3, 0, 0, 0, 0
    begun = time.perf_counter()
    _publish(depot.copy(folder / "timing"), depot.bundle(3))
    whole = time.perf_counter() - begun
    for number in range(kills):
        data = depot.bundle(sequence)
        process = spawn.Process(target=_publish, args=(depot.folder, data))
        process.start()
        timer = threading.Timer(chance.uniform(0, 1.1 * whole), os.kill, (process.pid or 0, signal.SIGKILL))
        timer.start()
        process.join()
        timer.cancel()
        timer.join()
        midst += process.exitcode == -signal.SIGKILL
        seen = Site(folder / "reader", str(depot.folder), depot.root(), depot.clock).pull().release_sequence
        before, after = before + (seen == sequence - 1), after + (seen == sequence)
        finished = depot.repository.publish(data, [depot.signer("release")], depot.signer("online"))
        again = Site(folder / "reader", str(depot.folder), depot.root(), depot.clock).pull().release_sequence
        sound += seen in (sequence - 1, sequence) and finished.visible and again == sequence
        sequence += 1
        if number % 20 == 0:
            shutil.rmtree(folder / "reader")
    print(f"killed while publishing: {midst} of {kills}; readers saw {before} times the release before and "
          f"{after} times the new one; sound and finished afterwards: {sound} of {kills}")  # fmt: skip
    return sound == kills


def figures(folder: Path, releases: int) -> None:
    """Print how long publishing and pulling take, small and with many releases."""
    depot = Depot(Kit(), folder / "repository").init()
    for sequence in range(2, releases + 2):
        if sequence in (2, 3, releases + 1):
            data = depot.bundle(sequence)
            begun = time.perf_counter(), time.process_time()
            depot.repository.publish(data, [depot.signer("release")], depot.signer("online"))
            spent = (time.perf_counter() - begun[0]) * 1e3, (time.process_time() - begun[1]) * 1e3
            print(f"publishing release {sequence}: {spent[0]:.0f} ms, {spent[1]:.0f} ms of processor")
        else:
            depot.publish(sequence)
    with serving(depot.folder) as served:
        site = Site(folder / "reader", served.address, depot.root(), depot.clock)
        for name in ("first pull", "pull of nothing new"):
            begun = time.perf_counter(), time.process_time()
            asked = len(served.asked)
            site.pull(policy=depot.kit.policy)
            print(f"{name}, with verification: {(time.perf_counter() - begun[0]) * 1e3:.0f} ms, "
                  f"{(time.process_time() - begun[1]) * 1e3:.0f} ms of processor, "
                  f"{len(served.asked) - asked} requests")  # fmt: skip
    size = (depot.folder / "metadata" / f"{releases + 1}.production.json").stat().st_size
    print(f"production's list with {releases} releases: {size:,} bytes")


def spoiled(folder: Path, times: int) -> None:
    """Change bytes all over a repository; raises where a reader takes anything but what was signed."""
    depot = Depot(Kit(), folder / "repository").init()
    depot.publish()

    def new_site(name: str) -> Site:
        return Site(folder / name, str(depot.folder), depot.root(), depot.clock)

    refused, taken = spoiled_pulls(depot, new_site, times)
    print(f"changed bytes: {refused} of {times} refused, {taken} did not matter; nothing else was ever taken")


def attacks(folder: Path) -> bool:
    """Pull from every folder of line 24; return whether each was refused in its words."""
    held = 0
    for number, attempt in enumerate(write_attacks(Kit(), folder / "a24")):
        try:
            taken = attempt.pull(folder / f"reader-{number}")
            held += not attempt.words and taken.release_sequence == 2
        except StudioError as error:
            held += bool(attempt.words) and attempt.words in str(error)
    print(f"line 24 as folders: {held} of {len(ATTACKS) + 1} as they must be")
    return held == len(ATTACKS) + 1


def main() -> int:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--releases", type=int, default=300)
    parser.add_argument("--changes", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in ("killed", "figures", "attacks", "spoiled"):
            (folder / each).mkdir()
        right = killed(folder / "killed", options.kills)
        figures(folder / "figures", options.releases)
        spoiled(folder / "spoiled", options.changes)
        return 0 if attacks(folder / "attacks") and right else 1


if __name__ == "__main__":
    raise SystemExit(main())
