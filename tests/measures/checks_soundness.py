"""How many random agents were talked with, and how many promises of the proofs were broken (none should be).

Run with `.venv/bin/python -m tests.measures.checks_soundness [agents] [conversations with each]`.
"""

from __future__ import annotations

import sys
from collections import Counter

from studio.checks.all import run_checks
from tests.checks.played import broken_promises, talkative_agent

AGENTS, TALKS = 400, 40


def measure(agents: int = AGENTS, talks: int = TALKS) -> None:
    """Print what the proofs promise of random agents, and what conversations broke."""
    held: Counter[str] = Counter()
    broken: dict[str, int] = {}
    for seed in range(agents):
        held.update(each.check for each in run_checks(talkative_agent(seed)) if each.status == "holds")
        for each in broken_promises(seed, talks):
            broken.setdefault(each.check, seed)
    print(f"{agents:,} random agents of two workflows, {agents * talks:,} conversations of up to 16 turns")
    print("further wishes, closed queues, corrections, fractions and negative numbers among them")
    print(f"{'promised':22}{'times':>7}")
    for check, times in sorted(held.items()):
        print(f"{check:22}{times:7,}")
    print(f"promises broken: {len(broken)}")
    for check, seed in broken.items():
        print(f"broken: {check} (agent {seed})")


if __name__ == "__main__":
    measure(*(int(each) for each in sys.argv[1:3]))
