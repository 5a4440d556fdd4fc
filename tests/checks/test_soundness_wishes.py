"""Proofs and the runtime agree over several wishes, closed queues and fractions."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.checks.all import run_checks
from studio.domain.trace import TraceEvent
from studio.runtime import Program
from tests.checks.played import broken_promises, talkative_agent, talks


@settings(max_examples=20)
@given(st.integers(0, 10**9))
def test_no_promise_is_broken_over_several_wishes(seed: int) -> None:
    """Whatever is wished one after the other, whoever is not there, whatever numbers: what holds, holds."""
    assert [broken.check for broken in broken_promises(seed, 15)] == []


def test_what_is_played_is_what_the_proofs_are_about() -> None:
    """The conversations have further wishes, closed queues that lead on, corrections, and fractions paid."""
    seen: set[str] = set()
    paid: set[float] = set()
    for seed in range(40):
        agent = talkative_agent(seed)
        for events in talks(Program.of(agent), random.Random(seed), 15):
            seen |= _seen(events)
            paid |= {e.arguments["count"] for e in events if e.kind == "call" and e.tool == "pay"}
    assert seen == {"further wish", "queue closed", "goes on", "correction"}
    assert any(count % 1 for count in paid) and any(count < 0 for count in paid)


def _seen(events: tuple[TraceEvent, ...]) -> set[str]:
    labels = [event.label for event in events]
    found: set[str] = {name for name in ("queue closed", "correction") if name in labels}
    if labels.count("intent") > 1:
        found.add("further wish")
    if "queue closed" in labels and any(
        event.kind == "step" and event.step == "sorry" for event in events[labels.index("queue closed") :]
    ):
        found.add("goes on")
    return found


def test_enough_is_promised() -> None:
    """The random agents are such that something holds of every kind, so that it can be broken."""
    held = {
        each.check
        for seed in range(60)
        for each in run_checks(talkative_agent(seed))
        if each.status == "holds"
    }
    assert held >= {"identity", "disclosure", "twice", "loops", "known facts", "failure ends", "kept",
                    "confirmation"}  # fmt: skip
