"""Verdicts: each kind of wrong is found from the trace alone, and named in its aspect."""

from __future__ import annotations

import pytest

from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.run import Aspect
from studio.domain.scenario import (
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectHandoff,
    ExpectOutcome,
    ExpectStep,
)
from studio.domain.trace import TraceEvent, Turn
from studio.runtime import Program
from studio.runtime.recording import event
from studio.simulation.grading import grade


def wrong(
    shop: Agent, events: list[TraceEvent], *expectations: Expectation, outcome: str = "resolved"
) -> dict[Aspect, str]:
    """The aspects found wrong, with their notes, for a trace after a proper greeting."""
    scenario = shop.scenario("T-01").model_copy(update={"expectations": expectations})
    greeting = Turn(role="agent", events=(event("disclosure", "", label="ai"),))
    turns = [greeting, Turn(role="system", events=tuple(events))]
    marks = grade(Program.of(shop), scenario, outcome, turns)
    return {mark.aspect: mark.note for mark in marks if not mark.ok}


def refund(amount: int = 80) -> TraceEvent:
    """The call that pays."""
    return event("call", "", tool="refund", workflow="return", arguments={"order_id": "W1", "amount": amount})


def told(**facts: Scalar) -> TraceEvent:
    """The customer tells facts."""
    return event("understood", "", workflow="return", facts=facts)


WANTS = event("understood", "", workflow="return", label="intent")
VERIFIED = event("branch", "", label="verified")
DISCLOSED = event("disclosure", "", rule="R-02")


def test_a_sound_trace_has_no_fault(shop: Agent) -> None:
    """Identified, disclosed, within the limit: every aspect is right."""
    assert wrong(shop, [WANTS, VERIFIED, DISCLOSED, refund()]) == {}


@pytest.mark.parametrize(
    ("events", "aspect", "words"),
    [
        ([WANTS, DISCLOSED, refund()], "limits", "before identity was verified"),
        ([WANTS, VERIFIED, refund()], "disclosures", "R-02 was broken"),
        ([WANTS, VERIFIED, DISCLOSED, refund(501)], "limits", "above the limit"),
        ([WANTS, told(final_sale=True), VERIFIED, DISCLOSED, refund()], "limits", "R-03 was broken"),
        (
            [
                WANTS,
                VERIFIED,
                event("understood", "", label="correction", facts={"x": 1}),
                DISCLOSED,
                refund(),
            ],
            "limits",
            "before identity was verified",
        ),
        ([event("understood", "", workflow="status", label="intent")], "process", "Understood as"),
        ([event("call", "", tool="magic")], "systems", "does not have"),
        ([event("failure", "No reply.", label="no reply")], "systems", "No reply"),
        ([event("failure", "Dead end.", label="dead end")], "process", "Dead end"),
        (
            [told(order_id="W1"), event("handoff", "", label="Returns", workflow="return", step="person")],
            "handoff",
            "order number",
        ),
    ],
)
def test_what_must_never_be_is_found(
    shop: Agent, events: list[TraceEvent], aspect: Aspect, words: str
) -> None:
    """Broken guards, unverified writes, missing disclosures, missing systems, missing summary."""
    assert words in wrong(shop, events)[aspect]


@pytest.mark.parametrize(
    ("expected", "aspect"),
    [
        (ExpectOutcome(outcome="refused"), "goal"),
        (ExpectCall(tool="get_order"), "systems"),
        (ExpectCall(tool="refund", never=True), "limits"),
        (ExpectDisclosure(rule="R-01"), "disclosures"),
        (ExpectStep(step="refuse"), "process"),
        (ExpectHandoff(queue="Returns"), "handoff"),
    ],
)
def test_each_expectation_that_is_not_met_is_found(
    shop: Agent, expected: Expectation, aspect: Aspect
) -> None:
    """An expectation that is not met marks its own aspect and no other."""
    assert list(wrong(shop, [WANTS, VERIFIED, DISCLOSED, refund()], expected)) == [aspect]


def test_a_disclosure_after_the_call_is_too_late(shop: Agent) -> None:
    """A disclosure demanded before a call does not count after it."""
    events = [WANTS, VERIFIED, refund(), DISCLOSED]
    assert "disclosures" in wrong(shop, events, ExpectDisclosure(rule="R-02", before="refund"))
    assert wrong(shop, [WANTS], ExpectStep(step="pay", never=True)) == {}


def test_a_missing_greeting_is_found(shop: Agent) -> None:
    """A conversation that does not begin with the disclosure of being automated is marked."""
    marks = grade(Program.of(shop), shop.scenario("T-11"), "resolved", [Turn(role="agent", text="Hi")])
    assert [mark.aspect for mark in marks if not mark.ok] == ["disclosures"]
