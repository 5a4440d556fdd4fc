"""Every byte of a real bundle flipped, one at a time: none accepted, none crashing.

- The bundle is the one that `cobuilder demo` signs, approvals of three people and all; or one that is named.
- Twice over: the file as it came with one bit of one byte changed; and each byte of each file inside changed,
  the container packed again around it, so that the digests have to tell. The place says which bit.
- Usage: python -m tests.measures.release_flips [BUNDLE POLICY]; 0 when nothing got through.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from studio.release import container
from studio.release.policy import read_policy
from studio.release.verification import verify_bundle

STRETCH = 2_000
"""Bytes that a worker flips before it answers."""


def flipped(data: bytes, at: int) -> bytes:
    """Return the bytes with one bit changed."""
    changed = bytearray(data)
    changed[at] ^= 1 << (at % 8)
    return bytes(changed)


def stretches(data: bytes) -> list[tuple[str, range]]:
    """Return all there is to flip: the file as it came (no name), then each file in it by its name."""
    found = [("", range(len(data)))]
    found += [(name, range(len(content))) for name, content in container.unpack(data).items()]
    return [
        (name, whole[first : first + STRETCH])
        for name, whole in found
        for first in range(0, len(whole), STRETCH)
    ]


def mutants(data: bytes, name: str, places: range) -> Iterator[bytes]:
    """Yield the bundle with each of these bytes flipped; with a name, inside that file, and packed again."""
    files = container.unpack(data) if name else {}
    for at in places:
        yield container.pack({**files, name: flipped(files[name], at)}) if name else flipped(data, at)


def refuse(
    data: bytes, policy: bytes, now: datetime, part: tuple[str, range]
) -> tuple[Counter[str], list[str]]:
    """Return at which check each mutant of a stretch was refused, and what was accepted or crashed."""
    rules, where, wrong = read_policy(policy), Counter[str](), []
    kind = "packed again" if part[0] else "as it came"
    for at, mutant in zip(part[1], mutants(data, *part), strict=True):
        try:
            verdict = verify_bundle(mutant, rules, now)
        except Exception as error:  # whatever it is: a verifier gives verdicts
            wrong.append(f"{part[0]} byte {at} crashed: {type(error).__name__}: {error}")
            continue
        if verdict.ok:
            wrong.append(f"{part[0]} byte {at} was accepted")
        refused = next((check.name for check in verdict.checks if check.verdict == "refused"), "accepted")
        where[f"{kind}: {refused}"] += 1
    return where, wrong


def demonstrated(folder: Path) -> tuple[bytes, bytes]:
    """Return the bundle and the policy of a fresh demonstration."""
    command = [sys.executable, "-m", "studio", "demo", "--no-window", "--dir", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    (bundle,) = folder.glob("*.cobundle")
    return bundle.read_bytes(), (folder / "approval-policy.json").read_bytes()


def main(given: list[str]) -> int:
    """Flip every byte on all processors, print; return 0 when nothing got through."""
    with tempfile.TemporaryDirectory(prefix="cobuilder-flips-") as folder:
        data, policy = (
            [Path(each).read_bytes() for each in given] if given else demonstrated(Path(folder) / "demo")
        )
    now, began = datetime.now(UTC), time.perf_counter()
    verdict = verify_bundle(data, read_policy(policy), now)
    assert verdict.ok, verdict.refusal
    where, wrong = Counter[str](), []
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        for found, told in workers.map(partial(refuse, data, policy, now), stretches(data)):
            where += found
            wrong += told
    for name, number in sorted(where.items()):
        print(f"  {name:26} {number:9,}")
    print(
        f"{len(data):,} bytes, {where.total():,} flips: {len(wrong)} accepted or crashed "
        f"({time.perf_counter() - began:.0f} s by the clock)"
    )
    for line in wrong[:20]:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:3]))
