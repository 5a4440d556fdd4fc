"""What the agents of the tests say, as fingerprints: they may change only together with the runtime's number.

- `python -m tests.runtime.talks` writes `talks.json` anew; it refuses while the number is the old one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, get_args

from studio.domain.agent import Agent
from studio.domain.frozen import digest
from studio.domain.run import RUNTIME
from studio.domain.scenario import Behaviour
from studio.simulation import run
from studio.workers.inline import InlineWorkers
from tests.measures.scale_agent import agent as twelve_steps

KEPT = Path(__file__).with_suffix(".json")
SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"
SEED, CUSTOMERS = 7, 2


def agents() -> dict[str, Agent]:
    """Return the agents that talk."""
    return {"shop": Agent.model_validate_json(SHOP.read_bytes()), "twelve steps": twelve_steps()}


def now() -> dict[str, Any]:
    """Return the number, the agents, and the fingerprint of all their conversations, in every manner."""
    here = agents()
    return {
        "runtime": RUNTIME,
        "agents": {name: digest(agent) for name, agent in here.items()},
        "talks": _talks(here),
    }


def _talks(here: dict[str, Agent]) -> dict[str, str]:
    shop = here["shop"]
    tests = {name: (agent, agent.scenarios) for name, agent in here.items()}
    for manner in get_args(Behaviour):
        each = [test.model_copy(update={"behaviours": (manner,)}) for test in shop.scenarios]
        tests[manner] = shop, tuple(each)
    return {
        name: run(agent, scenarios, SEED, CUSTOMERS, InlineWorkers()).figures.log_digest
        for name, (agent, scenarios) in tests.items()
    }


def kept() -> dict[str, Any]:
    """Return what was written last."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def main() -> int:
    """Write the fingerprints; refuse other ones under the same number."""
    made = now()
    before = kept() if KEPT.exists() else made
    same = all(before[name] == made[name] for name in ("runtime", "agents"))
    if same and before["talks"] != made["talks"]:
        print(f"The talks have changed, but not {RUNTIME}: give it the next number first.")
        return 1
    KEPT.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
