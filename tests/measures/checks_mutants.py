"""How many faults planted in the samples the checks find, by kind; with how many shown as a conversation.

Run with `.venv/bin/python -m tests.measures.checks_mutants`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.services.counterexample import counterexample
from studio.services.mending.fixing import suggested_fix
from studio.services.mending.kept_tests import as_test
from tests.checks.planted import confirmed, news, planted

SAMPLES = Path(__file__).resolve().parents[2] / "sample_projects"


def measure() -> None:
    """Print what was planted, found, shown, mended and kept, for each kind of fault."""
    made, found, paths, shown, fixed, kept = (Counter[str]() for _ in range(6))
    missed: list[str] = []
    for name in ("returns_assistant", "appointment_desk"):
        agent = confirmed(Agent.model_validate_json((SAMPLES / name / "agent.json").read_bytes()))
        sound = run_checks(agent)
        for fault in planted(agent):
            made[fault.kind] += 1
            new = news(sound, run_checks(fault.agent))
            if not new:
                missed.append(f"{name}: {fault.kind}: {fault.title}")
                continue
            found[fault.kind] += 1
            for each in (each for each in new if each.counterexample):
                paths[each.check] += 1
                shown[each.check] += counterexample(fault.agent, each) is not None
                fix = suggested_fix(fault.agent, each)
                fixed[each.check] += fix is not None
                kept[each.check] += fix is not None and as_test(fault.agent, each, fix) is not None
    print(f"{'kind of fault':16}{'planted':>9}{'found':>7}")
    for kind in made:
        print(f"{kind:16}{made[kind]:9}{found[kind]:7}")
    print(f"{'all':16}{made.total():9}{found.total():7}")
    print(f"\n{'finding with a path':22}{'found':>7}{'conversation':>14}{'fix':>6}{'test':>6}")
    for check in paths:
        print(f"{check:22}{paths[check]:7}{shown[check]:14}{fixed[check]:6}{kept[check]:6}")
    for title in missed:
        print(f"missed: {title}")


if __name__ == "__main__":
    measure()
