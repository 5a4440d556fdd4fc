"""Conversations a second, with every check on and everything stored, and how memory grows with a run.

- An agent of twelve steps and ten turns and more (`scale_agent`), every check on, everything stored; two
  processes. Peers run in the same command, round about, with as many canned turns: ratios.
- A conversation is one customer with one version. Both versions meet each customer, as in the product: two
  conversations, each carried on, judged, counted, spelt, packed and stored for itself.
- What a version answered to the same words in the same place before is not worked out again: the product does
  so in every run (`remembering`), and tests show that every byte is the same without it.
- Rates are by the clock and by processor time; the latter is fair where others use the machine, too.
- Usage: python tests/measures/simulation_scale.py [--sizes 10000,100000,1000000] [--rounds 3] [--no-peers];
  a peer is installed the first time. 0 when the ratios are met: deepeval × 10, promptfoo × 20.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from studio.domain.frozen import canonical
from tests.measures import peers
from tests.measures.peers import NoPeer, Timed
from tests.measures.scale_agent import TURNS, agent

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
OURS, THEIRS = 24_000, 200
"""Conversations in one round."""
GOAL = 4_000
"""Conversations a second of two quiet processors: ten times the fastest figure of a peer we have seen."""
FLAT = 1.25
"""A conversation of the largest run may cost so much of one of the second largest, and memory, too."""
AIMS = {"deepeval": 10.0, "promptfoo": 20.0}
PROCESSES = 2
SIDES = 2


@dataclass(frozen=True)
class Ran:
    """One simulation by the command line: what it took, and the most memory of any of its processes."""

    timed: Timed
    megabytes: float
    stored: float


def main() -> int:
    """Print all figures; return 0 when the ratios are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before we begin", flush=True)
    with tempfile.TemporaryDirectory(prefix="simulation-scale-") as folder:
        met = options.no_peers or _against_peers(Path(folder), options.rounds)
        even = _growth(Path(folder), [int(size) for size in options.sizes.split(",") if size])
    return 0 if met and even else 1


def simulate(place: Path, conversations: int) -> Ran:
    """Let the command line simulate in a new workspace; a customer meets both versions."""
    given = agent()
    place.mkdir(parents=True)
    (place / "agent.json").write_bytes(canonical(given))
    program = [sys.executable, "-m", "studio"]
    settings = {**os.environ, "COBUILDER_CONFIG": str(place / "settings")}
    new = [*program, "new", str(place / "ws"), "--agent", str(place / "agent.json")]
    subprocess.run(new, env=settings, stdout=subprocess.DEVNULL, check=True)
    customers = conversations // (SIDES * len(given.scenarios))
    command = [*program, "simulate", "-w", str(place / "ws"), "--customers", str(customers)]
    begun = time.perf_counter()
    with (place / "told").open("wb") as told:
        process = subprocess.Popen(
            [*command, "--workers", str(PROCESSES), "--json"], env=settings, stdout=told, stderr=told
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit((place / "told").read_text()[-2000:])
    made = customers * SIDES * len(given.scenarios)
    stored = sum(file.stat().st_size for file in (place / "ws" / "runs").iterdir())
    return Ran(Timed(made, seconds, used.ru_utime + used.ru_stime), used.ru_maxrss / 1024, stored / made)


def _against_peers(folder: Path, rounds: int) -> bool:
    """Run ours and the peers round about, and print the ratios; return whether all that ran are met."""
    found: dict[str, list[Timed]] = {"ours": []}
    ready = {}
    for name, install in (("deepeval", peers.deepeval), ("promptfoo", peers.promptfoo)):
        try:
            ready[name] = install()
        except NoPeer as why:
            print(f"{name}: not measured. {why}", flush=True)
    for number in range(rounds):
        found["ours"].append(simulate(folder / f"ours-{number}", OURS).timed)
        for name, program in list(ready.items()):
            scratch = folder / f"{name}-{number}"
            scratch.mkdir()
            run = peers.run_deepeval if name == "deepeval" else peers.run_promptfoo
            try:
                timed = run(program, THEIRS, TURNS, scratch)
                found.setdefault(name, []).append(timed)
            except NoPeer as why:
                print(f"{name}: not measured. {why}", flush=True)
                del ready[name]
    return _compared(found)


def _compared(found: dict[str, list[Timed]]) -> bool:
    met, found = True, {name: timed for name, timed in found.items() if timed}
    for name, timed in found.items():
        clock = statistics.median(each.conversations / each.seconds for each in timed)
        cpu = statistics.median(each.rate for each in timed)
        print(f"{name:10} {clock:8,.0f} conversations/s   {cpu:8,.0f} a second of one processor", flush=True)
    for name, aim in AIMS.items():
        if name in found:
            pairs = list(zip(found["ours"], found[name], strict=False))
            ratio = statistics.median(
                (a.conversations / a.seconds) / (b.conversations / b.seconds) for a, b in pairs
            )
            met = met and ratio >= aim
            told = "met" if ratio >= aim else "NOT met"
            print(f"{name:10} {ratio:8.1f} × by the clock, aim {aim:g} ×: {told}", flush=True)
    return met


def _growth(folder: Path, sizes: list[int]) -> bool:
    """Print how time, memory and disk grow with a run; return whether cost and memory stay flat."""
    runs: list[Ran] = []
    print("      size  seconds  a second  µs cpu each  most memory  bytes each")
    for size in sizes:
        ran = simulate(folder / f"size-{size}", size)
        runs.append(ran)
        t = ran.timed
        print(
            f"{t.conversations:10,} {t.seconds:8.1f} {t.conversations / t.seconds:9,.0f} "
            f"{t.cpu / t.conversations * 1e6:12,.0f} {ran.megabytes:9,.0f} MB {ran.stored:11,.0f}",
            flush=True,
        )
        shutil.rmtree(folder / f"size-{size}")
    print(f"The goal is {GOAL:,} a second on two quiet processors.")
    even = True
    for before, ran in itertools.pairwise(runs):
        cost = before.timed.rate / ran.timed.rate
        memory = ran.megabytes / before.megabytes
        print(
            f"{ran.timed.conversations:,} against {before.timed.conversations:,}: a conversation costs "
            f"{cost:.2f} × as much of a processor, the run takes {memory:.2f} × as much memory",
            flush=True,
        )
        even = cost <= FLAT and memory <= FLAT
    return even


if __name__ == "__main__":
    raise SystemExit(main())
