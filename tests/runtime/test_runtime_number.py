"""The number of the runtime stands for what it says: evidence with the same number can be made again."""

from __future__ import annotations

from dataclasses import replace

from studio.domain.agent import Agent
from studio.domain.run import RUNTIME
from studio.simulation import run
from studio.workers.inline import InlineWorkers
from tests.runtime.talks import kept, now


def test_the_same_number_means_the_same_conversations() -> None:
    """Two agents, in every manner, say and are judged what they were when the number was given.

    Where this fails on purpose: give RUNTIME its next number, then `python -m tests.runtime.talks`. Bundles
    made before are then told to be stale, not to contradict themselves.
    """
    before, made = kept(), now()
    assert before["runtime"] == RUNTIME
    assert made["agents"] == before["agents"], "other agents: write talks.json anew"
    assert made["talks"] == before["talks"], "conversations changed: RUNTIME needs its next number"


def test_a_run_of_another_runtime_is_known(shop: Agent) -> None:
    """A run of an older number, also one with a language model, is not taken for one of today."""
    made = run(shop, shop.scenarios[:1], 7, 1, InlineWorkers())
    assert made.by_this_runtime
    assert replace(made, engine=f"{RUNTIME} with echo").by_this_runtime
    assert not replace(made, engine="cobuilder-runtime 4").by_this_runtime
    assert not replace(made, engine=f"{RUNTIME}0 with echo").by_this_runtime
