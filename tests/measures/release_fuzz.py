"""Fuzzing the verifier: mutants of a bundle, and every byte of it flipped; none accepted, none crashing.

- A verdict is asked as IT asks for it, with the time and what is known of the environment. Anything but a
  verdict that refuses counts: accepted, or an error that is no verdict.
- Memory: the growth of the process over all mutants after the first thousand.
- Usage: python -m tests.measures.release_fuzz [MUTANTS] [SEED]; 0 when nothing got through.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter

from studio.release.verification import verify_bundle
from tests.bundle_conformance.kit import Kit
from tests.measures.bundle_mutants import mutants

MUTANTS = 100_000
WARM = 1_000
MOST_GROWTH = 64.0
"""Megabytes by which the process may grow after the first thousand mutants."""
REPORT = 10_000


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fuzz(kit: Kit, count: int, seed: int) -> tuple[Counter[str], list[str], float]:
    """Return where mutants were refused, what got through or crashed, and the growth in megabytes."""
    sound = kit.bundle()
    state = kit.state()
    where: Counter[str] = Counter()
    wrong: list[str] = []
    warm = 0.0
    for number, (level, data) in enumerate(mutants(sound, count, seed)):
        try:
            verdict = verify_bundle(data, kit.policy, kit.now, state)
        except Exception as error:  # whatever it is: a verifier gives verdicts
            wrong.append(f"mutant {number} ({level}) crashed: {type(error).__name__}: {error}")
            continue
        if verdict.ok:
            wrong.append(f"mutant {number} ({level}) was accepted")
        else:
            at = next(check.name for check in verdict.checks if check.verdict == "refused")
            where[f"{level}: {at}"] += 1
        if number == WARM:
            warm = _megabytes()
        if number % REPORT == REPORT - 1:
            print(f"{number + 1:,} mutants, {len(wrong)} wrong", flush=True)
    return where, wrong, _megabytes() - warm if warm else 0.0


def flip(kit: Kit) -> tuple[int, list[int]]:
    """Return how many bytes a real bundle has, and which may be flipped without a refusal."""
    sound = bytearray(kit.bundle())
    through = []
    for at in range(len(sound)):
        sound[at] ^= 1 << (at % 8)
        if verify_bundle(bytes(sound), kit.policy, kit.now).ok:
            through.append(at)
        sound[at] ^= 1 << (at % 8)
    return len(sound), through


def main(count: int, seed: int) -> int:
    """Flip, fuzz, print; return 0 when nothing got through."""
    kit = Kit()
    began = time.process_time()
    size, through = flip(kit)
    print(
        f"every byte flipped: {size:,} bytes, {len(through)} accepted ({time.process_time() - began:.0f} s)"
    )
    began = time.process_time()
    where, wrong, growth = fuzz(kit, count, seed)
    seconds = time.process_time() - began
    for name, number in sorted(where.items()):
        print(f"  {name:28} {number:8,}")
    print(f"{count:,} mutants: {len(wrong)} accepted or crashed, {seconds:.0f} s, grown by {growth:.1f} MB")
    for line in wrong[:20]:
        print(line)
    return 1 if wrong or through or growth > MOST_GROWTH else 0


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:3]]
    sys.exit(main(given[0] if given else MUTANTS, given[1] if len(given) > 1 else 8))
