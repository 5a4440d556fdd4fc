"""Storing a run of a million conversations: time, memory and disk of the writer, and how fast it opens again.

- The batches are real ones, made once and stored again and again through the run's own log and sums: what
  storing alone costs the process that leads a run.
- Usage: python tests/measures/simulation_storing.py [CONVERSATIONS]; 0 when memory stays flat.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from studio.runtime import Program
from studio.simulation.coverage import Ground
from studio.simulation.gathering import Gathering, MadeBatch, made
from studio.simulation.runner import BATCH, converse, world_of
from studio.simulation.systems import connect
from studio.store.run_files import FileLog
from tests.measures.scale_agent import agent

CONVERSATIONS = 1_000_000
MOST_GROWTH = 40.0
"""Megabytes by which the process may grow from the first tenth to the end."""


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(total: int) -> int:
    """Store, open, print; return 0 when memory stays flat."""
    given = agent()
    program = Program.of(given)
    world, ground = world_of(program), Ground(given)
    batches = []
    for scenario in given.scenarios:
        talks = [converse(program, world, scenario, n, 7, connect(scenario)) for n in range(BATCH)]
        batches.append(made(talks, [False] * BATCH, ground))
    with tempfile.TemporaryDirectory(prefix="simulation-storing-") as folder:
        log = FileLog(Path(folder))
        gathering = Gathering(log)
        early = 0.0
        begun, cpu = time.perf_counter(), time.process_time()
        for number in range(total // BATCH):
            one = batches[number * len(batches) * BATCH // total]
            kept = replace(one.kept, first=number * BATCH)
            gathering.add(MadeBatch((("draft", replace(one, kept=kept)),)))
            if number == total // BATCH // 10:
                early = _megabytes()
        log.close()
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        late, size = _megabytes(), log.owned.file.stat().st_size
        print(
            f"{gathering.done:,} conversations stored in {seconds:.1f} s, {cpu / total * 1e6:.0f} µs cpu each"
        )
        print(f"memory {early:.0f} MB after a tenth, {late:.0f} MB at the end; {size / total:.0f} bytes each")
        begun = time.perf_counter()
        found = log.conversations("draft")
        last = found[-1]
        print(
            f"opened at its last conversation in {time.perf_counter() - begun:.2f} s, {len(last.turns)} turns"
        )
        log.discard()
    return 0 if late - early <= MOST_GROWTH else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CONVERSATIONS))
